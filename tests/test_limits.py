import contextlib
import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest
from browsing import NEEDS_CHROMIUM, begin, browser
from playwright.sync_api import expect
from running import QUESTION, Kiosk, kiosk, until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from interpreter.errors import ChoiceError
from ui.server.keys import Keys
from ui.server.limits import Bucket, Limits, address

KEY = "k7Hq-3nZr_pV9sXw2LtYb0Ee"


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    """One that takes little at once."""
    limits = "sockets=3,running=1,waiting=1,seconds=3,messages=2,requests=60"
    with kiosk(tmp_path_factory.mktemp("data"), "--limits", limits) as running:
        yield running


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    """One with keys."""
    other = "another-key-of-the-venue"
    with kiosk(tmp_path_factory.mktemp("data"), INTERPRETER_API_KEYS=f"{other}, {KEY}") as running:
        yield running


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_hundred_megabytes_are_refused_in_a_sentence(narrow: Kiosk) -> None:
    url = f"{narrow.url}/v1/audio/transcriptions"
    # This client sends all of its body before it looks for an answer, as many do.
    plain = http.client.HTTPConnection("127.0.0.1", narrow.port, timeout=60)
    plain.request("POST", "/v1/audio/transcriptions", b"\0" * 100_000_000, {"Content-Type": "audio/wav"})
    whole = plain.getresponse()
    error = json.loads(whole.read())["error"]
    plain.close()
    assert (whole.status, error["code"]) == (413, "too_large")
    assert "25 MB" in error["message"]

    def parts() -> Iterator[bytes]:
        yield b'--q\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        for _ in range(40):
            yield b"\0" * 1_000_000

    piecewise = httpx.post(
        url, content=parts(), headers={"Content-Type": "multipart/form-data; boundary=q"}, timeout=60
    )
    assert code(piecewise) == (413, "too_large")
    text = httpx.post(f"{narrow.url}/v1/ask", json={"question": "問" * 1_000_000}, timeout=60)
    assert code(text) == (413, "too_large")


def test_a_body_for_the_pages_is_bounded_too(narrow: Kiosk) -> None:
    answer = httpx.post(f"{narrow.url}/kiosk/gradio_api/upload", files={"files": ("a.bin", b"\0" * 5_000_000)})
    assert answer.status_code == 413


def test_a_long_sound_is_refused(narrow: Kiosk) -> None:
    with QUESTION.open("rb") as file:
        answer = httpx.post(f"{narrow.url}/v1/audio/transcriptions", files={"file": file},
                            data={"language": "en"}, timeout=60)  # fmt: skip
    assert code(answer) == (413, "too_long")


def test_too_much_work_is_told_to_come_again(narrow: Kiosk) -> None:
    def ask(_: int) -> httpx.Response:
        return httpx.post(f"{narrow.url}/v1/audio/speech", timeout=120, json={
            "input": "溫泉博物館在哪裡？" * 100, "voice": "zh", "response_format": "wav",
        })  # fmt: skip

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert {each.status_code for each in answers} == {200, 503}
    busy = next(each for each in answers if each.status_code == 503)
    assert code(busy) == (503, "busy")
    assert int(busy.headers["retry-after"]) >= 1
    assert ask(0).status_code == 200


def test_too_many_conversations_from_one_address_are_turned_away(narrow: Kiosk) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            until(stack.enter_context(narrow.talk(speaks=["ja"], hears=["ja"])), "Ready")
        with connect(f"ws://127.0.0.1:{narrow.port}/v1/interpret") as fourth:
            problem = json.loads(fourth.recv(timeout=30))
            assert (problem["type"], problem["code"]) == ("Problem", "too-many-connections")
            with pytest.raises(ConnectionClosed) as closed:
                fourth.recv(timeout=30)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
    for _ in range(50):  # the server learns of the end of a connection a little later
        with narrow.talk(speaks=["ja"], hears=["ja"]) as socket:
            if until(socket, "Ready", "Problem")[-1]["type"] == "Ready":
                return
        time.sleep(0.1)
    pytest.fail("who left still counts")


def test_too_many_messages_are_dropped_and_end_nothing(narrow: Kiosk) -> None:
    with narrow.talk(speaks=["en"], hears=["ko"]) as socket:
        until(socket, "Members")
        for _ in range(40):
            socket.send(json.dumps({"type": "Interrupt"}))
        assert until(socket, "Problem")[-1]["code"] == "too-many-messages"
        time.sleep(2)
        socket.send(json.dumps({"type": "Tell", "text": "Thank you", "language": "en"}))
        assert until(socket, "Translated")[-1]["target"] == "ko"


def test_too_many_requests_of_one_address_are_told_when_to_come_again(narrow: Kiosk) -> None:
    for _ in range(80):
        answer = httpx.get(f"{narrow.url}/v1/models")
        if answer.status_code == 429:
            break
    assert code(answer) == (429, "rate_limit_exceeded")
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert httpx.get(f"{narrow.url}/v1/ready").status_code == 200
    assert httpx.get(f"{narrow.url}/v1/venues/beitou/stops/park/image").status_code == 200


