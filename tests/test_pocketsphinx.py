"""The embedded recogniser: phrases of the book, what is near them, and free English."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sounds import blocks, japanese, music, pink_noise, silence, speech

from interpreter.audio import Samples
from interpreter.errors import LanguageError, ModelError
from interpreter.languages import PHRASEBOOK_TAGS, language
from interpreter.phrases import Book, Phrase, default_book
from interpreter.stt import Hints, Hypothesis, pocketsphinx
from interpreter.stt.acoustic import english
from interpreter.stt.belief import Evidence, evidence, filler
from interpreter.stt.closed import Ear, Sound
from interpreter.stt.decoys import opposites, turned
from interpreter.stt.phones import sounds
from interpreter.stt.pocketsphinx import Limits, PocketSphinx


@pytest.fixture(scope="module")
def recognizer() -> PocketSphinx:
    return PocketSphinx(default_book())


def hear(recognizer: PocketSphinx, samples: Samples, *tags: str) -> Hypothesis:
    utterance = recognizer.start(tags)
    for block in blocks(np.concatenate([silence(0.3), samples, silence(0.6)])):
        utterance.accept(block)
    return utterance.finish()


def said(text: str, tag: str) -> Samples:
    return speech(text, language(tag).espeak, 150, "f2")


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("I am lost.", "en"),
        ("¿Dónde está el baño?", "es"),
        ("Saya alergi kacang tanah.", "id"),
        ("Ich habe meinen Reisepass verloren.", "de"),
        ("請叫救護車！", "zh-Hant"),
    ],
)
def test_a_phrase_is_among_the_first_three(recognizer: PocketSphinx, text: str, tag: str) -> None:
    hypothesis = hear(recognizer, said(text, tag), tag)
    assert hypothesis.language == tag
    assert text in [each.text for each in hypothesis.alternatives]


def test_a_japanese_phrase_is_heard(recognizer: PocketSphinx) -> None:
    assert (
        hear(recognizer, japanese("ここで写真を撮ってもいいですか。"), "ja").text == "ここで写真を撮ってもいいですか。"
    )


@pytest.mark.parametrize(
    "text",
    [
        "I am not lost.",
        "The tickets are not sold out.",
        "I have not lost my passport.",
        "It was not delicious.",
        "There is no fire.",
    ],
)
def test_the_opposite_of_a_phrase_is_not_answered_without_asking(recognizer: PocketSphinx, text: str) -> None:
    assert not hear(recognizer, said(text, "en"), "en").certain


def test_free_english_is_offered_but_never_certain(recognizer: PocketSphinx) -> None:
    hypothesis = hear(recognizer, said("my brother works in a large factory near the river", "en"), "en")
    assert not hypothesis.certain
    assert any("brother" in each.text for each in hypothesis.alternatives)


def test_english_ends_the_search_over_languages_only_where_its_transcript_says_the_same(
    recognizer: PocketSphinx, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: set[str] = set()
    ear = recognizer.ear

    def seen(tag: str, book: Book | None = None) -> Ear:
        looked_at.add(tag)
        return ear(tag, book)

    monkeypatch.setattr(recognizer, "ear", seen)
    monkeypatch.setattr(recognizer, "limits", Limits(belief=0.0))
    sound, tags = said("I am lost.", "en"), ("en", "zh-Hant", "es", "de")
    monkeypatch.setattr(pocketsphinx, "_timed", lambda _: [("i", 30, 40), ("am", 40, 60), ("lost", 60, 99)])
    assert hear(recognizer, sound, *tags).text == "I am lost."
    assert looked_at == {"en"}
    monkeypatch.setattr(pocketsphinx, "_timed", lambda _: [("peanuts", 10, 40)])
    hear(recognizer, sound, *tags)
    assert looked_at == set(tags)


def test_other_sentences_are_listened_for_in_every_language_but_english(recognizer: PocketSphinx) -> None:
    texts = {"de": ("Wer hat den gelben Turm gebaut?",), "en": ("Who built the yellow tower?",)}
    asked = Book({"tower": Phrase("tower", "question", False, "visitor", texts, dict.fromkeys(texts, "supplied"))})
    for tag, understood in (("de", True), ("en", False)):
        utterance = recognizer.start([tag], Hints(sentences=asked))
        for block in blocks(np.concatenate([silence(0.3), said(texts[tag][0], tag), silence(0.6)])):
            utterance.accept(block)
        assert (utterance.finish().text == texts[tag][0]) == understood


def test_phrases_of_another_book_are_learnt_for_the_next_utterance() -> None:
    text = "Wer hat den gelben Turm gebaut?"
    phrase = Phrase("tower", "question", False, "visitor", {"de": (text,)}, {"de": "approved"})
    learner = PocketSphinx(Book({"lost": default_book().phrases["direction.lost-my-way"]}))
    begun = learner.start(["de"])
    learner.learn(Book({"tower": phrase}))
    later = learner.start(["de"])
    for block in blocks(np.concatenate([silence(0.3), said(text, "de"), silence(0.6)])):
        begun.accept(block)
        later.accept(block)
    assert begun.finish().text != text
    assert later.finish().text == text


@pytest.mark.parametrize("sound", [silence(2.0), pink_noise(0.2), np.zeros(0, np.float32)])
def test_nothing_said_stays_nothing(recognizer: PocketSphinx, sound: Samples) -> None:
    utterance = recognizer.start(["ja"])
    for block in blocks(sound):
        utterance.accept(block)
    assert utterance.finish().text == ""


def test_music_is_never_a_certain_phrase(recognizer: PocketSphinx) -> None:
    for tag in ("en", "ja", "ru"):
        assert not hear(recognizer, music(3.0), tag).certain


def test_languages_and_options_it_does_not_have_are_refused(recognizer: PocketSphinx) -> None:
    with pytest.raises(LanguageError, match="does not hear sv"):
        recognizer.start(["sv"])
    with pytest.raises(ModelError, match="has no option 'beam'"):
        PocketSphinx(default_book(), options={"beam": "9"})


def test_free_phones_are_never_behind_a_reading(recognizer: PocketSphinx) -> None:
    scores = Sound.scores_of(np.concatenate([silence(0.3), said("I am lost.", "en"), silence(0.3)]), english())
    free = filler(scores, english())
    assert 0 < free.speech.sum() < len(scores)
    assert np.all(np.diff(free.running) <= scores.max(axis=1)[1:] + 1e-3)
    assert evidence(np.full(len(scores), -500.0, np.float32), free, 5.0, 5.0).behind > 0


def test_belief_falls_with_everything_that_speaks_against() -> None:
    good = Evidence(-2.0, 0.5, 150.0, 60.0)
    assert good.belief("de") > 0.8
    for worse in (Evidence(2.0, 0.5, 150.0, 60.0), Evidence(-2.0, 0.5, 1.0, 60.0), Evidence(-2.0, 0.5, 150.0, -30.0)):
        assert worse.belief("de") < good.belief("de")
    assert good.belief("zh-Hant") == good.belief("zh-Hans") != good.belief("th")
    assert good.belief_in_english(0.9) > 0.9
    assert Evidence(-2.0, 6.0, 150.0, 60.0).belief_in_english(0.9) < good.belief_in_english(0.9)
    assert good.belief_in_english(0.1) < good.belief_in_english(0.9)
    # Where the sentence with a word turned round fits better, it is not answered however likely it is.
    assert replace(good, turned_margin=-0.5).contradicted
    assert not good.contradicted


@given(st.sampled_from(PHRASEBOOK_TAGS), st.text(max_size=60))
def test_an_opposite_is_another_sentence(tag: str, text: str) -> None:
    for found in (opposites(text, tag), turned(text, tag)):
        assert text not in found
        assert len(found) == len(set(found)) <= 24


@pytest.mark.parametrize(
    ("text", "tag", "other"),
    [
        ("我沒有預約。", "zh-Hant", "我有預約。"),
        ("我对花生过敏。", "zh-Hans", "我不对花生过敏。"),
        ("Je suis allergique.", "fr", "Je ne suis pas allergique."),
        ("Ich esse kein Fleisch.", "de", "Ich esse ein Fleisch."),
        ("予約があります。", "ja", "予約があります。".replace("ます", "ません")),
        ("주차장이 있습니다.", "ko", "주차장이 없습니다."),
        ("ผมแพ้กุ้ง", "th", "ผมไม่แพ้กุ้ง"),
        ("У меня есть билет.", "ru", "У меня нет билет."),
    ],
)
def test_opposites_negate_and_take_negation_away(text: str, tag: str, other: str) -> None:
    assert other in opposites(text, tag)


@pytest.mark.parametrize(
    ("text", "tag", "other"),
    [
        ("Please wash before entering the bath.", "en", "Please wash after entering the bath."),
        ("泡湯前請先洗淨身體。", "zh-Hant", "泡湯後請先洗淨身體。"),
        ("请往左拐。", "zh-Hans", "请往右拐。"),
        ("左に曲がってください。", "ja", "右に曲がってください。"),
        ("몇 시에 시작하나요?", "ko", "몇 시에 끝하나요?"),
        ("วันนี้เปิดไหม", "th", "วันนี้ปิดไหม"),
        ("После купания попейте воды.", "ru", "до купания попейте воды."),
        ("Silakan minum air putih setelah berendam.", "id", "Silakan minum air putih sebelum berendam."),
    ],
)
def test_a_sentence_is_turned_round_word_by_word(text: str, tag: str, other: str) -> None:
    assert other.casefold() in [each.casefold() for each in turned(text, tag)]


def test_syllables_part_where_a_clause_ends_and_their_finals_are_not_released() -> None:
    assert "_" in sounds("地面很滑，請小心。", "zh-Hant")
    assert "_" not in sounds("請小心", "zh-Hant")
    assert sounds("mất", "vi")[-1].endswith("?")
    assert sounds("ta", "vi")[0].startswith("T")
