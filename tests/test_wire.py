import json
from pathlib import Path

import httpx
import numpy as np
import pytest
from running import QUESTION, Kiosk, kiosk, say, until
from sounds import japanese, silence, speech

from interpreter.audio import RATE, Audio, stream, to_pcm16, write
from ui.hand_over import adopt_phrases
from venues.desk import Desk


def kinds(messages: list[dict]) -> list[str]:
    return [each["type"] for each in messages]


def test_who_holds_the_button_is_heard_and_both_read_and_hear_it(place: Kiosk) -> None:
    with place.talk(speaks=["en"], hears=["en"]) as visitor:
        ready = until(visitor, "Ready")[-1]
        with place.talk(speaks=["ja"], hears=["ja"], room=ready["room"], key=ready["key"]) as counter:
            until(counter, "Members")
            say(visitor, QUESTION, "en")
            heard = until(counter, "Spoken")
            translated = next(each for each in heard if each["type"] == "Translated")
            assert translated["text"] == "温泉博物館はどこですか。"
            assert heard[-1]["language"] == "ja"
            mine = until(visitor, "Translated")
            assert "Partial" in kinds(mine)
            counter.send(json.dumps({"type": "Tell", "text": "どういたしまして。", "language": "ja"}))
            answer = until(visitor, "Spoken")
            assert [each["source"] for each in answer if each["type"] == "Translated"] == ["ja"]
            assert answer[-1]["language"] == "en"


def test_a_lost_connection_loses_no_sentence(place: Kiosk) -> None:
    with place.talk(speaks=["en"], hears=["en"]) as guide:
        room = until(guide, "Ready")[-1]
        with place.talk(hears=["ja"], room=room["room"]) as follower:
            until(follower, "Members")
            guide.send(json.dumps({"type": "Tell", "text": "Thank you", "language": "en"}))
            last = until(follower, "Translated")[-1]["sequence"]
        until(guide, "Translated")
        for text in ("Good morning", "Excuse me"):
            guide.send(json.dumps({"type": "Tell", "text": text, "language": "en"}))
        with place.talk(hears=["ja"], room=room["room"], after=last) as follower:
            guide.send(json.dumps({"type": "Tell", "text": "Goodbye", "language": "en"}))
            seen: list[dict] = []
            while len([each for each in seen if each["type"] == "Final"]) < 3:
                seen += until(follower, "Final")
    finals = [each["text"] for each in seen if each["type"] == "Final"]
    assert finals == ["Good morning", "Excuse me", "Goodbye"]
    numbers = [each["sequence"] for each in seen if "sequence" in each and each["type"] != "Ready"]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == last + 1 or numbers[0] > last


def test_who_has_no_key_may_only_listen(place: Kiosk) -> None:
    with place.talk(speaks=["zh-Hant"], hears=["zh-Hant"]) as guide:
        room = until(guide, "Ready")[-1]["room"]
        with place.talk(speaks=["ko"], hears=["ko"], room=room.lower()) as stranger:
            assert "key" not in until(stranger, "Ready")[-1]
            stranger.send(json.dumps({"type": "Tell", "text": "안녕하세요", "language": "ko"}))
            assert until(stranger, "Problem")[-1]["code"] == "listening"
        with place.talk(speaks=["ko"], hears=["ko"], room=room, key="guessed") as stranger:
            assert until(stranger, "Problem")[-1]["code"] == "bad-key"


@pytest.mark.parametrize(
    ("sent", "code", "named"),
    [
        ('{"type": "Tel"}', "bad-message", "Tel"),
        ('{"type": "Tell", "text": "x", "language": "en", "loud": 1}', "bad-message", "loud"),
        ('{"type": "Tell", "text": "好", "language": "xx"}', "language", "xx"),
        ('{"type": "Choose", "utterance": 9, "text": "好"}', "text", "9"),
        ("no json", "bad-message", "JSON"),
        ('{"type": "Start", "hears": ["en"]}', "bad-message", "begun"),
    ],
)
def test_a_wrong_message_gets_a_sentence_and_ends_nothing(place: Kiosk, sent: str, code: str, named: str) -> None:
    with place.talk(speaks=["en"], hears=["en", "zh-Hant"]) as socket:
        until(socket, "Members")
        socket.send(sent)
        problem = until(socket, "Problem")[-1]
        assert problem["code"] == code
        assert named in problem["message"]
        socket.send(json.dumps({"type": "Tell", "text": "Thank you", "language": "en"}))
        assert until(socket, "Translated")[-1]["target"] == "zh-Hant"


