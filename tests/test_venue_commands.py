"""An editor's day at the command line: the installed program, in another process, in an empty folder."""

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_command_line import refused, run

from venues.pack import TAGS, find

Say = Callable[..., str]


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Run a command of the venues that should do; gives what it printed."""

    def command(*words: str, status: int = 0) -> str:
        done = run(tmp_path, "venues", *words)
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    return command


def test_venues_are_there_at_the_first_start(tmp_path: Path, say: Say) -> None:
    assert "北投溫泉區" in say("list")
    assert say("status", "shilin").splitlines()[1].split() == ["palace-museum", *["S"] * 15]
    shown = run(tmp_path, "venues", "show", "beitou", "thermal-valley", "--language", "ja", "--kind", "short")
    assert "地熱谷" in shown.stdout
    assert shown.stderr == "[ja: supplied]\n"


def test_nothing_but_the_emergency_phrases_waits_in_what_ships(say: Say) -> None:
    for venue in ("beitou", "shilin"):
        found = json.loads(say("check", venue, "--json", status=1))
        assert [(row["kind"], row["language"]) for row in found] == [("phrases", tag) for tag in TAGS]


def test_a_day_of_an_editor(tmp_path: Path, say: Say) -> None:
    def row() -> list[str]:
        return next(line.split()[1:] for line in say("status", "beitou").splitlines() if line.startswith("park "))

    assert "entry 2, a draft" in say("edit", "beitou", "park/short", "--text", "公園在1913年完工。", "--as", "陳")
    assert "behind the original" in say("status", "beitou") or row() == ["D", *["O"] * 14]
    assert "1 approved" in say("approve", "beitou", "park/short", "--as", "林")
    assert row() == ["S", *["O"] * 14]
    assert "behind the original, not approved" in say("approve", "beitou", "park", "--language", "ja", status=1)
    diff = say("diff", "beitou", "park/short", "--language", "ja", "--original")
    assert "+ 公園在1913年完工。" in diff
    (tmp_path / "ja.txt").write_text("公園は1913年に完成しました。\n", encoding="utf-8")
    say("edit", "beitou", "park/short", "--language", "ja", "--file", "ja.txt", "--as", "田中")
    say("approve", "beitou", "park/short", "--language", "ja", "--as", "林")
    shown = run(tmp_path, "venues", "show", "beitou", "park", "--language", "ja", "--kind", "short")
    assert (shown.stdout, shown.stderr) == ("公園は1913年に完成しました。\n", "[ja: approved]\n")
    history = json.loads(say("history", "beitou", "park/short", "--language", "ja", "--json"))
    assert [(entry["action"], entry["who"]) for entry in history] == [
        ("import", "the program"), ("edit", "田中"), ("approve", "林"),
    ]  # fmt: skip
    say("revert", "beitou", "park/short", "--as", "陳")
    assert "back to entry 1" in say("history", "beitou", "park/short")
    assert row() == ["S", "S", "S", "O", *["S"] * 11], "only what was made from the withdrawn text is behind"


def test_who_comes_second_gets_both_texts(tmp_path: Path, say: Say) -> None:
    say("edit", "beitou", "park/short", "--base", "1", "--text", "甲的文字。", "--as", "甲")
    done = run(tmp_path, "venues", "edit", "beitou", "park/short", "--base", "1", "--text", "乙的文字。", "--as", "乙")
    refused(done, 1, "was changed by 甲", "--base 2")
    assert "甲的文字。" in done.stderr
    assert (tmp_path / "beitou-park-short-zh-Hant.refused.txt").read_text(encoding="utf-8") == "乙的文字。"
    assert "乙" not in say("history", "beitou", "park/short")


def test_a_venue_moves_to_another_machine(tmp_path: Path, say: Say) -> None:
    say("edit", "beitou", "park/title", "--text", "北投公園！", "--as", "陳")
    say("approve", "beitou", "park/title", "--language", "zh-Hant", "--as", "林")
    say("export", "beitou", "beitou.zip")
    other = tmp_path / "other"
    other.mkdir()
    shutil.move(tmp_path / "beitou.zip", other)
    done = run(other, "venues", "import", "beitou.zip", "--with-approvals")
    assert done.returncode == 0, done.stderr
    assert "2 entries of its history" in done.stderr
    assert "林" in run(other, "venues", "history", "beitou", "park/title").stdout


def test_approvals_that_are_left_out_are_told_once(tmp_path: Path, say: Say) -> None:
    shutil.copytree(find("beitou"), tmp_path / "mine")
    path = tmp_path / "mine" / "stops" / "park" / "ja.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("title: ", "title: 新・").replace("supplied", "approved"),
        encoding="utf-8",
    )
    assert "3 texts call themselves approved and were taken as supplied" in say("import", "./mine")
    again = say("import", "./mine")
    assert "call themselves" not in again
    assert "the same (3 approved in the file only, see --with-approvals)." in again


def test_a_conflict_of_an_import_is_settled_by_a_person(tmp_path: Path, say: Say) -> None:
    folder = Path(shutil.copytree(find("beitou"), tmp_path / "mine"))
    path = folder / "stops" / "park" / "ja.md"
    path.write_text(path.read_text(encoding="utf-8").replace("title: ", "title: 新・"), encoding="utf-8")
    say("edit", "beitou", "park/title", "--language", "ja", "--text", "北投の公園", "--as", "田中")
    out = say("import", "mine", status=1)
    assert "conflict  beitou/park/title in ja" in out
    assert "北投の公園" in out
    assert "1 kept" not in say("import", "mine", "--prefer", "pack")
    assert "新・" in say("history", "beitou", "park/title", "--language", "ja")


def test_a_text_set_back_in_a_folder_is_named_and_taken_when_it_is_meant(tmp_path: Path, say: Say) -> None:
    shutil.copytree(find("beitou"), tmp_path / "mine")
    say("edit", "beitou", "park/title", "--language", "ja", "--text", "北投の公園", "--as", "田中")
    out = say("import", "./mine")
    assert "interpreter venues revert beitou park/title --language ja --to 1" in out
    assert "not taken: 1. If all are meant, import again with --set-back" in out
    assert "1 changed" in say("import", "./mine", "--set-back")
    assert "北投公園" in say("history", "beitou", "park/title", "--language", "ja").splitlines()[-1]


def test_a_stop_that_an_import_lacks_is_named_and_keeps_its_history(tmp_path: Path, say: Say) -> None:
    say("new", "tea", "--language", "en")
    folder = tmp_path / "tea"
    venue = folder / "venue.toml"
    text = venue.read_text(encoding="utf-8")
    venue.write_text(text + '\n[[stop]]\nid = "garden"\norder = 2\n', encoding="utf-8")
    (folder / "stops" / "garden").mkdir()
    (folder / "stops" / "garden" / "en.md").write_text(
        "---\ntitle: Garden\nstatus: supplied\n---\n## long\nTea grows here.\n", encoding="utf-8"
    )
    say("import", "tea")
    venue.write_text(text, encoding="utf-8")
    shutil.rmtree(folder / "stops" / "garden")
    assert "venue.toml does not name them: garden. " in say("import", "tea")
    assert "no longer told" not in say("import", "tea")
    assert "Tea grows here." in say("history", "tea", "garden/long")
    assert "garden" not in say("edit", "tea", "gardn/long", "--text", "x", status=1), "it is not offered for editing"
    assert "did you mean 'garden'" in say("history", "tea", "gardn/long", status=1)


def test_a_safety_phrase_is_approved_and_said_so(tmp_path: Path, say: Say) -> None:
    words = ("translate", "我需要醫生。", "--from", "zh-Hant", "--to", "ja", "--venue", "beitou")
    before = run(tmp_path, *words)
    assert "(supplied" in before.stdout
    phrase = before.stdout.split("phrasebook: ")[1].split(" ")[0]
    say("approve", "beitou", f"phrases/{phrase}", "--language", "zh-Hant,ja", "--as", "林")
    assert "(approved" in run(tmp_path, *words).stdout


def test_a_new_venue_from_the_first_file_to_the_spoken_text(tmp_path: Path, say: Say) -> None:
    say("new", "tea-museum", "--language", "ja", "--name", "茶の博物館", "--time-zone", "Asia/Tokyo")
    assert "is not written yet" in say("check", "./tea-museum", status=1)
    path = tmp_path / "tea-museum" / "stops" / "entrance" / "ja.md"
    path.write_text("---\ntitle: 入口\nstatus: draft\n---\n## short\n茶の博物館へようこそ。\n", encoding="utf-8")
    say("import", "tea-museum")
    assert say("status", "tea-museum").splitlines()[1].split()[1:] == ["-"] * 2
    say("edit", "tea-museum", "entrance/long", "--text", "ここでは茶の歴史を紹介しています。")
    assert say("status", "tea-museum").splitlines()[1].split()[1] == "D"
    say("approve", "tea-museum", "entrance", "--language", "ja")
    assert say("status", "tea-museum").splitlines()[1].split()[1] == "A"
    assert "3 spoken, 0 were there already" in say("render", "tea-museum", "--language", "ja", "-o", "speech")
    assert "0 spoken, 3 were there already" in say("render", "tea-museum", "--language", "ja", "-o", "speech")
    with (tmp_path / "speech" / "index.csv").open(encoding="utf-8", newline="") as file:
        index = {row["kind"]: row for row in csv.DictReader(file)}
    assert index.keys() == {"title", "short", "long"}
    files = {path.name for path in (tmp_path / "speech").iterdir()}
    assert files == {"index.csv", *(row["file"] for row in index.values())}
    assert {row["stop"] for row in index.values()} == {"entrance"}
    done = run(tmp_path, "venues", "draft", "tea-museum", "--to", "en")
    refused(done, 1, "3 texts could not be translated", "interpreter models pull cpu")


def test_wrong_words_about_venues_get_the_nearest(tmp_path: Path) -> None:
    for words, status, says in (
        (("status", "beito"), 1, "did you mean 'beitou'"),
        (("show", "beitou", "libary", "--language", "en"), 1, "did you mean 'library'"),
        (("show", "beitou", "library", "--language", "xx"), 2, "'xx'"),
        (("show", "beitou", "library", "--language", "ar"), 2, "'ar' is no language of a guide"),
        (("show", "beitou", "library", "--language", "en", "--kind", "lng"), 2, "'long'"),
        (("ask", "beitou", "أين المتحف؟", "--language", "ar"), 2, "'ar' is no language of a guide"),
        (("render", "beitou", "--language", "ja,ar"), 2, "'ar' is no language of a guide"),
        (("history", "beitou", "park/long", "--language", "ar"), 2, "'ar' is no language of a guide"),
        (("diff", "beitou", "park/long", "--language", "ar"), 2, "'ar' is no language of a guide"),
        (("edit", "beitou", "park/long", "--language", "ar", "--text", "x"), 2, "'ar' is no language of a guide"),
        (("revert", "beitou", "park/long", "--language", "ar"), 2, "'ar' is no language of a guide"),
        (("approve", "beitou", "libary"), 2, "did you mean 'library'"),
        (("history", "beitou", "venue.tml"), 2, "did you mean 'venue.toml'"),
        (("edit", "beitou", "libary/short", "--text", "x"), 1, "did you mean 'library'"),
        (("edit", "beitou", "library/short"), 2, "--text"),
        (("edit", "beitou", "library/short", "--text", "x", "--file", "y"), 2, "--text or --file, not both"),
        (("approve", "beitou", "library", "--language", "ar"), 2, "'ar' is no language of a guide"),
        (("approve", "beitou", "library/shrt"), 2, "did you mean 'short'"),
        (("approve", "beitou", "library", "--base", "1"), 2, "--base is for one text"),
        (("approve", "beitou", "phrases/emergency.fir", "--language", "ja"), 1, "there is no phrase"),
        (("revert", "beitou", "library/short"), 1, "never changed"),
        (("history", "beitou", "library/children"), 1, "interpreter venues edit beitou library/children"),
        (("import", "nowhere"), 1, "there is no venue 'nowhere'"),
        (("import", "nowhere.zip"), 1, "there is no pack nowhere.zip"),
        (("export", "beitou", "missing/out.zip"), 1, "there is no folder missing"),
        (("export", "beitou", "missing/out"), 1, "there is no folder missing"),
        (("export", "beitou", "out.tar"), 2, "'.tar'; name a file that ends in .zip, or a new folder"),
        (("export", "beitou", "out.zipp"), 2, "'.zipp'"),
        (("import", "beitou", "--prefer", "nonsense"), 2, "there is pack, store"),
        (("new", "Tea Museum"), 2, "no id of a venue"),
        (("new", "tea", "--time-zone", "Asia/Tokio"), 2, "did you mean 'Asia/Tokyo'"),
        (("new", "tea", "--language", "ar"), 2, "no language of a guide"),
        (("list", "--database", "nonsense"), 2, "write sqlite:///PATH"),
        (("list", "--database", "mysql://x/y"), 2, "the kind 'mysql'"),
        (("draft", "beitou", "--to", "xx"), 2, "'xx'"),
        (("draft", "beitou", "--to", "ar"), 2, "no language of a guide"),
    ):
        refused(run(tmp_path, "venues", *words), status, says)
    refused(run(tmp_path, "translate", "Hello.", "--from", "en", "--to", "ja", "--venue", "bei"), 1, "beitou")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_venues_check_tells_what_is_to_be_mended(tmp_path: Path) -> None:
    shutil.copytree(find("shilin"), tmp_path / "mine")
    (tmp_path / "mine" / "stops" / "zhishan" / "de.md").unlink()
    done = run(tmp_path, "venues", "check", "mine", "--json")
    assert done.returncode == 1
    assert {(row["stop"], row["language"]) for row in json.loads(done.stdout)} == {("zhishan", "de")}


@pytest.mark.parametrize("words", [("check", "beitou"), ("ask", "beitou", "地熱谷在哪裡？"), ("status", "beitou")])
def test_a_command_opens_the_store_once(tmp_path: Path, words: tuple[str, ...]) -> None:
    code = """
