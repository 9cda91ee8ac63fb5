"""The phrasebook as a network of sounds: which sentences a language can hold, and how each of them sounds."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interpreter import numerals
from interpreter.phrases import Book, Choice, Literal, Plural, Slot, Template
from interpreter.stt.acoustic import AcousticModel, Floats, Ints
from interpreter.stt.phones import WORD_END, sounds
from interpreter.stt.search import Network, Piece, piece

# Counters that melt into their number (一枚 ichimai, 三分 sanpun): they must be read with it.
_COUNTERS = "枚分階人名番度本杯号歳個つ時円元台"


@dataclass(frozen=True)
class Part:
    """One place in a sentence with its alternatives."""

    slot: str
    """Slot name; empty for plain text."""
    choices: tuple[Choice, ...]
    """One value per index of the piece; empty for plain text."""
    sequences: tuple[tuple[int, tuple[str, ...]], ...]
    """(value index, sounds) of every way to say it."""


@dataclass(frozen=True)
class Sentence:
    """One template ready to be searched."""

    template: Template
    parts: tuple[int, ...]
    """Indices into :attr:`Grammar.parts`."""


class Grammar:
    """Everything of a book that can be said in one language."""

    def __init__(self, book: Book, tag: str) -> None:
        self.tag = tag
        self.parts: list[Part] = []
        self.sentences: list[Sentence] = []
        self._known: dict[object, int] = {}
        self._book = book
        for template in book.templates(tag):
            parts = self._parts_of(template)
            if parts:
                self.sentences.append(Sentence(template, tuple(parts)))

    def _add(self, key: object, part: Part) -> int:
        if key not in self._known:
            self._known[key] = len(self.parts)
            self.parts.append(part)
        return self._known[key]

    def _literal(self, texts: Sequence[str]) -> list[int]:
        found = [sounds(text, self.tag) for text in texts]
        variants = tuple(dict.fromkeys(variant for variant in found if variant))
        if not variants:
            return []
        return [self._add(variants, Part("", (), tuple((0, variant) for variant in variants)))]

    def _parts_of(self, template: Template) -> list[int]:
        out: list[int] = []
        parts = list(template.parts)
        for place, part in enumerate(parts):
            if isinstance(part, Literal):
                out += self._literal([part.text])
            elif isinstance(part, Plural):
                out += self._literal(part.forms)
            else:
                glue = ""
                following = parts[place + 1] if place + 1 < len(parts) else None
                if self.tag == "ja" and isinstance(following, Literal) and part.name in numerals.OPEN_SLOTS:
                    rest = following.text.lstrip()
                    if rest[:1] and rest[0] in _COUNTERS:
                        glue = rest[0]
                        parts[place + 1] = Literal(rest[1:])
                out += self._slot(part, glue)
        return out

    def _slot(self, slot: Slot, glue: str) -> list[int]:
        choices = self._book.slot_choices(slot.name, slot.form, self.tag)
        found: dict[tuple[int, tuple[str, ...]], None] = {}
        for index, choice in enumerate(choices):
            for text in choice.spoken:
                variant = sounds(text + glue, self.tag)
                if variant:
                    found[index, variant] = None
        if not found:
            return []
        return [self._add((slot.name, slot.form, glue), Part(slot.name, choices, tuple(found)))]


class Inventory:
    """Sounds turned into columns of an emission table: the best of a sound's phones in each of three states."""

    def __init__(self, model: AcousticModel) -> None:
        self._model = model
        self._columns: dict[tuple[tuple[int, ...], ...], int] = {}
        self._senones: list[tuple[tuple[int, ...], ...]] = []

    def column(self, sound: str, left: str = "", right: str = "", place: int = 3) -> int:
        """First of the three columns of a sound; with neighbours (phones), the senones of that context."""
        model = self._model
        variants = []
        for phone in sound.split("|"):
            if left and right and phone != "SIL":
                variants.append(tuple(model.in_context(phone, left, right, place).tolist()))
            else:
                variants.append(tuple(model.context_free(phone).tolist()))
        key = tuple(dict.fromkeys(variants))
        if key not in self._columns:
            self._columns[key] = 3 * len(self._senones)
            self._senones.append(key)
        return self._columns[key]

    def table(self) -> Ints:
        """Senones of every column, shape ``(alternatives, columns)``; shorter sounds repeat their first phone."""
        depth = max(len(key) for key in self._senones)
        out = np.zeros((depth, 3 * len(self._senones)), np.int32)
        for i, key in enumerate(self._senones):
            for a in range(depth):
                out[a, 3 * i : 3 * i + 3] = key[a if a < len(key) else 0]
        return out


