from collections.abc import Iterator

import pytest
from browsing import NEEDS_CHROMIUM, begin, browser, strangers
from playwright.sync_api import expect
from running import QUESTION, Kiosk, kiosk, until

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with kiosk(tmp_path_factory.mktemp("data")) as running:
        yield running


def test_a_visitor_speaks_and_both_halves_show_it_and_no_request_leaves_the_machine(place: Kiosk) -> None:
    with browser(QUESTION) as chromium:
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        outside = strangers(context)
        page = context.new_page()
        begin(page, place.url, "English")
        button = page.locator(".half.mine .microphone")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        button.hover()
        page.mouse.down()
        expect(page.locator(".half.mine .partial")).to_contain_text("where", timeout=15_000)
        page.wait_for_timeout(3000)
        page.mouse.up()
        expect(page.locator(".half.theirs .captions .main")).to_have_text("請問溫泉博物館在哪裡？", timeout=15_000)
        expect(page.locator(".half.mine .captions .main")).to_have_text("Excuse me, where is the Hot Spring Museum?")
        page.wait_for_function("window.Interpreter.talk.voice.end > 0")
        assert outside == []


def test_typed_chinese_is_answered_and_leaving_leaves_no_trace(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        begin(page, place.url, "繁體中文")
        field = page.locator(".half.mine .type input")
        field.fill("廁所在哪裡？")
        field.press("Enter")
        expect(page.locator(".half.theirs .captions .main")).to_have_text("Where is the toilet?", timeout=15_000)
        page.locator("#home").click()
        expect(page.get_by_role("button", name="日本語")).to_be_visible()
        assert "廁所" not in page.content()


def test_a_refused_microphone_says_what_to_do_and_typing_still_works(place: Kiosk) -> None:
    with browser(QUESTION, allowed=False) as chromium:
        context = chromium.new_context(permissions=[])
        page = context.new_page()
        begin(page, place.url, "English")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        page.locator(".half.mine .microphone").click()
        expect(page.locator(".half.mine .state")).to_contain_text("type instead", timeout=15_000)
        page.locator(".half.mine .type input").fill("Thank you")
        page.locator(".half.mine .type button").click()
        expect(page.locator(".half.theirs .captions .main")).to_contain_text("謝謝", timeout=15_000)


def test_a_second_screen_of_the_conversation_receives_text_and_sound(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        begin(page, place.url, "English")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        room = page.evaluate("window.Interpreter.talk.wire.start")
        with place.talk(speaks=["ja"], hears=["ja"], room=room["room"], key=room["key"]) as counter:
            until(counter, "Members")
            page.locator(".half.mine .type input").fill("Thank you")
            page.locator(".half.mine .type button").click()
            assert until(counter, "Spoken")[-1]["language"] == "ja"
