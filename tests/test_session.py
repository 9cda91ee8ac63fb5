import threading
from collections.abc import Iterator

import numpy as np
import pytest
from sounds import blocks, japanese, music, pink_noise, question, silence

from interpreter.audio import Audio, Samples
from interpreter.errors import LanguageError, TextError
from interpreter.events import Event, Failed, Final, Partial, SpeechEnded, SpeechStarted, Spoken, Translated
from interpreter.phrases import default_book
from interpreter.session import Conversation, Engines, Session
from interpreter.stt.pocketsphinx import PocketSphinx
from interpreter.translation.chain import Chain
from interpreter.translation.phrasebook import Phrasebook
from interpreter.tts.espeak import Espeak
from interpreter.tts.openjtalk import OpenJTalk

BOOK = default_book()


@pytest.fixture(scope="module")
def engines() -> Engines:
    """The embedded profile."""
    return Engines((PocketSphinx(BOOK),), Chain([Phrasebook(BOOK)]), (OpenJTalk(), Espeak()))


def run(session: Session, samples: Samples) -> list[Event]:
    found = [event for block in blocks(samples) for event in session.accept(block)]
    return [*found, *session.finish()]


def spoken_question() -> Samples:
    return np.concatenate([silence(0.5), question(), silence(1.0)])


def test_a_question_becomes_an_answer_in_the_order_of_the_stages(engines: Engines) -> None:
    events = run(Session(engines, Conversation.between("en", "ja")), spoken_question())
    order = [type(event) for event in events if not isinstance(event, Partial)]
    assert order[:4] == [SpeechStarted, SpeechEnded, Final, Translated]
    assert set(order[4:]) == {Spoken}
    clocks = [event.clock for event in events]
    assert clocks == sorted(clocks)
    translated = next(event for event in events if isinstance(event, Translated))
    assert (translated.text, translated.origin.name) == ("温泉博物館はどこですか。", "direction.where-is")
    assert {event.utterance for event in events} == {1}


def test_a_conversation_finds_the_direction_by_itself(engines: Engines) -> None:
    session = Session(engines, Conversation.between("en", "ja"), voice=False, guess=True)
    events = run(session, np.concatenate([spoken_question(), japanese("どうもありがとうございます。"), silence(1.5)]))
    finals = [event for event in events if isinstance(event, Final)]
    assert [(event.utterance, event.language) for event in finals] == [(1, "en"), (2, "ja")]
    assert [event.target for event in events if isinstance(event, Translated)] == ["ja", "en"]


@pytest.mark.parametrize("sound", [silence, pink_noise, music])
def test_what_is_no_speech_has_no_events(engines: Engines, sound) -> None:
    session = Session(engines, Conversation.between("en", "ja"))
    assert [event for event in run(session, sound(20)) if isinstance(event, Final | Translated | Spoken)] == []


def test_an_older_voice_is_dropped_when_somebody_speaks(engines: Engines) -> None:
    session = Session(engines, Conversation.between("en", "ja"))
    long_answer = session.tell("Excuse me, where is the toilet? Two tickets, please. Thank you very much.", "en")
    assert isinstance(next(long_answer), Final)
    assert isinstance(next(long_answer), Translated)
    assert isinstance(next(long_answer), Spoken)
    for block in blocks(spoken_question()[:32_000]):
        list(session.accept(block))
    assert list(long_answer) == []


def test_interrupting_is_possible_from_another_thread(engines: Engines) -> None:
    session = Session(engines, Conversation.between("en", "ja"))
    answer = session.tell("Goodbye. Two tickets, please. I am lost.", "en")
    while not isinstance(next(answer), Spoken):
        pass
    thread = threading.Thread(target=session.interrupt)
    thread.start()
    thread.join()
    assert list(answer) == []


def test_leaving_the_voice_in_the_middle_loses_no_utterance(engines: Engines) -> None:
    session = Session(engines, Conversation.between("en", "ja"))
    everything = np.concatenate([spoken_question(), spoken_question()])
    seen: list[Event] = []
    for block in [Audio(everything, 16_000)]:
        for event in session.accept(block):
            seen.append(event)
            if isinstance(event, Spoken):
                break  # the listener has heard enough of the first answer
    seen += list(session.finish())
    assert [event.utterance for event in seen if isinstance(event, Final)] == [1, 2]


def test_what_was_typed_is_interpreted_like_what_was_said(engines: Engines) -> None:
    events = list(Session(engines, Conversation.between("ja", "zh-Hant")).tell("チケットを3枚ください", "ja"))
    assert isinstance(events[0], Final)
    assert isinstance(events[1], Translated)
    assert "3" in events[1].text
    assert isinstance(events[2], Spoken)


