from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import NEEDS_CHROMIUM, begin, browser, strangers
from manners import SIZES, check_fits, check_forgotten, check_touch, leave
from playwright.sync_api import Browser, Page, expect
from running import QUESTION, Kiosk, kiosk

from ui.server.inbox import Inbox

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser(QUESTION) as running:
        yield running


def come(chromium: Browser, place: Kiosk, language: str, size: tuple[int, int] = (1280, 800)) -> Page:
    """A page with the field for a question."""
    page = chromium.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    begin(page, place.url, language)
    page.locator("#ask-tab-button").click()
    field(page).wait_for()
    return page


def field(page: Page):  # type: ignore[no-untyped-def]
    return page.locator("#ask-question textarea, #ask-question input").first


def ask(page: Page, question: str) -> None:
    field(page).fill(question)
    page.locator("#ask-send").click()
    expect(page.locator("#ask-answer .asked")).to_have_text(question, timeout=20_000)


def test_a_question_in_korean_is_answered_and_opens_the_stop_in_korean(chromium: Browser, place: Kiosk) -> None:
    page = come(chromium, place, "한국어")
    outside = strangers(page.context)
    ask(page, "옛 역은 무엇으로 지었나요?")
    expect(page.locator("#ask-answer .text")).to_contain_text("목조")
    expect(page.locator("#ask-answer .text")).to_have_attribute("lang", "ko")
    expect(page.locator("#ask-answer .note[data-state=supplied]")).to_have_count(1)
    cited = page.locator("#ask-answer .cited")
    expect(cited).to_contain_text("신베이터우")
    cited.click()
    expect(page.locator("#guide-title h2")).to_contain_text("신베이터우")
    expect(page.locator("#guide-reader .transcript")).to_have_attribute("lang", "ko")
    expect(page.locator("#guide-reader .transcript")).to_contain_text("목조")
    expect(page.locator("#guide-tab-button")).to_have_attribute("aria-selected", "true")
    assert outside == []


def test_what_nothing_supports_is_said_with_the_counter_and_three_places(chromium: Browser, place: Kiosk) -> None:
    page = come(chromium, place, "繁體中文")
    ask(page, "這裡有無線網路嗎？")
    card = page.locator("#ask-answer .card")
    expect(card).to_have_attribute("data-supported", "false")
    expect(card.locator(".text")).to_contain_text("服務台")
    expect(card.locator(".cited")).to_have_count(0)
    places = card.locator(".places button")
    expect(places).to_have_count(3)
    title = places.nth(1).inner_text()
    places.nth(1).click()
    expect(page.locator("#guide-title h2")).to_have_text(title)


