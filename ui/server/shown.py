"""What a connection is told beyond the events: how a text is read aloud, what language failed, what else was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interpreter.events import Event, Failed, Final, Translated, to_json
from interpreter.romanisation import romanised

if TYPE_CHECKING:
    from ui.server.house import House

OFFERED = 3
"""Phrases that are offered at once."""
_REMEMBERED = 20
"""Utterances whose language is known when one of them fails."""


class Shown:
    """Events of one session as messages. Used by one thread at a time."""

    def __init__(self) -> None:
        self._languages: dict[int, str] = {}

    def message(self, event: Event) -> dict[str, Any]:
        """The event as JSON: with its ``reading``, or with the ``language`` of what failed (empty: not known)."""
        values = to_json(event)
        if isinstance(event, Final):
            self._languages[event.utterance] = event.language
            while len(self._languages) > _REMEMBERED:
                del self._languages[next(iter(self._languages))]
            values["reading"] = romanised(event.text, event.language)
        elif isinstance(event, Translated):
            values["reading"] = romanised(event.text, event.target)
        elif isinstance(event, Failed):
            values["language"] = self._languages.get(event.utterance, "")
        return values


def nearest(house: House, text: str, language: str, told: str, target: str) -> dict[str, Any]:
    """The answer to "that is wrong": what else could have been meant, and what the translation says, told back.

    The phrases are other ones than the text itself and than those that would be told in the same words again. ``back``
    is empty when nobody translates back.
    """
    translator = house.engines.translator
    back = translator.translate(told, target, language, house.terms) if told and target else None
    suggestions: list[str] = []
    for phrase in translator.nearest(text, language, 2 * OFFERED):
        again = translator.translate(phrase, language, target, house.terms) if target else None
        if phrase != text and (again is None or again.text != told):
            suggestions.append(phrase)
    house.inbox.add("wrong", text, language, told)
    return {
        "type": "Nearest",
        "language": language,
        "suggestions": suggestions[:OFFERED],
        "back": back.text if back else "",
    }
