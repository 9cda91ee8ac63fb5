"""Which stop a question names: by its title in any language, a term, a part, or words of its title, misspelt too."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from venues.pack import Venue
from venues.passages import Passage
from venues.terms import Term
from venues.words import BARE, UNSPACED, Found, normal, words_of

NAMED = ("place", "institution", "artwork", "mineral", "station", "craft")
"""Kinds of terms that may be another name of a stop."""
_ALIKE = 84
"""Of 100: from here on a word is taken for a misspelt one (a slip in one of seven letters)."""
_SHORTEST_FUZZY = 5
_ALPHABETS = r"0-9a-z\u00df-\u024f\u0400-\u052f\u1e00-\u1eff"
_WORD = re.compile(rf"[{_ALPHABETS}]+|[^\W_{_ALPHABETS}]+")
"""Small letters of the scripts that write spaces between words, Korean aside."""


@dataclass(frozen=True)
class Mention:
    """A stop that a question names."""

    stop: str
    strength: float
    """1: the whole name stands there; less: words of it, or only what kind of place it is."""
    spans: tuple[tuple[int, int], ...]
    """Where, in the normalised question."""
    name: str
    """The name by which it was known."""


@dataclass(frozen=True)
class TermMention:
    """A term that a question names in whatever language."""

    term: Term
    span: tuple[int, int]
    written: str
    """As it is written there, normalised."""


def near(word: str, other: str) -> float:
    """How surely two words are forms of one, 0 to 1: by their common beginning."""
    if word == other:
        return 1.0
    shorter, longer = sorted((len(word), len(other)))
    if shorter < 4:
        return 0.0
    common = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), shorter)
    return 0.85 if common >= 4 and common >= 0.62 * longer else 0.0


def tokens(text: str) -> list[tuple[str, int, int]]:
    """Words of a normalised text in a language that writes spaces, with their places."""
    return [(m[0], m.start(), m.end()) for m in _WORD.finditer(text)]


def _spaceless(text: str) -> bool:
    return bool(re.search(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]", text))


def _pattern(name: str) -> str:
    """A name as it stands in a question: whole, in longer ones with an ending of its case."""
    if _spaceless(name):
        return re.escape(name)
    ending = f"[{_ALPHABETS}]{{0,2}}" if len(name) > 5 else ""
    # Not \b: in "Longnaitangは" two letters meet, and yet a name ends.
    return rf"(?<![{_ALPHABETS}]){re.escape(name)}{ending}(?![{_ALPHABETS}])"


class Names:
    """The names of a venue's stops in every language."""

    def __init__(self, venue: Venue, passages: Mapping[tuple[str, str, str], Passage], terms: Sequence[Term]) -> None:
        self._terms: dict[str, Term] = {}
        self._whole: dict[str, dict[str, float]] = defaultdict(dict)  # name -> stop -> strength
        self._venue_words: dict[str, frozenset[str]] = {}
        self._places: Mapping[str, frozenset[str]] | None = None
        self._venue = venue
        self._titles: dict[str, dict[str, str]] = defaultdict(dict)  # language -> stop -> title
        known = {stop.id for stop in venue.stop}
        for (stop, kind, language), passage in passages.items():
            if kind == "title" and stop in known:
                for tag in (language, *([BARE[language]] if language in BARE else [])):
                    self._titles[tag][stop] = passage.text
                    self._add(passage.text, tag, stop, 1.0)
        for each in venue.stop:
            for texts in each.parts.values():
                for language, text in texts.items():
                    self._add(text, language, each.id, 0.9)
        for term in terms:
            self._take_term(term)
        self._postings: dict[str, dict[str, list[tuple[str, float]]]] = {}

    def _add(self, name: str, language: str, stop: str, strength: float) -> None:
        name = normal(name, language)
        if len(name) >= (2 if _spaceless(name) else 4):
            self._whole[name][stop] = max(strength, self._whole[name].get(stop, 0.0))

    def _take_term(self, term: Term) -> None:
        for language, names in term.said().items():
            for name in names:
                self._terms.setdefault(normal(name, language), term)
        if term.kind not in NAMED:
            return
        # A term is a name of a stop when the title of just one stop holds it, in the language it was first written in.
        tag = self._venue.source_language
        own = term.names.get(tag, "")
        if len(own) < 2:
            return
        titles = self._titles.get(tag, {})
        holders = {stop for stop, title in titles.items() if own in title}
        exact = {stop for stop in holders if titles[stop] == own}
        parts = {stop.id for stop in self._venue.stop for texts in stop.parts.values() if own in texts.get(tag, "")}
        holders = exact or holders or parts
        if len(holders) == 1 and own not in self._venue.name.get(tag, ""):
            (stop,) = holders
            for language, names in term.said().items():
                for name in names:
                    self._add(name, language, stop, 1.0)

    def mentions(self, text: str, language: str) -> list[Mention]:
        """The stops that a normalised question names, the surest first."""
        best: dict[str, Mention] = {}

        def take(mention: Mention) -> None:
            known = best.get(mention.stop)
            if known is not None:
                if (mention.strength, len(mention.name)) <= (known.strength, len(known.name)):
                    mention, known = known, mention
                mention = replace(mention, spans=tuple(dict.fromkeys((*mention.spans, *known.spans))))
            best[mention.stop] = mention

        whole = [
            (name, m.start(), m.end())
            for name in self._whole
            if name in text
            for m in re.finditer(_pattern(name), text)
        ]
        for name, start, end in whole:
            # The night market is not named where its food is: a longer name around it says something else.
            if any(s <= start and end <= e and e - s > end - start for _, s, e in whole):
                continue
            for stop, strength in self._whole[name].items():
                take(Mention(stop, strength, ((start, end),), name))
        if language not in UNSPACED:
            for tag in dict.fromkeys((language, "en")):
                for mention in self._by_words(text, tag):
                    take(mention)
        else:
            for mention in self._by_words(text, "en"):
                take(mention)
        for mention in self._by_place(text, language):
            take(mention)
        return sorted(best.values(), key=lambda each: (-each.strength, -len(each.name)))

    def _by_words(self, text: str, language: str) -> Iterable[Mention]:
        """Stops by the words of their titles: each counts as far as few other titles have it."""
        titles = self._titles.get(language, {})
        if not titles:
            return
        postings = self._posting(language)
        found: dict[str, float] = defaultdict(float)
        spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for word, start, end in tokens(text):
            if len(word) < 3:
                continue
            for other, stops in postings.items():
                alike = near(word, other)
                if not alike and min(len(word), len(other)) >= _SHORTEST_FUZZY:
                    ratio = fuzz.ratio(word, other, score_cutoff=_ALIKE)
                    alike = 0.8 if ratio else 0.0
                if alike:
                    for stop, share in stops:
                        found[stop] += share * alike
                        spans[stop].append((start, end))
        for stop, strength in found.items():
            if strength >= 0.2:
                yield Mention(stop, min(0.95, strength), tuple(spans[stop]), titles[stop])

    def _posting(self, language: str) -> dict[str, list[tuple[str, float]]]:
        """Word of a title -> (stop, its share of that title's weight)."""
        if language in self._postings:
            return self._postings[language]
        titles = self._titles[language]
        function = words_of(language)
        venue_words = {word for word, _, _ in tokens(normal(self._venue.name.get(language, ""), language))}
        split = {}
        for stop, title in titles.items():
            text = normal(title, language)
            dull = {(f.start, f.end) for f in function.find(text, "function")}
            split[stop] = {w for w, s, e in tokens(text) if (s, e) not in dull and len(w) >= 3}
        postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for stop, words in split.items():
            weight = {
                word: (0.15 if word in venue_words else 1.0)
                * math.log((len(titles) + 1) / (sum(word in other for other in split.values())))
                for word in words
            }
            total = sum(weight.values()) or 1.0
            for word in words:
                postings[word].append((stop, weight[word] / total))
        self._postings[language] = dict(postings)
        return self._postings[language]

    def _by_place(self, text: str, language: str) -> Iterable[Mention]:
        """Stops by what kind of place they are, where just one or two are of that kind."""
        found: dict[str, list[Found]] = defaultdict(list)
        for each in words_of(language).find(text, "place"):
            found[each.key].append(each)
        for key, where in found.items():
            stops = self.kinds().get(key, frozenset())
            for stop in sorted(stops) if len(stops) <= 2 else ():
                yield Mention(stop, 0.5 / len(stops), tuple((f.start, f.end) for f in where), key)

    def kinds(self) -> Mapping[str, frozenset[str]]:
        """Kind of place -> the stops that most of their titles, or at least the English one, call so."""
        if self._places is None:
            votes: dict[str, Counter[str]] = defaultdict(Counter)
            for language, titles in self._titles.items():
                for stop, title in titles.items():
                    for _, key in words_of(language).keys(normal(title, language), "place"):
                        votes[key][stop] += 1
            languages = max(1, len(self._titles))
            self._places = {
                key: frozenset(stop for stop, count in counts.items() if 3 * count >= languages)
                for key, counts in votes.items()
            }
        return self._places

    def terms(self, text: str) -> list[TermMention]:
        """The terms that a normalised question names, each place once, the longest name."""
        found = [
            TermMention(term, (m.start(), m.end()), name)
            for name, term in self._terms.items()
            if name in text
            for m in re.finditer(_pattern(name), text)
        ]
        found.sort(key=lambda each: each.span[0] - each.span[1])
        kept: list[TermMention] = []
        for each in found:
            if all(each.span[1] <= k.span[0] or k.span[1] <= each.span[0] for k in kept):
                kept.append(each)
        return kept
