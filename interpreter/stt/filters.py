"""What is not speech must stay nothing: tests on a decoded text that tell a hallucination from a hypothesis.

Whisper answers silence and noise with text it saw often ("Thank you."), or with one phrase in a loop. Each threshold
is a setting, and its default says where it comes from.
"""

from __future__ import annotations

import enum
import zlib
from dataclasses import dataclass

from interpreter.repetition import repetition


class Verdict(enum.Enum):
    """What a decoded text is."""

    SPEECH = "speech"
    SILENCE = "silence"
    """Nobody speaks."""
    LOOP = "loop"
    """The decoder repeats itself; a longer window may help."""
    DOUBTFUL = "doubtful"
    """The model does not believe its own text; a longer window may help."""


@dataclass(frozen=True)
class Thresholds:
    """Where speech ends and hallucination begins."""

    no_speech: float = 0.6
    """No-speech probability that makes a doubtful text silence. OpenAI's ``transcribe.py`` (0.6)."""
    no_speech_alone: float = 0.9
    """No-speech probability that makes any text silence. Ours: polite phrases over noise often have a good
    log-probability, so the rule above lets them through."""
    log_probability: float = -1.0
    """Average log-probability per token below which a text is doubtful. OpenAI's ``transcribe.py`` (-1.0)."""
    compression: float = 2.4
    """Ratio of the text's length to its zlib-compressed length above which it is a loop. OpenAI's ``transcribe.py``."""
    repeats: int = 5
    """Times a stretch may follow itself. Ours: people say "no, no, no, no"; the compression ratio sees loops only in
    long texts."""


def compression(text: str) -> float:
    """Length in bytes of the UTF-8 text divided by its zlib-compressed length; 0 for an empty text."""
    data = text.encode("utf-8", "replace")
    return len(data) / len(zlib.compress(data)) if data else 0.0


def judge(text: str, no_speech: float, log_probability: float, prompt: str, limits: Thresholds) -> Verdict:
    """Judge a decoded text; ``prompt`` is what the decoder was told before it (it may echo it), natural logarithms."""
    doubtful = not log_probability >= limits.log_probability  # NaN is doubtful, too
    if not any(character.isalnum() for character in text):
        return Verdict.SILENCE
    if no_speech >= limits.no_speech_alone or (doubtful and no_speech >= limits.no_speech):
        return Verdict.SILENCE
    if echoes(text, prompt):
        return Verdict.SILENCE
    if compression(text) > limits.compression or repetition(text)[1] > limits.repeats:
        return Verdict.LOOP
    return Verdict.DOUBTFUL if doubtful else Verdict.SPEECH


def echoes(text: str, prompt: str) -> bool:
    """Whether the text is a run of two or more of the prompt's terms, in its order: the prompt read back."""
    said, told = ("".join(filter(str.isalnum, part.casefold())) for part in (text, prompt))
    terms = ["".join(filter(str.isalnum, term.casefold())) for term in prompt.split(",")]
    return len(terms) > 1 and said in told and said not in terms and sum(term in said for term in terms if term) > 1
