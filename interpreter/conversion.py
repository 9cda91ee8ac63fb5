"""From a Hugging Face folder to the CTranslate2 folder an engine loads.

Weights come as safetensors only: a pickled checkpoint runs code when it is read. The new folder is written beside its
place and renamed, so that a half-converted model is never seen.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

from interpreter.errors import ModelError

QUANTIZATIONS = ("int8", "float16", "float32")
"""int8 for CPUs (a quarter of the size), float16 for GPUs, float32 to compare with."""
_STORED = {"int8": "int8_float32", "float16": "float16", "float32": "float32"}
"""CTranslate2's names. What int8 leaves out is float32: CPUs, for which int8 is meant, cannot compute in float16."""
SOURCE_CONFIG = "source_config.json"
"""The checkpoint's own ``config.json`` under another name: CTranslate2 writes one of its own."""
_TOKENS: dict[str, tuple[str, ...]] = {
    "whisper": ("tokenizer.json", "preprocessor_config.json"),
    "seq2seq": ("sentencepiece.bpe.model", "spiece.model", "source.spm", "target.spm"),
}
"""Engine: tokenizer files to take along. ``whisper`` needs all of them, ``seq2seq`` those its family has."""
_TYPES: dict[str, tuple[str, ...]] = {"whisper": ("whisper",), "seq2seq": ("marian", "m2m_100", "t5")}
"""Engine: ``model_type`` of the checkpoints it takes; NLLB's is m2m_100, MADLAD's is t5."""


def convert(engine: str, source: Path, target: Path, quantization: str) -> None:
    """Convert the checkpoint in ``source`` for ``engine`` (``whisper`` or ``seq2seq``) into the folder ``target``.

    A folder that is already at ``target`` is replaced once the new one is whole. Raises ModelError when a file is
    missing, the weights are pickled or the checkpoint is of another kind.
    """
    if engine not in _TYPES:
        raise ModelError(
            f"there is nothing to convert for engine '{engine}'; engines that convert: {', '.join(_TYPES)}."
        )
    if quantization not in QUANTIZATIONS:
        raise ModelError(f"'{quantization}' is no quantization; use {', '.join(QUANTIZATIONS)}.")
    config = _config(source)
    if config.get("model_type") not in _TYPES[engine]:
        raise ModelError(
            f"'{source}' holds a model of type '{config.get('model_type')}'; "
            f"engine '{engine}' takes {', '.join(_TYPES[engine])}. Correct its line in models.txt."
        )
    _refuse_pickles(source)
    copies = [name for name in _TOKENS[engine] if (source / name).is_file()]
    if not copies or (engine == "whisper" and len(copies) < len(_TOKENS[engine])):
        wanted = " and " if engine == "whisper" else " or "
        raise ModelError(
            f"'{source}' lacks its tokenizer files ({wanted.join(_TOKENS[engine])}); pull the model again."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        _run(source, work / "new", quantization)
        for name in copies:
            shutil.copyfile(source / name, work / "new" / name)
        shutil.copyfile(source / "config.json", work / "new" / SOURCE_CONFIG)
        if target.exists():
            os.replace(target, work / "old")
        os.replace(work / "new", target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _config(source: Path) -> dict[str, Any]:
    try:
        config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"'config.json' is missing in '{source}'; give a folder in Hugging Face's format.") from None
    except (OSError, ValueError) as error:
        raise ModelError(f"'config.json' in '{source}' is damaged ({error}); pull the model again.") from None
    return config if isinstance(config, dict) else {}


def _refuse_pickles(source: Path) -> None:
    if any(source.glob("*.safetensors")):
        return
    pickled = sorted(file.name for ending in ("*.bin", "*.pt", "*.pth", "*.ckpt") for file in source.glob(ending))
    if pickled:
        raise ModelError(
            f"'{source}' has its weights as '{pickled[0]}', a pickle that could run code; "
            "choose a revision with model.safetensors in models.txt."
        )
    raise ModelError(f"'model.safetensors' is missing in '{source}'; pull the model again.")


def _run(source: Path, folder: Path, quantization: str) -> None:
    from ctranslate2.converters import TransformersConverter
    from transformers.utils import logging

    class SafeConverter(TransformersConverter):  # type: ignore[misc]
        """Reads safetensors only, from this machine only."""

        def load_model(self, model_class: Any, model_name_or_path: str, **kwargs: Any) -> Any:
            """The model in evaluation mode."""
            return model_class.from_pretrained(
                model_name_or_path, use_safetensors=True, local_files_only=True, **kwargs
            ).eval()

        def load_tokenizer(self, tokenizer_class: Any, model_name_or_path: str, **kwargs: Any) -> Any:
            """The tokenizer, which names the rows of the embeddings."""
            return tokenizer_class.from_pretrained(model_name_or_path, local_files_only=True, **kwargs)

    progress, verbosity = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            SafeConverter(str(source)).convert(str(folder), quantization=_STORED[quantization])
    except Exception as error:  # transformers, safetensors and tokenizers each raise types of their own
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise ModelError(f"'{source}' cannot be converted ({reason}); pull the model again.") from error
    finally:
        logging.set_verbosity(verbosity)
        if progress:
            logging.enable_progress_bar()
