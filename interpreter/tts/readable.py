"""Text as it is written becomes text as it is read: clock times, prices, grouped digits and counted things.

Voices read plain digits in their language, but "14:30 Uhr" comes out as "fourteen thirty o'clock" and "2張" as the
number two instead of a pair. What a voice would get wrong is written out here, before the text is cut into clauses.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from interpreter import numerals

_TIMES: dict[str, str] = {
    "en": r"(?<![\d:])(?P<h>\d{1,2}):(?P<m>\d{2})(?![\d:])(?:\s*(?P<half>[AaPp])\.?[Mm]\b\.?)?",
    "fr": r"(?<!\d)(?P<h>\d{1,2})\s?(?:h|:)(?:\s?(?P<m>\d{2})(?!\d))?(?!\w)",
    "de": r"(?<![\d:])(?P<h>\d{1,2})[:.](?P<m>\d{2})(?!\d)\s?Uhr\b",
    "nl": r"(?<![\d:])(?P<h>\d{1,2})[:.](?P<m>\d{2})(?!\d)\s?uur\b",
    "id": r"\b(?:pukul|jam)\s(?P<h>\d{1,2})[:.](?P<m>\d{2})(?!\d)",
    "th": r"(?<![\d:])(?P<h>\d{1,2})[:.](?P<m>\d{2})(?!\d)\s?น\.",
    "zh-Hant": r"(?P<day>[上下]午)?(?<!\d)(?P<h>\d{1,2})點(?:(?P<m>\d{1,2})分)?",
    "zh-Hans": r"(?P<day>[上下]午)?(?<!\d)(?P<h>\d{1,2})点(?:(?P<m>\d{1,2})分)?",
    "ko": r"(?:(?P<day>오[전후])\s?)?(?<!\d)(?P<h>\d{1,2})\s?시(?:\s?(?P<m>\d{1,2})\s?분)?",
}
_ANY_TIME = r"(?<![\d:.])(?P<h>\d{1,2}):(?P<m>\d{2})(?![\d:])"
"""A time with a colon, in any language."""

_GROUPED: dict[str, str] = {
    ".": "de nl es pt it id vi",
    ",": "en ja ko th zh-Hant zh-Hans",
    "   ": "fr ru",
}
_SEPARATOR = {tag: marks for marks, tags in _GROUPED.items() for tag in tags.split()}

_TAIWAN_DOLLARS = re.compile(r"(?:NT\$|NTD|TWD)\s?(\d{1,3}(?:[., ]\d{3})+|\d+)", re.IGNORECASE)
_CHINESE_PAIR = re.compile(
    r"(?<![\d.:第])2(?=\s?(?:張|张|位|個|个|份|杯|碗|分鐘|分钟|小時|小时|人份|天|瓶|條|条|件|間|间|次))"
)
_KOREAN_COUNTED = re.compile(
    r"(?<![\d.:])(\d{1,2})\s?(?=(?:장|명|개|잔|병|마리|살|분(?:이|께|을|은)|사람|시간|권|곳)(?!\d))"
)


_PICTURE = re.compile("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]+")
"""Emoji and dingbats: a voice would read out their names."""


def _time(match: re.Match[str], tag: str) -> str:
    groups = match.groupdict()
    hour, minute = int(groups["h"]), int(groups.get("m") or 0)
    if hour > 23 or minute > 59:
        return match.group()
    if groups.get("half"):
        hour = hour % 12 + (12 if groups["half"].lower() == "p" else 0)
    if groups.get("day") and hour <= 12:
        hour = hour % 12 + (12 if groups["day"] in ("下午", "오후") else 0)
    # Without a half of the day a language of twelve hours says the hour alone: "half past two".
    known = bool(groups.get("half") or groups.get("day")) or hour == 0 or hour > 12
    key = f"{hour:02d}:{minute:02d}" + ("" if known or tag not in numerals.TWELVE_HOURS else "?")
    return numerals.spoken("time", key, tag)[0]


def readable(text: str, tag: str) -> str:
    """The text with times, prices and counted things written out as ``tag`` says them; the rest is untouched."""

    def said(match: re.Match[str]) -> str:
        return _time(match, tag)

    def price(match: re.Match[str]) -> str:
        return numerals.written("price", re.sub(r"\D", "", match.group(1)), tag)

    rules: list[tuple[str | re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
        (_PICTURE, " "),
        (_TAIWAN_DOLLARS, price),
    ]
    if tag in _SEPARATOR:
        rules.append((rf"(?<=\d)[{_SEPARATOR[tag]}](?=\d{{3}}(?:\D|$|[{_SEPARATOR[tag]}]\d{{3}}))", ""))
    # Open JTalk reads "14:30" as a ratio but "14時30分" right, and kana and kanji need no other help.
    if tag in numerals.CONVENTIONS:
        rules += [(pattern, said) for pattern in (_TIMES.get(tag), _ANY_TIME) if pattern]
    if tag in ("zh-Hant", "zh-Hans"):
        rules.append((_CHINESE_PAIR, "兩" if tag == "zh-Hant" else "两"))
    if tag == "ko":
        rules.append((_KOREAN_COUNTED, lambda match: f"{numerals.korean_native(int(match.group(1)))} "))
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text
