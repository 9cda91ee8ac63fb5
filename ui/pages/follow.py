"""The page of a phone that follows a room: a language, a code, and then everything that is said there."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.page import LINKED, QUIET, endonym, name_of
from ui.pages.strings import strings
from ui.server.links import preferred
from ui.server.rooms import RoomError
from venues.pack import TAGS

if TYPE_CHECKING:
    from ui.server.house import House
    from ui.server.rooms import Rooms

HEAD = LINKED + "".join(f'<script src="/assets/{name}"></script>' for name in ("wire.js", "parts.js", "follow.js"))
_ON_LOAD = """
const page = new window.Interpreter.Follow(element, () => trigger('click'));
window.Interpreter.follow = page;
const show = () => { if (props.value && props.value.room) page.open(props.value); else page.close(); };
watch('value', show);
show();
"""
_TITLED = "watch('value', () => { document.title = props.value.title; });"


def build(house: House, rooms: Rooms) -> gr.Blocks:
    """The page for the rooms of a house."""

    def named(tag: str) -> str:
        return name_of(house.told().pack.venue, tag)

    page: gr.Blocks
    with gr.Blocks(
        title=named(house.told().pack.venue.source_language), analytics_enabled=False, fill_width=True
    ) as page:
        language, known = gr.State("en"), gr.State("")
        with gr.Column(elem_id="join") as join:
            title = gr.HTML({"title": "", "html": ""}, html_template="${value.html}", js_on_load=_TITLED,
                            elem_id="join-title")  # fmt: skip
            code = gr.Textbox(max_lines=1, max_length=12, elem_id="code", autofocus=False)
            problem = gr.HTML(elem_id="join-problem", js_on_load=None)
            with gr.Row(elem_id="follow-languages"):
                buttons = {tag: gr.Button(endonym(tag), elem_classes="language") for tag in TAGS}
        stream = gr.HTML(
            {}, html_template="", js_on_load=_ON_LOAD, apply_default_css=False, elem_id="follow", visible="hidden"
        )
        outputs = [known, join, title, code, problem, stream]

        def ask(tag: str, wanted: str, message: str = "") -> Sequence[Any]:
            words = strings(tag)
            heading, start = (escape(words[key]) for key in ("follow-title", "touch-to-start"))
            return [
                "" if message else wanted,
                gr.Column(visible=True),
                {"title": named(tag), "html": f'<div lang="{tag}"><h1>{heading}</h1><p>{start}</p></div>'},
                gr.Textbox(label=words["room-code"], value=wanted, visible=bool(message or not wanted)),
                f'<p role="alert" lang="{tag}">{escape(message)}</p>' if message else "",
                gr.HTML({}, visible="hidden"),
            ]

        def there(wanted: str) -> str:
            """The room's code as it is kept, empty where there is none."""
            try:
                return rooms.find(wanted).code
            except RoomError:
                return ""

        def follow(tag: str, wanted: str) -> Sequence[Any]:
            words, room = strings(tag), there(wanted)
            if not room:
                return ask(tag, wanted, words["no-such-room"])
            value = {"room": room, "language": tag, "title": named(tag), "endonym": endonym(tag), "words": dict(words)}
            return [room, gr.Column(visible=False), gr.skip(), gr.skip(), "", gr.HTML(value, visible=True)]

        def arrive(request: gr.Request) -> Sequence[Any]:
            tag, wanted = (str(request.query_params.get(key, "")) for key in ("language", "code"))
            own = preferred(request.headers.get("accept-language", ""))
            if tag in TAGS and wanted:
                return [tag, *follow(tag, wanted)]
            message = "" if not wanted or there(wanted) else strings(own)["no-such-room"]
            return [own, *ask(own, wanted[:12], message)]

        page.load(arrive, None, [language, *outputs], **QUIET)
        for tag, button in buttons.items():

            def choose(wanted: str, typed: str, tag: str = tag) -> Sequence[Any]:
                return [tag, *follow(tag, wanted or typed)]

            button.click(choose, [known, code], [language, *outputs], **QUIET)
        stream.click(ask, [language, known], outputs, **QUIET)
    return page