def test_a_wrong_beginning_is_refused(place: Kiosk) -> None:
    with place.talk(hears=["en"], room="ZZZZZZ") as socket:
        assert until(socket, "Problem")[-1]["code"] == "no-such-room"
    with place.talk(hears=["klingon"]) as socket:
        assert "klingon" in until(socket, "Problem")[-1]["message"]


def test_only_who_asks_hears_a_text_again(place: Kiosk) -> None:
    with place.talk(speaks=["en"], hears=["en"]) as one:
        room = until(one, "Ready")[-1]
        with place.talk(speaks=["ja"], hears=["ja"], room=room["room"], key=room["key"]) as other:
            until(other, "Members")
            other.send(json.dumps({"type": "Say", "text": "ありがとうございます。", "language": "ja", "rate": 0.7}))
            slow = until(other, "Spoken")[-1]["audio"]["seconds"]
            other.send(json.dumps({"type": "Say", "text": "ありがとうございます。", "language": "ja"}))
            assert slow > 1.2 * until(other, "Spoken")[-1]["audio"]["seconds"]
            one.send(json.dumps({"type": "Tell", "text": "Thank you", "language": "en"}))
            assert "Spoken" not in kinds(until(one, "Translated"))


def test_nothing_of_a_visitor_is_kept(place: Kiosk, tmp_path: Path) -> None:
    with place.talk(speaks=["en"], hears=["ja"]) as socket:
        socket.send(json.dumps({"type": "Tell", "text": "Thank you, xylophone", "language": "en"}))
        until(socket, "Final")
    for path in place.data.rglob("*"):
        if path.is_file():
            assert b"xylophone" not in path.read_bytes()


def test_texts_of_other_scripts_come_with_their_reading(place: Kiosk) -> None:
    with place.talk(speaks=["en", "zh-Hant"], hears=["en", "ja", "zh-Hant"]) as socket:
        socket.send(json.dumps({"type": "Tell", "text": "謝謝您", "language": "zh-Hant"}))
        told = until(socket, "Translated")
        assert next(each for each in told if each["type"] == "Final")["reading"] == "Xiè xie nín"
        told += until(socket, "Translated")
        readings = {each["target"]: each["reading"] for each in told if each["type"] == "Translated"}
        assert readings == {"en": "", "ja": "Dōmo arigatō gozaimasu."}


def test_what_is_called_wrong_is_told_back_with_other_phrases_to_who_asked(place: Kiosk) -> None:
    with place.talk(speaks=["zh-Hant"], hears=["zh-Hant"]) as one:
        room = until(one, "Ready")[-1]
        with place.talk(speaks=["en"], hears=["en"], room=room["room"], key=room["key"]) as other:
            until(other, "Members")
            asked = {"text": "廁所在哪裡？", "language": "zh-Hant", "told": "Where is the toilet?", "target": "en"}
            one.send(json.dumps({"type": "Wrong", **asked}))
            answer = until(one, "Nearest")[-1]
            assert answer["language"] == "zh-Hant"
            assert answer["back"] == "請問洗手間在哪裡？"
            assert len(set(answer["suggestions"])) == 3
            assert not {"廁所在哪裡？", answer["back"]} & set(answer["suggestions"])
            one.send(json.dumps({"type": "Tell", "text": answer["suggestions"][0], "language": "zh-Hant"}))
            assert "Nearest" not in kinds(until(other, "Translated"))
            one.send(json.dumps({"type": "Wrong", **asked, "target": "xx"}))
            assert until(one, "Problem")[-1]["code"] == "bad-language"
            one.send(json.dumps({"type": "Wrong", "text": "好", "language": "zh-Hant"}))
            assert until(one, "Nearest")[-1]["back"] == ""


def test_what_cannot_be_translated_offers_phrases_in_the_language_that_was_spoken(place: Kiosk) -> None:
    with place.talk(speaks=["ko", "th"], hears=["ko", "th"]) as socket:
        socket.send(json.dumps({"type": "Tell", "text": "박물관 지붕이 파란색이에요", "language": "ko"}))
        failed = until(socket, "Failed")[-1]
        assert failed["language"] == "ko"
        assert 0 < len(failed["suggestions"]) <= 3
        assert all(any("가" <= letter <= "힣" for letter in text) for text in failed["suggestions"])


