"""The picture of a stop, and what it says to those who cannot see it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from interpreter.languages import language
from ui.pages.page import QUIET
from ui.pages.staff_office import Office, told
from venues.exchange import IMAGE
from venues.ledger import FILE, ConflictError, Piece
from venues.pack import TAGS, Image, parse_toml

Shown = dict[Any, Any]
_TEXTS = "image.toml"


@dataclass(frozen=True)
class Pictured:
    """A picture as somebody has it before them."""

    venue: str
    stop: str
    seen: dict[str, int] = field(default_factory=dict)
    """``image`` and ``image.toml`` -> number of the entry that was read; 0: there is none."""
    description: str = ""
    alt: dict[str, str] = field(default_factory=dict)
    """Tag -> alternative text."""

    def piece(self, kind: str) -> Piece:
        """The picture or its texts."""
        return Piece(self.venue, self.stop, kind, FILE)


def toml_of(description: str, alt: dict[str, str]) -> str:
    """``image.toml``. A JSON string is a TOML string, but for one control character that no text has."""

    def quoted(text: str) -> str:
        return json.dumps(text.replace("\x7f", ""), ensure_ascii=False)

    lines = [f"{tag} = {quoted(text)}" for tag, text in alt.items() if text]
    return "\n".join([f"description = {quoted(description)}", "", "[alt]", *lines, ""])


class Pictures:
    """One stop's at a time."""

    def __init__(self, office: Office, venue: gr.Dropdown) -> None:
        """Build the components."""
        self._office, words = office, office.words
        self.venue = venue
        self._opened = gr.State(None)
        self._stop = gr.Dropdown([], label=words["staff-stop"], elem_id="staff-picture-stop")
        with gr.Row(elem_classes="side-by-side"):
            with gr.Column():
                self._picture = gr.HTML(js_on_load=None, elem_id="staff-picture")
                self._upload = gr.UploadButton(
                    words["staff-upload"], file_types=[".svg", ".png", ".jpg", ".jpeg", ".webp"], elem_id="staff-upload"
                )
            with gr.Column():
                self._description = gr.Textbox(label=words["staff-description"], lines=2, max_lines=5, max_length=2000)
                self._alt = gr.Dataframe(
                    headers=[words["staff-language"], words["staff-alt"]], type="array", interactive=True,
                    static_columns=[0], column_widths=["24%", "76%"], wrap=True, max_height=420,
                    label=words["staff-alt"], elem_id="staff-alt", buttons=[],
                )  # fmt: skip
        with gr.Row(elem_classes="actions"):
            save = gr.Button(words["staff-save"], variant="primary", elem_id="staff-alt-save")
            approve = gr.Button(words["staff-approve-picture"], elem_id="staff-picture-approve")
        self.outputs = [self._opened, self._stop, self._picture, self._description, self._alt]
        typed = [self._opened, self._description, self._alt]
        self._stop.input(self._go, [venue, self._stop, *typed], self.outputs, **QUIET)
        self._upload.upload(self._keep, [*typed, self._upload], self.outputs, **QUIET)
        save.click(self._save, typed, self.outputs, **QUIET)
        approve.click(self._approve, typed, self.outputs, **QUIET)

    def load(self, tab: gr.Tab) -> None:
        """Open it whenever its tab is."""
        inputs = [self.venue, self._stop, self._opened, self._description, self._alt]
        tab.select(self._go, inputs, self.outputs, **QUIET)

    @told
    def _go(
        self, venue: str, stop: str | None, opened: Pictured | None, description: str, rows: list[list[Any]]
    ) -> Shown:
        if opened is not None and self._changed(opened, description, rows):
            if (opened.venue, opened.stop) != (venue, stop):
                self._office.warn(self._office.words["staff-unsaved"])
            return {self._stop: opened.stop}
        return self._shown(venue, stop or "")

    def _shown(self, venue: str, stop: str) -> Shown:
        desk, words = self._office.house.desk, self._office.words
        pack = desk.heads(venue)
        stops = []
        for each in sorted(pack.venue.stop, key=lambda each: each.order):
            title = pack.passages.get((each.id, "title", pack.venue.source_language))
            stops.append((title.text if title else each.id, each.id))
        stop = stop if stop in [name for _, name in stops] else stops[0][1]
        heads, states = desk.store.heads(venue, stop), desk.store.states(venue)
        kinds = {kind: heads.get(Piece(venue, stop, kind, FILE)) for kind in (IMAGE, _TEXTS)}
        written = kinds[_TEXTS]
        texts = parse_toml(Image, written.text, _TEXTS) if written else Image(description="", alt={})
        seen = {kind: entry.number if entry else 0 for kind, entry in kinds.items()}
        alt = {tag: texts.alt.get(tag, "") for tag in TAGS}
        image, shown = kinds[IMAGE], []
        for kind, label in ((IMAGE, words["staff-picture"]), (_TEXTS, words["staff-alt"])):
            piece = Piece(venue, stop, kind, FILE)
            word = states[piece].word if piece in states else "missing"
            shown.append(f'<p>{escape(label)}: <b class="{word}">{escape(self._office.state(word))}</b></p>')
        source = (
            f'<img src="/staff/pictures/{escape(image.text)}" alt="{escape(alt[self._office.tag])}">' if image else ""
        )
        return {
            self._opened: Pictured(venue, stop, seen, texts.description, alt),
            self._stop: gr.Dropdown(choices=stops, value=stop),
            self._picture: f'<div role="status">{"".join(shown)}</div>{source}',
            self._description: texts.description,
            self._alt: [[f"{language(tag).endonym} ({tag})", alt[tag]] for tag in TAGS],
        }

    def _typed(self, rows: list[list[Any]]) -> dict[str, str]:
        return {tag: " ".join(str(row[1] or "").split()) for tag, row in zip(TAGS, rows, strict=False) if len(row) > 1}

    def _changed(self, opened: Pictured, description: str, rows: list[list[Any]]) -> bool:
        return (description.strip(), self._typed(rows)) != (opened.description.strip(), opened.alt)

    def _open(self, opened: Pictured | None) -> Pictured:
        if opened is None:
            raise self._office.wrong(self._office.words["staff-nothing-open"])
        return opened

    def _conflict(self, conflict: ConflictError) -> gr.Error:
        sentence = self._office.words["staff-picture-conflict"]
        return self._office.wrong(sentence.format(name=conflict.theirs.who, number=conflict.theirs.number))

    @told
    def _keep(
        self, opened: Pictured | None, description: str, rows: list[list[Any]], path: str | None, request: gr.Request
    ) -> Shown:
        """A new picture, as a draft, after the checks of an import."""
        opened, user = self._open(opened), self._office.user(request)
        if path is None or self._changed(opened, description, rows):
            raise self._office.wrong(self._office.words["staff-unsaved"])
        desk = self._office.house.desk
        try:
            name = desk.media.keep(Path(path).read_bytes(), Path(path).name)
            entry = desk.write(opened.piece(IMAGE), name, user.name, base=opened.seen[IMAGE])
        except ConflictError as conflict:
            raise self._conflict(conflict) from None
        finally:
            Path(path).unlink(missing_ok=True)
        self._office.tell(self._office.words["staff-saved"].format(number=entry.number))
        return self._shown(opened.venue, opened.stop)

    @told
    def _save(self, opened: Pictured | None, description: str, rows: list[list[Any]], request: gr.Request) -> Shown:
        opened, user = self._open(opened), self._office.user(request)
        if not self._changed(opened, description, rows):
            raise self._office.wrong(self._office.words["staff-not-changed"])
        text = toml_of(description.strip(), self._typed(rows))
        try:
            entry = self._office.house.desk.write(opened.piece(_TEXTS), text, user.name, base=opened.seen[_TEXTS])
        except ConflictError as conflict:
            raise self._conflict(conflict) from None
        self._office.tell(self._office.words["staff-saved"].format(number=entry.number))
        return self._shown(opened.venue, opened.stop)

    @told
    def _approve(self, opened: Pictured | None, description: str, rows: list[list[Any]], request: gr.Request) -> Shown:
        opened, user, words = self._open(opened), self._office.user(request, "approver"), self._office.words
        if self._changed(opened, description, rows):
            raise self._office.wrong(words["staff-unsaved"])
        seen = {opened.piece(kind): number for kind, number in opened.seen.items() if number}
        try:
            done = self._office.house.desk.store.approve(opened.venue, seen, user.name)
        except ConflictError as conflict:
            raise self._conflict(conflict) from None
        self._office.tell(words["staff-approved" if done else "staff-approved-already"])
        return self._shown(opened.venue, opened.stop)
