"""The kiosk's page: a welcome in every language, and behind it the rooms of a visitor, as tabs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.ask import AskPage
from ui.pages.guide import GuidePage
from ui.pages.manners import Manners
from ui.pages.page import QUIET, Page, endonym
from ui.pages.phrases import PhrasesPage
from ui.pages.strings import strings
from ui.pages.talk import TalkPage
from venues.pack import TAGS

if TYPE_CHECKING:
    from ui.server.house import House

SCRIPTS = ("wire.js", "half.js", "talk.js", "phrases.js", "reader.js", "ask.js", "kiosk.js")
# Gradio puts its own page before every rule inside @media: those about the whole page, such as the sizes of a phone,
# only count where they are linked.
STYLE = '<link rel="stylesheet" href="/assets/screen.css">'
HEAD = STYLE + "".join(f'<script src="/assets/{name}"></script>' for name in SCRIPTS)
THEME = gr.themes.Base(
    font=["system-ui", "Noto Sans", "Noto Sans CJK TC", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
    text_size="lg",
)


def build(house: House) -> gr.Blocks:
    """The page of a house."""
    venue = house.told().pack.venue
    page: gr.Blocks
    with gr.Blocks(title=venue.name[venue.source_language], analytics_enabled=False, fill_width=True) as page:
        chosen = gr.State("")
        with gr.Column(elem_id="welcome") as welcome:
            gr.HTML(_welcome(house), elem_id="venue", js_on_load=None)
            with gr.Row(elem_id="languages"):
                buttons = {tag: gr.Button(endonym(tag), elem_classes="language") for tag in TAGS}
        with gr.Column(visible=False, elem_id="inside") as inside:
            with gr.Row(elem_id="bar"):
                home = gr.Button(elem_id="home")
                urgent = gr.Button(variant="stop", elem_id="urgent")
                manners = Manners(house)
            with gr.Tabs(elem_id="rooms") as rooms:
                talk = TalkPage(house)
                phrases = PhrasesPage(house, chosen, talk.partner)
                guide = GuidePage(house, chosen)
                pages: list[Page] = [talk, phrases, guide, AskPage(house, chosen, guide, rooms)]
        frame = [chosen, welcome, inside, rooms, home, urgent, *manners.outputs]
        outputs = [*frame, *(each for one in pages for each in one.outputs)]

        def begin(tag: str) -> Sequence[Any]:
            words = strings(tag)
            own = [tag, gr.Column(visible=False), gr.Column(visible=True), gr.Tabs(selected="talk")]
            bar = [gr.Button(words["back-to-start"]), gr.Button(words["help"]), *manners.begin(tag)]
            return [*own, *bar, *(each for one in pages for each in one.begin(tag))]

        def end() -> Sequence[Any]:
            own = ["", gr.Column(visible=True), gr.Column(visible=False), gr.skip(), gr.skip(), gr.skip()]
            return [*own, *manners.end(), *(each for one in pages for each in one.end())]

        for tag, button in buttons.items():
            button.click(lambda tag=tag: begin(tag), None, outputs, **QUIET)
        home.click(end, None, outputs, **QUIET)
        urgent.click(lambda: gr.Tabs(selected="phrases"), None, rooms, **QUIET)
        urgent.click(phrases.urgent, [chosen, talk.partner], phrases.view, **QUIET)
    return page


def _welcome(house: House) -> str:
    venue = house.told().pack.venue
    names = "".join(f'<span lang="{tag}">{escape(venue.name[tag])}</span>' for tag in (venue.source_language, "en"))
    pictured = [stop.id for stop in sorted(venue.stop, key=lambda each: each.order) if house.picture(venue.id, stop.id)]
    picture = f'<img src="/v1/venues/{venue.id}/stops/{pictured[0]}/image" alt="">' if pictured else ""
    return f'<div class="venue">{picture}<h1>{names}</h1></div>{_missing(house)}'


def _missing(house: House) -> str:
    """One line for whoever set this machine up: what it runs without, and which command adds it."""
    if not house.missing:
        return ""
    tag = house.told().pack.venue.source_language
    said = strings(tag)["missing"].format(
        what=", ".join(house.missing), command=f"interpreter models pull {house.pull}"
    )
    return f'<p class="missing" lang="{tag}">{escape(said)}</p>'
