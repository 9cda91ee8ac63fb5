"""The door of the staff desk: the login page, the session, and the gate before everything under ``/staff``.

The session is a signed cookie that no script reads (HttpOnly), that goes to ``/staff`` alone, and that the browser
sends with no request that another site begins (SameSite=Strict).
"""

from __future__ import annotations

import secrets
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import gradio as gr
from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.middleware.sessions import SessionMiddleware

from interpreter.lock import data_folder
from ui.pages import staff
from ui.pages.strings import strings
from ui.server.accounts import LONGEST_NAME, LONGEST_PASSWORD, SESSION, Accounts, folded
from ui.server.attempts import Attempts
from venues.errors import VenueError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ui.server.house import House

LOGIN = "/staff/login"
_COOKIE = "staff-session"
_LARGEST_FORM = 8192
"""Bytes of a filled-in login page."""
_LARGEST_UPLOAD = "200mb"
"""Of a pack that is brought in."""


class Gate:
    """Lets nobody under ``/staff`` who has not logged in, and no request that another site's page sends."""

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self._app = app
        self._accounts = accounts
        # Over https the cookie goes over https alone.
        self._sessions = {
            scheme: SessionMiddleware(
                self._staff, accounts.secret(), _COOKIE, max_age=SESSION, path="/staff", same_site="strict",
                https_only=scheme == "https",
            )
            for scheme in ("http", "https")
        }  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection."""
        path = scope.get("path", "")
        if scope["type"] in ("http", "websocket") and (path == "/staff" or path.startswith("/staff/")):
            await self._sessions["https" if scope["scheme"] in ("https", "wss") else "http"](scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _staff(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # there is none here
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope, receive)
        refused = self._refused(request)
        app = self._app if refused is None else refused
        await app(scope, receive, _unkept(send))

    def _refused(self, request: Request) -> Response | None:
        # Gradio's pages send their events without a token, so two things keep other sites out (CSRF): the cookie is
        # SameSite=Strict, and what changes something has to come from a page of this very address. A browser names the
        # page's origin with every POST and lets no page write that header itself. Behind a proxy the header Host has to
        # be handed on as it came.
        if request.method not in ("GET", "HEAD") and not _own_origin(request):
            return _refusal(403, "other-origin", "this request came from another site's page; nothing was done.")
        if request.url.path.rstrip("/") == LOGIN:
            length = request.headers.get("content-length", "0" if request.method in ("GET", "HEAD") else "")
            if not length.isdigit() or int(length) > _LARGEST_FORM:
                return _refusal(413, "too-large", f"a name and a password have less than {_LARGEST_FORM} bytes.")
            return None
        if self._accounts.holder(request.session) is not None:
            return None
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(LOGIN, 303)
        return _refusal(401, "not-logged-in", f"log in first, at {LOGIN}.")


def _own_origin(request: Request) -> bool:
    origin = urlsplit(request.headers.get("origin", ""))
    return origin.scheme in ("http", "https") and origin.netloc.lower() == request.headers.get("host", "").lower()


def _refusal(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)


def _unkept(send: Send) -> Send:
    """Answers of the desk stay out of caches, and its forms may say where they come from."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith(("text/html", "application/json")):
                headers["Cache-Control"] = "no-store"
            # With "no-referrer" a browser sends "Origin: null" with a form, and the gate could not tell whose it is.
            headers["Referrer-Policy"] = "same-origin"
        await send(message)

    return sent


