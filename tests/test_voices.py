import asyncio
import base64
import json
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest
import soundfile
from running import Kiosk

from interpreter.audio import Audio
from interpreter.errors import LanguageError
from interpreter.session import Engines
from interpreter.translation.chain import Chain
from ui.server.parts import Growing, Part
from ui.server.voices import MOST_WAITING, Speech, VoiceError, Voices, paragraphs


class Hum:
    """A voice that hums half a second for every sentence, when it is let."""

    name = "hum"
    languages = frozenset({"th", "ja"})

    def __init__(self) -> None:
        self.spoken: list[str] = []
        self.may = threading.Event()
        self.may.set()
        self.once = threading.Event()
        """Lets one sentence through."""

    def speak(self, text: str, language: str, rate: float = 1.0) -> Iterator[Audio]:
        until = time.monotonic() + 30
        while not self.may.is_set() and time.monotonic() < until:
            if self.once.is_set():
                self.once.clear()
                break
            self.may.wait(0.01)
        self.spoken.append(text)
        yield Audio(np.full(4000, 0.1, np.float32), 8000)


def voices(folder: Path, hum: Hum, largest: int = 1 << 30) -> Voices:
    return Voices(folder, Engines((), Chain([]), (hum,)), largest)


def done(asked: object) -> Speech:
    return asked.result(timeout=30)  # type: ignore[attr-defined]


def test_every_sentence_has_its_times_and_there_is_silence_between(tmp_path: Path) -> None:
    text = "温泉は熱い。石は古い。\n\n駅は近い。"
    assert paragraphs(text, "ja") == (("温泉は熱い。", "石は古い。"), ("駅は近い。",))
    made = voices(tmp_path, Hum())
    speech = done(made.speech(text, "ja"))
    assert speech.times == ((0.0, 0.5), (0.8, 1.3), (2.0, 2.5))
    path = made.path(speech.name)
    assert path is not None
    samples, rate = soundfile.read(path)
    assert len(samples) / rate == pytest.approx(speech.seconds) == pytest.approx(3.2)
    assert np.abs(samples[int(0.55 * rate) : int(0.75 * rate)]).max() == 0
    assert np.abs(samples[int(0.85 * rate) : int(1.25 * rate)]).min() > 0


def test_who_asks_at_once_waits_for_the_same_and_later_it_is_there(tmp_path: Path) -> None:
    hum = Hum()
    hum.may.clear()
    made = voices(tmp_path, hum)
    asked = [made.speech("温泉は熱い。", "ja") for _ in range(20)]
    hum.may.set()
    assert len({done(each).name for each in asked}) == 1
    assert hum.spoken == ["温泉は熱い。"]
    done(voices(tmp_path, hum).speech("温泉は熱い。", "ja"))
    assert len(hum.spoken) == 1
    for other in (made.speech("温泉は熱い。", "th"), made.speech("温泉は熱い。", "ja", 0.7)):
        done(other)
    assert len(hum.spoken) == 3


def test_what_was_heard_longest_ago_goes_first(tmp_path: Path) -> None:
    hum = Hum()
    made = voices(tmp_path, hum)
    first, second = (done(made.speech(text, "ja")).name for text in ("一。", "二。"))
    size = (tmp_path / first).stat().st_size
    done(made.speech("一。", "ja"))
    small = voices(tmp_path, hum, round(2.5 * size))
    third = done(small.speech("三。", "ja")).name
    assert {path.name for path in tmp_path.glob("*.flac")} == {first, third}
    assert small.path(second) is None
    done(small.speech("二。", "ja"))
    assert hum.spoken.count("二。") == 2


def test_a_damaged_memory_is_made_anew_and_no_other_file_is_given_out(tmp_path: Path) -> None:
    hum = Hum()
    made = voices(tmp_path, hum)
    name = done(made.speech("温泉。", "ja")).name
    (tmp_path / name).with_suffix(".json").write_text("{", encoding="utf-8")
    (tmp_path / "secret.flac").write_bytes(b"x")
    assert done(made.speech("温泉。", "ja")).name == name
    assert len(hum.spoken) == 2
    assert made.path("../secret.flac") is None
    assert made.path("secret.flac") is None


def test_too_many_texts_are_refused_with_a_sentence(tmp_path: Path) -> None:
    hum = Hum()
    hum.may.clear()
    made = voices(tmp_path, hum)
    asked = [made.speech(f"{number}。", "ja") for number in range(MOST_WAITING)]
    with pytest.raises(VoiceError, match="try again"):
        made.speech("もう一つ。", "ja")
    with pytest.raises(LanguageError):
        made.speech("안녕", "ko")
    hum.may.set()
    for each in asked:
        done(each)
    until = time.monotonic() + 10
    while made._making and time.monotonic() < until:
        time.sleep(0.01)
    done(made.speech("もう一つ。", "ja"))
    made.close()
    with pytest.raises(VoiceError):
        made.speech("終わり。", "ja")


