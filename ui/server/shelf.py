"""The models by name, for programs that name one; ``auto`` takes what the pages take."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from interpreter.cards import ModelCard, near
from interpreter.engines import resolve_device
from interpreter.errors import LanguageError
from interpreter.languages import language as find_language
from interpreter.models import available, load_recognizer, load_speaker, permitted
from ui.hand_over import venue_book
from ui.server.problems import Refused

if TYPE_CHECKING:
    from interpreter.session import Engines
    from interpreter.tts import Speaker
    from ui.server.house import House

AUTO = "auto"
"""The best that is installed for the language."""


class _Named(Protocol):
    name: str


def tag_of(text: str, param: str = "language") -> str:
    """The tag that another program means: BCP-47 or ISO 639-1; ``zh`` is Traditional Chinese. Raises Refused."""
    try:
        return "zh-Hant" if text.strip().lower() == "zh" else find_language(text).tag
    except LanguageError as error:
        raise Refused(400, "unknown_language", str(error), param=param) from None


class Shelf:
    """What is installed, each loaded when it is first asked for by its name. Safe from any thread."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._loaded: dict[str, _Named] = {}
        self._lock = threading.Lock()

    def cards(self) -> tuple[ModelCard, ...]:
        """The models that may be named: installed, and allowed for this use."""
        cards = self._house.cards
        here = available(cards)
        return tuple(card for card in cards if card.name in here and permitted(card, self._house.options.use))

    def hearing(self, model: str) -> Engines:
        """The engines with the recogniser of that name alone. Raises Refused."""
        engines = self._house.engines
        if model == AUTO:
            return engines

        def load(card: ModelCard, device: str) -> _Named:
            return load_recognizer(card, venue_book(self._house.venue, self._house.database), device)

        return replace(engines, recognizers=(self._take(model, "stt", engines.recognizers, load),))  # type: ignore[arg-type]

    def voice(self, model: str) -> Speaker:
        """The voice of that name. Raises Refused."""
        return self._take(model, "tts", self._house.engines.speakers, load_speaker)  # type: ignore[return-value]

    def _take(
        self, name: str, role: str, running: Sequence[_Named], load: Callable[[ModelCard, str], _Named]
    ) -> _Named:
        for each in running:
            if each.name == name:
                return each
        cards = {card.name: card for card in self.cards()}
        fitting = [AUTO, *(card.name for card in cards.values() if card.role == role)]
        if name not in cards or cards[name].role != role:
            raise Refused(
                404, "model_not_found",
                f"'{name}' is no model that is installed here for this; {near(name, fitting)}There is "
                f"{', '.join(fitting)}.", param="model",
            )  # fmt: skip
        with self._lock:
            if name not in self._loaded:
                device = resolve_device(self._house.options.device, [cards[name]])
                self._loaded[name] = load(cards[name], device)
            return self._loaded[name]
