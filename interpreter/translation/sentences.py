"""Cutting text for a model that was trained on sentences, and putting the translations together again."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from interpreter.languages import language

UNSPACED = frozenset({"Hant", "Hans", "Jpan", "Thai", "Khmr", "Laoo", "Mymr"})
"""Scripts that write no space between sentences."""
_CLOSERS = "\"'’”»›)\\]）」』】》〉〗］"
_ENDS = re.compile(
    rf"(?:[。！？｡؟।။។⋯]+[{_CLOSERS}]*"  # these end a sentence wherever they stand
    rf"|[.!?…]+[{_CLOSERS}]*(?=\s))"  # these do before white space: 3.5 and example.org go on
)
_SHORT = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sra?|Mme|Mlle|Hr|Fr|No|Nr|Bd|vs|etc|bzw|ca|approx|p|pp)|\b[A-ZÀ-ÖØ-ÞА-Я]|\d)\.$"
)
"""What ends with a full stop and is no sentence: abbreviations, initials, ordinals."""
_BREAKS = (re.compile(r"[;；:：]\s*"), re.compile(r"[,，、،]\s*"), re.compile(r"\s+"))
"""Where a sentence that is too long is cut, the best places first."""
_CONTROLS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad")
"""Marks of writing direction, byte order marks and soft hyphens: nothing to translate."""


@dataclass(frozen=True)
class Sentence:
    """A stretch of text and the white space behind it."""

    text: str
    """Without white space at its ends."""
    space: str
    """What stood behind it; may be empty."""


def clean(text: str) -> str:
    """Remove control characters, direction marks and lone surrogates; line breaks and tabs stay. NFC."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        character
        for character in text
        if character in "\n\t"
        or (unicodedata.category(character) not in ("Cc", "Cs", "Cn", "Co") and character not in _CONTROLS)
    )


def split(text: str, longest: int = 400) -> list[Sentence]:
    """Cut at line breaks and sentence ends, and whatever is longer than ``longest`` characters at its best breaks."""
    bodies: list[str] = []
    for line in re.split(r"\s*\n\s*", text):
        ends = [match.end() for match in _ENDS.finditer(line) if not _SHORT.search(line[: match.end()][-12:])]
        for start, end in itertools.pairwise([0, *ends, len(line)]):
            bodies += [piece.strip() for piece in halve(line[start:end], longest) if piece.strip()]
    # Between two of them there is white space only, so each is the next that is found.
    sentences: list[Sentence] = []
    offset = len(text) - len(text.lstrip())
    for body, following in itertools.zip_longest(bodies, bodies[1:]):
        offset += len(body)
        place = text.index(following, offset) if following else len(text)
        sentences.append(Sentence(body, text[offset:place]))
        offset = place
    return sentences


def halve(text: str, longest: int) -> list[str]:
    """Cut ``text`` near its middle until no piece has more than ``longest`` characters; joined they are the text."""
    pieces: list[str] = []
    waiting = [text]
    while waiting:
        piece = waiting.pop()
        if len(piece.strip()) <= longest:
            pieces.append(piece)
            continue
        cut = _middle(piece)
        waiting += [piece[cut:], piece[:cut]]
    return pieces


def _middle(text: str) -> int:
    middle = len(text) // 2
    inner = range(len(text) // 4, len(text) - len(text) // 4)
    for pattern in _BREAKS:
        cuts = [match.end() for match in pattern.finditer(text) if match.end() in inner]
        if cuts:
            return min(cuts, key=lambda cut: abs(cut - middle))
    cut = max(1, middle)
    # Not between a letter and its marks (Thai vowels, accents, emoji modifiers).
    while cut < len(text) - 1 and (unicodedata.combining(text[cut]) or unicodedata.category(text[cut]) in ("Mn", "Cf")):
        cut += 1
    return cut


def join(texts: Sequence[str], sentences: Sequence[Sentence], target: str) -> str:
    """Put translations together with the white space their sentences had, as the target language writes it."""
    spaced = language(target).script not in UNSPACED
    parts: list[str] = []
    for text, sentence in zip(texts, sentences, strict=True):
        space = sentence.space
        if "\n" not in space:
            space = " " if spaced else ""
        parts += [text.strip(), space]
    return "".join(parts).strip()


_WIDE = {
    "Hant": str.maketrans(",?!:;.", "，？！：；。"),
    "Hans": str.maketrans(",?!:;.", "，？！：；。"),
    "Jpan": str.maketrans(",?!:;.", "、？！：；。"),
}
_NARROW = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff」』）])([,?!:;]|\.(?![\w.]))[ ]?")


def punctuated(text: str, target: str) -> str:
    """Full-width punctuation behind Chinese and Japanese characters.

    The NFKC normalisation inside most sentencepiece models makes it narrow, so such models cannot write it.
    """
    table = _WIDE.get(language(target).script)
    return _NARROW.sub(lambda match: match[1].translate(table), text) if table else text
