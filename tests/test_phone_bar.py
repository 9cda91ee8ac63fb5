"""On a phone the bar and the tabs take one row each, and keep their names."""

import pytest
from browsing import NEEDS_CHROMIUM, begin
from manners import check_fits, check_touch
from playwright.sync_api import Browser, expect
from running import Kiosk

from ui.pages.strings import strings

pytestmark = NEEDS_CHROMIUM
TABS = "#rooms .tab-container:not(.visually-hidden) [role=tab]"


@pytest.mark.parametrize("size", [(360, 740), (390, 844)], ids=str)
@pytest.mark.parametrize(("name", "tag"), [("Deutsch", "de"), ("ไทย", "th")])
def test_one_row_of_buttons_and_one_of_tabs(
    place: Kiosk, chromium: Browser, name: str, tag: str, size: tuple[int, int]
) -> None:
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    begin(page, place.url, name)
    words = strings(tag)
    for selector, key in (("#home", "back-to-start"), ("#urgent", "help")):
        expect(page.locator(selector)).to_have_accessible_name(words[key])
    for selector in ("#bar button", TABS):
        tops = {round(each.bounding_box()["y"]) for each in page.locator(selector).all()}
        assert len(tops) == 1, selector
        check_touch(page, selector)
    # The settings of a conversation have the whole width.
    assert page.locator("#talk-tab .settings .form").first.bounding_box()["width"] >= size[0] - 24
    for key in ("talk", "phrases", "guide", "ask", "tour"):
        tab = page.get_by_role("tab", name=words[key], exact=True)
        tab.click()
        expect(tab).to_be_in_viewport(ratio=0.95)
    check_fits(page)
    page.close()
