"""How often the phrasebook answers what is not in it, and how often it finds what is: prints a table per threshold.

``not_in_book.tsv`` holds sentences that no phrase means, about half of them near misses. For recall every variant of
the book is said with a filler before it, a slip of a finger in its longest word (words of six letters or more), or
without its last mark.

Usage: python tests/phrasebook_precision.py [--show]
"""

import csv
import json
import random
import sys
from collections import Counter
from pathlib import Path

from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.phrases import default_book
from interpreter.translation.matching import UNSPACED, fillers
from interpreter.translation.phrasebook import THRESHOLD, Phrasebook

SENTENCES = Path(__file__).with_name("not_in_book.tsv")
SAMPLES = {"number": "4", "price": "250", "time": "14:30"}


def reworded(text: str, tag: str, chance: random.Random) -> str:
    """The text as somebody else would type it."""
    joiner = "" if tag in UNSPACED else " "
    words = text.split()
    longest = max(words, key=len)
    if tag not in UNSPACED and len(longest) >= 7 and longest.isalpha() and chance.random() < 0.3:
        at = chance.randrange(2, len(longest) - 2)
        return text.replace(longest, longest[:at] + longest[at + 1 :])
    if chance.random() < 0.5:
        return text.rstrip(".!?。！？").lower()
    return "".join(chance.choice(fillers(tag))) + joiner + text


def main() -> None:
    """Print the tables."""
    book = default_book()
    with SENTENCES.open(encoding="utf-8") as file:
        sentences = list(csv.DictReader(file, delimiter="\t"))
    kinds = Counter(row["kind"] for row in sentences)
    print(f"{len(sentences)} sentences that are not in the book ({kinds['near']} near misses, {kinds['far']} far ones)")
    print("threshold  answered all the same  found: reworded phrases of the book")
    result = {}
    for threshold in (0.6, 0.7, THRESHOLD, 0.9):
        phrasebook = Phrasebook(book, threshold=threshold)
        wrong = [row for row in sentences if phrasebook.match(row["text"], row["language"])]
        chance = random.Random(7)
        found = total = 0
        for tag in PHRASEBOOK_TAGS:
            for template in book.templates(tag):
                values = {slot: SAMPLES.get(slot) or chance.choice(list(book.values[slot])) for slot in template.slots}
                match = phrasebook.match(reworded(book.fill(template.parts, values, tag), tag, chance), tag)
                found += match is not None and match.phrase == template.phrase
                total += 1
        result[threshold] = len(wrong) / len(sentences), found / total
        share = f"{len(wrong):4} ({len(wrong) / len(sentences):5.1%})"
        print(f"{threshold:9.2f}  {share}          {found} of {total} ({found / total:.1%})")
        if threshold == THRESHOLD and "--show" in sys.argv:
            for row in wrong:
                print("   ", row["language"], row["text"], "->", phrasebook.match(row["text"], row["language"]))
    wrongly, right = result[THRESHOLD]
    print(json.dumps({"sentences": len(sentences), "threshold": THRESHOLD, "answered": wrongly, "found": right}))


if __name__ == "__main__":
    main()
