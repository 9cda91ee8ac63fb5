import json
import time
from contextlib import ExitStack

import httpx
import pytest
from browsing import NEEDS_CHROMIUM, begin, browser, strangers
from itsdangerous import TimestampSigner
from playwright.sync_api import Browser, Page, expect
from running import Kiosk, until
from websockets.sync.client import ClientConnection

from ui.server.links import LinkError, Links, Reach, preferred
from venues.pack import TAGS

SAID = ("Good morning", "Thank you", "Where is the toilet?", "Please wait a moment.", "Goodbye")
"""Phrases of the book."""


def tell(guide: ClientConnection, text: str) -> None:
    guide.send(json.dumps({"type": "Tell", "text": text, "language": "en"}))


def sentences(messages: list[dict], tag: str) -> list[str]:
    """What a follower reads: the translations, or the original in the guide's own language."""
    if tag == "en":
        return [each["text"] for each in messages if each["type"] == "Final"]
    return [each["text"] for each in messages if each["type"] == "Translated" and each["target"] == tag]


def read(socket: ClientConnection, tag: str, count: int) -> list[dict]:
    seen: list[dict] = []
    while len(sentences(seen, tag)) < count:
        seen += until(socket, "Final" if tag == "en" else "Translated", timeout=60)
    return seen


def numbers(messages: list[dict]) -> list[int]:
    return [each["sequence"] for each in messages if each["type"] in ("Final", "Translated")]


def test_twenty_followers_and_one_that_drops_and_returns_get_every_sentence_once(place: Kiosk) -> None:
    tags = [TAGS[number % len(TAGS)] for number in range(19)]
    with place.talk(speaks=["en"], hears=["en"], voice=False) as guide, ExitStack() as stack:
        room = until(guide, "Ready")[-1]
        others = [stack.enter_context(place.talk(hears=[tag], room=room["room"], voice=False)) for tag in tags]
        # The only one who reads French is lost, so that nobody but a memory of them asks for French meanwhile.
        assert tags.count("fr") == 1
        lost = others.pop(tags.index("fr"))
        tags.remove("fr")
        tell(guide, SAID[0])
        before = read(lost, "fr", 1)
        lost.close()
        for text in SAID[1:4]:
            tell(guide, text)
        read(guide, "fr", 4)
        with place.talk(hears=["fr"], room=room["room"], voice=False, after=numbers(before)[-1]) as back:
            ready = until(back, "Ready")[-1]
            assert ready["missed"] == 6
            tell(guide, SAID[4])
            french = before + read(back, "fr", 4)
        assert len(sentences(french, "fr")) == len(set(sentences(french, "fr"))) == len(SAID)
        assert numbers(french) == sorted(set(numbers(french)))
        finals = [each["text"] for each in french if each["type"] == "Final"]
        assert finals == list(SAID)
        for tag, socket in zip(tags, others, strict=True):
            seen = read(socket, tag, len(SAID))
            assert len(set(sentences(seen, tag))) == len(SAID), tag
            assert numbers(seen) == sorted(set(numbers(seen)))


def test_who_comes_late_reads_what_was_said_before_in_their_own_language(place: Kiosk) -> None:
    with place.talk(speaks=["en"], hears=["en"], voice=False) as guide:
        room = until(guide, "Ready")[-1]["room"]
        for text in SAID[:3]:
            tell(guide, text)
        read(guide, "en", 3)
        with place.talk(hears=["ja"], room=room, voice=False) as late, place.talk(hears=["ja"], room=room) as later:
            seen, again = read(late, "ja", 3), read(later, "ja", 3)
            assert sentences(seen, "ja") == sentences(again, "ja")
            assert len(set(sentences(seen, "ja"))) == 3
            assert numbers(seen) == sorted(set(numbers(seen)))
            tell(guide, SAID[3])
            assert len(sentences(read(late, "ja", 1), "ja")) == 1


def test_the_guide_sees_how_many_follow_in_which_language(place: Kiosk) -> None:
    with place.talk(speaks=["en"], hears=["en"]) as guide, ExitStack() as stack:
        room = until(guide, "Ready")[-1]["room"]
        for tag in ("th", "ja", "ja"):
            stack.enter_context(place.talk(hears=[tag], room=room))
        while (found := until(guide, "Members")[-1])["count"] < 4:
            pass
        assert found["listeners"] == {"th": 1, "ja": 2}


