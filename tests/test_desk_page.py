"""The desk as a page: nobody is shut out, and nothing of it is in another language than its own."""

import re
from collections.abc import Iterator

import pytest
from barriers import barriers
from browsing import NEEDS_CHROMIUM
from playwright.sync_api import Browser, Page, expect
from running import Kiosk
from staffed import desk_of, open_text, staffed, tab

from ui.pages.strings import strings

pytestmark = NEEDS_CHROMIUM
WORDS = strings("zh-Hant")
TABS = {
    "staff-texts": "#staff-grid button",
    "staff-editor-tab": "#staff-source textarea",
    "staff-terms": "#staff-terms [data-testid='cell-0-0']",
    "staff-phrases": "#staff-phrases",
    "staff-questions": "#staff-questions [data-testid='cell-0-0']",
    "staff-pictures": "#staff-picture img",
    "staff-inbox": "#staff-inbox p",
    "staff-exchange": "#staff-pack",
    "staff-users": "#staff-users table",
}
"""Key of a tab's name -> what is there once it is open."""
_NAMED = """() => [...document.querySelectorAll("#staff *, .toast-wrap *")].flatMap((each) =>
  ["aria-label", "title", "placeholder"].map((name) => each.getAttribute(name)).filter(Boolean))"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with staffed(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def desk(place: Kiosk, chromium: Browser) -> Page:
    return desk_of(chromium, place, "林美惠", "zh-Hant")


@pytest.mark.parametrize("key", TABS)
def test_no_tab_of_the_desk_shuts_anybody_out(desk: Page, key: str) -> None:
    tab(desk, WORDS[key])
    desk.locator(TABS[key]).first.wait_for()
    assert barriers(desk) == []


def test_the_names_of_gradios_own_buttons_are_in_the_language_of_the_desk(place: Kiosk, chromium: Browser) -> None:
    # The address says which language, whatever the browser would like.
    page = desk_of(chromium, place, "林美惠", "en")
    page.goto(f"{place.url}/staff/zh-Hant/")
    for key in ("staff-terms", "staff-phrases", "staff-exchange"):
        tab(page, WORDS[key])
        page.locator(TABS[key]).first.wait_for()
    page.wait_for_function("document.querySelector('#staff .search-input')?.placeholder === '" + WORDS["search"] + "'")
    expect(page.locator("#staff-pack")).to_have_text(re.compile(rf".*{WORDS['staff-choose-file']}\s*$"))
    named = page.evaluate(_NAMED)
    assert WORDS["staff-cell-menu"] in named
    english = ("Search", "Fullscreen", "cell menu", "Static column", "upload", "Upload", "Table actions", "Close")
    assert [each for each in named if any(word in each for word in english)] == []


def test_what_was_not_done_is_told_under_a_title_in_the_language_of_the_desk(place: Kiosk, chromium: Browser) -> None:
    page = desk_of(chromium, place, "林美惠", "zh-Hant")
    open_text(page, "park", "ko")
    page.locator("#staff-save").click()
    toast = page.locator(".toast-body")
    expect(toast).to_contain_text(WORDS["staff-not-changed"])
    expect(toast.locator(".toast-title")).to_have_text(WORDS["staff-not-done"])
    expect(toast).to_have_count(1)
    assert not re.search("[A-Za-z]{3,}", page.locator(".toast-wrap").inner_text())
