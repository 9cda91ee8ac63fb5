"""Cut a text into clauses, so that the first words sound while the rest is still being computed.

A voice model needs a whole clause at once: speech can start no earlier than its first clause is done. So cuts come
at sentence and clause punctuation, the first clause may be very short ("Hello,"), and later ones are joined up to a
length that still has a melody. A cut never falls into a number, a price, a time or a grapheme.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MINIMUM = 8
"""Weight below which a clause is joined with the next one; a Latin letter weighs 1, a Han or Hangul character 3."""
FIRST_MINIMUM = 2
"""The same for the first clause: whoever waits should hear something soon."""
MAXIMUM = 160
"""Weight above which a clause without punctuation is cut at spaces, or between characters where there are none."""

_SENTENCE = frozenset("。｡！？!?…‥.؟۔।॥။។\u0e2f")
_CLAUSE = frozenset(",;:，、､；：،؛၊—―–")
_ALWAYS = frozenset("。｡！？؟।॥။។，、､；：،؛၊—―…‥")
"""Marks that end a clause whatever follows; the ASCII ones must be followed by a space, an end or a Han character."""
_CLOSING = frozenset("\"'”’»›)]}）］｝」』】〉》〕")
_SPACED = frozenset({"th", "lo", "km", "my"})
"""Languages that put spaces between phrases instead of words, and mostly no punctuation."""
_SPACE_SCRIPTS = ("THAI", "LAO", "KHMER", "MYANMAR")
_ORDINAL_DOT = frozenset({"de", "no", "da", "fi", "cs", "hu", "pl", "tr"})
"""Languages in which "3." reads "third"."""
_ABBREVIATIONS = {
    "en": frozenset(["mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "approx", "dept"]),
    "de": frozenset(["hr", "fr", "dr", "prof", "st", "bzw", "ca", "evtl", "ggf", "usw", "str", "tel", "inkl"]),
    "fr": frozenset(["m", "mm", "mme", "dr", "st", "ste", "env", "etc", "tél", "av"]),
    "es": frozenset(["sr", "sra", "srta", "dr", "dra", "ud", "uds", "pág", "tel", "av"]),
    "it": frozenset(["sig", "dott", "prof", "ecc", "tel", "ca"]),
    "pt": frozenset(["sr", "sra", "dr", "dra", "prof", "tel", "av", "pág"]),
    "nl": frozenset(["dhr", "mevr", "dr", "prof", "bijv", "ca", "enz", "tel"]),
    "ru": frozenset(["г", "гг", "ул", "д", "им", "т", "руб", "стр", "тел"]),
    "id": frozenset(["jl", "bpk", "dr", "tel", "dll", "dsb"]),
    "vi": frozenset(["tp", "ths", "ts", "pgs", "gs"]),
}
_NUMBER_ABBREVIATIONS = frozenset(["no", "nr", "n", "nº", "núm"])
"""Abbreviations only before a figure."""
_ATOM = re.compile(
    r"\d+(?:[.,:/'’\u00a0\u2009\u202f]\d+)*"  # 1,500  14:30  3.5  1 500 with a narrow space
    r"|[เแโใไ][^เแโใไ\s\d]*"  # a Thai syllable group starts at a vowel written before its consonant
    r"|\s+"
    r"|[^\s\dเแโใไ]"
)


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F")


def _weight(text: str) -> int:
    """Length as the ear counts it: letters and digits, a wide character as three; marks and spaces nothing."""
    return sum((3 if _wide(char) else 1) for char in text if unicodedata.category(char)[0] in "LN")


def _ends(text: str, at: int, base: str) -> bool:
    """Whether a clause ends with the mark at this place."""
    mark = text[at]
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if mark not in "。！？" and before.isdigit() and after.isdigit():
        return False
    if mark in _ALWAYS:
        return True
    if mark == "–":
        return before.isspace() and after.isspace()
    if not (after.isspace() or _wide(after) or after in _CLOSING or after in _SENTENCE):
        return False
    if mark == ":" and before.isspace():  # French writes a space before it: "14 : 30"
        return not text[at + 1 : at + 3].strip()[:1].isdigit()
    if mark == ".":
        word = re.search(r"[^\W_]+$", text[max(0, at - 20) : at])
        last = word.group() if word else ""
        if last.isdigit() and base in _ORDINAL_DOT and text[at + 1 :].strip()[:1].isalpha():
            return False
        following = text[at + 1 : at + 3].strip()[:1]
        if len(last) == 1 and last.isalpha() and not _wide(last) and following:
            return False  # an initial, or "z. B."
        if last.lower() in _NUMBER_ABBREVIATIONS:
            return not following.isdigit()  # "No. 5", but "No. Not today."
        return last.lower() not in _ABBREVIATIONS.get(base, frozenset()) or not following
    return True


def _phrase_space(before: str, after: str) -> bool:
    """Whether a space of Thai and its neighbours parts two phrases; one before the repetition mark ๆ does not."""
    return after != "ๆ" and all(unicodedata.name(side, "").startswith(_SPACE_SCRIPTS) for side in (before, after))


def _pieces(text: str, base: str) -> Iterator[str]:
    """Cut at every mark that ends a clause; marks and closing brackets stay with what they close."""
    start = at = 0
    while at < len(text):
        char = text[at]
        end = at + 1
        if char in "\n\r\u2028\u2029":
            yield text[start:end]
            start = end
        elif char in _SENTENCE or char in _CLAUSE:
            if _ends(text, at, base):
                while end < len(text) and (text[end] in _SENTENCE or text[end] in _CLAUSE or text[end] in _CLOSING):
                    end += 1
                yield text[start:end]
                start = end
        elif (
            char.isspace() and base in _SPACED and start < at < len(text) - 1 and _phrase_space(text[at - 1], text[end])
        ):
            yield text[start:end]
            start = end
        at = end
    if start < len(text):
        yield text[start:]


def _cut(piece: str) -> Iterator[str]:
    """Cut a piece above the maximum: at its spaces where it has them, else between characters."""
    if _weight(piece) <= MAXIMUM and len(piece) <= 3 * MAXIMUM:
        yield piece
        return
    part, weight, last_space = "", 0, 0
    for atom in _atoms(piece):
        heavy = _weight(atom)
        if part and (weight + heavy > MAXIMUM or len(part) + len(atom) > 3 * MAXIMUM):
            # Only a space in the second half is worth going back to: otherwise the parts become crumbs.
            cut = last_space if last_space > len(part) // 2 else len(part)
            yield part[:cut]
            part = part[cut:]
            weight, last_space = _weight(part), 0
        part += atom
        weight += heavy
        if atom.isspace() and not re.search(r"\d\s+$", part):
            last_space = len(part)
    yield part


def _atoms(piece: str) -> Iterator[str]:
    """The smallest parts a piece may be cut into: a number, a character with its combining marks, a space."""
    held = ""
    for match in _ATOM.finditer(piece):
        atom = match.group()
        combining = unicodedata.category(atom[0])[0] == "M" or atom[0] in "ะาำ\u200d" or held.endswith("\u200d")
        while len(atom) > MAXIMUM:  # a "number" of hundreds of digits is no number that anybody reads
            if held:
                yield held
            held, atom = atom[:MAXIMUM], atom[MAXIMUM:]
        if held and not (combining and len(held) < MAXIMUM):
            yield held
            held = ""
        held += atom
    if held:
        yield held


def clauses(text: str, language: str) -> list[str]:
    """Cut a text into the clauses a voice speaks one by one, in order; ``language`` is a BCP-47 tag.

    Every character that is not a space is in exactly one clause; runs of spaces become one. A text of nothing but
    spaces gives no clause. Runs in linear time.
    """
    base = language.split("-")[0].lower()
    found: list[str] = []
    held = ""
    held_weight = 0
    for piece in _pieces(text, base):
        weight = _weight(piece)
        if held and held_weight + weight > MAXIMUM:
            found.append(held)
            held, held_weight = "", 0
        held += piece
        held_weight += weight
        if held_weight >= (MINIMUM if found else FIRST_MINIMUM):
            found.append(held)
            held, held_weight = "", 0
    if held:
        # What is left is too short for a breath of its own, unless nothing else was said.
        if found and (held_weight == 0 or _weight(found[-1]) + held_weight <= MAXIMUM):
            found[-1] += held
        else:
            found.append(held)
    parts = (" ".join(part.split()) for clause in found for part in _cut(clause))
    return [part for part in parts if part]
