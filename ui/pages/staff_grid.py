"""The grid of the staff desk: stops down, languages across, how far each is; a cell opens the editor."""

from __future__ import annotations

from html import escape

import gradio as gr

from interpreter.languages import language
from ui.pages.staff_office import LETTERS, Office
from venues.check import REQUIRED
from venues.ledger import Piece, State

WORST_FIRST = ("missing", "stale", "draft", "supplied", "approved")
ON_LOAD = """
element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button) trigger('click', {...button.dataset});
});
"""
"""Makes an event of the page, with the data of the button, out of a touch on a button of a table."""


def least(states: dict[Piece, State], venue: str, stop: str, tag: str) -> tuple[str, str]:
    """How far the texts of a stop are in a language: the least of them, and the kind that it is."""
    words = {kind: "missing" for kind in sorted(REQUIRED, key=("short", "long", "title").index)}
    for piece, state in states.items():
        if (piece.venue, piece.stop, piece.language) == (venue, stop, tag):
            words[piece.kind] = state.word
    kind = min(words, key=lambda each: WORST_FIRST.index(words[each]))
    return words[kind], kind


class Grid:
    """The table and its legend."""

    def __init__(self, office: Office) -> None:
        """Build the components."""
        self._office = office
        self.table = gr.HTML(js_on_load=ON_LOAD, apply_default_css=False, elem_id="staff-grid")

    def shown(self, venue: str) -> str:
        """The grid as it stands now, as HTML."""
        desk, words = self._office.house.desk, self._office.words
        states, pack = desk.store.states(venue), desk.heads(venue)
        tags = pack.venue.languages
        head = "".join(
            f'<th scope="col" lang="{tag}" title="{escape(language(tag).endonym)}">{tag}</th>' for tag in tags
        )
        rows = []
        for stop in sorted(pack.venue.stop, key=lambda each: each.order):
            title = pack.passages.get((stop.id, "title", pack.venue.source_language))
            cells = []
            for tag in tags:
                word, kind = least(states, venue, stop.id, tag)
                spoken = escape(f"{stop.id}, {language(tag).endonym}: {self._office.state(word)}")
                cells.append(
                    f'<td><button type="button" class="{word}" data-stop="{stop.id}" data-language="{tag}" '
                    f'data-kind="{kind}" aria-label="{spoken}" title="{spoken}">{LETTERS[word]}</button></td>'
                )
            name = escape(title.text if title else stop.id)
            rows.append(f'<tr><th scope="row"><span lang="{pack.venue.source_language}">{name}</span>'
                        f"<small>{stop.id}</small></th>{''.join(cells)}</tr>")  # fmt: skip
        legend = "".join(
            f'<li><b class="{word}">{letter}</b> {escape(self._office.state(word))}</li>'
            for word, letter in LETTERS.items()
        )
        return (
            f'<p>{escape(words["staff-grid-hint"])}</p><ul class="legend">{legend}</ul>'
            f'<div class="scroll" tabindex="0" role="region" '
            f'aria-label="{escape(words["staff-texts"])}"><table><thead><tr>'
            f"<th>{escape(words['staff-stop'])}</th>"
            f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        )
