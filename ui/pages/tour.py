"""The tab of a tour guide: open a room, speak into it, see who follows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.page import QUIET, asked, endonym
from ui.pages.strings import strings
from ui.server.rooms import RoomError
from venues.pack import TAGS

if TYPE_CHECKING:
    from ui.server.links import Links
    from ui.server.rooms import Rooms

_ON_LOAD = """
const page = new window.Interpreter.Tour(element, () => trigger('click'));
window.Interpreter.tour = page;
const show = () => { if (props.value && props.value.language) page.open(props.value); else page.close(); };
watch('value', show);
show();
"""


class TourPage:
    """A guide who speaks, and a group on their phones."""

    REMEMBERED = "() => [sessionStorage.getItem('tour') || '']"
    """Script that gives :attr:`kept`: what the page of the guide knew of its tour before it was loaded again."""

    def __init__(self, links: Links, rooms: Rooms, chosen: gr.State) -> None:
        """Build the components; ``chosen`` holds the guide's tag."""
        self._links, self._rooms = links, rooms
        with gr.Tab("", id="follow", elem_id="tour-tab") as self.tab:
            with gr.Column(elem_id="tour-before") as self._before:
                self._intro = gr.HTML(js_on_load=None, elem_id="tour-intro")
                self._open = gr.Button(variant="primary", elem_id="open-tour")
            self._tour = gr.HTML({}, html_template="", js_on_load=_ON_LOAD, apply_default_css=False, elem_id="tour")
            self.kept = gr.Textbox(visible="hidden")
        self.view = [self._before, self._tour]
        """Components that :meth:`show` gives updates for."""
        self._open.click(self._begin_tour, chosen, self.view, **QUIET)
        # The page itself says when the tour has ended.
        self._tour.click(self._end_tour, None, self.view, **QUIET)
        self.outputs = [self.tab, self._intro, self._open, self._before, self._tour]

    def begin(self, tag: str) -> Sequence[Any]:
        """No tour is open yet."""
        words = strings(tag)
        return [
            gr.Tab(label=words["tour"]),
            f"<p>{escape(words['tour-intro'])}</p>",
            gr.Button(words["open-tour"]),
            gr.Column(visible=True),
            {},
        ]

    def end(self) -> Sequence[Any]:
        """The tour is over for everybody who follows, and nothing of it is left."""
        return [gr.skip(), gr.skip(), gr.skip(), *self._end_tour()]

    def resumed(self, kept: str, request: gr.Request) -> dict[str, Any]:
        """What :meth:`show` takes, for a tour that goes on; nothing where there is none."""
        found = remembered(kept, self._rooms)
        return {**self._told(found["language"], request), **found} if found else {}

    def show(self, told: Mapping[str, Any]) -> Sequence[Any]:
        """The page of a tour."""
        return [gr.Column(visible=False), told]

    def _begin_tour(self, tag: str, request: gr.Request) -> Sequence[Any]:
        return self.show(self._told(tag, request))

    def _told(self, tag: str, request: gr.Request) -> dict[str, Any]:
        return {
            "language": tag,
            "address": self._links.reach.address(asked(request)),
            "words": dict(strings(tag)),
            "endonyms": {each: endonym(each) for each in TAGS},
        }

    def _end_tour(self) -> Sequence[Any]:
        return [gr.Column(visible=True), {}]


def remembered(kept: str, rooms: Rooms) -> dict[str, Any]:
    """Language, room, key and hands-free of a tour that goes on; nothing where it has ended or somebody made it up."""
    try:
        told = json.loads(kept or "{}")
        tag, room, key = told["language"], rooms.find(told["room"]), told["key"]
        if tag not in TAGS or not room.opens(key):
            return {}
        return {"language": tag, "room": room.code, "key": key, "free": bool(told["free"])}
    except (ValueError, TypeError, KeyError, AttributeError, RoomError):
        return {}