def test_the_voice_comes_only_while_it_is_wanted(place: Kiosk) -> None:
    with place.talk(speaks=["en"], hears=["en"], voice=False) as guide:
        room = until(guide, "Ready")[-1]["room"]
        with place.talk(hears=["ko"], room=room, voice=False) as phone:
            until(phone, "Members")
            tell(guide, "Thank you")
            tell(guide, "Goodbye")
            assert "Spoken" not in {each["type"] for each in read(phone, "ko", 2)}
            phone.send(json.dumps({"type": "Voice", "on": True}))
            until(guide, "Translated")
            tell(guide, "Good morning")
            assert until(phone, "Spoken")[-1]["language"] == "ko"


def test_ending_a_room_tells_everybody_and_nobody_comes_back(place: Kiosk) -> None:
    with place.talk(speaks=["zh-Hant"], hears=["zh-Hant"]) as guide:
        room = until(guide, "Ready")[-1]["room"]
        with place.talk(hears=["ja"], room=room) as phone:
            until(phone, "Members")
            phone.send(json.dumps({"type": "End"}))
            assert until(phone, "Problem")[-1]["code"] == "listening"
            guide.send(json.dumps({"type": "End"}))
            assert until(phone, "Closed")
        until(guide, "Closed")
    with place.talk(hears=["ja"], room=room) as phone:
        assert until(phone, "Problem")[-1]["code"] == "no-such-room"


def test_a_link_opens_what_it_was_made_for_and_nothing_else() -> None:
    links = Links()
    token = links.conversation("K7M2QX", "zh-Hant").removeprefix("/go/")
    assert links.open(token) == "/follow/?code=K7M2QX&language=zh-Hant"
    assert links.open(links.stop("park", "ja").removeprefix("/go/")) == "/kiosk/?language=ja&stop=park"
    with pytest.raises(LinkError, match="age"):
        links.open(token, lifetime=-1)
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x" + token, "", token.split(".")[0]):
        with pytest.raises(LinkError):
            links.open(forged)
    # Another start of the program has another secret.
    with pytest.raises(LinkError):
        Links().open(token)


def test_a_link_that_was_taken_along_expires_after_two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    links, made = Links(), int(time.time())
    token = links.conversation("K7M2QX", "th").removeprefix("/go/")
    for later, opens in ((7190, True), (7210, False)):
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _, now=made + later: now)
        if opens:
            assert "K7M2QX" in links.open(token)
        else:
            with pytest.raises(LinkError, match="get a new one"):
                links.open(token)