def test_limits_are_read_and_a_wrong_one_names_the_nearest() -> None:
    assert Limits.parse("sockets=300, requests=600") == Limits(sockets=300, requests=600)
    assert Limits.parse("") == Limits()
    with pytest.raises(ChoiceError, match="did you mean 'sockets'"):
        Limits.parse("socket=3")
    for wrong in ("sockets=0", "sockets=-1", "sockets=viele", "sockets", "sockets=٣"):
        with pytest.raises(ChoiceError, match="whole number"):
            Limits.parse(wrong)


def test_a_bucket_fills_again() -> None:
    bucket = Bucket(2, 1000)
    assert [bucket.take() == 0 for _ in range(2)] == [True, True]
    slow = Bucket(1, 0.01)
    assert slow.take() == 0
    assert 90 < slow.take() <= 100


@pytest.mark.parametrize(
    ("host", "who"),
    [("10.0.0.7", "10.0.0.7"), ("2001:db8::7", "2001:db8::/64"), ("::ffff:10.0.0.7", "10.0.0.7"), ("host", "host")],
)
def test_an_address_is_one_household(host: str, who: str) -> None:
    assert address({"client": (host, 1)}) == who


def test_a_key_opens_and_nothing_else_does(locked: Kiosk) -> None:
    with openai.OpenAI(base_url=f"{locked.url}/v1", api_key=KEY, max_retries=0) as client:
        assert client.models.list().data
    for key in (KEY[:-1], KEY.upper(), "ключ", "Bearer"):
        headers = {"Authorization": f"Bearer {key}".encode()}
        answer = httpx.get(f"{locked.url}/v1/models", headers=headers)
        assert code(answer) == (401, "invalid_api_key")
        assert answer.headers["www-authenticate"] == "Bearer"
    stranger = openai.OpenAI(base_url=f"{locked.url}/v1", api_key="wrong", max_retries=0)
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.audio.transcriptions.create(model="auto", file=("質問.wav", QUESTION.read_bytes()))
    for path in ("openapi.json", "venues", "nothing", "venues/beitou/stops/park/image"):
        assert httpx.get(f"{locked.url}/v1/{path}").status_code == 401
    assert httpx.get(f"{locked.url}/v1/ready").status_code == 200


def test_a_conversation_needs_a_key_too(locked: Kiosk) -> None:
    with locked.talk(speaks=["ja"], hears=["ja"]) as stranger:
        assert until(stranger, "Problem")[-1]["code"] == "invalid-key"
    url = f"ws://127.0.0.1:{locked.port}/v1/interpret"
    with connect(url, additional_headers={"Authorization": f"Bearer {KEY}"}) as socket:
        socket.send(json.dumps({"type": "Start", "speaks": ["ja"], "hears": ["ja"]}))
        assert until(socket, "Ready")


def test_the_cookie_of_a_page_opens_what_pages_use_from_their_own_origin_alone(locked: Kiosk) -> None:
    page = httpx.get(f"{locked.url}/kiosk/")
    written = page.headers["set-cookie"]
    assert "HttpOnly" in written
    assert "SameSite=Strict" in written
    assert KEY not in page.text + written
    cookie = {"Cookie": written.split(";")[0]}
    assert httpx.get(f"{locked.url}/v1/venues", headers=cookie).status_code == 200
    asked = {"question": "幾點開門？"}
    assert code(httpx.post(f"{locked.url}/v1/ask", headers=cookie, json=asked)) == (401, "invalid_api_key")
    url = f"ws://127.0.0.1:{locked.port}/v1/interpret"
    for origin, kind in ((locked.url, "Ready"), ("http://127.0.0.1:1", "Problem"), (None, "Problem")):
        with connect(url, additional_headers=cookie, origin=origin) as socket:  # type: ignore[arg-type]
            socket.send(json.dumps({"type": "Start", "speaks": ["ja"], "hears": ["ja"]}))
            assert until(socket, "Ready", "Problem")[-1]["type"] == kind
    wrong = {"Cookie": f"{cookie['Cookie'][:-1]}x"}
    assert httpx.get(f"{locked.url}/v1/venues", headers=wrong).status_code == 401


@NEEDS_CHROMIUM
def test_a_visitor_needs_no_key(locked: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        begin(page, locked.url, "繁體中文")
        field = page.locator(".half.mine .type input")
        field.fill("廁所在哪裡？")
        field.press("Enter")
        expect(page.locator(".half.theirs .captions .main")).to_have_text("Where is the toilet?", timeout=15_000)


def test_a_key_is_never_shown() -> None:
    assert KEY not in repr(Keys.parse(KEY))
    with pytest.raises(ChoiceError) as caught:
        Keys.parse(f"{KEY},too-short")
    assert "too-short" not in str(caught.value)
    assert "key 2" in str(caught.value)
    assert Keys.parse(" , ") == Keys()
    assert Keys.parse(KEY).pages == Keys.parse(f" {KEY} ").pages != Keys.parse(KEY + "x").pages
