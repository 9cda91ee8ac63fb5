"""How well the embedded recogniser hears the known questions of a venue, per language: prints a table and a JSON line.

Forty wordings of each language, drawn with a fixed seed, are spoken by the voices of ``phrase_recognition.py`` in turn
(those which the recogniser's tables were not made with, where there are any) and heard against all wordings of the
venue. *First* and *three* count those whose answer is that of the first reading, or of one of three; *certain* is the
share answered without asking, *wrong* the share answered so and wrongly. Then twenty questions and sentences that are
none of them are spoken: *outside* counts those that are answered without asking all the same. *Build* is the time in
which the network of the language is made, *after end* what the answer takes after the last sound, median and longest.

Usage: python tests/question_recognition.py [--venue beitou] [--count 40] [--show] [TAG ...]
"""

import argparse
import csv
import json
import random
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from phrase_recognition import spoken_form, voices
from phrasebook_precision import outside
from sounds import blocks, silence

from interpreter.audio import Samples
from interpreter.errors import AudioError
from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.phrases import Book, default_book
from interpreter.stt import Hints, Hypothesis
from interpreter.stt.pocketsphinx import PocketSphinx
from ui.hand_over import known_questions
from venues.pack import find, read_pack

OUTSIDE = 20
"""Sentences that are no known question, half of them questions to the same venue where there are so many."""


def answers(book: Book, tag: str) -> dict[str, str]:
    """Wording -> what is answered to it."""
    return {text: phrase.id for phrase in book.phrases.values() for text in phrase.texts.get(tag, ())}


def strangers(tag: str, venue: str, known: dict[str, str]) -> list[str]:
    """Questions of the sets for the guide that nothing answers, then sentences that are about something else."""
    asked = []
    for name in ("questions.tsv", "questions_development.tsv"):
        with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            asked += [
                row["question"]
                for row in rows
                if row["language"] == tag and row["venue"] == venue and row["expected"] == "-"
            ]
    others = [row["text"] for row in outside(True) if row["language"] == tag]
    chance = random.Random(f"outside {tag}")
    asked = [text for text in dict.fromkeys(asked) if text not in known]
    chosen = chance.sample(asked, min(OUTSIDE // 2, len(asked)))
    return [*chosen, *chance.sample(others, OUTSIDE - len(chosen))]


def hear(recognizer: PocketSphinx, samples: Samples, tag: str, hints: Hints) -> tuple[Hypothesis, float]:
    """What was heard, and the seconds it took after the end."""
    utterance = recognizer.start([tag], hints)
    for block in blocks(np.concatenate([silence(0.3), samples, silence(0.6)])):
        utterance.accept(block)
    ended = time.perf_counter()
    return utterance.finish(), time.perf_counter() - ended


def measure(recognizer: PocketSphinx, book: Book, venue: str, tag: str, count: int, show: bool) -> dict[str, Any]:
    """One row of the table."""
    hints = Hints(sentences=book)
    known = answers(book, tag)
    began = time.perf_counter()
    recognizer.ear(tag, book)
    build = time.perf_counter() - began
    wordings = random.Random(f"questions {tag}").sample(sorted(known), min(count, len(known)))
    said = [(text, True) for text in wordings] + [(text, False) for text in strangers(tag, venue, known)]
    found = {"n": 0, "first": 0, "three": 0, "certain": 0, "wrong": 0, "outside_n": 0, "outside": 0}
    delays = []
    people = list(voices(tag).values())
    for number, (text, inside) in enumerate(said):
        try:
            samples = people[number % len(people)](spoken_form(text, tag))
        except AudioError:
            print(f"{tag}: a voice cannot say '{text}', it is left out", file=sys.stderr)
            continue
        hypothesis, delay = hear(recognizer, samples, tag, hints)
        delays.append(delay)
        readings = [known.get(each.text) for each in hypothesis.alternatives[:3]]
        if not inside:
            found["outside_n"] += 1
            found["outside"] += hypothesis.certain
            if show and hypothesis.certain:
                print(f"{tag}: outside '{text}' was answered as '{hypothesis.text}'", file=sys.stderr)
            continue
        good = readings[:1] == [known[text]]
        found["n"] += 1
        found["first"] += good
        found["three"] += known[text] in readings
        found["certain"] += hypothesis.certain
        found["wrong"] += hypothesis.certain and not good
        if show and not good:
            print(f"{tag}: '{text}' was heard as {[each.text for each in hypothesis.alternatives]}", file=sys.stderr)
    return {
        "language": tag, **found, "wordings": len(known), "build": build, "after_end": statistics.median(delays),
        "longest": max(delays), "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "voices": ", ".join(voices(tag)),
    }  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tags", nargs="*", metavar="TAG")
    parser.add_argument("--venue", default="beitou", metavar="NAME")
    parser.add_argument("--count", type=int, default=40, help="wordings of each language")
    parser.add_argument("--show", action="store_true", help="print what was heard wrongly")
    options = parser.parse_args()
    book = known_questions(read_pack(find(options.venue)).questions)
    recognizer = PocketSphinx(default_book())
    rows = []
    print("language wordings   n  first  three  certain  wrong  outside   build  after end  longest    MB  voices")
    for tag in options.tags or [tag for tag in PHRASEBOOK_TAGS if tag != "en"]:
        row = measure(recognizer, book, options.venue, tag, options.count, options.show)
        rows.append(row)
        share = {key: row[key] / row["n"] for key in ("first", "three", "certain", "wrong")}
        print(
            f"{tag:8} {row['wordings']:8} {row['n']:3} {share['first']:6.1%} {share['three']:6.1%}  "
            f"{share['certain']:6.1%} {share['wrong']:6.1%}   {row['outside']:2} of {row['outside_n']:2} "
            f"{row['build']:5.2f} s   {row['after_end']:5.2f} s  {row['longest']:5.2f} s {row['megabytes']:5.0f}  "
            f"{row['voices']}",
            flush=True,
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
