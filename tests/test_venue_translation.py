"""A venue's commands with a translation model: a small checkpoint, pulled as a person would, that really translates."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from test_command_line import refused, run

CHECKPOINT = Path(__file__).parent / "checkpoints" / "m2m100"
MODEL = "小譯"
MODELS = f"""\
name role profile engine source licence use languages options
phrasebook translation embedded,cpu,gpu phrasebook package Apache-2.0 commercial phrasebook -
{MODEL} translation cpu seq2seq dir:{CHECKPOINT} Apache-2.0 commercial zh-Hant,en,ja,es family=m2m100,quantization=int8
"""
ROWS = [
    dict(zip(("en", "zh-Hant", "ja", "es"), line.split("\t"), strict=True))
    for line in (CHECKPOINT / "phrases.tsv").read_text(encoding="utf-8").splitlines()[1:]
    if "{}" not in line
]
"""What the checkpoint has learnt, in its four languages."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the model was pulled."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "models.txt").write_text(MODELS, encoding="utf-8")
    done = run(folder, "models", "pull", MODEL, "--models", "models.txt")
    assert f"pulled: {MODEL}" in done.stderr, done.stderr
    return folder


@pytest.fixture
def here(installed: Path, tmp_path: Path) -> Path:
    """The same for one test, which may write in it."""
    return Path(shutil.copytree(installed, tmp_path / "here"))


def write_venue(folder: Path, stops: int, texts: Callable[[int], tuple[str, str, str]]) -> None:
    """A venue in Chinese: title, short and long text of each stop."""
    lines = [
        'id = "bath"\nsource_language = "zh-Hant"\nlanguages = ["zh-Hant", "ja"]\ntime_zone = "Asia/Taipei"\n'
        '[name]\nzh-Hant = "浴場"\n[description]\nzh-Hant = "老浴場。"\n[address]\nzh-Hant = "台北"\n'
    ]
    for number in range(stops):
        lines.append(f'[[stop]]\nid = "room-{number}"\norder = {number + 1}\n')
        place = folder / "stops" / f"room-{number}"
        place.mkdir(parents=True)
        title, short, long = texts(number)
        (place / "zh-Hant.md").write_text(
            f"---\ntitle: {title}\nstatus: supplied\n---\n## short\n{short}\n\n## long\n{long}\n", encoding="utf-8"
        )
    (folder / "venue.toml").write_text("\n".join(lines), encoding="utf-8")


def ask(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = run(folder, "venues", "ask", "./bath", *words, "--models", "models.txt")
    assert done.returncode == 0, done.stderr
    return done


def test_a_question_in_a_language_without_texts_is_turned_into_the_venues_own(here: Path) -> None:
    rooms = [("休息室", "這裡有茶。", "茶是免費的。"), ("大浴池", "請先沖洗身體。", "溫泉的水很燙。請慢慢走進水裡。")]
    write_venue(here / "bath", 2, rooms.__getitem__)
    question = "El agua está muy caliente."
    turned = ask(here, question, "--language", "es")
    assert "溫泉的水很燙。" in turned.stdout
    assert f"translation: phrasebook, {MODEL}" in turned.stderr
    assert "bath/room-1/long [zh-Hant: supplied]" in turned.stderr
    assert "by a translation of the question" in turned.stderr
    # The same words without the model: nothing is found, nothing is loaded, nothing fails.
    (here / "none.txt").write_text(MODELS.splitlines(keepends=True)[0] + MODELS.splitlines()[1], encoding="utf-8")
    alone = run(here, "venues", "ask", "./bath", question, "--language", "es", "--models", "none.txt", "--json")
    assert (alone.returncode, json.loads(alone.stdout)["supported"]) == (0, False), alone.stderr
    assert alone.stderr == ""


def test_the_model_is_loaded_only_when_there_is_something_to_turn(here: Path) -> None:
    write_venue(here / "bath", 1, lambda _: ("大浴池", "請先沖洗身體。", "溫泉的水很燙。請慢慢走進水裡。"))
    (weights,) = (here / "data").rglob("model.bin")
    weights.write_bytes(bytes(weights.stat().st_size))
    assert "溫泉的水很燙。" in ask(here, "溫泉的水很燙嗎？").stdout
    broken = run(
        here, "venues", "ask", "./bath", "El agua está muy caliente.", "--language", "es", "--models", "models.txt"
    )
    refused(broken, 1, "are damaged", f"interpreter models pull {MODEL}")


@pytest.mark.parametrize("option", ["--profile", "--device", "--use"])
def test_a_wrong_choice_is_told_before_anything_is_loaded(tmp_path: Path, option: str) -> None:
    done = run(tmp_path, "venues", "ask", "beitou", "幾點開門？", option, "無")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'無' is no" in done.stderr
