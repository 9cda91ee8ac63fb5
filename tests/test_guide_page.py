import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from browsing import NEEDS_CHROMIUM, begin, strangers
from manners import SIZES, check_fits, check_touch, leave
from playwright.sync_api import Browser, Page, expect
from running import Kiosk

from venues.desk import Desk
from venues.ledger import Piece

pytestmark = NEEDS_CHROMIUM


def walk(chromium: Browser, place: Kiosk, language: str, size: tuple[int, int] = (1280, 800)) -> Page:
    """A page with the list of stops."""
    page = chromium.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    begin(page, place.url, language)
    page.locator("#guide-tab-button").click()
    page.locator("#guide-stops button").first.wait_for()
    return page


def visit(page: Page, stop: str) -> None:
    page.locator(f"#guide-stops button[data-stop={stop}]").click()
    page.locator("#guide-reader .transcript").wait_for()


@contextmanager
def desk(place: Kiosk) -> Iterator[Desk]:
    """The editors' desk of a running kiosk, from another process."""
    with Desk.open(place.data) as opened:
        yield opened


def edit(place: Kiosk, piece: Piece, text: str, *, approved: bool = True) -> None:
    with desk(place) as opened:
        state = opened.store.states("beitou").get(piece)
        entry = opened.write(piece, text, "林", base=state.number if state else 0)
        if approved:
            opened.store.approve("beitou", {piece: entry.number}, "林")


def test_a_stop_in_thai_is_spoken_after_a_touch_and_the_text_follows(chromium: Browser, place: Kiosk) -> None:
    page = walk(chromium, place, "ไทย")
    outside = strangers(page.context)
    sounds: list[str] = []
    page.on("request", lambda request: "speech" in request.url and sounds.append(request.url))
    visit(page, "park")
    page.locator("#guide-kind label").nth(1).click()
    expect(page.locator("#guide-reader .transcript")).to_contain_text("ค.ศ. 1913")
    expect(page.locator("#guide-reader .transcript")).to_have_attribute("lang", "th")
    expect(page.locator("#guide-title h2")).to_have_text("สวนสาธารณะเป่ยโถว")
    assert sounds == []
    page.locator("#guide-reader .play").click()
    spoken = page.locator("#guide-reader .sentence.spoken")
    expect(spoken).to_have_text("สวนสาธารณะเป่ยโถวสร้างเสร็จในปี ค.ศ. 1913", timeout=20_000)
    expect(spoken).to_have_attribute("aria-current", "true")
    # A sentence that is touched is spoken next, and the one behind it when it has ended, both in sight.
    count = page.locator("#guide-reader .sentence").count()
    page.locator("#guide-reader .sentence").nth(count - 3).evaluate("sentence => sentence.click()")
    last = page.locator("#guide-reader .sentence").nth(count - 1)
    expect(last).to_have_class("sentence spoken", timeout=40_000)
    page.wait_for_function("document.querySelector('#guide-reader .transcript').scrollTop > 0")
    expect(last).to_be_in_viewport()
    page.locator("#guide-reader .play").click()
    expect(page.locator("#guide-reader .play")).to_have_attribute("data-playing", "false")
    assert outside == []


HOLD_BACK = """() => {
  const ask = window.fetch;
  window.fetch = async (address, options) => {
    if (!String(address).includes('/speech/parts')) return ask(address, options);
    const whole = (await (await ask(address, options)).text()).split(/(?<=\\n)/);
    const encoder = new TextEncoder();
    return new Response(new ReadableStream({ start(controller) {
      const send = (some) => some.forEach((line) => controller.enqueue(encoder.encode(line)));
      send(whole.slice(0, 1));
      window.goOn = () => { send(whole.slice(1)); controller.close(); };
    } }));
  };
}"""
"""A slow voice: after its first clause it waits until it is told to go on."""


