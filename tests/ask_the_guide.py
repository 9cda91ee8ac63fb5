"""How well the guide answers, and how well it keeps silent: a table per language over a set of questions.

A line of a set has language, venue, question, what is expected (``text:<stop>``, ``hours:<stop>`` ...,
``emergency:<id>``, ``-`` for nothing; alternatives joined by ``|``) and, for a text, words the passage has to hold.
The language is not told to the guide. ``python tests/ask_the_guide.py [--set tests/questions.tsv] [--wrong]``
"""

import argparse
import csv
import json
import time
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

from venues.ask import Guide
from venues.pack import find, read_pack
from venues.terms import common_terms, joined, own_terms

AT = datetime(2026, 11, 25, 14, 0)
"""A Wednesday afternoon at the venue."""


def guides_and_packs(every: int = 1) -> tuple[dict, dict]:
    """The guides and the packs of the venues that ship, by their names; they know every so-manieth question."""
    packs = {name: read_pack(find(name)) for name in ("beitou", "shilin")}
    guides = {
        name: Guide(p.venue, p.passages, joined(common_terms(), own_terms(find(name))), p.questions[::every])
        for name, p in packs.items()
    }
    return guides, packs


def right(name: str, expected: str, contains: str, guide_of: dict, venue: str, language: str) -> bool:
    """Whether the passage or fact of that id is one of the expected."""
    if name.count("/") != 2:
        return False
    _, stop, kind = name.split("/")
    for each in expected.split("|"):
        sort, _, which = each.partition(":")
        if sort == "text" and stop == which and kind in ("short", "long", "children", "practical"):
            passage = guide_of[venue].passages.get((stop, kind, language))
            if passage is not None and contains in passage.text:
                return True
        if sort == "emergency" and stop == "emergency" and kind == which:
            return True
        if sort == kind and stop == which:
            return True
    return False


def main() -> None:
    """Ask everything and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, default=Path(__file__).parent / "questions.tsv", dest="questions")
    parser.add_argument("--every", type=int, default=1, help="let the guide know every so-manieth question only")
    parser.add_argument("--wrong", action="store_true", help="print what went wrong")
    options = parser.parse_args()
    guides, packs = guides_and_packs(options.every)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    times = []
    with options.questions.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        tag, venue = row["language"], row["venue"]
        begun = time.perf_counter()
        answer = guides[venue].ask(row["question"], at=AT)
        times.append(time.perf_counter() - begun)
        count = counts[tag]
        count["told"] += answer.asked_in == tag
        count["all"] += 1
        if row["expected"] == "-":
            count["silent"] += not answer.supported
            count["unsupported"] += 1
            good = not answer.supported
        else:
            ids = [answer.id] if answer.supported else []
            first = any(right(n, row["expected"], row["contains"], packs, venue, tag) for n in ids)
            three = first or any(
                right(n.id, row["expected"], row["contains"], packs, venue, tag) for n in answer.nearest
            )
            count["first"] += first
            count["three"] += three
            count["answerable"] += 1
            good = first
        if options.wrong and (not good or answer.asked_in != tag):
            got = answer.id if answer.supported else f"({', '.join(n.id for n in answer.nearest)})"
            print(f"{tag} {venue} {row['question']}")
            print(f"   expected {row['expected']} got {got} {answer.score} [{answer.asked_in}] {answer.found}")
    print(f"{'':8} {'first':>7} {'three':>7} {'silent':>7} {'language':>9}")
    total: Counter[str] = Counter()
    for tag, count in counts.items():
        total += count
        print(line(tag, count))
    print(line("all", total))
    times.sort()
    print(f"median {1000 * times[len(times) // 2]:.1f} ms, longest {1000 * times[-1]:.0f} ms (with building an index)")
    print(json.dumps(dict(total)))


def line(tag: str, count: Counter[str]) -> str:
    """One row of the table."""
    shares = [
        f"{100 * count[part] / count[whole]:6.1f}%" if count[whole] else "      -"
        for part, whole in (("first", "answerable"), ("three", "answerable"), ("silent", "unsupported"))
    ]
    return f"{tag:8} {' '.join(shares)}   {100 * count['told'] / count['all']:6.1f}%"


if __name__ == "__main__":
    main()
