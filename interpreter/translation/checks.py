"""Checks of a translation against its source: each says in one sentence what is wrong, or nothing.

A translation that says something else is worse than none, so what can be seen without knowing the languages is looked
at: names, numbers, the script, copies and loops.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from interpreter import numerals
from interpreter.chinese import foreign
from interpreter.languages import language
from interpreter.repetition import repetition
from interpreter.translation.glossary import SPACED, Found, kept, names

_GROUPS = " \u00a0\u2009\u202f'’٬"
"""Marks that only ever group digits: spaces, apostrophes, the Arabic thousands mark."""
_NUMBER = re.compile(rf"\d+(?:[{_GROUPS}]\d{{3}}(?!\d))+(?:[.,٫]\d+)?|\d+(?:[.,٫٬]\d+)*")
_MYRIADS = {
    "百": 100, "千": 1000, "萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8,
    "백": 100, "천": 1000, "만": 10**4, "억": 10**8,
}  # fmt: skip
_HOUR = r"\s*(?:[:：]|[.h]\s?\d\d\b|h\b|[時时點点]|시|Uhr\b|uur\b|giờ\b|ч|น\.|นาฬิกา)"
_SCRIPTS = {
    "Latn": ("LATIN",), "Cyrl": ("CYRILLIC",), "Grek": ("GREEK",), "Hebr": ("HEBREW",), "Arab": ("ARABIC",),
    "Deva": ("DEVANAGARI",), "Beng": ("BENGALI",), "Thai": ("THAI",), "Laoo": ("LAO",), "Khmr": ("KHMER",),
    "Mymr": ("MYANMAR",), "Hang": ("HANGUL",), "Hant": ("CJK",), "Hans": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"),
}  # fmt: skip
"""ISO 15924 code to the first words of its letters' Unicode names."""
_REPEATS = 4
"""Times a stretch may follow itself in a translation; more is a loop unless the source does it, too."""


def check(text: str, translation: str, source: str, target: str, found: Sequence[Found] = ()) -> tuple[str, ...]:
    """Every sentence of warning about the ``translation`` of ``text``; ``found`` are the terms in the text."""
    if not translation.strip():
        return ("The translation is empty.",)
    checks = (
        lost_terms(translation, target, found),
        numbers_differ(text, translation, source, target),
        copied(text, translation, source, target),
        wrong_script(text, translation, target, found),
        runaway(text, translation),
    )
    return tuple(sentence for sentences in checks for sentence in sentences)


def lost_terms(translation: str, target: str, found: Sequence[Found]) -> Iterator[str]:
    """Names of the source text whose approved name is not in the translation."""
    for item in kept(found, translation, target)[1]:
        yield f"The name '{item.name}' should be '{names(item.term, target)[0]}' and is missing."


def numbers(text: str) -> Counter[Decimal]:
    """The numbers written with digits of any script: 1,000, 1.000, 1 000, 1千 and ١٠٠٠ are one number."""
    counted: Counter[Decimal] = Counter()
    # The full hour: 10:00 is 10 o'clock in another language.
    text = re.sub(r"(?<!\d)(\d{1,2})[:：]00(?!\d)", r"\1", text)
    for match in _NUMBER.finditer(text):
        value = _value(match[0])
        for character in text[match.end() : match.end() + 2]:
            value *= _MYRIADS.get(character, 1)
            if character not in _MYRIADS:
                break
        counted[value.normalize()] += 1
    return counted


def _value(written: str) -> Decimal:
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else "." if c == "٫" else c for c in written)
    digits = re.sub(rf"[{_GROUPS}]", "", digits)
    marks = [mark for mark in digits if mark in ".,"]
    last = max(digits.rfind("."), digits.rfind(","))
    if not marks:
        return Decimal(digits)
    whole, fraction = digits[:last], digits[last + 1 :]
    # Two kinds of mark, or a last group that is not of three digits: the last mark is the decimal one.
    grouped = len(set(marks)) == 1 and len(fraction) == 3 and not whole.startswith("0")
    if grouped or (len(set(marks)) == 1 and len(marks) > 1):
        whole, fraction = whole + fraction, "0"
    try:
        return Decimal(f"{re.sub('[.,]', '', whole)}.{fraction}")
    except InvalidOperation:
        return Decimal(0)


