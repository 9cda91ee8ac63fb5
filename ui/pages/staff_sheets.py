"""The files of a venue that are tables, as spreadsheets: its terms and the questions it knows.

Cells can be typed and pasted. A table is saved as a whole, after the checks that an import makes; what visitors get
changes when somebody approves it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr
import pandas as pd

from ui.pages.page import QUIET
from ui.pages.staff_office import Office, told
from ui.pages.staff_text import history, read
from venues.errors import VenueError
from venues.ledger import FILE, ConflictError, Piece
from venues.terms import COLUMNS as TERM_COLUMNS

Shown = dict[Any, Any]
FIRST = {"terms.csv": TERM_COLUMNS, "questions.csv": ("question", "answer", "words", "zh-Hant", "en")}
"""Columns of a table that a venue does not have yet."""

MOST_COLUMNS = 60
"""Columns whose width is set: those of a term file with variants in every language, and some."""


@dataclass(frozen=True)
class Table:
    """A table as somebody has it before them."""

    piece: Piece
    base: int
    """Number of the entry that was read; 0: there is none yet."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def written(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """The file of a table; empty rows at its end are left out."""
    cells = [["" if cell is None or cell != cell else str(cell) for cell in row] for row in rows]
    while cells and not any(cell.strip() for cell in cells[-1]):
        cells.pop()
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([list(columns), *cells])
    return out.getvalue()


def typed(table: pd.DataFrame) -> str:
    """The file of what stands in a spreadsheet, with the columns as they are named there: some may have been pasted."""
    return written([str(name) for name in table.columns], table.to_numpy().tolist())


class Sheet:
    """One file."""

    def __init__(self, office: Office, venue: gr.Dropdown, file: str) -> None:
        """Build the components of ``terms.csv`` or ``questions.csv``."""
        self._office, self._file, words = office, file, office.words
        name = file.partition(".")[0]
        self._opened, self._theirs = gr.State(None), gr.State(0)
        self._state = gr.HTML(js_on_load=None, elem_id=f"staff-{name}-state")
        self._table = gr.Dataframe(
            interactive=True, show_row_numbers=True, show_search="search", pinned_columns=1,
            max_height=520, column_widths=["190px"] * MOST_COLUMNS, label=words[f"staff-{name}"],
            elem_id=f"staff-{name}", buttons=["fullscreen"],
        )  # fmt: skip
        with gr.Row(elem_classes="actions"):
            save = gr.Button(words["staff-save"], variant="primary", elem_id=f"staff-{name}-save")
            approve = gr.Button(words["staff-approve"], elem_id=f"staff-{name}-approve")
            again = gr.Button(words["staff-reload"])
            self._mine = gr.Button(words["staff-keep-mine"], visible=False)
        with gr.Accordion(words["staff-history"], open=False, elem_classes="ledger"):
            self._history = gr.HTML(js_on_load=None)
        self.outputs = [self._opened, self._theirs, self._state, self._table, self._mine, self._history]
        both = [self._opened, self._table]
        again.click(self.again, venue, self.outputs, **QUIET)
        save.click(self._save, both, self.outputs, **QUIET)
        approve.click(self._approve, both, self.outputs, **QUIET)
        self._mine.click(self._keep_mine, [*both, self._theirs], self.outputs, **QUIET)
        self.venue = venue

    @told
    def go(self, venue: str, opened: Table | None) -> Shown:
        """Open the table of a venue, unless it is open: what was typed stays."""
        if opened is not None and opened.piece.venue == venue:
            return {self._theirs: gr.skip()}
        return self._shown(venue)

    def load(self, tab: gr.Tab) -> None:
        """Open it whenever its tab is."""
        tab.select(self.go, [self.venue, self._opened], self.outputs, **QUIET)

    @told
    def again(self, venue: str) -> Shown:
        """As it stands now; what was typed is dropped."""
        return self._shown(venue)

    def _shown(self, venue: str) -> Shown:
        piece = Piece(venue, "", self._file, FILE)
        found = read(self._office, piece)
        head = found.entries[-1] if found.entries else None
        rows = list(csv.reader(io.StringIO(head.text, newline=""))) if head else []
        columns = tuple(rows[0]) if rows else FIRST[self._file]
        body = rows[1:] or [[""] * len(columns)]
        about = escape(self._office.entry(head)) if head else ""
        state = escape(self._office.state(found.word))
        hint = escape(self._office.words["staff-sheet-hint"])
        return {
            self._opened: Table(piece, head.number if head else 0, columns, tuple(tuple(row) for row in body)),
            self._theirs: 0,
            self._state: f'<p role="status"><b class="{found.word}">{state}</b> <span>{about}</span></p><p>{hint}</p>',
            self._table: {"headers": list(columns), "data": body},
            self._mine: gr.Button(visible=False),
            self._history: history(self._office, found),
        }

    def _open(self, opened: Table | None) -> Table:
        if opened is None:
            raise self._office.wrong(self._office.words["staff-nothing-open"])
        return opened

    @told
    def _save(self, opened: Table | None, table: pd.DataFrame, request: gr.Request) -> Shown:
        opened = self._open(opened)
        return self._written(opened, table, self._office.user(request).name, opened.base)

    @told
    def _keep_mine(self, opened: Table | None, table: pd.DataFrame, theirs: int, request: gr.Request) -> Shown:
        opened = self._open(opened)
        return self._written(opened, table, self._office.user(request).name, theirs or opened.base)

    def _written(self, opened: Table, table: pd.DataFrame, who: str, base: int) -> Shown:
        words, text = self._office.words, typed(table)
        if text == written(opened.columns, opened.rows):
            raise self._office.wrong(words["staff-not-changed"])
        try:
            entry = self._office.house.desk.write(opened.piece, text, who, base=base)
        except ConflictError as conflict:
            return self._conflicting(conflict)
        except VenueError as error:
            # A row of the table is a line further down in the file, below the names of the columns.
            raise self._office.wrong(f"{error} {words['staff-line-is-row']}") from None
        self._office.tell(words["staff-saved"].format(number=entry.number))
        return self._shown(opened.piece.venue)

    def _conflicting(self, conflict: ConflictError) -> Shown:
        words, theirs = self._office.words, conflict.theirs
        sentence = words["staff-sheet-conflict"].format(name=theirs.who, number=theirs.number)
        return {
            self._theirs: theirs.number,
            self._state: f'<p role="alert">{escape(sentence)}</p>',
            self._mine: gr.Button(visible=True),
        }

    @told
    def _approve(self, opened: Table | None, table: pd.DataFrame, request: gr.Request) -> Shown:
        opened, words = self._open(opened), self._office.words
        user = self._office.user(request, "approver")
        if typed(table) != written(opened.columns, opened.rows):
            raise self._office.wrong(words["staff-unsaved"])
        try:
            done = self._office.house.desk.store.approve(opened.piece.venue, {opened.piece: opened.base}, user.name)
        except ConflictError as conflict:
            return self._conflicting(conflict)
        self._office.tell(words["staff-approved" if done else "staff-approved-already"])
        return self._shown(opened.piece.venue)
