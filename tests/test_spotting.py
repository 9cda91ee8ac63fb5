"""Names of a venue in free English speech."""

import numpy as np
import pytest
from sounds import blocks, silence, speech

from interpreter.phrases import default_book
from interpreter.stt import Hints
from interpreter.stt.acoustic import english
from interpreter.stt.belief import filler
from interpreter.stt.closed import Sound
from interpreter.stt.pocketsphinx import PocketSphinx
from interpreter.stt.spotting import Spotted, Spotter, put_in

NAMES = ("Ketagalan", "Longshan Temple", "Yangmingshan")
SENTENCE = "we walked from Longshan Temple to the river yesterday"


@pytest.fixture(scope="module")
def spoken() -> np.ndarray:
    return np.concatenate([silence(0.3), speech(SENTENCE, "en-us", 150, "f2"), silence(0.5)])


def test_a_name_is_found_where_it_was_said(spoken: np.ndarray) -> None:
    scores = Sound.scores_of(spoken, english())
    found = Spotter(NAMES, english()).find(scores, filler(scores, english()))
    assert [each.term for each in found] == ["Longshan Temple"]
    # "we walked from" comes before it, "to the river yesterday" after it.
    assert 0.2 < found[0].start / len(scores) < 0.45
    assert 0.4 < found[0].end / len(scores) < 0.65


def test_a_name_that_was_not_said_is_not_found(spoken: np.ndarray) -> None:
    scores = Sound.scores_of(spoken, english())
    assert Spotter(("Ketagalan", "Yangmingshan"), english()).find(scores, filler(scores, english())) == ()


def test_names_without_a_sound_or_too_short_are_left_out(spoken: np.ndarray) -> None:
    scores = Sound.scores_of(spoken, english())
    assert Spotter(("☺", "", "Wu"), english()).find(scores, filler(scores, english())) == ()
    assert Spotter(NAMES, english()).find(scores[:0], filler(scores[:0], english())) == ()


def test_the_transcript_carries_the_name(spoken: np.ndarray) -> None:
    recognizer = PocketSphinx(default_book())

    def offered(hints: Hints) -> list[str]:
        utterance = recognizer.start(["en"], hints)
        for block in blocks(spoken):
            utterance.accept(block)
        return [each.text for each in utterance.finish().alternatives]

    assert not any("Longshan" in text for text in offered(Hints()))
    assert any("from Longshan Temple to" in text for text in offered(Hints(NAMES)))


def test_words_that_were_mostly_the_name_give_way_to_it() -> None:
    words = [("walk", 0, 30), ("two", 30, 50), ("bay", 50, 70), ("toe", 70, 100), ("now", 100, 130)]
    assert put_in(words, [Spotted("Beitou", 48, 96, 0.5)]) == "walk two Beitou now"
    assert put_in(words, []) == "walk two bay toe now"
