"""The ask page: a question by voice or by hand, an answer with the place where it stands, or the admission of none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.guide import GuidePage, states, title_of
from ui.pages.page import QUIET
from ui.pages.strings import strings
from venues.errors import VenueError
from venues.facts import STATE, sentence
from venues.known import UNANSWERED
from venues.pack import Pack
from venues.passages import KINDS

if TYPE_CHECKING:
    from ui.server.house import House
    from venues.answers import Answer

EXAMPLES = 4
"""Questions that are offered to begin with."""
LONGEST = 300
"""Letters of a question."""
LARGEST_SPOKEN = 1900
"""Letters of an answer that are spoken at once; the wire takes 2,000."""
UNSURE = 0.75
"""Score of an answer below which other places are offered beside it."""
_ON_LOAD = """
const page = new window.Interpreter.Asking(element, (text) => trigger('submit', { text }),
  (stop, kind) => trigger('select', { stop, kind }));
window.Interpreter.asking = page;
const show = () => { if (props.value && props.value.tag) page.open(props.value); else page.close(); };
watch('value', show);
show();
"""
_WAIT = "(...inputs) => { window.Interpreter.asking.waits(); return inputs; }"


class AskPage:
    """A visitor's questions to the venue."""

    def __init__(self, house: House, chosen: gr.State, guide: GuidePage, rooms: gr.Tabs) -> None:
        """Build the components; answers open stops of ``guide``, in another tab of ``rooms``."""
        self._house = house
        self._guide = guide
        with gr.Tab("", id="ask", elem_id="ask-tab") as self.tab:
            with gr.Row(elem_id="ask-row"):
                self._question = gr.Textbox(max_length=LONGEST, lines=1, max_lines=1, elem_id="ask-question", scale=5)
                self._send = gr.Button(variant="primary", elem_id="ask-send", scale=1)
            self._answer = gr.HTML(
                {}, html_template="", js_on_load=_ON_LOAD, apply_default_css=False, elem_id="ask-answer"
            )
            with gr.Row(elem_id="ask-examples"):
                self._examples = [gr.Button(elem_classes="example", min_width=240) for _ in range(EXAMPLES)]
        self.outputs = [self.tab, self._question, self._send, self._answer, *self._examples]
        told = [self._question, self._answer, *self._examples]
        for sent in (self._send.click, self._question.submit):
            sent(self._asked, [chosen, self._question], told, js=_WAIT, **QUIET)
        for example in self._examples:
            example.click(self._asked, [chosen, example], told, js=_WAIT, **QUIET)
        self._answer.submit(self._heard, chosen, told, **QUIET)
        self._answer.select(self._opened, chosen, [rooms, *guide.view], **QUIET)
        guide.ask_about.click(self._about, [chosen, guide.stop], [rooms, *told], **QUIET)

    def begin(self, tag: str) -> Sequence[Any]:
        """An empty field, and questions that others ask."""
        words = strings(tag)
        return [
            gr.Tab(label=words["ask"]),
            gr.Textbox(value="", label=words["your-question"], placeholder=words["ask-placeholder"]),
            gr.Button(words["send"]),
            self._shown(tag),
            *self._offered(tag, ""),
        ]

    def end(self) -> Sequence[Any]:
        """No question and no answer is left; the microphone is let go."""
        return [gr.skip(), "", gr.skip(), {}, *(gr.Button("") for _ in self._examples)]

    def _asked(self, tag: str, question: str) -> Sequence[Any]:
        question = " ".join((question or "").split())[:LONGEST]
        offered = [gr.skip()] * EXAMPLES
        if not tag:
            return [gr.skip(), gr.skip(), *offered]
        pack = self._house.told().pack
        try:
            answer = self._house.told().guide.ask(question, tag, datetime.now(UTC))
        except VenueError:
            return [question, {**self._shown(tag), "notice": strings(tag)["ask-in-words"]}, *offered]
        if not answer.supported:
            self._unanswered(question, tag)
        # Examples have done their part; the room is the answer's.
        offered = [gr.Button(visible=False)] * EXAMPLES
        return [question, {**self._shown(tag), "question": question, "answer": self._told(pack, answer, tag)}, *offered]

    def _heard(self, tag: str, event: gr.EventData) -> Sequence[Any]:
        return self._asked(tag, str(event.text))

    def _opened(self, tag: str, event: gr.EventData) -> Sequence[Any]:
        return [gr.Tabs(selected="guide"), *self._guide.show(tag, str(event.stop), str(event.kind))]

    def _about(self, tag: str, stop: str) -> Sequence[Any]:
        """The page with questions about one stop."""
        return [gr.Tabs(selected="ask"), "", self._shown(tag), *self._offered(tag, stop)]

    def _unanswered(self, question: str, tag: str) -> None:
        """What the guide could not answer: the one place from which it reaches whoever writes the guide."""
        self._house.inbox.add("question", question, tag)

    def _offered(self, tag: str, stop: str) -> list[Any]:
        """Buttons with known questions of a stop, or one of each stop; hidden where there are fewer."""
        found: list[str] = []
        asked: set[str] = set()
        for known in self._house.told().pack.questions:
            about = known.answer.split("/")[0]
            wordings = known.wordings.get(tag)
            if known.answer == UNANSWERED or not wordings or (about != stop if stop else about in asked):
                continue
            asked.add(about)
            found.append(wordings[0])
        found = found[:EXAMPLES]
        buttons = [gr.Button(text, visible=True) for text in found]
        return [*buttons, *(gr.Button("", visible=False) for _ in range(EXAMPLES - len(found)))]

    def _shown(self, tag: str) -> dict[str, Any]:
        words = strings(tag)
        kept = (
            "hold-to-speak", "let-go", "listening", "thinking", "did-you-mean", "none-of-these", "not-understood",
            "not-heard", "microphone-refused", "microphone-missing", "microphone-insecure", "sound-asleep",
            "microphone-failed", "hear-it", "lost", "busy", "answer",
        )  # fmt: skip
        return {"tag": tag, "heard": tag in self._house.heard, "words": {key: words[key] for key in kept}}

    def _told(self, pack: Pack, answer: Answer, tag: str) -> dict[str, Any]:
        """An answer as the page shows it."""
        words = strings(tag)
        lines = answer.text.splitlines()
        stop, kind = _place(pack, answer.id)
        of_a_text = answer.supported and answer.state != STATE
        # The guide puts a line before a text of another language and one behind a stale one: that is the state here.
        if of_a_text and answer.language != tag:
            lines = lines[1:]
        if of_a_text and lines and lines[-1] == sentence("stale", tag):
            lines = lines[:-1]
        if not answer.supported:
            said = []
        elif of_a_text:
            said = states(answer.state, answer.language, tag)
        else:
            said = [(STATE, words["state-checked"])]
        nearest: list[dict[str, str]] = []
        for each in answer.nearest:
            other, other_kind = _place(pack, each.id)
            if other and other != stop and other not in [found["stop"] for found in nearest]:
                nearest.append(_button(pack, other, other_kind, tag))
        sure = answer.supported and answer.score >= UNSURE
        near = words["perhaps-here"] if answer.supported else words["not-in-the-guide"]
        if lines[-1:] == [sentence("unknown", tag)]:
            near = ""  # the sentence leads to them itself
        return {
            "lines": lines,
            "language": answer.language,
            "supported": answer.supported,
            "states": [list(each) for each in said],
            "stop": {**_button(pack, stop, kind, tag), "words": words["open-the-stop"]} if stop else None,
            "near": near,
            "nearest": [] if sure else nearest,
            "spoken": "\n".join(lines)[:LARGEST_SPOKEN] if answer.language in self._house.spoken else "",
        }


def _place(pack: Pack, name: str) -> tuple[str, str]:
    """(stop, kind of text) of the id of an answer; the kind is empty for a fact, both for what is no stop."""
    parts = name.split("/")
    if len(parts) != 3 or parts[1] not in {stop.id for stop in pack.venue.stop}:
        return "", ""
    return parts[1], parts[2] if parts[2] in KINDS else ""


def _button(pack: Pack, stop: str, kind: str, tag: str) -> dict[str, str]:
    title, language = title_of(pack, stop, tag)
    return {"stop": stop, "kind": kind, "title": title, "language": language}