def test_a_link_that_opens_nothing_says_so_in_the_language_of_the_phone(place: Kiosk) -> None:
    found = httpx.get(f"{place.url}/go/expired", headers={"Accept-Language": "zh-TW,zh;q=0.9,en;q=0.8"})
    assert found.status_code == 410
    assert "這個連結已經失效" in found.text
    assert 'href="/kiosk/?language=zh-Hant"' in found.text


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.5", "ko"),
        ("en;q=0.3, th;q=0.8", "th"),
        ("zh", "zh-Hans"),
        ("zh-HK", "zh-Hant"),
        ("tlh, fil, de-AT;q=0.1", "de"),
        ("pt-BR;q=viel, *", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_phone(accepted: str, tag: str) -> None:
    assert preferred(accepted) == tag


def test_a_phone_is_given_an_address_that_it_reaches() -> None:
    assert Reach("0.0.0.0", 7860).address("http://kiosk.example:8080/kiosk/") == "http://kiosk.example:8080"
    assert Reach("127.0.0.1", 7860).address("http://localhost:7860/kiosk/") == ""
    assert Reach("::1", 7860).address("http://[::1]:7860/") == ""
    assert Reach("192.0.2.7", 443, True).address("https://127.0.0.1/kiosk/") == "https://192.0.2.7"
    found = Reach("0.0.0.0", 7860).address("http://127.0.0.1:7860/kiosk/")
    assert found == "" or (found.startswith("http://") and found.endswith(":7860") and "//127." not in found)


def test_a_picture_is_drawn_for_our_own_paths_alone(place: Kiosk) -> None:
    with httpx.Client(base_url=place.url, headers={"Host": "kiosk.example"}) as client:
        for path in ("/follow/K7M2QX", "/follow", "/kiosk/?language=ja&stop=park", Links().stop("park", "ja")):
            found = client.get("/v1/qr", params={"path": path})
            assert found.headers["content-type"].startswith("image/svg+xml"), path
            assert found.text.startswith("<svg")
        for path in (
            "//evil.example/",
            "https://evil.example",
            "/staff",
            "/follow/../staff",
            "/kiosk/?next=//evil",
            "",
        ):
            refused = client.get("/v1/qr", params={"path": path})
            assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_path"), path
    refused = httpx.get(f"{place.url}/v1/qr", params={"path": "/follow"})
    assert refused.status_code == 409
    assert "--host 0.0.0.0" in refused.json()["error"]["message"]


def test_a_room_has_a_short_address(place: Kiosk) -> None:
    found = httpx.get(f"{place.url}/follow/k7m2qx?language=ja")
    assert found.headers["location"] == "/follow/?code=K7M2QX&language=ja"
    assert httpx.get(f"{place.url}/follow/K7M2QX?language=//evil").headers["location"] == "/follow/?code=K7M2QX"


def test_a_page_is_the_same_for_everybody_but_for_the_address_it_was_asked_at(place: Kiosk) -> None:
    one, two, other = (
        httpx.get(f"{place.url}/kiosk/", headers={"Host": host}) for host in ("a.example", "a.example", "b.example")
    )
    assert one.text == two.text
    assert "a.example" in one.text
    assert "a.example" not in other.text
    assert [name for name in one.headers if name != "date" and one.headers[name] != two.headers.get(name)] == []


def open_tour(chromium: Browser, place: Kiosk) -> tuple[Page, str]:
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    begin(page, place.url, "English")
    page.get_by_role("tab", name="Tour").click()
    page.locator("#open-tour").click()
    expect(page.locator("#tour .status")).to_have_text("Ready", timeout=15_000)
    return page, page.locator("#tour .code").inner_text()


def guide_says(page: Page, text: str) -> None:
    page.locator("#tour .type input").fill(text)
    page.locator("#tour .type input").press("Enter")
    expect(page.locator("#tour .captions li").last).to_have_text(text, timeout=15_000)


@NEEDS_CHROMIUM
def test_a_phone_follows_in_korean_and_misses_nothing_when_its_connection_is_lost(place: Kiosk) -> None:
    with browser() as chromium:
        guide, code = open_tour(chromium, place)
        context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="ko-KR")
        outside = strangers(context)
        phone = context.new_page()
        phone.goto(f"{place.url}/follow/{code.lower()}")
        phone.get_by_role("button", name="한국어").click()
        status, main = phone.locator("#follow .status"), phone.locator("#follow .main")
        expect(status).to_have_attribute("data-state", "following", timeout=15_000)
        expect(guide.locator("#tour .group")).to_have_text("Phones following: 1")
        expect(guide.locator("#tour .languages")).to_contain_text("한국어")
        guide_says(guide, "Good morning")
        expect(main).to_have_text(["안녕하세요."])
        expect(phone.locator("#follow .other")).to_have_text(["Good morning"])
        assert phone.evaluate("window.Interpreter.follow.voice.end") == 0

        phone.evaluate("window.Interpreter.follow.wire.wait = 4000; window.Interpreter.follow.wire.socket.close()")
        expect(status).to_have_attribute("data-state", "lost")
        guide_says(guide, "Thank you")
        guide_says(guide, "Goodbye")
        phone.evaluate("window.Interpreter.follow.wire.hurry()")
        expect(main).to_have_count(3)
        expect(status).to_have_attribute("data-state", "caught-up")
        expect(status).to_contain_text("2")
        expect(phone.locator("#follow .other")).to_have_text(["Good morning", "Thank you", "Goodbye"])

        phone.locator("#follow .speaker").click()
        expect(phone.locator("#follow .speaker")).to_have_attribute("aria-pressed", "true")
        guide_says(guide, "Excuse me, where is the Hot Spring Museum?")
        expect(main).to_have_count(4)
        phone.wait_for_function("window.Interpreter.follow.voice.end > 0")

        guide.locator("#tour .end").click()
        expect(status).to_have_attribute("data-state", "room-ended", timeout=15_000)
        expect(main).to_have_count(4)
        expect(guide.locator("#open-tour")).to_be_visible()
        phone.reload()
        expect(phone.locator("#join-problem")).not_to_be_empty(timeout=15_000)
        expect(phone.get_by_role("button", name="日本語")).to_be_visible()
        assert outside == []


