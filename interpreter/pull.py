"""Fetching models: resolve, download, convert, lock, move into place.

Each model is fetched into ``partial/NAME`` of the data folder and stays there when the pull is interrupted, so the
next one goes on where it stopped. Only when every file is there, converted and hashed is it moved to ``models/NAME``;
what is loaded is never half a model. Pickled weights (``*.bin`` of PyTorch and the like) run code when they are read
and are refused: safetensors, ONNX and sentencepiece files do not.
"""

from __future__ import annotations

import contextlib
import datetime
import fnmatch
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter import lock
from interpreter.cards import ENGINES, ModelCard
from interpreter.errors import InterpreterError, ModelError
from interpreter.lock import Report
from interpreter.lock import verify as check
from interpreter.models import quantization

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import ModelInfo

__all__ = ["Progress", "Report", "check", "pull"]

Progress = Callable[[str, int, int], None]
"""Called with the model's name, the bytes of it that are here, and its bytes in all."""

_WEIGHTS = ("model.safetensors", "model-*-of-*.safetensors", "model.safetensors.index.json")
_TEXT = (
    "config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json",
    "special_tokens_map.json", "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt", "normalizer.json",
    "chat_template.jinja", "*.spm", "spiece.model", "tokenizer.model", "sentencepiece*.model",
    "LICENSE*", "License*", "NOTICE*", "Notice*", "README.md",
)  # fmt: skip
_KOKORO = ("onnx/model.onnx", "voices/*.bin")
_BLOCK = 1 << 20
"""Bytes written at a time: what an interruption loses at most."""
_PATIENCE = 30.0
"""Seconds without a byte until a connection counts as broken."""
_ATTEMPTS = 3
"""Attempts in a row that may bring nothing."""
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.h5", "*.msgpack", "*.ot")


@dataclass(frozen=True)
class _Plan:
    """What is to be fetched from the hub."""

    revision: str
    """The commit the hub resolved."""
    files: tuple[tuple[str, int, str | None], ...]
    """Name, bytes, and SHA-256 where the hub names it."""


def pull(
    cards: Sequence[ModelCard],
    data: Path | None = None,
    progress: Progress | None = None,
    endpoint: str | None = None,
) -> tuple[str, ...]:
    """Fetch, convert and lock each card; those that are complete and unchanged at the source are left as they are.

    ``endpoint`` is the hub's address, by default that of huggingface_hub (the variable HF_ENDPOINT). Returns the
    names that were fetched. Raises ModelError in one sentence: hub unreachable, no such repository, pickled weights,
    disk full, interrupted (what is there is kept, and the next pull goes on).
    """
    wanted = [card for card in cards if not ENGINES[card.engine].built_in]
    fetched = []
    with _alone(data):
        for card in wanted:
            try:
                if _one(card, data, progress, endpoint):
                    fetched.append(card.name)
            except KeyboardInterrupt:
                raise ModelError(
                    f"pulling '{card.name}' was interrupted; nothing half-pulled is used, and "
                    f"`interpreter models pull {card.name}` goes on where it stopped."
                ) from None
            except OSError as error:
                raise ModelError(
                    f"'{card.name}' cannot be written below '{lock.data_folder(data)}' ({error.strerror or error}); "
                    "make room there or set INTERPRETER_DATA to another folder."
                ) from error
    return tuple(fetched)


@contextlib.contextmanager
def _alone(data: Path | None) -> Iterator[None]:
    """Two pulls at once would write over each other."""
    from filelock import FileLock, Timeout

    folder = lock.data_folder(data)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(folder / "pull.lock", timeout=0)
        held.acquire()
    except Timeout:
        raise ModelError(f"another pull is writing to '{folder}'; wait until it is done and run it again.") from None
    except OSError as error:
        raise ModelError(
            f"'{folder}' cannot be written ({error.strerror or error}); set INTERPRETER_DATA to another folder."
        ) from None
    try:
        yield
    finally:
        held.release()


