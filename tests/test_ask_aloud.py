"""A question spoken in Korean to a real browser: a file of its own, for each browser has one microphone."""

from pathlib import Path

import numpy as np
from browsing import NEEDS_CHROMIUM, begin, browser
from playwright.sync_api import expect
from running import Kiosk
from sounds import silence, speech

from interpreter.audio import RATE, Audio, write

pytestmark = NEEDS_CHROMIUM


def test_a_known_question_that_is_spoken_in_korean_is_offered_as_one_of_three(place: Kiosk, tmp_path: Path) -> None:
    question = "북투석 성분이 뭐예요?"
    sound = tmp_path / "question.wav"
    write(sound, [Audio(np.concatenate([silence(0.5), speech(question, "ko", 155, "f4"), silence(2.0)]), RATE)])
    with browser(sound) as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        begin(page, place.url, "한국어")
        page.locator("#ask-tab-button").click()
        page.locator("#ask-answer .microphone").hover()
        page.mouse.down()
        page.wait_for_timeout(4000)
        page.mouse.up()
        choices = page.locator("#ask-answer .choices button.choice:not(.none)")
        expect(choices).to_have_count(3, timeout=30_000)
        expect(page.locator("#ask-answer .card")).to_be_hidden()
        expect(page.locator("#ask-examples")).to_be_hidden()
        for button in choices.all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 48
            assert button.evaluate("button => parseFloat(getComputedStyle(button).fontSize)") >= 24
        choices.get_by_text(question).click()
        expect(page.locator("#ask-answer .asked")).to_have_text(question, timeout=20_000)
        expect(page.locator("#ask-answer .cited")).to_contain_text("북투석")
        expect(page.locator("#ask-answer .text")).to_have_attribute("lang", "ko")
