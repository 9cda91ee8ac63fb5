"""The staff desk's page, behind the login: the grid of texts, the editor, and what else a venue's people look after."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.kiosk import THEME
from ui.pages.page import QUIET, endonym
from ui.pages.staff_editor import Editor
from ui.pages.staff_exchange import Exchange
from ui.pages.staff_grid import Grid
from ui.pages.staff_inbox import Notes
from ui.pages.staff_office import LANGUAGES, Office
from ui.pages.staff_phrases import Phrases
from ui.pages.staff_pictures import Pictures
from ui.pages.staff_sheets import Sheet
from ui.pages.staff_users import OwnPassword, Users

if TYPE_CHECKING:
    from ui.server.accounts import Accounts
    from ui.server.house import House

__all__ = ["HEAD", "LANGUAGES", "THEME", "build"]
_NAMES = ("search", "show-large", "close", "staff-cell-menu", "staff-choose-file", "staff-done", "staff-not-done")
HEAD = '<script src="/assets/staff.js"></script>'


def build(house: House, accounts: Accounts, tag: str) -> gr.Blocks:
    """The desk of a house in the language of the tag."""
    office = Office(house, accounts, tag)
    words = office.words
    page: gr.Blocks
    with gr.Blocks(
        title=words["staff-desk"], analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
    ) as page:
        with gr.Row(elem_id="staff-bar"):
            gr.HTML(_bar(office), js_on_load="new window.Interpreter.Names(props.words);", elem_id="staff-title",
                    words={key: words[key] for key in _NAMES})  # fmt: skip
            venue = gr.Dropdown(
                list(house.venues()),
                value=house.venue,
                label=words["staff-venue"],
                filterable=False,
                elem_id="staff-venue",
                scale=0,
            )
            who = gr.HTML(js_on_load=None, elem_id="staff-who")
        with gr.Tabs(elem_id="staff") as tabs:
            with gr.Tab(words["staff-texts"], id="texts") as texts:
                grid = Grid(office)
            with gr.Tab(words["staff-editor-tab"], id="editor") as tab:
                editor = Editor(office, venue)
                editor.load(tab)
            with gr.Tab(words["staff-terms"], id="terms") as tab:
                Sheet(office, venue, "terms.csv").load(tab)
            with gr.Tab(words["staff-phrases"], id="phrases") as tab:
                Phrases(office, venue).load(tab)
            with gr.Tab(words["staff-questions"], id="questions") as tab:
                Sheet(office, venue, "questions.csv").load(tab)
            with gr.Tab(words["staff-pictures"], id="pictures") as tab:
                Pictures(office, venue).load(tab)
            with gr.Tab(words["staff-inbox"], id="inbox") as tab:
                Notes(office).load(tab)
            with gr.Tab(words["staff-exchange"], id="exchange"):
                Exchange(office, venue)
            with gr.Tab(words["staff-users"], id="users", visible=False) as users:
                Users(office).load(users)
        OwnPassword(office)

        def enter(request: gr.Request) -> Sequence[Any]:
            venues = list(house.venues())
            return [
                gr.Dropdown(choices=venues, value=house.venue, visible=len(venues) > 1),
                _who(office, request),
                grid.shown(house.venue),
                gr.Tab(visible=office.user(request).may("administrator")),
            ]

        def open_cell(chosen: str, opened: Any, text: str, event: gr.EventData) -> dict[Any, Any]:
            shown = editor.go(chosen, event.stop, event.kind, event.language, opened, text)
            return {tabs: gr.Tabs(selected="editor"), **shown}

        page.load(enter, None, [venue, who, grid.table, users], **QUIET)
        for changed in (texts.select, venue.input):
            changed(grid.shown, venue, grid.table, **QUIET)
        opening = [venue, editor.opened, editor.text]
        grid.table.click(open_cell, opening, [tabs, *editor.outputs], **QUIET)
    return page


def _bar(office: Office) -> str:
    links = " ".join(
        f'<a href="/staff/{tag}/" lang="{tag}">{escape(endonym(tag))}</a>' for tag in LANGUAGES if tag != office.tag
    )
    title, leave = escape(office.words["staff-desk"]), escape(office.words["staff-to-kiosk"])
    return f'<h1>{title}</h1><nav>{links} <a href="/">{leave}</a></nav>'


def _who(office: Office, request: gr.Request) -> str:
    user = office.user(request)
    words = office.words
    return (
        f"<span>{escape(user.name)} <small>{escape(words[f'staff-{user.role}'])}</small></span>"
        f'<form method="post" action="/staff/logout"><button class="plain-button">{escape(words["staff-log-out"])}'
        "</button></form>"
    )
