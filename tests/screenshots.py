"""Pictures of the pages: ``python tests/screenshots.py FOLDER [--only NAME] [--language TAG] [--size 1280x800]``.

Somebody looks at them before a release. A page that scrolls as a whole, or is wider than the screen, is named.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from browsing import browser
from playwright.sync_api import Error, Page
from running import Kiosk, kiosk

from interpreter.phrases import default_book
from ui.pages.page import endonym

SIZES = ((1080, 1920), (1920, 1080), (1280, 800), (768, 1024), (360, 740))
USUAL = ("en", "zh-Hant", "th", "de")
"""Tags that are looked at when nobody names others."""
UNKNOWN = {
    "zh-Hant": "這間房子的屋頂是藍色的", "zh-Hans": "这间房子的屋顶是蓝色的", "en": "The roof of this house is blue",
    "ja": "この家の屋根は青いです", "ko": "이 집 지붕은 파란색이에요", "id": "Atap rumah ini berwarna biru",
    "th": "หลังคาบ้านหลังนี้สีฟ้า", "vi": "Mái nhà này màu xanh", "pt": "O telhado desta casa é azul",
    "es": "El tejado de esta casa es azul", "fr": "Le toit de cette maison est bleu",
    "de": "Das Dach dieses Hauses ist blau", "nl": "Het dak van dit huis is blauw",
    "ru": "Крыша этого дома синяя", "it": "Il tetto di questa casa è blu",
}  # fmt: skip
"""A sentence that no phrasebook has."""
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


def shoot(place: Kiosk, folder: Path, only: str, tags: Sequence[str], sizes: Sequence[tuple[int, int]]) -> None:
    """Every page, in every language, at every size."""
    book = default_book()
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as chromium:
        for width, height in sizes:
            for tag in tags:
                language, texts = endonym(tag), (book.render("help.toilet-use", {}, tag), UNKNOWN[tag])
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
                        print(f"{name}-{width}x{height}-{tag}: {str(error).splitlines()[0]}")
                    page.wait_for_timeout(500)
                    shown = f"{name}-{width}x{height}-{tag}"
                    if only in shown:
                        page.screenshot(path=folder / f"{shown}.png")
                        if wrong := page.evaluate(_SCROLLS):
                            print(f"{shown}: {wrong}")
                page.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--language", action="append", choices=tuple(UNKNOWN), help="may be given several times")
    parser.add_argument("--size", action="append", help="such as 1280x800")
    asked = parser.parse_args()
    sizes = [tuple(int(part) for part in size.split("x")) for size in asked.size or ()] or SIZES
    with tempfile.TemporaryDirectory() as data, kiosk(Path(data)) as place:
        shoot(place, asked.folder, asked.only, asked.language or USUAL, sizes)
