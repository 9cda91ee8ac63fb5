"""How Korean and Thai texts sound: the first phone of every sound, written by hand, and what holds for any text."""

import random
import re

import pytest

from interpreter.phrases import Literal, Plural, Slot, default_book
from interpreter.stt.phones import hangul, sounds, thai

PHONE = "AA|AE|AH|AO|AW|AY|B|CH|D|DH|EH|ER|EY|F|G|HH|IH|IY|JH|K|L|M|N|NG|OW|OY|P|R|S|SH|SIL|T|TH|UH|UW|V|W|Y|Z|ZH"
NOTATION = re.compile(rf"_|(?:{PHONE})(?:\|(?:{PHONE}))*\??")


def first(text: str, tag: str) -> str:
    """The sounds with only their first phone."""
    return " ".join(re.sub(r"\|[A-Z|]+", "", sound) for sound in sounds(text, tag))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("안녕하세요", "AA N Y AO NG HH? AA S EH Y OW"),
        ("네", "N EH"),
        ("가게", "K AA G EH"),  # a plain stop is voiced between vowels only
        ("부부", "P UW B UW"),
        ("시장", "SH IY JH AA NG"),
        ("값이", "K AA P? SH IY"),  # the second half of a double final goes over
        ("값", "K AA B?"),
        ("앉아", "AA N JH AA"),
        ("읽고", "IY L K OW"),
        ("닭고기", "T AA K? K OW G IY"),
        ("밖으로", "P AA K UH D OW"),
        ("같이", "K AA CH IY"),  # ㅌ before i
        ("닫히다", "T AA CH IY D AA"),
        ("좋다", "CH OW T AA"),  # ㅎ gives its breath to the next stop
        ("좋아요", "CH OW AA Y OW"),
        ("괜찮습니다", "K W? EH N CH AA N S UH? M N IY D AA"),
        ("잃어버렸어요", "IY D AO B AO D Y AO S AO Y OW"),
        ("부탁합니다", "P UW T AA K AA M N IY D AA"),
        ("합니다", "HH AA M N IY D AA"),  # a stop before a nasal
        ("독립", "T OW NG N IY B?"),
        ("정류장", "CH AO NG N Y UW JH AA NG"),
        ("진료", "CH IY L Y OW"),  # n beside l
        ("실내", "SH IY L EH"),
        ("입장권", "IY P? CH AA NG K W? AO N"),
        ("이십육", "IY SH IY M N Y UW G?"),  # an n that nobody writes
        ("서른여섯", "S AO D UH N Y AO S AO D?"),
        ("서른", "S AO D UH N"),
        ("지하철역", "CH IY HH? AA CH AO L Y AO G?"),
        ("번역", "P AO N Y AO G?"),
        ("의사", "UH? IY S AA"),
        ("못 했어요", "M OW T? _ HH EH S AO Y OW"),
        ("못 나가요", "M OW N? _ N AA G AA Y OW"),
        ("할 수 있어요", "HH AA L _ S UW _ IY S AO Y OW"),
        ("MRT역", "EH M AA L T IY Y AO G?"),
        ("Wi-Fi 있어요?", "W AA IY P AA IY _ IY S AO Y OW"),
        ("3층", "S AA M CH UH NG"),
    ],
)
def test_korean_is_read_as_it_is_pronounced(text: str, expected: str) -> None:
    assert first(text, "ko") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("สวัสดีครับ", "S AH W AA T? D IY K R? AA P?"),
        ("ขอบคุณค่ะ", "K AO P? K UW N K AH"),
        ("ไม่เป็นไร", "M AY IY? B EY N R AY IY?"),
        ("มาก", "M AA K?"),
        ("มากรุณา", "M AA G R? UW N AA"),  # not มาก: the known word decides
        ("กลม", "G L? OW M"),
        ("คน", "K OW N"),  # a vowel that is not written
        ("สบาย", "S AH B AY IY?"),
        ("พร", "P AO N"),
        ("ขวบ", "K UW AH P?"),
        ("ตั๋ว", "D UW AH"),
        ("สวย", "S UW AY"),
        ("ขวา", "K W AA"),
        ("ตลาด", "D AH L AA T?"),
        ("ขนม", "K AH N OW M"),
        ("หลงทาง", "L OW NG T AA NG"),  # ห leads, unheard
        ("อยู่", "Y UW"),
        ("ทราบ", "S AA P?"),  # ทร is s
        ("จริง", "JH IY NG"),
        ("เดิน", "D AH N"),
        ("เลย", "L AH IY"),
        ("เอา", "AW"),
        ("เกาะ", "G AO"),
        ("เพื่อน", "P UH AH N"),
        ("เดี๋ยว", "D IY AW"),
        ("เร็ว", "R EY UW"),
        ("กระเป๋า", "G R? AH B AW"),
        ("จันทร์", "JH AA N"),  # silenced letters
        ("ศาสตร์", "S AA T?"),
        ("โทรศัพท์", "T OW R AH S AA P?"),
        ("อังกฤษ", "AA NG G R? IY T?"),
        ("ธรรม", "T AA M"),
        ("บรรยาย", "B AA N Y AY IY?"),
        ("พิพิธภัณฑ์", "P IY P IY T AH P AA N"),
        ("ช้าๆ", "CH AA CH AA"),
        ("ช้า ๆ หน่อย", "CH AA CH AA _ N OY IY?"),
        ("หนึ่งร้อย", "N UH NG R OY IY?"),
        ("ท่าอากาศยาน", "T AA G AA T? S AH Y AA N"),  # two vowels are a long one
        ("น\u0e49\u0e4d\u0e32", "N AA M"),  # the vowel am in two signs
        ("มี Wi-Fi ฟรีไหม", "M IY _ W AY IY? F AY IY? _ F R? IY M AY IY?"),
        ("๒๕ บาท", "S AO NG HH AA _ B AA T?"),
    ],
)
def test_thai_is_cut_into_syllables_and_read(text: str, expected: str) -> None:
    assert first(text, "th") == expected


