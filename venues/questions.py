"""What a question asks for, and for when; and in which language it is written."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from venues.check import simplified
from venues.hours import WEEKDAYS
from venues.pack import TAGS
from venues.passages import Passage
from venues.words import BARE, Found, normal, words_of

FACTS = ("emergency", "accessibility", "price", "closure", "hours", "access", "rules")
"""What the guide holds as data; where a question could mean two of them, the first."""
EMERGENCIES = ("fire-ambulance", "police", "tourist-hotline")
"""Numbers to call that have words of their own."""
_LATIN = ("en", "id", "vi", "pt", "es", "fr", "de", "nl", "it")
LONGEST = 500
"""Letters of a question that are read."""


@dataclass(frozen=True)
class Asked:
    """A question, read."""

    text: str
    """Normalised."""
    language: str
    reads_in: str
    """Its lists and texts: the language, or the same without marks."""
    intents: tuple[str, ...]
    """Of :data:`FACTS`, the likeliest first."""
    emergencies: tuple[str, ...]
    """Ids of the numbers that are asked for."""
    days: tuple[str, ...]
    """Weekdays that are named."""
    moment: str
    """``now``, ``today``, ``tomorrow`` or empty."""
    asking: frozenset[str]
    """What kind of answer is wanted: keys of the section ``asking``."""
    topics: frozenset[str]
    """What visitors ask everywhere."""
    found: tuple[Found, ...]
    """Every entry of the lists that stands in it."""


def read_question(question: str, language: str) -> Asked:
    """Look a question up in the lists of its language."""
    reads_in = BARE[language] if language in BARE and question.isascii() else language
    text = normal(question[:LONGEST], reads_in)
    words = words_of(reads_in)
    found = tuple(words.find(text, "function", "asking", "intent", "when", "topic", "place", "sense"))
    weights: Counter[str] = Counter()
    for each in found:
        if each.kind == "intent":
            key = "emergency" if each.key in EMERGENCIES else each.key
            weights[key] = max(weights[key], each.end - each.start)
    longest = max(weights.values(), default=0)
    # A short word inside a longer one of another list says nothing: "free" in "barrier free".
    intents = [
        key
        for key in FACTS
        if weights[key]
        and not all(
            _inside(each, found, key)
            for each in found
            if each.kind == "intent" and (each.key == key or (key == "emergency" and each.key in EMERGENCIES))
        )
    ]
    intents.sort(key=lambda key: (-(weights[key] >= 0.5 * longest), FACTS.index(key)))
    when = {each.key for each in found if each.kind == "when"}
    return Asked(
        text,
        language,
        reads_in,
        tuple(intents),
        tuple(key for key in EMERGENCIES if any(each.kind == "intent" and each.key == key for each in found)),
        tuple(day for day in WEEKDAYS if day in when),
        next((moment for moment in ("tomorrow", "now", "today") if moment in when), ""),
        frozenset(each.key for each in found if each.kind == "asking"),
        frozenset(each.key for each in found if each.kind == "topic"),
        found,
    )


def _inside(inner: Found, found: tuple[Found, ...], key: str) -> bool:
    return any(
        each.kind == "intent"
        and each.key != key
        and each.start <= inner.start
        and inner.end <= each.end
        and each.end - each.start > inner.end - inner.start
        for each in found
    )


def dates_asked(asked: Asked, today: date) -> tuple[date, ...]:
    """The days a question is about, reckoned from today at the venue; none when it names none."""
    if today > date.max - timedelta(days=14):
        return (today,)
    if asked.moment == "tomorrow":
        return (today + timedelta(days=1),)
    if asked.days:
        return tuple(today + timedelta(days=(WEEKDAYS.index(day) - today.weekday()) % 7) for day in asked.days)
    return (today,) if asked.moment in ("today", "now") else ()


class Languages:
    """Tells the language of a question: by its script where that decides, else by a vote over the guide's own texts."""

    def __init__(self, passages: Mapping[tuple[str, str, str], Passage], source: str) -> None:
        self._passages = passages
        self._source = source
        self._profiles: dict[str, Counter[str]] | None = None
        self._texts: dict[str, str] = {}

    def tell(self, question: str) -> tuple[str, str]:
        """The tag, and by what it was told."""
        text = question[:LONGEST]
        latin = re.findall(r"[A-Za-zÀ-ɏḀ-ỿ]+", text)
        letters = {
            "ja": len(re.findall(r"[\u3041-\u30ff]", text)),
            "ko": len(re.findall(r"[\uac00-\ud7a3\u1100-\u11ff]", text)),
            "th": len(re.findall(r"[\u0e01-\u0e5b]", text)),
            "ru": len(re.findall(r"[\u0400-\u04ff]", text)),
        }
        han = "".join(re.findall(r"[\u3400-\u9fff]", text))
        script = max(letters, key=lambda tag: letters[tag])
        # A name may stand in another script than the question: two words of Latin outweigh it only without others.
        if letters[script] >= 2 or (letters[script] and not latin):
            return script, "its script"
        if han and (len(latin) < 2 or len(han) > 3 * len(latin)):
            return self._chinese(han), "its characters"
        if latin:
            return self._vote(text), "a vote over the guide's texts"
        return self._source, "the venue's own, for want of letters"

    def _chinese(self, han: str) -> str:
        not_big5 = simplified(han)
        not_gb = "".join(char for char in han if not char.encode("gb2312", "ignore"))
        if any(char in not_gb for char in not_big5) and not any(char not in not_gb for char in not_big5):
            return "ja"  # neither of the two encodings has it: 営, 駅, 図
        if not_big5:
            return "zh-Hans"
        if not_gb:
            return "zh-Hant"
        # Letters that both scripts have: the one whose texts and lists hold more of their pairs.
        pairs = {han[i : i + 2] for i in range(len(han) - 1)}
        held = {tag: sum(pair in self._chinese_text(tag) for pair in pairs) for tag in ("zh-Hant", "zh-Hans")}
        if held["zh-Hans"] != held["zh-Hant"]:
            return max(held, key=lambda tag: held[tag])
        return self._source if self._source.startswith("zh") else "zh-Hant"

    def _chinese_text(self, tag: str) -> str:
        if tag not in self._texts:
            lists = words_of(tag).lists.values()
            entries = [entry for section in lists for entries in section.values() for entry in entries]
            self._texts[tag] = "\n".join([*entries, *(p.text for (_, _, t), p in self._passages.items() if t == tag)])
        return self._texts[tag]

    def _vote(self, text: str) -> str:
        if self._profiles is None:
            self._profiles = {}
            for (_, _, language), passage in self._passages.items():
                if language in _LATIN:
                    self._profiles.setdefault(language, Counter()).update(_trigrams(passage.text))
        scores: dict[str, float] = {}
        for language in _LATIN:
            profile = self._profiles.get(language, Counter())
            total = sum(profile.values()) + 5000
            plain = normal(text, language)
            function = sum(f.end - f.start + 1 for f in words_of(language).find(plain, "function", "asking"))
            votes = sum(math.log((profile[gram] + 0.3) / total) for gram in _trigrams(text))
            others = sum(f.end - f.start for f in words_of(language).find(plain, "intent", "when", "topic"))
            scores[language] = votes + 0.9 * function + 0.4 * others
        return max(scores, key=lambda language: scores[language]) if scores else TAGS[2]


def _trigrams(text: str) -> list[str]:
    plain = " " + " ".join(re.findall(r"[^\W\d_]+", text.casefold())) + " "
    return [plain[i : i + 3] for i in range(len(plain) - 2)]
