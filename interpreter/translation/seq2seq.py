"""Encoder-decoder translation models through CTranslate2: Marian, M2M100, NLLB and MADLAD.

Text is cut into sentences, because that is what these models were trained on, and tokenised with the checkpoint's own
sentencepiece model. Greedy by default: on a CPU a beam of five takes half as long again for little.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpreter.checkpoint import damaged, need, settings
from interpreter.chinese import convert
from interpreter.errors import LanguageError, ModelError, TextError
from interpreter.languages import Language, language
from interpreter.repetition import repetition
from interpreter.translation import Origin, Term, Translation
from interpreter.translation.checks import check
from interpreter.translation.glossary import find, honour, kept
from interpreter.translation.sentences import UNSPACED, clean, halve, join, punctuated, split

SOURCE_CONFIG = "source_config.json"
"""The checkpoint's own configuration, as :mod:`interpreter.conversion` keeps it."""
_EXTRA = 4
"""Positions left for what stands around a sentence: language, start and end."""
_LOOP = 4
"""Times a stretch may follow itself before the sentence is decoded anew."""


@dataclass(frozen=True)
class Settings:
    """The options of a model."""

    family: str = ""
    """``marian``, ``m2m100``, ``nllb`` or ``madlad``."""
    from_: str = ""
    """Marian: the tag it translates from. One of the Chinese tags stands for both."""
    to: str = ""
    """Marian: the tag it translates into."""
    token: str = ""
    """Marian models with several targets: the token in front of the source, such as ``>>cmn_Hant<<``."""
    reads: str = ""
    """Chinese script a source is brought to first (``zh-Hans``), for a model that was trained on one only."""
    beam_size: int = 1
    """Hypotheses kept while decoding; 1 is greedy."""
    batch: int = 16
    """Sentences decoded at once."""
    longest: int = 200
    """Source tokens of a sentence; a longer one is cut. M2M100 takes 1,024 but was trained on far shorter ones."""
    ratio: float = 3.0
    """Target tokens per source token (and 20 more) after which decoding ends."""
    exact: int = 0
    """Tokens that every sentence gives, whatever they mean; 0: as many as there are. To measure the cost of checkpoints
    with random weights (:mod:`interpreter.benchmark.shapes`)."""
    threads: int = 0
    """CPU threads; 0 lets CTranslate2 choose."""
    compute: str = "default"
    """CTranslate2's compute type; ``default`` is what the files were converted to."""

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"option 'family' is '{self.family}' and should be one of {', '.join(FAMILIES)}")
        if self.family == "marian" and not (self.from_ and self.to):
            raise ValueError("a marian model needs the options 'from' and 'to', each a language tag")
        if min(self.beam_size, self.batch, self.longest, self.ratio) < 1:
            raise ValueError("options 'beam_size', 'batch', 'longest' and 'ratio' should be 1 or more")


@dataclass(frozen=True)
class Family:
    """How a kind of model is told its languages."""

    source_model: str
    """File of the sentencepiece model of the source."""
    target_model: str
    """File of the sentencepiece model of the target."""
    code: Callable[[Language], str]
    """A language's token; empty when the family has none."""
    before: Callable[[str, str], list[str]]
    """Tokens in front of the source, from the codes of source and target."""
    prefix: Callable[[str], list[str]]
    """Tokens the target begins with, from its code."""
    vocabulary: str = "shared_vocabulary.json"
    """File of the tokens as CTranslate2 writes it."""


FAMILIES: dict[str, Family] = {
    "marian": Family(
        "source.spm", "target.spm", lambda known: known.tag, lambda source, target: [], lambda target: []
    ),
    "m2m100": Family(
        "sentencepiece.bpe.model", "sentencepiece.bpe.model",
        lambda known: f"__{known.m2m100}__" if known.m2m100 else "",
        lambda source, target: [source], lambda target: [target],
    ),
    "nllb": Family(
        "sentencepiece.bpe.model", "sentencepiece.bpe.model",
        lambda known: known.nllb, lambda source, target: [source], lambda target: [target],
    ),
    "madlad": Family(
        "spiece.model", "spiece.model",
        lambda known: f"<2{known.madlad}>", lambda source, target: [target], lambda target: [],
    ),
}  # fmt: skip
"""NLLB has the language in front of the source since its tokenizer was corrected in 2023; MADLAD is told the target."""


