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
        expect(page.locator("#tour .group")).to_have_text("Phones that follow: 1", timeout=15_000)
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
