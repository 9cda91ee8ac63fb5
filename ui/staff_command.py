"""The commands ``interpreter staff ...``: who may work at the staff desk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ui.options import say

if TYPE_CHECKING:
    from ui.server.accounts import Accounts

staff_app = typer.Typer(
    help="The staff desk: who may write texts, approve them, and look after the users.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name, as it stands in the ledger.")]


def _accounts() -> Accounts:
    from interpreter.lock import data_folder
    from ui.server.accounts import Accounts

    return Accounts(data_folder())


def _password() -> str:
    """Asked for twice at a terminal, without showing it; otherwise the first line of standard input."""
    from interpreter.errors import TextError

    if sys.stdin is not None and sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line.rstrip("\r\n"):
        raise TextError("no password was given; type it when asked, or pipe it into the command as one line.")
    return line.rstrip("\r\n")


@staff_app.command("add")
def staff_add(
    name: Name,
    role: Annotated[str, typer.Option(help="editor, approver or administrator.")] = "editor",
) -> None:
    """Let somebody in; the password is asked for, or read from standard input."""
    from ui.server.accounts import AccountError, role_of

    accounts = _accounts()
    role_of(role)
    if accounts.find(name) is not None:
        raise AccountError(f"'{name}' is there already; set a password: interpreter staff password '{name}'")
    user = accounts.add(name, role, _password())
    say(f"{user.name} may log in at /staff as {user.role}.")


@staff_app.command("list")
def staff_list() -> None:
    """Show who may log in, and as what."""
    for user in _accounts().users():
        print(f"{user.role:14} {user.name}")


@staff_app.command("remove")
def staff_remove(name: Name) -> None:
    """Take somebody away; what they wrote keeps their name."""
    _accounts().remove(name)
    say(f"{name} may no longer log in.")


@staff_app.command("password")
def staff_password(name: Name) -> None:
    """Set somebody's password; where they are logged in, that ends."""
    from ui.server.accounts import AccountError
    from venues.names import nearest

    accounts = _accounts()
    if accounts.find(name) is None:
        raise AccountError(f"there is no user '{name}'; {nearest(name, [user.name for user in accounts.users()])}")
    accounts.set_password(name, _password())
    say(f"{name} has a new password; sessions with the old one have ended.")
