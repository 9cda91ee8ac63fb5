"""models.txt: one line per model, read into a :class:`ModelCard` and checked word by word."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from interpreter import licences
from interpreter.conversion import QUANTIZATIONS
from interpreter.errors import InterpreterError, ModelError
from interpreter.languages import OTHER, PHRASEBOOK
from interpreter.languages import language as find_language

ROLES: tuple[str, ...] = ("stt", "translation", "tts")
PROFILES: tuple[str, ...] = ("embedded", "cpu", "gpu")
COLUMNS: tuple[str, ...] = (
    "name", "role", "profile", "engine", "source", "licence", "use", "languages", "options",
)  # fmt: skip
SETUP_OPTIONS = frozenset({"quantization", "safetensors", "accepted"})
"""Options read when a model is pulled or chosen; the engine never sees them."""


@dataclass(frozen=True)
class Engine:
    """The code behind a word in the engine column."""

    role: str
    """One of :data:`ROLES`."""
    module: str
    """Imported only when the engine is loaded."""
    attribute: str
    """The class in it."""
    packages: tuple[str, ...] = ()
    """Importable packages it needs."""
    extra: str = ""
    """The optional extra that brings them; empty when they always come with the program."""
    built_in: bool = False
    """It brings its own data: the source is ``package``."""
    converted: bool = False
    """Its weights are converted to CTranslate2 when pulled."""


ENGINES: dict[str, Engine] = {
    "pocketsphinx": Engine(
        "stt", "interpreter.stt.pocketsphinx", "PocketSphinx", ("pocketsphinx",), built_in=True
    ),
    "whisper": Engine("stt", "interpreter.stt.whisper", "Whisper", ("faster_whisper",), converted=True),
    "phrasebook": Engine("translation", "interpreter.translation.phrasebook", "Phrasebook", built_in=True),
    "seq2seq": Engine("translation", "interpreter.translation.seq2seq", "Seq2Seq", ("ctranslate2",), converted=True),
    "chat": Engine("translation", "interpreter.translation.chat", "Chat", ("transformers",)),
    "espeak": Engine("tts", "interpreter.tts.espeak", "Espeak", ("espeakng_loader",), built_in=True),
    "openjtalk": Engine("tts", "interpreter.tts.openjtalk", "OpenJTalk", ("pyopenjtalk",), built_in=True),
    "vits": Engine("tts", "interpreter.tts.vits", "Vits", ("transformers", "torch")),
    "kokoro": Engine("tts", "interpreter.tts.kokoro", "Kokoro", ("onnxruntime", "espeakng_loader")),
}  # fmt: skip
"""Every engine: the word in models.txt -> where its class is."""


@dataclass(frozen=True)
class ModelCard:
    """One line of models.txt."""

    name: str
    """What it is called in commands and results; also the name of its folder."""
    role: str
    """One of :data:`ROLES`."""
    profiles: tuple[str, ...]
    """The profiles that pull it; none means only by name."""
    engine: str
    """A key of :data:`ENGINES`."""
    source: str
    """``package``, ``hf:owner/name`` or ``dir:/absolute/path``."""
    licence: str
    """A key of :data:`interpreter.licences.LICENCES`."""
    use: str
    """The verdict, one of :data:`interpreter.licences.USES`."""
    languages: tuple[str, ...]
    """BCP-47 tags."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Everything of the options column."""

    @property
    def engine_options(self) -> dict[str, str]:
        """The options that are the engine's own."""
        return {key: value for key, value in self.options.items() if key not in SETUP_OPTIONS}

    @property
    def restriction(self) -> str:
        """What the licence asks for or rules out; empty when there is nothing to say."""
        return licences.LICENCES[self.licence].note

    def serves(self, unit: Sequence[str]) -> bool:
        """Whether it serves a language (one tag) or a direction of translation (two tags)."""
        if not set(unit) <= set(self.languages):
            return False
        if len(unit) == 1 or "from" not in self.options:
            return True
        # A Marian model has one direction; either Chinese script stands for both.
        one_way = (self.options["from"], self.options.get("to", ""))
        return all(base.split("-")[0] == tag.split("-")[0] for base, tag in zip(one_way, unit, strict=True))


def default_models_file() -> Path:
    """The models.txt that comes with the program: inside the package when installed, above it in a checkout."""
    inside = Path(__file__).with_name("models.txt")
    return inside if inside.exists() else Path(__file__).parents[1] / "models.txt"


def read_cards(path: Path | None = None) -> tuple[ModelCard, ...]:
    """Read a models.txt; without ``path`` the one that comes with the program.

    Raises ModelError naming the file, the line, the column and the nearest valid word.
    """
    path = path or default_models_file()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ModelError(
            f"there is no '{path}'; give another file with --models FILE or leave the option out."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"'{path}' cannot be read as UTF-8 text ({error}); give another file with --models FILE."
        ) from None
    return parse(text, path)


def parse(text: str, path: Path) -> tuple[ModelCard, ...]:
    """Read the text of a models.txt; ``path`` names it in messages, and ``dir:`` sources are seen from its folder."""
    header: tuple[str, ...] = ()
    cards: dict[str, ModelCard] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if not header:
            header = _header(words, f"{path}, line {number}")
            continue
        if len(words) != len(header):
            raise ModelError(
                f"{path}, line {number}: {len(words)} columns instead of {len(header)}; write a value without spaces "
                f"for each of {', '.join(header)} ('-' for none)."
            )
        card = _card(dict(zip(header, words, strict=True)), path, number)
        if card.name in cards:
            raise ModelError(
                f"{path}, line {number}, column name: '{card.name}' is taken already; choose another name."
            )
        cards[card.name] = card
    if not header:
        raise ModelError(f"{path} has no header line; begin it with the line: {' '.join(COLUMNS)}")
    if not cards:
        raise ModelError(f"{path} names no model; below its header line write one model per line.")
    return tuple(cards.values())


