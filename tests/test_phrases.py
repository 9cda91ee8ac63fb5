import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.errors import PhrasebookError
from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.numerals import NUMBER_KEYS, OPEN_SLOTS, chinese, plural_category, spoken, words, written
from interpreter.phrases import Book, Literal, Plural, Slot, default_book, parse

BOOK = default_book()
SAMPLES = {"number": "3", "price": "250", "time": "14:30"}
SCRIPTS = {
    "zh-Hant": "CJK", "zh-Hans": "CJK", "ja": "CJK|HIRAGANA|KATAKANA|FULLWIDTH", "ko": "HANGUL", "th": "THAI",
    "ru": "CYRILLIC",
}  # fmt: skip
"""Unicode names of the letters a language is written with; Latin otherwise."""


def row(**changes: str) -> dict[str, str]:
    return {
        "id": "a.b", "category": "a", "safety": "", "speaker": "both", "language": "ja", "text": "こんにちは",
        "status": "supplied", **changes,
    }  # fmt: skip


def test_the_book_is_complete_in_every_language() -> None:
    assert len(BOOK.phrases) >= 120
    for phrase in BOOK.phrases.values():
        assert set(phrase.texts) == set(PHRASEBOOK_TAGS), phrase.id
        assert set(phrase.status.values()) == {"supplied"}, "only a venue approves"
    for slot, values in BOOK.values.items():
        for key, by_tag in values.items():
            assert set(by_tag) == set(PHRASEBOOK_TAGS), (slot, key)
            assert all("" in forms for forms in by_tag.values()), (slot, key)


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_every_variant_has_the_slots_of_its_phrase_and_renders(tag: str) -> None:
    for template in BOOK.templates(tag):
        english = parse(BOOK.phrases[template.phrase].texts["en"][0])
        first = {part.name for part in english if isinstance(part, Slot)}
        assert set(template.slots) == first, (template.phrase, template.variant)
        plurals = [part for part in template.parts if isinstance(part, Plural)]
        assert not plurals or "number" in template.slots
        for part in plurals:
            assert len(part.forms) == (3 if tag == "ru" else 2), template
        values = {slot: SAMPLES.get(slot) or next(iter(BOOK.values[slot])) for slot in template.slots}
        text = BOOK.render(template.phrase, values, tag, template.variant)
        assert text.strip()
        assert not re.search(r"[{}\[\]|]|##", text), text


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_texts_are_in_the_script_of_their_language(tag: str) -> None:
    pattern = re.compile(SCRIPTS.get(tag, "LATIN"))
    allowed = {"Wi", "Fi", "EasyCard", "wifi", "WiFi", "MRT", "ok", "OK", "SIM", "QR"}
    for template in BOOK.templates(tag):
        for part in template.parts:
            text = part.text if isinstance(part, Literal) else " ".join(part.forms) if isinstance(part, Plural) else ""
            for word in re.findall(r"[A-Za-z]+|[^\W\d_A-Za-z]+" if tag in SCRIPTS else r"[^\W\d_]+", text):
                if word in allowed:
                    continue
                for char in word:
                    if unicodedata.category(char)[0] == "L" and char not in "ー々〆ー":
                        assert pattern.search(unicodedata.name(char)), (template.phrase, word)


def test_the_two_chinese_scripts_are_not_mixed() -> None:
    import opencc

    for tag, back in (("zh-Hant", "s2t"), ("zh-Hans", "t2s")):
        convert = opencc.OpenCC(back).convert
        for template in BOOK.templates(tag):
            for part in template.parts:
                if isinstance(part, Literal):
                    # 台 and 臺 are both Taiwan's; OpenCC knows one of them.
                    changed = {(a, b) for a, b in zip(part.text, convert(part.text), strict=True) if a != b}
                    assert not changed - {("台", "臺"), ("里", "裡"), ("游", "遊"), ("咸", "鹹"), ("吃", "喫")}, (
                        template.phrase,
                        changed,
                    )


