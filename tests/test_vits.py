"""VITS voices on the small checkpoint of tests/checkpoints/vits, through the loading code of the large ones."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from interpreter.errors import LanguageError, ModelError
from interpreter.tts.vits import Vits

TINY = Path(__file__).parent / "checkpoints" / "vits"


@pytest.fixture(scope="module")
def voice() -> Vits:
    return Vits("tiny-vits", TINY, ["es"])


def test_one_chunk_per_clause(voice: Vits) -> None:
    chunks = list(voice.speak("Hola, ¿dónde está el museo? Cuesta 1.500 dólares.", "es"))
    assert len(chunks) == 3
    for chunk in chunks:
        assert chunk.rate == 16_000
        assert chunk.samples.dtype == np.float32
        assert chunk.duration > 0.1
        assert 0 < np.abs(chunk.samples).max() <= 1


def test_the_same_words_sound_the_same(voice: Vits) -> None:
    first = next(iter(voice.speak("Buenos días", "es"))).samples
    torch.rand(7)  # somebody else draws random numbers
    state = torch.random.get_rng_state()
    again = next(iter(voice.speak("Buenos días", "es"))).samples
    assert np.array_equal(first, again)
    assert torch.equal(state, torch.random.get_rng_state()), "the process's own random numbers are not touched"
    other = Vits("tiny-vits", TINY, ["es"], options={"seed": "1"})
    assert not np.array_equal(first, next(iter(other.speak("Buenos días", "es"))).samples)


def test_slower_speech_is_longer(voice: Vits) -> None:
    plain, slow = (sum(c.duration for c in voice.speak("¿Dónde está el museo?", "es", rate)) for rate in (1.0, 0.6))
    assert slow > 1.2 * plain


def test_digits_are_written_out(voice: Vits) -> None:
    digits, words = (next(iter(voice.speak(text, "es"))).samples for text in ("son 40", "son cuarenta"))
    assert np.array_equal(digits, words)


def test_letters_it_does_not_know_are_silent(voice: Vits) -> None:
    assert list(voice.speak("🙂 …", "es")) == []
    assert list(voice.speak("", "es")) == []


def test_a_language_it_does_not_speak(voice: Vits) -> None:
    with pytest.raises(LanguageError, match="speaks es, not ko"):
        list(voice.speak("안녕하세요", "ko"))


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("model.safetensors", b"\x80\x02}q\x00.", "'model.safetensors' .* is damaged"),
        ("model.safetensors", None, "'model.safetensors' is missing"),
        ("vocab.json", b"[", "'vocab.json' .* is damaged"),
        ("config.json", b"", "'config.json' is empty"),
    ],
)
def test_a_damaged_file_names_the_pull(tmp_path: Path, file: str, content: bytes | None, complaint: str) -> None:
    folder = shutil.copytree(TINY, tmp_path / "目錄")
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(ModelError, match=complaint) as caught:
        Vits("tiny-vits", folder, ["es"])
    assert str(folder) in str(caught.value)
    assert "interpreter models pull tiny-vits" in str(caught.value)


def test_weights_that_are_missing_are_not_made_up(tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = shutil.copytree(TINY, tmp_path / "vits")
    weights = load_file(folder / "model.safetensors")
    lost = next(name for name in weights if name.startswith("decoder."))
    save_file(
        {name: value for name, value in weights.items() if name != lost}, folder / "model.safetensors", {"format": "pt"}
    )
    with pytest.raises(ModelError, match="lacks 1 weight"):
        Vits("tiny-vits", folder, ["es"])


@pytest.mark.skipif(importlib.util.find_spec("uroman") is None, reason="comes with the extra 'uroman'")
def test_korean_is_romanised_where_the_tokenizer_asks(tmp_path: Path) -> None:
    folder = shutil.copytree(TINY, tmp_path / "vits")
    config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"is_uroman": True, "language": "kor"}))
    korean = Vits("tiny-vits", folder, ["ko"])
    spoken, latin = (next(iter(korean.speak(text, "ko"))).samples for text in ("안녕하세요", "annyeonghaseyo"))
    assert np.array_equal(spoken, latin)


@pytest.mark.skipif(importlib.util.find_spec("uroman") is not None, reason="uroman is installed")
def test_without_uroman_the_extra_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(TINY, tmp_path / "vits")
    config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"is_uroman": True}))
    with pytest.raises(ModelError, match=r"pip install 'interpreter\[uroman\]'"):
        Vits("tiny-vits", folder, ["ko"])
