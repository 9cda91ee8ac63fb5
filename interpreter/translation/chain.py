"""The chain: translators in their order, of which the first that answers wins."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.phrases import Book
from interpreter.translation import Origin, Term, Translation, Translator
from interpreter.translation.phrasebook import Match, Phrasebook


class Chain:
    """A translator made of translators. Thread-safe when they are."""

    def __init__(self, translators: Sequence[Translator], name: str = "chain") -> None:
        self.name = name
        self.translators = tuple(translators)

    def learn(self, book: Book) -> None:
        """Take the phrases of another book from the next text on. From any thread."""
        # One assignment: a text that is being translated keeps the translators it began with.
        self.translators = tuple(
            Phrasebook(book, each.name, each.threshold) if isinstance(each, Phrasebook) else each
            for each in self.translators
        )

    def serves(self, source: str, target: str) -> bool:
        """Whether any of them serves the direction."""
        return source == target or any(each.serves(source, target) for each in self.translators)

    def translate(self, text: str, source: str, target: str, terms: Sequence[Term] = ()) -> Translation | None:
        """The first answer, or None when the text is nobody's."""
        if source == target:
            return Translation(text, source, target, Origin("same", "same"))
        for each in self.translators:
            if each.serves(source, target):
                answer = each.translate(text, source, target, terms)
                if answer is not None:
                    return answer
        return None

    def nearest(self, text: str, source: str, count: int = 3) -> tuple[str, ...]:
        """Up to ``count`` phrases of the phrasebook that would work instead."""
        for each in self.translators:
            if isinstance(each, Phrasebook) and each.serves(source, source):
                return tuple(each.nearest(text, source, count))
        return ()

    def match(self, text: str, source: str) -> Match | None:
        """The phrase of the phrasebook that a text is, with its values; None: it is none."""
        for each in self.translators:
            if isinstance(each, Phrasebook) and each.serves(source, source):
                return each.match(text, source)
        return None
