"""A wrong name gets the nearest right one."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def nearest(word: str, choices: Sequence[str]) -> str:
    """A clause that offers the nearest choice and lists the others, twenty at most."""
    close = difflib.get_close_matches(word, choices, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    listed = ", ".join(choices[:20]) + (f" and {len(choices) - 20} more" if len(choices) > 20 else "")
    return f"{hint}{'There' if hint else 'there'} is {listed or 'nothing'}."
