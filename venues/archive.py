"""Packs in one ``.zip`` file. What comes in was made by anybody: its paths, its sizes and its kinds are not trusted."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from venues.errors import VenueError, WrongUseError

MOST_FILES = 60_000
"""Files in an archive: 500 stops in fifteen languages have 9,000."""
LARGEST_WHOLE = 1024 * 1024 * 1024
"""Bytes of an archive when it is unpacked."""
LARGEST_PATH = 200
"""Letters of a path in it."""
_ALLOWED = re.compile(
    r"(venue\.toml|terms\.csv|phrases\.csv|questions\.csv|ledger\.jsonl|README\.md"
    r"|stops/[a-z0-9-]+/([A-Za-z-]+\.md|sources\.toml|image\.(toml|svg|png|jpg|webp)))"
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""One date for all, so that the same content makes the same archive."""


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A folder with what is in an archive, gone afterwards. Raises VenueError naming what is wrong."""
    with tempfile.TemporaryDirectory(prefix="interpreter-pack-") as name:
        folder = Path(name)
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, path, folder)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise VenueError(f"{path} is no archive that can be read ({error}); export it again.") from None
        except OSError as error:
            raise VenueError(f"{path} cannot be unpacked: {error.strerror or error}.") from None
        yield folder


def _unpack(archive: zipfile.ZipFile, path: Path, folder: Path) -> None:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise VenueError(f"{path} holds {len(infos)} files; a pack may hold {MOST_FILES}.")
    prefix = _prefix([info.filename for info in infos])
    seen: dict[str, str] = {}
    room = LARGEST_WHOLE
    for info in infos:
        inside = info.filename.removeprefix(prefix)
        parts = PurePosixPath(inside).parts
        if info.filename.startswith("__MACOSX/") or parts[-1] in (".DS_Store", "Thumbs.db"):
            continue
        where = f"{path}: {_shown(info.filename)}"
        if inside.startswith("/") or "\\" in inside or ".." in parts or len(inside) > LARGEST_PATH:
            raise VenueError(f"{where} leads out of the archive; nothing was taken.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise VenueError(f"{where} is a link; nothing was taken.")
        if not _ALLOWED.fullmatch(inside):
            raise VenueError(
                f"{where} does not belong into a pack; it holds venue.toml, terms.csv, phrases.csv, questions.csv and "
                "stops/<stop>/ with <language>.md, sources.toml, image.toml and a picture."
            )
        if inside.lower() in seen:
            raise VenueError(f"{where} is there twice; nothing was taken.")
        seen[inside.lower()] = inside
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        # The size that an archive states may be a lie; only what comes out is counted.
        with archive.open(info) as source, target.open("wb") as file:
            while block := source.read(1 << 20):
                room -= len(block)
                if room < 0:
                    raise VenueError(f"{path} is larger than {LARGEST_WHOLE // 1_048_576} MB when unpacked; "
                                     "nothing was taken.")  # fmt: skip
                file.write(block)


def _prefix(names: list[str]) -> str:
    """The one folder that everything lies in, when a person packed the folder rather than what is in it."""
    tops = [name for name in names if name.endswith("venue.toml")]
    top = min(tops, key=len, default="venue.toml")
    prefix = top.removesuffix("venue.toml")
    return prefix if prefix.count("/") == 1 and prefix != "/" else ""


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name[:LARGEST_PATH])


def is_archive(path: Path) -> bool:
    """Whether a file is meant, by its suffix; otherwise a folder. Raises WrongUseError for a suffix of another kind."""
    suffix = path.suffix.lower()
    if suffix != ".zip" and not path.is_dir() and any(char.isalpha() for char in suffix):
        raise WrongUseError(f"'{path.name}' ends in '{path.suffix}'; name a file that ends in .zip, or a new folder.")
    return suffix == ".zip"


def _in_a_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise VenueError(f"there is no folder {path.parent}; make it first, or name another place.")


def pack_up(files: Iterable[tuple[str, bytes]], path: Path) -> int:
    """Write an archive, all or nothing; gives the number of files. Raises VenueError."""
    _in_a_folder(path)
    count = 0
    try:
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".partial")
    except OSError as error:
        raise VenueError(f"{path} cannot be written: {error.strerror}; name another place.") from None
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files:
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
                count += 1
        os.chmod(partial, 0o666 & ~_umask())
        os.replace(partial, path)
    except OSError as error:
        raise VenueError(f"{path} cannot be written: {error.strerror}; name another place.") from None
    finally:
        Path(partial).unlink(missing_ok=True)
    return count


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def lay_out(files: Iterable[tuple[str, bytes]], folder: Path) -> int:
    """Write the files into a new or empty folder, all or nothing; gives their number. Raises VenueError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise VenueError(f"{folder} is there and is not empty; name a new folder or a .zip file.")
    _in_a_folder(folder)
    count = 0
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as name:
            whole = Path(name) / "whole"
            whole.mkdir()
            for path, content in files:
                target = whole / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                count += 1
            if folder.exists():
                folder.rmdir()
            os.replace(whole, folder)
    except OSError as error:
        raise VenueError(f"{folder} cannot be written: {error.strerror}; name another place.") from None
    return count
