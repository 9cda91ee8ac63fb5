"""The phrasebook as rows become it: phrases with slots, the values that fill them, and their rendering.

Rows come from anywhere (the files beside this package, a venue, a database). A text is a template::

    Could I have {number} [ticket/tickets], please? | {number} [ticket/tickets], please.

`` | `` separates variants: the first is what the machine says, all of them are understood. ``{number}``, ``{price}``
and ``{time}`` are computed for each language; any other slot takes its values from the value rows, in the form named
after a colon (``{food:accusative}``). ``[one/other]`` follows the plural of the number before it.
"""

from __future__ import annotations

import csv
import difflib
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from interpreter import numerals
from interpreter.errors import PhrasebookError
from interpreter.languages import PHRASEBOOK_TAGS, language

VARIANT_SEPARATOR = " | "
STATUSES = ("draft", "supplied", "approved")
SPEAKERS = ("visitor", "staff", "both")
PHRASE_COLUMNS = ("id", "category", "safety", "speaker", "language", "text", "status")
VALUE_COLUMNS = ("slot", "id", "language", "form", "text")


@dataclass(frozen=True)
class Literal:
    """Text that stands as it is."""

    text: str


@dataclass(frozen=True)
class Slot:
    """A place for a value."""

    name: str
    """``number``, ``price``, ``time`` or a slot of the value rows."""
    form: str = ""
    """The grammatical form the sentence needs; empty is the default form."""


@dataclass(frozen=True)
class Plural:
    """A word that follows the number before it."""

    forms: tuple[str, ...]
    """One per CLDR plural category of the language, in CLDR order."""


Part = Literal | Slot | Plural


