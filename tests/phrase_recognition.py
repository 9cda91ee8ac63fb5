"""How well the embedded recogniser hears phrases of the book, per language: prints a table and one JSON line.

Forty phrases of each language, drawn with a fixed seed, slots filled at random, are spoken by its voices in turn and
heard against the whole book; sixty of English. *First* and *three* count those whose phrase and values are the first
reading, or among three. *Certain* is the share answered without asking; *wrong* those of them that were not what was
said. Then sentences of ``not_in_book.tsv`` are spoken: *outside* is the share of them that got an answer of the
phrasebook without asking.

Voices, none of which the recogniser's tables and weights were made with: for English five of Debian's packages flite,
festival and festvox-kallpc16k, clean, in pink noise and in babble at 20 dB; for Japanese that of Open JTalk; for
Italian and Russian festival's (festvox-italp16k, festvox-itapc16k, festvox-ru); for German, Spanish, French and
Italian that of SVOX Pico (pip install py-nanotts); for the others variants of eSpeak NG, from whose phonemes the
tables start. A voice that is not installed is left out and said.

Other voices, people above all, are measured from recordings: ``--write-list FOLDER`` writes what to say, and
``--recordings FOLDER`` hears what was recorded (see ``recordings.py``).

With ``--venue`` the book has the venue's phrases, too, and the sentences that are among them are left out.

Usage: python tests/phrase_recognition.py [--quick] [--clean] [--venue NAME] [--show]
       [--write-list FOLDER | --recordings FOLDER] [TAG ...]
"""

import argparse
import functools
import importlib.util
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from phrasebook_precision import outside
from recordings import Recording, read_list, write_list
from sounds import blocks, japanese, pink_noise, silence, speech

from interpreter.audio import RATE, Samples, read
from interpreter.errors import AudioError
from interpreter.languages import PHRASEBOOK_TAGS, language
from interpreter.phrases import Book, default_book
from interpreter.stt import Hypothesis
from interpreter.stt.pocketsphinx import PocketSphinx
from interpreter.translation.phrasebook import Phrasebook
from interpreter.tts.readable import readable
from ui.hand_over import venue_book

BOOK = default_book()
PHRASEBOOK = Phrasebook(BOOK)
Voice = Callable[[str], Samples]


def flite(voice: str) -> Voice:
    """A voice of Debian's flite."""
    return lambda text: _said(["flite", "-voice", voice, "-t", text, "-o"], b"")


def festival(voice: str, encoding: str = "utf-8") -> Voice:
    """A voice of Debian's festival."""
    command = ["text2wave", "-eval", f"({voice})", "-o"]
    return lambda text: _said(command, text.encode(encoding, errors="ignore"))


def espeak(tag: str, variant: str, speed: int) -> Voice:
    """A variant of eSpeak NG's voice."""
    return lambda text: speech(text, language(tag).espeak, speed, variant)


def pico(language_code: str) -> Voice:
    """The voice of SVOX Pico for a language, at the level of a person near the microphone."""
    from py_nanotts import NanoTTS

    engine = NanoTTS()

    def voice(text: str) -> Samples:
        # At full volume it clips; its rate is 16 kHz.
        said = engine.speak(text, voice=language_code, volume=0.45)
        return np.frombuffer(said, "<i2").astype(np.float32) / 32_768

    return voice


PICO = {"de": "de-DE", "es": "es-ES", "fr": "fr-FR", "it": "it-IT"}


def _said(command: list[str], text: bytes) -> Samples:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run([*command, file.name], input=text, check=True, capture_output=True)
        return read(Path(file.name)).samples


