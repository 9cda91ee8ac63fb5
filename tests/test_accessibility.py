"""axe-core looks at every page, large and small."""

from collections.abc import Callable

import pytest
from barriers import barriers
from browsing import NEEDS_CHROMIUM, begin
from playwright.sync_api import Browser, Page, expect
from running import Kiosk

pytestmark = NEEDS_CHROMIUM


def talk(page: Page) -> None:
    page.wait_for_function("window.Interpreter.talk?.wire?.ready")
    page.locator(".half.mine .type input").fill("廁所在哪裡？")
    page.locator(".half.mine .type button").click()
    page.locator(".half.theirs .captions .main").wait_for()


def phrases(page: Page) -> None:
    page.locator("#phrases-button").click()
    expect(page.locator("#phrases button").first).to_be_visible()


def urgent(page: Page) -> None:
    page.locator("#urgent").click()
    page.get_by_role("button", name="請叫救護車！").first.wait_for()


def guide(page: Page) -> None:
    page.locator("#guide-tab-button").click()
    page.locator("#guide-stops img").first.wait_for()


def stop(page: Page) -> None:
    guide(page)
    page.locator('#guide-stops button[data-stop="park"]').click()
    page.locator("#guide-picture img").wait_for()


def ask(page: Page) -> None:
    page.locator("#ask-tab-button").click()
    page.locator("#ask-examples button").first.click()
    page.locator("#ask-answer .asked").wait_for()


def tour(page: Page) -> None:
    page.locator("#tour-tab-button").click()
    page.locator("#open-tour").click()
    page.locator("#tour .microphone").wait_for()


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=str)
@pytest.mark.parametrize("step", [talk, phrases, urgent, guide, stop, ask, tour], ids=lambda step: step.__name__)
def test_no_page_of_the_kiosk_shuts_anybody_out(
    place: Kiosk, chromium: Browser, step: Callable[[Page], None], size: tuple[int, int]
) -> None:
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    begin(page, place.url, "繁體中文")
    step(page)
    assert barriers(page) == []
    page.close()


@pytest.mark.parametrize("path", ["/kiosk/", "/follow/", "/staff/login"])
def test_nor_does_a_page_that_people_begin_at(place: Kiosk, chromium: Browser, path: str) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.goto(place.url + path)
    page.get_by_role("button").first.wait_for()
    assert barriers(page) == []
    page.close()
