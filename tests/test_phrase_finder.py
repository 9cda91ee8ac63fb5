"""What the phrases page offers, in every language, without a browser."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

import ui.pages
from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.numerals import OPEN_SLOTS
from interpreter.phrases import Slot, parse
from interpreter.translation.chain import Chain
from interpreter.translation.phrasebook import Phrasebook
from ui.hand_over import venue_book
from ui.pages.phrases import CATEGORIES, VENUE
from ui.phrase_finder import Finder, Offer, fold

PAGES = Path(ui.pages.__file__).parent
BOOK = venue_book("beitou")
assert BOOK is not None
FINDER = Finder(BOOK, Chain([Phrasebook(BOOK)]))
PAIRS = [*pairwise(PHRASEBOOK_TAGS), (PHRASEBOOK_TAGS[-1], PHRASEBOOK_TAGS[0])]
"""Every language once as the speaker's and once as the listener's."""


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_every_value_of_every_slot_renders_in_both_languages_and_leaves_no_gap(source: str, target: str) -> None:
    for staff in (False, True):
        for phrase in FINDER.offered(source, target, staff):
            slots = FINDER.slots(phrase.id, source)
            choices = {slot: list(FINDER.choices(slot, source, target)) for slot in slots}
            assert all(choices.values()), phrase.id
            for number in range(max((len(each) for each in choices.values()), default=1)):
                values = {slot: keys[number % len(keys)] for slot, keys in choices.items()}
                for tag in (source, target):
                    text = BOOK.render(phrase.id, values, tag)
                    assert text == BOOK.outline(phrase.id, values, tag)
                    assert not set("…{}[]") & set(text), text


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_what_is_still_to_be_chosen_is_an_ellipsis(tag: str) -> None:
    for phrase in BOOK.phrases.values():
        gaps = sum(isinstance(part, Slot) for part in parse(phrase.texts[tag][0]))
        assert BOOK.outline(phrase.id, {}, tag).count("…") == gaps


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_a_list_to_choose_from_names_every_value_once(tag: str) -> None:
    for slot in (*OPEN_SLOTS, *BOOK.values):
        named = BOOK.named(slot, tag)
        assert len(set(named.values())) == len(named), slot
        assert all(
            FINDER.key(slot, name, tag, "en") == key for key, name in named.items() if key in BOOK.named(slot, "en")
        )


@pytest.mark.parametrize(
    ("slot", "typed", "tag", "key"),
    [
        ("number", "25", "ja", "25"),
        ("number", "２５", "ja", "25"),
        ("number", "๓", "th", "3"),
        ("number", "0x3", "de", None),
        ("number", "zwei", "de", None),
        ("number", "-1", "en", None),
        ("price", "1999", "ko", "1999"),
        ("price", "1000000", "ko", None),
        ("time", "9:05", "zh-Hant", "09:05"),
        ("time", "14.30", "id", "14:30"),
        ("time", "下午2點30分", "zh-Hant", "14:30"),
        ("time", "25:00", "en", None),
        ("food", "우유", "ko", "milk"),
        ("food", "벽돌", "ko", None),
    ],
)  # fmt: skip
def test_what_is_typed_into_a_list_becomes_a_value_or_nothing(slot: str, typed: str, tag: str, key: str | None) -> None:
    assert FINDER.key(slot, typed, tag, "en") == key


@pytest.mark.parametrize(
    ("text", "source", "target", "first"),
    [
        ("영수증", "ko", "zh-Hant", Offer("price.receipt")),
        ("收據", "ko", "zh-Hant", Offer("price.receipt")),
        ("화장실", "ko", "zh-Hant", Offer("help.toilet-use")),
        ("アレルギー", "ja", "zh-Hant", Offer("allergy.i-am-allergic")),
        ("alergico cacahuetes", "es", "zh-Hant", Offer("allergy.i-am-allergic", {"food": "peanuts"})),
        ("ramène-moi à l'aéroport", "fr", "zh-Hant", None),
        ("tickets 3", "en", "th", Offer("ticket.tickets-please", {"number": "3"})),
        ("nha ve sinh", "vi", "ja", None),
    ],
)  # fmt: skip
def test_a_word_leads_to_its_phrases(text: str, source: str, target: str, first: Offer | None) -> None:
    offers, found = FINDER.search(text, source, target, staff=False)
    assert offers
    if first is not None:
        assert found
        assert first in offers[:3]
    for offer in offers:
        assert BOOK.phrases[offer.phrase].speaker != "staff"


def test_a_value_is_found_with_the_phrases_that_take_it() -> None:
    offers, found = FINDER.search("박물관", "ko", "zh-Hant", staff=False)
    assert found
    assert any(offer.values.get("place") in ("museum", "hot-spring-museum") for offer in offers)


def test_what_is_nowhere_is_answered_with_what_is_like_it() -> None:
    offers, found = FINDER.search("wo kann ich hier toiletten finden", "de", "zh-Hant", staff=False)
    assert not found
    assert any(BOOK.phrases[offer.phrase].category in ("direction", "help", "access") for offer in offers)


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_who_needs_help_finds_every_safety_phrase_and_the_emergencies_first(tag: str) -> None:
    target = "en" if tag != "en" else "zh-Hant"
    groups = FINDER.urgent(tag, target, staff=False)
    names = list(groups)
    assert names[0] == "emergency"
    assert names.index("allergy") == 1
    assert names[-1] == "help"
    shown = {offer.phrase for offers in groups.values() for offer in offers}
    said = {phrase.id for phrase in BOOK.phrases.values() if phrase.safety and phrase.speaker != "staff"}
    assert said <= shown
    assert {"emergency.call-ambulance", "emergency.need-doctor", "allergy.reaction"} <= shown


def test_the_staff_s_phrases_are_theirs_alone() -> None:
    staff = {phrase.id for phrase in FINDER.offered("zh-Hant", "ja", staff=True)}
    visitor = {phrase.id for phrase in FINDER.offered("ja", "zh-Hant", staff=False)}
    assert "price.it-costs" in staff - visitor
    assert "price.how-much" in visitor - staff
    assert staff | visitor == set(BOOK.phrases)


def test_every_category_has_a_name_and_a_picture() -> None:
    categories = {phrase.category for phrase in BOOK.phrases.values()}
    assert categories <= set(CATEGORIES)
    style = (PAGES / "static/phrases.css").read_text(encoding="utf-8")
    slots = {f"slot-{slot}" for slot in (*OPEN_SLOTS, *BOOK.values)}
    for tag in ("en", "zh-Hant"):
        words = tomllib.loads((PAGES / f"strings/{tag}.toml").read_text(encoding="utf-8"))
        assert {*(f"category-{name}" for name in (*CATEGORIES, VENUE)), *slots} <= set(words)
    for name in (*CATEGORIES, VENUE):
        assert (PAGES / f"static/icons/{name}.svg").is_file()
        assert f'url("/assets/icons/{name}.svg")' in style


def test_what_is_searched_is_compared_without_case_width_and_accents() -> None:
    assert fold("Ｄónde ĐÂY") == "donde day"
    assert fold("ガ") != fold("カ")
    assert fold("ไม่") != fold("ไม")
