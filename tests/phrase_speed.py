"""How long the phrasebook takes to find a phrase, or to find that there is none: prints a table per language.

What is said are phrases of the book as they stand and slightly reworded, sentences that no phrase means
(``not_in_book.tsv``), and the longest of each put together. With ``--phrases N`` the book is made larger: phrases with
a slot are repeated with each value of it written out, so that its words are real ones and its phrases near each other.
The lexicon of a language is made at its first use; that is the first column.

Usage: python tests/phrase_speed.py [--venue NAME] [--phrases N] [TAG ...]
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

from phrasebook_precision import outside, reworded, said

from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.phrases import Book, Literal, Phrase, Plural, Slot, default_book, parse
from interpreter.translation.phrasebook import Phrasebook
from ui.hand_over import venue_book


def enlarged(book: Book, count: int) -> Book:
    """The book with so many phrases: where it has fewer, slots are written out, value by value, in turn."""
    phrases = dict(book.phrases)
    waiting = [iter(_written_out(book, phrase)) for phrase in book.phrases.values()]
    while waiting and len(phrases) < count:
        source = waiting.pop(0)
        phrase = next(source, None)
        if phrase is not None:
            phrases[phrase.id] = phrase
            # Its other slot can be written out in its turn.
            waiting += [source, iter(_written_out(book, phrase))]
    return Book(phrases, book.values)


def _written_out(book: Book, phrase: Phrase) -> Iterator[Phrase]:
    """The phrase with one value after the other in place of its first slot."""
    slots = [part for part in parse(phrase.texts["en"][0]) if isinstance(part, Slot)]
    if not slots:
        return
    name = slots[0].name
    choices = [choice.key for choice in book.slot_choices(name, "", "en")]
    keys = (
        list(book.values[name]) if name in book.values else list(map(str, range(200))) if name == "number" else choices
    )
    for key in keys:
        texts = {
            tag: tuple(_filled(book, text, name, key, tag) for text in variants)
            for tag, variants in phrase.texts.items()
        }
        yield replace(phrase, id=f"{phrase.id} {key}", texts=texts)


def _filled(book: Book, text: str, name: str, key: str, tag: str) -> str:
    """The text with one slot written out, and what follows its number in the right form; other slots stay."""
    out = ""
    for part in parse(text):
        if isinstance(part, Slot) and part.name != name:
            out += f"{{{part.name}:{part.form}}}" if part.form else f"{{{part.name}}}"
        elif isinstance(part, Plural) and name != "number":
            out += f"[{'/'.join(part.forms)}]"
        else:
            out += part.text if isinstance(part, Literal) else book.fill([part], {name: key}, tag)
    return out


def sentences(book: Book, tag: str) -> list[str]:
    """What is said in a language: a hundred phrases, half of them reworded, what is outside, and two long ones."""
    chance = random.Random(f"speed {tag}")
    inside = [text for _, text in said(book, tag, chance)]
    drawn = chance.sample(inside, min(100, len(inside)))
    others = [row["text"] for row in outside(True) if row["language"] == tag]
    reworded_ones = [reworded(text, tag, chance) for text in drawn[::2]]
    long = [" ".join(sorted(texts, key=len)[-2:]) for texts in (inside, others)]
    return [*drawn[1::2], *reworded_ones, *others, *long]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tags", nargs="*", metavar="TAG")
    parser.add_argument("--venue", default="", metavar="NAME", help="with the phrases that this venue adds")
    parser.add_argument("--phrases", type=int, default=0, metavar="N", help="make the book this large")
    options = parser.parse_args()
    book = venue_book(options.venue) or default_book()
    texts = {tag: sentences(book, tag) for tag in options.tags or PHRASEBOOK_TAGS}
    book = enlarged(book, options.phrases)
    phrasebook = Phrasebook(book)
    print(f"{len(book.phrases)} phrases; milliseconds for one utterance")
    print("language   first use    min  median  95 %     max   utterances")
    rows = []
    for tag, spoken in texts.items():
        began = time.perf_counter()
        phrasebook.match(spoken[0], tag)
        first = time.perf_counter() - began
        taken = []
        for text in spoken:
            began = time.perf_counter()
            phrasebook.match(text, tag)
            taken.append(1000 * (time.perf_counter() - began))
        late = statistics.quantiles(taken, n=20)[-1]
        row = {
            "language": tag, "first_use": first, "min": min(taken), "median": statistics.median(taken), "95%": late,
            "max": max(taken), "n": len(spoken),
        }  # fmt: skip
        rows.append(row)
        figures = f"{min(taken):7.2f} {row['median']:7.2f} {late:5.1f} {max(taken):7.1f}"
        print(f"{tag:8} {first:9.2f} s {figures}   {len(spoken)}", flush=True)
    print(json.dumps({"phrases": len(book.phrases), "languages": rows}))


if __name__ == "__main__":
    main()
