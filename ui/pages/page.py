"""What every page of the kiosk has in common: its components, and how they look in a visitor's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from interpreter.languages import language

if TYPE_CHECKING:
    import gradio as gr

    from venues.pack import Venue

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""For events of a page: no progress bar over what did not change, no public interface."""


class Page(Protocol):
    """One page. It is built once, inside a tab; ``begin`` is called for each visitor, ``end`` when they have gone."""

    tab: gr.Tab

    @property
    def outputs(self) -> Sequence[Any]:
        """Components that ``begin`` and ``end`` give updates for, in this order."""

    def begin(self, tag: str) -> Sequence[Any]:
        """The page in the language of the tag, as a new visitor finds it."""

    def end(self) -> Sequence[Any]:
        """The page without a trace of the visitor."""


LINKED = '<link rel="stylesheet" href="/assets/screen.css">'
"""For the head of every page."""


def endonym(tag: str) -> str:
    """What a language calls itself."""
    return language(tag).endonym


def name_of(venue: Venue, tag: str) -> str:
    """What a venue calls itself in a language, or in English where it has no name in it."""
    return venue.name.get(tag) or venue.name["en"]


def asked(request: gr.Request) -> str:
    """The address that a visitor's browser asked for."""
    return str(request.request.url) if request.request is not None else ""