def _one(card: ModelCard, data: Path | None, progress: Progress | None, endpoint: str | None) -> bool:
    partial = lock.partial_folder(card.name, data)
    raw, ready = partial / "source", partial / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    entries = lock.read(data)
    if card.source.startswith("dir:"):
        source = Path(card.source.removeprefix("dir:"))
        revision = ""
        names = _needed(card, lock.names(source))
        sources = {name: lock.hash_file(source / name) for name in names}
        if _same(entries.get(card.name), card, data) and entries[card.name].source_files == sources:
            return False
        shutil.rmtree(raw, ignore_errors=True)
        meter = _Meter(card.name, sum(file.size for file in sources.values()), progress)
        for name in names:
            (raw / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, raw / name)
            meter(name, sources[name].size)
    else:
        plan = _plan(card, endpoint)
        revision = plan.revision
        if _same(entries.get(card.name), card, data) and entries[card.name].revision == revision:
            return False
        _download(card, plan, raw, progress, endpoint)
        sources = {name: lock.hash_file(raw / name) for name, _, _ in plan.files}
        for name, _, promised in plan.files:
            if promised and promised != sources[name].sha256:
                (raw / name).unlink()
                raise ModelError(
                    f"'{name}' of '{card.name}' arrived damaged and was thrown away; "
                    f"run: interpreter models pull {card.name}"
                )
    _refuse_pickles(card, raw, sources)
    _make_ready(card, raw, ready)
    files = lock.hash_folder(ready)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    entry = lock.Entry(card.source, card.engine, quantization(card), revision, now, files, sources)
    _move(ready, lock.model_folder(card.name, data))
    lock.write({**lock.read(data), card.name: entry}, data)
    shutil.rmtree(partial, ignore_errors=True)
    return True


def _same(entry: lock.Entry | None, card: ModelCard, data: Path | None) -> bool:
    """Whether the files that are here were made in this way from this source, and are unchanged."""
    return (
        entry is not None
        and (entry.source, entry.engine, entry.quantization) == (card.source, card.engine, quantization(card))
        and lock.hash_folder(lock.model_folder(card.name, data)) == entry.files
    )


class _Meter:
    """Adds up the files of one model and tells how far it is."""

    def __init__(self, name: str, total: int, progress: Progress | None) -> None:
        self._name, self._total, self._progress = name, total, progress
        self._done: dict[str, int] = {}

    def __call__(self, file: str, done: int) -> None:
        self._done[file] = done
        if self._progress:
            self._progress(self._name, min(sum(self._done.values()), self._total), self._total)


# --- which files


def _needed(card: ModelCard, present: Sequence[str]) -> list[str]:
    """The files of a repository or folder that the card's engine needs. Raises ModelError when weights are missing."""
    if card.engine == "kokoro":
        weights = [name for name in present if any(fnmatch.fnmatch(name, pattern) for pattern in _KOKORO)]
        enough = "onnx/model.onnx" in weights and len(weights) > 1
    else:
        whole = [name for name in present if name == "model.safetensors"]
        weights = whole or [name for name in present if any(fnmatch.fnmatch(name, pattern) for pattern in _WEIGHTS)]
        enough = any(name.endswith(".safetensors") for name in weights)
    if not enough:
        pickled = [name for name in present if any(fnmatch.fnmatch(name, pattern) for pattern in _PICKLED)]
        where = card.source.removeprefix("dir:")
        if pickled and card.engine != "kokoro":
            raise ModelError(
                f"'{where}' has its weights only as {', '.join(pickled[:3])}, which run code when they are read and "
                f"are refused; point '{card.name}' in models.txt to a source with safetensors."
            )
        wanted = "onnx/model.onnx and voices/*.bin" if card.engine == "kokoro" else "model.safetensors"
        raise ModelError(f"'{where}' has no {wanted}; correct the source of '{card.name}' in models.txt.")
    return weights + [name for name in present if any(fnmatch.fnmatch(name, pattern) for pattern in _TEXT)]