@functools.cache
def voices(tag: str) -> dict[str, Voice]:
    """The voices of a language that are installed here, by name."""
    wanted: dict[str, tuple[str, Voice]] = {}
    if tag == "en":
        wanted = {f"flite {name}": ("flite", flite(name)) for name in ("slt", "rms", "awb", "kal16")}
        wanted["festival kal"] = ("text2wave", festival("voice_kal_diphone"))
    elif tag == "ja":
        return {"Open JTalk": japanese}
    elif tag == "it":
        wanted = {
            "festival lp": ("text2wave", festival("voice_lp_diphone", "latin-1")),
            "festival pc": ("text2wave", festival("voice_pc_diphone", "latin-1")),
        }
    elif tag == "ru":
        wanted = {"festival msu": ("text2wave", festival("voice_msu_ru_nsh_clunits"))}
    found = {name: voice for name, (program, voice) in wanted.items() if shutil.which(program)}
    if tag in PICO:
        wanted["SVOX Pico"] = ("py-nanotts", espeak(tag, "", 150))
        if importlib.util.find_spec("py_nanotts"):
            found["SVOX Pico"] = pico(PICO[tag])
    for name in sorted(set(wanted) - set(found)):
        print(f"{tag}: the voice {name} is not installed and is left out", file=sys.stderr)
    return found or {"eSpeak f4": espeak(tag, "f4", 155), "eSpeak m2": espeak(tag, "m2", 145)}


def drawn(
    tag: str, count: int, chance: random.Random | None = None, book: Book = BOOK
) -> Iterator[tuple[str, dict[str, str], str]]:
    """Phrases with random values, and the text to speak; without ``chance`` those of this measurement."""
    chance = chance or random.Random(f"draw {tag}")
    templates = [template for template in book.templates(tag) if template.variant == 0]
    for template in chance.sample(templates, count):
        values = {
            slot: chance.choice([choice.key for choice in book.slot_choices(slot, "", tag)]) for slot in template.slots
        }
        yield template.phrase, values, spoken_form(book.fill(template.parts, values, tag), tag)


def spoken_form(text: str, tag: str) -> str:
    """Digits as words: the test is of hearing, not of how a voice reads digits."""
    from interpreter.numerals import words

    def number(match: object) -> str:
        return words(int(match.group()), tag)[0]  # type: ignore[attr-defined]

    import re

    return text if tag == "ja" else re.sub(r"\d+", number, readable(text, tag))


def babble(seconds: float) -> Samples:
    """Six people at once."""
    texts = ("and then we went to the old market by the river", "she told me that the train was late again today")
    people = [
        speech(text, "en-us", speed, variant)
        for text in texts
        for speed, variant in ((150, "m3"), (170, "f2"), (135, "m7"))
    ]
    length = int(seconds * RATE)
    mixed = sum(np.roll(np.resize(person, length), 7_000 * number) for number, person in enumerate(people))
    return np.asarray(mixed, np.float32)


def at_20_db(samples: Samples, noise: Samples) -> Samples:
    """The speech with noise a hundredth of its power."""
    scale = np.sqrt(np.mean(samples**2) / np.mean(noise**2) / 100)
    return (samples + scale * noise[: len(samples)]).astype(np.float32)


def hear(recognizer: PocketSphinx, samples: Samples, tag: str) -> tuple[Hypothesis, float, float]:
    """The hypothesis, the real-time factor while it was spoken, and the seconds it took after the end."""
    utterance = recognizer.start([tag])
    padded = np.concatenate([silence(0.3), samples, silence(0.6)])
    began = time.perf_counter()
    for block in blocks(padded):
        utterance.accept(block)
    heard = time.perf_counter()
    hypothesis = utterance.finish()
    return hypothesis, (heard - began) / (len(padded) / RATE), time.perf_counter() - heard


def right(text: str, tag: str, said: Recording, phrasebook: Phrasebook = PHRASEBOOK) -> bool:
    """Whether a reading says the phrase with the values that were said."""
    match = phrasebook.match(text, tag)
    return match is not None and match.phrase == said.phrase and dict(match.values) == said.values


def recited(tag: str, count: int, book: Book = BOOK) -> Iterator[tuple[Recording, Samples]]:
    """Phrases of the book, then sentences that are not in it, in the voices of this machine."""
    known = list(voices(tag).values())
    for number, said in enumerate(to_say(tag, count, book)):
        try:
            samples = known[number % len(known)](said.text)
        except AudioError:  # festival's Russian voice breaks off at some dashes
            print(f"{tag}: a voice cannot say '{said.text}', it is left out", file=sys.stderr)
            continue
        yield said, samples


