import io
from collections.abc import Iterator

import httpx
import openai
import pytest
import soundfile
from running import QUESTION, Kiosk

ENGLISH = "Excuse me, where is the Hot Spring Museum?"
TOILET = "廁所在哪裡？"


@pytest.fixture(scope="module")
def client(place: Kiosk) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{place.url}/v1", api_key="any", max_retries=0) as found:
        yield found


def question() -> tuple[str, bytes]:
    return "質問.wav", QUESTION.read_bytes()


def spoken(client: openai.OpenAI, text: str, voice: str, form: str = "wav") -> bytes:
    return client.audio.speech.create(model="auto", voice=voice, input=text, response_format=form).content  # type: ignore[arg-type]


def refusal(error: openai.APIStatusError) -> tuple[int, str, str]:
    body = error.body
    assert isinstance(body, dict)
    assert body["message"].endswith((".", "list")), body
    assert "Traceback" not in str(body)
    return error.status_code, body["code"], body["message"]


def test_the_models_that_can_be_named_are_listed(client: openai.OpenAI) -> None:
    names = [each.id for each in client.models.list()]
    assert names[0] == "auto"
    assert {"pocketsphinx", "phrasebook", "openjtalk", "espeak"} <= set(names)
    assert client.models.retrieve("espeak").owned_by == "package"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("whisper-turbo")
    assert refusal(caught.value)[1] == "model_not_found"


def test_speech_is_written_down_in_every_form(client: openai.OpenAI) -> None:
    def heard(form: str) -> object:
        return client.audio.transcriptions.create(
            model="auto", file=question(), language="en", response_format=form  # type: ignore[call-overload]
        )  # fmt: skip

    assert heard("json").text == ENGLISH  # type: ignore[attr-defined]
    assert heard("text") == f"{ENGLISH}\n"
    whole = heard("verbose_json")
    (segment,) = whole.segments  # type: ignore[attr-defined]
    assert (segment.text, segment.certain) == (ENGLISH, True)
    assert 0 < segment.start < segment.end < whole.duration  # type: ignore[attr-defined]
    first, times, text = str(heard("srt")).splitlines()[:3]
    assert (first, text) == ("1", ENGLISH)
    assert times.startswith("00:00:00,")
    assert str(heard("vtt")).startswith("WEBVTT\n\n00:00:00.")


def test_without_a_language_english_is_found(client: openai.OpenAI) -> None:
    found = client.audio.transcriptions.create(model="pocketsphinx", file=question())
    assert found.text == ENGLISH
    assert found.language == "en"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-Hant"), ("zh-CN", "zh-Hans"), ("ja", "ja")])
def test_a_language_is_honoured_and_doubt_is_told(client: openai.OpenAI, language: str, tag: str) -> None:
    text = {"ja": "ありがとうございます。"}.get(language, TOILET)
    sound = ("聲音.wav", spoken(client, text, language))
    found = client.audio.transcriptions.create(
        model="auto", file=sound, language=language, response_format="verbose_json"
    )
    assert found.language == tag
    (segment,) = found.segments or ()
    readings = [each["text"] for each in segment.alternatives]  # type: ignore[attr-defined]
    assert segment.text == readings[0]
    assert segment.certain == (segment.confidence > 0.9)  # type: ignore[attr-defined]


def test_what_is_said_is_told_in_english_and_doubt_is_no_answer(client: openai.OpenAI, place: Kiosk) -> None:
    def told(text: str, **more: str) -> httpx.Response:
        sound = spoken(client, text, "zh", "opus")
        return httpx.post(
            f"{place.url}/v1/audio/translations", files={"file": ("聲音.opus", sound)},
            data={"model": "auto", "language": "zh", **more}, timeout=60,
        )  # fmt: skip

    doubtful = told(TOILET)
    assert doubtful.status_code == 422, doubtful.text
    error = doubtful.json()["error"]
    assert error["code"] == "not_understood"
    assert error["nearest"][0] == error["heard"]
    guessed = told(TOILET, guess="true")
    assert guessed.status_code == 200
    assert guessed.json()["text"].startswith("Where is the ")
    assert guessed.json()["certain"] is False


def test_silence_is_no_text(client: openai.OpenAI) -> None:
    sound = io.BytesIO()
    soundfile.write(sound, [0.0] * 16000, 16000, format="WAV")
    found = client.audio.transcriptions.create(model="auto", file=("靜.wav", sound.getvalue()))
    assert found.text == ""


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("mp3", "audio/mpeg"), ("opus", "audio/ogg"), ("flac", "audio/flac"), ("wav", "audio/wav"), ("pcm", "audio/pcm")],
)
def test_a_voice_comes_in_every_format(client: openai.OpenAI, form: str, media_type: str) -> None:
    def seconds(speed: float) -> float:
        answer = client.audio.speech.create(
            model="auto", voice="zh-Hant", input="溫泉博物館在哪裡？謝謝。", response_format=form, speed=speed  # type: ignore[arg-type]
        )  # fmt: skip
        assert answer.response.headers["content-type"] == media_type
        sound = io.BytesIO(answer.content)
        if form == "pcm":
            assert len(answer.content) % 2 == 0
            return len(answer.content) / 2 / 24_000
        with soundfile.SoundFile(sound) as file:
            assert file.channels == 1
            assert float(abs(file.read()).max()) > 0.05
            return file.frames / file.samplerate

    normal = seconds(1.0)
    assert 1.5 < normal < 6
    assert seconds(0.6) > 1.2 * normal


