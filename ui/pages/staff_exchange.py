"""A venue out of the desk as one file with its history, and back in."""

from __future__ import annotations

import tempfile
from collections import deque
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from ui.pages.page import QUIET
from ui.pages.staff_office import Office, told
from venues.errors import VenueError

_MOST_CONFLICTS = 50
"""Conflicts that are shown."""


class Exchange:
    """Import and export."""

    def __init__(self, office: Office, venue: gr.Dropdown) -> None:
        """Build the components."""
        self._office, words = office, office.words
        # Gradio copies a file before it hands it out; the last few are kept until then, and go with the program.
        self._made: deque[tempfile.TemporaryDirectory[str]] = deque(maxlen=4)
        gr.HTML(f"<h2>{escape(words['staff-export'])}</h2><p>{escape(words['staff-export-hint'])}</p>", js_on_load=None)
        with gr.Row(elem_classes="actions"):
            make = gr.Button(words["staff-export-make"], elem_id="staff-export-make")
            file = gr.DownloadButton(words["staff-export-take"], visible=False, elem_id="staff-export-take")
        gr.HTML(f"<h2>{escape(words['staff-import'])}</h2><p>{escape(words['staff-import-hint'])}</p>", js_on_load=None)
        pack = gr.File(file_types=[".zip"], label=words["staff-pack"], elem_id="staff-pack", height=140)
        prefer = gr.Radio(
            [(words[f"staff-prefer-{key or 'nothing'}"], key) for key in ("", "store", "pack")],
            value="", label=words["staff-prefer"], elem_id="staff-prefer",
        )  # fmt: skip
        approvals = gr.Checkbox(label=words["staff-with-approvals"], elem_id="staff-with-approvals")
        with gr.Row(elem_classes="actions"):
            bring = gr.Button(words["staff-import"], variant="primary", elem_id="staff-import")
        result = gr.HTML(js_on_load=None, elem_id="staff-import-result")
        make.click(self._export, venue, file, **QUIET)
        bring.click(self._import, [pack, prefer, approvals], [pack, result], **QUIET)

    @told
    def _export(self, venue: str, request: gr.Request) -> Any:
        self._office.user(request)
        folder = tempfile.TemporaryDirectory(prefix="interpreter-export-")
        self._made.append(folder)
        path = Path(folder.name) / f"{venue}.zip"
        count = self._office.house.desk.export(venue, path)
        self._office.tell(self._office.words["staff-exported"].format(count=count))
        return gr.DownloadButton(value=path, visible=True)

    @told
    def _import(self, path: str | None, prefer: str, approvals: bool, request: gr.Request) -> list[Any]:
        """What comes in may reach visitors at once, where nothing was approved yet: so an approver brings it."""
        words, user = self._office.words, self._office.user(request, "approver")
        if not path:
            raise self._office.wrong(words["staff-choose-pack"])
        try:
            brought, merged = self._office.house.desk.bring(Path(path), user.name, approvals=approvals, prefer=prefer)
        except VenueError as error:
            raise self._office.wrong(str(error).replace(path, Path(path).name)) from None
        finally:
            Path(path).unlink(missing_ok=True)
        outcomes = ("first", "forward", "approve", "same", "older", "conflict")
        counts = "".join(
            f"<li>{escape(words[f'staff-merged-{outcome}'])}: {count}</li>"
            for outcome in outcomes
            if (count := merged.count(outcome))  # type: ignore[arg-type]
        )
        rows = "".join(
            f"<tr><th scope='row'>{escape(str(each.piece))}</th><td>{escape(each.theirs.text[:300])}</td>"
            f"<td>{escape(each.yours[:300])}</td></tr>"
            for each in merged.conflicts[:_MOST_CONFLICTS]
        )
        heads = "".join(f"<th>{escape(words[key])}</th>" for key in ("staff-text", "staff-here", "staff-in-file"))
        conflicts = f'<table class="plain"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>' if rows else ""
        name = escape(brought.pack.venue.id)
        return [None, f'<div role="status"><p><b>{name}</b></p><ul>{counts}</ul>{conflicts}</div>']
