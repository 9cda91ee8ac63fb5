"""The guide page: the stops of a venue, and each of them with picture, text, voice and what a visitor needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.page import QUIET
from ui.pages.strings import strings
from ui.server.voices import RATES, paragraphs
from venues.errors import VenueError
from venues.facts import Facts, language_name, sentence
from venues.facts import chosen as in_language
from venues.pack import Pack, Stop
from venues.passages import KINDS, Passage
from venues.questions import read_question

if TYPE_CHECKING:
    from ui.server.house import House

TOLD = tuple(kind for kind in KINDS if kind not in ("title", "practical"))
"""Kinds of texts that a visitor chooses between."""
ALL = ""
"""The tour of every stop."""
_INTENTS = ("access", "hours", "price", "accessibility", "rules")
_TOUCH = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-stop]');
  if (button) trigger('select', { stop: button.dataset.stop });
});
"""
_READ = """
const reader = new window.Interpreter.Reader(element);
const show = () => { if (props.value && props.value.stop) reader.open(props.value); else reader.close(); };
watch('value', show);
show();
"""


class GuidePage:
    """The walk through a venue."""

    def __init__(self, house: House, chosen: gr.State) -> None:
        """Build the components; ``chosen`` holds the visitor's tag."""
        self._house = house
        with gr.Tab("", id="guide", elem_id="guide-tab") as self.tab:
            self.stop = gr.State("")
            """Id of the stop that is open; empty: the list is shown."""
            with gr.Column(elem_id="guide-list") as self._list:
                self._tour = gr.Radio([], elem_id="guide-tour", container=False)
                self._stops = gr.HTML("", js_on_load=_TOUCH, apply_default_css=False, elem_id="guide-stops")
            with gr.Column(visible=False, elem_id="guide-stop") as self._open:
                with gr.Row(elem_id="guide-way") as self.row:
                    self._back = gr.Button(elem_id="guide-back")
                    self._previous = gr.Button(elem_id="guide-previous")
                    self._next = gr.Button(elem_id="guide-next")
                    self.ask_about = gr.Button(variant="primary", elem_id="guide-ask")
                with gr.Row(elem_id="guide-body", equal_height=False):
                    with gr.Column(scale=2, elem_id="guide-seen"):
                        self._picture = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="guide-picture")
                        self._facts = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="guide-facts")
                    with gr.Column(scale=3, elem_id="guide-told"):
                        self._title = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="guide-title")
                        self._kind = gr.Radio([], elem_id="guide-kind", container=False)
                        self._reader = gr.HTML(
                            {}, html_template="", js_on_load=_READ, apply_default_css=False, elem_id="guide-reader"
                        )
        self.view = [
            self.stop, self._list, self._open, self._previous, self._next, self._picture, self._facts, self._title,
            self._kind, self._reader,
        ]  # fmt: skip
        """Components that :meth:`show` gives updates for."""
        self.outputs = [self.tab, self._tour, self._stops, self._back, self.ask_about, *self.view]
        self._tour.input(self._list_stops, [chosen, self._tour], self._stops, **QUIET)
        self._stops.select(self._touched, chosen, self.view, **QUIET)
        self._kind.input(self._other_kind, [chosen, self.stop, self._kind], [self._title, self._reader], **QUIET)
        self._back.click(self._closed, None, self.view, **QUIET)
        way = [chosen, self.stop, self._tour]
        self._previous.click(lambda *where: self._step(-1, *where), way, self.view, **QUIET)
        self._next.click(lambda *where: self._step(1, *where), way, self.view, **QUIET)

    def begin(self, tag: str) -> Sequence[Any]:
        """The list of all stops, in the visitor's language."""
        words = strings(tag)
        tours = self._tours()
        named = [(words["all-places"], ALL), *((_tour_name(tour, tag), tour) for tour in tours)]
        return [
            gr.Tab(label=words["guide"]),
            gr.Radio(named, value=ALL, label=words["tours"], visible=len(tours) > 1),
            self._list_stops(tag, ALL),
            gr.Button(words["all-places"]),
            gr.Button(words["ask-about"]),
            *self._closed(),
        ]

    def end(self) -> Sequence[Any]:
        """No stop is open, and no voice speaks."""
        return [gr.skip(), gr.Radio(value=ALL), "", gr.skip(), gr.skip(), *self._closed()]

    def show(self, tag: str, stop: str, kind: str = "", tour: str = ALL) -> Sequence[Any]:
        """The page with a stop open, in one of its texts or in the first there is; unknown ids change nothing."""
        pack = self._house.told().pack
        try:
            about = pack.stop(stop)
        except VenueError:
            return [gr.skip()] * len(self.view)
        words = strings(tag)
        kinds = _kinds(pack, stop, tag)
        kind = kind if kind in kinds else next(iter(kinds), "")
        walk = [each.id for each in _walk(pack, tour)]
        place = walk.index(stop) if stop in walk else -1
        return [
            stop,
            gr.Column(visible=False),
            gr.Column(visible=True),
            gr.Button(words["previous"], interactive=place > 0),
            gr.Button(words["next"], interactive=0 <= place < len(walk) - 1),
            picture(pack, stop, tag),
            self._facts_of(pack, about, tag),
            self._title_of(pack, stop, kind, tag),
            gr.Radio([(words[each], each) for each in kinds], value=kind, label=words["text"], visible=len(kinds) > 1),
            self._read(pack, stop, kind, tag),
        ]

    def _closed(self) -> Sequence[Any]:
        shown = [gr.Column(visible=True), gr.Column(visible=False)]
        return ["", *shown, gr.skip(), gr.skip(), "", "", "", gr.Radio(choices=[], value=None), {}]

    def _touched(self, tag: str, event: gr.EventData) -> Sequence[Any]:
        return self.show(tag, str(event.stop))

    def _other_kind(self, tag: str, stop: str, kind: str) -> tuple[Any, Any]:
        pack = self._house.told().pack
        if not stop or kind not in TOLD:
            return gr.skip(), gr.skip()
        return self._title_of(pack, stop, kind, tag), self._read(pack, stop, kind, tag)

    def _step(self, by: int, tag: str, stop: str, tour: str) -> Sequence[Any]:
        walk = [each.id for each in _walk(self._house.told().pack, tour)]
        there = walk.index(stop) + by if stop in walk else -1
        return self.show(tag, walk[there] if 0 <= there < len(walk) else "", tour=tour)

    def _tours(self) -> list[str]:
        return list(dict.fromkeys(tour for stop in _walk(self._house.told().pack, ALL) for tour in stop.tours))

    def _list_stops(self, tag: str, tour: str) -> str:
        pack = self._house.told().pack
        cards = []
        for number, stop in enumerate(_walk(pack, tour), start=1):
            title, language = title_of(pack, stop.id, tag)
            seen = picture(pack, stop.id, tag) or '<span class="no-picture"></span>'
            cards.append(
                f'<li><button type="button" data-stop="{stop.id}" aria-labelledby="name-{stop.id}">{seen}'
                f'<span class="number" aria-hidden="true">{number}</span>'
                f'<span class="name" id="name-{stop.id}" lang="{language}">{escape(title)}</span></button></li>'
            )
        return f'<ul class="cards">{"".join(cards)}</ul>' if tag else ""

    def _title_of(self, pack: Pack, stop: str, kind: str, tag: str) -> str:
        title, language = title_of(pack, stop, tag)
        passage = pack.passage(stop, kind, tag) if kind else None
        said = states(passage.status, passage.language, tag) if passage else []
        notes = "".join(f'<p class="state" data-state="{key}">{escape(text)}</p>' for key, text in said)
        return f'<h2 tabindex="-1" lang="{language}">{escape(title)}</h2>{notes}'

    def _facts_of(self, pack: Pack, stop: Stop, tag: str) -> str:
        words = strings(tag)
        facts = Facts(pack.venue)
        asked = read_question("", tag)
        found = []
        for intent in _INTENTS:
            fact = facts.of(stop, intent, "", asked, datetime.now(UTC))
            if fact.known:
                found.append((intent, fact.text.strip(), fact.language))
        parts: list[str] = []
        said: set[str] = set()
        for intent, text, language in reversed(found):
            heading = sentence(intent, tag) if intent in ("hours", "price") else words[f"about-{intent}"]
            # What holds for several, such as the day of the last check, stands once, behind the last of them.
            lines = [line for line in text.splitlines() if line.strip() and line not in said]
            said.update(lines)
            told = "<br>".join(escape(line) for line in lines if line.strip(" \u00a0:：") != heading)
            parts.append(f'<section><h3>{escape(heading)}</h3><p lang="{language}">{told}</p></section>')
        return "".join(reversed(parts))

    def _read(self, pack: Pack, stop: str, kind: str, tag: str) -> dict[str, Any]:
        passage: Passage | None = pack.passage(stop, kind, tag) if kind else None
        if passage is None:
            return {}
        words = strings(tag)
        kept = ("listen", "pause", "speed", "thinking", "voice-failed", "busy-voice", "no-voice", "text")
        return {
            "stop": stop,
            "language": passage.language,
            "paragraphs": [list(part) for part in paragraphs(passage.text, passage.language)],
            "speech": f"/v1/venues/{pack.venue.id}/stops/{stop}/{kind}/speech/parts?language={tag}"
            if passage.language in self._house.spoken
            else "",
            "rates": list(RATES),
            "words": {key: words[key] for key in kept},
        }


