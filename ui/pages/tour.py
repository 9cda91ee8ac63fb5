"""The tab of a tour guide: open a room, speak into it, see who follows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.page import QUIET, asked, endonym
from ui.pages.strings import strings
from venues.pack import TAGS

if TYPE_CHECKING:
    from ui.server.links import Links

_ON_LOAD = """
const page = new window.Interpreter.Tour(element, () => trigger('click'));
window.Interpreter.tour = page;
const show = () => { if (props.value && props.value.language) page.open(props.value); else page.close(); };
watch('value', show);
show();
"""


class TourPage:
    """A guide who speaks, and a group on their phones."""

    def __init__(self, links: Links, chosen: gr.State) -> None:
        """Build the components; ``chosen`` holds the guide's tag."""
        self._links = links
        with gr.Tab("", id="follow", elem_id="tour-tab") as self.tab:
            with gr.Column(elem_id="tour-before") as self._before:
                self._intro = gr.HTML(js_on_load=None, elem_id="tour-intro")
                self._open = gr.Button(variant="primary", elem_id="open-tour")
            self._tour = gr.HTML({}, html_template="", js_on_load=_ON_LOAD, apply_default_css=False, elem_id="tour")
        shown = [self._before, self._tour]
        self._open.click(self._begin_tour, chosen, shown, **QUIET)
        # The page itself says when the tour has ended.
        self._tour.click(self._end_tour, None, shown, **QUIET)
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

    def _begin_tour(self, tag: str, request: gr.Request) -> Sequence[Any]:
        value = {
            "language": tag,
            "address": self._links.reach.address(asked(request)),
            "words": dict(strings(tag)),
            "endonyms": {each: endonym(each) for each in TAGS},
        }
        return [gr.Column(visible=False), value]

    def _end_tour(self) -> Sequence[Any]:
        return [gr.Column(visible=True), {}]
