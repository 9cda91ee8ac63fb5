"""The guide's side of a tour, through a real browser: it outlives a reload and an idle screen, and the guide speaks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import NEEDS_CHROMIUM, browser
from playwright.sync_api import Browser, Page, expect
from running import QUESTION, Kiosk, kiosk, until
from test_follow import guide_says, open_tour

pytestmark = NEEDS_CHROMIUM
SAID = "Excuse me, where is the Hot Spring Museum?"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser whose microphone plays the question once to each page that listens."""
    with browser(QUESTION) as running:
        yield running


def follow(chromium: Browser, place: Kiosk, code: str, language: str) -> Page:
    phone = chromium.new_context(viewport={"width": 360, "height": 740}).new_page()
    phone.goto(f"{place.url}/follow/{code}")
    phone.get_by_role("button", name=language, exact=True).click()
    expect(phone.locator("#follow .status")).to_have_attribute("data-state", "following", timeout=15_000)
    return phone


def test_a_guide_who_loads_the_page_again_goes_on_and_nobody_notices(chromium: Browser, place: Kiosk) -> None:
    page, code = open_tour(chromium, place)
    phone = follow(chromium, place, code, "ไทย")
    phone.evaluate("""() => {
      window.states = [];
      const status = document.querySelector('#follow .status');
      new MutationObserver(() => window.states.push(status.dataset.state)).observe(status, { attributes: true });
    }""")
    guide_says(page, "Good morning")
    page.get_by_role("button", name="Hands-free").click()
    expect(page.locator("#tour .status")).to_have_text("Ready", timeout=15_000)
    for _ in range(2):
        page.reload()
        expect(page.locator("#tour .code")).to_have_text(code, timeout=20_000)
        expect(page.locator("#tour .group")).to_have_text("Phones following: 1", timeout=15_000)
        expect(page.locator("#tour .captions li")).to_have_text(["Good morning"])
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#tour .switch")).to_have_attribute("aria-pressed", "true")
    guide_says(page, "Thank you")
    expect(phone.locator("#follow .other")).to_have_text(["Good morning", "Thank you"], timeout=15_000)
    assert phone.evaluate("window.states") == []
    page.locator("#home").click()
    expect(phone.locator("#follow .status")).to_have_attribute("data-state", "room-ended", timeout=15_000)
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    expect(page.get_by_role("button", name="日本語")).to_be_visible(timeout=15_000)
    expect(page.locator("#tour .code")).to_be_hidden()


def test_an_idle_screen_is_left_to_a_tour_until_nobody_has_followed_for_long(chromium: Browser, tmp_path: Path) -> None:
    with kiosk(tmp_path, "--idle", "2") as place:
        page, code = open_tour(chromium, place)
        page.wait_for_timeout(6000)
        expect(page.locator("dialog.still-there")).to_be_hidden()
        expect(page.locator("#tour .code")).to_have_text(code)
        page.evaluate("window.Interpreter.tour.alive -= 3600000")
        expect(page.get_by_role("button", name="日本語")).to_be_visible(timeout=20_000)
        assert page.evaluate("sessionStorage.length") == 0
        assert code not in page.content()
        with place.talk(hears=["ja"], room=code) as curious:
            assert until(curious, "Problem")[-1]["code"] == "no-such-room"


def speaking(chromium: Browser, place: Kiosk) -> tuple[Page, Page, Page]:
    """A guide with a microphone, a phone that reads Japanese and hears it, and one that reads Korean only."""
    page, code = open_tour(chromium, place)
    loud, still = (follow(chromium, place, code, language) for language in ("日本語", "한국어"))
    loud.locator("#follow .speaker").click()
    expect(loud.locator("#follow .speaker")).to_have_attribute("aria-pressed", "true")
    return page, loud, still


def hear(page: Page, loud: Page, still: Page) -> None:
    """What the guide said reaches both, and the voice reaches the one that wants it."""
    expect(page.locator("#tour .captions li")).to_have_text([SAID], timeout=30_000)
    expect(loud.locator("#follow .main")).to_have_text(["温泉博物館はどこですか。"], timeout=15_000)
    expect(still.locator("#follow .main")).to_contain_text("온천 박물관", timeout=15_000)
    expect(still.locator("#follow .other")).to_have_text([SAID])
    loud.wait_for_function("window.Interpreter.follow.voice.end > 0", timeout=15_000)
    assert still.evaluate("window.Interpreter.follow.voice.end") == 0


def test_a_guide_holds_the_button_and_speaks_and_the_group_reads_and_hears_it(chromium: Browser, place: Kiosk) -> None:
    page, loud, still = speaking(chromium, place)
    button = page.locator("#tour .microphone")
    button.hover()
    page.mouse.down()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#tour .partial")).to_contain_text("where", timeout=20_000)
    page.wait_for_timeout(3000)
    page.mouse.up()
    hear(page, loud, still)
    expect(button).to_have_attribute("aria-pressed", "false")


def test_hands_free_a_pause_ends_what_the_guide_says(chromium: Browser, place: Kiosk) -> None:
    page, loud, still = speaking(chromium, place)
    page.locator("#tour .switch").click()
    expect(page.locator("#tour .switch")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#tour .status")).to_have_text("Ready", timeout=15_000)
    button = page.locator("#tour .microphone")
    expect(button).to_have_text("Tap to speak")
    button.click()
    hear(page, loud, still)
    expect(button).to_have_attribute("aria-pressed", "true")
    # It is the same room: what is said after the switch is turned back reaches the same phones.
    button.click()
    page.locator("#tour .switch").click()
    expect(page.locator("#tour .status")).to_have_text("Ready", timeout=15_000)
    guide_says(page, "Thank you")
    expect(loud.locator("#follow .main")).to_have_count(2, timeout=15_000)
