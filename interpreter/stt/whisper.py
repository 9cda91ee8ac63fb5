"""Whisper through CTranslate2: streaming, with a window as short as the utterance allows.

faster-whisper's feature extractor and tokenizer are used, and the CTranslate2 model below its ``transcribe()``, which
would pad everything to 30 seconds and fall back to ever higher temperatures. Here the temperature is 0, always.

One pass of the encoder serves language identification (among the languages in play only) and decoding. While an
utterance grows, it is decoded anew whenever enough sound has come in; what two decodings in a row agree upon is
stable and forced upon the next (:mod:`interpreter.stt.agreement`).
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interpreter import languages as tags
from interpreter.audio import RATE, Audio, Samples
from interpreter.checkpoint import damaged, need, settings
from interpreter.chinese import convert
from interpreter.errors import LanguageError, ModelError
from interpreter.stt import Alternative, Hints, Hypothesis
from interpreter.stt.agreement import Agreement
from interpreter.stt.filters import Thresholds, Verdict, judge

FULL = 30.0
"""Seconds of the window Whisper was trained on; the longest it takes."""
_FILES = ("model.bin", "config.json", "vocabulary.json", "tokenizer.json", "preprocessor_config.json")
_SHORTEST = 0.1
"""Seconds below which nothing was said."""
_UNSPACED = frozenset({"Hant", "Hans", "Jpan", "Thai", "Khmr", "Laoo", "Mymr"})
"""Scripts that write no spaces between sentences."""


@dataclass(frozen=True)
class Settings(Thresholds):
    """The options of a Whisper model, with :class:`interpreter.stt.filters.Thresholds`."""

    beam_size: int = 1
    """Hypotheses kept while decoding; 1 is greedy, which costs least and loses little on short utterances."""
    partial_every: float = 0.8
    """Seconds of new audio before a partial hypothesis is decoded again."""
    window_floor: float = 10.0
    """Seconds of the shortest encoder window; stock weights get worse below about 10."""
    window_margin: float = 1.0
    """Seconds of silence after the utterance inside the window."""
    certain: float = 0.6
    """Confidence from which a final counts as certain; ours, exp(-0.5) rounded down."""
    identify: float = 0.8
    """Probability from which an identified language counts as certain, and is settled for the utterance."""
    prompt_tokens: int = 100
    """Tokens of venue terms put before the transcript; Whisper takes 223."""
    tokens_per_second: float = 30.0
    """Upper bound of the text's length; Thai and Burmese need about 20, a decoder's loop knows no bound."""
    exact: float = 0.0
    """Tokens per second that every decoding gives, whatever it means; 0: as many as there are. To measure the cost of
    checkpoints with random weights (:mod:`interpreter.benchmark.shapes`)."""
    silence: float = -70.0
    """Level in dB relative to full scale below which audio is silence and is not decoded."""
    threads: int = 0
    """CPU threads; 0 lets CTranslate2 choose."""
    compute: str = "default"
    """CTranslate2's compute type; ``default`` is what the files were converted to."""

    def __post_init__(self) -> None:
        if self.beam_size < 1:
            raise ValueError(f"option 'beam_size' is {self.beam_size} and should be 1 or more")
        if not 0 < self.window_floor <= FULL:
            raise ValueError(f"option 'window_floor' is {self.window_floor:g} and should be above 0 and at most 30")
        if not 0 <= self.window_margin <= FULL or self.partial_every <= 0:
            raise ValueError("options 'window_margin' (0 to 30) and 'partial_every' (above 0) are seconds")


@dataclass(frozen=True)
class Decoded:
    """One decoding of one window."""

    code: str
    """Whisper's language code."""
    likely: float
    """Probability of that language among those in play, 0 to 1."""
    tokens: tuple[int, ...]
    """Tokens behind the forced ones."""
    log_probability: float
    """Natural logarithm, summed over these tokens and the end of the text."""
    no_speech: float
    """Probability that nobody speaks, 0 to 1."""
    others: tuple[tuple[tuple[int, ...], float], ...] = ()
    """Further tokens with their average log-probability, when a beam kept them."""


