"""How long a visitor waits, through a real browser: ``python tests/first_caption.py [--runs 20]``.

The browser's microphone plays ``question.wav`` once a page; the button is held from before the first word until 0.2 s
after the last. *Caption*: from the first voiced sample to the first caption on the screen. *Sound*: from the last
voiced sample to the first sample of the answer that is played. Both voiced samples are those that the server's voice
activity found.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from browsing import begin, browser
from playwright.sync_api import Page
from running import QUESTION, Kiosk, kiosk

_WATCH = """() => {
  const talk = window.Interpreter.talk;
  const seen = window.seen = {};
  const note = (name, value = performance.now()) => { if (!(name in seen)) seen[name] = value; };
  const sound = talk.wire.sound.bind(talk.wire);
  talk.wire.sound = (buffer) => { note('first'); sound(buffer); };
  const take = talk.wire.onMessage;
  talk.wire.onMessage = (message) => {
    take(message);
    if (message.type === 'SpeechStarted') note('start', message.at);
    if (message.type === 'SpeechEnded') note('end', message.at);
    if (message.type === 'Partial') requestAnimationFrame(() => note('caption'));
    if (message.type === 'Spoken') note('sound', performance.now() + 20);
  };
}"""
_SENDS = 0.1
"""Seconds of sound in a message: the first one is sent that much after its first sample."""
_SPEECH = 3.4
"""Seconds of the file after which nothing is said any more."""


def once(page: Page, place: Kiosk) -> tuple[float, float] | None:
    """Seconds to the caption and to the sound; None when nothing was understood."""
    begin(page, place.url, "English")
    page.wait_for_function("window.Interpreter.talk?.wire?.ready")
    page.evaluate(_WATCH)
    page.locator(".half.mine .microphone").hover()
    page.mouse.down()
    page.wait_for_function("window.seen.first")
    page.wait_for_timeout(1000 * (_SPEECH + 0.2 - _SENDS))
    page.mouse.up()
    try:
        page.wait_for_function("window.seen.sound", timeout=20_000)
    except Exception:
        return None
    seen = page.evaluate("window.seen")
    begun = seen["first"] / 1000 - _SENDS
    return seen["caption"] / 1000 - begun - seen["start"], seen["sound"] / 1000 - begun - seen["end"]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    found = []
    with tempfile.TemporaryDirectory() as data, kiosk(Path(data)) as place:
        for number in range(runs + 1):
            with browser(QUESTION) as chromium:
                measured = once(chromium.new_page(), place)
            if number and measured is not None:  # the first one warms up
                found.append(measured)
    figures = {}
    for name, values in zip(("caption", "sound"), zip(*found, strict=True), strict=True):
        ordered = sorted(values)
        figures[name] = {
            "median": round(statistics.median(ordered), 2), "least": round(ordered[0], 2), "most": round(ordered[-1], 2)
        }  # fmt: skip
        print(f"{name:8} median {figures[name]['median']:.2f} s, {ordered[0]:.2f} to {ordered[-1]:.2f} s")
    print(f"{len(found)} of {runs} questions were understood and answered")
    print(json.dumps({**figures, "answered": len(found), "runs": runs}))


if __name__ == "__main__":
    main()