def title_of(pack: Pack, stop: str, tag: str) -> tuple[str, str]:
    """What a stop is called for a visitor, and the tag of the language that it is written in."""
    found = pack.passage(stop, "title", tag)
    return (found.text, found.language) if found else (stop, "en")


def picture(pack: Pack, stop: str, tag: str) -> str:
    """The picture of a stop as HTML with its alternative text; empty where it has none."""
    if stop not in pack.pictured:
        return ""
    about = pack.images.get(stop)
    alt, language = in_language(about.alt, tag, pack.venue.source_language) if about else ("", tag)
    return f'<img src="/v1/venues/{pack.venue.id}/stops/{stop}/image" alt="{escape(alt)}" lang="{language}">'


def states(status: str, language: str, tag: str) -> list[tuple[str, str]]:
    """What a visitor is told about a text: (key, words), most important first."""
    words = strings(tag)
    found = []
    if language != tag:
        told = words["state-other-language"].format(language=language_name(language, tag))
        found.append(("other-language", told))
    if f"state-{status}" in words:
        found.append((status, words[f"state-{status}"]))
    return found


def _kinds(pack: Pack, stop: str, tag: str) -> list[str]:
    """The kinds of texts that a stop has, those in the visitor's language first."""
    found = {kind: passage for kind in TOLD if (passage := pack.passage(stop, kind, tag)) is not None}
    return sorted(found, key=lambda kind: found[kind].language != tag)


def _walk(pack: Pack, tour: str) -> list[Stop]:
    """The stops of a tour, or all, in their order."""
    stops = sorted(pack.venue.stop, key=lambda each: each.order)
    return [stop for stop in stops if tour == ALL or tour in stop.tours]


def _tour_name(tour: str, tag: str) -> str:
    return strings(tag).get(f"tour-{tour}") or tour.replace("-", " ").capitalize()
