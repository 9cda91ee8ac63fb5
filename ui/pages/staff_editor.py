"""The editor of the staff desk: the original and its translation side by side, and everything done to one text."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr
import numpy as np

from ui.pages.page import QUIET
from ui.pages.staff_office import Office, told
from ui.pages.staff_text import Ledgers, Opened, differences, history, preview, read
from venues.ledger import ConflictError, Piece
from venues.pack import TAGS
from venues.passages import KINDS, LARGEST_PASSAGE

Shown = dict[Any, Any]
BUSY: dict[str, Any] = {"show_progress": "minimal", "api_visibility": "private"}
"""For what takes a while: it is shown on one component."""


class Editor:
    """One text at a time. What somebody typed is never dropped: it is saved, shown beside another, or still there."""

    def __init__(self, office: Office, venue: gr.Dropdown) -> None:
        """Build the components; ``venue`` is the one that was chosen."""
        self._office, words = office, office.words
        kinds = [(words[f"staff-kind-{kind}"], kind) for kind in KINDS]
        self.opened = gr.State(None)
        self._theirs = gr.State(0)
        with gr.Row(elem_classes="places"):
            self._stop = gr.Dropdown([], label=words["staff-stop"], elem_id="staff-stop")
            self._language = gr.Dropdown(office.choices(TAGS), label=words["staff-language"], elem_id="staff-language")
            self._kind = gr.Radio(kinds, label=words["staff-kind"], elem_id="staff-kind")
        self._state = gr.HTML(js_on_load=None, elem_id="staff-state")
        with gr.Row(elem_classes="side-by-side"):
            self._source = gr.Textbox(label=words["staff-original"], lines=9, max_lines=24, interactive=False,
                                      elem_id="staff-source")  # fmt: skip
            self.text = gr.Textbox(label=words["staff-text"], lines=9, max_lines=24, max_length=LARGEST_PASSAGE,
                                   interactive=True, elem_id="staff-text")  # fmt: skip
        with gr.Column(visible=False, elem_id="staff-conflict") as self._conflict:
            self._between = gr.HTML(js_on_load=None)
            self._other = gr.Textbox(lines=6, max_lines=20, interactive=False, elem_id="staff-other")
            with gr.Row():
                mine = gr.Button(words["staff-keep-mine"], elem_id="staff-keep-mine")
                theirs = gr.Button(words["staff-take-theirs"], elem_id="staff-take-theirs")
        with gr.Row(elem_classes="actions"):
            save = gr.Button(words["staff-save"], variant="primary", elem_id="staff-save")
            approve = gr.Button(words["staff-approve"], elem_id="staff-approve")
            self._still_true = gr.Checkbox(label=words["staff-still-true"], visible=False, elem_id="staff-still-true")
            draft = gr.Button(words["staff-draft"], elem_id="staff-draft")
            listen = gr.Button(words["staff-listen"], elem_id="staff-listen")
            look = gr.Button(words["staff-preview"], elem_id="staff-preview")
            discard = gr.Button(words["staff-discard"], elem_id="staff-discard")
        self._sound = gr.Audio(visible=False, label=words["staff-listen"], interactive=False, autoplay=True,
                               elem_id="staff-sound")  # fmt: skip
        self._preview = gr.HTML(js_on_load=None, elem_id="staff-card")
        self._changes = gr.HighlightedText(
            combine_adjacent=True, show_inline_category=True, color_map={"+": "#0a7a3d", "-": "#a8201a"},
            elem_id="staff-changes",
        )  # fmt: skip
        with gr.Accordion(words["staff-history"], open=False, elem_id="staff-history"):
            self._history = gr.HTML(js_on_load=None)
            with gr.Row():
                self._entry = gr.Dropdown([], label=words["staff-earlier"], elem_id="staff-entry")
                revert = gr.Button(words["staff-revert"], elem_id="staff-revert", scale=0)
            self._earlier = gr.Textbox(label=words["staff-earlier-text"], lines=3, max_lines=16, interactive=False)
        self.outputs = [
            self.opened, self._theirs, self._stop, self._language, self._kind, self._state, self._source, self.text,
            self._conflict, self._between, self._other, self._still_true, self._sound, self._preview, self._changes,
            self._history, self._entry, self._earlier,
        ]  # fmt: skip
        places = [venue, self._stop, self._kind, self._language, self.opened, self.text]
        for change in (self._stop.input, self._kind.input, self._language.input):
            change(self.go, places, self.outputs, **QUIET)
        both = [self.opened, self.text]
        save.click(self._save, both, self.outputs, **QUIET)
        approve.click(self._approve, [*both, self._still_true], self.outputs, **QUIET)
        draft.click(self._draft, both, self.outputs, show_progress_on=self._state, **BUSY)
        discard.click(self._discard, self.opened, self.outputs, **QUIET)
        revert.click(self._revert, [*both, self._entry], self.outputs, **QUIET)
        mine.click(self._keep_mine, [*both, self._theirs], self.outputs, **QUIET)
        theirs.click(self._take_theirs, both, self.outputs, **QUIET)
        listen.click(self._listen, both, self._sound, show_progress_on=self._state, **BUSY)
        look.click(self._look, both, self._preview, **QUIET)
        self._venue = venue
        self._entry.input(self._show_entry, [self.opened, self._entry], self._earlier, **QUIET)

    # Opening

    def load(self, tab: gr.Tab) -> None:
        """Open the first text where the tab is opened before any."""
        tab.select(self._enter, [self._venue, self.opened], self.outputs, **QUIET)

    @told
    def _enter(self, venue: str, opened: Opened | None) -> Shown:
        if opened is not None:
            return {self._theirs: gr.skip()}
        desk = self._office.house.desk
        first = min(desk.venue(venue).stop, key=lambda each: each.order)
        return self._shown(read(self._office, Piece(venue, first.id, "short", desk.store.source_language(venue))))

    @told
    def go(self, venue: str, stop: str, kind: str, language: str, opened: Opened | None, text: str) -> Shown:
        """Open a text, unless another one has something in it that is not saved."""
        kind, language = kind or "short", language or self._office.house.desk.store.source_language(venue)
        if not stop:
            return {self.text: gr.skip()}
        piece = Piece(venue, stop, kind, language)
        if opened is not None and opened.changed(text or ""):
            if opened.piece != piece:
                self._office.warn(self._office.words["staff-unsaved"])
            return self._places(opened.piece)
        return self._shown(read(self._office, piece))

    def _places(self, piece: Piece) -> Shown:
        pack = self._office.house.desk.heads(piece.venue)
        stops = []
        for stop in sorted(pack.venue.stop, key=lambda each: each.order):
            title = pack.passages.get((stop.id, "title", pack.venue.source_language))
            stops.append((title.text if title else stop.id, stop.id))
        return {
            self._stop: gr.Dropdown(choices=stops, value=piece.stop),
            self._language: piece.language,
            self._kind: piece.kind,
        }

    def _shown(self, found: Ledgers, text: str | None = None) -> Shown:
        """Everything about a text; ``text`` is what stands in the editor when that is not the head."""
        office, words, piece = self._office, self._office.words, found.piece
        opened = found.opened()
        caption, changes = differences(office, found)
        state = escape(office.state(found.word))
        head = found.entries[-1] if found.entries else None
        about = escape(office.entry(head)) if head else ""
        entries = [(office.entry(each), each.number) for each in reversed(found.entries)]
        return {
            **self._places(piece),
            self.opened: opened,
            self._theirs: 0,
            self._state: f'<p role="status"><b class="{found.word}">{state}</b> <span>{about}</span></p>',
            self._source: gr.Textbox(
                value=found.originals[-1].text if found.originals else "", visible=bool(found.originals)
            ),
            self.text: gr.Textbox(
                value=opened.text if text is None else text,
                label=words["staff-text" if found.originals else "staff-original"],
            ),
            self._conflict: gr.Column(visible=False),
            self._other: "",
            self._still_true: gr.Checkbox(value=False, visible=found.behind),
            self._sound: gr.Audio(value=None, visible=False),
            self._preview: "",
            self._changes: gr.HighlightedText(value=changes, label=caption),
            self._history: history(office, found),
            self._entry: gr.Dropdown(choices=entries, value=None),
            self._earlier: "",
        }

    def _open(self, opened: Opened | None) -> Opened:
        if opened is None:
            raise self._office.wrong(self._office.words["staff-nothing-open"])
        return opened

    # What is done to a text

    @told
    def _save(self, opened: Opened | None, text: str, request: gr.Request) -> Shown:
        opened, user = self._open(opened), self._office.user(request)
        if not opened.changed(text) and not read(self._office, opened.piece).behind:
            raise self._office.wrong(self._office.words["staff-not-changed"])
        return self._written(opened, text, user.name, opened.base)

    def _written(self, opened: Opened, text: str, who: str, base: int) -> Shown:
        words = self._office.words
        try:
            entry = self._office.house.desk.write(opened.piece, text, who, base=base, made_from=opened.original)
        except ConflictError as conflict:
            return self._conflicting(conflict)
        self._office.tell(words["staff-saved"].format(number=entry.number))
        return self._shown(read(self._office, opened.piece))

    def _conflicting(self, conflict: ConflictError) -> Shown:
        """Both texts, before anything was changed; what was typed stays where it is."""
        words, theirs = self._office.words, conflict.theirs
        sentence = words["staff-conflict"].format(name=theirs.who, number=theirs.number)
        return {
            self._theirs: theirs.number,
            self._conflict: gr.Column(visible=True),
            self._between: f'<p role="alert">{escape(sentence)}</p>',
            self._other: gr.Textbox(value=theirs.text, label=words["staff-their-text"].format(name=theirs.who)),
        }

    @told
    def _keep_mine(self, opened: Opened | None, text: str, theirs: int, request: gr.Request) -> Shown:
        """Written after theirs was read; theirs stays in the history."""
        opened = self._open(opened)
        return self._written(opened, text, self._office.user(request).name, theirs or opened.base)

    @told
    def _take_theirs(self, opened: Opened | None, text: str) -> Shown:
        """Theirs comes into the editor, and what was typed stays beside it."""
        opened, words = self._open(opened), self._office.words
        return {
            **self._shown(read(self._office, opened.piece)),
            self._conflict: gr.Column(visible=True),
            self._between: f"<p>{escape(words['staff-mine-kept'])}</p>",
            self._other: gr.Textbox(value=text, label=words["staff-my-text"]),
        }

    @told
    def _approve(self, opened: Opened | None, text: str, still_true: bool, request: gr.Request) -> Shown:
        """From now on visitors get it. What was typed is saved first."""
        opened, words = self._open(opened), self._office.words
        user, desk, piece = self._office.user(request, "approver"), self._office.house.desk, opened.piece
        number = opened.base
        try:
            if opened.changed(text):
                entry = desk.write(piece, text, user.name, base=number, made_from=opened.original)
                number = entry.number
            done = desk.store.approve(piece.venue, {piece: number}, user.name, still_true=still_true)
        except ConflictError as conflict:
            return self._conflicting(conflict)
        found = read(self._office, piece)
        if done:
            self._office.tell(words["staff-approved"])
        else:
            self._office.warn(words["staff-behind" if found.behind else "staff-approved-already"])
        return self._shown(found)

    @told
    def _draft(self, opened: Opened | None, text: str, request: gr.Request) -> Shown:
        """A machine's translation, as a draft that a person reads before visitors do."""
        opened, user, words = self._open(opened), self._office.user(request), self._office.words
        found, house = read(self._office, opened.piece), self._office.house
        if opened.changed(text):
            raise self._office.wrong(words["staff-unsaved"])
        if not found.originals:
            raise self._office.wrong(words["staff-no-original"])
        source = house.desk.store.source_language(opened.piece.venue)
        answer = house.engines.translator.translate(
            found.originals[-1].text, source, opened.piece.language, house.terms
        )
        if answer is None:
            raise self._office.wrong(words["staff-no-translator"].format(source=source, target=opened.piece.language))
        note = " ".join((f"machine draft: {answer.origin.name}", *answer.warnings))[:1000]
        try:
            house.desk.write(
                opened.piece, answer.text, user.name, base=opened.base, note=note, machine=True,
                made_from=found.originals[-1].number,
            )  # fmt: skip
        except ConflictError as conflict:
            return self._conflicting(conflict)
        self._office.tell(words["staff-drafted"])
        return self._shown(read(self._office, opened.piece))

    @told
    def _revert(self, opened: Opened | None, text: str, number: int | None, request: gr.Request) -> Shown:
        """Bring an earlier text back. Only who may approve brings back its approval."""
        opened, user, words = self._open(opened), self._office.user(request), self._office.words
        desk, piece = self._office.house.desk, opened.piece
        if opened.changed(text):
            raise self._office.wrong(words["staff-unsaved"])
        if not number:
            raise self._office.wrong(words["staff-choose-entry"])
        try:
            if user.may("approver"):
                desk.store.revert(piece, user.name, base=opened.base, to=number)
            else:
                chosen = next(each for each in desk.store.ledger(piece) if each.number == number)
                desk.write(
                    piece, chosen.text, user.name, base=opened.base, note=f"back to entry {number}",
                    made_from=chosen.made_from,
                )  # fmt: skip
        except ConflictError as conflict:
            return self._conflicting(conflict)
        self._office.tell(words["staff-reverted"].format(number=number))
        return self._shown(read(self._office, piece))

    @told
    def _discard(self, opened: Opened | None) -> Shown:
        return self._shown(read(self._office, self._open(opened).piece))

    # What is only looked at, or listened to

    @told
    def _show_entry(self, opened: Opened | None, number: int) -> str:
        entries = self._office.house.desk.store.ledger(self._open(opened).piece)
        return next((each.text for each in entries if each.number == number), "")

    @told
    def _listen(self, opened: Opened | None, text: str) -> Any:
        """The text as the house's voice speaks it, before it is published."""
        opened, words = self._open(opened), self._office.words
        language = opened.piece.language
        if language not in self._office.house.spoken:
            raise self._office.wrong(words["staff-no-voice"].format(language=language))
        if not text.strip():
            raise self._office.wrong(words["staff-not-written"])
        chunks = list(self._office.house.engines.speaker(language).speak(text, language))
        samples = np.concatenate([chunk.samples for chunk in chunks])
        sound = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
        return gr.Audio(value=(chunks[0].rate, sound), visible=True)

    @told
    def _look(self, opened: Opened | None, text: str) -> str:
        return preview(self._office, self._open(opened).piece, text)
