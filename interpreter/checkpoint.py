"""A folder with a model: which files must be there, what a damaged one says, and the options an engine takes.

Options come from a line of models.txt as text; each engine declares them as a frozen dataclass with defaults, and
:func:`settings` reads one into the other. What the engine does not know is refused, with the nearest name.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from interpreter.errors import ModelError

Settings = TypeVar("Settings")


def settings(kind: type[Settings], options: Mapping[str, str], model: str) -> Settings:
    """Read ``options`` into the dataclass ``kind``, whose fields are ``int``, ``float`` or ``str``.

    A field that would be a keyword of Python (``from``) ends in an underscore. A ``ValueError`` of the dataclass's own
    ``__post_init__`` says what is wrong with a value. Raises ModelError, naming the option, its value and the choices.
    """
    types = typing.get_type_hints(kind)
    known = {field.name.rstrip("_"): field.name for field in dataclasses.fields(typing.cast(Any, kind))}
    values: dict[str, object] = {}
    for key, text in options.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise ModelError(
                f"model '{model}': '{key}' is no option of its engine; {hint}"
                f"The options are {', '.join(known)}: correct its line in models.txt."
            )
        values[known[key]] = _value(types[known[key]], key, text, model)
    try:
        return kind(**values)
    except ValueError as error:
        raise ModelError(f"model '{model}': {error}; correct its line in models.txt.") from None


def _value(kind: type, key: str, text: str, model: str) -> object:
    try:
        value = kind(text)
    except ValueError:
        value = math.nan
    if isinstance(value, float) and not math.isfinite(value):
        wanted = {int: "a whole number", float: "a number"}[kind]
        raise ModelError(
            f"model '{model}': option '{key}' is '{text}' and should be {wanted}; correct its line in models.txt."
        )
    return typing.cast(object, value)


def need(folder: Path, names: Iterable[str], model: str) -> None:
    """Raise ModelError, naming the folder, the file and the command, when a file is missing or empty."""
    if not folder.is_dir():
        raise ModelError(
            f"the folder '{folder}' of model '{model}' does not exist; run: interpreter models pull {model}"
        )
    for name in names:
        file = folder / name
        if not file.is_file() or file.stat().st_size == 0:
            state = "is empty" if file.is_file() else "is missing"
            raise ModelError(f"'{name}' {state} in '{folder}' of model '{model}'; run: interpreter models pull {model}")


def damaged(folder: Path, name: str, model: str, error: object) -> ModelError:
    """The error for a file that is there and cannot be used."""
    reason = " ".join(str(error).split()).rstrip(".")[:200] or "it cannot be read"
    return ModelError(
        f"'{name}' in '{folder}' of model '{model}' is damaged ({reason}); run: interpreter models pull {model}"
    )
