"""The inbox of the desk: questions without an answer, and what visitors called wrong."""

from __future__ import annotations

from html import escape

import gradio as gr

from ui.pages.page import QUIET
from ui.pages.staff_grid import ON_LOAD
from ui.pages.staff_office import Office, told

_MOST = 200
"""Notes that are shown; the others come up when these are done."""


class Notes:
    """The switch and the list."""

    def __init__(self, office: Office) -> None:
        """Build the components."""
        self._office, words = office, office.words
        self._on = gr.Checkbox(
            label=words["staff-inbox-switch"], info=words["staff-inbox-info"], elem_id="staff-switch"
        )
        self._list = gr.HTML(js_on_load=ON_LOAD, apply_default_css=False, elem_id="staff-inbox")
        self.outputs = [self._on, self._list]
        self._on.input(self._switch, self._on, self.outputs, **QUIET)
        self._list.click(self._done, None, self.outputs, **QUIET)

    def load(self, tab: gr.Tab) -> None:
        """Open it whenever its tab is."""
        tab.select(self._shown, None, self.outputs, **QUIET)

    def _shown(self, request: gr.Request) -> list[object]:
        inbox, words = self._office.house.inbox, self._office.words
        switch = gr.Checkbox(value=inbox.on, interactive=self._office.user(request).may("administrator"))
        notes = inbox.list()
        if not notes:
            return [switch, f"<p>{escape(words['staff-inbox-empty' if inbox.on else 'staff-inbox-off'])}</p>"]
        heads = ("staff-when", "staff-what", "text", "staff-about")
        head = "".join(f'<th scope="col">{escape(words[key])}</th>' for key in heads)
        rows = "".join(
            f"<tr><td>{note.day}</td><td>{escape(words[f'staff-note-{note.kind}'])}</td>"
            f'<td lang="{escape(note.language)}">{escape(note.text)} <small>{escape(note.language)}</small></td>'
            f"<td>{escape(note.about)}</td><td><button type='button' class='plain-button' "
            f"data-number='{note.number}'>{escape(words['staff-note-done'])}</button></td></tr>"
            for note in notes[:_MOST]
        )
        return [
            switch,
            f'<div class="scroll"><table class="plain"><thead><tr>{head}<th></th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div>",
        ]

    @told
    def _switch(self, on: bool, request: gr.Request) -> list[object]:
        """Nothing of a visitor is kept unless an administrator wants it; what was kept goes when it is switched off."""
        user = self._office.user(request, "administrator")
        self._office.house.inbox.switch(on, user.name)
        return self._shown(request)

    @told
    def _done(self, request: gr.Request, event: gr.EventData) -> list[object]:
        self._office.user(request)
        self._office.house.inbox.done(int(event.number))
        return self._shown(request)
