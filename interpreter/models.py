"""The models: which of them are here, which to take, and how each becomes an engine.

One line of models.txt is one :class:`ModelCard` (:mod:`interpreter.cards`). :func:`choose` decides, as a pure
function over what is installed, which card serves which language; ``load_*`` turns a card into an engine. Fetching
is in :mod:`interpreter.pull`.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from interpreter import lock
from interpreter.cards import ENGINES, PROFILES, ROLES, ModelCard, default_models_file, near, parse, read_cards
from interpreter.errors import ChoiceError, InterpreterError, ModelError

if TYPE_CHECKING:
    from interpreter.phrases import Book
    from interpreter.stt import Recognizer
    from interpreter.translation import Translator
    from interpreter.tts import Speaker

__all__ = [
    "ENGINES", "PROFILES", "ROLES", "Choice", "ModelCard", "available", "choose", "default_models_file", "installed",
    "load_recognizer", "load_speaker", "load_translator", "missing", "parse", "permitted", "read_cards",
    "require_permission", "select",
]  # fmt: skip


# --- what is there


def installed(card: ModelCard, data: Path | None = None) -> bool:
    """Whether the card can be loaded now: its packages are here and its files complete and locked."""
    engine = ENGINES[card.engine]
    if not all(importlib.util.find_spec(package) for package in engine.packages):
        return False
    if engine.built_in:
        return True
    entry = lock.read(data).get(card.name)
    return (
        entry is not None
        and (entry.source, entry.engine, entry.quantization) == (card.source, card.engine, quantization(card))
        and lock.complete(card.name, entry, data)
    )


def available(cards: Iterable[ModelCard], data: Path | None = None) -> frozenset[str]:
    """The names of the cards that are installed."""
    return frozenset(card.name for card in cards if installed(card, data))


def quantization(card: ModelCard) -> str:
    """How its weights are stored by CTranslate2; empty for an engine that does not convert."""
    return card.options.get("quantization", "int8") if ENGINES[card.engine].converted else ""


def permitted(card: ModelCard, use: str = "commercial") -> bool:
    """Whether the licence verdict allows this use: ``commercial``, or ``research``, which allows every card.

    A restricted card counts as commercial only when its line says ``accepted=yes``.
    """
    return (
        use == "research"
        or card.use == "commercial"
        or (card.use == "restricted" and card.options.get("accepted") == "yes")
    )


def require_permission(card: ModelCard, cards: Iterable[ModelCard], use: str = "commercial") -> None:
    """Raise ModelError when the verdict forbids this use, naming a permitted alternative."""
    if permitted(card, use):
        return
    others = [other for other in cards if other.role == card.role and permitted(other, use)]
    # The one that serves most of the same languages; of equals, a model rather than what is there anyway.
    others.sort(key=lambda other: (len(set(other.languages) & set(card.languages)), not ENGINES[other.engine].built_in))
    served = others and set(others[-1].languages) & set(card.languages)
    instead = f"; use '{others[-1].name}' instead" if served else ""
    if card.use == "restricted":
        mend = "if that allows what you do, write accepted=yes into the options of its line in models.txt"
        raise ModelError(f"'{card.name}' is restricted by {card.licence} ({card.restriction}): {mend}{instead}.")
    raise ModelError(
        f"'{card.name}' is for research only ({card.licence}: {card.restriction}){instead}, or say --use research "
        "if this is research."
    )


# --- choosing


@dataclass(frozen=True)
class Choice:
    """Which cards serve one role, and what was left aside."""

    role: str
    profile: str
    """The profile whose cards were looked at, ``auto`` resolved."""
    cards: tuple[ModelCard, ...]
    """The cards to load, in the order to ask them."""
    serving: Mapping[tuple[str, ...], ModelCard]
    """(tag,) -> card; for translation (source, target) -> card, the phrasebook aside where a model serves too."""
    unserved: tuple[tuple[str, ...], ...]
    """The languages or directions that no available card serves."""
    better: tuple[ModelCard, ...]
    """Cards of the profile that are not installed and would serve something better, or at all."""
    refused: tuple[ModelCard, ...]
    """Installed cards that were left aside because their licence forbids the use."""

    def sentence(self) -> str:
        """What was taken and what a pull would add, for the screen and the log."""
        taken = ", ".join(card.name for card in self.cards) or "nothing"
        text = f"{self.role}: {taken}"
        if self.better:
            names = ", ".join(card.name for card in self.better)
            text += f"; `interpreter models pull {self.profile}` would add {names}"
        if self.refused:
            text += f"; left aside for its licence: {', '.join(card.name for card in self.refused)}"
        return text + "."


def choose(
    cards: Sequence[ModelCard],
    role: str,
    languages: Sequence[str],
    available: Collection[str],
    profile: str = "auto",
    device: str = "cpu",
    use: str = "commercial",
) -> Choice:
    """Take the best available card per language (per direction, for translation) of those in play.

    A pure function: ``available`` holds the names of what is installed. A profile is a ceiling: what it lacks comes
    from the smaller ones, so a machine without any download still runs; ``auto`` is ``gpu`` on a CUDA device, else
    ``cpu``. Within a profile the line further up in models.txt wins. The phrasebook is always asked first.
    """
    ceiling = {"auto": "gpu" if device.startswith("cuda") else "cpu"}.get(profile, profile)
    if ceiling not in PROFILES:
        known = ("auto", *PROFILES)
        raise ChoiceError(f"'{profile}' is no profile; {near(profile, known)}There is {', '.join(known)}.")
    ranks = [(_rank(card, ceiling), card) for card in cards if card.role == role]
    ranked = [card for rank, card in sorted(ranks, key=lambda pair: pair[0]) if rank <= _LAST]
    units = [(tag,) for tag in languages] if role != "translation" else list(itertools.permutations(languages, 2))
    first = tuple(card for card in ranked if card.engine == "phrasebook" and card.name in available)
    serving: dict[tuple[str, ...], ModelCard] = {}
    better: dict[str, ModelCard] = {}
    refused: dict[str, ModelCard] = {}
    for unit in dict.fromkeys(units):
        for card in ranked:
            if not card.serves(unit):
                continue
            if not permitted(card, use):
                refused |= {card.name: card} if card.name in available else {}
            elif card.name in available:
                serving[unit] = card
                break
            elif card.profiles:
                better.setdefault(card.name, card)
    taken = {card.name: card for card in (*first, *(card for card in ranked if card in serving.values()))}
    unserved = tuple(unit for unit in units if unit not in serving)
    aside = (tuple(better.values()), tuple(refused.values()))
    return Choice(role, ceiling, tuple(taken.values()), serving, unserved, *aside)


_LAST = 2 * len(PROFILES)
"""Ranks above this are not asked at all."""


def _rank(card: ModelCard, ceiling: str) -> int:
    """How early a card is asked: 0 for the profile's own; above :data:`_LAST` when it is too large for the profile."""
    order = PROFILES[PROFILES.index(ceiling) :: -1]
    last = 2 * (len(order) - 1)
    if not card.profiles:
        # Somebody fetched it by name, but those of a profile that were fetched too go first.
        return last - 1 if ceiling != "embedded" else _LAST + 1
    ranks = [2 * order.index(profile) for profile in card.profiles if profile in order]
    # What comes with the program is the last resort, whichever profiles name it.
    return last if ranks and ENGINES[card.engine].built_in else min(ranks, default=_LAST + 1)


