"""The stock pipeline and ours on the same checkpoints: of the true kinds, and made small."""

from pathlib import Path

import pytest

from interpreter.audio import RATE, Audio, read
from interpreter.benchmark import against, shapes
from interpreter.benchmark.latency import question_file
from interpreter.benchmark.stock import Told


@pytest.fixture(scope="module", params=tuple(against.PAIRS))
def both(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> against.Both:
    """Both pipelines on the smallest shapes of their kinds."""
    patch = pytest.MonkeyPatch()
    patch.setitem(shapes.WHISPER, "whisper-base", (64, 1, 2))
    patch.setitem(shapes.WHISPER, "whisper-small", (64, 1, 2))
    patch.setitem(shapes.MARIAN, "marian-base", (64, 1, 2))
    patch.setitem(shapes.M2M100, "m2m100-418m", (64, 1, 2))
    try:
        return against.Both(request.param, tmp_path_factory.mktemp("形"))
    finally:
        patch.undo()


def test_both_answer_the_same_utterance_in_turn(both: against.Both) -> None:
    audio = read(question_file())
    told = Told("en", "es", "Where is the hot spring museum?", "El museo está allí, a la izquierda.", 9)
    turns = list(both.turns([(audio, told)], 2))
    assert len(turns) == 2  # the first round warms up
    assert all(
        turn.ours > 0 and min(turn.stock.recognition, turn.stock.translation, turn.stock.voice) > 0 for turn in turns
    )
    assert "ours / stock" in against.table(turns)


def test_silence_is_no_turn(both: against.Both) -> None:
    told = Told("en", "es", "Where?", "Allí.", 3)
    quiet = read(question_file()).samples[:RATE] * 0
    assert list(both.turns([(Audio(quiet, RATE), told)], 1)) == []


def test_a_checkpoint_is_made_once(tmp_path: Path) -> None:
    place = shapes.make("vits-mms", tmp_path)
    written = (place / "model.safetensors").stat().st_mtime_ns
    assert shapes.make("vits-mms", tmp_path) == place
    assert (place / "model.safetensors").stat().st_mtime_ns == written
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]
