"""Translation: what a translator is, and what it says about its answer.

Policy is composition of one interface: phrasebook, terms, models, the chain over them are all translators. Each
answers with a :class:`Translation` or says ``None``: "not mine".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Origin:
    """Where a translation comes from, so that the interface can show it."""

    kind: str
    """``phrasebook``, ``model`` or ``same`` (source and target are one language)."""
    name: str
    """The phrase's id, or the model's name as in models.txt."""
    status: str = ""
    """For a phrase: ``draft``, ``supplied`` or ``approved``."""
    match: float = 1.0
    """For a phrase: similarity of what was said to the entry, 0 to 1; 1 is exact after normalisation."""


@dataclass(frozen=True)
class Translation:
    """A text in the target language and what is known about it."""

    text: str
    """In the target language and its script."""
    source: str
    """BCP-47 tag."""
    target: str
    """BCP-47 tag."""
    origin: Origin
    terms: tuple[str, ...] = ()
    """Terms of the source text that the translation kept, as they stand in the target."""
    warnings: tuple[str, ...] = ()
    """Checks the translation failed, one sentence each (a lost name, another number, ...)."""


@dataclass(frozen=True)
class Term:
    """A proper name and what it is called in each language."""

    names: dict[str, tuple[str, ...]]
    """Tag -> names; the first is the approved one, the others are variants people say."""


class Translator(Protocol):
    """Turns a text of one language into another. Thread-safe."""

    name: str

    def serves(self, source: str, target: str) -> bool:
        """Whether this direction (BCP-47 tags) can be asked for."""
        ...

    def translate(self, text: str, source: str, target: str, terms: Sequence[Term] = ()) -> Translation | None:
        """Return the translation, or None when this text is not this translator's."""
        ...
