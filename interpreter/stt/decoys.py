"""Sentences that say the opposite of a reading: a phrase is not believed before they have been heard and found worse.

"I am not lost" is "I am lost" everywhere but for a quarter of a second, and nothing in the book is nearer. So every
reading competes with itself negated, or with its negation left out, at every place where the language could put one.
It also competes with itself turned round, before for after, left for right (:mod:`interpreter.axes`).
The sentences need not be good ones: they are only listened for, never shown.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from interpreter.axes import NONE, axes

_MOST = 24
"""Sentences of either kind that are tried for one reading."""
_INSERTED = {
    "en": ("not",), "es": ("no",), "it": ("non",), "pt": ("não",), "de": ("nicht",), "nl": ("niet",), "ru": ("не",),
    "id": ("tidak",), "vi": ("không",), "zh-Hant": ("不", "沒"), "zh-Hans": ("不", "没"), "ko": ("안",),
    "th": ("ไม่",),
}  # fmt: skip
_REPLACED: dict[str, tuple[tuple[str, str], ...]] = {
    "en": ((r"\b(can't|cannot)\b", "can"), (r"^I\b", "He"), (r"^I\b", "We"), (r"\b(can|could|do|does|is|are|was|would|should)(n't|not| not)\b", r"\1"), (r"\bcan\b", "can't"),
           (r"\bdo\b", "don't"), (r"\bis\b", "isn't"), (r"\bnot ", ""), (r"\bno ", ""), (r"\b(someone|I)\b", "nobody")),
    "es": ((r"\b[Nn]o ", ""), (r"\b[Ss]olo ", "no "), (r"\b[Nn]ada\b", "algo"), (r"\b[Ss]in\b", "con"), (r"\bcon\b", "sin")),
    "fr": ((r"\b[Nn][e'] ?(\w+) pas\b", r"\1"), (r"\bpas ", ""), (r"\b[Ss]ans\b", "avec"), (r"\bavec\b", "sans")),
    "it": ((r"\b[Nn]on ", ""), (r"\b[Ss]enza\b", "con"), (r"\bcon\b", "senza")),
    "pt": ((r"\b[Nn]ão ", ""), (r"\b[Ss]em\b", "com"), (r"\bcom\b", "sem")),
    "de": ((r" nicht\b", ""), (r"\b[Kk]ein(\w*)", r"ein\1"), (r"\bein(\w*)", r"kein\1"), (r"\b[Oo]hne\b", "mit"), (r"\bmit\b", "ohne")),
    "nl": ((r" niet\b", ""), (r"\b[Gg]een\b", "een"), (r"\been\b", "geen"), (r"\b[Zz]onder\b", "met"), (r"\bmet\b", "zonder")),
    "ru": ((r"\b[Нн]е ", ""), (r"\b[Нн]ет\b", "есть"), (r"\b[Ее]сть\b", "нет"), (r"\b[Бб]ез\b", "с")),
    "id": ((r"\b([Tt]idak|[Bb]ukan|[Bb]elum|[Jj]angan|[Tt]anpa) ", ""), (r"^", "jangan "), (r"^(Silakan|Harap|Tolong|Mohon)\b", "jangan"), (r"\b[Aa]da\b", "tidak ada")),
    "vi": ((r"\b([Kk]hông|[Cc]hưa|[Đđ]ừng) (?!ạ)", ""), (r"^", "đừng "), (r"^Xin\b", "đừng"), (r"\b[Cc]ó\b", "không có")),
    "zh-Hant": (("[不沒別未無]要?", ""), ("有", "沒有"), ("請", "請不要"), ("是", "不是")),
    "zh-Hans": (("[不没别未无]要?", ""), ("有", "没有"), ("请", "请不要"), ("是", "不是")),
    "ja": (("ません", "ます"), ("ます", "ません"), ("ました", "ませんでした"), ("です", "ではありません"), ("ない", ""),
           ("(て|で)ください", "ないでください"), ("ないでください", "てください"), ("たい", "たくない"), ("あり", "ない")),
    "ko": (("있", "없"), ("없", "있"), ("입니다", "이 아닙니다"), ("이에요|예요", "이 아니에요"), ("(안|못) ", ""),
           ("(으?)세요", "지 마세요"), ("지 마세요", "세요"), ("합니다", "하지 않습니다"), ("해요", "하지 않아요")),
    "th": (("ไม่(มี|ได้)?", ""), ("มี", "ไม่มี"), ("ได้", "ไม่ได้"), ("เป็น", "ไม่เป็น"), ("กรุณา", "กรุณาอย่า"), ("แพ้", "ไม่แพ้")),
}  # fmt: skip
_UNSPACED = ("zh-Hant", "zh-Hans", "ja", "th")


def opposites(text: str, tag: str) -> tuple[str, ...]:
    """Sentences that say the opposite of a text, as far as rules can tell; at most two dozen."""
    found = [re.sub(pattern, other, text, count=1) for pattern, other in _REPLACED.get(tag, ())]
    for word in _INSERTED.get(tag, ()):
        if tag in ("zh-Hant", "zh-Hans"):
            found += [text[:at] + word + text[at:] for at in range(len(text))]
        elif tag not in _UNSPACED:
            words = text.split()
            found += [" ".join([*words[:at], word, *words[at:]]) for at in range(len(words) + 1)]
    if tag == "fr":
        words = text.split()
        found += [" ".join([*words[:at], "ne", words[at], "pas", *words[at + 1 :]]) for at in range(len(words))]
    return tuple(dict.fromkeys(each for each in found if each != text and each.strip()))[:_MOST]


def turned(text: str, tag: str) -> tuple[str, ...]:
    """The text with one word after the other replaced by those of the other poles; at most two dozen."""
    known = _poles(tag)
    found: dict[str, None] = {}
    for match in known.pattern.finditer(text.casefold()) if len(text) == len(text.casefold()) else ():
        for other in known.others[match[0]]:
            found[text[: match.start()] + other + text[match.end() :]] = None
    return tuple(each for each in found if each != text)[:_MOST]


@dataclass(frozen=True)
class _Poles:
    """What a word of a language can be turned into."""

    others: Mapping[str, tuple[str, ...]]
    """Word -> of every other pole of its axes, the word at the same place and the first."""
    pattern: re.Pattern[str]
    """Finds the words, the longest first."""


@functools.cache
def _poles(tag: str) -> _Poles:
    others: dict[str, dict[str, None]] = {}
    for axis, poles in axes(tag).items():
        for pole in poles:
            for place, word in enumerate(pole):
                mine = others.setdefault(word, {})
                if axis != NONE:
                    rest = [each for each in poles if each is not pole]
                    mine.update((each[min(place, len(each) - 1)], None) for each in rest)
                    mine.update((each[0], None) for each in rest)
    words = "|".join(re.escape(word) for word in sorted(others, key=len, reverse=True)) or r"(?!)"
    edge = "" if tag in (*_UNSPACED, "ko") else r"\b"
    return _Poles({word: tuple(found) for word, found in others.items()}, re.compile(f"{edge}(?:{words}){edge}"))
