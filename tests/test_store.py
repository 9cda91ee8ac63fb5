"""The store: ledgers that only grow, staleness that is computed, and two editors who lose nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from venues import database, tables
from venues.errors import VenueError
from venues.ledger import ConflictError, Entry, Piece, continues, published, stale
from venues.store import Incoming, Merged, Store

SOURCE = Piece("溫泉", "浴場", "short", "zh-Hant")
JAPANESE = Piece("溫泉", "浴場", "short", "ja")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url) as made:
        made.take(
            "溫泉",
            "zh-Hant",
            [Incoming(SOURCE, "老浴場", "supplied"), Incoming(JAPANESE, "古い浴場", "supplied")],
            "館",
        )
        yield made


def test_what_was_approved_stays_visible_while_the_next_text_is_written(store: Store) -> None:
    store.approve("溫泉", {SOURCE: 1}, "林")
    store.write(SOURCE, "百年老浴場", "陳", base=2)
    assert store.heads("溫泉")[SOURCE].text == "百年老浴場"
    assert store.published("溫泉")[SOURCE].text == "老浴場"
    store.approve("溫泉", {SOURCE: 3}, "林")
    assert store.published("溫泉")[SOURCE].text == "百年老浴場"
    assert [(e.number, e.action, e.who) for e in store.ledger(SOURCE)] == [
        (1, "import", "館"), (2, "approve", "林"), (3, "edit", "陳"), (4, "approve", "林"),
    ]  # fmt: skip


def test_a_draft_is_never_shown(store: Store) -> None:
    korean = Piece("溫泉", "浴場", "short", "ko")
    store.write(korean, "오래된 목욕탕", "기계", base=0, action="draft")
    assert korean not in store.published("溫泉")
    assert korean in store.heads("溫泉")


def test_a_translation_is_stale_once_its_original_changed_and_fresh_when_it_changed_back(store: Store) -> None:
    assert not store.states("溫泉")[JAPANESE].stale
    store.write(SOURCE, "百年老浴場", "陳", base=1)
    assert store.states("溫泉")[JAPANESE].stale
    assert not store.visible("溫泉")[JAPANESE][1], "visitors still get the original it was made from"
    store.approve("溫泉", {SOURCE: 2}, "林")
    assert store.visible("溫泉")[JAPANESE][1]
    store.revert(SOURCE, "陳", base=3)
    assert store.heads("溫泉")[SOURCE].text == "老浴場"
    assert not store.states("溫泉")[JAPANESE].stale
    store.revert(SOURCE, "陳", base=4, to=2)
    store.write(JAPANESE, "百年の浴場", "田中", base=1)
    assert not store.states("溫泉")[JAPANESE].stale


def test_a_stale_translation_is_approved_only_by_saying_that_it_is_still_true(store: Store) -> None:
    store.write(SOURCE, "老浴場。", "陳", base=1)
    assert store.approve("溫泉", {JAPANESE: 1}, "林") == []
    assert store.approve("溫泉", {JAPANESE: 1}, "林", still_true=True) == [JAPANESE]
    state = store.states("溫泉")[JAPANESE]
    assert (state.status, state.stale) == ("approved", False)


def test_two_editors_on_one_passage(store: Store) -> None:
    store.write(JAPANESE, "昔の浴場", "田中", base=1)
    with pytest.raises(ConflictError, match=r"changed by 田中 .*--base 2") as conflict:
        store.write(JAPANESE, "古の浴場", "佐藤", base=1)
    assert conflict.value.theirs.text == "昔の浴場"
    assert conflict.value.yours == "古の浴場"
    with pytest.raises(ConflictError):
        store.approve("溫泉", {JAPANESE: 1}, "林")
    with pytest.raises(ConflictError):
        store.revert(JAPANESE, "佐藤", base=1)
    assert len(store.ledger(JAPANESE)) == 2


def test_many_writers_at_once_lose_nothing(url: str, store: Store) -> None:
    """Eight threads with connections of their own write until each has placed five texts."""
    refused = []

    def editor(name: str) -> None:
        with Store(url) as own:
            placed = 0
            while placed < 5:
                base = own.ledger(JAPANESE)[-1].number
                try:
                    own.write(JAPANESE, f"{name}の{placed}", name, base=base)
                    placed += 1
                except ConflictError as error:
                    refused.append(error)

    threads = [threading.Thread(target=editor, args=(f"編集者{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger = store.ledger(JAPANESE)
    assert [entry.number for entry in ledger] == list(range(1, 42))
    assert len({entry.text for entry in ledger}) == 41


def test_programs_that_start_together_over_an_empty_store(url: str) -> None:
    failed = []

    def start() -> None:
        try:
            with Store(url) as own:
                own.take("溫泉", "zh-Hant", [Incoming(SOURCE, "老浴場", "supplied")], "館")
        except VenueError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Store(url) as store:
        assert len(store.ledger(SOURCE)) == 1


def test_the_database_itself_refuses_to_change_a_ledger(store: Store) -> None:
    for statement in (tables.entries.update().values(text="x"), tables.entries.delete()):
        with pytest.raises(VenueError, match="append-only"), database.writing(store._engine) as connection:
            connection.execute(statement)
    assert store.ledger(SOURCE)[0].text == "老浴場"


def test_importing_again_merges(store: Store) -> None:
    def take(text: str, status: str = "supplied", **options: object) -> str:
        incoming = [Incoming(JAPANESE, text, status)]  # type: ignore[arg-type]
        return store.take("溫泉", "zh-Hant", incoming, "館", **options).outcomes[JAPANESE]  # type: ignore[arg-type]

    assert take("古い浴場") == "same"
    assert take("古びた浴場") == "forward"
    store.approve("溫泉", {JAPANESE: 2}, "林")
    assert take("新しい浴場", "approved", approvals=True) == "forward"
    assert store.published("溫泉")[JAPANESE].text == "古びた浴場", "a file does not replace what was approved here"
    assert take("古い浴場") == "older"
    store.write(JAPANESE, "館の浴場", "田中", base=4)
    assert take("よその浴場") == "conflict"
    assert store.heads("溫泉")[JAPANESE].text == "館の浴場"
    assert take("よその浴場", prefer="pack") == "forward"
    assert take("よその浴場", "approved") == "same"
    assert take("よその浴場", "approved", approvals=True) == "approve"


def test_a_text_that_was_set_back_in_the_files_is_taken_when_a_person_says_so(store: Store) -> None:
    def take(source: str, japanese: str, set_back: bool = False) -> Merged:
        incoming = [Incoming(SOURCE, source, "supplied"), Incoming(JAPANESE, japanese, "supplied")]
        return store.take("溫泉", "zh-Hant", incoming, "館", set_back=set_back)

    take("新浴場", "新しい浴場")
    kept = take("新浴場", "古い浴場")
    assert (kept.outcomes[JAPANESE], kept.earlier) == ("older", {JAPANESE: 1})
    taken = take("新浴場", "古い浴場", set_back=True)
    assert (taken.outcomes[JAPANESE], taken.earlier) == ("forward", {})
    head = store.heads("溫泉")[JAPANESE]
    assert (head.text, head.action, head.made_from, head.note) == ("古い浴場", "import", 1, "back to entry 1")
    assert store.states("溫泉")[JAPANESE].stale, "it was made from the earlier original"
    take("老浴場", "古い浴場", set_back=True)
    assert store.heads("溫泉")[SOURCE].text == "老浴場"
    assert not store.states("溫泉")[JAPANESE].stale


def test_reverting_what_cannot_be_reverted(store: Store) -> None:
    with pytest.raises(VenueError, match="never changed"):
        store.revert(JAPANESE, "田中", base=1)
    with pytest.raises(VenueError, match="has no entry 9; there is 1 to 1"):
        store.revert(JAPANESE, "田中", base=1, to=9)
    with pytest.raises(VenueError, match="no venue '温泉'; there is 溫泉"):
        store.source_language("温泉")


def test_the_migrations_make_the_tables_that_the_program_knows(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    engine = database.connect(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    scripts = ScriptDirectory(str(Path(database.__file__).parent / "migrations"))
    assert scripts.get_current_head() == database.REVISION
    engine.dispose()


def test_bad_databases(tmp_path: Path) -> None:
    newer = tmp_path / "newer.sqlite"
    Store(f"sqlite:///{newer}").close()
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(VenueError, match="newer version of this program"):
        Store(f"sqlite:///{newer}")
    text = tmp_path / "text.sqlite"
    text.write_text("這不是資料庫" * 100, encoding="utf-8")
    with pytest.raises(VenueError, match="is no database"):
        Store(f"sqlite:///{text}")
    with pytest.raises(VenueError, match=r"\.\.\.@localhost.*no address|nobody answers"):
        Store("postgresql://anna:geheim@localhost:1/venues")
    with pytest.raises(VenueError, match="kind 'mysql' is not known"):
        Store("mysql://localhost/venues")
    with pytest.raises(VenueError, match="no address of a database"):
        Store("venues.sqlite")


def test_the_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    for name, tables_of_it in (("firefox", ("moz_places",)), ("app", ("alembic_version", "users")), ("x", ("piece",))):
        path = tmp_path / f"{name}.sqlite"
        with sqlite3.connect(path) as connection:
            for table in tables_of_it:
                connection.execute(f"CREATE TABLE {table} (version_num)")
            connection.execute(f"INSERT INTO {tables_of_it[0]} VALUES ('0001')")
        connection.close()
        before = path.read_bytes()
        with pytest.raises(VenueError, match=r"holds the tables of another program; nothing was changed.*--database"):
            Store(f"sqlite:///{path}")
        assert path.read_bytes() == before
        assert {each.name for each in tmp_path.iterdir() if each.name.startswith(name)} == {path.name}


def test_a_database_that_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "名 #1.sqlite"
    url = f"sqlite:///{path}"
    incoming = [Incoming(SOURCE, "老浴場", "supplied")]
    with Store(url) as writer:
        writer.take("溫泉", "zh-Hant", incoming, "館")
        assert not writer.read_only
        with Store(f"{url}?mode=ro") as reader:
            assert reader.read_only
            assert reader.heads("溫泉")[SOURCE].text == "老浴場"
            writer.write(SOURCE, "新浴場", "陳", base=1)
            assert reader.heads("溫泉")[SOURCE].text == "新浴場", "what another process writes is seen"
            for change in (
                lambda: reader.write(SOURCE, "x", "陳", base=2),
                lambda: reader.approve("溫泉", {SOURCE: 2}, "林"),
                lambda: reader.revert(SOURCE, "陳", base=2),
                lambda: reader.take("溫泉", "zh-Hant", incoming, "館"),
            ):
                with pytest.raises(VenueError, match=r"名 #1\.sqlite is read-only; nothing was changed.*--database"):
                    change()
    empty = tmp_path / "empty.sqlite"
    sqlite3.connect(empty).close()
    with pytest.raises(VenueError, match="is read-only, and its tables are not those of this version yet"):
        Store(f"sqlite:///{empty}?mode=ro")
    assert empty.stat().st_size == 0
    with pytest.raises(VenueError, match=r"there is no database .* to be read; take"):
        Store(f"sqlite:///{tmp_path / 'missing.sqlite'}?mode=ro")
    with pytest.raises(VenueError, match=r"only \?mode=ro may stand"):
        Store(f"{url}?mode=rw")
    with Store(f"sqlite:///file:{tmp_path / '名 %25231.sqlite'}?mode=ro&uri=true") as reader:
        assert reader.venues() == ("溫泉",)


def test_passwords_are_not_in_messages() -> None:
    for url in ("postgresql://anna:geheim@localhost:1/venues", "nonsense:geheim@localhost"):
        with pytest.raises(VenueError) as error:
            Store(url)
        assert "geheim" not in str(error.value)


def test_a_locked_database_is_said_to_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0)
    path = tmp_path / "venues.sqlite"
    with Store(f"sqlite:///{path}") as store:
        store.take("溫泉", "zh-Hant", [Incoming(SOURCE, "老浴場", "supplied")], "館")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(VenueError, match="another process has been writing"):
            store.write(SOURCE, "新浴場", "陳", base=1)
        assert store.heads("溫泉")[SOURCE].text == "老浴場", "reading goes on"
        other.rollback()
        other.close()
        store.write(SOURCE, "新浴場", "陳", base=1)


WRITER = """
import sys
from venues.ledger import Piece
from venues.store import Incoming, Store
store = Store(sys.argv[1])
round = 0
while True:
    round += 1
    pieces = [Piece("湯", f"stop-{n}", "short", tag) for n in range(40) for tag in ("zh-Hant", "ja")]
    store.take("湯", "zh-Hant", [Incoming(p, f"第{round}回 {p.stop}", "supplied") for p in pieces], "館")
    print(round, flush=True)
    piece = pieces[round % len(pieces)]
    store.write(piece, f"第{round}回 編集", "田中", base=store.ledger(piece)[-1].number)
    store.revert(piece, "田中", base=store.ledger(piece)[-1].number)