def missing(
    cards: Iterable[ModelCard], profile: str, available: Collection[str], use: str = "commercial"
) -> tuple[ModelCard, ...]:
    """What ``models pull PROFILE`` would fetch: permitted cards of the profile that are not available."""
    return tuple(
        card
        for card in cards
        if profile in card.profiles
        and not ENGINES[card.engine].built_in
        and card.name not in available
        and permitted(card, use)
    )


def select(cards: Sequence[ModelCard], word: str, use: str = "commercial") -> tuple[ModelCard, ...]:
    """The cards that ``models pull WORD`` means: those of a profile that are permitted, or the one of that name.

    Raises ChoiceError when there is neither, ModelError when the named card may not be put to this use.
    """
    if word in PROFILES:
        return missing(cards, word, (), use)
    by_name = {card.name: card for card in cards}
    if word not in by_name:
        known = (*PROFILES, *by_name)
        raise ChoiceError(
            f"'{word}' is neither a profile nor a model; {near(word, known)}The profiles are {', '.join(PROFILES)}; "
            "the models are shown by: interpreter models list"
        )
    require_permission(by_name[word], cards, use)
    return (by_name[word],)


# --- loading


def load_recognizer(
    card: ModelCard, book: Book | None = None, device: str = "cpu", data: Path | None = None
) -> Recognizer:
    """Make the recogniser of a card; ``book`` is the phrasebook, which pocketsphinx needs. Raises ModelError."""
    return cast("Recognizer", _load(card, "stt", book, device, data))


def load_translator(
    card: ModelCard, book: Book | None = None, device: str = "cpu", data: Path | None = None
) -> Translator:
    """Make the translator of a card; ``book`` is what the phrasebook translates from. Raises ModelError."""
    return cast("Translator", _load(card, "translation", book, device, data))


def load_speaker(card: ModelCard, device: str = "cpu", data: Path | None = None) -> Speaker:
    """Make the voice of a card. Raises ModelError."""
    return cast("Speaker", _load(card, "tts", None, device, data))


def _load(card: ModelCard, role: str, book: Book | None, device: str, data: Path | None) -> Any:
    if card.role != role:
        raise ModelError(f"'{card.name}' is for {card.role}, not for {role}; see: interpreter models list")
    engine = ENGINES[card.engine]
    mend = f"pip install 'interpreter[{engine.extra}]'" if engine.extra else "pip install --force-reinstall interpreter"
    for package in engine.packages:
        if not importlib.util.find_spec(package):
            raise ModelError(f"'{card.name}' needs the package '{package}'; run: {mend}")
    if card.engine in ("pocketsphinx", "phrasebook") and book is None:
        from interpreter.phrases import default_book

        book = default_book()
    if not engine.built_in and not installed(card, data):
        raise ModelError(f"'{card.name}' is not installed or not complete; run: interpreter models pull {card.name}")
    folder = lock.model_folder(card.name, data)
    try:
        kind = getattr(importlib.import_module(engine.module), engine.attribute)
        if card.engine == "pocketsphinx":
            return kind(book, card.languages, card.engine_options)
        if card.engine == "phrasebook":
            return kind(book)
        if engine.built_in:
            return kind()
        return kind(card.name, folder, card.languages, device, card.engine_options)
    except (InterpreterError, MemoryError):
        raise
    except ImportError as error:
        raise ModelError(f"'{card.name}' cannot be loaded ({error}); run: {mend}") from error
    except Exception as error:
        # Readers of weights and configurations raise whatever they like on a damaged file.
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        if engine.built_in:
            raise ModelError(f"'{card.name}' cannot be loaded ({reason}); run: {mend}") from error
        raise ModelError(
            f"the files of '{card.name}' in '{folder}' are damaged ({reason}); run: interpreter models pull {card.name}"
        ) from error
