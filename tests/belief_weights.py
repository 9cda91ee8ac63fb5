"""Fits the weights of ``interpreter/stt/belief.py``: prints them, and what they let through at each limit.

Phrases of every language, slots filled at random, are spoken by voices that ``phrase_recognition.py`` does not use,
clean or in noise, and heard by two recognisers: one that knows the whole book, and one whose book lacks a quarter of
the phrases and of the values. What is missing there is heard as something else, often as a near miss, and that is what
the belief has to tell apart; so are the same sentences negated (``decoys.py``). Folders of recordings
(``recordings.py``) are taken in when they are named.

Usage: python tests/belief_weights.py [--count 40] [FOLDER ...]
"""

import argparse
import functools
import json
import random
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from phrase_recognition import BOOK, NOISES, PHRASEBOOK, drawn, espeak
from recordings import Recording, read_list
from sounds import blocks, japanese, silence

from interpreter.audio import Samples
from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.phrases import Book
from interpreter.stt import pocketsphinx
from interpreter.stt.belief import filler
from interpreter.stt.decoys import opposites
from interpreter.stt.pocketsphinx import Limits, PocketSphinx, PocketSphinxUtterance

TAGS = tuple(tag for tag in PHRASEBOOK_TAGS if tag != "th")
"""Thai is left out: eSpeak NG's Thai is too poor to learn from."""
VOICES = (("m3", 150), ("f2", 160), ("m7", 140), ("f5", 150))
Row = tuple[str, bool, bool, tuple[float, ...]]
"""Language, whether it was in the book, whether the first reading was right, features."""


def kept(key: str) -> bool:
    """Whether the smaller book has it: three quarters do."""
    return zlib.crc32(key.encode()) % 4 != 0


def smaller(book: Book) -> Book:
    """The book without a quarter of its phrases and values."""
    values = {
        slot: {key: texts for key, texts in choices.items() if kept(f"{slot} {key}")}
        for slot, choices in book.values.items()
    }
    return Book({key: phrase for key, phrase in book.phrases.items() if kept(key)}, values)


def spoken(tag: str, count: int) -> Iterator[tuple[Recording, Samples]]:
    """Phrases in the voices for fitting, and after each its opposite, where that is not in the book."""
    chance = random.Random(f"fit {tag}")
    for number, (phrase, values, text) in enumerate(drawn(tag, count, chance)):
        variant, speed = VOICES[number % len(VOICES)]
        voice = japanese if tag == "ja" else espeak(tag, variant, speed)
        yield Recording("", tag, phrase, values, text), voice(text)
        others = [each for each in opposites(text, tag) if PHRASEBOOK.match(each, tag) is None]
        if others:
            other = chance.choice(others)
            yield Recording("", tag, "", {}, other), voice(other)


class Witness(PocketSphinxUtterance):
    """An utterance that tells what its decision was made of."""

    def features(self) -> tuple[str, dict[str, str], tuple[float, ...]]:
        """Phrase and values of the first reading, and what speaks for it."""
        tag = self._tags[0]
        transcript = ""
        if self._decoder is not None:
            self._decoder.end_utt()
            transcript = pocketsphinx._transcript(self._decoder)
            self._owner.give_back(self._decoder)
        self._follow(np.zeros(0, np.float32), last=True)
        whole = self._sound.whole()
        readings = self._heard(tag, whole).readings
        found = self._evidence(readings, whole, filler(whole, self._owner.model))
        out: tuple[float, ...] = found.features
        if tag == "en":
            said = pocketsphinx._words(transcript)
            out = found.features_in_english(pocketsphinx._agreement(said, pocketsphinx._words(readings[0].text)))
        return readings[0].phrase, dict(readings[0].values), out


def rows(count: int, folders: list[Path]) -> Iterator[Row]:
    """One row per sentence and recogniser."""
    lacking = smaller(BOOK)
    known = {slot: set(choices) for slot, choices in lacking.values.items()}
    recognizers = (PocketSphinx(BOOK), PocketSphinx(lacking))
    noises = list(NOISES.values())
    sources = [functools.partial(spoken, tag, 3 * count if tag == "en" else count) for tag in TAGS]
    sources += [functools.partial(read_list, folder) for folder in folders]
    for source in sources:
        tag = ""
        for number, (said, samples) in enumerate(source()):
            tag = said.language
            padded = np.concatenate([silence(0.3), noises[number % len(noises)](samples), silence(0.6)])
            for recognizer in recognizers if said.phrase else recognizers[:1]:
                utterance = Witness(recognizer, (tag,), pocketsphinx.Hints())
                for block in blocks(padded):
                    utterance.accept(block)
                phrase, values, features = utterance.features()
                whole = recognizer is recognizers[0]
                inside = bool(said.phrase) and (
                    whole
                    or (
                        said.phrase in lacking.phrases
                        and all(value in known.get(slot, {value}) for slot, value in said.values.items())
                    )
                )
                yield tag, inside, (phrase, values) == (said.phrase, said.values), features
        print(f"{tag} heard", file=sys.stderr, flush=True)


def fitted(x: np.ndarray, right: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression by Newton's method; ``ridge`` holds each weight back, shape ``(weights,)``."""
    weights = np.zeros(x.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        bend = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        weights = weights + np.linalg.solve(bend, x.T @ (right - p) - ridge * weights)
    return weights


def table(name: str, found: list[Row], belief: np.ndarray) -> None:
    """Print what each limit lets through."""
    inside, right = np.array([row[1] for row in found]), np.array([row[2] for row in found])
    print(f"{name}: {len(found)} sentences, {right.mean():.1%} right")
    for limit in (0.5, 0.7, 0.8, Limits().belief, 0.9, 0.95):
        sure = belief >= limit
        print(
            f"  {limit:.2f}: of what is in the book {sure[inside].mean():.1%} answered, "
            f"{(sure & ~right)[inside].mean():.1%} wrongly; of what is not, {sure[~inside].mean():.1%}"
        )


def main() -> None:
    """Print the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument(
        "--count", type=int, default=40, help="phrases of each language; of English three times as many"
    )
    options = parser.parse_args()
    found = list(rows(options.count, options.folders))
    out: dict[str, object] = {}
    for name in ("other languages", "English"):
        rows_of = [row for row in found if (row[0] == "en") == (name == "English")]
        # English stands alone; the others share their weights; Chinese and Vietnamese have a bias of their own.
        x = np.array([[1.0, *row[3], float(row[0].startswith("zh")), float(row[0] == "vi")] for row in rows_of])
        ridge = np.array([0.01] * (x.shape[1] - 2) + [0.1, 0.1])
        weights = fitted(x, np.array([row[2] for row in rows_of], float), ridge)
        belief = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        table(name, rows_of, belief)
        for tag in dict.fromkeys(row[0] for row in rows_of):
            chosen = [i for i, row in enumerate(rows_of) if row[0] == tag]
            table(f"  {tag}", [rows_of[i] for i in chosen], belief[chosen])
        out[name] = weights.round(3).tolist()
    print(json.dumps(out))


if __name__ == "__main__":
    main()
