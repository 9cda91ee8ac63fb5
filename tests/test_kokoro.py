"""Kokoro's loading code on a model of its shape with random numbers inside (tests/checkpoints/make_kokoro.py)."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from interpreter.errors import LanguageError, ModelError
from interpreter.tts.kokoro import RATE, Kokoro, phonemes

TINY = Path(__file__).parent / "checkpoints" / "kokoro"


@pytest.fixture(scope="module")
def voice() -> Kokoro:
    return Kokoro("tiny-kokoro", TINY, ["es", "it"])


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Today the boy goes by the church.", "en", "tədˈA ðə bˈY ɡOz bI ðə ʧˈɜɹʧ."),
        ("¿Dónde está el baño?", "es", "dˈonde estˈa el βˈaɲo?"),
        ("un bon vin blanc,", "fr", "œ̃ bˈɔ̃ vˈɛ̃ blˈɑ̃,"),
        ("Ragazzi, la pizza!", "it", "raɡˈaʦːɪ, la pˈiʦːa!"),
    ],
)
def test_phonemes_are_of_kokoros_alphabet(text: str, language: str, expected: str) -> None:
    assert phonemes(text, language) == expected


def test_one_chunk_per_clause_at_24_kilohertz(voice: Kokoro) -> None:
    chunks = list(voice.speak("Hola, ¿dónde está el baño? Cuesta 3,50.", "es"))
    assert len(chunks) == 3
    assert {chunk.rate for chunk in chunks} == {RATE}
    assert all(chunk.samples.dtype == np.float32 and np.abs(chunk.samples).max() > 0.05 for chunk in chunks)


def test_every_phoneme_arrives_between_two_pads(voice: Kokoro) -> None:
    (chunk,) = voice.speak("sí", "es")
    assert len(chunk.samples) == (len(phonemes("sí", "es")) + 2) * 600


def test_slower_speech_is_longer(voice: Kokoro) -> None:
    plain, slow = (sum(chunk.duration for chunk in voice.speak("¿Dónde está?", "es", rate)) for rate in (1.0, 0.5))
    assert slow == pytest.approx(2 * plain, rel=0.01)


def test_each_language_has_its_voice_and_an_option_replaces_it(voice: Kokoro) -> None:
    spanish, italian = (next(iter(voice.speak("no", tag))).samples.mean() for tag in ("es", "it"))
    assert italian > spanish + 0.05
    other = Kokoro("tiny-kokoro", TINY, ["es"], options={"voice": "if_sara"})
    assert next(iter(other.speak("no", "es"))).samples.mean() == pytest.approx(italian, abs=0.02)


def test_nothing_to_say_is_silent(voice: Kokoro) -> None:
    assert list(voice.speak("… —", "es")) == []


def test_a_language_it_does_not_speak(voice: Kokoro) -> None:
    with pytest.raises(LanguageError, match="speaks es, it, not ja"):
        list(voice.speak("こんにちは", "ja"))
    with pytest.raises(ModelError, match="no voice for ja"):
        Kokoro("tiny-kokoro", TINY, ["ja"])


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("onnx/model.onnx", b"no graph", "'onnx/model.onnx' .* is damaged"),
        ("onnx/model.onnx", None, "'onnx/model.onnx' is missing"),
        ("tokenizer.json", b"{}", "'tokenizer.json' .* is damaged"),
        ("voices/ef_dora.bin", b"\0" * 1000, "'voices/ef_dora.bin' .* is damaged"),
        ("voices/ef_dora.bin", b"", "'voices/ef_dora.bin' is empty"),
    ],
)
def test_a_damaged_file_names_the_pull(tmp_path: Path, file: str, content: bytes | None, complaint: str) -> None:
    folder = shutil.copytree(TINY, tmp_path / "鶴")
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(ModelError, match=complaint) as caught:
        Kokoro("tiny-kokoro", folder, ["es"])
    assert str(folder) in str(caught.value)
    assert "interpreter models pull tiny-kokoro" in str(caught.value)


def test_an_unknown_option_names_the_nearest() -> None:
    with pytest.raises(ModelError, match="did you mean 'voice'"):
        Kokoro("tiny-kokoro", TINY, ["es"], options={"voices": "ef_dora"})
