"""The lock file: which files of which models were put here, from where, and how to tell that they are unchanged.

Everything lives in one data folder: ``models/NAME/`` with the files an engine loads, ``models.lock.json`` beside it,
and ``partial/NAME/`` for what is being fetched. A model without a complete entry in the lock is never loaded.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interpreter.errors import ModelError

VERSION = 1
"""Of the lock file's form."""


@dataclass(frozen=True)
class File:
    """One file as it was when it was put here."""

    sha256: str
    """Hexadecimal."""
    size: int
    """Bytes."""


@dataclass(frozen=True)
class Entry:
    """What is known of one pulled model."""

    source: str
    """As in models.txt, with the folder of a ``dir:`` source written out."""
    engine: str
    quantization: str
    """Of CTranslate2; empty when nothing was converted."""
    revision: str
    """The commit the hub named; empty for a folder."""
    pulled: str
    """When, ISO 8601, UTC."""
    files: Mapping[str, File] = field(default_factory=dict)
    """Path in the model's folder, with '/', -> file."""
    source_files: Mapping[str, File] = field(default_factory=dict)
    """The files it was made from, which are not kept."""


def data_folder(data: Path | None = None) -> Path:
    """Where models live: ``data``, or the variable INTERPRETER_DATA, or the user's data folder of the system."""
    if data is not None:
        return data
    named = os.environ.get("INTERPRETER_DATA")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("interpreter", appauthor=False)


def model_folder(name: str, data: Path | None = None) -> Path:
    """The folder of a model's ready files."""
    return data_folder(data) / "models" / name


def partial_folder(name: str, data: Path | None = None) -> Path:
    """The folder in which a model is fetched and converted."""
    return data_folder(data) / "partial" / name


def lock_file(data: Path | None = None) -> Path:
    """Where the lock stands."""
    return data_folder(data) / "models.lock.json"


def read(data: Path | None = None) -> dict[str, Entry]:
    """The entries by model name; none when nothing was pulled. Raises ModelError when the file cannot be used."""
    path = lock_file(data)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            raise ValueError(f"version {content['version']} instead of {VERSION}")
        return {name: _entry(fields) for name, fields in content["models"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"the lock file '{path}' cannot be used ({error}); delete it and pull the models again: "
            "interpreter models pull PROFILE"
        ) from None


def _entry(fields: Mapping[str, Any]) -> Entry:
    def files(key: str) -> dict[str, File]:
        return {name: File(str(file["sha256"]), int(file["size"])) for name, file in fields[key].items()}

    plain = {key: str(fields[key]) for key in ("source", "engine", "quantization", "revision", "pulled")}
    return Entry(**plain, files=files("files"), source_files=files("source_files"))


def write(entries: Mapping[str, Entry], data: Path | None = None) -> None:
    """Replace the lock file in one step."""
    path = lock_file(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    models = {name: dataclasses.asdict(entry) for name, entry in sorted(entries.items())}
    text = json.dumps({"version": VERSION, "models": models}, indent=1, ensure_ascii=False, sort_keys=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def hash_file(path: Path) -> File:
    """SHA-256 and size of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return File(digest, path.stat().st_size)


def names(folder: Path) -> list[str]:
    """Every file below a folder, as a path with '/', in order; hidden folders are not the model's."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not path.parts[0].startswith("."))


def hash_folder(folder: Path) -> dict[str, File]:
    """SHA-256 and size of every file below a folder."""
    return {name: hash_file(folder / name) for name in names(folder)}


def complete(name: str, entry: Entry, data: Path | None = None) -> bool:
    """Whether every locked file is there in its size: quick enough for every start; :func:`verify` reads them."""
    folder = model_folder(name, data)
    try:
        return bool(entry.files) and all(
            (folder / each).stat().st_size == file.size for each, file in entry.files.items()
        )
    except OSError:
        return False


@dataclass(frozen=True)
class Report:
    """What :func:`verify` found for one model."""

    name: str
    state: str
    """``ok``, ``changed file``, ``missing file`` or ``not in lock``."""
    files: tuple[str, ...] = ()
    """The files that are meant."""

    def __str__(self) -> str:
        """One line for the screen, with what to do."""
        if self.state == "ok":
            return f"{self.name}: ok"
        return f"{self.name}: {self.state} ({', '.join(self.files)}); run: interpreter models pull {self.name}"


def verify(data: Path | None = None) -> tuple[Report, ...]:
    """Read every file of every pulled model and compare it with the lock."""
    entries = read(data)
    models = data_folder(data) / "models"
    folders = {path.name for path in models.iterdir() if path.is_dir()} if models.is_dir() else set()
    return tuple(_verify(name, entries.get(name), models / name) for name in sorted(folders | set(entries)))


def _verify(name: str, entry: Entry | None, folder: Path) -> Report:
    present = names(folder) if folder.is_dir() else []
    if entry is None:
        return Report(name, "not in lock", tuple(present) or ("empty folder",))
    lost = [each for each in entry.files if each not in present]
    if lost:
        return Report(name, "missing file", tuple(lost))
    changed = [each for each, file in entry.files.items() if hash_file(folder / each) != file]
    if changed:
        return Report(name, "changed file", tuple(changed))
    extra = tuple(each for each in present if each not in entry.files)
    return Report(name, "not in lock", extra) if extra else Report(name, "ok")
