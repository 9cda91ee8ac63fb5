"""Who may work at the desk, for administrators; and everybody's own password."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from ui.pages.page import QUIET
from ui.pages.staff_office import Office, told
from ui.server.accounts import LONGEST_NAME, LONGEST_PASSWORD, ROLES


class Users:
    """The people and their roles."""

    def __init__(self, office: Office) -> None:
        """Build the components."""
        self._office, words = office, office.words
        roles = [(words[f"staff-{role}"], role) for role in ROLES]
        self._list = gr.HTML(js_on_load=None, elem_id="staff-users")
        with gr.Row(elem_classes="side-by-side"):
            with gr.Column():
                gr.HTML(f"<h2>{escape(words['staff-new-user'])}</h2>", js_on_load=None)
                name = gr.Textbox(label=words["staff-name"], max_length=LONGEST_NAME, elem_id="staff-new-name")
                role = gr.Radio(roles, value="editor", label=words["staff-role"], elem_id="staff-new-role")
                password = gr.Textbox(label=words["staff-password"], type="password", max_length=LONGEST_PASSWORD,
                                      elem_id="staff-new-password")  # fmt: skip
                add = gr.Button(words["staff-add"], variant="primary", elem_id="staff-add")
            with gr.Column():
                gr.HTML(f"<h2>{escape(words['staff-change-user'])}</h2>", js_on_load=None)
                self._name = gr.Dropdown([], label=words["staff-name"], elem_id="staff-user")
                other = gr.Radio(roles, label=words["staff-role"], elem_id="staff-user-role")
                fresh = gr.Textbox(label=words["staff-new-password"], type="password", max_length=LONGEST_PASSWORD,
                                   elem_id="staff-user-password")  # fmt: skip
                with gr.Row(elem_classes="actions"):
                    change = gr.Button(words["staff-set-role"], elem_id="staff-set-role")
                    reset = gr.Button(words["staff-set-password"], elem_id="staff-set-password")
                    remove = gr.Button(words["staff-remove"], variant="stop", elem_id="staff-remove")
        self.outputs = [self._list, self._name]
        add.click(self._add, [name, role, password], [*self.outputs, name, password], **QUIET)
        change.click(self._set_role, [self._name, other], self.outputs, **QUIET)
        reset.click(self._set_password, [self._name, fresh], [*self.outputs, fresh], **QUIET)
        remove.click(self._remove, self._name, self.outputs, **QUIET)

    def load(self, tab: gr.Tab) -> None:
        """Open it whenever its tab is."""
        tab.select(self._open, None, self.outputs, **QUIET)

    @told
    def _open(self, request: gr.Request) -> list[Any]:
        self._office.user(request, "administrator")
        return self._shown()

    def _shown(self) -> list[Any]:
        words, users = self._office.words, self._office.accounts.users()
        rows = "".join(
            f'<tr><th scope="row">{escape(user.name)}</th><td>{escape(words[f"staff-{user.role}"])}</td></tr>'
            for user in users
        )
        heads = "".join(f'<th scope="col">{escape(words[key])}</th>' for key in ("staff-name", "staff-role"))
        table = f'<table class="plain"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        return [table, gr.Dropdown(choices=[user.name for user in users], value=None)]

    @told
    def _add(self, name: str, role: str, password: str, request: gr.Request) -> list[Any]:
        self._office.user(request, "administrator")
        user = self._office.accounts.add(name, role, password)
        self._office.tell(self._office.words["staff-added"].format(name=user.name))
        return [*self._shown(), "", ""]

    def _chosen(self, name: str | None) -> str:
        if not name:
            raise self._office.wrong(self._office.words["staff-choose-user"])
        return name

    @told
    def _set_role(self, name: str | None, role: str | None, request: gr.Request) -> list[Any]:
        self._office.user(request, "administrator")
        user = self._office.accounts.set_role(self._chosen(name), role or "")
        self._office.tell(f"{user.name}: {self._office.words[f'staff-{user.role}']}")
        return self._shown()

    @told
    def _set_password(self, name: str | None, password: str, request: gr.Request) -> list[Any]:
        self._office.user(request, "administrator")
        user = self._office.accounts.set_password(self._chosen(name), password)
        self._office.tell(self._office.words["staff-password-set"].format(name=user.name))
        return [*self._shown(), ""]

    @told
    def _remove(self, name: str | None, request: gr.Request) -> list[Any]:
        self._office.user(request, "administrator")
        self._office.accounts.remove(self._chosen(name))
        self._office.tell(self._office.words["staff-removed"].format(name=name))
        return self._shown()


class OwnPassword:
    """Everybody changes their own; whoever has only found an open desk cannot."""

    def __init__(self, office: Office) -> None:
        """Build the components."""
        self._office, words = office, office.words
        with gr.Accordion(words["staff-own-password"], open=False, elem_id="staff-own"):
            old = gr.Textbox(label=words["staff-old-password"], type="password", max_length=LONGEST_PASSWORD)
            new = gr.Textbox(label=words["staff-new-password"], type="password", max_length=LONGEST_PASSWORD)
            change = gr.Button(words["staff-set-password"], elem_id="staff-own-set")
        change.click(self._change, [old, new], [old, new], **QUIET)

    @told
    def _change(self, old: str, new: str, request: gr.Request) -> list[str]:
        user, words = self._office.user(request), self._office.words
        if self._office.accounts.check(user.name, old) is None:
            raise self._office.wrong(words["staff-old-wrong"])
        self._office.accounts.set_password(user.name, new)
        self._office.tell(words["staff-log-in-again"])
        return ["", ""]
