"""Take it with you: a button and the picture that opens a conversation or a stop on the visitor's own phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import gradio as gr

from ui.pages.page import QUIET, asked
from ui.pages.strings import strings

if TYPE_CHECKING:
    from ui.server.links import Links

_ON_LOAD = """
const dialog = new window.Interpreter.Take(element);
const show = () => { if (props.value && props.value.words) dialog.open(props.value); else dialog.close(); };
watch('value', show);
"""
_ROOM = "(tag, room) => [tag, window.Interpreter.talk?.wire?.start.room || '']"


class TakeAway:
    """On the tab of a conversation, or of a guide whose stop is in a state."""

    def __init__(self, links: Links, chosen: gr.State, tab: gr.Tab, row: gr.Row, stop: gr.State | None = None) -> None:
        """Build the components at the end of a row of a tab; ``chosen`` holds the visitor's tag."""
        self.tab = tab
        self._links = links
        with row:
            self._button = gr.Button(elem_classes="take-it-with-you")
            self._dialog = gr.HTML({}, html_template="", js_on_load=_ON_LOAD, apply_default_css=False,
                                   elem_classes="take")  # fmt: skip
            room = gr.Textbox(visible="hidden")
        if stop is None:
            self._button.click(self._conversation, [chosen, room], self._dialog, js=_ROOM, **QUIET)
        else:
            self._button.click(self._stop, [chosen, stop], self._dialog, **QUIET)
        self.outputs = [self._button, self._dialog]

    def begin(self, tag: str) -> Sequence[Any]:
        """The button in the visitor's language."""
        return [gr.Button(strings(tag)["take-it-with-you"]), {}]

    def end(self) -> Sequence[Any]:
        """The picture is gone."""
        return [gr.skip(), {}]

    def _conversation(self, tag: str, room: str, request: gr.Request) -> dict[str, Any]:
        return self._shown(tag, self._links.conversation(room, tag), request) if tag and room else {}

    def _stop(self, tag: str, stop: str, request: gr.Request) -> dict[str, Any]:
        return self._shown(tag, self._links.stop(stop, tag), request) if tag and stop else {}

    def _shown(self, tag: str, path: str, request: gr.Request) -> dict[str, Any]:
        reached = bool(self._links.reach.address(asked(request)))
        picture = f"/v1/qr?path={quote(path, safe='')}" if reached else ""
        return {"picture": picture, "words": dict(strings(tag)), "path": path}
