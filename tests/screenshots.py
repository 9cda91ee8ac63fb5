"""Pictures of the pages at five sizes in four languages: ``python tests/screenshots.py FOLDER [--only NAME]``.

Somebody looks at them before a release. A page that scrolls as a whole, or is wider than the screen, is named.
"""

import argparse
import tempfile
from pathlib import Path

from browsing import browser
from playwright.sync_api import Error, Page
from running import Kiosk, kiosk

SIZES = ((1080, 1920), (1920, 1080), (1280, 800), (768, 1024), (360, 740))
LANGUAGES = {
    "English": ("Where is the toilet?", "The roof of this house is blue"),
    "繁體中文": ("廁所在哪裡？", "這間房子的屋頂是藍色的"),
    "ไทย": ("ห้องน้ำอยู่ที่ไหน", "หลังคาบ้านหลังนี้สีฟ้า"),
    "Deutsch": ("Wo ist die Toilette?", "Das Dach dieses Hauses ist blau"),
}
_SCROLLS = """() => {
  const page = document.scrollingElement;
  const names = [];
  if (page.scrollHeight > page.clientHeight + 1) names.push(`scrolls by ${page.scrollHeight - page.clientHeight}`);
  if (page.scrollWidth > page.clientWidth + 1) names.push(`wider by ${page.scrollWidth - page.clientWidth}`);
  return names.join(', ');
}"""


def talk(page: Page, known: str, unknown: str) -> None:
    """Two sentences of a conversation, and one that nobody can translate."""
    mine = page.locator(".half.mine")
    page.wait_for_function("window.Interpreter.talk?.wire?.ready")
    for text in (known, known):
        mine.locator(".type input").fill(text)
        mine.locator(".type button").click()
    mine.locator(".captions li .tool").nth(7).wait_for(timeout=20_000)
    page.evaluate("window.Interpreter.talk.voice.stop(); window.Interpreter.talk.setState('ready')")


def suggest(page: Page, known: str, unknown: str) -> None:
    """What is offered instead of a translation."""
    mine = page.locator(".half.mine")
    mine.locator(".type input").fill(unknown)
    mine.locator(".type button").click()
    mine.locator(".choice").first.wait_for(timeout=20_000)


def tab(page: Page, name: str, ready: str) -> None:
    """Another tab, once what it shows is there."""
    page.locator(f"#{name}-tab-button").or_(page.locator(f"#{name}-button")).first.click()
    page.locator(ready).first.wait_for(timeout=20_000)


def stop(page: Page) -> None:
    """The hot spring museum of the guide."""
    page.locator('#guide-stops button[data-stop="hot-spring-museum"]').click()
    page.locator("#guide-picture img").wait_for(timeout=20_000)


def answer(page: Page) -> None:
    """The first of the questions that are offered, answered."""
    page.locator("#ask-examples button").first.click()
    page.locator("#ask-answer .asked").wait_for(timeout=20_000)


def room(page: Page) -> None:
    """A tour that is open."""
    page.locator("#open-tour").click()
    page.wait_for_timeout(1500)


def shoot(place: Kiosk, folder: Path, only: str) -> None:
    """Every page, in every language, at every size."""
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as chromium:
        for width, height in SIZES:
            for language, texts in LANGUAGES.items():
                page = chromium.new_page(viewport={"width": width, "height": height})
                page.goto(place.url)
                page.get_by_role("button", name=language, exact=True).wait_for()
                steps = {
                    "welcome": lambda: None,
                    "talk": lambda page=page, language=language, texts=texts: (
                        page.get_by_role("button", name=language, exact=True).click(), talk(page, *texts)),
                    "suggest": lambda page=page, texts=texts: suggest(page, *texts),
                    "phrases": lambda page=page: tab(page, "phrases", "#phrases button"),
                    "urgent": lambda page=page: page.locator("#urgent").click(),
                    "guide": lambda page=page: tab(page, "guide", "#guide-stops img"),
                    "stop": lambda page=page: stop(page),
                    "ask": lambda page=page: tab(page, "ask", "#ask-examples button"),
                    "answer": lambda page=page: answer(page),
                    "tour": lambda page=page: tab(page, "tour", "#open-tour"),
                    "room": lambda page=page: room(page),
                    "follow": lambda page=page: page.goto(f"{place.url}/follow/"),
                    "login": lambda page=page: page.goto(f"{place.url}/staff/login"),
                }  # fmt: skip
                for name, step in steps.items():
                    try:
                        step()
                    except Error as error:
                        print(f"{name}-{width}x{height}-{language}: {str(error).splitlines()[0]}")
                    page.wait_for_timeout(500)
                    shown = f"{name}-{width}x{height}-{language}"
                    if only in shown:
                        page.screenshot(path=folder / f"{shown}.png")
                        if wrong := page.evaluate(_SCROLLS):
                            print(f"{shown}: {wrong}")
                page.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, kiosk(Path(data)) as place:
        shoot(place, asked.folder, asked.only)
