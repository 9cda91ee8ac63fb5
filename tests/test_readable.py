import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.numerals import written
from interpreter.tts.readable import readable


@pytest.mark.parametrize(
    ("tag", "text", "says"),
    [
        ("zh-Hant", "下午2點30分，1,500元，2張票。", "下午兩點三十分，1500元，兩張票。"),
        ("zh-Hans", "我们有2位。", "我们有两位。"),
        ("zh-Hant", "第2張", "第2張"),
        ("ja", "14:30に閉まります。", "14時30分に閉まります。"),
        ("ko", "표 2장, 오후 2시 30분, 3층, 20분", "표 두 장, 오후 두 시 삼십 분, 3층, 20분"),
        ("en", "We close at 5:30 PM; it costs NT$1,500.", "We close at five thirty p m; it costs 1500 Taiwan dollars."),
        ("de", "um 14:30 Uhr, 1.500 Taiwan-Dollar", "um vierzehn Uhr dreißig, 1500 Taiwan-Dollar"),
        ("fr", "à 14 h 30 et à 9 h", "à quatorze heures trente et à neuf heures"),
        ("fr", "9 habitants, 1 500 dollars", "9 habitants, 1500 dollars"),
        ("th", "เปิด 9.00 น.", "เปิด เก้านาฬิกา"),
        ("id", "pukul 14.30", "pukul empat belas tiga puluh"),
        ("nl", "om 14.30 uur", "om veertien uur dertig"),
        ("ru", "в 14:30", "в четырнадцать тридцать"),
        ("es", "a las 14:30", "a las catorce y media"),
        ("ja", "ようこそ🙂♨️", "ようこそ "),
        ("en", "25:61 is no time", "25:61 is no time"),
    ],
)
def test_what_is_written_is_read(tag: str, text: str, says: str) -> None:
    assert readable(text, tag) == says


@given(
    st.sampled_from([tag for tag in PHRASEBOOK_TAGS if tag not in ("ja", "vi")]), st.integers(0, 23), st.integers(0, 59)
)
def test_no_clock_digits_are_left_for_a_voice_to_guess(tag: str, hour: int, minute: int) -> None:
    said = readable(written("time", f"{hour:02d}:{minute:02d}", tag), tag)
    assert not re.search(r"\d", said), said


@given(
    st.sampled_from(PHRASEBOOK_TAGS),
    st.text(alphabet=st.characters(exclude_categories=["Nd", "Cs", "So", "Mn"]), max_size=60),
)
def test_text_without_digits_is_untouched(tag: str, text: str) -> None:
    assert readable(text, tag) == text