def test_what_nobody_can_translate_is_said_with_the_nearest_phrases(engines: Engines) -> None:
    events = list(Session(engines, Conversation.between("ja", "en")).tell("宇宙は広いですね", "ja"))
    assert isinstance(events[-1], Failed)
    assert events[-1].stage == "translation"
    assert len(events[-1].suggestions) == 3
    assert not any(isinstance(event, Spoken) for event in events)


class MuteSpeaker:
    """A voice whose sound card is on fire."""

    name = "mute"
    languages = frozenset({"ja"})

    def speak(self, text: str, language: str, rate: float = 1.0) -> Iterator[Audio]:
        yield Audio(silence(0.1), 16_000)
        raise OSError("no sound")


def test_a_voice_that_dies_leaves_the_text(engines: Engines) -> None:
    broken = Engines(engines.recognizers, engines.translator, (MuteSpeaker(),))
    events = list(Session(broken, Conversation.between("en", "ja")).tell("Thank you", "en"))
    assert [type(event) for event in events] == [Final, Translated, Spoken, Failed]
    assert isinstance(events[-1], Failed)
    assert events[-1].stage == "voice"
    assert "no sound" in events[-1].message


def test_sessions_share_engines_and_nothing_else(engines: Engines) -> None:
    found: dict[int, list[str]] = {}

    def visitor(number: int) -> None:
        session = Session(engines, Conversation.between("en", "ja"), voice=False)
        events = run(session, np.concatenate([silence(0.2 * number), spoken_question()]))
        found[number] = [event.text for event in events if isinstance(event, Translated)]

    threads = [threading.Thread(target=visitor, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: ["温泉博物館はどこですか。"] for number in range(3)}


def test_an_uncertain_reading_waits_for_a_finger(engines: Engines) -> None:
    session = Session(engines, Conversation.between("ja", "en"), voice=False)
    # Half a sentence of the book, so that several phrases begin like it.
    events = run(session, np.concatenate([silence(0.3), japanese("ここで写真を")[:12_000], silence(1.5)]))
    finals = [event for event in events if isinstance(event, Final)]
    assert not any(isinstance(event, Translated) for event in events) or finals[0].certain
    for final in finals:
        if not final.certain:
            chosen = list(session.choose(final.utterance, final.alternatives[0].text))
            assert isinstance(chosen[0], Final)
            assert (chosen[0].text, chosen[0].certain) == (final.alternatives[0].text, True)
            assert isinstance(chosen[1], Translated)
            with pytest.raises(TextError, match="no reading"):
                list(session.choose(final.utterance, "何か別のこと"))


def test_a_reading_that_was_never_offered_is_refused(engines: Engines) -> None:
    with pytest.raises(TextError, match="no reading of utterance 7"):
        list(Session(engines, Conversation.between("ja", "en")).choose(7, "はい"))


def test_languages_nobody_hears_are_refused_at_once(engines: Engines) -> None:
    with pytest.raises(LanguageError, match="fil"):
        Session(engines, Conversation.towards("ja", ["fil"]))
    session = Session(engines, Conversation.between("ja", "en"))
    with pytest.raises(LanguageError, match="'ko' is not spoken"):
        list(session.tell("안녕하세요", "ko"))
    with pytest.raises(TextError, match="empty"):
        list(session.tell(" ", "ja"))


def test_everybody_reads_before_anybody_hears(engines: Engines) -> None:
    session = Session(engines, Conversation.among(["en"], ["ja", "en", "zh-Hant", "ja"]))
    events = list(session.tell("Thank you", "en"))
    kinds = [(type(event).__name__, getattr(event, "target", getattr(event, "language", ""))) for event in events]
    told = [("Translated", "ja"), ("Translated", "zh-Hant")]
    assert kinds[1:3] == told
    assert [tag for name, tag in kinds if name == "Spoken"] == ["ja", "zh-Hant"]


def test_only_the_language_of_the_button_is_expected(engines: Engines) -> None:
    session = Session(engines, Conversation.between("en", "ja"))
    session.hear(["ja"])
    finals = [event for event in run(session, spoken_question()) if isinstance(event, Final)]
    assert all(final.language == "ja" for final in finals)
    session.hear(["en"])
    finals = [event for event in run(session, spoken_question()) if isinstance(event, Final)]
    assert [final.language for final in finals] == ["en"]
    with pytest.raises(LanguageError):
        session.hear(["fil"])