def test_a_question_that_is_spoken_fills_the_field_and_is_answered(chromium: Browser, place: Kiosk) -> None:
    page = come(chromium, place, "English")
    page.locator("#ask-answer .microphone").hover()
    page.mouse.down()
    expect(page.locator("#ask-answer .microphone")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#ask-answer .state")).to_contain_text("where", timeout=15_000)
    page.wait_for_timeout(3000)
    page.mouse.up()
    expect(page.locator("#ask-answer .card .cited")).to_contain_text("Hot Spring Museum", timeout=20_000)
    expect(field(page)).to_have_value("Excuse me, where is the Hot Spring Museum?")
    expect(page.locator("#ask-answer .text")).to_contain_text("Zhongshan Road")


def test_what_was_not_heard_surely_is_chosen_with_a_finger(chromium: Browser, place: Kiosk) -> None:
    page = come(chromium, place, "日本語")
    ask(page, "駅舎はいつ建てられましたか。")
    expect(page.locator("#ask-answer .card")).to_be_visible()
    readings = ["図書館は何時に閉まりますか。", "図書館はどこですか。"]
    page.evaluate(
        """readings => window.Interpreter.asking.take({ type: "Final", utterance: 1, text: readings[1], language: "ja",
          certain: false, alternatives: readings.map((text) => ({ text, language: "ja" })) })""",
        readings,
    )
    choices = page.locator("#ask-answer .choices button")
    expect(choices).to_have_count(3)
    # The choices have the room of the answer before.
    expect(page.locator("#ask-answer .card")).to_be_hidden()
    choices.nth(0).click()
    expect(page.locator("#ask-answer .asked")).to_have_text(readings[0], timeout=20_000)
    expect(page.locator("#ask-answer .text")).to_contain_text("21:00")
    expect(page.locator("#ask-answer .note[data-state=checked]")).to_have_count(1)
    expect(choices.first).to_be_hidden()


def test_an_answer_is_heard_when_it_is_touched_and_not_before(chromium: Browser, place: Kiosk) -> None:
    page = come(chromium, place, "ไทย")
    ask(page, "สถานีเก่าแห่งนี้อายุกี่ปีแล้ว")
    assert page.evaluate("window.Interpreter.asking.voice.end") == 0
    page.locator("#ask-answer .hear").click()
    page.wait_for_function("window.Interpreter.asking.voice.end > 0", timeout=20_000)
    page.locator("#ask-answer .hear").click()
    page.wait_for_function("!window.Interpreter.asking.voice.speaking")


def test_examples_are_of_the_venue_and_of_the_stop_that_was_left(chromium: Browser, place: Kiosk) -> None:
    page = come(chromium, place, "Français")
    examples = page.locator("#ask-examples button:visible")
    expect(examples).to_have_count(4)
    first = examples.nth(0).inner_text()
    page.locator("#guide-tab-button").click()
    page.locator("#guide-stops button[data-stop=hokutolite]").click()
    page.locator("#guide-ask").click()
    expect(page.locator("#ask-tab-button")).to_have_attribute("aria-selected", "true")
    expect(examples.nth(0)).not_to_have_text(first)
    question = examples.nth(0).inner_text()
    examples.nth(0).click()
    expect(page.locator("#ask-answer .asked")).to_have_text(question, timeout=20_000)
    expect(page.locator("#ask-answer .cited")).to_contain_text("okutolite")


def test_a_question_is_text_and_leaves_no_trace(chromium: Browser, place: Kiosk) -> None:
    page = come(chromium, place, "Italiano")
    question = "<img src=x onerror=alert(1)> Dov'è il **museo** ksylofon?"
    ask(page, question)
    expect(page.locator("#ask-answer img")).to_have_count(0)
    expect(page.locator("#ask-answer strong")).to_have_count(0)
    leave(page, "ksylofon")
    page.locator("#ask-tab-button").click()
    expect(field(page)).to_have_value("")
    expect(page.locator("#ask-answer .asked")).to_have_count(0)
    check_forgotten(place.data, "ksylofon")


def test_marks_alone_are_no_question(chromium: Browser, place: Kiosk) -> None:
    page = come(chromium, place, "한국어")
    field(page).fill("？！…")
    page.locator("#ask-send").click()
    expect(page.locator("#ask-answer .state")).not_to_have_text("")
    expect(page.locator("#ask-answer .card")).to_be_hidden()


@pytest.mark.parametrize("size", SIZES)
def test_it_fits(chromium: Browser, place: Kiosk, size: tuple[int, int]) -> None:
    page = come(chromium, place, "Deutsch", size)
    check_fits(page)
    ask(page, "Wann ist geöffnet?")
    check_fits(page)
    check_touch(page, "#ask-tab button:visible")


def test_what_is_kept_is_said_and_only_while_an_administrator_wants_it(chromium: Browser, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.sqlite")
    inbox.switch(True, "Lin")
    with kiosk(tmp_path) as place:
        page = chromium.new_page()
        begin(page, place.url, "繁體中文")
        expect(page.locator(".kept")).to_contain_text("場館")
        page.get_by_role("tab", name="提問").click()
        page.locator("#ask-question textarea, #ask-question input").fill("館長的生日是哪一天？")
        page.locator("#ask-send").click()
        expect(page.locator("#ask-answer")).to_contain_text("服務台", timeout=15_000)
        assert [(note.kind, note.text) for note in inbox.list()] == [("question", "館長的生日是哪一天？")]
        inbox.switch(False, "Lin")
        assert inbox.list() == ()