def numbers_differ(text: str, translation: str, source: str, target: str) -> Iterator[str]:
    """Numbers that only one side has, unless the other has them in words or in the other half of the day."""
    given, got = numbers(text), numbers(translation)
    missing = [number for number in (given - got).elements() if not _in_words(number, translation, target)]
    added = [number for number in (got - given).elements() if not _in_words(number, text, source)]
    missing = [number for number in missing if not _other_half(number, text, translation, got)]
    added = [number for number in added if not _other_half(number, translation, text, given)]
    if missing or added:
        yield f"The numbers differ: {_listed(missing)} in the source, {_listed(added)} in the translation."


def _other_half(number: Decimal, own: str, other: str, others: Counter[Decimal]) -> bool:
    """Whether a number of the text ``own`` is an hour that ``other`` gives in the other half of the day."""

    def hour(value: Decimal, text: str) -> bool:
        return re.search(rf"(?<!\d){value:f}{_HOUR}", text) is not None

    later = number + 12
    return (number - 12 in others and hour(number, own)) or (number < 12 and later in others and hour(later, other))


def _in_words(number: Decimal, text: str, tag: str) -> bool:
    if number != number.to_integral_value() or not 0 <= number <= 99_999:
        return False
    said = " ".join(text.casefold().replace("-", " ").split())
    for words in numerals.words(int(number), language(tag).tag):
        words = words.casefold().replace("-", " ")
        if words.isdigit():
            continue
        edge = r"\b" if words.isascii() or language(tag).script in ("Latn", "Cyrl") else ""
        if re.search(edge + re.escape(words) + edge, said):
            return True
    return False


def _listed(values: Sequence[Decimal]) -> str:
    more = [f"and {len(values) - 5} more"] if len(values) > 5 else []
    return ", ".join([*(f"{value:f}" for value in values[:5]), *more]) or "none"


def copied(text: str, translation: str, source: str, target: str) -> Iterator[str]:
    """A translation that is the source itself, longer than a name that languages share."""
    if source == target or _letters(text) != _letters(translation) or not _letters(text):
        return
    if {language(source).script, language(target).script} == {"Hant", "Hans"}:
        return
    spaced = language(source).script not in ("Hant", "Hans", "Jpan", "Thai", "Khmr", "Laoo", "Mymr")
    if (len(text.split()) if spaced else len(_letters(text)) // 2) >= 3:
        yield "The translation is the source text, word for word."


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def wrong_script(text: str, translation: str, target: str, found: Sequence[Found] = ()) -> Iterator[str]:
    """A translation mostly in letters the target language does not write.

    Approved names may be in any script, and a word that stands in the source may have been a name, too.
    """
    known = language(target)
    other = foreign(translation, known.tag)
    for item in found:
        for name in names(item.term, target):
            translation = translation.replace(name, " ")
    words = re.compile(f"[{SPACED}]+|\\w")
    shared = {word for word in words.findall(text.casefold()) if len(word) > 1}
    rest = " ".join(word for word in words.findall(translation) if word.casefold() not in shared)
    wanted = _SCRIPTS.get(known.script, ())
    letters = [unicodedata.name(character, "").split(" ")[0] for character in rest if character.isalpha()]
    right = sum(any(letter.startswith(word) for word in wanted) for letter in letters)
    kana = sum(letter in ("HIRAGANA", "KATAKANA") for letter in letters)
    if (wanted and len(letters) >= 3 and right * 2 < len(letters)) or (
        # Japanese of this length has kana; without any it is Chinese.
        known.script == "Jpan" and not kana and right >= 10
    ):
        yield f"The translation is not written as {known.name} is."
    elif other:
        yield f"The translation has characters that {known.name} does not write: {other[:10]}."


def runaway(text: str, translation: str) -> Iterator[str]:
    """A stretch that follows itself again and again, as the source does not."""
    stretch, times = repetition(translation)
    if times > _REPEATS and times > repetition(text)[1] + 1:
        yield f"The translation repeats '{stretch}' {times} times."