@dataclass(frozen=True)
class Template:
    """One variant of a phrase in one language, cut into its parts."""

    phrase: str
    """The phrase's id."""
    language: str
    """BCP-47 tag."""
    variant: int
    """0 is the one the machine says."""
    parts: tuple[Part, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the slots, in the order of the sentence."""
        return tuple(part.name for part in self.parts if isinstance(part, Slot))


@dataclass(frozen=True)
class Choice:
    """One value a slot can take, in one language and form."""

    key: str
    """The value, the same in all languages."""
    written: str
    """As it stands on the screen."""
    spoken: tuple[str, ...]
    """Every way it is said, the usual one first."""


@dataclass(frozen=True)
class Phrase:
    """One thing to say, in every language."""

    id: str
    category: str
    safety: bool
    """True: its meaning must not blur; it is never matched loosely."""
    speaker: str
    """Who says it: ``visitor``, ``staff`` or ``both``."""
    texts: Mapping[str, tuple[str, ...]]
    """Tag -> variants as written in the rows."""
    status: Mapping[str, str]
    """Tag -> ``draft``, ``supplied`` or ``approved``."""


_PARTS = re.compile(r"\{(?P<slot>[^{}]*)\}|\[(?P<plural>[^\[\]]*)\]|(?P<stray>[{}\[\]])")
_SLOT = re.compile(r"(?P<name>[a-z][a-z-]*)(?::(?P<form>[a-z][a-z-]*))?")


def parse(text: str) -> tuple[Part, ...]:
    """Cut one variant into its parts. Raises PhrasebookError for brackets that do not close or name nothing."""
    parts: list[Part] = []
    end = 0
    for match in _PARTS.finditer(text):
        if match.start() > end:
            parts.append(Literal(text[end : match.start()]))
        end = match.end()
        if match["stray"]:
            raise PhrasebookError(
                f"'{text}' has a '{match['stray']}' without its partner: write {{slot}} or [one/other]."
            )
        if match["slot"] is not None:
            slot = _SLOT.fullmatch(match["slot"])
            if slot is None:
                raise PhrasebookError(f"'{{{match['slot']}}}' in '{text}' is no slot: write {{name}} or {{name:form}}.")
            parts.append(Slot(slot["name"], slot["form"] or ""))
        else:
            parts.append(Plural(tuple(match["plural"].split("/"))))
    if end < len(text):
        parts.append(Literal(text[end:]))
    return tuple(parts)


@dataclass(frozen=True)
class Book:
    """Phrases and slot values: what the translator matches against and the embedded recogniser listens for."""

    phrases: Mapping[str, Phrase]
    """By id, in the order of the rows."""
    values: Mapping[str, Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]] = field(default_factory=dict)
    """slot -> value id -> tag -> form -> texts, the first of which is written."""

    @classmethod
    def from_rows(
        cls, phrases: Iterable[Mapping[str, str]], values: Iterable[Mapping[str, str]] = (), origin: str = "phrasebook"
    ) -> Book:
        """Build a book from rows with :data:`PHRASE_COLUMNS` and :data:`VALUE_COLUMNS`.

        Raises PhrasebookError naming ``origin``, the row and the nearest valid name when a row cannot be used.
        """
        table: dict[str, dict[str, dict[str, dict[str, tuple[str, ...]]]]] = {}
        for number, row in enumerate(values, start=2):
            where = f"{origin} values, line {number}"
            _check_columns(row, VALUE_COLUMNS, where)
            tag = _tag(row["language"], where)
            texts = _variants(row["text"], where)
            table.setdefault(row["slot"], {}).setdefault(row["id"], {}).setdefault(tag, {})[row["form"]] = texts
        collected: dict[str, Phrase] = {}
        for number, row in enumerate(phrases, start=2):
            where = f"{origin}, line {number}"
            _check_columns(row, PHRASE_COLUMNS, where)
            _add(collected, row, table, where)
        return cls(collected, table)

    def merged(self, other: Book) -> Book:
        """This book with another's phrases and values added; where both have one, the other's stands."""
        phrases = {**self.phrases, **other.phrases}
        values = {
            slot: {**self.values.get(slot, {}), **other.values.get(slot, {})} for slot in {*self.values, *other.values}
        }
        return Book(phrases, values)

    def templates(self, tag: str) -> tuple[Template, ...]:
        """Every variant of every phrase that exists in a language."""
        return tuple(
            Template(phrase.id, tag, number, parse(text))
            for phrase in self.phrases.values()
            for number, text in enumerate(phrase.texts.get(tag, ()))
        )

    def slot_choices(self, slot: str, form: str, tag: str) -> tuple[Choice, ...]:
        """The values a recogniser listens for in a slot; for a listed slot these are all there are."""
        if slot in numerals.OPEN_SLOTS:
            keys = {"number": numerals.NUMBER_KEYS, "price": numerals.PRICE_KEYS, "time": numerals.TIME_KEYS}[slot]
            choices = (Choice(key, numerals.written(slot, key, tag), numerals.spoken(slot, key, tag)) for key in keys)
            return tuple(choice for choice in choices if choice.spoken)
        found = []
        for key, by_tag in self.values.get(slot, {}).items():
            texts = by_tag.get(tag, {}).get(form)
            if texts:
                found.append(Choice(key, texts[0], texts))
        return tuple(found)

    def render(self, phrase: str, values: Mapping[str, str], tag: str, variant: int = 0) -> str:
        """The phrase in a language with its slots filled (slot name -> value key).

        Raises PhrasebookError when the phrase has no text in that language or a value is missing there.
        """
        entry = self.phrases.get(phrase)
        if entry is None or tag not in entry.texts:
            raise PhrasebookError(f"phrase '{phrase}' has no text in {tag}.")
        return self.fill(parse(entry.texts[tag][variant]), values, tag)

    def fill(self, parts: Sequence[Part], values: Mapping[str, str], tag: str) -> str:
        """Join the parts of a template with the values written as the language writes them."""
        text = ""
        for part in parts:
            if isinstance(part, Literal):
                text += part.text
            elif isinstance(part, Plural):
                number = int(values.get("number", "0"))
                text += part.forms[min(numerals.plural_category(number, tag), len(part.forms) - 1)]
            else:
                text += self.written(part.name, values[part.name], tag, part.form)
        return text

    def outline(self, phrase: str, values: Mapping[str, str], tag: str) -> str:
        """The phrase while values are still to be chosen: what is missing is an ellipsis.

        Raises PhrasebookError when the phrase has no text in that language or a value is missing there.
        """
        entry = self.phrases.get(phrase)
        if entry is None or tag not in entry.texts:
            raise PhrasebookError(f"phrase '{phrase}' has no text in {tag}.")
        text = ""
        for part in parse(entry.texts[tag][0]):
            if isinstance(part, Slot) and part.name not in values:
                text += "…"
            elif isinstance(part, Plural) and "number" not in values:
                text += part.forms[-1]
            else:
                text += self.fill((part,), values, tag)
        return text

    def named(self, slot: str, tag: str) -> dict[str, str]:
        """Value key -> how it is called by itself in a language: what a list to choose from shows.

        Of the slots that are computed these are the usual values; any other that ``numerals`` can write will do too.
        """
        if slot in numerals.OPEN_SLOTS:
            keys = {"number": numerals.NUMBER_KEYS, "price": numerals.PRICE_KEYS, "time": numerals.TIME_KEYS}[slot]
            return {key: numerals.written(slot, key, tag) for key in keys if not key.endswith("?")}
        return {
            key: (forms.get("") or next(iter(forms.values())))[0]
            for key, by_tag in self.values.get(slot, {}).items()
            if (forms := by_tag.get(tag))
        }

    def written(self, slot: str, key: str, tag: str, form: str = "") -> str:
        """One value as the language writes it, in the form asked for."""
        if slot in numerals.OPEN_SLOTS:
            return numerals.written(slot, key, tag)
        forms = self.values.get(slot, {}).get(key, {}).get(tag, {})
        if form not in forms:
            raise PhrasebookError(f"slot '{slot}' has no '{form or 'default'}' form of '{key}' in {tag}.")
        return forms[form][0]

    def rows(self) -> Iterator[dict[str, str]]:
        """The phrase rows again, as :meth:`from_rows` takes them."""
        for phrase in self.phrases.values():
            for tag, texts in phrase.texts.items():
                yield {
                    "id": phrase.id,
                    "category": phrase.category,
                    "safety": "yes" if phrase.safety else "",
                    "speaker": phrase.speaker,
                    "language": tag,
                    "text": VARIANT_SEPARATOR.join(texts),
                    "status": phrase.status[tag],
                }


def _check_columns(row: Mapping[str, str], columns: Sequence[str], where: str) -> None:
    for name in row:
        if name not in columns:
            near = difflib.get_close_matches(str(name), columns, n=1)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise PhrasebookError(f"{where}: unknown column '{name}'; {hint}The columns are {', '.join(columns)}.")
    for name in columns:
        if row.get(name) is None:
            raise PhrasebookError(f"{where}: column '{name}' is missing; the columns are {', '.join(columns)}.")


def _tag(text: str, where: str) -> str:
    if text not in PHRASEBOOK_TAGS:
        try:
            return language(text).tag
        except Exception as error:
            raise PhrasebookError(f"{where}: {error}") from None
    return text


def _variants(text: str, where: str) -> tuple[str, ...]:
    variants = tuple(part.strip() for part in text.split(VARIANT_SEPARATOR) if part.strip())
    if not variants:
        raise PhrasebookError(f"{where}: the text is empty; write at least one variant or delete the line.")
    return variants


def _choice(value: str, choices: Sequence[str], column: str, where: str) -> str:
    if value not in choices:
        near = difflib.get_close_matches(value, choices, n=1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise PhrasebookError(f"{where}: {column} '{value}' is not allowed; {hint}It is one of {', '.join(choices)}.")
    return value


def _add(
    collected: dict[str, Phrase],
    row: Mapping[str, str],
    values: Mapping[str, Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]],
    where: str,
) -> None:
    tag = _tag(row["language"], where)
    texts = _variants(row["text"], where)
    status = _choice(row["status"], STATUSES, "status", where)
    speaker = _choice(row["speaker"], SPEAKERS, "speaker", where)
    safety = _choice(row["safety"], ("yes", ""), "safety", where) == "yes"
    for text in texts:
        try:
            parts = parse(text)
        except PhrasebookError as error:
            raise PhrasebookError(f"{where}: {error}") from None
        for part in parts:
            if isinstance(part, Slot) and part.name not in numerals.OPEN_SLOTS:
                known = (*numerals.OPEN_SLOTS, *values)
                _choice(part.name, known, "slot", where)
                for key, by_tag in values[part.name].items():
                    if tag in by_tag and part.form not in by_tag[tag]:
                        raise PhrasebookError(
                            f"{where}: '{part.name}' value '{key}' has no form '{part.form}' in {tag}."
                        )
    known_phrase = collected.get(row["id"])
    if known_phrase is None:
        collected[row["id"]] = Phrase(row["id"], row["category"], safety, speaker, {tag: texts}, {tag: status})
        return
    if (known_phrase.category, known_phrase.safety, known_phrase.speaker) != (row["category"], safety, speaker):
        raise PhrasebookError(f"{where}: '{row['id']}' has another category, safety or speaker than on its first line.")
    if tag in known_phrase.texts:
        raise PhrasebookError(f"{where}: '{row['id']}' is given twice in {tag}; put variants into one line, with '|'.")
    collected[row["id"]] = Phrase(
        known_phrase.id,
        known_phrase.category,
        safety,
        speaker,
        {**known_phrase.texts, tag: texts},
        {**known_phrase.status, tag: status},
    )


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file with a header line. Raises PhrasebookError when it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PhrasebookError(f"{path} cannot be read as a UTF-8 CSV file: {error}.") from None


def load(folder: Path) -> Book:
    """Read ``phrases.csv`` and ``values.csv`` of a folder."""
    values = folder / "values.csv"
    return Book.from_rows(read_rows(folder / "phrases.csv"), read_rows(values) if values.exists() else (), str(folder))


_FOLDER = Path(__file__).parent / "phrasebook"


@functools.cache
def default_book() -> Book:
    """The phrasebook that comes with the program."""
    return load(_FOLDER)


def extended(rows: Iterable[Mapping[str, str]], origin: str) -> Book:
    """The phrasebook that comes with the program, with more phrases over the same slot values.

    A phrase whose id is known replaces the one that is there. Raises PhrasebookError naming ``origin`` and the row.
    """
    return default_book().merged(Book.from_rows(rows, read_rows(_FOLDER / "values.csv"), origin))
