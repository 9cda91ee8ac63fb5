"""What holds for every page of the kiosk: it fits, its buttons can be touched, and a visitor leaves no trace."""

from pathlib import Path

from playwright.sync_api import Page, expect

SIZES = ((1080, 1920), (1920, 1080), (1280, 800), (768, 1024), (360, 740))
"""Of screens, in pixels."""
_OVER = "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"


def check_fits(page: Page) -> None:
    """Nothing scrolls sideways; a phone scrolls down, a kiosk never."""
    wide, high = page.evaluate(_OVER)
    assert wide <= 0
    assert high <= 0 or page.viewport_size["width"] < 600


def check_touch(page: Page, places: str) -> None:
    """Everything of the selector is as large as a finger, in pixels."""
    for place in page.locator(places).all():
        box = place.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 48, place.inner_text()


def leave(page: Page, *traces: str) -> None:
    """The visitor goes, the next one comes, and finds nothing of these words."""
    page.locator("#home").click()
    expect(page.get_by_role("button", name="日本語")).to_be_visible()
    assert [trace for trace in traces if trace in page.content()] == []
    page.get_by_role("button", name="日本語").click()


def check_forgotten(data: Path, word: str) -> None:
    """Nothing in a data folder has the word."""
    for path in data.rglob("*"):
        assert not path.is_file() or word.encode() not in path.read_bytes()
