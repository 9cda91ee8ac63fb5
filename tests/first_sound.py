"""How long a visitor waits for the voice of a guide's text, through a real browser: ``python tests/first_sound.py``.

For each language the longest text of the venue, which nobody has heard yet. *Sound*: from the touch until the browser
plays. *Whole*: until the same text has been spoken to its end (at another speed, so that it is spoken anew).
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from browsing import begin, browser
from playwright.sync_api import Page
from running import Kiosk, kiosk

LANGUAGES = {"en": "English", "ja": "日本語", "ko": "한국어", "de": "Deutsch"}
_WATCH = """() => {
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    this.addEventListener('playing', () => { window.heard = window.heard || performance.now(); }, { once: true });
    return play.call(this);
  };
  document.addEventListener('click', () => { window.touched = performance.now(); }, true);
}"""


def stops(place: Kiosk, tag: str) -> list[str]:
    """The stops of the venue, the one with the longest text last."""
    with urlopen(f"{place.url}/v1/venues/beitou", timeout=60) as answer:
        names = [each["id"] for each in json.load(answer)["stops"]]
    lengths = {}
    for name in names:
        with urlopen(f"{place.url}/v1/venues/beitou/stops/{name}?language={tag}", timeout=60) as answer:
            texts = json.load(answer)["texts"]
        lengths[name] = len(texts["long"]["text"])
    return sorted(names, key=lengths.__getitem__)


def sound(page: Page, place: Kiosk, tag: str, stop: str) -> float:
    """Seconds from the touch to the first sound."""
    begin(page, place.url, LANGUAGES[tag])
    page.locator("#guide-tab-button").click()
    page.locator(f"#guide-stops button[data-stop={stop}]").click()
    page.locator("#guide-kind label").nth(1).click()
    page.wait_for_timeout(1000)
    page.evaluate(_WATCH)
    page.locator("#guide-reader .play").click()
    page.wait_for_function("window.heard", timeout=60_000)
    return float(page.evaluate("window.heard - window.touched")) / 1000


def main() -> None:
    """Run and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as data, kiosk(Path(data)) as place, browser() as chromium:
        for tag in LANGUAGES:
            warm, *_, stop = stops(place, tag)
            # The first text of a language loads its voice.
            urlopen(f"{place.url}/v1/venues/beitou/stops/{warm}/short/speech?language={tag}", timeout=120).close()
            page = chromium.new_page(viewport={"width": 1280, "height": 800})
            first = sound(page, place, tag, stop)
            page.close()
            path = f"{place.url}/v1/venues/beitou/stops/{stop}/long/speech?language={tag}"
            urlopen(path, timeout=120).close()
            begun = time.monotonic()
            with urlopen(f"{path}&rate=1.3", timeout=120) as answer:
                seconds = json.load(answer)["seconds"]
            whole = time.monotonic() - begun
            print(f"{tag:3} {stop:18} {seconds * 1.3:5.0f} s of speech: first sound {first:.2f} s, whole {whole:.2f} s")


if __name__ == "__main__":
    main()