def test_a_voice_goes_by_its_language_or_its_name(client: openai.OpenAI) -> None:
    def voice(name: str, model: str = "auto", **more: str) -> bytes:
        answer = client.audio.speech.create(
            model=model, voice=name, input="ありがとうございます。", response_format="pcm", extra_body=more
        )
        return answer.content

    assert voice("openjtalk") == voice("ja") == voice("ja", "openjtalk")
    # eSpeak NG's breath differs a little from one time to the next.
    korean = len(voice("ko", "espeak"))
    assert abs(len(voice("espeak", language="ko")) - korean) < 0.05 * korean
    assert abs(len(voice("ja")) - korean) > 0.1 * korean
    with pytest.raises(openai.BadRequestError, match="several languages"):
        voice("espeak")
    with pytest.raises(openai.BadRequestError, match="not of the model"):
        voice("espeak", "openjtalk")


@pytest.mark.parametrize(
    ("change", "status", "code", "named"),
    [
        ({"voice": "alloy"}, 400, "invalid_voice", "alloy"),
        ({"voice": "fil"}, 400, "invalid_voice", "fil"),
        ({"model": "tts-1"}, 404, "model_not_found", "tts-1"),
        ({"model": "pocketsphinx"}, 404, "model_not_found", "espeak"),
        ({"response_format": "aac"}, 400, "unsupported_format", "opus"),
        ({"input": ""}, 422, "invalid_parameter", "input"),
        ({"input": "　…！"}, 400, "invalid_text", "nothing to speak"),
        ({"input": "溫" * 4097}, 422, "invalid_parameter", "4096"),
        ({"speed": 9}, 422, "invalid_parameter", "speed"),
        ({"extra_body": {"loud": 1}}, 422, "unknown_parameter", "loud"),
        ({"extra_body": {"language": "tlh"}, "voice": "espeak"}, 400, "unknown_language", "tlh"),
    ],
)
def test_a_voice_that_cannot_be_given_gets_a_sentence(
    client: openai.OpenAI, change: dict, status: int, code: str, named: str
) -> None:
    asked = {"model": "auto", "voice": "zh-Hant", "input": TOILET, **change}
    with pytest.raises(openai.APIStatusError) as caught:
        client.audio.speech.create(**asked)
    got, name, message = refusal(caught.value)
    assert (got, name) == (status, code)
    assert named in message


@pytest.mark.parametrize(
    ("change", "status", "code", "named"),
    [
        ({"file": ("空.wav", b"")}, 400, "invalid_audio", "空.wav"),
        ({"file": ("字.wav", "這不是聲音".encode() * 50)}, 400, "invalid_audio", "字.wav"),
        ({"file": ("半.wav", QUESTION.read_bytes()[:50_000])}, 400, "invalid_audio", "cut off"),
        ({"model": "whisper-1"}, 404, "model_not_found", "whisper-1"),
        ({"model": "espeak"}, 404, "model_not_found", "pocketsphinx"),
        ({"language": "klingon"}, 400, "unknown_language", "klingon"),
        ({"language": "sv"}, 400, "language_not_served", "sv"),
        ({"response_format": "diarized_json"}, 400, "unsupported_format", "verbose_json"),
        ({"stream": True}, 400, "unsupported_value", "/v1/interpret"),
        ({"timestamp_granularities": ["word"]}, 400, "unsupported_value", "word"),
    ],
)
def test_a_sound_that_cannot_be_heard_gets_a_sentence(
    client: openai.OpenAI, change: dict, status: int, code: str, named: str
) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.audio.transcriptions.create(**{"model": "auto", "file": question(), **change})
    got, name, message = refusal(caught.value)
    assert (got, name) == (status, code), message
    assert named in message
    assert "/proc" not in message


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"data": {"model": "auto"}}, "missing_parameter"),
        ({"data": {"model": "auto", "file": "名前"}}, "invalid_parameter"),
        ({"json": {"model": "auto"}}, "missing_parameter"),
        ({"content": b"\xff\xfe", "headers": {"Content-Type": "multipart/form-data"}}, "invalid_request"),
    ],
)
def test_a_form_without_its_file_gets_a_sentence(place: Kiosk, asked: dict, code: str) -> None:
    answer = httpx.post(f"{place.url}/v1/audio/transcriptions", **asked)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"].endswith(".")


def test_nothing_of_what_was_sent_is_kept(client: openai.OpenAI, place: Kiosk) -> None:
    spoken(client, "這句話不留下 xylophone", "zh")
    client.audio.transcriptions.create(model="auto", file=("xylophone.wav", question()[1]), language="en")
    for path in place.data.rglob("*"):
        if path.is_file():
            assert b"xylophone" not in path.read_bytes()
