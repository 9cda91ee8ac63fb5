"""Numbers, prices and clock times: how each language writes them and how it says them.

A value travels between languages as a plain key: ``"3"`` for a number, ``"500"`` for a price in New Taiwan dollars,
``"14:30"`` for a time; ``"05:30?"`` is half past five when the half of the day was not said, and stays unsaid in the
translation. :func:`written` gives what stands on the screen, :func:`spoken` every way people say it, the
usual one first. Words come from num2words; Chinese, which it does not have, is ours.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from interpreter.errors import TextError
from interpreter.languages import PHRASEBOOK_TAGS

NUMBER_KEYS: tuple[str, ...] = tuple(str(n) for n in (*range(1, 61), 65, 70, 75, 80, 85, 90, 95, 100, 120, 150, 200))
"""Numbers a recogniser listens for: people, tickets, portions, minutes, degrees, floors."""
PRICE_KEYS: tuple[str, ...] = tuple(
    str(n) for n in (*range(5, 100, 5), *range(100, 500, 10), *range(500, 1000, 50), *range(1000, 5001, 500))
)
"""Prices a recogniser listens for, in New Taiwan dollars."""
TIME_KEYS: tuple[str, ...] = tuple(
    f"{hour:02d}:{minute:02d}{half}"
    for half in ("", "?")
    for hour in (range(1, 13) if half else range(24))
    for minute in (0, 15, 30, 45)
)
"""Clock times a recogniser listens for; see :func:`written` for the question mark."""

CONVENTIONS = frozenset(PHRASEBOOK_TAGS)
"""Languages whose ways to say a time or a price are known here."""

TWELVE_HOURS = frozenset({"zh-Hant", "zh-Hans", "en", "ko"})
"""Languages in which "five o'clock" leaves open which half of the day is meant."""

OPEN_SLOTS = ("number", "price", "time")
"""Slots whose values are computed; those of any other slot are listed in the phrasebook."""

_CHINESE_DIGITS = "零一二三四五六七八九"
_KOREAN_NATIVE_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_KOREAN_NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")


def chinese(number: int, two: str = "二") -> str:
    """Chinese numerals of 0 to 99,999; ``two`` is 二 (counting) or 兩/两 (before a measure word)."""
    if number < 10:
        return two if number == 2 else _CHINESE_DIGITS[number]
    text = ""
    gap = False
    for unit, name in ((10_000, "万" if two == "两" else "萬"), (1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit == 0:
            gap = bool(text) and number % unit > 0
            continue
        if gap:
            text += "零"
            gap = False
        if unit == 10 and digit == 1 and not text:
            text += "十"
        else:
            text += (two if digit == 2 and unit >= 100 else _CHINESE_DIGITS[digit]) + name
    return text


def korean_native(number: int) -> str:
    """Korean native numerals of 1 to 99 as they stand before a counter (한 장, 스무 명)."""
    tens, ones = divmod(number, 10)
    if number == 20:
        return "스무"
    return _KOREAN_NATIVE_TENS[tens] + _KOREAN_NATIVE_ONES[ones]


@functools.lru_cache(maxsize=20_000)
def words(number: int, tag: str) -> tuple[str, ...]:
    """Every usual way to say a whole number of 0 to 99,999 in a language, the most usual first.

    A language without number words here (one outside the phrasebook) gets its digits.
    """
    if tag == "zh-Hant":
        return tuple(dict.fromkeys((chinese(number, "兩"), chinese(number))))
    if tag == "zh-Hans":
        return tuple(dict.fromkeys((chinese(number, "两"), chinese(number).replace("萬", "万"))))
    from num2words import num2words

    base = tag.split("-")[0]
    try:
        text = str(num2words(number, lang=base)).replace(",", "").replace("­", "")
    except (NotImplementedError, OverflowError):
        return (str(number),)
    forms = [text]
    if base == "en":
        forms = [text.replace("-", " ").replace(" and ", " "), text.replace("-", " ")]
        if 1000 < number < 10_000 and number % 100 == 0 and number % 1000:
            forms.append(f"{words(number // 100, 'en')[0]} hundred")
    elif base == "ko" and 1 <= number <= 99:
        forms.append(korean_native(number))
    elif base == "de":
        # "ein" is what stands before a noun; counting alone is "eins".
        forms = [text.replace("eintausend", "tausend"), text.replace("einhundert", "hundert"), text]
        forms += ["ein", "eine", "einen"] if number == 1 else []
    elif base in ("fr", "pt", "es", "it", "nl") and number in (1, 2, 21):
        forms += {
            "fr": {1: ["une"], 21: ["vingt et une"]},
            "pt": {1: ["uma"], 2: ["duas"], 21: ["vinte e uma"]},
            "es": {1: ["un", "una"], 21: ["veintiún", "veintiuna"]},
            "it": {1: ["un", "una"]},
            "nl": {1: ["een"]},
        }.get(base, {}).get(number, [])
    elif base == "ru":
        forms += {1: ["одна", "одну"], 2: ["две"]}.get(number, [])
        forms += [text.removeprefix("одна ")] if text.startswith("одна тысяча") else []
    elif base == "vi":
        forms.append(text.replace("nghìn", "ngàn"))
    return tuple(dict.fromkeys(forms))


_CURRENCY: dict[str, str] = {
    "zh-Hant": "{}元",
    "zh-Hans": "{}元新台币",
    "en": "{} Taiwan dollars",
    "ja": "{}台湾ドル",
    "ko": "{}대만달러",
    "id": "{} dolar Taiwan",
    "th": "{} ดอลลาร์ไต้หวัน",
    "vi": "{} Đài tệ",
    "pt": "{} dólares taiwaneses",
    "es": "{} dólares taiwaneses",
    "fr": "{} dollars taïwanais",
    "de": "{} Taiwan-Dollar",
    "nl": "{} Taiwanese dollar",
    "ru": "{} {}",
    "it": "{} dollari taiwanesi",
}
_CURRENCY_ALSO: dict[str, tuple[str, ...]] = {
    "zh-Hant": ("{}塊", "{}塊錢", "{}塊台幣"),
    "zh-Hans": ("{}新台币", "{}台币", "{}元", "{}块", "{}块钱"),
    "en": ("{} dollars", "{} N T dollars", "{}"),
    "ja": ("{}元",),
    "ko": ("{}위안",),
    "id": ("{} dolar",),
    "th": ("{} ดอลลาร์", "{} เหรียญ"),
    "vi": ("{} tệ", "{} đô la Đài Loan"),
    "pt": ("{} dólares",),
    "es": ("{} dólares",),
    "fr": ("{} dollars",),
    "de": ("{} Dollar",),
    "nl": ("{} dollar",),
    "ru": (),
    "it": ("{} dollari",),
}


_ONE_DOLLAR = {
    "en": "Taiwan dollar",
    "pt": "dólar taiwanês",
    "es": "dólar taiwanés",
    "fr": "dollar taïwanais",
    "it": "dollaro taiwanese",
}


def plural_category(number: int, tag: str) -> int:
    """Index of the CLDR plural category of ``number`` among those the language uses for whole numbers.

    English: one, other. Russian: one, few, many. Languages without plural: always 0.
    """
    from babel import Locale

    locale = Locale.parse(tag.split("-")[0])
    category = locale.plural_form(number)
    used = [name for name in ("zero", "one", "two", "few", "many", "other") if name in locale.plural_form.tags]
    if not used:
        return 0
    if tag.startswith("ru"):
        return {"one": 0, "few": 1}.get(category, 2)
    # The "many" of Spanish, French, Italian and Portuguese is for millions; no counter sells a million tickets.
    return 0 if category == "one" else 1


def _price(amount: str, number: int, tag: str, patterns: tuple[str, ...]) -> tuple[str, ...]:
    if tag == "ru":
        adjective = ("тайваньский доллар", "тайваньских доллара", "тайваньских долларов")[plural_category(number, tag)]
        return f"{amount} {adjective}", f"{amount} {adjective.split()[1]}"
    if number == 1 and tag in _ONE_DOLLAR:
        return (f"{amount} {_ONE_DOLLAR[tag]}",)
    return tuple(pattern.format(amount) for pattern in patterns)


def _half_day(hour: int, tag: str) -> str:
    morning, afternoon = {
        "zh-Hant": ("上午", "下午"),
        "zh-Hans": ("上午", "下午"),
        "ko": ("오전 ", "오후 "),
        "en": (" AM", " PM"),
    }[tag]
    return morning if hour < 12 else afternoon


def _twelve(hour: int) -> int:
    return (hour + 11) % 12 + 1


def _time_written(hour: int, minute: int, half_known: bool, tag: str) -> str:
    half = _half_day(hour, tag) if half_known and tag in TWELVE_HOURS else ""
    if tag in ("zh-Hant", "zh-Hans"):
        point, part = ("點", "分") if tag == "zh-Hant" else ("点", "分")
        return f"{half}{_twelve(hour)}{point}" + (f"{minute}{part}" if minute else "")
    if tag == "en":
        return f"{_twelve(hour)}:{minute:02d}{half}"
    if tag == "ja":
        return f"{hour}時" + (f"{minute}分" if minute else "")
    if tag == "ko":
        return f"{half}{_twelve(hour)}시" + (f" {minute}분" if minute else "")
    if tag == "vi":
        return f"{hour} giờ" + (f" {minute}" if minute else "")
    if tag == "fr":
        return f"{hour} h" + (f" {minute:02d}" if minute else "")
    patterns: dict[str, str] = {
        "id": "pukul {}.{:02d}",
        "th": "{}.{:02d} น.",
        "de": "{}:{:02d} Uhr",
        "nl": "{}.{:02d} uur",
    }
    return patterns.get(tag, "{}:{:02d}").format(hour, minute)


def _time_spoken(hour: int, minute: int, half_known: bool, tag: str) -> tuple[str, ...]:
    def say(number: int) -> str:
        return words(number, tag)[0]

    if not half_known and tag not in TWELVE_HOURS:
        return ()
    tail = f" {say(minute)}" if minute else ""
    half = _half_day(hour, tag) if half_known and tag in TWELVE_HOURS else ""
    if tag in ("zh-Hant", "zh-Hans"):
        point, two = ("點", "兩") if tag == "zh-Hant" else ("点", "两")
        clock = f"{half}{chinese(_twelve(hour), two)}{point}"
        if not minute:
            return clock, f"{clock}整"
        return (f"{clock}{chinese(minute)}分", *((f"{clock}半",) if minute == 30 else (f"{clock}{chinese(minute)}",)))
    if tag == "en":
        clock = say(_twelve(hour))
        if half:
            half = " a m" if hour < 12 else " p m"
            return f"{clock}{tail}{half}", *((f"{say(hour)}{tail or ' hundred'}",) if hour > 12 else ())
        if not minute:
            return f"{clock} o'clock", clock
        past = {15: f"quarter past {clock}", 30: f"half past {clock}", 45: f"quarter to {say(hour % 12 + 1)}"}
        return (f"{clock}{tail}", *((past[minute],) if minute in past else ()))
    if tag == "ja":
        clock = f"{hour}時"
        if not minute:
            return (clock, *((f"{'午前' if hour < 12 else '午後'}{hour % 12}時",) if hour != 12 else ()))
        return (f"{clock}{minute}分", *((f"{clock}半",) if minute == 30 else ()))
    if tag == "ko":
        clock = f"{half}{korean_native(_twelve(hour))} 시"
        if not minute:
            return (clock,)
        return (f"{clock} {say(minute)} 분", *((f"{clock} 반",) if minute == 30 else ()))
    patterns: dict[str, Callable[[], tuple[str, ...]]] = {
        "de": lambda: (f"{'ein' if hour == 1 else say(hour)} Uhr{tail}",),
        "nl": lambda: (f"{say(hour)} uur{tail}",),
        "fr": lambda: (f"{'une' if hour == 1 else say(hour)} heure{'s' if hour > 1 else ''}{tail}",),
        "es": lambda: (
            f"{'una' if hour == 1 else say(hour)}{' y media' if minute == 30 else tail}",
            f"{'una' if hour == 1 else say(hour)}{tail}" + ("" if minute else " en punto"),
        ),
        "it": lambda: (
            f"{'una' if hour == 1 else say(hour)}{f' e{tail}' if minute else ''}",
            f"{'una' if hour == 1 else say(hour)}{' e mezza' if minute == 30 else tail}",
        ),
        "pt": lambda: (
            f"{ {1: 'uma', 2: 'duas'}.get(hour, say(hour)) }"
            + (f" e{tail}" if minute else " horas" if hour > 1 else " hora"),
            f"{ {1: 'uma', 2: 'duas'}.get(hour, say(hour)) }"
            + (" e meia" if minute == 30 else f" horas{tail}" if minute else ""),
        ),
        "ru": lambda: (
            f"{say(hour)}{tail}" if minute else f"{say(hour)} {('час', 'часа', 'часов')[plural_category(hour, 'ru')]}",
            f"{say(hour)} {('час', 'часа', 'часов')[plural_category(hour, 'ru')]}{tail}",
        ),
        "id": lambda: (f"pukul {say(hour)}{tail}", f"jam {say(hour)}{tail}"),
        "th": lambda: (f"{say(hour)}นาฬิกา" + (f"{say(minute)}นาที" if minute else ""), f"{say(hour)}โมง" + tail.strip()),
        "vi": lambda: (f"{say(hour)} giờ{tail}", *((f"{say(hour)} giờ rưỡi",) if minute == 30 else ())),
    }
    return patterns[tag]() if tag in patterns else (f"{say(hour)}{tail}",)


def _clock(key: str) -> tuple[int, int, bool]:
    hour, _, minute = key.removesuffix("?").partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise TextError(f"'{key}' is no clock time: write it as HH:MM, from 00:00 to 23:59.")
    return int(hour), int(minute), not key.endswith("?")


def _whole(key: str) -> int:
    if not key.isdecimal() or len(key) > 5:
        raise TextError(f"'{key}' is no whole number from 0 to 99999.")
    return int(key)


def written(slot: str, key: str, tag: str) -> str:
    """The value as the language writes it. Raises TextError for a key that is no such value."""
    if slot == "time":
        return _time_written(*_clock(key), tag)
    number = _whole(key)
    if slot == "price":
        return _price(str(number), number, tag, (_CURRENCY.get(tag, "{} TWD"),))[0]
    return str(number)


def spoken(slot: str, key: str, tag: str) -> tuple[str, ...]:
    """Every way the value is said, in words, the usual one first. Raises TextError for a key that is no such value."""
    if slot == "time":
        return tuple(dict.fromkeys(_time_spoken(*_clock(key), tag)))
    number = _whole(key)
    if slot == "price":
        patterns = (_CURRENCY.get(tag, "{} TWD"), *_CURRENCY_ALSO.get(tag, ()))
        return tuple(dict.fromkeys(form for word in words(number, tag) for form in _price(word, number, tag, patterns)))
    return words(number, tag)