@NEEDS_CHROMIUM
def test_a_code_is_typed_and_another_language_is_chosen_on_the_way(place: Kiosk) -> None:
    with browser() as chromium, place.talk(speaks=["en"], hears=["en"], voice=False) as guide:
        code = until(guide, "Ready")[-1]["room"]
        phone = chromium.new_context(locale="zh-TW").new_page()
        phone.goto(f"{place.url}/follow/")
        expect(phone.locator("#join-title")).to_contain_text("跟著聽", timeout=15_000)
        phone.locator("#code input, #code textarea").fill("wrong1")
        phone.get_by_role("button", name="繁體中文").click()
        expect(phone.get_by_role("alert")).to_contain_text("找不到這個代碼", timeout=15_000)
        phone.locator("#code input, #code textarea").fill(f"{code[:3].lower()} {code[3:]}")
        phone.get_by_role("button", name="ไทย").click()
        expect(phone.locator("#follow .status")).to_have_attribute("data-state", "following", timeout=15_000)
        tell(guide, "Thank you")
        expect(phone.locator("#follow .main")).to_contain_text("ขอบคุณ")
        phone.locator("#follow .change").click()
        phone.get_by_role("button", name="Deutsch").click()
        expect(phone.locator("#follow .captions")).to_have_attribute("lang", "de", timeout=15_000)
        tell(guide, "Goodbye")
        expect(phone.locator("#follow .main").last).to_contain_text("Auf Wiedersehen")


@NEEDS_CHROMIUM
def test_a_conversation_is_taken_along_on_a_phone(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        begin(page, f"http://kiosk.example:{place.port}", "English")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        page.locator(".take-it-with-you").click()
        picture = page.locator(".take-dialog img")
        expect(picture).to_be_visible(timeout=15_000)
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
        phone = chromium.new_page(viewport={"width": 360, "height": 740})
        phone.goto(place.url + str(page.locator(".take-dialog").get_attribute("data-path")))
        expect(phone.locator("#follow .status")).to_have_attribute("data-state", "following", timeout=15_000)
        page.get_by_role("button", name="Close").click()
        page.locator(".half.theirs .type input").fill("謝謝。")
        page.locator(".half.theirs .type input").press("Enter")
        expect(phone.locator("#follow .main")).to_have_text(["Thank you very much."])
        # Another language of the other person is the same conversation; a new visitor is another one.
        room = page.evaluate("window.Interpreter.talk.wire.start.room")
        page.locator(".settings input[type=checkbox]").last.check()
        page.wait_for_function("window.Interpreter.talk.handsFree && window.Interpreter.talk.wire.ready")
        assert page.evaluate("window.Interpreter.talk.wire.start.room") == room
        path = str(page.locator(".take-dialog").get_attribute("data-path"))
        assert httpx.get(place.url + path).status_code == 303
        page.locator("#home").click()
        expect(phone.locator("#follow .status")).to_have_attribute("data-state", "room-ended", timeout=15_000)
        expect(phone.locator("#follow .status")).to_contain_text("ended")
        assert httpx.get(place.url + path).status_code == 410


@NEEDS_CHROMIUM
def test_an_address_opens_the_kiosk_in_a_language(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        page.goto(f"{place.url}/kiosk/?language=zh-Hant&stop=park")
        expect(page.locator("#home")).to_have_text("回到首頁", timeout=15_000)
        page.goto(f"{place.url}/kiosk/?language=tlh")
        expect(page.get_by_role("button", name="日本語")).to_be_visible(timeout=15_000)
