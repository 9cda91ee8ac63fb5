"""Names, numbers, scripts, copies and loops: what can be seen of a translation without knowing the languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.repetition import repetition
from interpreter.translation import Term
from interpreter.translation.checks import check, numbers
from interpreter.translation.glossary import find, honour, kept, names, replaced

MUSEUM = Term(
    {
        "zh-Hant": ("北投溫泉博物館", "溫泉博物館"),
        "en": ("Beitou Hot Spring Museum", "hot spring museum"),
        "ja": ("北投温泉博物館",),
        "ru": ("Музей горячих источников", "Музее горячих источников"),
        "th": ("พิพิธภัณฑ์น้ำพุร้อน",),
    }
)
SPRING = Term({"zh-Hant": ("溫泉",), "en": ("hot spring",), "ja": ("温泉",), "ko": ("온천",)})
TAIPEI = Term({"en": ("Taipei",), "zh-Hant": ("臺北", "台北"), "de": ("Taipeh",)})


def found(text: str, tag: str, *terms: Term) -> list[str]:
    return [item.name for item in find(text, tag, terms)]


def test_the_longest_name_is_found_first_wherever_it_stands() -> None:
    assert found("請問溫泉博物館的溫泉在哪裡？", "zh-Hant", SPRING, MUSEUM) == ["溫泉博物館", "溫泉"]
    assert found("온천은 어디예요?", "ko", SPRING) == ["온천"]
    assert found("ไปพิพิธภัณฑ์น้ำพุร้อนยังไง", "th", MUSEUM) == ["พิพิธภัณฑ์น้ำพุร้อน"]


def test_names_of_scripts_with_spaces_are_whole_words_in_any_case() -> None:
    assert found("TAIPEI, Taipeians and taipei101 in Taipei.", "en", TAIPEI) == ["TAIPEI", "Taipei"]
    assert found("參觀Taipei嗎", "en", TAIPEI) == ["Taipei"]
    assert found("в Музее  горячих\nисточников", "ru", MUSEUM) == ["Музее  горячих\nисточников"]


def test_one_chinese_script_stands_in_for_the_other() -> None:
    assert names(MUSEUM, "zh-Hans")[0] == "北投温泉博物馆"
    assert found("溫泉博物馆", "zh-Hans", MUSEUM) == []
    assert found("温泉博物馆在哪里？", "zh-Hans", MUSEUM) == ["温泉博物馆"]
    assert names(MUSEUM, "ko") == ()


def test_a_kept_name_is_told_from_a_lost_one() -> None:
    items = find("溫泉博物館", "zh-Hant", [MUSEUM])
    assert kept(items, "Where is the Hot Spring museum?", "en") == (("Hot Spring museum",), ())
    assert kept(items, "в Музее горячих источников", "ru")[1] == ()
    assert kept(items, "Where is the bath house?", "en") == ((), items)
    assert kept(items, "온천 박물관", "ko") == ((), ())


def test_names_of_the_target_language_are_put_into_the_source() -> None:
    text = "溫泉博物館的溫泉"
    assert replaced(text, find(text, "zh-Hant", [MUSEUM, SPRING]), "en") == "Beitou Hot Spring Museum的hot spring"
    assert replaced(text, find(text, "zh-Hant", [MUSEUM]), "ko") == text


def test_a_second_translation_is_asked_for_only_when_a_name_got_lost() -> None:
    asked: list[str] = []

    def translate(text: str) -> str:
        asked.append(text)
        return {"Taipei ist schön": "台北很美", "臺北 is beautiful": "臺北很美"}.get(text, "首都很美")

    assert honour(translate, "Taipei is beautiful", "en", "zh-Hant", [TAIPEI])[0] == "臺北很美"
    assert asked == ["Taipei is beautiful", "臺北 is beautiful"]
    asked.clear()
    assert honour(translate, "It is beautiful", "en", "zh-Hant", [TAIPEI]) == ("首都很美", ())
    assert len(asked) == 1
    # When the second loses it as well, the first stands.
    assert honour(str.upper, "Taipei is nice", "en", "de", [TAIPEI])[0] == "TAIPEH IS NICE"
    assert honour(lambda text: f"{len(text)} Städte", "Taipei is nice", "en", "de", [TAIPEI])[0] == "14 Städte"


@given(st.text(max_size=80), st.sampled_from(PHRASEBOOK_TAGS))
def test_what_is_found_is_where_it_is_said_to_be(text: str, tag: str) -> None:
    text = f"{text}溫泉博物館{text} Taipei "
    end = 0
    for item in find(text, tag, [MUSEUM, SPRING, TAIPEI]):
        assert item.start >= end
        assert text[item.start : item.end] == item.name
        end = item.end


@pytest.mark.parametrize(
    "text",
    ["1000", "1,000", "1.000", "1 000", "1\u202f000", "1’000", "1千", "一1000個", "１０００", "١٠٠٠", "๑๐๐๐", "१,०००"],
)
def test_a_number_is_one_number_however_it_is_written(text: str) -> None:
    assert numbers(text) == {Decimal(1000): 1}


def test_decimals_dates_and_groups_are_told_apart() -> None:
    assert numbers("3.5 3,5 ٣٫٥") == {Decimal("3.5"): 3}
    assert numbers("1.234,56 und 1,234.56") == {Decimal("1234.56"): 2}
    assert numbers("1.000.000 / 100萬 / 1백만") == {Decimal(10**6): 3}
    assert numbers("10:30") == {Decimal(10): 1, Decimal(30): 1}
    assert numbers("2.5万円") == {Decimal(25_000): 1}


@given(st.integers(0, 10**9))
def test_grouping_never_changes_a_number(number: int) -> None:
    for mark in (",", ".", " ", "\u00a0", "’"):
        assert numbers(f"{number:,}".replace(",", mark)) == {Decimal(number): 1}


def warned(text: str, translation: str, source: str, target: str, *terms: Term) -> str:
    return " ".join(check(text, translation, source, target, find(text, source, terms)))


@pytest.mark.parametrize(
    ("text", "translation", "source", "target"),
    [
        ("Three tickets, please.", "請給我3張票。", "en", "zh-Hant"),
        ("我要3張票。", "Ich möchte drei Karten.", "zh-Hant", "de"),
        ("That is NT$1,200.", "那是1.200元。", "en", "zh-Hant"),
        ("We close at 15:00.", "下午3點關門。", "en", "zh-Hant"),
        ("We close at 3 p.m.", "Wir schließen um 15 Uhr.", "en", "de"),
        ("It opens at 10:00.", "10時に開きます。", "en", "ja"),
        ("3 tickets for 15:00", "下午3點的票三張", "en", "zh-Hant"),
        ("Hotel Taipei", "Hotel Taipei", "en", "de"),
        ("Where is Hualien National Park?", "Hualien National Park在哪裡？", "en", "zh-Hant"),
        ("台北101", "Taipei 101", "zh-Hant", "en"),
        ("Ha ha ha ha ha ha!", "哈哈哈哈哈哈！", "en", "zh-Hant"),
        ("Where is the hot spring?", "温泉はどこですか。", "en", "ja"),
        ("東京", "东京", "zh-Hant", "zh-Hans"),
        ("OK", "好", "en", "zh-Hant"),
        ("🙂", "🙂", "en", "th"),
    ],
)
def test_a_good_translation_is_not_warned_about(text: str, translation: str, source: str, target: str) -> None:
    assert warned(text, translation, source, target) == ""


@pytest.mark.parametrize(
    ("text", "translation", "source", "target", "warning"),
    [
        ("我要3張票。", "I would like 5 tickets.", "zh-Hant", "en", "numbers differ: 3 in the source, 5 in"),
        ("水溫42.5度", "The water has 425 degrees.", "zh-Hant", "en", "42.5 in the source, 425 in the translation"),
        ("Room 12", "房間", "en", "zh-Hant", "12 in the source, none in the translation"),
        ("15 tickets at 3:00", "3點的票", "en", "zh-Hant", "15 in the source"),
        ("Where is the museum?", "", "en", "ja", "is empty"),
        ("Where is the museum?", " \n", "en", "ja", "is empty"),
        ("Where is the museum?", "Where is the museum", "en", "de", "word for word"),
        ("博物館在哪裡？", "博物館在哪裡", "zh-Hant", "ja", "word for word"),
        ("Where is the museum?", "Wo ist das Haus am See?", "en", "th", "not written as Thai is"),
        ("Where is the museum?", "請問溫泉博物館在哪裡呢好嗎", "en", "ja", "not written as Japanese is"),
        ("Where is the museum?", "博物馆在哪里？", "en", "zh-Hant", "Traditional Chinese does not write: 馆"),
        ("Where is the museum?", "где где где где где где музей", "en", "ru", "repeats 'где' 6 times"),
        ("溫泉博物館在哪裡？", "Where is the bath house?", "zh-Hant", "en", "should be 'Beitou Hot Spring Museum'"),
    ],
)
def test_a_bad_translation_is_warned_about(text: str, translation: str, source: str, target: str, warning: str) -> None:
    assert warning in warned(text, translation, source, target, MUSEUM)


@given(st.text(), st.text(), st.sampled_from(PHRASEBOOK_TAGS), st.sampled_from(PHRASEBOOK_TAGS))
def test_anything_can_be_checked(text: str, translation: str, source: str, target: str) -> None:
    assert all(sentence.endswith(".") for sentence in check(text, translation, source, target))


@given(st.integers(3, 30), st.sampled_from(["ありがとう", "no, ", "您好", "где "]))
def test_a_loop_is_counted(times: int, stretch: str) -> None:
    assert repetition("好的" + stretch * times)[1] == times


def test_ordinary_text_has_no_loop() -> None:
    assert repetition("早安，歡迎光臨。") == ("", 1)
    assert repetition("Well, well, well.")[1] <= 3
    assert repetition("........")[1] <= 2
    assert repetition("溫泉" * 50_000)[1] > 100
