import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.audio import Audio
from interpreter.events import (
    Event,
    Failed,
    Final,
    Partial,
    SpeechEnded,
    SpeechStarted,
    Spoken,
    Translated,
    from_json,
    to_json,
)
from interpreter.stt import Alternative
from interpreter.translation import Origin

numbers = st.integers(1, 9_999)
seconds = st.floats(0, 7_200).map(lambda value: round(value, 3))
texts = st.text(max_size=40)
alternatives = st.builds(Alternative, texts, seconds, st.sampled_from(["", "zh-Hant", "th"]))
events = st.one_of(
    st.builds(SpeechStarted, numbers, seconds, seconds),
    st.builds(Partial, numbers, texts, texts, st.just("ja"), seconds, seconds),
    st.builds(SpeechEnded, numbers, seconds, seconds),
    st.builds(
        Final, numbers, texts, st.just("ko"), seconds, st.booleans(), st.lists(alternatives, max_size=3).map(tuple),
        seconds, seconds, seconds,
    ),
    st.builds(
        Translated, numbers, texts, st.just("ru"), st.just("zh-Hant"),
        st.builds(Origin, st.just("phrasebook"), texts, st.just("supplied"), seconds),
        st.lists(texts).map(tuple), st.lists(texts).map(tuple), seconds,
    ),
    st.builds(Failed, numbers, st.just("voice"), texts, st.lists(texts).map(tuple), seconds),
)  # fmt: skip


@given(events)
def test_events_survive_json(event: Event) -> None:
    assert from_json(json.loads(json.dumps(to_json(event)))) == event


@given(st.lists(st.integers(-32_768, 32_767), max_size=50))
def test_sound_survives_json(pcm: list[int]) -> None:
    event = Spoken(1, Audio(np.array(pcm, dtype=np.float32) / 32_768, 24_000), "ja", 0, 0.5)
    back = from_json(json.loads(json.dumps(to_json(event))))
    assert isinstance(back, Spoken)
    assert back.audio.rate == 24_000
    assert np.array_equal(back.audio.samples, event.audio.samples)


@pytest.mark.parametrize(
    "values",
    [
        {"type": "Stopped"},
        {},
        {"type": "SpeechEnded", "utterance": 1},
        {"type": "SpeechEnded", "utterance": 1, "at": 0, "clock": 0, "x": 1},
    ],
)
def test_what_is_no_event_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no event|has the fields"):
        from_json(values)
