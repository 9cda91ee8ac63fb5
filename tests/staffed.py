"""A kiosk with people who work at its desk, and how they come in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from running import Kiosk, kiosk

from ui.server.accounts import Accounts

PASSWORD = "溫泉博物館的密碼很長"
PEOPLE = {"林美惠": "administrator", "陳大文": "approver", "김민준": "editor", "王小明": "editor"}


@contextmanager
def staffed(data: Path) -> Iterator[Kiosk]:
    """One that is running, with these people."""
    accounts = Accounts(data)
    for name, role in PEOPLE.items():
        accounts.add(name, role, PASSWORD)
    with kiosk(data) as running:
        yield running


def desk_of(chromium: Browser, place: Kiosk, name: str, language: str = "en") -> Page:
    """The desk of somebody who has logged in, in a browser of their own."""
    locale = {"en": "en-US", "zh-Hant": "zh-TW"}[language]
    page = chromium.new_context(viewport={"width": 1280, "height": 800}, locale=locale).new_page()
    page.goto(f"{place.url}/staff/")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button").click()
    expect(page.locator("#staff-who")).to_contain_text(name)
    return page


def open_text(page: Page, stop: str, language: str) -> None:
    page.locator(f"#staff-grid button[data-stop={stop}][data-language={language}]").click()
    expect(page.locator("#staff-text textarea")).to_be_visible()
    expect(page.locator("#staff-source textarea")).not_to_have_value("")


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
