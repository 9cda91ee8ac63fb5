"""A venue's own phrases as a spreadsheet: one language at a time beside the original."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from ui.hand_over import adopt_phrases, common_phrases
from ui.pages.page import QUIET
from ui.pages.staff_office import Office, told
from venues.errors import VenueError
from venues.ledger import FILE, PHRASES, ConflictError, Piece
from venues.pack import TAGS

Shown = dict[Any, Any]


@dataclass(frozen=True)
class Row:
    """A phrase as somebody has it before them."""

    base: int
    """Number of the entry that was read; 0: there is none yet."""
    text: str
    original: int | None
    """Number of the original's entry; None for the original."""


@dataclass(frozen=True)
class Listed:
    """The phrases of a venue in one language."""

    venue: str
    language: str
    rows: dict[str, Row]
    """Phrase's id -> the phrase."""


class Phrases:
    """The table, and the way for phrases out of the phrasebook into it."""

    def __init__(self, office: Office, venue: gr.Dropdown) -> None:
        """Build the components."""
        self._office, words = office, office.words
        self.venue = venue
        self._opened = gr.State(None)
        source = office.house.told().pack.venue.source_language
        with gr.Row(elem_classes="places"):
            self._language = gr.Dropdown(
                office.choices(TAGS), value=source, label=words["staff-language"], elem_id="staff-phrases-language"
            )
            book = [(f"{row.id}: {row.text.split(' | ')[0]}", row.id) for row in common_phrases()
                    if row.language == office.tag]  # fmt: skip
            self._book = gr.Dropdown(book, value=None, label=words["staff-phrasebook"], elem_id="staff-phrasebook")
            adopt = gr.Button(words["staff-adopt"], elem_id="staff-adopt", scale=0)
        self._state = gr.HTML(js_on_load=None)
        self._table = gr.Dataframe(
            headers=[words["staff-phrase"], words["staff-original"], words["staff-text"], words["staff-state"]],
            type="array", interactive=True, static_columns=[0, 1, 3], column_widths=["20%", "32%", "36%", "12%"],
            wrap=True, show_row_numbers=True, max_height=480, label=words["staff-phrases"], elem_id="staff-phrases",
            buttons=["fullscreen"],
        )  # fmt: skip
        with gr.Row(elem_classes="actions"):
            save = gr.Button(words["staff-save"], variant="primary", elem_id="staff-phrases-save")
            approve = gr.Button(words["staff-approve-all"], elem_id="staff-phrases-approve")
            again = gr.Button(words["staff-reload"])
        self.outputs = [self._opened, self._language, self._state, self._table]
        both = [self._opened, self._table]
        self._language.input(self._go, [venue, self._language, *both], self.outputs, **QUIET)
        again.click(self._shown, [venue, self._language], self.outputs, **QUIET)
        save.click(self._save, both, self.outputs, **QUIET)
        approve.click(self._approve, both, self.outputs, **QUIET)
        adopt.click(self._adopt, [venue, self._language, self._book, *both], self.outputs, **QUIET)

    def load(self, tab: gr.Tab) -> None:
        """Open them whenever their tab is."""
        tab.select(self._go, [self.venue, self._language, self._opened, self._table], self.outputs, **QUIET)

    @told
    def _go(self, venue: str, language: str, opened: Listed | None, rows: list[list[Any]]) -> Shown:
        if opened is not None and self._changed(opened, rows):
            if (opened.venue, opened.language) != (venue, language):
                self._office.warn(self._office.words["staff-unsaved"])
            return {self._language: opened.language}
        return self._shown(venue, language)

    @told
    def _shown(self, venue: str, language: str) -> Shown:
        desk, words = self._office.house.desk, self._office.words
        source = desk.store.source_language(venue)
        heads, states = desk.store.heads(venue), desk.store.states(venue)
        rows, cells = {}, []
        for piece in heads:
            if piece.stop != PHRASES or piece.language != FILE:
                continue
            here, there = (Piece(venue, PHRASES, piece.kind, tag) for tag in (language, source))
            entry, original = heads.get(here), heads.get(there)
            rows[piece.kind] = Row(
                entry.number if entry else 0,
                entry.text if entry else "",
                original.number if original and language != source else None,
            )
            state = self._office.state(states[here].word if here in states else "missing")
            cells.append([piece.kind, original.text if original else "", entry.text if entry else "", state])
        hint = words["staff-phrases-hint" if rows else "staff-phrases-none"]
        return {
            self._opened: Listed(venue, language, rows),
            self._language: language,
            self._state: f"<p>{escape(hint)}</p>",
            self._table: cells or [["", "", "", ""]],
        }

    def _changed(self, opened: Listed, rows: list[list[Any]]) -> dict[str, str]:
        """Phrase's id -> what was typed, where it differs from what was read."""
        typed = {str(row[0]): str(row[2] or "").strip() for row in rows if len(row) > 2}
        return {name: text for name, text in typed.items() if name in opened.rows and text != opened.rows[name].text}

    @told
    def _save(self, opened: Listed | None, rows: list[list[Any]], request: gr.Request) -> Shown:
        """Every phrase that was changed; one that cannot be taken keeps the others from nothing."""
        words, user = self._office.words, self._office.user(request)
        if opened is None or not (changed := self._changed(opened, rows)):
            raise self._office.wrong(words["staff-not-changed"])
        left: dict[str, str] = {}
        problems = []
        for name, text in changed.items():
            seen, piece = opened.rows[name], Piece(opened.venue, PHRASES, name, opened.language)
            try:
                self._office.house.desk.write(piece, text, user.name, base=seen.base, made_from=seen.original)
            except ConflictError as conflict:
                sentence = words["staff-phrase-conflict"].format(name=conflict.theirs.who, text=conflict.theirs.text)
                problems.append(f"{name}: {sentence}")
                left[name] = text
            except VenueError as error:
                problems.append(str(error))
                left[name] = text
        if len(changed) > len(left):
            self._office.tell(words["staff-saved-count"].format(count=len(changed) - len(left)))
        shown = self._shown(opened.venue, opened.language)
        if left:
            # What was refused stays as it was typed, and is compared with what stands there now.
            for row in shown[self._table]:
                row[2] = left.get(row[0], row[2])
            listed = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
            shown[self._state] = f'<ul role="alert">{listed}</ul>'
        return shown

    @told
    def _approve(self, opened: Listed | None, rows: list[list[Any]], request: gr.Request) -> Shown:
        words, user = self._office.words, self._office.user(request, "approver")
        if opened is None or self._changed(opened, rows):
            raise self._office.wrong(words["staff-unsaved"])
        seen = {
            Piece(opened.venue, PHRASES, name, opened.language): row.base
            for name, row in opened.rows.items()
            if row.base
        }
        try:
            done = self._office.house.desk.store.approve(opened.venue, seen, user.name)
        except ConflictError as conflict:
            name = conflict.piece.kind
            sentence = words["staff-phrase-conflict"].format(name=conflict.theirs.who, text=conflict.theirs.text)
            raise self._office.wrong(f"{name}: {sentence}") from None
        self._office.tell(words["staff-approved-count"].format(count=len(done)))
        return self._shown(opened.venue, opened.language)

    @told
    def _adopt(
        self, venue: str, language: str, phrase: str | None, opened: Listed | None, rows: list[list[Any]],
        request: gr.Request,
    ) -> Shown:  # fmt: skip
        """Take a phrase of the phrasebook among the venue's own, to be changed and approved."""
        self._office.user(request)
        if not phrase:
            raise self._office.wrong(self._office.words["staff-choose-phrase"])
        if opened is not None and self._changed(opened, rows):
            raise self._office.wrong(self._office.words["staff-unsaved"])
        adopt_phrases(self._office.house.desk, venue, phrase)
        return self._shown(venue, language)