"""


def test_killed_at_any_moment_nothing_is_half_written(tmp_path: Path) -> None:
    """Fifty times: a writer is killed while it imports and edits; the next one finds whole imports only."""
    url = f"sqlite:///{tmp_path / 'venues.sqlite'}"
    Store(url).close()
    for attempt in range(50):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.0007 * attempt)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        with Store(url) as store:
            ledgers = store.ledgers("湯")
            assert len(ledgers) == 80
            rounds = {max(e.text.split()[0] for e in found if e.action == "import") for found in ledgers.values()}
            assert len(rounds) == 1, f"attempt {attempt}: an import is there in part"
            states = store.states("湯")
            for piece, found in ledgers.items():
                assert [entry.number for entry in found] == list(range(1, len(found) + 1))
                shown = published(found)
                assert states[piece].number == len(found)
                assert states[piece].published == (shown.number if shown else None)
        # The next writer counts from one again, which would find its own old texts: give each a fresh file.
        for path in tmp_path.iterdir():
            path.unlink()
        Store(url).close()


class Ledgers(RuleBasedStateMachine):
    """Any sequence of edits, approvals, reverts and imports, beside a plain model of what should be there."""

    pieces = tuple(Piece("湯", "門", "short", tag) for tag in ("zh-Hant", "ja", "ko"))
    texts = st.sampled_from(["一", "二", "三", "四"])

    @initialize()
    def open(self) -> None:
        self.store = Store("sqlite://")
        self.store.take("湯", "zh-Hant", [Incoming(self.pieces[0], "一", "supplied")], "館")
        self.seen: dict[Piece, tuple[Entry, ...]] = {}

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()

    def base(self, piece: Piece) -> int:
        return len(self.store.ledger(piece))

    @rule(piece=st.sampled_from(pieces), text=texts, status=st.sampled_from(["draft", "supplied"]))
    def edit(self, piece: Piece, text: str, status: str) -> None:
        self.store.write(piece, text, "陳", base=self.base(piece), status=status)  # type: ignore[arg-type]
        assert self.store.ledger(piece)[-1].text == text
        assert not self.store.states("湯")[piece].stale

    @rule(piece=st.sampled_from(pieces), text=texts, off=st.integers(1, 3))
    def edit_from_an_old_page(self, piece: Piece, text: str, off: int) -> None:
        base = self.base(piece) - off
        if base >= 0:
            with pytest.raises(ConflictError):
                self.store.write(piece, text, "佐藤", base=base)

    @rule(piece=st.sampled_from(pieces), still_true=st.booleans())
    def approve(self, piece: Piece, still_true: bool) -> None:
        if self.base(piece):
            behind = self.store.states("湯")[piece].stale
            self.store.approve("湯", {piece: self.base(piece)}, "林", still_true=still_true)
            state = self.store.states("湯")[piece]
            assert state.stale == (behind and not still_true)
            assert state.stale or (state.status == "approved" and state.published == state.number)

    @rule(piece=st.sampled_from(pieces), data=st.data())
    def revert(self, piece: Piece, data: st.DataObject) -> None:
        if self.base(piece):
            to = data.draw(st.integers(1, self.base(piece)))
            text = self.store.ledger(piece)[to - 1].text
            assert self.store.revert(piece, "陳", base=self.base(piece), to=to).text == text

    @rule(texts=st.lists(texts, min_size=3, max_size=3), status=st.sampled_from(["draft", "supplied", "approved"]),
          approvals=st.booleans(), prefer=st.sampled_from(["", "pack", "store"]), set_back=st.booleans())  # fmt: skip
    def take(self, texts: list[str], status: str, approvals: bool, prefer: str, set_back: bool) -> None:
        shown = {piece: entry.text for piece, entry in self.store.published("湯").items() if entry.status == "approved"}
        incoming = [Incoming(p, text, status) for p, text in zip(self.pieces, texts, strict=True)]  # type: ignore[arg-type]
        self.store.take("湯", "zh-Hant", incoming, "館", approvals=approvals, prefer=prefer, set_back=set_back)
        for piece, text in shown.items():
            now = self.store.published("湯")[piece].text
            assert now == text or (approvals and status == "approved"), "an import replaced an approved text"

    @invariant()
    def ledgers_only_grow(self) -> None:
        if not hasattr(self, "store"):
            return
        now = self.store.ledgers("湯")
        for piece, before in self.seen.items():
            assert continues(now[piece], before)
        self.seen = now

    @invariant()
    def states_are_what_the_rules_say(self) -> None:
        if not hasattr(self, "store"):
            return
        ledgers, states, visible = self.store.ledgers("湯"), self.store.states("湯"), self.store.visible("湯")
        source = ledgers[self.pieces[0]]
        for piece, entries in ledgers.items():
            translated = piece != self.pieces[0]
            assert states[piece].stale == (translated and stale(entries[-1], source, source[-1]))
            shown = published(entries)
            assert states[piece].published == (shown.number if shown else None)
            if shown is not None:
                behind = translated and published(source) is not None and stale(shown, source, published(source))
                assert visible[piece] == (shown, behind)


Ledgers.TestCase.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLedgers = Ledgers.TestCase