def test_without_a_button_a_pause_ends_what_was_said_and_more_may_follow(place: Kiosk) -> None:
    pause = bytes(2 * 1600)
    with place.talk(speaks=["en", "ja"], hears=["en", "ja"], hold=False) as socket:
        until(socket, "Members")
        for _ in range(2):
            for block in stream(QUESTION):
                socket.send(to_pcm16(block))
            for _ in range(20):
                socket.send(pause)
            heard = until(socket, "Done")
            assert kinds(heard).index("SpeechStarted") < kinds(heard).index("SpeechEnded") < kinds(heard).index("Final")
            assert [each["text"] for each in heard if each["type"] == "Translated"] == ["温泉博物館はどこですか。"]


def test_silence_without_a_button_stays_nothing(place: Kiosk) -> None:
    with place.talk(speaks=["en", "ja"], hears=["en", "ja"], hold=False) as socket:
        until(socket, "Members")
        for _ in range(30):
            socket.send(bytes(2 * 1600))
        socket.send(json.dumps({"type": "Stop"}))
        assert kinds(until(socket, "Done")) == ["Done"]


@pytest.mark.parametrize(
    ("language", "question", "passage"),
    [
        ("ja", "屋根にある丸い窓は何ですか？", "beitou/station/long"),
        ("ko", "베이터우 공원 안에 무슨 건물이 있어요?", "beitou/park/long"),
    ],
)
def test_a_known_question_is_heard_and_the_guide_answers_it(
    place: Kiosk, tmp_path: Path, language: str, question: str, passage: str
) -> None:
    samples = japanese(question) if language == "ja" else speech(question, language, 155, "f4")
    sound = tmp_path / "question.wav"
    write(sound, [Audio(np.concatenate([silence(0.3), samples, silence(0.6)]), RATE)])
    with place.talk(speaks=[language], hears=[language], voice=False, asks=True) as socket:
        until(socket, "Ready")
        say(socket, sound, language)
        final = until(socket, "Final")[-1]
        assert question in [each["text"] for each in final["alternatives"]]
        assert final["certain"] or len(final["alternatives"]) == 3
        until(socket, "Done")
    answer = httpx.post(f"{place.url}/v1/ask", json={"question": question, "language": language}, timeout=60).json()
    assert answer["id"] == passage
    assert answer["language"] == language
    # Elsewhere the phrasebook is listened for.
    with place.talk(speaks=[language], hears=[language], voice=False) as socket:
        until(socket, "Ready")
        say(socket, sound, language)
        assert question not in [each.get("text") for each in until(socket, "Done")]


def test_what_is_no_known_question_is_never_taken_for_one(place: Kiosk, tmp_path: Path) -> None:
    sound = tmp_path / "other.wav"
    write(sound, [Audio(speech("Mi hermano trabaja en una fábrica cerca del río.", "es", 150, "f4"), RATE)])
    with place.talk(speaks=["es"], hears=["es"], voice=False, asks=True) as socket:
        until(socket, "Ready")
        say(socket, sound, "es")
        finals = [each for each in until(socket, "Done") if each["type"] == "Final"]
        assert not any(each["certain"] for each in finals)
        assert all(len(each["alternatives"]) == 3 for each in finals)


def test_a_phrase_that_is_approved_is_heard_without_a_restart(tmp_path: Path) -> None:
    text = "¿Dónde están los patitos de goma amarillos?"
    sound = tmp_path / "phrase.wav"
    write(sound, [Audio(np.concatenate([silence(0.3), speech(text, "es", 150, "f4"), silence(0.6)]), RATE)])
    with kiosk(tmp_path / "data") as place, place.talk(speaks=["es"], hears=["es", "ja"], voice=False) as socket:
        until(socket, "Ready")

        def heard() -> list[dict]:
            say(socket, sound, "es")
            return until(socket, "Done")

        assert text not in [each.get("text") for each in heard()]
        with Desk.open(place.data) as desk:
            adopt_phrases(desk, "beitou", "price.receipt")
            piece = desk.piece("beitou", "phrases/price.receipt", "es")
            base = desk.store.ledger(piece)[-1].number
            written = desk.write(piece, text, "陳", base=base)
            desk.store.approve("beitou", {piece: written.number}, "林")
        # It is learnt beside the work; what was said meanwhile is heard as before.
        for _ in range(20):
            messages = heard()
            if text in [each.get("text") for each in messages]:
                break
        final = next(each for each in messages if each["type"] == "Final")
        assert text in [each["text"] for each in final["alternatives"]]
        if not final["certain"]:
            socket.send(json.dumps({"type": "Choose", "utterance": final["utterance"], "text": text}))
            messages = until(socket, "Translated")
        told = next(each for each in messages if each["type"] == "Translated")
        assert told["text"] == "レシートをいただけますか。"