@pytest.mark.parametrize("tag", ["ko", "th"])
def test_a_latin_word_keeps_its_english_reading(tag: str) -> None:
    assert first("Starbucks", tag) == "S T AA R B AH K S"


@pytest.mark.parametrize("tag", ["ko", "th"])
def test_every_text_of_the_phrasebook_sounds(tag: str) -> None:
    book = default_book()
    texts: set[str] = set()
    for template in book.templates(tag):
        for part in template.parts:
            if isinstance(part, Literal):
                texts.add(part.text)
            elif isinstance(part, Plural):
                texts.update(part.forms)
            elif isinstance(part, Slot):
                choices = book.slot_choices(part.name, part.form, tag)
                texts.update(text for choice in choices for text in choice.spoken)
    spoken = {text for text in texts if re.search(r"\w", text)}
    assert len(spoken) > 900
    for text in spoken:
        found = sounds(text, tag)
        assert found, text
        assert all(NOTATION.fullmatch(sound) for sound in found), text
        # A syllable of Korean is one to four sounds; a letter of Thai one, and often a vowel that has no letter.
        letters = len(re.findall("[가-힣A-Z]" if tag == "ko" else "[ก-ฮA-Z]", text))
        least = letters if tag == "ko" else 0.4 * letters
        assert least <= len([sound for sound in found if sound != "_"]) <= 4 * letters, text


@pytest.mark.parametrize("module", [hangul, thai], ids=["ko", "th"])
def test_any_text_gives_nothing_but_sounds(module: object) -> None:
    chance = random.Random(7)
    alphabets = ["가값닭읽없밟않햐희의ㄱㅏᄒ ", "กขฃคงจฤฦรรลวหอยเแโใไะัาำิีึืุู็่้๊๋์ๆฯ๐ํฺ ", "Ab9.,!?-'éßк中ひ\n\u200b😀"]
    whole = [chr(code) for code in (*range(0xAC00, 0xD7A4, 11), *range(0x0E00, 0x0E80), *range(0x1100, 0x1200))]
    for length in [0, 1, 1, 1, 2, 3, 5, 8, 13, 40] * 60:
        letters = chance.choice([*map(list, alphabets[:2]), whole, list("".join(alphabets)) + whole])
        text = "".join(chance.choice(letters) for _ in range(length))
        for sound in module.sounds(text):  # type: ignore[attr-defined]
            assert NOTATION.fullmatch(sound), (text, sound)


def test_silence_has_no_sounds() -> None:
    for text in ("", " ", "...", "?!", "😀", "ㅋ", "์"):
        assert hangul.sounds(text) == []
        assert thai.sounds(text) == []
