"""Clauses: where speech may pause, in fifteen languages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.tts.clauses import MAXIMUM, clauses

CASES = {
    "zh-Hant": (
        "您好，博物館在14：30開門，門票NT$1,500元。請往前走三分鐘！",
        ["您好，", "博物館在14：30開門，", "門票NT$1,500元。", "請往前走三分鐘！"],
    ),
    "zh-Hans": ("请问，温泉在哪里？直走３，５分钟就到。", ["请问，", "温泉在哪里？", "直走３，５分钟就到。"]),
    "en": (
        "Hello, room No. 5 opens at 14:30. Dr. Lin says it's 3.5 km, or 1,500 steps!",
        ["Hello,", "room No. 5 opens at 14:30.", "Dr. Lin says it's 3.5 km,", "or 1,500 steps!"],
    ),
    "ja": (
        "温泉は午後3時から、入浴料は1,500円です。「タオルはありますか？」はい、ございます。",
        ["温泉は午後3時から、", "入浴料は1,500円です。", "「タオルはありますか？」", "はい、ございます。"],
    ),
    "ko": ("안녕하세요, 표는 1,500원이고 14:30에 시작합니다. 감사합니다!",
           ["안녕하세요,", "표는 1,500원이고 14:30에 시작합니다.", "감사합니다!"]),
    "id": ("Permisi, tiketnya Rp1.500 per orang. Museum buka pukul 14.30.",
           ["Permisi,", "tiketnya Rp1.500 per orang.", "Museum buka pukul 14.30."]),
    "th": (
        "สวัสดีครับ พิพิธภัณฑ์เปิดเวลา 14:30 ราคา 1,500 บาท อาหารต่าง ๆ อร่อยมาก",
        ["สวัสดีครับ", "พิพิธภัณฑ์เปิดเวลา 14:30 ราคา 1,500 บาท", "อาหารต่าง ๆ อร่อยมาก"],
    ),
    "vi": ("Xin chào, vé giá 1.500 đồng một người. Mời đi lối này!",
           ["Xin chào,", "vé giá 1.500 đồng một người.", "Mời đi lối này!"]),
    "pt": ("Olá, o bilhete custa 3,50 por pessoa; abre às 14:30.",
           ["Olá,", "o bilhete custa 3,50 por pessoa;", "abre às 14:30."]),
    "es": ("Hola, ¿dónde está el museo? La Sra. Lin abre a las 14:30.",
           ["Hola,", "¿dónde está el museo?", "La Sra. Lin abre a las 14:30."]),
    "fr": ("Bonjour, le billet coûte 1 500 dollars : entrée à 14 : 30, s'il vous plaît.",
           ["Bonjour,", "le billet coûte 1 500 dollars :", "entrée à 14 : 30,", "s'il vous plaît."]),
    "de": ("Guten Tag, am 3. Mai z. B. öffnen wir um 14:30 Uhr. Es kostet 3,50 Euro.",
           ["Guten Tag,", "am 3. Mai z. B. öffnen wir um 14:30 Uhr.", "Es kostet 3,50 Euro."]),
    "nl": ("Goedemiddag, het museum gaat om 14.30 uur open. Dat is dan 3,50 euro!",
           ["Goedemiddag,", "het museum gaat om 14.30 uur open.", "Dat is dan 3,50 euro!"]),
    "ru": ("Здравствуйте, билет стоит 1 500 долларов. Музей в г. Тайбэй открыт с 14:30.",
           ["Здравствуйте,", "билет стоит 1 500 долларов.", "Музей в г. Тайбэй открыт с 14:30."]),
    "it": ("Salve, il biglietto costa 3,50 euro. Il sig. Lin apre alle 14:30.",
           ["Salve,", "il biglietto costa 3,50 euro.", "Il sig. Lin apre alle 14:30."]),
}  # fmt: skip


def test_every_language_has_a_case() -> None:
    assert set(CASES) == set(PHRASEBOOK_TAGS)


@pytest.mark.parametrize("tag", list(CASES))
def test_cuts_where_people_pause(tag: str) -> None:
    text, expected = CASES[tag]
    assert clauses(text, tag) == expected


def test_a_no_is_a_sentence_and_a_number_is_not() -> None:
    assert clauses("No. That is the wrong bus stop.", "en")[0] == "No."
    assert clauses("Nr. 7 ist am Bahnhof.", "de") == ["Nr. 7 ist am Bahnhof."]


def test_thai_abbreviation_mark_does_not_end_a_clause() -> None:
    assert clauses("ยินดีต้อนรับสู่กรุงเทพฯครับ", "th") == ["ยินดีต้อนรับสู่กรุงเทพฯครับ"]


@pytest.mark.parametrize("text", ["", " \n\t\u3000"])
def test_nothing_gives_no_clause(text: str) -> None:
    assert clauses(text, "ja") == []


def test_short_rest_joins_what_came_before() -> None:
    assert clauses("Willkommen im Museum! 🙂", "de") == ["Willkommen im Museum! 🙂"]


@pytest.mark.parametrize(
    ("text", "tag"), [("字" * 1000, "zh-Hant"), ("ภาษาไทยเรียน" * 200, "th"), ("слово " * 400, "ru")]
)
def test_long_text_without_marks_is_cut(text: str, tag: str) -> None:
    parts = clauses(text, tag)
    assert len(parts) > 5
    assert max(map(len, parts)) <= 3 * MAXIMUM
    if tag == "ru":
        assert {word for part in parts for word in part.split()} == {"слово"}
    if tag == "th":
        assert not any(part[0] in "ะาำิีึืุู่้๊๋็์" for part in parts)


def test_a_hundred_thousand_characters_are_cut_in_order() -> None:
    text = "溫泉，" * 33_334
    assert "".join(clauses(text, "zh-Hant")) == text


_MARKS = "。，、！？.,:;!?…—–「」\"')( \n\t\u200f\u202e0123456789ๆเา้字あ한éбz🙂\u0301\u200d"
_TEXT = st.text(st.one_of(st.sampled_from(_MARKS), st.characters()), max_size=400)


@settings(max_examples=200, deadline=None)
@given(_TEXT, st.sampled_from(PHRASEBOOK_TAGS))
def test_no_character_is_lost_and_none_moves(text: str, tag: str) -> None:
    parts = clauses(text, tag)
    assert all(part and part == part.strip() for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


_WORDS = ["1,500", "14:30", "3.5", "14：30", "漢字、", "word, ", "。", " ", "ภาษา"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=200), st.sampled_from(PHRASEBOOK_TAGS))
def test_numbers_stay_whole(words: list[str], tag: str) -> None:
    text = " ".join(words)
    number = r"\d+(?:[.,:：]\d+)*"
    assert re.findall(number, " | ".join(clauses(text, tag))) == re.findall(number, text)
