"""Manners of a kiosk: three switches in the bar, and back to the welcome when nobody is there any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.page import name_of
from ui.pages.strings import strings

if TYPE_CHECKING:
    from ui.server.house import House

_ON_LOAD = """
const manners = new window.Interpreter.Manners(element);
window.Interpreter.manners = manners;
const show = () => manners.show(props.value || {});
watch('value', show);
show();
"""
_WORDS = ("high-contrast", "larger-text", "sound", "still-there", "starts-again", "i-am-here")


class Manners:
    """High contrast, larger text, sound; the language and title of the document; the end of a visit."""

    def __init__(self, house: House) -> None:
        """Build it, inside the bar."""
        self._house = house
        self._shown = gr.HTML(self._welcome(), html_template="", js_on_load=_ON_LOAD, apply_default_css=False,
                              elem_id="manners")  # fmt: skip
        self.outputs = [self._shown]

    def begin(self, tag: str) -> Sequence[Any]:
        """For a visitor who has come."""
        words = strings(tag)
        title = name_of(self._house.told().pack.venue, tag)
        return [{"inside": True, "tag": tag, "title": title, "idle": self._house.idle,
                 "kept": words["questions-are-kept"] if self._house.inbox.on else "",
                 "words": {key: words[key] for key in _WORDS}}]  # fmt: skip

    def end(self) -> Sequence[Any]:
        """For nobody: the next visitor finds the screen as the first one did."""
        return [self._welcome()]

    def _welcome(self) -> dict[str, Any]:
        venue = self._house.told().pack.venue
        tag = venue.source_language
        return {"inside": False, "tag": tag, "title": name_of(venue, tag)}