def test_variants_of_different_phrases_differ() -> None:
    for tag in PHRASEBOOK_TAGS:
        seen: dict[str, str] = {}
        for phrase in BOOK.phrases.values():
            for text in phrase.texts[tag]:
                simple = re.sub(r"[\s.,!。，、！¡]+", "", text.casefold())
                assert seen.setdefault(simple, phrase.id) == phrase.id, (tag, text, phrase.id)


def test_rows_survive_the_book() -> None:
    rows = list(BOOK.rows())
    values = [
        {"slot": slot, "id": key, "language": tag, "form": form, "text": " | ".join(texts)}
        for slot, by_key in BOOK.values.items()
        for key, by_tag in by_key.items()
        for tag, forms in by_tag.items()
        for form, texts in forms.items()
    ]
    assert Book.from_rows(rows, values) == BOOK


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"language": "zh"}, "zh-Hant"),
        ({"language": "jp"}, "no language tag"),
        ({"status": "aproved"}, "did you mean 'approved'"),
        ({"speaker": "guest"}, "visitor, staff, both"),
        ({"safety": "true"}, "safety"),
        ({"text": " | "}, "empty"),
        ({"text": "{numbr}枚"}, "did you mean 'number'"),
        ({"text": "{number枚"}, "partner"),
        ({"text": "{Number}枚"}, "no slot"),
        ({"txet": "x"}, "did you mean 'text'"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(changes: dict[str, str], says: str) -> None:
    with pytest.raises(PhrasebookError, match=re.escape(says)) as caught:
        Book.from_rows([row(), row(**{"id": "c.d", **changes})])
    assert "line 3" in str(caught.value)


def test_a_phrase_given_twice_is_refused() -> None:
    with pytest.raises(PhrasebookError, match="twice"):
        Book.from_rows([row(), row(text="やあ")])
    with pytest.raises(PhrasebookError, match="another category"):
        Book.from_rows([row(), row(language="ko", text="안녕하세요", category="z")])


def test_a_venue_adds_to_the_book() -> None:
    venue = Book.from_rows([row(id="greeting.hello", text="ようこそ北投へ", status="approved")])
    merged = BOOK.merged(venue)
    assert merged.render("greeting.hello", {}, "ja") == "ようこそ北投へ"
    assert len(merged.phrases) == len(BOOK.phrases)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (2, "二"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (250, "二百五十"),
        (1_050, "一千零五十"),
        (2_002, "二千零二"),
        (20_000, "二萬"),
    ],
)
def test_chinese_numerals(number: int, says: str) -> None:
    assert chinese(number) == says


def test_a_pair_is_not_the_number_two() -> None:
    assert words(2, "zh-Hant")[0] == "兩"
    assert spoken("time", "14:30", "zh-Hans")[0] == "下午两点三十分"


@pytest.mark.parametrize(
    ("tag", "forms"),
    [
        ("ru", {1: 0, 2: 1, 5: 2, 11: 2, 21: 0, 22: 1}),
        ("en", {1: 0, 2: 1, 21: 1}),
        ("fr", {1: 0, 2: 1}),
        ("ja", {1: 0, 2: 0}),
    ],
)
def test_plurals_follow_the_language(tag: str, forms: dict[int, int]) -> None:
    assert {number: plural_category(number, tag) for number in forms} == forms


@given(st.sampled_from(PHRASEBOOK_TAGS), st.integers(0, 23), st.integers(0, 59))
def test_times_are_written_with_their_minutes(tag: str, hour: int, minute: int) -> None:
    text = written("time", f"{hour:02d}:{minute:02d}", tag)
    digits = [int(number) for number in re.findall(r"\d+", text)]
    assert digits[0] % 12 == hour % 12
    assert (digits[1:] or [0]) == [minute]


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_numbers_that_differ_sound_different(tag: str) -> None:
    for slot in OPEN_SLOTS:
        keys = [choice.key for choice in BOOK.slot_choices(slot, "", tag)]
        firsts = [spoken(slot, key, tag)[0] for key in keys]
        assert len(set(firsts)) == len(firsts), (slot, [a for a, b in pairwise(sorted(firsts)) if a == b])
        assert not any(re.search(r"\d", first) for first in firsts) or tag == "ja"
    assert NUMBER_KEYS[0] == "1"
