import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import blocks, japanese, music, pink_noise, question, silence, speech

from interpreter.audio import RATE, Audio, Samples
from interpreter.vad import WINDOW, Activity, Ended, Listening, Started, Voice, VoiceActivity


def run(samples: Samples, listening: Listening = Listening(), size: int = 1_600) -> list[Activity]:
    activity = VoiceActivity(listening)
    found = [each for block in blocks(samples, size) for each in activity.accept(block)]
    return [*found, *activity.finish()]


def edges(found: list[Activity]) -> list[tuple[float, float]]:
    starts = [each.at for each in found if isinstance(each, Started)]
    ends = [each.at for each in found if isinstance(each, Ended)]
    assert len(starts) == len(ends)
    return list(zip(starts, ends, strict=True))


@pytest.mark.parametrize("sound", [silence, pink_noise, music])
def test_a_minute_of_what_is_no_speech_is_no_utterance(sound) -> None:
    assert edges(run(sound(60))) == []


def test_a_question_is_one_utterance_with_its_first_consonant() -> None:
    samples = np.concatenate([silence(1), question(), silence(2)])
    ((start, end),) = edges(run(samples))
    loud = np.flatnonzero(np.abs(samples) > 0.02) / RATE
    assert start < loud[0]
    assert loud[0] - start < 0.5
    assert abs(end - loud[-1]) < 0.3


def test_two_people_are_two_utterances() -> None:
    samples = np.concatenate(
        [japanese("こんにちは。"), silence(1.5), speech("¿Dónde está la estación?", "es"), silence(1)]
    )
    assert len(edges(run(samples))) == 2


def test_a_pause_shorter_than_the_hangover_ends_nothing() -> None:
    samples = np.concatenate([question(), silence(0.1), question(), silence(2)])
    assert len(edges(run(samples, Listening(hangover=2.5)))) == 1
    assert len(edges(run(samples, Listening(hangover=0.4)))) == 2


def test_a_click_is_no_utterance() -> None:
    samples = silence(3)
    samples[RATE : RATE + 200] = 0.9
    assert edges(run(samples)) == []


def test_somebody_who_never_pauses_is_cut_at_the_maximum() -> None:
    talk = speech("and so we went on and on and on " * 8, "en-us", 200)
    found = edges(run(talk, Listening(maximum=4.0)))
    assert len(found) >= len(talk) / RATE / 4.1 - 1
    assert all(end - start <= 4.1 for start, end in found)


def test_speech_that_is_cut_off_by_the_end_of_the_stream_is_still_an_utterance() -> None:
    assert len(edges(run(question()[: 2 * RATE]))) == 1


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 4_000))
def test_the_size_of_the_blocks_changes_nothing(size: int) -> None:
    samples = np.concatenate([silence(0.3), japanese("お手洗いはどこですか。"), silence(1)])
    assert edges(run(samples, size=size)) == edges(run(samples, size=WINDOW))


def test_what_is_handed_on_is_the_sound_that_came_in() -> None:
    samples = np.concatenate([silence(0.5), question(), silence(1)])
    found = run(samples)
    heard = np.concatenate([each.audio.samples for each in found if isinstance(each, Voice)])
    ((start, _),) = edges(found)
    first = round(start * RATE)
    assert np.array_equal(heard, samples[first : first + len(heard)])


def test_another_sampling_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="16000 Hz"):
        list(VoiceActivity().accept(Audio(silence(0.1), 48_000)))