class Seq2Seq:
    """An encoder-decoder translation model. Thread-safe."""

    def __init__(
        self,
        name: str,
        path: Path,
        languages: Collection[str],
        device: str = "cpu",
        options: Mapping[str, str] = {},
    ) -> None:
        self.name = name
        self.settings = settings(Settings, options, name)
        self.languages = frozenset(language(tag).tag for tag in languages)
        self._family = family = FAMILIES[self.settings.family]
        need(path, ("model.bin", "config.json", family.source_model, family.target_model), name)
        import ctranslate2
        import sentencepiece

        try:
            self._source = sentencepiece.SentencePieceProcessor(model_file=str(path / family.source_model))
            self._target = sentencepiece.SentencePieceProcessor(model_file=str(path / family.target_model))
        except (RuntimeError, OSError) as error:
            raise damaged(path, family.source_model, name, error) from None
        try:
            self._model: Any = ctranslate2.Translator(
                str(path), device=device, compute_type=self.settings.compute, intra_threads=self.settings.threads
            )
        except ValueError as error:  # a device or compute type this machine has not got
            raise ModelError(f"model '{name}' cannot run on '{device}' ({error}); try: --device cpu") from None
        except RuntimeError as error:
            raise damaged(path, "model.bin", name, error) from None
        self._codes = self._known(path)
        self._positions = self._limit(path)

    def _limit(self, path: Path) -> int:
        """Tokens the model has positions for, on either side; a large number when it counts them relatively (T5)."""
        file = path / SOURCE_CONFIG
        try:
            config = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
            return int(config.get("max_position_embeddings", 0)) or 100_000
        except (ValueError, TypeError, AttributeError) as error:
            raise damaged(path, SOURCE_CONFIG, self.name, error) from None

    def _known(self, path: Path) -> dict[str, str]:
        """Tag to the model's own code. Raises ModelError for a language the model has no token for."""
        codes = {tag: self._family.code(language(tag)) for tag in self.languages}
        if self.settings.family == "marian":
            return codes
        vocabulary = path / self._family.vocabulary
        tokens = vocabulary.read_text(encoding="utf-8") if vocabulary.is_file() else ""
        for tag, code in codes.items():
            if f'"{code}"' not in tokens and tag == "zh-Hant":
                # A model with one Chinese: OpenCC writes the other script.
                code = codes[tag] = self._family.code(language("zh-Hans"))
            if not code or (tokens and f'"{code}"' not in tokens):
                raise ModelError(f"model '{self.name}' does not know '{tag}'; take it out of its line in models.txt.")
        return codes

    def serves(self, source: str, target: str) -> bool:
        """Whether this direction can be asked for; the two Chinese scripts are one language to a model."""
        source, target = language(source).tag, language(target).tag
        if not {source, target} <= self.languages or _base(source) == _base(target):
            return False
        options = self.settings
        one_way = options.family == "marian"
        return not one_way or (_base(source) == _base(options.from_) and _base(target) == _base(options.to))

    def translate(self, text: str, source: str, target: str, terms: Sequence[Term] = ()) -> Translation | None:
        """Translate a text of any length.

        Raises TextError when there is no text, LanguageError when the direction is not served.
        """
        source, target = language(source).tag, language(target).tag
        if not self.serves(source, target):
            raise LanguageError(
                f"model '{self.name}' does not translate from '{source}' to '{target}'; see: interpreter models list"
            )
        text = clean(text)
        if not text.strip():
            raise TextError("the text is empty; give at least one word to translate.")
        translation, found = honour(lambda given: self._text(given, source, target), text, source, target, terms)
        return Translation(
            translation,
            source,
            target,
            Origin("model", self.name),
            kept(found, translation, target)[0],
            check(text, translation, source, target, found),
        )

    def _text(self, text: str, source: str, target: str) -> str:
        if self.settings.reads and _base(source) == _base(self.settings.reads):
            text = convert(text, self.settings.reads)
        sentences = split(text)
        translated = self._sentences([sentence.text for sentence in sentences], source, target)
        return punctuated(clean(convert(join(translated, sentences, target), target)), target)

    def _sentences(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        rows: list[list[str]] = []
        owners: list[int] = []
        unlike = list(dict.fromkeys(texts))
        for index, text in enumerate(unlike):
            asked = self.asked(text, source, target)
            rows += asked
            owners += [index] * len(asked)
        outputs = self._decode(rows, target)
        loops = [index for index, output in enumerate(outputs) if repetition(output)[1] > _LOOP]
        if loops and not self.settings.exact:
            again = self._decode([rows[index] for index in loops], target, no_repeat_ngram_size=3)
            for index, output in zip(loops, again, strict=True):
                outputs[index] = output
        parts: list[list[str]] = [[] for _ in unlike]
        for owner, output in zip(owners, outputs, strict=True):
            parts[owner].append(output)
        space = "" if language(target).script in UNSPACED else " "
        joined = {text: space.join(part) for text, part in zip(unlike, parts, strict=True)}
        return [joined[text] for text in texts]

    def asked(self, text: str, source: str, target: str) -> list[list[str]]:
        """The tokens the model is given for a sentence, its family's marks around them; a row for each part of it."""
        before = self._family.before(self._codes[source], self._codes[target])
        if self.settings.token:
            before = [self.settings.token]
        return [[*before, *tokens, "</s>"] for tokens in self._pieces(text)]

    def _pieces(self, text: str) -> list[list[str]]:
        """The sentence's tokens, in several rows when they are too many."""
        tokens: list[str] = self._source.encode(text, out_type=str)
        longest = min(self.settings.longest, self._positions - _EXTRA)
        if len(tokens) <= longest or len(text) < 2:
            return [tokens[:longest]]
        return [row for half in halve(text, -(-len(text) // 2)) if half.strip() for row in self._pieces(half.strip())]

    def _decode(self, rows: list[list[str]], target: str, **options: int) -> list[str]:
        prefix = self._family.prefix(self._codes[target])
        # Sorted by length, a batch has sentences of one size: little padding, and a bound that fits all of them.
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        decoded = [""] * len(rows)
        for start in range(0, len(order), self.settings.batch):
            chosen = order[start : start + self.settings.batch]
            bound = int(self.settings.ratio * max(len(rows[index]) for index in chosen)) + 20
            if self.settings.exact:
                bound = self.settings.exact
                options["min_decoding_length"] = bound
            results = self._model.translate_batch(
                [rows[index] for index in chosen],
                target_prefix=[prefix] * len(chosen) if prefix else None,
                beam_size=self.settings.beam_size,
                max_decoding_length=min(bound, self._positions - _EXTRA),
                max_input_length=0,
                disable_unk=True,
                **options,
            )
            for index, result in zip(chosen, results, strict=True):
                # Language tokens and the like are no pieces of text.
                unknown = self._target.unk_id()
                given = result.hypotheses[0][len(prefix) :]
                tokens = [token for token in given if self._target.piece_to_id(token) != unknown]
                decoded[index] = str(self._target.decode(tokens)).strip()
        return decoded


class Pivot:
    """Two models in a row, through a language both know: source to English, English to target. Thread-safe."""

    def __init__(self, first: Seq2Seq, second: Seq2Seq, middle: str = "en") -> None:
        self.name = f"{first.name}+{second.name}"
        self.languages = first.languages | second.languages
        self._first, self._second, self._middle = first, second, language(middle).tag

    def serves(self, source: str, target: str) -> bool:
        """Whether the first model goes from ``source`` to the middle and the second from there to ``target``."""
        return (
            _base(source) != _base(target)
            and self._first.serves(source, self._middle)
            and self._second.serves(self._middle, target)
        )

    def translate(self, text: str, source: str, target: str, terms: Sequence[Term] = ()) -> Translation | None:
        """Translate twice; names and numbers are checked between the first text and the last."""
        middle = self._first.translate(text, source, self._middle, terms)
        if middle is None or not middle.text:
            return None
        last = self._second.translate(middle.text, self._middle, target, terms)
        if last is None:
            return None
        found = find(clean(text), source, terms)
        return Translation(
            last.text,
            source,
            target,
            Origin("model", self.name),
            kept(found, last.text, target)[0],
            check(text, last.text, source, target, found),
        )


def _base(tag: str) -> str:
    return language(tag).tag.split("-")[0]