def add_staff(app: FastAPI, house: House) -> None:
    """Add the desk with its door to an application. To be called before what has to look at every answer is added."""
    accounts = Accounts(data_folder())
    attempts = Attempts()
    app.state.accounts = accounts
    app.add_middleware(Gate, accounts=accounts)

    @app.get(LOGIN, include_in_schema=False)
    def ask(request: Request) -> Response:
        if accounts.holder(request.session) is not None:
            return RedirectResponse("/staff", 303)
        return _page(request, accounts)

    @app.post(LOGIN, include_in_schema=False)
    def log_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        if not secrets.compare_digest(token.encode(), str(request.session.get("token", "")).encode()) or not token:
            return _page(request, accounts, "staff-login-old", 403)
        address = request.client.host if request.client else ""
        if wait := attempts.begin(folded(name)[:LONGEST_NAME], address):
            response = _page(request, accounts, "staff-login-wait", 429, minutes=int(wait // 60) + 1)
            response.headers["Retry-After"] = str(int(wait) + 1)
            return response
        user = accounts.check(name, password)
        if user is None:
            return _page(request, accounts, "staff-login-wrong", 401)
        attempts.succeeded(folded(name)[:LONGEST_NAME], address)
        request.session.clear()
        request.session.update(accounts.begin(user))
        return RedirectResponse("/staff", 303)

    @app.post("/staff/logout", include_in_schema=False)
    def log_out(request: Request) -> Response:
        accounts.end(request.session)
        request.session.clear()
        return RedirectResponse(LOGIN, 303)

    @app.get("/staff", include_in_schema=False)
    @app.get("/staff/", include_in_schema=False)
    def enter(request: Request) -> Response:
        return RedirectResponse(f"/staff/{_language(request)}/", 303)

    @app.get("/staff/pictures/{name}", include_in_schema=False)
    def picture(name: str) -> Response:
        """A picture that may not be published yet, for whoever works on it."""
        try:
            return FileResponse(house.desk.media.path(name))
        except VenueError:
            return Response(status_code=404)

    def holder(request: Request) -> str | None:
        user = accounts.holder(request.session)
        return user.name if user else None

    static = Path(staff.__file__).parent / "static"
    for tag in staff.LANGUAGES:
        gr.mount_gradio_app(
            app, staff.build(house, accounts, tag), path=f"/staff/{tag}", auth_dependency=holder, theme=staff.THEME,
            css_paths=[static / "kiosk.css", static / "staff.css"], max_file_size=_LARGEST_UPLOAD, head=staff.HEAD,
            footer_links=[], run_history=False, ssr_mode=False, enable_monitoring=False, show_error=False,
        )  # fmt: skip


def _language(request: Request) -> str:
    """The language of the desk that the browser prefers."""
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.partition(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh-Hant"
        if tag.startswith("en"):
            return "en"
    return "en"


_PAGE = """<!doctype html>
<html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="/assets/kiosk.css"><link rel="stylesheet" href="/assets/staff.css">
</head><body class="login"><main><h1>{title}</h1>{message}
<form method="post" action="{action}"><input type="hidden" name="token" value="{token}">
<label>{name}<input name="name" autocomplete="username" maxlength="{longest_name}" required autofocus></label>
<label>{password}<input name="password" type="password" autocomplete="current-password" maxlength="{longest}" required>
</label><button class="plain-button primary">{enter}</button></form>
<p><a href="/">{leave}</a></p></main></body></html>
"""


def _page(request: Request, accounts: Accounts, key: str = "", status: int = 200, minutes: int = 0) -> Response:
    tag = _language(request)
    words = strings(tag)
    token = str(request.session.get("token", ""))
    if not token:
        token = request.session["token"] = secrets.token_urlsafe(16)
    if not key and not accounts.users():
        key = "staff-login-nobody"
    told = words[key].format(minutes=minutes) if key else ""
    message = f'<p role="alert">{escape(told)}</p>' if told else ""
    page = _PAGE.format(
        tag=tag, title=escape(words["staff-desk"]), message=message, action=LOGIN, token=escape(token),
        name=escape(words["staff-name"]), password=escape(words["staff-password"]), enter=escape(words["staff-log-in"]),
        leave=escape(words["staff-to-kiosk"]), longest=LONGEST_PASSWORD, longest_name=LONGEST_NAME,
    )  # fmt: skip
    return HTMLResponse(page, status)