import sys
opened = []
sys.addaudithook(lambda name, values: opened.append(values[0]) if name == "sqlite3.connect" else None)
from ui.command_line import main
try:
    main()
finally:
    print(sum("venues.sqlite" in str(path) for path in opened), file=sys.stderr)
"""
    environment = {**os.environ, "INTERPRETER_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code, "venues", *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout
    assert done.stderr.splitlines()[-1] == "1", done.stderr


def test_venues_check_looks_inside_pictures_as_an_import_does(tmp_path: Path, say: Say) -> None:
    shutil.copytree(find("shilin"), tmp_path / "mine")
    path = tmp_path / "mine" / "stops" / "zhishan" / "image.svg"
    path.write_text(path.read_text(encoding="utf-8").replace("<svg ", '<svg onload="alert(1)" ', 1), encoding="utf-8")
    assert say("check", "mine", status=1) == (
        "zhishan - image: image.svg holds a script (svg, onload); save it as plain SVG\n"
    )
    assert "holds a script" in say("import", "mine", status=1)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o555)
    refused(run(tmp_path, "venues", "list"), 1, "cannot be opened", "--database")


def reading_goes_on_and_writing_does_not(folder: Path, *database: str) -> None:
    for words, says in (
        (("list",), "北投溫泉區"),
        (("status", "beitou"), "station"),
        (("show", "beitou", "park", "--language", "ja", "--kind", "title"), "北投公園"),
        (("history", "beitou", "park/title"), "the program"),
        (("ask", "beitou", "地熱谷は月曜日もあいていますか", "--at", "2026-11-25T14:00"), "09:00–17:00"),
        (("export", "beitou", "beitou.zip"), ""),
    ):
        done = run(folder, "venues", *words, *database)
        assert done.returncode == 0, done.stderr
        assert says in done.stdout
    for words in (
        ("edit", "beitou", "park/title"),
        ("approve", "beitou", "park"),
        ("import", "shilin"),
        ("draft", "beitou", "--to", "ja"),
    ):
        refused(run(folder, "venues", *words, *database), 1, "is read-only; nothing was changed")


def test_a_database_that_is_asked_for_to_be_read(tmp_path: Path, say: Say) -> None:
    say("list")
    path = tmp_path / "data" / "venues.sqlite"
    before = path.read_bytes()
    reading_goes_on_and_writing_does_not(tmp_path, "--database", f"sqlite:///{path}?mode=ro")
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("modes", [(0o555, 0o444), (0o755, 0o444), (0o555, 0o644)])
def test_a_data_folder_or_file_that_may_only_be_read(tmp_path: Path, say: Say, modes: tuple[int, int]) -> None:
    say("list")
    path = tmp_path / "data" / "venues.sqlite"
    path.chmod(modes[1])
    path.parent.chmod(modes[0])
    try:
        reading_goes_on_and_writing_does_not(tmp_path)
    finally:
        path.parent.chmod(0o755)


def test_a_database_that_is_busy_damaged_or_newer(tmp_path: Path, say: Say) -> None:
    say("list")
    path = tmp_path / "data" / "venues.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    refused(run(tmp_path, "venues", "list"), 1, "newer version of this program", "install a newer one")
    path.write_bytes(b"no database" * 1000)
    refused(run(tmp_path, "venues", "list"), 1, "is no database")


@pytest.mark.skipif(os.name == "nt", reason="needs limits of the system")
def test_a_full_disk_changes_nothing(tmp_path: Path, say: Say) -> None:
    import resource

    say("list")
    path = tmp_path / "data" / "venues.sqlite"
    long = tmp_path / "long.txt"
    long.write_text("長" * 7_000, encoding="utf-8")
    before = say("history", "beitou", "park/long", "--json")

    def nearly_full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = run(tmp_path, "venues", "edit", "beitou", "park/long", "--file", "long.txt", preexec_fn=nearly_full)
    refused(done, 1, "nothing was changed")
    assert say("history", "beitou", "park/long", "--json") == before
    assert path.stat().st_size > 1000
