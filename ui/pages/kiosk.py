"""The kiosk's page: a welcome in every language, and behind it the rooms of a visitor, as tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.ask import AskPage
from ui.pages.guide import GuidePage
from ui.pages.manners import Manners
from ui.pages.page import LINKED, QUIET, Page, endonym, name_of
from ui.pages.phrases import PhrasesPage
from ui.pages.strings import strings
from ui.pages.take import TakeAway
from ui.pages.talk import TalkPage
from ui.pages.tour import TourPage
from ui.pages.welcome import Welcome
from venues.pack import TAGS

if TYPE_CHECKING:
    from ui.server.house import House
    from ui.server.links import Links
    from ui.server.rooms import Rooms

SCRIPTS = (
    "wire.js", "parts.js", "half.js", "talk.js", "phrases.js", "reader.js", "ask.js", "tour.js", "take.js",
    "welcome.js", "kiosk.js",
)  # fmt: skip
HEAD = LINKED + "".join(f'<script src="/assets/{name}"></script>' for name in SCRIPTS)
THEME = gr.themes.Base(
    font=["system-ui", "Noto Sans", "Noto Sans CJK TC", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
    text_size="lg",
)


def build(house: House, links: Links, rooms: Rooms) -> gr.Blocks:
    """The page of a house."""
    venue = house.told().pack.venue
    title = name_of(venue, venue.source_language)
    page: gr.Blocks
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True) as page:
        chosen = gr.State("")
        with gr.Column(elem_id="welcome") as welcome:
            greeting = Welcome(house)
            with gr.Row(elem_id="languages"):
                buttons = {tag: gr.Button(endonym(tag), elem_classes="language") for tag in TAGS}
        with gr.Column(visible=False, elem_id="inside") as inside:
            with gr.Row(elem_id="bar"):
                home = gr.Button(elem_id="home")
                urgent = gr.Button(variant="stop", elem_id="urgent")
                manners = Manners(house)
            with gr.Tabs(elem_id="rooms") as tabs:
                talk = TalkPage(house)
                phrases = PhrasesPage(house, chosen, talk.partner)
                guide = GuidePage(house, chosen)
                ask = AskPage(house, chosen, guide, tabs)
                tour = TourPage(links, rooms, chosen)
                pages: list[Page] = [talk, phrases, guide, ask, tour]
            pages += [
                TakeAway(links, chosen, talk.tab, talk.row),
                TakeAway(links, chosen, guide.tab, guide.row, guide.stop),
            ]
        frame = [chosen, welcome, inside, tabs, *greeting.outputs, home, urgent, *manners.outputs]
        outputs = [*frame, *(each for one in pages for each in one.outputs)]

        def begin(tag: str) -> Sequence[Any]:
            words = strings(tag)
            own = [tag, gr.Column(visible=False), gr.Column(visible=True), gr.Tabs(selected="talk"), gr.skip()]
            bar = [gr.Button(words["back-to-start"]), gr.Button(words["help"]), *manners.begin(tag)]
            return [*own, *bar, *(each for one in pages for each in one.begin(tag))]

        def end() -> Sequence[Any]:
            own = ["", gr.Column(visible=True), gr.Column(visible=False), gr.skip(), *greeting.end()]
            return [*own, gr.skip(), gr.skip(), *manners.end(), *(each for one in pages for each in one.end())]

        for tag, button in buttons.items():
            button.click(lambda tag=tag: begin(tag), None, outputs, **QUIET)
        home.click(end, None, outputs, **QUIET)
        urgent.click(lambda: gr.Tabs(selected="phrases"), None, tabs, **QUIET)
        urgent.click(phrases.urgent, [chosen, talk.partner], phrases.view, **QUIET)

        def arrive(kept: str, request: gr.Request) -> Sequence[Any]:
            """A tour that goes on, or what a phone asks for in its address: a language, and a stop of the guide."""
            if led := tour.resumed(kept, request):
                updates = list(begin(led["language"]))
                updates[outputs.index(tabs)] = gr.Tabs(selected="follow")
                for component, update in zip(tour.view, tour.show(led), strict=True):
                    updates[outputs.index(component)] = update
                return updates
            tag, wanted = (request.query_params.get(key, "") for key in ("language", "stop"))
            if tag not in TAGS:
                now = dict(zip(greeting.outputs, greeting.end(), strict=True))
                return [now.get(component, gr.skip()) for component in outputs]
            updates = list(begin(tag))
            if wanted in {each.id for each in house.told().pack.venue.stop}:
                updates[outputs.index(tabs)] = gr.Tabs(selected="guide")
                for component, update in zip(guide.view, guide.show(tag, wanted), strict=True):
                    updates[outputs.index(component)] = update
            return updates

        page.load(arrive, tour.kept, outputs, js=tour.REMEMBERED, **QUIET)
    return page