def near(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word, with a space after it; empty when none is near."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean '{found[0]}'? " if found else ""


def _header(words: Sequence[str], where: str) -> tuple[str, ...]:
    for word in words:
        if word not in COLUMNS:
            raise ModelError(
                f"{where}: '{word}' is no column; {near(word, COLUMNS)}The columns are {', '.join(COLUMNS)}."
            )
    missing = [column for column in COLUMNS if column not in words]
    if missing or len(set(words)) != len(words):
        fault = f"column '{missing[0]}' is missing" if missing else "a column is named twice"
        raise ModelError(f"{where}: {fault}; the columns are {', '.join(COLUMNS)}.")
    return tuple(words)


def _card(row: Mapping[str, str], path: Path, number: int) -> ModelCard:
    def fail(column: str, message: str) -> ModelError:
        return ModelError(f"{path}, line {number}, column {column}: {message}")

    def one_of(column: str, word: str, known: Collection[str]) -> str:
        if word not in known:
            raise fail(column, f"'{word}' is not known; {near(word, known)}It is one of {', '.join(known)}.")
        return word

    if not all(character.isalnum() or character in "-._" for character in row["name"]) or row["name"][0] in "-.":
        raise fail("name", f"'{row['name']}' is also a folder's name; use letters, digits, '-', '.' and '_'.")
    role = one_of("role", row["role"], ROLES)
    profile = row["profile"]
    profiles = () if profile == "-" else tuple(one_of("profile", word, PROFILES) for word in profile.split(","))
    engine = one_of("engine", row["engine"], ENGINES)
    if ENGINES[engine].role != role:
        raise fail("engine", f"'{engine}' is for {ENGINES[engine].role}, and this line's role is {role}.")
    use = one_of("use", row["use"], licences.USES)
    fault = licences.problem(row["licence"], use)
    if fault:
        raise fail("licence" if row["licence"] not in licences.LICENCES else "use", fault)
    try:
        source = _source(row["source"], ENGINES[engine], path.parent)
    except ValueError as error:
        raise fail("source", str(error)) from None
    try:
        languages = _languages(row["languages"])
    except InterpreterError as error:
        raise fail("languages", str(error)) from None
    options: dict[str, str] = {}
    for part in () if row["options"] == "-" else row["options"].replace(";", ",").split(","):
        key, equals, value = part.partition("=")
        if not (key and equals and value) or key in options:
            raise fail("options", f"'{part}' is not a new key=value; join several with commas, write '-' for none.")
        options[key] = value
    _check_setup(options, engine, use, fail)
    return ModelCard(row["name"], role, profiles, engine, source, row["licence"], use, languages, options)


def _check_setup(options: Mapping[str, str], engine: str, use: str, fail: Callable[[str, str], ModelError]) -> None:
    """The options that are ours; the engine checks its own when it is loaded."""
    form = options.get("quantization")
    if form and not ENGINES[engine].converted:
        raise fail("options", f"'quantization' has no meaning for the engine '{engine}', which converts nothing.")
    if form and form not in QUANTIZATIONS:
        raise fail("options", f"quantization '{form}' is not known; it is one of {', '.join(QUANTIZATIONS)}.")
    if "accepted" in options and (options["accepted"] != "yes" or use != "restricted"):
        raise fail("options", "write 'accepted=yes', and only where the use is 'restricted'.")


def _source(word: str, engine: Engine, base: Path) -> str:
    kind, _, rest = word.partition(":")
    if engine.built_in or word == "package":
        if not (engine.built_in and word == "package"):
            needs = (
                "has its data in a package: write 'package'" if engine.built_in else "needs hf:owner/name or dir:PATH"
            )
            raise ValueError(f"'{word}' does not fit, this engine {needs}.")
        return word
    if kind == "hf":
        owner, slash, name = rest.partition("/")
        if not (owner and slash and name) or "/" in name:
            raise ValueError(f"'{word}' is no repository of the hub; write hf:owner/name.")
        return word
    if kind == "dir":
        folder = (base / rest).resolve()
        if not rest or not folder.is_dir():
            raise ValueError(f"there is no folder '{folder}'; write dir:PATH, seen from the folder of this file.")
        return f"dir:{folder}"
    raise ValueError(f"'{word}' is no source; write package, hf:owner/name or dir:PATH.")


def _languages(text: str) -> tuple[str, ...]:
    sets = {
        "phrasebook": [known.tag for known in PHRASEBOOK],
        "all": [known.tag for known in PHRASEBOOK + OTHER],
    }
    tags: dict[str, None] = {}
    for word in text.split(","):
        if word.startswith("!"):
            tags.pop(find_language(word[1:]).tag, None)
        else:
            tags.update(dict.fromkeys(sets.get(word) or [find_language(word).tag]))
    if not tags:
        raise ModelError(f"'{text}' names no language; join BCP-47 tags with commas, or write 'phrasebook' or 'all'.")
    return tuple(tags)
