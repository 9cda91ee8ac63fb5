"""A question taken apart for the search: units that carry meaning, names, and the kind of answer that is wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from venues.mentions import Mention, Names, TermMention, tokens
from venues.pack import Venue
from venues.questions import Asked, read_question
from venues.search import NAME, NUMBER, YEAR, Unit
from venues.words import UNSPACED, Found, normal

EVIDENCE = 0.9
"""Weight of the kind of answer that is wanted, as a share of what is asked about: without it there is no support."""
_CONTENT = ("sense", "topic", "place")


@dataclass(frozen=True)
class Reading:
    """A question with what it names and what is left of it."""

    asked: Asked
    mentions: tuple[Mention, ...]
    terms: tuple[TermMention, ...]
    units: tuple[Unit, ...]
    """What carries meaning, names and question words left out."""
    rest: tuple[Unit, ...]
    """Of these, what is not said by the words that ask for a fact."""
    evidence: tuple[Unit, ...]
    head: int | None
    """Which unit follows "how many" or "who": what is counted, or what was done."""
    names: tuple[tuple[Unit, frozenset[str]], ...]
    """The names in it, with the stops that have them."""


def read(question: str, language: str, names: Names, venue: Venue) -> Reading:
    """Read a question of a language: what it asks for, which stops it names, and what is left that carries meaning."""
    asked = read_question(question, language)
    mentions = tuple(names.mentions(asked.text, asked.reads_in))
    terms = tuple(names.terms(asked.text))
    mentions = _without_parts_of_names(mentions, terms)
    named = [span for mention in mentions if mention.strength >= 0.3 for span in mention.spans]
    cut = _cut_unspaced if language in UNSPACED else _cut_spaced
    pairs = cut(asked, named)
    if mentions:
        # Where a stop is named, the name of the venue says nothing more.
        own = normal(venue.name.get(language, ""), asked.reads_in)
        pairs = [each for each in pairs if each[0].text not in own]
    intent_spans = [(f.start, f.end) for f in asked.found if f.kind in ("intent", "when", "asking")]
    rest = tuple(u for u, start, end in pairs if not any(s <= start and end <= e for s, e in intent_spans))
    evidence = tuple(
        Unit("", frozenset({sense}), EVIDENCE)
        for key, sense in (("year", YEAR), ("number", NUMBER), ("who", NAME))
        if key in asked.asking
    )
    return Reading(
        asked,
        mentions,
        terms,
        tuple(u for u, _, _ in pairs),
        rest,
        evidence,
        _head(asked, pairs),
        _named(asked, mentions),
    )


def _named(asked: Asked, mentions: Sequence[Mention]) -> tuple[tuple[Unit, frozenset[str]], ...]:
    spans: dict[tuple[int, int], set[str]] = {}
    for mention in mentions:
        for span in mention.spans:
            spans.setdefault(span, set()).add(mention.stop)
    outer = {
        span: stops
        for span, stops in spans.items()
        if not any(s <= span[0] and span[1] <= e and (s, e) != span for s, e in spans)
    }
    return tuple(
        (
            Unit(
                asked.text[start:end],
                frozenset(f.key for f in asked.found if f.kind in _CONTENT and start <= f.start and f.end <= end),
            ),
            frozenset(stops),
        )
        for (start, end), stops in outer.items()
    )


def _without_parts_of_names(mentions: tuple[Mention, ...], terms: tuple[TermMention, ...]) -> tuple[Mention, ...]:
    """Mentions that are more than a word inside another name: the temple of "Huiji Temple" is not the other temple."""
    return tuple(
        mention
        for mention in mentions
        if mention.strength >= 0.8
        or not all(
            any(
                term.span[0] <= start and end <= term.span[1] and term.span[1] - term.span[0] > end - start
                for term in terms
            )
            for start, end in mention.spans
        )
    )


def _head(asked: Asked, pairs: Sequence[tuple[Unit, int, int]]) -> int | None:
    """The unit that follows a question word for a number or a person closely."""
    ends = [f.end for f in asked.found if f.kind == "asking" and f.key in ("number", "who")]
    for end in ends:
        for number, (_, start, _) in enumerate(sorted(pairs, key=lambda each: each[1])):
            if end <= start <= end + 12:
                return [each[1] for each in pairs].index(start) if number >= 0 else None
    return None


def _cut_spaced(asked: Asked, named: Sequence[tuple[int, int]]) -> list[tuple[Unit, int, int]]:
    """The words of a question that carry meaning, with their places; words of one entry or one name together."""
    together = [(f.start, f.end) for f in asked.found if f.kind in _CONTENT and " " in asked.text[f.start : f.end]]
    pairs: list[tuple[Unit, int, int]] = []
    for word, start, end in tokens(asked.text):
        # A name covers its particles and endings, too.
        if any(2 * (min(end, e) - max(start, s)) >= end - start for s, e in named):
            continue
        over = [f for f in asked.found if f.start <= start and end <= f.end]
        senses = frozenset(f.key for f in over if f.kind in _CONTENT)
        if (not senses and over) or (len(word) < 2 and not senses and not word.isdigit()):
            continue
        unit = Unit(word, senses, _factor(over, senses))
        before = pairs[-1] if pairs else None
        if before is not None and any(s <= before[1] and end <= e for s, e in together):
            both = Unit(f"{before[0].text} {word}", before[0].senses | senses, max(before[0].factor, unit.factor))
            pairs[-1] = (both, before[1], end)
        else:
            pairs.append((unit, start, end))
    return pairs


def _cut_unspaced(asked: Asked, named: Sequence[tuple[int, int]]) -> list[tuple[Unit, int, int]]:
    """The pieces of a question that carry meaning in a language without spaces: known words first, then the rest."""
    spans: list[tuple[int, int, Found | None]] = [(f.start, f.end, f) for f in asked.found]
    spans += [(start, end, None) for start, end in named]
    # The longest first; at one length a name, then what has a meaning.
    spans.sort(
        key=lambda each: (each[0] - each[1], each[2] is not None, each[2] is not None and each[2].kind not in _CONTENT)
    )
    taken = [False] * len(asked.text)
    pairs = []
    for start, end, found in spans:
        if any(taken[start:end]):
            continue
        taken[start:end] = [True] * (end - start)
        if found is None:
            continue
        same = [f for f in asked.found if (f.start, f.end) == (start, end)]
        senses = frozenset(f.key for f in same if f.kind in _CONTENT)
        if senses:
            pairs.append((Unit(asked.text[start:end], senses, _factor(same, senses)), start, end))
    for match in re.finditer(r"[\w\u0e30-\u0e4e]+", asked.text):
        at = match.start()
        while at < match.end():
            end = at
            while end < match.end() and not taken[end]:
                end += 1
            piece = asked.text[at:end]
            if (factor := _worth(piece, asked.language)) > 0:
                pairs.append((Unit(piece, frozenset(), factor), at, end))
            at = max(end, at) + 1
    return pairs


VAGUE = frozenset({"age", "small", "decay", "first", "name"})
"""Senses of words that are in many questions and say little: old, big, first."""


def _factor(over: Sequence[Found], senses: frozenset[str]) -> float:
    if any(each.kind == "topic" for each in over):
        return 2.0
    if senses & {"weight", "temperature", "area", "colour"}:
        return 1.6
    return 0.5 if senses and senses <= VAGUE else 1.0


def _worth(piece: str, language: str) -> float:
    """How far letters that no list knows are taken for a word."""
    if not piece or re.fullmatch(r"[\u0e30-\u0e4e]+", piece):
        return 0.0
    if language == "th":
        return 0.0 if len(piece) < 3 else 0.6
    if re.fullmatch(r"[\u3041-\u309fー]+", piece):
        return 0.0 if len(piece) < 3 else 0.3
    return 0.3 if len(piece) == 1 else 1.0
