import json
from pathlib import Path

import pytest
from browsing import NEEDS_CHROMIUM, begin, browser, strangers
from playwright.sync_api import Locator, Page, expect
from running import QUESTION, Kiosk, kiosk, until

pytestmark = NEEDS_CHROMIUM


def test_a_visitor_speaks_and_both_halves_show_it_and_no_request_leaves_the_machine(place: Kiosk) -> None:
    with browser(QUESTION) as chromium:
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        outside = strangers(context)
        page = context.new_page()
        begin(page, place.url, "English")
        button = page.locator(".half.mine .microphone")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        button.hover()
        page.mouse.down()
        expect(page.locator(".half.mine .partial")).to_contain_text("where", timeout=15_000)
        page.wait_for_timeout(3000)
        page.mouse.up()
        expect(page.locator(".half.theirs .captions .main")).to_have_text("請問溫泉博物館在哪裡？", timeout=15_000)
        expect(page.locator(".half.mine .captions .main")).to_have_text("Excuse me, where is the Hot Spring Museum?")
        page.wait_for_function("window.Interpreter.talk.voice.end > 0")
        assert outside == []


def test_typed_chinese_is_answered_and_leaving_leaves_no_trace(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        begin(page, place.url, "繁體中文")
        field = page.locator(".half.mine .type input")
        field.fill("廁所在哪裡？")
        field.press("Enter")
        expect(page.locator(".half.theirs .captions .main")).to_have_text("Where is the toilet?", timeout=15_000)
        page.locator("#home").click()
        expect(page.get_by_role("button", name="日本語")).to_be_visible()
        assert "廁所" not in page.content()


def test_a_refused_microphone_says_what_to_do_and_typing_still_works(place: Kiosk) -> None:
    with browser(QUESTION, allowed=False) as chromium:
        context = chromium.new_context(permissions=[])
        page = context.new_page()
        begin(page, place.url, "English")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        page.locator(".half.mine .microphone").click()
        expect(page.locator(".half.mine .state")).to_contain_text("type instead", timeout=15_000)
        page.locator(".half.mine .type input").fill("Thank you")
        page.locator(".half.mine .type button").click()
        expect(page.locator(".half.theirs .captions .main")).to_contain_text("謝謝", timeout=15_000)


def test_a_second_screen_of_the_conversation_receives_text_and_sound(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        begin(page, place.url, "English")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        room = page.evaluate("window.Interpreter.talk.wire.start")
        with place.talk(speaks=["ja"], hears=["ja"], room=room["room"], key=room["key"]) as counter:
            until(counter, "Members")
            page.locator(".half.mine .type input").fill("Thank you")
            page.locator(".half.mine .type button").click()
            assert until(counter, "Spoken")[-1]["language"] == "ja"


def tell(page: Page, text: str) -> None:
    field = page.locator(".half.mine .type input")
    field.fill(text)
    field.press("Enter")


def captions(page: Page, side: str, part: str = "main") -> Locator:
    return page.locator(f".half.{side} .captions .{part}")


def test_who_does_not_know_the_script_reads_how_it_is_said(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        begin(page, place.url, "日本語")
        tell(page, "トイレはどこですか。")
        expect(captions(page, "mine", "reading")).to_have_text("Qǐng wèn xǐ shǒu jiān zài nǎ lǐ?", timeout=15_000)
        expect(captions(page, "theirs", "reading")).to_have_text("Toire wa doko desu ka.")


def test_what_is_wrong_is_told_back_and_a_nearby_phrase_is_told_instead(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        begin(page, place.url, "繁體中文")
        tell(page, "廁所在哪裡？")
        page.locator(".half.mine").get_by_role("button", name="這句不對").click(timeout=15_000)
        expect(page.locator(".half.mine .back")).to_contain_text("請問洗手間在哪裡？", timeout=15_000)
        offered = page.locator(".half.mine .choice:not(.none)")
        expect(offered).to_have_count(3)
        phrase = offered.nth(0).inner_text()
        offered.nth(0).click()
        expect(captions(page, "mine").nth(1)).to_have_text(phrase, timeout=15_000)
        expect(captions(page, "theirs").nth(1)).not_to_be_empty()
        expect(offered.nth(0)).to_be_hidden()


def test_what_cannot_be_translated_offers_phrases_on_the_side_that_said_it(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        begin(page, place.url, "English")
        field = page.locator(".half.theirs .type input")
        field.fill("這間房子的屋頂是藍色的")
        field.press("Enter")
        offered = page.locator(".half.theirs .choice:not(.none)")
        expect(offered).to_have_count(3, timeout=15_000)
        assert any("一" <= letter <= "鿿" for letter in offered.nth(0).inner_text())
        expect(page.locator(".half.mine .choices")).to_be_hidden()


def test_hands_free_a_pause_ends_the_question_and_the_own_voice_is_not_listened_to(place: Kiosk) -> None:
    with browser(QUESTION) as chromium:
        page = chromium.new_page()
        begin(page, place.url, "English")
        page.get_by_label("Hands-free").check()
        button = page.locator(".half.mine .microphone")
        expect(button).to_have_text("Tap to start listening")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        page.evaluate("""() => {
          const talk = window.Interpreter.talk, send = talk.wire.sound.bind(talk.wire);
          window.counts = { before: 0, during: 0, spoken: 0 };
          talk.wire.sound = (sound) => { window.counts[talk.voice.speaking ? 'during' : 'before'] += 1; send(sound); };
          const play = talk.voice.play.bind(talk.voice);
          talk.voice.play = (...sound) => { window.counts.spoken += 1; play(...sound); };
        }""")
        button.click()
        expect(captions(page, "theirs")).to_have_text("請問溫泉博物館在哪裡？", timeout=30_000)
        page.wait_for_function("window.counts.spoken > 0")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "listening", timeout=20_000)
        counts = page.evaluate("window.counts")
        assert counts["before"] > 20
        assert counts["during"] == 0
        button.click()
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready", timeout=15_000)


def test_sound_that_falls_asleep_and_a_microphone_that_is_taken_away_are_said(place: Kiosk) -> None:
    with browser(QUESTION) as chromium:
        page = chromium.new_page()
        begin(page, place.url, "English")
        half, button = page.locator(".half.mine"), page.locator(".half.mine .microphone")
        expect(half).to_have_attribute("data-state", "ready")
        button.click()
        page.wait_for_function("window.Interpreter.talk.microphone.context")
        page.evaluate("window.Interpreter.talk.microphone.context.suspend()")
        expect(half.locator(".state")).to_contain_text("paused")
        button.click()
        page.wait_for_function("window.Interpreter.talk.holder && window.Interpreter.talk.microphone.listening")
        page.evaluate("""() => {
          const track = window.Interpreter.talk.microphone.stream.getAudioTracks()[0];
          track.stop();
          track.dispatchEvent(new Event('ended'));
        }""")
        expect(half.locator(".state")).to_contain_text("There is no microphone")
        button.click()
        page.wait_for_function("window.Interpreter.talk.holder && window.Interpreter.talk.microphone.listening")


def test_a_slow_network_is_said_instead_of_sending_what_would_be_heard_too_late(place: Kiosk) -> None:
    with browser(QUESTION) as chromium:
        page = chromium.new_page()
        begin(page, place.url, "English")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        page.evaluate("Object.defineProperty(window.Interpreter.talk.wire.socket, 'bufferedAmount', { value: 1e6 })")
        page.locator(".half.mine .microphone").click()
        expect(page.locator(".half.mine .state")).to_contain_text("network is slow", timeout=15_000)


def test_after_a_restart_of_the_program_the_page_goes_on(tmp_path: Path) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        with kiosk(tmp_path) as first:
            begin(page, first.url, "Русский")
            tell(page, "Спасибо")
            expect(captions(page, "theirs")).to_contain_text("謝謝", timeout=15_000)
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "lost")
        with kiosk(tmp_path, port=first.port):
            expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready", timeout=30_000)
            tell(page, "Где туалет?")
            expect(captions(page, "theirs")).to_have_count(2, timeout=15_000)
            expect(captions(page, "mine").first).to_have_text("Спасибо")
            page.locator(".settings input[type=checkbox]").first.check()
            expect(page.locator(".halves")).to_have_class("halves turned", timeout=15_000)
            expect(captions(page, "theirs")).to_have_count(2)
            page.locator("#home").click()
            expect(page.get_by_role("button", name="日本語")).to_be_visible(timeout=15_000)


def test_when_nobody_is_there_any_more_every_trace_goes(tmp_path: Path) -> None:
    with kiosk(tmp_path, "--idle", "3") as place, browser() as chromium:
        page = chromium.new_page()
        begin(page, place.url, "繁體中文")
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
        page.get_by_role("button", name="高對比").click()
        tell(page, "廁所在哪裡？")
        page.get_by_role("button", name="放大顯示").first.click(timeout=15_000)
        asked = page.locator("dialog.still-there")
        expect(asked).to_contain_text("您還在嗎？", timeout=15_000)
        room = page.evaluate("window.Interpreter.talk.wire.start.room")
        asked.get_by_role("button", name="我還在").click()
        expect(asked).to_be_hidden()
        expect(captions(page, "mine")).to_have_count(1)
        expect(asked).to_be_visible(timeout=15_000)
        expect(page.get_by_role("button", name="日本語")).to_be_visible(timeout=15_000)
        assert "廁所" not in page.content()
        assert "洗手間" not in page.content()
        assert "contrast" not in (page.locator("html").get_attribute("class") or "")
        assert page.evaluate("window.Interpreter.talk.wire") is None
        with place.talk(hears=["zh-Hant"], room=room) as curious:
            assert until(curious, "Problem")[-1]["code"] == "no-such-room"


def test_a_conversation_that_another_screen_ended_says_so_and_the_next_word_begins_a_new_one(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        begin(page, place.url, "한국어")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        room = page.evaluate("window.Interpreter.talk.wire.start")
        with place.talk(speaks=["ja"], hears=["ja"], room=room["room"], key=room["key"]) as counter:
            until(counter, "Members")
            counter.send(json.dumps({"type": "End"}))
            until(counter, "Closed")
        expect(page.locator(".half.mine .state")).to_contain_text("끝났습니다", timeout=15_000)
        tell(page, "감사합니다")
        expect(captions(page, "theirs")).to_contain_text("謝謝", timeout=15_000)
        assert page.evaluate("window.Interpreter.talk.wire.start.room") != room["room"]


def test_a_phone_is_quiet_until_somebody_wants_to_hear_it_and_a_kiosk_is_not(place: Kiosk) -> None:
    with browser() as chromium:
        for width, sounds in ((360, "false"), (1280, "true")):
            page = chromium.new_page(viewport={"width": width, "height": 740})
            begin(page, place.url, "English")
            expect(page.get_by_role("button", name="Sound", exact=True)).to_have_attribute("aria-pressed", sounds)
            tell(page, "Thank you")
            expect(captions(page, "theirs")).to_contain_text("謝謝", timeout=15_000)
            if sounds == "false":
                page.get_by_role("button", name="Hear it again").first.click()
            page.wait_for_function("window.Interpreter.talk.voice.end > 0", timeout=15_000)
            page.close()


def test_with_the_sound_off_nothing_is_sent_to_be_heard_and_a_touch_on_hear_again_is(place: Kiosk) -> None:
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        begin(page, place.url, "日本語")
        expect(page.locator(".half.mine")).to_have_attribute("data-state", "ready")
        page.evaluate("""() => {
          const { talk } = window.Interpreter, take = talk.wire.onMessage;
          window.spoken = [];
          talk.wire.onMessage = (message) => {
            if (message.type === 'Spoken') window.spoken.push(message.utterance);
            take(message);
          };
        }""")
        sound = page.locator("#manners .sound")
        sound.click()
        expect(sound).to_have_attribute("aria-pressed", "false")
        for text in ("ありがとうございます。", "さようなら。"):
            tell(page, text)
        expect(captions(page, "theirs")).to_have_count(2, timeout=15_000)
        # What is asked for comes behind all that belongs to the sentences, and belongs to none.
        page.locator(".half.mine .tool").first.click()
        page.wait_for_function("window.spoken.length > 0", timeout=15_000)
        assert page.evaluate("window.Interpreter.talk.voice.end > 0")
        assert set(page.evaluate("window.spoken")) == {0}
        sound.click()
        tell(page, "トイレはどこですか。")
        page.wait_for_function("window.spoken.some((utterance) => utterance)", timeout=15_000)


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (1280, 800), (360, 740)])
def test_the_whole_page_fits_on_the_screen(place: Kiosk, size: tuple[int, int]) -> None:
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
        page.goto(place.url)
        page.get_by_role("button", name="Deutsch").wait_for()
        fits = """() => [document.scrollingElement.scrollHeight <= innerHeight + 1,
                         document.scrollingElement.scrollWidth <= innerWidth + 1]"""
        assert page.evaluate(fits) == [True, True]
        begin(page, place.url, "Deutsch")
        tell(page, "Wo ist die Toilette?")
        expect(captions(page, "theirs")).to_have_count(1, timeout=15_000)
        assert page.evaluate(fits) == [True, True]
        for side in ("mine", "theirs"):
            box = page.locator(f".half.{side} .type button").bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= size[1]
            assert box["height"] >= 48
