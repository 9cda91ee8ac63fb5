"""The editors' desk: packs that go out and come back whole, hostile ones that do not come in, pieces by their paths."""

import io
import os
import shutil
import sqlite3
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from venues.archive import LARGEST_PATH
from venues.desk import PROGRAM, Desk
from venues.errors import VenueError
from venues.images import LARGEST, Media, verify
from venues.ledger import FILE, Piece
from venues.pack import find
from venues.passages import parse, written
from venues.phrases import parse_phrases, phrases_text
from venues.rendering import Recording, recording_name, render, write_index
from venues.store import Store
from venues.template import make

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 8"><title>湯</title><rect width="9"/></svg>'.encode()
SCRIPT = SVG.replace(b"<rect", b"<script>1</script><rect")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of a pack with phrases of its own and a picture."""
    folder = Path(shutil.copytree(find("beitou"), tmp_path / "pack" / "beitou"))
    (folder / "stops" / "park" / "image.svg").write_bytes(SVG)
    (folder / "phrases.csv").write_text(
        "id,category,safety,speaker,language,text,status\n"
        "bath.too-hot,bath,yes,staff,zh-Hant,請小心，水溫{number}度。,supplied\n"
        "bath.too-hot,bath,yes,staff,ja,お湯は{number}度です。ご注意ください。,supplied\n",
        encoding="utf-8",
    )
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def empty(tmp_path: Path, name: str) -> Desk:
    """A store with nothing in it, not even what comes with the program."""
    return Desk(Store(f"sqlite:///{tmp_path / name / 'venues.sqlite'}"), Media(tmp_path / name / "media"))


def test_what_comes_with_the_program_is_there_at_the_first_start_and_brought_once(tmp_path: Path) -> None:
    with Desk.open(tmp_path) as desk:
        assert desk.store.venues() == ("beitou", "shilin")
        before = desk.store.ledgers("beitou")
    with Desk.open(tmp_path) as desk:
        assert desk.store.ledgers("beitou") == before
        assert {entry.who for entries in before.values() for entry in entries} == {PROGRAM}


def test_a_newer_program_brings_its_newer_packs_and_keeps_what_was_changed_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Desk.open(tmp_path / "data") as desk:
        mine = desk.piece("beitou", "park/title", "ja")
        desk.write(mine, "わたしたちの公園", "田中", base=1)
    newer = Path(shutil.copytree(find("beitou"), tmp_path / "packs" / "beitou"))
    path = newer / "stops" / "park" / "ja.md"
    path.write_text(path.read_text(encoding="utf-8").replace("title: ", "title: 新・"), encoding="utf-8")
    path = newer / "stops" / "park" / "ko.md"
    path.write_text(path.read_text(encoding="utf-8").replace("title: ", "title: 새 "), encoding="utf-8")
    path = newer / "venue.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('written = "', 'written = "2027-01-01" # "', 1), encoding="utf-8"
    )
    monkeypatch.setattr("venues.desk.find", lambda name: newer if name == "beitou" else find(name))
    with Desk.open(tmp_path / "data") as desk:
        heads = desk.heads("beitou").passages
        assert heads["park", "title", "ja"].text == "わたしたちの公園"
        assert heads["park", "title", "ko"].text.startswith("새 ")
        before = desk.store.ledgers("beitou")
    with Desk.open(tmp_path / "data") as desk:
        assert desk.store.ledgers("beitou") == before


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_a_pack_goes_out_and_comes_back_whole(desk: Desk, pack: Path, tmp_path: Path, name: str) -> None:
    desk.bring(pack, "館")
    short = desk.piece("beitou", "park/short", "ja")
    base = desk.store.ledger(short)[-1].number
    desk.write(short, "公園の新しい紹介です。", "田中", base=base)
    desk.store.approve("beitou", {short: base + 1}, "林")
    desk.write(desk.piece("beitou", "park/short"), "公園。", "陳", base=1)
    desk.export("beitou", tmp_path / name)
    with empty(tmp_path, "other") as other:
        _, merged = other.bring(tmp_path / name, "館", approvals=True)
        assert merged.conflicts == ()
        assert other.store.ledgers("beitou") == desk.store.ledgers("beitou")
        assert other.heads("beitou") == desk.heads("beitou")
        assert other.guide("beitou") == desk.guide("beitou")
        other.export("beitou", tmp_path / f"again-{name}")
    if name == "out":
        assert content(tmp_path / "out") == content(tmp_path / "again-out")
        ours = {path: data for path, data in content(tmp_path / "out").items() if path != "ledger.jsonl"}
        theirs = content(pack)
        assert ours.keys() == theirs.keys()
        changed = {path for path in ours if ours[path] != theirs[path]}
        assert changed == {"stops/park/ja.md", "stops/park/zh-Hant.md"}
        assert b"short-status: approved" in ours["stops/park/ja.md"]
    else:
        assert (tmp_path / "out.zip").read_bytes() == (tmp_path / "again-out.zip").read_bytes()


def test_the_history_of_one_machine_goes_on_in_another(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "one") as one, Desk.open(tmp_path / "two") as two:
        piece = one.piece("shilin", "night-market/title", "ko")
        one.store.approve("shilin", {piece: 1}, "김")
        one.export("shilin", tmp_path / "shilin.zip")
        _, merged = two.bring(tmp_path / "shilin.zip", "館", approvals=True)
        assert merged.adopted == 1
        assert two.store.ledger(piece) == one.store.ledger(piece)


def test_strangers_do_not_approve(tmp_path: Path, desk: Desk) -> None:
    piece = desk.piece("beitou", "park/short", "ja")
    desk.store.approve("beitou", {piece: 1}, "林")
    desk.export("beitou", tmp_path / "beitou.zip")
    with Desk.open(tmp_path / "other") as other:
        _, merged = other.bring(tmp_path / "beitou.zip", "館")
        assert merged.approvals_left == 1
        assert {entry.status for entry in other.store.heads("beitou").values()} == {"supplied"}
        other.store.approve("beitou", {piece: 1}, "佐藤")
        _, merged = other.bring(tmp_path / "beitou.zip", "館")
        assert merged.approvals_left == 0, "it is approved here, too"


def test_every_file_of_the_packs_that_ship_is_as_an_export_writes_it() -> None:
    for name in ("beitou", "shilin"):
        for path in find(name).glob("stops/*/*.md"):
            text = path.read_text(encoding="utf-8")
            assert written(parse(text, str(path), path.parent.name, path.stem)) == text, path


def test_phrases_round_trip_and_keep_their_slots() -> None:
    text = (
        "id,category,safety,speaker,language,text,status\n"
        'market.price,market,,staff,zh-Hant,"一共{price}。 | {price}，謝謝。",supplied\n'
        "market.price,market,,staff,th,ทั้งหมด {price} ค่ะ,draft\n"
    )
    rows = parse_phrases(text, "phrases.csv", ("zh-Hant", "th"))
    assert parse_phrases(phrases_text(rows), "again", ("zh-Hant", "th")) == rows
    for old, new, message in (
        ("ทั้งหมด {price}", "ทั้งหมด", r"line 3: the slots of 'market.price' are none, in zh-Hant they are \{price\}"),
        ("staff,th", "waiter,th", "line 3: speaker 'waiter' is not allowed"),
        (",th,", ",thai,", "line 3: language 'thai' is not allowed; did you mean 'th'"),
        ("category,", "kategory,", "line 1: unknown column 'kategory'; did you mean 'category'"),
        ("market.price,market,,staff,th", "market.price,market,,staff,zh-Hant", "given in zh-Hant on line 2 already"),
        ("market,,staff,th", "bath,,staff,th", "differ from line 2"),
    ):
        with pytest.raises(VenueError, match=message):
            parse_phrases(text.replace(old, new), "phrases.csv", ("zh-Hant", "th"))


Spoil = Callable[[zipfile.ZipFile], None]


def link(archive: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("stops/park/image.svg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, "/etc/passwd")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda archive: archive.writestr("../evil.md", "x"), "leads out of the archive"),
        (lambda archive: archive.writestr("/etc/evil.md", "x"), "leads out of the archive"),
        (lambda archive: archive.writestr("stops\\..\\..\\evil.md", "x"), "leads out of the archive"),
        (lambda archive: archive.writestr("stops/" + "長" * LARGEST_PATH + ".md", "x"), "leads out of the archive"),
        (lambda archive: archive.writestr("stops/park/run.exe", "x"), "does not belong into a pack"),
        (lambda archive: archive.writestr("stops/park/JA.md", "x"), "is there twice"),
        (link, "is a link"),
        (lambda archive: archive.writestr("stops/park/image.svg", SCRIPT), "'script'"),
        (lambda archive: archive.writestr("stops/park/image.svg", b"\0" * (LARGEST + 1)), "a picture may have 5"),
        (lambda archive: archive.writestr("ledger.jsonl", '{"stop": "park"}\n'), "line 1: kind: field required"),
    ],
)  # fmt: skip
def test_hostile_archives_change_nothing(desk: Desk, pack: Path, tmp_path: Path, spoil: Spoil, message: str) -> None:
    (pack / "stops" / "park" / "image.svg").unlink()
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(pack.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(pack.parent) if "JA" in message else file.relative_to(pack))
        if message != "is there twice":
            spoil(archive)
        else:
            archive.writestr("stops/park/JA.md", "x")
    before = desk.store.ledgers("beitou")
    with pytest.raises(VenueError, match=message):
        desk.bring(path, "館")
    assert desk.store.ledgers("beitou") == before
    assert not list(tmp_path.rglob("evil.md"))


def test_an_archive_that_unpacks_to_too_much(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("venues.archive.LARGEST_WHOLE", 1_000_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("venue.toml", b"#" * 5_000_000)
    with pytest.raises(VenueError, match="larger than 0 MB when unpacked"):
        desk.bring(path, "館")


def test_damaged_archives(desk: Desk, pack: Path, tmp_path: Path) -> None:
    desk.export("beitou", tmp_path / "whole.zip")
    data = bytearray((tmp_path / "whole.zip").read_bytes())
    (tmp_path / "cut.zip").write_bytes(data[: len(data) // 2])
    data[len(data) // 3] ^= 0xFF
    (tmp_path / "bent.zip").write_bytes(data)
    (tmp_path / "text.zip").write_text("這不是壓縮檔", encoding="utf-8")
    for name in ("cut.zip", "text.zip", "bent.zip"):
        with pytest.raises(VenueError, match=r"no archive that can be read|damaged|line"):
            desk.bring(tmp_path / name, "館")
    with pytest.raises(VenueError, match="there is no pack"):
        desk.bring(tmp_path / "missing.zip", "館")


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * min((width + 1) * height, 1000))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (SVG.replace(b"<rect ", b'<rect onclick="alert(1)" '), "holds a script"),
        (SVG.replace(b"<rect ", b'<rect fill="url(https://example.org/x)" '), "refers to something outside"),
        (SVG.replace(b"<rect ", b"<rect style=\"fill:url(  '//example.org/x')\" "), "refers to something outside"),
        (SVG.replace(b"<rect", b'<use href="https://example.org/a.svg#b"/><rect'), "refers to something outside"),
        (SVG.replace(b"<rect", b'<image href="data:image/png;base64,AA"/><rect'), "an element 'image'"),
        (SVG.replace(b"<rect", b"<style>rect{fill:red}</style><rect"), "an element 'style'"),
        (SVG.replace(b"<rect", b"<foreignObject/><rect"), "an element 'foreignObject'"),
        (SVG.replace(b"<rect", b'<a href="java\nscript:alert(1)"/><rect'), "an element 'a'"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "document type"),
        (b'<?xml-stylesheet href="https://example.org/x.css"?>' + SVG, "an instruction '<\\?xml-stylesheet'"),
        (SVG.replace(b"<rect", b"<?php x?><rect"), "an instruction '<\\?php'"),
        (b"<html></html>", "is XML, but no SVG"),
        (SVG[:60], "damaged SVG"),
        (png(60000, 60000), "too many pixels|is 60000 x 60000 pixels"),
        (png(8000, 8000), "is 8000 x 8000 pixels"),
        (png(100, 100), "damaged picture"),
        (b"GIF89a" + b"\0" * 50, "no picture that can be shown"),
        (b"", "no picture that can be shown"),
    ],
)
def test_pictures_that_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(VenueError, match=message):
        verify(data, "圖.svg")


def test_pictures_are_kept_under_what_is_in_them(tmp_path: Path) -> None:
    from PIL import Image

    media = Media(tmp_path)
    buffer = io.BytesIO()
    Image.new("RGB", (12, 8), "teal").save(buffer, "PNG")
    assert media.keep(SVG, "a").endswith(".svg")
    name = media.keep(buffer.getvalue(), "b")
    assert name == media.keep(buffer.getvalue(), "c")
    assert len(list(tmp_path.iterdir())) == 2
    media.path(name).write_bytes(b"x")
    with pytest.raises(VenueError, match="was damaged"):
        media.path(name)


@pytest.mark.parametrize(
    ("path", "language", "message"),
    [
        ("parc/short", "ja", "no stop 'parc'; did you mean 'park'"),
        ("park/shrt", "ja", "no kind of text; did you mean 'short'"),
        ("park", "ja", "'park' is a whole stop; name one of its texts, such as park/short"),
        ("parc", "ja", "'parc' is no path such as station/short; did you mean 'park'"),
        ("park/short", "jp", "no language of a guide"),
        ("../../etc/passwd", "ja", "no stop"),
    ],
)
def test_wrong_paths_get_the_nearest(desk: Desk, path: str, language: str, message: str) -> None:
    with pytest.raises(VenueError, match=message):
        desk.piece("beitou", path, language)


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("park/short", "", "is empty"),
        ("park/short", "公園<script>alert(1)</script>", "holds HTML"),
        ("park/short", "[公園](https://example.org)", "holds HTML, a link"),
        ("park/short", "公園\x07", r"cannot be seen or spoken: U\+0007"),
        ("park/short", "園" * 9000, "has 9000 letters; 8000 are allowed"),
        ("park/title", "北投\n公園", "holds a line break"),
        ("venue.toml", 'id = "beitou', "beitou/venue.toml"),
        ("terms.csv", "term,kind\na,b\n", "line 1: column 'note' is missing"),
        ("park/image.toml", "alt = 1", "park/image.toml"),
    ],
)
def test_what_an_editor_writes_is_looked_at(desk: Desk, path: str, text: str, message: str) -> None:
    piece = desk.piece("beitou", path)
    with pytest.raises(VenueError, match=message):
        desk.write(piece, text, "陳", base=1)
    assert len(desk.store.ledger(piece)) == 1


def test_a_venue_keeps_its_name_and_language(desk: Desk) -> None:
    piece = Piece("beitou", "", "venue.toml", FILE)
    text = desk.store.ledger(piece)[-1].text
    with pytest.raises(VenueError, match="keeps the id 'beitou'"):
        desk.write(piece, text.replace('id = "beitou"', 'id = "shilin"', 1), "陳", base=1)
    with pytest.raises(VenueError, match="keeps 'zh-Hant'"):
        desk.write(piece, text.replace('"zh-Hant"', '"ja"', 1), "陳", base=1)


def test_a_phrase_is_approved_language_by_language(desk: Desk, pack: Path) -> None:
    desk.bring(pack, "館")
    found = desk.under("beitou", "phrases/bath.too-hot", ("ja",))
    desk.store.approve("beitou", {piece: state.number for piece, state in found.items()}, "林")
    assert {row.language: row.status for row in desk.phrase_rows("beitou")} == {"zh-Hant": "supplied", "ja": "approved"}
    piece = desk.piece("beitou", "phrases/bath.too-hot", "ja")
    with pytest.raises(VenueError, match="every language needs the same"):
        desk.write(piece, "お湯が熱いです。", "田中", base=2)
    desk.write(piece, "{number}度です。", "田中", base=2)
    assert {row.text for row in desk.phrase_rows("beitou") if row.language == "ja"} == {
        "お湯は{number}度です。ご注意ください。"
    }


def test_only_what_changed_is_spoken_again(desk: Desk, tmp_path: Path) -> None:
    said: list[Recording] = []

    def speak(recording: Recording, path: Path) -> None:
        said.append(recording)
        path.write_bytes(recording.text.encode())

    def run() -> tuple[int, int]:
        return render(desk.to_speak("beitou", ("ja",)), {"ja": "声"}, speak, tmp_path / "speech")

    assert run() == (0, 0), "nothing is approved yet"
    found = desk.under("beitou", "park", ("ja",))
    desk.store.approve("beitou", {piece: state.number for piece, state in found.items()}, "林")
    assert run() == (3, 0)
    piece = desk.piece("beitou", "park/title", "ja")
    desk.write(piece, "北投公園へようこそ", "田中", base=2)
    assert run() == (0, 3), "an edit is not spoken before it is approved"
    desk.store.approve("beitou", {piece: 3}, "林")
    assert run() == (1, 2)
    assert said[-1].text == "北投公園へようこそ"

    def fail(recording: Recording, path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(desk.to_speak("beitou", ("ja",)), {"ja": "別の声"}, fail, tmp_path / "speech")
    assert len(os.listdir(tmp_path / "speech")) == 4


def test_an_index_tells_which_file_says_what(tmp_path: Path) -> None:
    def index(venue: str, language: str, text: str) -> None:
        recording = Recording("park", "title", language, text)
        write_index(venue, [recording], {language: "聲"}, [language], tmp_path)

    def rows() -> list[str]:
        return (tmp_path / "index.csv").read_text(encoding="utf-8").splitlines()

    index("beitou", "ja", "公園")
    index("beitou", "ko", "공원")
    index("shilin", "ja", "公園")
    assert rows()[0] == "venue,stop,kind,language,voice,file"
    assert [row.rsplit(",", 1)[0] for row in rows()[1:]] == [
        "beitou,park,title,ja,聲", "beitou,park,title,ko,聲", "shilin,park,title,ja,聲",
    ]  # fmt: skip
    index("beitou", "ja", "北投公園")
    name = recording_name("北投公園", "ja", "聲")
    assert [row.split(",")[0] for row in rows()[1:]] == ["beitou", "shilin", "beitou"]
    assert rows()[-1] == f"beitou,park,title,ja,聲,{name}"
    (tmp_path / "index.csv").write_bytes(b"\xff\xfe")
    index("beitou", "ja", "北投公園")
    assert len(rows()) == 2


def test_what_should_be_drafted(desk: Desk) -> None:
    assert desk.wanting("beitou", "ja") == []
    source = desk.piece("beitou", "park/long")
    desk.write(source, "新的長文。", "陳", base=1)
    ((piece, entry, base),) = desk.wanting("beitou", "ja")
    assert (piece.kind, entry.text, base) == ("long", "新的長文。", 1)
    desk.write(piece, "新しい長文。", "機械", base=base, machine=True)
    assert desk.wanting("beitou", "ja") == []
    assert desk.store.ledger(piece)[-1].action == "draft"
    assert desk.guide("beitou").passages["park", "long", "ja"].text != "新しい長文。"


def test_a_new_venue_can_be_brought_as_it_is_made(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = make(Path("tea-museum"), "ja", "茶の博物館", "Asia/Tokyo")
    assert (folder / "phrases.csv").read_text() == "id,category,safety,speaker,language,text,status\n"
    brought, _ = desk.bring(folder, "館")
    assert brought.pack.venue.name == {"ja": "茶の博物館"}
    assert "tea-museum" in desk.store.venues()
    with pytest.raises(VenueError, match="is not empty"):
        make(Path("tea-museum"), "ja", "", "Asia/Tokyo")
    for arguments, message in (
        ((Path("Tea Museum"), "ja", "", "Asia/Tokyo"), "is no id of a venue"),
        ((Path("tea"), "jp", "", "Asia/Tokyo"), "no language of a guide"),
        ((Path("tea"), "ja", "", "Asia/Tokio"), "did you mean 'Asia/Tokyo'"),
        ((Path("tea"), "ja", 'a"b', "Asia/Tokyo"), "no quotation marks"),
    ):
        with pytest.raises(VenueError, match=message):
            make(*arguments)
        assert not Path("tea").exists()


class Counting(Desk):
    """A desk that counts the packs it is brought."""

    brought = 0

    def bring(self, *arguments: Any, **options: Any) -> Any:
        type(self).brought += 1
        return super().bring(*arguments, **options)


def test_what_was_changed_here_and_in_a_newer_program_is_merged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Desk.open(tmp_path / "data") as desk:
        piece = desk.piece("beitou", "terms.csv")
        mine = desk.store.ledger(piece)[-1].text.replace("地熱谷", "地獄谷")
        desk.write(piece, mine, "陳", base=1)
    newer = Path(shutil.copytree(find("beitou"), tmp_path / "packs" / "beitou"))
    path = newer / "terms.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("地熱谷", "地熱谷公園"), encoding="utf-8")
    monkeypatch.setattr("venues.desk.find", lambda name: newer if name == "beitou" else find(name))
    for _ in range(3):
        with Counting.open(tmp_path / "data") as desk:
            assert desk.store.ledger(piece)[-1].text == mine
    assert Counting.brought == 1


def test_a_store_from_before_packs_had_a_version_takes_them_up_once(tmp_path: Path) -> None:
    with Desk.open(tmp_path) as desk:
        before = desk.store.ledgers("beitou")
    with sqlite3.connect(tmp_path / "venues.sqlite") as connection:
        connection.execute("ALTER TABLE venue DROP COLUMN brought")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    with Desk.open(tmp_path) as desk:
        assert desk.store.ledgers("beitou") == before
        assert desk.store.brought("beitou")


def test_a_newer_program_brings_a_file_that_the_store_does_not_have(tmp_path: Path) -> None:
    with Desk.open(tmp_path) as desk:
        piece = desk.piece("beitou", "questions.csv")
        asked = desk.guide("beitou").questions
        assert any("ja" in each.wordings for each in asked)
        fewer = "\n".join(desk.store.ledger(piece)[-1].text.splitlines()[:11]) + "\n"
        desk.write(piece, fewer, "Lin", base=1)
        desk.store.approve("beitou", {piece: 2}, "Lin")
        assert len(desk.guide("beitou").questions) == 10
        with pytest.raises(VenueError, match="no answer 'station/lnog'; did you mean 'station/long'"):
            desk.write(piece, fewer.replace("station/long", "station/lnog", 1), "Lin", base=3)
    with Desk.open(tmp_path) as desk:  # what was changed here is kept
        assert len(desk.guide("beitou").questions) == 10
