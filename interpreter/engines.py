"""From models.txt to the engines of a session: what is installed is chosen, loaded, and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interpreter.cards import ENGINES, PROFILES, ModelCard
from interpreter.errors import ChoiceError, LanguageError, ModelError
from interpreter.models import Choice, available, choose, load_recognizer, load_speaker, load_translator, permitted
from interpreter.phrases import Book, default_book
from interpreter.session import Engines
from interpreter.stt import Recognizer
from interpreter.translation import Translator
from interpreter.translation.chain import Chain
from interpreter.tts import Speaker

DEVICES = ("auto", "cpu", "cuda")
USES = ("commercial", "research")


@dataclass(frozen=True)
class Wanted:
    """Which languages each role is wanted for; a role without any is not loaded."""

    heard: tuple[str, ...] = ()
    """Tags that are spoken."""
    directions: tuple[tuple[str, str], ...] = ()
    """(source, target) tags to translate."""
    spoken: tuple[str, ...] = ()
    """Tags that the voice speaks."""


def heard_languages(cards: Sequence[ModelCard]) -> tuple[str, ...]:
    """Every language that an installed recogniser hears: what "auto" means."""
    here = available(cards)
    tags = (tag for card in cards if card.role == "stt" and card.name in here for tag in card.languages)
    return tuple(dict.fromkeys(tags))


def check_choices(profile: str, device: str, use: str) -> None:
    """Raise ChoiceError for a profile, device or use there is not, before anything is looked for or loaded."""
    if use not in USES:
        raise ChoiceError(f"'{use}' is no use; it is one of {', '.join(USES)}.")
    if device not in DEVICES:
        raise ChoiceError(f"'{device}' is no device; it is one of {', '.join(DEVICES)}.")
    choose((), "stt", (), (), profile)


def translating_model(
    cards: Sequence[ModelCard], source: str, target: str, profile: str, device: str, use: str
) -> ModelCard | None:
    """The installed model that would translate from ``source`` to ``target``; None where only the phrasebook would.

    Nothing is loaded. Raises ChoiceError for a profile there is not, ModelError for a device this machine has not got.
    """
    here = available(cards)
    device = resolve_device(device, [card for card in cards if card.name in here])
    card = choose(cards, "translation", (source, target), here, profile, device, use).serving.get((source, target))
    return card if card is not None and not ENGINES[card.engine].built_in else None


def resolve_device(device: str, cards: Sequence[ModelCard]) -> str:
    """``cpu`` or ``cuda``; auto asks the machine, but only when a model is installed that could use the answer."""
    if device == "cpu" or (device == "auto" and all(ENGINES[card.engine].built_in for card in cards)):
        return "cpu"
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        return "cuda"
    if device == "cuda":
        raise ModelError("this machine has no CUDA device; use --device cpu or --device auto.")
    return "cpu"


def assemble(
    cards: Sequence[ModelCard],
    wanted: Wanted,
    profile: str = "auto",
    device: str = "auto",
    use: str = "commercial",
    book: Book | None = None,
) -> tuple[Engines, tuple[str, ...]]:
    """Choose and load what is wanted; return the engines and what should be said about the choice.

    Raises LanguageError for a language that nobody installed serves, naming the model that would; ChoiceError for a
    profile, device or use there is not; ModelError for a model that is not as it should be.
    """
    check_choices(profile, device, use)
    here = available(cards)
    device = resolve_device(device, [card for card in cards if card.name in here])
    book = book or default_book()
    notes: list[str] = []

    def chosen(role: str, languages: Sequence[str], units: Sequence[tuple[str, ...]]) -> list[ModelCard]:
        if not units:
            return []
        choice = choose(cards, role, languages, here, profile, device, use)
        _require(choice, units, cards, use)
        notes.append(choice.sentence())
        serving = [choice.serving[unit] for unit in units if unit in choice.serving]
        return [card for card in choice.cards if card in serving or card.engine == "phrasebook"]

    heard = chosen("stt", wanted.heard, [(tag,) for tag in wanted.heard])
    both = dict.fromkeys(tag for direction in wanted.directions for tag in direction)
    directions = [pair for pair in wanted.directions if pair[0] != pair[1]]
    between = chosen("translation", tuple(both), directions)
    spoken = chosen("tts", wanted.spoken, [(tag,) for tag in wanted.spoken])
    recognizers: list[Recognizer] = [load_recognizer(card, book, device) for card in heard]
    translators: list[Translator] = [load_translator(card, book, device) for card in between]
    speakers: list[Speaker] = [load_speaker(card, device) for card in spoken]
    return Engines(tuple(recognizers), Chain(translators), tuple(speakers)), tuple(notes)


_DOES = {"stt": "hears", "translation": "translates", "tts": "speaks"}


def _require(choice: Choice, units: Sequence[tuple[str, ...]], cards: Sequence[ModelCard], use: str) -> None:
    """Raise LanguageError when none of the units is served; one of several may be missing."""
    if any(unit in choice.serving for unit in units):
        return
    unit = units[0]
    would = [card for card in cards if card.role == choice.role and card.serves(unit) and permitted(card, use)]
    # The one for the smallest machine is the one that is sure to run on this one.
    would.sort(key=lambda card: min((PROFILES.index(profile) for profile in card.profiles), default=len(PROFILES)))
    name = would[0].name if would else ""
    mend = f"'{name}' would: interpreter models pull {name}" if would else "and no model of models.txt does."
    raise LanguageError(f"nothing installed {_DOES[choice.role]} {' to '.join(unit)}; {mend}")
