import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ui.server.accounts import SESSION, AccountError, Accounts
from ui.server.attempts import PER_ADDRESS, PER_NAME, WINDOW, Attempts

PASSWORD = "溫泉博物館的密碼很長"


def test_a_password_opens_only_for_whom_it_belongs_to_and_is_nowhere_in_the_file(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("林美惠", "approver", PASSWORD)
    user = accounts.check(" 林美惠 ", PASSWORD)
    assert user is not None
    assert (user.may("editor"), user.may("approver"), user.may("administrator")) == (True, True, False)
    assert accounts.check("林美惠", PASSWORD + "。") is None
    assert accounts.check("陳大文", PASSWORD) is None
    text = (tmp_path / "staff.json").read_text(encoding="utf-8")
    assert PASSWORD not in text
    assert "$argon2id$" in text


def test_nobody_else_on_the_machine_reads_the_files(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("林美惠", "administrator", PASSWORD)
    secret = accounts.secret()
    for name in ("staff.json", "staff.secret"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert Accounts(tmp_path).secret() == secret


@pytest.mark.parametrize(
    ("name", "role", "password", "named"),
    [
        ("ＡＮＮ", "editor", PASSWORD, "is there already"),
        ("", "editor", PASSWORD, "1 to 60"),
        ("a\nb", "editor", PASSWORD, "1 to 60"),
        ("陳大文", "aprover", PASSWORD, "did you mean 'approver'"),
        ("陳大文", "editor", "短", "10 to 200"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_sentence(
    tmp_path: Path, name: str, role: str, password: str, named: str
) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("Ann", "editor", PASSWORD)
    with pytest.raises(AccountError, match=named):
        accounts.add(name, role, password)
    assert [user.name for user in accounts.users()] == ["Ann"]


def test_there_is_always_an_administrator(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("林美惠", "administrator", PASSWORD)
    with pytest.raises(AccountError, match="last administrator"):
        accounts.remove("林美惠")
    with pytest.raises(AccountError, match="last administrator"):
        accounts.set_role("林美惠", "editor")
    accounts.add("陳大文", "administrator", PASSWORD)
    accounts.remove("林美惠")
    assert [user.name for user in accounts.users()] == ["陳大文"]


def test_a_session_ends_with_logout_time_password_and_account(tmp_path: Path) -> None:
    accounts, elsewhere = Accounts(tmp_path), Accounts(tmp_path)
    user = accounts.add("林美惠", "administrator", PASSWORD)
    session = accounts.begin(user)
    assert accounts.holder(session) == user
    accounts.end(session)
    assert elsewhere.holder(session) is None
    old = {**accounts.begin(user), "begun": accounts.begin(user)["begun"] - SESSION - 1}
    assert accounts.holder(old) is None
    session = accounts.begin(user)
    elsewhere.set_password("林美惠", PASSWORD + "二")
    assert accounts.holder(session) is None
    other = accounts.begin(accounts.add("陳大文", "editor", PASSWORD))
    accounts.remove("陳大文")
    assert accounts.holder(other) is None


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "staff.json").write_text(json.dumps({"users": [{"name": "林美惠"}]}), encoding="utf-8")
    with pytest.raises(AccountError, match="interpreter staff add NAME --role administrator"):
        Accounts(tmp_path).users()


def test_attempts_are_limited_for_a_name_and_for_an_address() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(PER_NAME):
        assert attempts.begin("林美惠", "192.0.2.1") == 0
    assert attempts.begin("林美惠", "192.0.2.9") == WINDOW
    for number in range(PER_ADDRESS - PER_NAME):
        assert attempts.begin(f"陳{number}", "192.0.2.1") == 0
    assert attempts.begin("王小明", "192.0.2.1") > 0
    assert attempts.begin("王小明", "192.0.2.2") == 0
    now[0] = WINDOW
    assert attempts.begin("林美惠", "192.0.2.1") == 0


def test_who_succeeds_begins_anew() -> None:
    attempts = Attempts(lambda: 0.0)
    for _ in range(3 * PER_ADDRESS):
        assert attempts.begin("林美惠", "192.0.2.1") == 0
        attempts.succeeded("林美惠", "192.0.2.1")


def staff(data: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from ui.command_line import main; main()", "staff", *words], input=typed, text=True,
        capture_output=True, check=False, cwd=Path(__file__).parent.parent,
        env={"INTERPRETER_DATA": str(data), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},
    )  # fmt: skip


def test_the_command_adds_lists_and_removes(tmp_path: Path) -> None:
    done = staff(tmp_path, "add", "林美惠", "--role", "administrator", typed=PASSWORD + "\n")
    assert (done.returncode, done.stderr) == (0, "林美惠 may log in at /staff as administrator.\n")
    assert staff(tmp_path, "add", "陳大文", typed=PASSWORD + "\n").returncode == 0
    assert staff(tmp_path, "list").stdout == "administrator  林美惠\neditor         陳大文\n"
    assert staff(tmp_path, "password", "陳大文", typed="另一個很長很長的密碼\n").returncode == 0
    assert Accounts(tmp_path).check("陳大文", "另一個很長很長的密碼") is not None
    assert staff(tmp_path, "remove", "陳大文").returncode == 0
    refused = staff(tmp_path, "remove", "陳大文")
    assert (refused.returncode, "there is no user" in refused.stderr) == (1, True)
    silent = staff(tmp_path, "add", "王小明")
    assert (silent.returncode, "no password was given" in silent.stderr) == (2, True)
