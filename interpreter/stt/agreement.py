"""Local agreement: what two consecutive hypotheses over growing audio share at their beginning is stable.

LocalAgreement-2 of Liu, Spanakis and Niehues, "Low-latency sequence-to-sequence speech recognition and translation by
partial hypothesis selection" (2020), as used for Whisper by Macháček, Dabre and Bojar, "Turning Whisper into
real-time transcription system" (2023). As in the first of them, what is stable is forced upon later decodings, so a
caption never takes back a word it has shown as stable.
"""

from __future__ import annotations

from collections.abc import Sequence

Word = tuple[int, ...]
"""The tokens of one word; of one character where the language writes no spaces."""


class Agreement:
    """The stable beginning of one utterance's hypotheses."""

    def __init__(self, held: int = 1) -> None:
        self.stable: tuple[Word, ...] = ()
        """Words that will not change any more."""
        self._held = held
        self._previous: tuple[Word, ...] = ()

    @property
    def tokens(self) -> list[int]:
        """The stable words as one run of tokens, to be forced upon the next decoding."""
        return [token for word in self.stable for token in word]

    def hear(self, words: Sequence[Word]) -> int:
        """Take the words of the newest hypothesis *behind* the stable ones; return how many of them became stable.

        The last ``held`` words never do: the audio may have been cut inside of them, and a full stop at the end is
        there only because the audio ends.
        """
        agreed = 0
        for old, new in zip(self._previous, words, strict=False):
            if old != new:
                break
            agreed += 1
        agreed = max(0, min(agreed, len(words) - self._held))
        self.stable += tuple(words[:agreed])
        self._previous = tuple(words[agreed:])
        return agreed
