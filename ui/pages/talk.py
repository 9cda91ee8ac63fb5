"""The talk page: two halves of one conversation, each in its own language. Microphone, captions and voice are ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.page import QUIET, endonym
from ui.pages.strings import strings
from venues.pack import TAGS

if TYPE_CHECKING:
    from ui.server.house import House

_ON_LOAD = """
const page = new window.Interpreter.Talk(element);
window.Interpreter.talk = page;
const show = () => { if (props.value && props.value.mine) page.open(props.value); else page.close(); };
watch('value', show);
show();
"""


class TalkPage:
    """A visitor and a person at the counter, on one screen."""

    def __init__(self, house: House) -> None:
        """Build the components."""
        self._source = house.told().pack.venue.source_language
        with gr.Tab("", id="talk", elem_id="talk-tab") as self.tab:
            with gr.Row(elem_classes="settings") as self.row:
                self._other = gr.Dropdown([(endonym(tag), tag) for tag in TAGS], filterable=False)
                self._turned = gr.Checkbox()
                self._free = gr.Checkbox()
            self._talk = gr.HTML({}, html_template="", js_on_load=_ON_LOAD, apply_default_css=False, elem_id="talk")
        # Not the state of the session: after a restart of the program the page goes on, and that is gone.
        settings = [self._talk, self._other, self._turned, self._free]
        for change in (self._other.input, self._turned.input, self._free.input):
            change(self._changed, settings, self._talk, **QUIET)
        self.outputs = [self.tab, self._other, self._turned, self._free, self._talk]

    @property
    def partner(self) -> gr.Dropdown:
        """Where the other person's language is chosen, for this page and the others."""
        return self._other

    def begin(self, tag: str) -> Sequence[Any]:
        """A new conversation with whoever speaks the venue's language."""
        words = strings(tag)
        theirs = self._partner(tag, self._source)
        return [
            gr.Tab(label=words["talk"]),
            gr.Dropdown(label=words["they-speak"], value=theirs),
            gr.Checkbox(label=words["face-to-face"], value=False),
            gr.Checkbox(label=words["hands-free"], value=False),
            self._settings(tag, theirs, False, False),
        ]

    def end(self) -> Sequence[Any]:
        """The conversation is over: connection, captions and microphone are let go."""
        return [gr.skip(), gr.skip(), gr.skip(), gr.skip(), {}]

    def _changed(self, shown: Mapping[str, Any], theirs: str, turned: bool, free: bool) -> dict[str, Any]:
        return self._settings(str((shown or {}).get("mine", "")), theirs, turned, free)

    def _partner(self, tag: str, theirs: str) -> str:
        return theirs if theirs != tag else next(each for each in (self._source, "en") if each != tag)

    def _settings(self, tag: str, theirs: str, turned: bool, free: bool) -> dict[str, Any]:
        if not tag:
            return {}
        theirs = self._partner(tag, theirs)
        return {
            "mine": tag,
            "theirs": theirs,
            "faceToFace": turned,
            "handsFree": free,
            "words": {each: dict(strings(each)) for each in (tag, theirs)},
        }
