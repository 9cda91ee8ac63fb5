import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.phrases import Book, default_book, parse
from interpreter.translation.chain import Chain
from interpreter.translation.matching import negations, tokens
from interpreter.translation.phrasebook import Phrasebook

BOOK = default_book()
PHRASEBOOK = Phrasebook(BOOK)
SAMPLES = {"number": ("1", "4", "12"), "price": ("90", "250", "1500"), "time": ("09:00", "14:30", "17:45")}


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_every_variant_of_every_phrase_is_found_with_its_values(tag: str) -> None:
    for number, template in enumerate(BOOK.templates(tag)):
        values = {
            slot: SAMPLES[slot][number % 3]
            if slot in SAMPLES
            else list(BOOK.values[slot])[number % len(BOOK.values[slot])]
            for slot in template.slots
        }
        text = BOOK.fill(template.parts, values, tag)
        match = PHRASEBOOK.match(text, tag)
        assert match is not None, text
        assert (match.phrase, dict(match.values)) == (template.phrase, values), text


@pytest.mark.parametrize(
    ("text", "source", "target", "says"),
    [
        ("two tickets please", "en", "ja", "チケットを2枚お願いします。"),
        ("請給我三張票", "zh-Hant", "en", "3 tickets, please."),
        ("チケットを二枚ください", "ja", "zh-Hant", "請給我2張票。"),
        ("표 세 장 주세요", "ko", "en", "3 tickets, please."),
        ("We close at half past five", "en", "zh-Hant", "我們5點30分關門。"),
        ("我們下午五點半關門", "zh-Hant", "en", "We close at 5:30 PM."),
        ("It costs NT$1,500.", "en", "zh-Hant", "這個1500元。"),
        ("Das kostet 1.500 Taiwan-Dollar.", "de", "en", "It costs 1500 Taiwan dollars."),
        ("um excuse me where is the hot spring museum please", "en", "ja", "温泉博物館はどこですか。"),
        ("すみません、お水をください。", "ja", "en", "May I have some water?"),
        ("I'm alergic to peanuts", "en", "ja", "私はピーナッツのアレルギーがあります。"),
        ("WHERE IS THE TOILET?!", "en", "es", "¿Dónde está el baño?"),
        ("Goodbye. Two tickets, please!", "en", "ko", "안녕히 가세요. 표 2장 주세요."),
    ],
)  # fmt: skip
def test_what_people_say_is_carried_over(text: str, source: str, target: str, says: str | None) -> None:
    answer = PHRASEBOOK.translate(text, source, target)
    assert (answer.text if answer else None) == says


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("I am not allergic to peanuts", "en"),
        ("Do not turn left", "en"),
        ("Photography is allowed here", "en"),
        ("Admission is not free", "en"),
        ("We are open on Mondays", "en"),
        ("Where is the museum shop?", "en"),
        ("I have lost my keys", "en"),
        ("Which side is for dogs?", "en"),
        ("我對花生不過敏", "zh-Hant"),
        ("這裡可以不拍照嗎", "zh-Hant"),
        ("我的雨傘不見了", "zh-Hant"),
        ("ピーナッツのアレルギーはありません", "ja"),
        ("ここで写真を撮りました", "ja"),
        ("땅콩 알레르기가 없어요", "ko"),
        ("No soy alérgico a los cacahuetes", "es"),
        ("Ich bin nicht allergisch gegen Erdnüsse", "de"),
        ("Je ne suis pas allergique aux arachides", "fr"),
        ("У меня нет аллергии на арахис", "ru"),
        ("ฉันไม่แพ้ถั่วลิสง", "th"),
        ("Tôi không bị dị ứng với đậu phộng", "vi"),
        ("Saya tidak alergi kacang tanah", "id"),
        ("Non sono allergico alle arachidi", "it"),
        ("Ik ben niet allergisch voor pinda's", "nl"),
        ("Não sou alérgico a amendoim", "pt"),
        ("", "en"),
        ("🙂🙃", "ja"),
        ("\u202e\u0000", "en"),
        ("word " * 20_000, "en"),
    ],
)
def test_what_is_not_in_the_book_is_not_answered(text: str, tag: str) -> None:
    assert PHRASEBOOK.translate(text, tag, "zh-Hant" if tag != "zh-Hant" else "en") is None


def test_a_question_mark_tells_the_question_from_the_warning() -> None:
    for tag in ("pt", "es", "fr", "it", "ja", "ko", "vi"):
        for phrase in ("food.contains", "allergy.contains-allergen", "allergy.does-not-contain"):
            text = BOOK.render(phrase, {"food": "milk"}, tag)
            match = PHRASEBOOK.match(text, tag)
            assert match is not None
            assert match.phrase == phrase, text