def to_say(tag: str, count: int, book: Book = BOOK) -> Iterator[Recording]:
    """What is said of a language: ``count`` phrases of the book, then what is not in it."""
    for number, (phrase, values, text) in enumerate(drawn(tag, count, book=book)):
        yield Recording(f"{tag}-{number:03}.wav", tag, phrase, values, text)
    larger = len(book.phrases) > len(BOOK.phrases)
    others = [row["text"] for row in outside(larger) if row["language"] == tag]
    for number, text in enumerate(others):
        yield Recording(f"{tag}-outside-{number:03}.wav", tag, "", {}, spoken_form(text, tag))


def measure(
    recognizer: PocketSphinx,
    phrasebook: Phrasebook,
    tag: str,
    said: Iterable[tuple[Recording, Samples]],
    noise: str,
    show: bool = False,
) -> dict[str, Any]:
    """One row: what was heard of a language in a noise."""
    first = three = certain = wrong = inside = others = answered_outside = 0
    factors, delays = [], []
    for recording, samples in said:
        hypothesis, factor, delay = hear(recognizer, NOISES[noise](samples), tag)
        answered = hypothesis.certain and phrasebook.match(hypothesis.text, tag) is not None
        if not recording.phrase:
            if answered and show:
                print(f"{tag}: '{recording.text}' was answered as '{hypothesis.text}'", file=sys.stderr)
            others += 1
            answered_outside += answered
            continue
        good = right(hypothesis.text, tag, recording, phrasebook)
        offered = hypothesis.alternatives[:3]
        first += good
        three += good or any(right(each.text, tag, recording, phrasebook) for each in offered)
        certain += answered
        wrong += answered and not good
        inside += 1
        factors.append(factor)
        delays.append(delay)
    return {
        "language": tag, "condition": noise, "n": inside, "first": first / inside, "three": three / inside,
        "certain": certain / inside, "wrong": wrong / inside, "outside_n": others,
        "outside": answered_outside / max(1, others), "real_time_factor": statistics.median(factors),
        "after_end": statistics.median(delays),
    }  # fmt: skip


NOISES: dict[str, Callable[[Samples], Samples]] = {
    "clean": lambda samples: samples,
    "pink 20 dB": lambda samples: at_20_db(samples, pink_noise(len(samples) / RATE + 1)),
    "babble 20 dB": lambda samples: at_20_db(samples, babble(len(samples) / RATE + 1)),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tags", nargs="*", metavar="TAG")
    parser.add_argument("--quick", action="store_true", help="twelve phrases, clean")
    parser.add_argument("--clean", action="store_true", help="English without noises, too")
    parser.add_argument("--venue", default="", metavar="NAME", help="with the phrases that this venue adds")
    parser.add_argument("--show", action="store_true", help="print what was answered and is not in the book")
    parser.add_argument("--write-list", type=Path, metavar="FOLDER", help="write what to say, and stop")
    parser.add_argument("--recordings", type=Path, metavar="FOLDER", help="hear the recordings of this folder")
    options = parser.parse_args()
    tags = options.tags or list(PHRASEBOOK_TAGS)
    count = {tag: 12 if options.quick else 60 if tag == "en" else 40 for tag in tags}
    book = venue_book(options.venue) or BOOK
    if options.write_list:
        write_list(options.write_list, [each for tag in tags for each in to_say(tag, count[tag], book)])
        return
    recognizer, phrasebook = PocketSphinx(book), Phrasebook(book)
    everything = []
    print("language  condition      n  first  three  certain  wrong  outside    RTF  after end  voices")
    for tag in tags:
        for noise in NOISES if tag == "en" and not (options.quick or options.clean) else ("clean",):
            names = ", ".join(voices(tag))
            said: Iterable[tuple[Recording, Samples]] = recited(tag, count[tag], book)
            if options.recordings:
                names = str(options.recordings.name)
                said = [(each, samples) for each, samples in read_list(options.recordings) if each.language == tag]
            row = {**measure(recognizer, phrasebook, tag, said, noise, options.show), "voices": names}
            everything.append(row)
            print(
                f"{tag:8}  {noise:12} {row['n']:3} {row['first']:6.1%} {row['three']:6.1%}  {row['certain']:6.1%} "
                f"{row['wrong']:6.1%}  {row['outside']:6.1%}  {row['real_time_factor']:5.2f}  "
                f"{row['after_end']:6.2f} s   {row['voices']}",
                flush=True,
            )
    print(json.dumps(everything))


if __name__ == "__main__":
    main()