class Whisper:
    """A Whisper checkpoint. Thread-safe; holds no conversation."""

    def __init__(
        self,
        name: str,
        path: Path,
        languages: Collection[str],
        device: str = "cpu",
        options: Mapping[str, str] = {},
    ) -> None:
        self.name = name
        self.languages = frozenset(tags.language(tag).tag for tag in languages)
        self.settings = settings(Settings, options, name)
        need(path, _FILES, name)
        import ctranslate2
        import tokenizers
        from faster_whisper.feature_extractor import FeatureExtractor
        from faster_whisper.tokenizer import Tokenizer

        try:
            tokenizer = tokenizers.Tokenizer.from_file(str(path / "tokenizer.json"))
        except Exception as error:  # tokenizers raises nothing narrower
            raise damaged(path, "tokenizer.json", name, error) from None
        try:
            shape = json.loads((path / "preprocessor_config.json").read_text(encoding="utf-8"))
            names = ("feature_size", "sampling_rate", "hop_length", "chunk_length", "n_fft")
            self._features = FeatureExtractor(**{key: int(shape[key]) for key in names if key in shape})
        except (ValueError, TypeError, AttributeError) as error:
            raise damaged(path, "preprocessor_config.json", name, error) from None
        try:
            self._model: Any = ctranslate2.models.Whisper(
                str(path), device=device, compute_type=self.settings.compute, intra_threads=self.settings.threads
            )
        except ValueError as error:  # a device or compute type this machine has not got
            raise ModelError(f"model '{name}' cannot run on '{device}' ({error}); try: --device cpu") from None
        except RuntimeError as error:
            raise damaged(path, "model.bin", name, error) from None
        if self._model.n_mels != self._features.mel_filters.shape[0]:
            raise damaged(path, "preprocessor_config.json", name, f"the model takes {self._model.n_mels} mel bands")
        many = bool(self._model.is_multilingual)
        self._tokenizers: dict[str, Any] = {}
        for tag in sorted(self.languages):
            code = tags.language(tag).whisper
            if tokenizer.token_to_id(f"<|{code}|>") is None or (not many and code != "en"):
                raise ModelError(f"model '{name}' does not know '{tag}'; take it out of its line in models.txt.")
            self._tokenizers[code] = Tokenizer(tokenizer, many, task="transcribe", language=code)

    def start(self, languages: Sequence[str], hints: Hints = Hints()) -> WhisperUtterance:
        """Begin an utterance in one of ``languages``; of the two Chinese scripts the one named first is written.

        Raises LanguageError when none of them is served.
        """
        served: dict[str, str] = {}
        for tag in languages:
            known = tags.language(tag)
            if known.tag in self.languages:
                served.setdefault(known.whisper, known.tag)
        if not served:
            raise LanguageError(
                f"model '{self.name}' does not hear {' or '.join(map(repr, languages)) or 'nothing'}; "
                f"it hears {', '.join(sorted(self.languages))}. See: interpreter models list"
            )
        return WhisperUtterance(self, served, hints)

    def encode(self, samples: Samples, seconds: float) -> Any:
        """Encoder output of ``samples`` (16 kHz) in a window of ``seconds``: shape ``(1, 50 * seconds, width)``.

        As in OpenAI's code it is the sound that is padded with silence, not the features.
        """
        import ctranslate2

        # The second convolution has stride 2, so the number of 10 ms frames is even.
        length = 2 * self._features.hop_length * math.ceil(50 * seconds)
        padded = np.pad(samples[:length], (0, max(0, length - len(samples))))
        features = self._features(padded, padding=0)[None].astype(np.float32)
        return self._model.encode(ctranslate2.StorageView.from_array(np.ascontiguousarray(features)))

    def identify(self, encoded: Any, codes: Collection[str]) -> tuple[str, float]:
        """The likeliest of Whisper's language ``codes`` and its probability among them."""
        if len(codes) == 1:
            return next(iter(codes)), 1.0
        spoken = {token.strip("<|>"): chance for token, chance in self._model.detect_language(encoded)[0]}
        chances = {code: float(np.nan_to_num(spoken.get(code, 0.0))) for code in codes}
        best = max(chances, key=lambda code: chances[code])
        return best, chances[best] / total if (total := sum(chances.values())) > 0 else 1 / len(codes)

    def decode(
        self, encoded: Any, code: str, likely: float, forced: list[int], prompt: list[int], most: int
    ) -> Decoded:
        """Decode with ``forced`` tokens at the beginning and a ``prompt`` before it, at most ``most`` tokens more."""
        tokenizer = self._tokenizers[code]
        before = [tokenizer.sot_prev, *prompt] if prompt else []
        start = [*before, *tokenizer.sot_sequence, tokenizer.no_timestamps, *forced]
        beam = self.settings.beam_size
        result = self._model.generate(
            encoded,
            [start],
            beam_size=beam,
            num_hypotheses=min(3, beam),
            max_length=min(448, len(start) + most),
            return_scores=True,
            return_no_speech_prob=True,
            # Behind forced words the text may well end at once, and "blank" includes the end of the text.
            suppress_blank=not forced,
            suppress_tokens=[-1, tokenizer.eot] if self.settings.exact else [-1],
        )[0]
        # CTranslate2 gives the forced tokens back, and divides the sum, which leaves them out, by the whole length.
        rows = [tuple(row[len(forced) :]) for row in result.sequences_ids]
        sums = [float(score) * max(1, len(forced) + len(row)) for row, score in zip(rows, result.scores, strict=True)]
        averages = [total / (len(row) + 1) for row, total in zip(rows, sums, strict=True)]
        others = tuple(zip(rows[1:], averages[1:], strict=True))
        return Decoded(code, likely, rows[0], sums[0], float(result.no_speech_prob), others)

    def words(self, code: str, tokens: Sequence[int]) -> list[tuple[int, ...]]:
        """Tokens word by word, or character by character where the language writes no spaces."""
        tokenizer = self._tokenizers[code]
        text = [token for token in tokens if token < tokenizer.eot]
        return [tuple(word) for word in tokenizer.split_to_word_tokens(text)[1]] if text else []

    def text(self, code: str, tokens: Sequence[int]) -> str:
        """Tokens as text, white space at its ends kept."""
        return str(self._tokenizers[code].decode(list(tokens)))

    def prompt(self, code: str, terms: Sequence[str]) -> tuple[list[int], str]:
        """As many terms, most important first, as fit the prompt: their tokens and their text."""
        tokens: list[int] = []
        text = ""
        for term in terms:
            longer = f"{text}, {term.strip()}" if text else term.strip()
            encoded = self._tokenizers[code].encode(" " + longer)
            if len(encoded) > min(223, self.settings.prompt_tokens):
                break
            tokens, text = encoded, longer
        return tokens, text


