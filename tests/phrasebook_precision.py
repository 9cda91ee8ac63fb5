"""How often the phrasebook answers what is not in it, and how often it finds what is: prints a table per threshold.

``not_in_book.tsv`` holds sentences that no phrase means: some from far away (``far``), some near misses (``near``:
another object, a negation), some of them phrases of the largest book with one word turned round (``swap``: open for
closed, I for you, today for tomorrow). A row whose column ``venue`` names a phrase says what that phrase means, and the
phrase is only in the book with a venue; there the row is left out.

For recall every variant of the book is said with a filler before it, a slip of a finger in its longest word (words of
seven letters or more), or without its last mark. With ``--held-out`` the book itself is the near miss: a sixth of the
phrases is taken out, six times, and what was taken out is said; whatever answers then is wrong.

Usage: python tests/phrasebook_precision.py [--venue NAME] [--show] [--held-out]
"""

import argparse
import csv
import json
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.phrases import Book, default_book
from interpreter.translation.matching import UNSPACED, fillers
from interpreter.translation.phrasebook import THRESHOLD, Match, Phrasebook
from ui.hand_over import venue_book

SENTENCES = Path(__file__).with_name("not_in_book.tsv")
SAMPLES = {"number": "4", "price": "250", "time": "14:30"}
FOLDS = 6


def outside(venue: bool) -> list[dict[str, str]]:
    """The sentences that no phrase means, of the book alone or with a venue's phrases."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if not (venue and row["venue"])]


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
    return joiner.join(chance.choice(fillers(tag))) + joiner + text


def said(book: Book, tag: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Every variant of a language with its slots filled: phrase and text."""
    for template in book.templates(tag):
        values = {slot: SAMPLES.get(slot) or chance.choice(list(book.values[slot])) for slot in template.slots}
        yield template.phrase, book.fill(template.parts, values, tag)


def held_out(book: Book) -> Iterator[tuple[str, str, Match | None]]:
    """Phrases that were taken out of the book: language, text, and what answered."""
    for fold in range(FOLDS):
        out = {key for key in book.phrases if zlib.crc32(key.encode()) % FOLDS == fold}
        rest = Phrasebook(Book({key: each for key, each in book.phrases.items() if key not in out}, book.values))
        for tag in PHRASEBOOK_TAGS:
            for phrase, text in said(book, tag, random.Random(7)):
                if phrase in out:
                    yield tag, text, rest.match(text, tag)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venue", default="", metavar="NAME", help="with the phrases that this venue adds")
    parser.add_argument("--show", action="store_true", help="print what was answered wrongly")
    parser.add_argument("--held-out", action="store_true", help="say phrases that were taken out of the book, too")
    options = parser.parse_args()
    book = venue_book(options.venue) or default_book()
    sentences = outside(bool(options.venue))
    kinds = Counter(row["kind"] for row in sentences)
    print(
        f"{len(sentences)} sentences that are not in the book of {len(book.phrases)} phrases "
        f"({kinds['swap']} with one word turned round, {kinds['near']} other near misses, {kinds['far']} far ones)"
    )
    print("threshold  answered all the same: turned round, near, far  found: reworded phrases of the book")
    result = {}
    for threshold in (0.6, 0.7, THRESHOLD, 0.9):
        phrasebook = Phrasebook(book, threshold=threshold)
        wrong = [row for row in sentences if phrasebook.match(row["text"], row["language"])]
        by_kind = Counter(row["kind"] for row in wrong)
        chance = random.Random(7)
        found = total = 0
        for tag in PHRASEBOOK_TAGS:
            for phrase, text in said(book, tag, chance):
                match = phrasebook.match(reworded(text, tag, chance), tag)
                found += match is not None and match.phrase == phrase
                total += 1
        result[threshold] = len(wrong) / len(sentences), found / total
        share = f"{len(wrong):4} ({len(wrong) / len(sentences):5.1%}): " + ", ".join(
            f"{by_kind[kind]:3}" for kind in ("swap", "near", "far")
        )
        print(f"{threshold:9.2f}  {share}                      {found} of {total} ({found / total:.1%})", flush=True)
        if threshold == THRESHOLD and options.show:
            for row in wrong:
                print("   ", row["language"], row["text"], "->", phrasebook.match(row["text"], row["language"]))
    wrongly, right = result[THRESHOLD]
    figures = {"sentences": len(sentences), "threshold": THRESHOLD, "answered": wrongly, "found": right}
    if options.held_out:
        out = list(held_out(book))
        answered = [each for each in out if each[2]]
        figures["held_out"] = len(answered) / len(out)
        print(f"taken out of the book, and answered all the same: {len(answered)} of {len(out)}")
        for tag, text, match in answered if options.show else ():
            print("   ", tag, text, "->", match)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