def _refuse_pickles(card: ModelCard, folder: Path, names: dict[str, lock.File]) -> None:
    """Look into the files themselves: a pickle, or PyTorch's zip around one, under whatever name."""
    for name in names:
        with (folder / name).open("rb") as file:
            head = file.read(9)
        if name.startswith("voices/") or (name.endswith(".safetensors") and head[8:] == b"{"):
            continue  # bare numbers, or numbers behind a JSON header whose length may look like a pickle's first bytes
        if head[:4] == b"PK\x03\x04" or (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05"):
            shutil.rmtree(folder, ignore_errors=True)
            raise ModelError(
                f"'{name}' of '{card.name}' is a pickle, which runs code when it is read, and was thrown away; "
                "point its line in models.txt to another source."
            )


# --- the hub


def _plan(card: ModelCard, endpoint: str | None) -> _Plan:
    """Ask the hub which commit and which files; a repository without safetensors may have them at another ref."""
    from huggingface_hub import HfApi

    api = HfApi(endpoint=endpoint)
    with _hub_errors(card, endpoint):
        info = _info(api, card, None)
        names = [file.rfilename for file in info.siblings or ()]
        ref = card.options.get("safetensors")
        if ref and not any(fnmatch.fnmatch(name, pattern) for name in names for pattern in _WEIGHTS[:2]):
            info = _info(api, card, ref)
            names = [file.rfilename for file in info.siblings or ()]
    if not info.sha:
        raise ModelError(
            f"the hub names no revision of '{card.source}'; try again: interpreter models pull {card.name}"
        )
    needed = set(_needed(card, sorted(names)))
    files = tuple(
        (file.rfilename, file.size or 0, file.lfs.sha256 if file.lfs else None)
        for file in info.siblings or ()
        if file.rfilename in needed
    )
    return _Plan(info.sha, files)


def _info(api: HfApi, card: ModelCard, ref: str | None) -> ModelInfo:
    return api.model_info(card.source.removeprefix("hf:"), revision=ref, files_metadata=True, timeout=30)


def _download(card: ModelCard, plan: _Plan, raw: Path, progress: Progress | None, endpoint: str | None) -> None:
    """Fetch the files of the plan into a folder; files and parts of files that are there already are kept."""
    from huggingface_hub import hf_hub_url

    note = raw.parent / "revision"
    if raw.exists() and (not note.exists() or note.read_text(encoding="utf-8") != plan.revision):
        shutil.rmtree(raw)
    raw.mkdir(parents=True, exist_ok=True)
    note.write_text(plan.revision, encoding="utf-8")
    have = sum(_size(raw / name) + _size(raw / f"{name}.part") for name, _, _ in plan.files)
    total = sum(size for _, size, _ in plan.files)
    free = shutil.disk_usage(raw).free
    # Conversion writes once more up to the size of the weights before the source is removed.
    needed = total - have + (total if ENGINES[card.engine].converted else 0)
    if needed > free:
        raise ModelError(
            f"'{card.name}' needs {needed / 1e9:.1f} GB below '{raw.parents[2]}', where {free / 1e9:.1f} GB are free; "
            "make room there or set INTERPRETER_DATA to another folder."
        )
    meter = _Meter(card.name, total, progress)
    with _hub_errors(card, endpoint):
        for name, size, _ in plan.files:
            url = hf_hub_url(card.source.removeprefix("hf:"), name, revision=plan.revision, endpoint=endpoint)
            _fetch(url, raw / name, name, size, meter)


def _fetch(url: str, target: Path, name: str, size: int, meter: _Meter) -> None:
    """Fetch one file, going on behind what an earlier attempt left in ``.part``.

    huggingface_hub throws away what it has of a file when it is interrupted; weights of 12 GB deserve better.
    """
    from huggingface_hub import get_session
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined, unused-ignore]

    part = target.with_name(target.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    attempts = 0
    meter(name, _size(target))
    while not target.exists():
        have = part.stat().st_size if part.exists() else 0
        meter(name, have)
        headers = build_hf_headers() | ({"Range": f"bytes={have}-"} if have else {})
        try:
            if have < size or not part.exists():
                with get_session().stream(
                    "GET", url, headers=headers, follow_redirects=True, timeout=_PATIENCE
                ) as reply:
                    hf_raise_for_status(reply)
                    # A server that knows no ranges sends the whole file again.
                    with part.open("ab" if reply.status_code == 206 else "wb") as file:
                        for block in reply.iter_bytes(_BLOCK):
                            file.write(block)
                            meter(name, file.tell())
        except Exception as error:
            if isinstance(error, HfHubHTTPError) and error.response.status_code < 500:
                raise  # the hub says no, and will say it again
            attempts = attempts + 1 if _size(part) == have else 0
            if attempts >= _ATTEMPTS:
                raise
            time.sleep(attempts)
            continue
        if _size(part) == size:
            part.rename(target)
        elif _size(part) > size or attempts >= _ATTEMPTS:
            part.unlink()
            raise ConnectionError(f"{name} has another size than the hub says")
        else:
            attempts += 1


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@contextlib.contextmanager
def _hub_errors(card: ModelCard, endpoint: str | None) -> Iterator[None]:
    """Say in one sentence what the hub's library raises in many ways."""
    from huggingface_hub import constants, errors

    hub = endpoint or constants.ENDPOINT
    repository = card.source.removeprefix("hf:")
    again = f"run: interpreter models pull {card.name}"
    log = logging.getLogger("huggingface_hub")
    level = log.level
    log.setLevel(logging.CRITICAL)  # what it has to say is said below
    try:
        yield
    except errors.GatedRepoError:
        raise ModelError(
            f"'{repository}' is given only to those who accept its terms: do so at {hub}/{repository}, log in with "
            f"`hf auth login`, and {again}"
        ) from None
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.HFValidationError):
        raise ModelError(
            f"{hub} has no '{repository}', or shows it only to people logged in: correct the source of '{card.name}' "
            "in models.txt, or log in with `hf auth login`."
        ) from None
    except errors.OfflineModeIsEnabled:
        raise ModelError(f"the variable HF_HUB_OFFLINE forbids asking the hub; unset it and {again}") from None
    except (InterpreterError, KeyboardInterrupt):
        raise
    except Exception as error:
        if (
            isinstance(error, OSError)
            and error.errno is not None
            and not isinstance(error, ConnectionError | TimeoutError)
        ):
            raise  # the disk, not the hub
        raise ModelError(
            f"the hub {hub} cannot be reached or broke off ({type(error).__name__}); what has arrived is kept: "
            f"check the network and {again}"
        ) from error
    finally:
        log.setLevel(level)


# --- into place


def _make_ready(card: ModelCard, raw: Path, ready: Path) -> None:
    """Convert the source files, or take them as they are."""
    if not ENGINES[card.engine].converted:
        raw.rename(ready)
        return
    from interpreter.conversion import convert

    try:
        convert(card.engine, raw, ready, quantization(card))
    except (InterpreterError, KeyboardInterrupt, OSError):
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ModelError(
            f"'{card.name}' cannot be converted ({reason}): its source '{card.source}' is damaged or not of the kind "
            f"that the engine '{card.engine}' loads; correct its line in models.txt."
        ) from error
    for each in raw.iterdir():
        if each.name.lower().startswith(("license", "notice", "readme")):
            shutil.copyfile(each, ready / each.name)


def _move(ready: Path, target: Path) -> None:
    """Put a finished folder where engines load from, with the old one out of the way first."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = ready.with_name("old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    ready.rename(target)