class WhisperUtterance:
    """One utterance. Not shared between threads."""

    def __init__(self, engine: Whisper, served: dict[str, str], hints: Hints) -> None:
        self._engine = engine
        self._settings = engine.settings
        self._served = served
        self._terms = tuple(term for term in hints.terms if term.strip())
        self._code = next(iter(served)) if len(served) == 1 else ""  # settled language
        self._chunks: list[Samples] = []
        self._length = 0
        self._heard_at = 0
        self._cost = 0.0
        self._done = ""  # the text of windows that are closed
        self._sum, self._count = 0.0, 0  # log-probability and tokens of closed windows
        self._doubts = False
        self._begin()

    def _begin(self) -> None:
        self._agreement = Agreement()
        self._stable = ""  # the text of the agreed words, in the script of the tag
        self._open_sum, self._open_count = 0.0, 0  # their log-probability and tokens
        self._shown = ("", "")

    def accept(self, audio: Audio) -> Hypothesis | None:
        """Take the next block (mono, 16 kHz); a partial hypothesis when enough is new and it says something else."""
        if audio.rate != RATE:
            raise ValueError(f"Whisper hears {RATE} Hz, not {audio.rate} Hz")
        if not len(audio.samples):
            return None
        self._chunks.append(np.nan_to_num(audio.samples, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32))
        self._length += len(audio.samples)
        while self._length > (FULL - self._settings.window_margin) * RATE:
            self._close_window()
        # Never more than half of the time is spent on partials, or the stream would fall behind.
        wait = max(self._settings.partial_every, 2 * self._cost)
        if self._length - self._heard_at < wait * RATE:
            return None
        started = time.monotonic()
        partial = self._partial()
        self._cost = time.monotonic() - started
        return partial

    def finish(self) -> Hypothesis:
        """The final hypothesis; it begins with what was stable."""
        text, others = self._settle(self._samples())
        text = self._joined(text)
        tag = self._served[self._code or next(iter(self._served))]
        if not text:
            return Hypothesis("", tag)
        confidence = _confidence(self._sum, self._count)
        certain = confidence >= self._settings.certain and not self._doubts
        best = Alternative(text, confidence)
        rest = [Alternative(self._joined(other), min(confidence, score)) for other, score in others]
        unlike = {best.text: best, **{row.text: row for row in rest if row.text not in ("", best.text)}}
        return Hypothesis(text, tag, confidence, certain, tuple(unlike.values())[:3], stable=text)

    def _samples(self) -> Samples:
        whole = np.concatenate(self._chunks) if self._chunks else np.zeros(0, dtype=np.float32)
        self._chunks = [whole]
        return whole

    def _joined(self, text: str) -> str:
        """Closed windows and the open one."""
        spaced = self._code and tags.language(self._served[self._code]).script not in _UNSPACED
        return (f"{self._done} {text}" if spaced else self._done + text).strip() if self._done else text.strip()

    def _partial(self) -> Hypothesis | None:
        self._heard_at = self._length
        heard = self._hear(self._samples(), final=False)
        if heard is None:
            return None
        decoded, _ = heard
        if decoded.likely >= self._settings.identify:
            self._code = decoded.code
        confidence = self._confidence(decoded)
        tag = self._served[decoded.code]
        words = self._engine.words(decoded.code, decoded.tokens)
        # Only a settled language makes words stable: another one would write them anew.
        agreed = self._agreement.hear(words) if self._code else 0
        tokens = sum(map(len, words[:agreed]))
        self._open_sum += decoded.log_probability * tokens / (len(decoded.tokens) + 1)
        self._open_count += tokens
        self._stable = self._text(decoded.code, [token for word in words[:agreed] for token in word])
        text = self._text(decoded.code, [token for word in words[agreed:] for token in word])
        shown = (self._joined(text), self._joined(self._stable))
        if shown == self._shown or not shown[0]:
            return None
        self._shown = shown
        return Hypothesis(shown[0], tag, confidence, alternatives=(Alternative(shown[0], confidence),), stable=shown[1])

    def _text(self, code: str, tokens: Sequence[int]) -> str:
        """What is stable with ``tokens`` behind it; converted piece by piece, so that the stable part stays put."""
        text = self._engine.text(code, tokens)
        return self._stable + convert(text if self._stable else text.lstrip(), self._served[code])

    def _confidence(self, decoded: Decoded) -> float:
        """Confidence in the open window if it ended with ``decoded``."""
        return _confidence(self._open_sum + decoded.log_probability, self._open_count + len(decoded.tokens) + 1)

    def _settle(self, samples: Samples) -> tuple[str, list[tuple[str, float]]]:
        """Decode what is open for good: its text, and other readings with their confidence."""
        heard = self._hear(samples, final=True)
        if heard is None:
            # What was stable has been shown; the rest was not understood.
            self._doubts = self._doubts or bool(self._stable)
            self._sum, self._count = self._sum + self._open_sum, self._count + self._open_count
            return self._stable, []
        decoded, doubtful = heard
        self._code = self._code or decoded.code
        self._doubts = self._doubts or doubtful or decoded.likely < self._settings.identify
        self._sum += self._open_sum + decoded.log_probability
        self._count += self._open_count + len(decoded.tokens) + 1
        others = [(self._text(decoded.code, tokens), _confidence(average, 1)) for tokens, average in decoded.others]
        return self._text(decoded.code, decoded.tokens), others

    def _close_window(self) -> None:
        """Close a window at the quietest moment of its last third; the sound behind it opens the next."""
        samples = self._samples()
        most = int((FULL - self._settings.window_margin) * RATE)
        frame = RATE // 10
        tail = samples[2 * most // 3 : most]
        power = np.square(tail[: len(tail) // frame * frame].reshape(-1, frame)).mean(axis=1)
        # The last of equally quiet ones: speech is near the beginning of the next window.
        quietest = len(power) - 1 - int(np.argmin(power[::-1]))
        cut = 2 * most // 3 + quietest * frame + frame // 2
        text, _ = self._settle(samples[:cut])
        self._done = self._joined(text)
        self._chunks, self._length, self._heard_at = [samples[cut:]], len(samples) - cut, 0
        self._begin()

    def _hear(self, samples: Samples, final: bool) -> tuple[Decoded, bool] | None:
        """Encode, identify, decode and judge; None when it is no speech. With it, whether a doubt remains."""
        limits = self._settings
        seconds = len(samples) / RATE
        if seconds < _SHORTEST or Audio(samples, RATE).level < limits.silence:
            return None
        short = min(FULL, max(limits.window_floor, seconds + limits.window_margin))
        for window in dict.fromkeys((short, FULL) if final else (short,)):
            encoded = self._engine.encode(samples, window)
            codes = [self._code] if self._code else list(self._served)
            code, likely = self._engine.identify(encoded, codes)
            prompt, told = self._engine.prompt(code, self._terms)
            bound = int(limits.tokens_per_second * seconds) + 20
            if limits.exact:
                bound = max(1, round(limits.exact * seconds) - len(self._agreement.tokens))
            decoded = self._engine.decode(encoded, code, likely, self._agreement.tokens, prompt, bound)
            text = self._stable + self._engine.text(code, decoded.tokens)
            confidence = self._confidence(decoded)
            average = math.log(confidence) if confidence > 0 else -math.inf
            verdict = judge(text, decoded.no_speech, average, told, limits)
            if verdict is Verdict.SPEECH:
                return decoded, decoded.no_speech >= limits.no_speech
            if verdict is Verdict.SILENCE:
                return None
        return None


def _confidence(log_probability: float, count: int) -> float:
    """Geometric mean of the tokens' probabilities, 0 to 1; whatever is no number is 0."""
    value = math.exp(min(0.0, log_probability / max(1, count)))
    return value if math.isfinite(value) else 0.0
