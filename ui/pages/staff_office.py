"""What the staff's pages share: the house, who is logged in, the words, and how something that went wrong is told."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import gradio as gr

from interpreter.errors import InterpreterError
from interpreter.languages import language
from ui.pages.strings import strings
from venues.errors import VenueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ui.server.accounts import Accounts, Role, User
    from ui.server.house import House
    from venues.ledger import Entry

LANGUAGES = ("en", "zh-Hant")
"""Tags of the languages that the desk itself speaks."""
LETTERS = {"approved": "A", "supplied": "S", "draft": "D", "stale": "!", "missing": "–"}
"""How far a text is -> its letter in the grid."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Office:
    """The desk in one language."""

    house: House
    accounts: Accounts
    tag: str
    """In which it speaks."""

    @property
    def words(self) -> Mapping[str, str]:
        """Key -> words."""
        return strings(self.tag)

    def user(self, request: gr.Request, role: Role = "editor") -> User:
        """Who began an event, as their account stands now. Raises gr.Error when they may not do it."""
        user = self.accounts.find(str(request.username)) if request.username else None
        if user is None:
            raise self.wrong(self.words["staff-gone"])
        if not user.may(role):
            raise self.wrong(self.words["staff-may-not"].format(role=self.words[f"staff-{role}"]))
        return user

    def choices(self, tags: tuple[str, ...]) -> list[tuple[str, str]]:
        """Languages for a list: what they call themselves, with their tags."""
        return [(f"{language(tag).endonym} ({tag})", tag) for tag in tags]

    def state(self, word: str) -> str:
        """``approved``, ``supplied``, ``draft``, ``stale`` or ``missing`` in words."""
        return self.words[f"staff-state-{word}"]

    def wrong(self, message: str) -> gr.Error:
        """What is raised to tell somebody a sentence; it stays until they have closed it."""
        return gr.Error(escape(message), duration=None, title=self.words["staff-not-done"], print_exception=False)

    def tell(self, message: str) -> None:
        """Tell somebody that something was done."""
        gr.Info(escape(message), title=self.words["staff-done"])

    def warn(self, message: str) -> None:
        """Tell somebody that something was not done, where the rest of an event goes on."""
        gr.Warning(escape(message), title=self.words["staff-not-done"])

    def entry(self, entry: Entry) -> str:
        """One line for an entry of a ledger."""
        action = self.words[f"staff-did-{entry.action}"]
        return (
            f"{entry.number} · {entry.at[:16].replace('T', ' ')} · {entry.who} · {action} · {self.state(entry.status)}"
        )


class _InOffice(Protocol):
    """A part of the desk."""

    _office: Office


def told(method: Callable[..., Result]) -> Callable[..., Result]:
    """A handler of an event whose errors are told as sentences."""

    @functools.wraps(method)
    def handler(self: _InOffice, *args: Any) -> Result:
        try:
            return method(self, *args)
        except (VenueError, InterpreterError) as error:
            raise self._office.wrong(str(error)) from None

    return handler