def test_it_speaks_before_all_is_spoken_and_a_sentence_that_is_not_there_yet_is_waited_for(
    chromium: Browser, place: Kiosk
) -> None:
    page = walk(chromium, place, "한국어")
    visit(page, "library")
    page.locator("#guide-kind label").nth(1).click()
    page.evaluate(HOLD_BACK)
    sentences, status = page.locator("#guide-reader .sentence"), page.locator("#guide-reader .status")
    expect(sentences).not_to_have_count(0)
    page.locator("#guide-reader .play").click()
    expect(sentences.first).to_have_class("sentence spoken", timeout=20_000)
    expect(page.locator("#guide-reader .play")).to_have_attribute("data-playing", "true")
    # The clause has been heard, the next one is not there.
    expect(status).to_have_text("잠시만 기다려 주세요", timeout=20_000)
    expect(sentences.first).to_have_class("sentence spoken")
    last = sentences.nth(sentences.count() - 1)
    last.evaluate("sentence => sentence.click()")
    expect(last).to_have_class("sentence spoken")
    page.evaluate("window.goOn()")
    expect(page.locator("#guide-reader .play")).to_have_attribute("data-playing", "true")
    expect(status).to_have_text("")
    expect(last).to_have_class("sentence spoken")
    # It ends, and begins from its first sentence again, without asking the voice anew.
    expect(page.locator("#guide-reader .play")).to_have_attribute("data-playing", "false", timeout=40_000)
    expect(page.locator("#guide-reader .sentence.spoken")).to_have_count(0)
    page.locator("#guide-reader .play").click()
    expect(sentences.first).to_have_class("sentence spoken", timeout=20_000)
    # One part after the other, without a touch.
    expect(sentences.nth(1)).to_have_class("sentence spoken", timeout=40_000)