def test_the_first_clause_is_there_before_the_rest_is_spoken_and_the_parts_are_the_whole(tmp_path: Path) -> None:
    hum = Hum()
    made = voices(tmp_path, hum)
    text = "温泉は熱い。石は古い。\n\n駅は近い。水は青い。山は高い。橋は長い。"

    async def listen() -> list[Part]:
        hum.may.clear()
        growing = made.follow(text, "ja")
        assert isinstance(growing, Growing)
        found = []
        async for part in growing.parts():
            if not found:
                assert len(hum.spoken) < 6
            found.append(part)
            hum.may.set()
        return found

    async def first() -> Part:
        hum.once.set()
        growing = made.follow(text, "ja")
        assert isinstance(growing, Growing)
        return await anext(growing.parts())

    async def both() -> tuple[Part, list[Part]]:
        listening = asyncio.create_task(listen())
        await asyncio.sleep(0)
        return await asyncio.wait_for(first(), 30), await asyncio.wait_for(listening, 30)

    early, parts = asyncio.run(both())
    assert early == parts[0]
    assert (early.start, early.end, early.times) == (0.0, 0.5, ())
    assert len(parts) > 2
    assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]
    speech = made.follow(text, "ja")
    assert isinstance(speech, Speech)
    assert [time for part in parts for time in part.times] == list(speech.times)
    path = made.path(speech.name)
    assert path is not None
    sounds = [soundfile.read(BytesIO(part.sound))[0] for part in parts]
    assert np.array_equal(np.concatenate(sounds), soundfile.read(path)[0])


def test_who_listens_is_told_when_the_voice_fails(tmp_path: Path) -> None:
    class Broken(Hum):
        def speak(self, text: str, language: str, rate: float = 1.0) -> Iterator[Audio]:
            yield Audio(np.full(4000, 0.1, np.float32), 8000)
            raise RuntimeError("out of breath")

    made = voices(tmp_path, Broken())

    async def listen() -> list[Part]:
        growing = made.follow("温泉は熱い。", "ja")
        assert isinstance(growing, Growing)
        return [part async for part in growing.parts()]

    with pytest.raises(VoiceError, match="could not speak"):
        asyncio.run(asyncio.wait_for(listen(), 30))


def get(url: str) -> tuple[int, dict]:
    try:
        with urlopen(url, timeout=60) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_a_stop_is_spoken_in_thai_and_the_sound_is_as_long_as_it_says(place: Kiosk) -> None:
    status, told = get(f"{place.url}/v1/venues/beitou/stops/park/long/speech?language=th")
    assert (status, told["language"], told["status"]) == (200, "th", "supplied")
    starts = [each["start"] for each in told["sentences"]]
    assert len(starts) > 3
    assert starts == sorted(starts)
    assert all(each["start"] < each["end"] <= told["seconds"] for each in told["sentences"])
    with urlopen(place.url + told["audio"], timeout=60) as answer:
        samples, rate = soundfile.read(BytesIO(answer.read()))
    assert len(samples) / rate == pytest.approx(told["seconds"], abs=0.02)
    # Browsers jump in a sound by asking for a part of it.
    with urlopen(Request(place.url + told["audio"], headers={"Range": "bytes=0-99"}), timeout=60) as answer:
        assert (answer.status, len(answer.read())) == (206, 100)
    slow = get(f"{place.url}/v1/venues/beitou/stops/park/long/speech?language=th&rate=0.7")[1]
    assert slow["seconds"] > 1.2 * told["seconds"]


def test_a_stop_is_sent_in_parts_while_it_is_spoken_and_then_as_it_is_kept(place: Kiosk) -> None:
    def lines() -> list[dict]:
        with urlopen(f"{place.url}/v1/venues/beitou/stops/library/long/speech/parts?language=ko", timeout=60) as answer:
            return [json.loads(line) for line in answer]

    *parts, last = lines()
    told = get(f"{place.url}/v1/venues/beitou/stops/library/long/speech?language=ko")[1]
    assert len(parts) > 3
    assert last == {"seconds": pytest.approx(told["seconds"], abs=0.02)}
    assert [time for part in parts for time in part["sentences"]] == [
        {"start": each["start"], "end": each["end"]} for each in told["sentences"]
    ]
    for part in parts:
        kind, _, sound = part["audio"].partition(",")
        assert kind == "data:audio/flac;base64"
        assert soundfile.info(BytesIO(base64.b64decode(sound))).duration == pytest.approx(
            part["end"] - part["start"], abs=0.01
        )
    (whole, end) = lines()
    assert (whole["audio"], whole["end"], end["seconds"]) == (told["audio"], told["seconds"], told["seconds"])
    assert get(f"{place.url}/v1/venues/beitou/stops/library/long/speech/parts?language=tlh")[0] == 422


@pytest.mark.parametrize(
    ("path", "status", "code", "named"),
    [
        ("atlantis/stops/park/long/speech?language=th", 404, "not_found", "atlantis"),
        ("beitou/stops/parc/long/speech?language=th", 404, "not_found", "park"),
        ("beitou/stops/park/longer/speech?language=th", 404, "not_found", "long"),
        ("beitou/stops/park/children/speech?language=th", 404, "not_found", "children"),
        ("beitou/stops/park/long/speech?language=tlh", 422, "bad_language", "tlh"),
        ("beitou/stops/park/long/speech?language=th&rate=9", 422, "bad_rate", "1.3"),
    ],
)
def test_what_cannot_be_spoken_gets_a_sentence(place: Kiosk, path: str, status: int, code: str, named: str) -> None:
    answered, told = get(f"{place.url}/v1/venues/{path}")
    assert (answered, told["error"]["code"]) == (status, code)
    assert named in told["error"]["message"]


def test_sound_that_is_gone_is_not_found(place: Kiosk) -> None:
    assert get(f"{place.url}/v1/speech/{'0' * 32}.flac")[0] == 404
    assert get(f"{place.url}/v1/speech/..%2Fvenues.sqlite")[0] == 404
