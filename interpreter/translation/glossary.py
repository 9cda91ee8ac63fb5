"""Terms: which proper names stand in a text, and whether their approved names stand in its translation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from interpreter.chinese import convert
from interpreter.translation import Term

SPACED = "0-9A-Za-zªµºÀ-ÖØ-öø-ʯͰ-ϿЀ-ԯ԰-֏א-תء-يٮ-ۓऄ-हঅ-হḀ-ỿἀ-῿"
"""Letters of scripts with spaces: a name does not begin or end between two of them. Hangul is not among them,
because Korean particles follow a name without a space."""


@dataclass(frozen=True)
class Found:
    """A term at its place in a text."""

    term: Term
    name: str
    """As it stands in the text."""
    start: int
    """Index of its first character."""
    end: int
    """Index behind its last character."""


def names(term: Term, tag: str) -> tuple[str, ...]:
    """The term's names in a language, the approved one first; one Chinese script stands in for the other."""
    own = tuple(name for name in term.names.get(tag, ()) if name.strip())
    other = {"zh-Hant": "zh-Hans", "zh-Hans": "zh-Hant"}.get(tag)
    if own or other is None:
        return own
    return tuple(convert(name, tag) for name in term.names.get(other, ()) if name.strip())


def find(text: str, tag: str, terms: Sequence[Term]) -> tuple[Found, ...]:
    """Every term in a text: the longest name first at each place, any variant, whatever its case, none overlapping.

    In scripts with spaces a name is found as whole words; in Chinese, Japanese, Thai or Korean anywhere.
    """
    owners: dict[str, Term] = {}
    for term in terms:
        for name in names(term, tag):
            owners.setdefault(_folded(name), term)
    if not owners:
        return ()
    pattern = "|".join(_pattern(name) for name in sorted(owners, key=len, reverse=True))
    found = []
    for match in re.finditer(pattern, text, re.IGNORECASE):
        owner = owners.get(_folded(match[0]))
        if owner is not None:
            found.append(Found(owner, match[0], match.start(), match.end()))
    return tuple(found)


def kept(found: Sequence[Found], translation: str, target: str) -> tuple[tuple[str, ...], tuple[Found, ...]]:
    """The names of the target language that stand in the translation, and the terms whose name does not.

    Terms without a name in the target language are neither. A variant counts: it may be an inflected form.
    """
    present: dict[str, None] = {}
    lost: dict[int, Found] = {}
    for item in found:
        wanted = names(item.term, target)
        there = [match.name for match in find(translation, target, [item.term])]
        if there:
            present[there[0]] = None
        elif wanted:
            lost.setdefault(id(item.term), item)
    return tuple(present), tuple(lost.values())


def replaced(text: str, found: Sequence[Found], target: str) -> str:
    """The text with each found term that has a name in the target language replaced by that name."""
    for item in sorted(found, key=lambda each: each.start, reverse=True):
        wanted = names(item.term, target)
        if wanted:
            text = text[: item.start] + wanted[0] + text[item.end :]
    return text


def honour(
    translate: Callable[[str], str], text: str, source: str, target: str, terms: Sequence[Term]
) -> tuple[str, tuple[Found, ...]]:
    """Translate ``text``; when a term's name got lost, once more with the names of the target language put in.

    Models tend to copy a name they find in the text. The second translation is taken only when it keeps more terms.
    Returns the translation and the terms found in the text.
    """
    found = find(text, source, terms)
    first = translate(text)
    _, lost = kept(found, first, target)
    if not lost:
        return first, found
    missing = {id(item.term) for item in lost}
    second = translate(replaced(text, [item for item in found if id(item.term) in missing], target))
    return (second if len(kept(found, second, target)[1]) < len(lost) else first), found


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _pattern(name: str) -> str:
    return "".join(_bounded(name))


def _bounded(name: str) -> Iterator[str]:
    if re.match(f"[{SPACED}]", name):
        yield f"(?<![{SPACED}])"
    yield r"\s+".join(map(re.escape, name.split()))
    if re.search(f"[{SPACED}]$", name):
        yield f"(?![{SPACED}])"
