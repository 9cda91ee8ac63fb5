"""A real browser: Debian's Chromium through Playwright, its microphone fed with a sound file."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
NEEDS_CHROMIUM = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: apt-get install chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP kiosk.example 127.0.0.1",
)  # fmt: skip
"""Nothing of the browser's own goes to a network, it plays sound without a touch, and knows the machine by a name."""


@contextmanager
def browser(microphone: Path | None = None, *, allowed: bool = True) -> Iterator[Browser]:
    """Chromium; ``microphone`` is played once into every page that listens, or it has no fake one at all."""
    options = list(QUIET)
    if microphone is not None:
        options += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={microphone}%noloop"]
        if allowed:
            options.append("--use-fake-ui-for-media-stream")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        try:
            yield chromium
        finally:
            chromium.close()


def strangers(context: BrowserContext) -> list[str]:
    """Fills with every address outside this machine that a page of the context asks for."""
    found: list[str] = []

    def look(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:")):
            found.append(url)

    context.on("request", lambda request: look(request.url))
    return found


def begin(page: Page, url: str, language: str) -> None:
    """Open the kiosk and touch a language by its own name, again if the page was not yet listening."""
    page.goto(url)
    button, rooms = page.get_by_role("button", name=language, exact=True), page.get_by_role("tablist").first
    for _ in range(3):
        button.click()
        try:
            rooms.wait_for(timeout=10_000)
            break
        except TimeoutError:
            continue
    rooms.wait_for()