def emissions(scores: Floats, table: Ints) -> Floats:
    """Emission scores of all columns, shape ``(frames, columns)``, from senone scores ``(frames, senones)``."""
    out = scores[:, table[0]]
    for row in table[1:]:
        np.maximum(out, scores[:, row], out=out)
    return out


@dataclass(frozen=True)
class Searchable:
    """A network with the table that feeds it."""

    network: Network
    table: Ints
    """Shape ``(alternatives, columns)``: senones."""
    sentences: tuple[int, ...]
    """For each path of the network its sentence in the grammar."""


def _labels(pieces: Sequence[Piece], model: AcousticModel, context: bool) -> tuple[Ints, Floats, Floats, Ints]:
    inventory = Inventory(model)
    columns: list[int] = []
    phones: list[int] = []
    for part in pieces:
        neighbours = _neighbours(part) if context else [("", "", 3)] * len(part.sounds)
        for sound, (left, right, place) in zip(part.sounds, neighbours, strict=True):
            name = "SIL" if sound == WORD_END else sound
            columns.append(inventory.column(name, left, right, place))
            phones.append(model.index[name.split("|")[0]])
    columns.append(inventory.column("SIL"))
    phones.append(model.index["SIL"])
    return np.array(columns, np.int32), model.stay[phones], model.move[phones], inventory.table()


def _neighbours(part: Piece) -> list[tuple[str, str, int]]:
    """Left phone, right phone and place in the word of every node; empty where they differ between paths."""
    n = len(part.sounds)
    left: list[set[str]] = [set() for _ in range(n)]
    right: list[set[str]] = [set() for _ in range(n)]
    for source, target in part.arcs.tolist():
        if source >= 0:
            left[target].add(part.sounds[source].split("|")[0])
            right[source].add(part.sounds[target].split("|")[0])
        else:
            left[target].add("")
    for _, node in part.exits.tolist():
        right[node].add("")
    out = []
    for i in range(n):
        lefts, rights = left[i] - {WORD_END}, right[i] - {WORD_END}
        one = next(iter(lefts)) if len(lefts) == 1 else ""
        two = next(iter(rights)) if len(rights) == 1 else ""
        begins, ends = WORD_END in left[i], WORD_END in right[i]
        out.append((one, two, 2 if begins and ends else 0 if begins else 1 if ends else 3))
    return out


def compact(grammar: Grammar, model: AcousticModel) -> Searchable:
    """All sentences, small: phones without context and slots that do not tell their values apart."""
    pieces = [piece([(0, sequence) for _, sequence in _marked(part)]) for part in grammar.parts]
    return _searchable(grammar, range(len(grammar.sentences)), pieces, model, context=False)


def _marked(part: Part) -> list[tuple[int, tuple[str, ...]]]:
    return [(v, tuple(WORD_END + "?" if s == WORD_END else s for s in sequence)) for v, sequence in part.sequences]


class Detailed:
    """Single sentences with every slot value told apart, built when asked for."""

    def __init__(self, grammar: Grammar, model: AcousticModel) -> None:
        self._grammar = grammar
        self._model = model
        self._piece = functools.lru_cache(maxsize=None)(lambda index: piece(_marked(grammar.parts[index])))

    def network(self, sentences: Sequence[int], context: bool = True) -> Searchable:
        """The network of a few sentences, by their indices in the grammar."""
        used = sorted({index for s in sentences for index in self._grammar.sentences[s].parts})
        return _searchable(
            self._grammar, sentences, {index: self._piece(index) for index in used}, self._model, context
        )


def spoken(texts: Sequence[str], tag: str, model: AcousticModel, context: bool) -> Searchable:
    """The network of whole sentences, one path each, as they are written; texts without a sound are left out."""
    found = [(index, sounds(text, tag)) for index, text in enumerate(texts)]
    found = [(index, sequence) for index, sequence in found if sequence]
    pieces = [piece(_marked(Part("", (), ((0, sequence),)))) for _, sequence in found]
    columns, stay, move, table = _labels(pieces, model, context)
    network = Network([[i] for i in range(len(pieces))], pieces, stay, move, columns)
    return Searchable(network, table, tuple(index for index, _ in found))


def _searchable(
    grammar: Grammar,
    chosen: Sequence[int] | range,
    pieces: Sequence[Piece] | Mapping[int, Piece],
    model: AcousticModel,
    context: bool,
) -> Searchable:
    used = sorted({index for s in chosen for index in grammar.sentences[s].parts})
    number = {index: i for i, index in enumerate(used)}
    selected = [pieces[index] for index in used]
    columns, stay, move, table = _labels(selected, model, context)
    paths = [[number[index] for index in grammar.sentences[s].parts] for s in chosen]
    return Searchable(Network(paths, selected, stay, move, columns), table, tuple(chosen))


Scores = npt.NDArray[np.float32]