@given(st.sampled_from(PHRASEBOOK_TAGS), st.integers(1, 300))
def test_numbers_are_never_changed(tag: str, number: int) -> None:
    text = BOOK.render("ticket.tickets-please", {"number": str(number)}, tag)
    for target in ("en", "ja", "ru"):
        answer = PHRASEBOOK.translate(text, tag, target)
        assert answer is not None
        assert [token for token in tokens(answer.text, target) if token.isdecimal()] == [str(number)]


@given(st.sampled_from(PHRASEBOOK_TAGS), st.text(max_size=60))
def test_any_text_is_answered_or_not_but_never_breaks(tag: str, text: str) -> None:
    PHRASEBOOK.translate(text, tag, "en")
    assert len(PHRASEBOOK.nearest(text, tag)) <= 3


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_contains_and_does_not_contain_differ_in_negation(tag: str) -> None:
    def says_no(phrase: str) -> list[bool]:
        texts = BOOK.phrases[phrase].texts[tag]
        return [negations(BOOK.fill(parse(text), {"food": "milk"}, tag), tag) > 0 for text in texts]

    assert not any(says_no("allergy.contains-allergen"))
    assert all(says_no("allergy.does-not-contain"))
    assert all(says_no("food.without"))


def test_the_nearest_phrases_are_offered_as_the_language_writes_them() -> None:
    near = PHRASEBOOK.nearest("トイレは清潔ですか", "ja")
    assert len(near) == 3
    assert all(PHRASEBOOK.match(text, "ja") for text in near)


def test_the_origin_tells_the_entry_and_who_stands_for_it() -> None:
    answer = PHRASEBOOK.translate("ありがとうございます", "ja", "de")
    assert answer is not None
    assert (answer.origin.kind, answer.origin.name, answer.origin.status) == (
        "phrasebook",
        "greeting.thank-you",
        "supplied",
    )


def test_a_venue_s_own_phrase_wins_once_it_is_in_the_book() -> None:
    rest = {"category": "venue", "safety": "", "speaker": "both", "status": "approved"}
    rows = [
        {"id": "beitou.steam", "language": tag, "text": text, **rest}
        for tag, text in (("ja", "湯けむりはどこで見られますか"), ("en", "Where can I see the steam?"))
    ]  # fmt: skip
    answer = Phrasebook(BOOK.merged(Book.from_rows(rows))).translate("湯けむりはどこで見られますか？", "ja", "en")
    assert answer is not None
    assert (answer.text, answer.origin.status) == ("Where can I see the steam?", "approved")


def test_the_chain_asks_until_somebody_answers() -> None:
    chain = Chain([Phrasebook(Book({})), PHRASEBOOK])
    assert chain.serves("ja", "ja")
    assert chain.translate("さようなら", "ja", "ja").text == "さようなら"  # type: ignore[union-attr]
    assert chain.translate("さようなら", "ja", "en").text == "Goodbye."  # type: ignore[union-attr]
    assert chain.translate("宇宙は広い", "ja", "en") is None
    assert not Chain([Phrasebook(Book({}))]).serves("ja", "en")


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("It costs €250.", "en"),
        ("It costs £250.", "en"),
        ("It costs $250.", "en"),
        ("It costs 250%.", "en"),
        ("It costs -5 Taiwan dollars.", "en"),
        ("It costs 1.250 Taiwan dollars.", "en"),
        ("Das kostet 250 €.", "de"),
        ("Это стоит 250 ₽.", "ru"),
        ("¥250です。", "ja"),
        ("250ドルです。", "ja"),
        ("250원입니다.", "ko"),
        ("¥250。", "zh-Hans"),
    ],
)
def test_an_amount_in_another_money_is_not_an_amount_in_taiwan_dollars(text: str, tag: str) -> None:
    assert PHRASEBOOK.match(text, tag) is None


@pytest.mark.parametrize(
    ("text", "tag", "price"),
    [
        ("It costs NT$1,250.", "en", "1250"),
        ("Das kostet 1.250 Taiwan-Dollar.", "de", "1250"),
    ],
)
def test_an_amount_in_taiwan_dollars_is_understood_as_it_is_written(text: str, tag: str, price: str) -> None:
    match = PHRASEBOOK.match(text, tag)
    assert match is not None
    assert match.values["price"] == price