def test_another_speed_is_another_speech_and_goes_on_at_the_same_sentence(chromium: Browser, place: Kiosk) -> None:
    page = walk(chromium, place, "日本語")
    visit(page, "hot-spring-museum")
    page.locator("#guide-reader .play").click()
    page.locator("#guide-reader .sentence.spoken").wait_for(timeout=20_000)
    page.locator("#guide-reader .sentence").nth(1).evaluate("sentence => sentence.click()")
    with page.expect_request(lambda request: "rate=0.7" in request.url):
        page.locator("#guide-reader .speed").first.click()
    expect(page.locator("#guide-reader .speed").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#guide-reader .play")).to_have_attribute("data-playing", "true", timeout=20_000)
    expect(page.locator("#guide-reader .sentence").nth(1)).to_have_class("sentence spoken")
    page.locator("#talk-tab-button").click()
    page.locator("#guide-tab-button").click()
    expect(page.locator("#guide-reader .play")).to_have_attribute("data-playing", "false")


def test_a_text_that_is_missing_is_shown_in_another_language_and_said_so(chromium: Browser, place: Kiosk) -> None:
    page = walk(chromium, place, "Deutsch")
    visit(page, "hokutolite")
    expect(page.locator("#guide-kind label")).to_have_count(2)
    expect(page.locator("#guide-title .state[data-state=other-language]")).to_have_count(0)
    edit(place, Piece("beitou", "hokutolite", "children", "zh-Hant"), "北投石很小。它會發出一點點光。")
    page.locator("#guide-back").click()
    visit(page, "hokutolite")
    expect(page.locator("#guide-reader .transcript")).to_have_attribute("lang", "de")
    page.locator("#guide-kind label").nth(2).click()
    expect(page.locator("#guide-reader .transcript")).to_have_text("北投石很小。它會發出一點點光。")
    expect(page.locator("#guide-reader .transcript")).to_have_attribute("lang", "zh-Hant")
    expect(page.locator("#guide-title .state[data-state=other-language]")).to_contain_text("Chinesisch")
    expect(page.locator("#guide-title .state[data-state=approved]")).to_have_count(1)


def test_what_was_edited_and_approved_is_told_without_a_restart(chromium: Browser, place: Kiosk) -> None:
    page = walk(chromium, place, "繁體中文")
    visit(page, "library")
    expect(page.locator("#guide-title .state[data-state=supplied]")).to_have_count(1)
    piece = Piece("beitou", "library", "short", "zh-Hant")
    edit(place, piece, "圖書館「重新」開放了。", approved=False)
    page.locator("#guide-back").click()
    visit(page, "library")
    expect(page.locator("#guide-reader .transcript")).not_to_contain_text("重新")
    with desk(place) as opened:
        opened.store.approve("beitou", {piece: opened.store.states("beitou")[piece].number}, "林")
    page.locator("#guide-back").click()
    visit(page, "library")
    expect(page.locator("#guide-reader .transcript")).to_have_text("圖書館「重新」開放了。")
    expect(page.locator("#guide-title .state[data-state=approved]")).to_have_count(1)
    # The translations are older than the text now.
    other = walk(chromium, place, "한국어")
    visit(other, "library")
    expect(other.locator("#guide-title .state[data-state=stale]")).to_have_count(1)


def test_a_walk_has_its_stops_in_order_and_each_says_where_and_when(chromium: Browser, place: Kiosk) -> None:
    page = walk(chromium, place, "Русский")
    everything = page.locator("#guide-stops li").count()
    page.locator("#guide-tour label").nth(1).click()
    expect(page.locator("#guide-stops li")).not_to_have_count(everything)
    stops = page.locator("#guide-stops button").evaluate_all("all => all.map((each) => each.dataset.stop)")
    visit(page, stops[0])
    expect(page.locator("#guide-previous")).to_be_disabled()
    titles = [page.locator("#guide-title h2").inner_text()]
    for _ in stops[1:]:
        page.locator("#guide-next").click()
        expect(page.locator("#guide-title h2")).not_to_have_text(titles[-1])
        titles.append(page.locator("#guide-title h2").inner_text())
    expect(page.locator("#guide-next")).to_be_disabled()
    assert len(set(titles)) == len(stops)
    page.locator("#guide-previous").click()
    expect(page.locator("#guide-title h2")).to_have_text(titles[-2])
    page.locator("#guide-back").click()
    visit(page, "hot-spring-museum")
    facts = page.locator("#guide-facts")
    expect(facts).to_contain_text("Чжуншань")
    expect(facts).to_contain_text("Часы работы")
    expect(facts).to_contain_text("10:00")
    expect(page.locator("#guide-picture img")).to_have_attribute("alt", re.compile("[А-я]"))
    assert page.locator("#guide-picture img").evaluate("image => image.naturalWidth") > 0


def test_when_the_visitor_has_gone_nothing_speaks_and_nothing_is_open(chromium: Browser, place: Kiosk) -> None:
    page = walk(chromium, place, "Tiếng Việt")
    visit(page, "park")
    page.locator("#guide-reader .play").click()
    page.locator("#guide-reader .sentence.spoken").wait_for(timeout=20_000)
    leave(page, "Bắc Đầu")
    page.locator("#guide-tab-button").click()
    expect(page.locator("#guide-stops button").first).to_be_visible()
    expect(page.locator("#guide-reader .transcript")).to_have_count(0)
    assert "Bắc Đầu" not in page.locator("#guide-tab").inner_text()


@pytest.mark.parametrize("size", SIZES)
def test_it_fits(chromium: Browser, place: Kiosk, size: tuple[int, int]) -> None:
    page = walk(chromium, place, "Deutsch", size)
    check_fits(page)
    cards = page.locator("#guide-stops button")
    # The list scrolls within itself: every stop can be reached with a finger.
    cards.first.hover()
    page.mouse.wheel(0, 5000)
    expect(cards.last).to_be_in_viewport(ratio=0.9)
    visit(page, "public-bath")
    page.locator("#guide-kind label").nth(1).click()
    check_fits(page)
    page.locator("#guide-picture img").hover()
    page.mouse.wheel(0, 5000)
    expect(page.locator("#guide-facts p").last).to_be_in_viewport(ratio=0.9)
    check_touch(page, "#guide-tab button:visible, #guide-tab label:visible")
