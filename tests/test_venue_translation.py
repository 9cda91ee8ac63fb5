"""A venue's commands with a translation model: a small checkpoint, pulled as a person would, that really translates."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from test_command_line import PROGRAM, refused, run

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


def long_text(number: int) -> tuple[str, str, str]:
    """Three texts of one room, out of what the checkpoint has learnt; the long ones differ from room to room."""
    row, other = ROWS[number % len(ROWS)], ROWS[(number + 1) % len(ROWS)]
    return row["zh-Hant"], other["zh-Hant"], "".join((row["zh-Hant"], *[other["zh-Hant"]] * (8 + number)))


def in_japanese(number: int) -> tuple[str, str, str]:
    """What a whole draft of these texts is."""
    row, other = ROWS[number % len(ROWS)], ROWS[(number + 1) % len(ROWS)]
    return row["ja"], other["ja"], "".join((row["ja"], *[other["ja"]] * (8 + number)))


def drafts(folder: Path) -> dict[tuple[str, str], list[tuple[str, str, str, str, str]]]:
    """(stop, kind) -> (action, status, who, note, text) of every Japanese entry in the store."""
    found: dict[tuple[str, str], list[tuple[str, str, str, str, str]]] = {}
    with closing(sqlite3.connect(f"file:{folder / 'data' / 'venues.sqlite'}?mode=ro", uri=True)) as connection:
        for stop, kind, *entry in connection.execute(
            "SELECT stop, kind, action, status, who, note, text FROM entry JOIN piece ON piece.id = entry.piece "
            "WHERE venue = 'bath' AND language = 'ja' ORDER BY entry.id"
        ):
            found.setdefault((stop, kind), []).append(tuple(entry))
    return found


def test_a_machine_draft_is_marked_and_not_shown_until_a_person_approves_it(here: Path) -> None:
    write_venue(here / "bath", 1, long_text)
    assert run(here, "venues", "import", "./bath").returncode == 0
    done = run(here, "venues", "draft", "bath", "--to", "ja", "--models", "models.txt")
    assert done.returncode == 0, done.stderr
    assert "3 of 3 drafted. Read them, mend them with edit, then approve them." in done.stderr
    wanted = dict(zip(("title", "short", "long"), in_japanese(0), strict=True))
    assert drafts(here) == {
        ("room-0", kind): [("draft", "draft", MODEL, f"machine draft: {MODEL}", text)]
        for kind, text in wanted.items()
        if kind != "title"
    } | {
        # What people wrote for this very sentence goes before what a model makes of it.
        ("room-0", "title"): [
            ("draft", "draft", "phrasebook", "machine draft: phrasebook, direction.where-is", "博物館はどこですか。")
        ]
    }
    assert "draft" in run(here, "venues", "history", "bath", "room-0/long", "--language", "ja").stdout
    assert run(here, "venues", "status", "bath").stdout.splitlines()[1].split() == ["room-0", "S", "D"]
    show = ("venues", "show", "bath", "room-0", "--language", "ja")
    assert run(here, *show).stderr == "[zh-Hant, for want of one in ja: supplied]\n"
    assert run(here, "venues", "approve", "bath", "room-0/long", "--language", "ja").returncode == 0
    told = run(here, *show)
    assert (told.stdout.strip(), told.stderr) == (wanted["long"], "[ja: approved]\n")
    # What changed in the original since is drafted anew; what was drafted is not.
    run(here, "venues", "edit", "bath", "room-0/short", "--text", ROWS[5]["zh-Hant"])
    again = run(here, "venues", "draft", "bath", "--to", "ja", "--models", "models.txt")
    assert "1 of 1 drafted" in again.stderr
    assert drafts(here)["room-0", "short"][1][4] == ROWS[5]["ja"]
    assert "nothing is missing or behind in ja" in run(here, "venues", "draft", "bath", "--to", "ja").stderr


def test_drafting_that_is_stopped_leaves_whole_texts_and_goes_on(here: Path) -> None:
    termios = pytest.importorskip("termios", reason="needs a terminal of Unix")
    stops = 150
    write_venue(here / "bath", stops, long_text)
    assert run(here, "venues", "import", "./bath").returncode == 0
    (here / "model.txt").write_text(MODELS.replace("\nphrasebook", "\n# "), encoding="utf-8")
    words = [PROGRAM, "venues", "draft", "bath", "--to", "ja", "--models", "model.txt"]
    # tqdm draws its bar for a terminal only.
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    environment = {**os.environ, "INTERPRETER_DATA": str(here / "data"), "PYTHONPATH": ""}
    drafting = subprocess.Popen(words, cwd=here, env=environment, stdout=theirs, stderr=theirs, stdin=theirs)
    os.close(theirs)
    seen = b""
    while not re.search(rb"drafting: .* [1-9]\d*/450", seen):
        seen += os.read(ours, 4096)
    drafting.send_signal(signal.SIGINT)
    with suppress(OSError):  # the other side is closed when the program has ended
        while more := os.read(ours, 4096):
            seen += more
    os.close(ours)
    assert drafting.wait(30) == 1
    told = seen.decode(errors="replace")
    assert "stopped; nothing half-written was left." in told
    assert "Traceback" not in told
    wanted = {
        (f"room-{number}", kind): text
        for number in range(stops)
        for kind, text in zip(("title", "short", "long"), in_japanese(number), strict=True)
    }
    before = drafts(here)
    assert 0 < len(before) < len(wanted)
    assert all(entries[0][4] == wanted[place] for place, entries in before.items())
    again = run(here, *words[1:])
    assert again.returncode == 0, again.stderr
    left = len(wanted) - len(before)
    assert f"{left} of {left} drafted" in again.stderr
    after = drafts(here)
    assert {place: entries[0][4] for place, entries in after.items()} == wanted
    assert all(len(entries) == 1 for entries in after.values())
    assert all(after[place] == entries for place, entries in before.items())


def test_drafting_works_in_another_database(here: Path) -> None:
    write_venue(here / "bath", 1, long_text)
    other = f"sqlite:///{here / 'other.sqlite'}"
    assert run(here, "venues", "import", "./bath", "--database", other).returncode == 0
    done = run(here, "venues", "draft", "bath", "--to", "ja", "--models", "models.txt", "--database", other)
    assert "3 of 3 drafted" in done.stderr


@pytest.mark.parametrize("option", ["--profile", "--device", "--use"])
def test_a_wrong_choice_is_told_before_anything_is_loaded(tmp_path: Path, option: str) -> None:
    done = run(tmp_path, "venues", "ask", "beitou", "幾點開門？", option, "無")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'無' is no" in done.stderr
