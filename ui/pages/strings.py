"""The words of the pages in every language: ``strings/<tag>.toml``, a flat list of keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "strings"


@lru_cache(maxsize=32)
def strings(language: str) -> Mapping[str, str]:
    """Key -> words in the language, in English where it does not have them yet."""
    path = _FOLDER / f"{language}.toml"
    own = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return own if language == "en" else {**strings("en"), **own}
