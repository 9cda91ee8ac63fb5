import json

from browsing import NEEDS_CHROMIUM, begin
from playwright.sync_api import Browser, Page, expect
from running import Kiosk

pytestmark = NEEDS_CHROMIUM


def phrases(chromium: Browser, place: Kiosk, language: str) -> tuple[Page, list[dict[str, object]]]:
    """The phrases page in a language, and the list that fills with what it asks to be spoken."""
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(15_000)
    spoken: list[dict[str, object]] = []

    def sent(payload: str | bytes) -> None:
        message = json.loads(payload) if isinstance(payload, str) else {}
        if message.get("type") == "Say":
            spoken.append(message)

    page.on("websocket", lambda socket: socket.on("framesent", sent))
    begin(page, place.url, language)
    expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
    page.locator("#rooms button[role=tab]").nth(1).click()
    expect(page.locator("#phrases .category.food")).to_be_visible()
    return page, spoken


def test_a_phrase_with_a_slot_in_japanese_is_chosen_shown_and_spoken(place: Kiosk, chromium: Browser) -> None:
    page, spoken = phrases(chromium, place, "日本語")
    page.locator("#phrases .category.allergy").click()
    page.get_by_role("button", name="私は…のアレルギーがあります。").click()
    expect(page.locator("#phrases .card .told")).to_have_count(0)
    expect(page.locator("#phrases .voice button").first).to_be_disabled()
    page.locator("#phrases .picker input").first.click()
    page.get_by_role("option", name="ピーナッツ").click()
    expect(page.locator("#phrases .card .told")).to_have_text("我對花生過敏。")
    expect(page.locator("#phrases .card .told")).to_have_attribute("lang", "zh-Hant")
    expect(page.locator("#phrases .card .said")).to_have_text("私はピーナッツのアレルギーがあります。")
    expect(page.locator("#phrases .card .reading")).to_have_text("Wǒ duì huā shēng guò mǐn.")
    expect(page.locator("#phrases .card .origin")).not_to_be_empty()
    page.wait_for_function("window.Interpreter.talk.voice.end > 0")
    page.locator("#phrases .voice button").nth(1).click()
    page.locator("#phrases .voice button").nth(2).click()
    expect(page.locator("#phrases dialog p")).to_have_text("我對花生過敏。")
    page.locator("#phrases dialog button").click()
    expect(page.locator("#phrases dialog")).to_be_hidden()
    said = [(each["text"], each["language"], each["rate"]) for each in spoken]
    assert said == [("我對花生過敏。", "zh-Hant", 1), ("我對花生過敏。", "zh-Hant", 0.7)]


def test_a_number_that_is_not_in_the_list_is_typed(place: Kiosk, chromium: Browser) -> None:
    page, _ = phrases(chromium, place, "Русский")
    page.locator("#phrases .category.ticket").click()
    page.locator("#phrases .offers button[data-phrase='ticket.tickets-please']").click()
    number = page.locator("#phrases .picker input").first
    number.fill("сто")
    number.press("Enter")
    expect(page.locator("#phrases .card .told")).to_have_count(0)
    number.fill("33")
    number.press("Enter")
    expect(page.locator("#phrases .card .told")).to_have_text("請給我33張票。")
    expect(page.locator("#phrases .card .said")).to_contain_text("33 билета")


def test_a_search_in_korean_and_in_the_partner_s_language(place: Kiosk, chromium: Browser) -> None:
    page, _ = phrases(chromium, place, "한국어")
    field = page.locator("#phrases .search textarea, #phrases .search input").first
    for words in ("영수증", "收據"):
        field.fill(words)
        found = page.locator("#phrases .offers button")
        expect(found.first).to_have_attribute("data-phrase", "price.receipt")
        expect(found.first).to_have_text("영수증 주시겠어요?")
        field.fill("")
        expect(page.locator("#phrases .category.food")).to_be_visible()
    field.fill("땅콩 알레르기")
    page.locator("#phrases .offers button[data-phrase='allergy.i-am-allergic']").click()
    expect(page.locator("#phrases .card .told")).to_have_text("我對花生過敏。")


def test_help_opens_the_safety_phrases_from_the_talk_page_in_thai(place: Kiosk, chromium: Browser) -> None:
    page = chromium.new_page()
    begin(page, place.url, "ไทย")
    page.locator("#urgent").click()
    first = page.locator("#phrases .offers button").first
    expect(first).to_have_attribute("lang", "th")
    expect(first).to_have_text("ช่วยด้วย")
    expect(page.locator("#phrases .offers button[data-phrase='emergency.call-ambulance']")).to_be_visible()
    first.click()
    expect(page.locator("#phrases .card .told")).to_have_text("救命！")


def test_what_staff_say_is_told_in_the_visitor_s_language(place: Kiosk, chromium: Browser) -> None:
    page, spoken = phrases(chromium, place, "Tiếng Việt")
    page.locator("#phrases .category.rules").click()
    expect(page.locator("#phrases .offers button").first).to_have_attribute("lang", "vi")
    page.locator("#phrases .staff input").check()
    smoking = page.locator("#phrases .offers button[data-phrase='rules.no-smoking']")
    expect(smoking).to_contain_text("這裡禁止吸菸。")
    smoking.click()
    expect(page.locator("#phrases .card .told")).to_have_attribute("lang", "vi")
    expect(page.locator("#phrases .card .said")).to_have_text("這裡禁止吸菸。")
    page.wait_for_function("window.Interpreter.talk.voice.end > 0")
    assert [each["language"] for each in spoken] == ["vi"]


def test_leaving_takes_search_and_phrase_away(place: Kiosk, chromium: Browser) -> None:
    page, _ = phrases(chromium, place, "繁體中文")
    page.locator("#phrases .search textarea, #phrases .search input").first.fill("護照")
    page.locator("#phrases .offers button[data-phrase='lost.lost-passport']").click()
    expect(page.locator("#phrases .card .told")).to_contain_text("passport")
    page.locator("#home").click()
    expect(page.get_by_role("button", name="日本語")).to_be_visible()
    assert "護照" not in page.content()
    assert "passport" not in page.content()
    kept = "Object.values(window.Interpreter).map((each) => JSON.stringify(each?.value ?? ''))"
    assert "passport" not in " ".join(page.evaluate(kept))
    page.get_by_role("button", name="日本語").click()
    page.locator("#rooms button[role=tab]").nth(1).click()
    expect(page.locator("#phrases .category.food")).to_be_visible()
    expect(page.locator("#phrases .search textarea, #phrases .search input").first).to_have_value("")


def test_back_returns_to_the_list_and_then_to_the_categories(place: Kiosk, chromium: Browser) -> None:
    page, _ = phrases(chromium, place, "Deutsch")
    page.locator("#phrases .category.hotel").click()
    page.locator("#phrases .offers button[data-phrase='hotel.check-in']").click()
    expect(page.locator("#phrases .card")).to_be_focused()
    page.locator("#phrases .phrase .back").click()
    expect(page.locator("#phrases .offers button[data-phrase='hotel.check-in']")).to_be_focused()
    page.locator("#phrases .list .back").click()
    expect(page.locator("#phrases .category.food")).to_be_visible()
