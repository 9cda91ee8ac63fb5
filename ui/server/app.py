"""The program as one web application: pages by Gradio, conversations and interfaces for others beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from interpreter.lock import data_folder
from ui.pages import follow, kiosk
from ui.server import guide_api, speech_api, voices
from ui.server.house import House
from ui.server.kept import Kept
from ui.server.keys import Gate, Keys
from ui.server.limits import Bounds, Limits, Work
from ui.server.links import Links
from ui.server.login import add_staff
from ui.server.phones import routes
from ui.server.problems import add_handlers
from ui.server.rooms import Rooms
from ui.server.shelf import Shelf
from ui.server.wire import Wire

STATIC = Path(kiosk.__file__).parent / "static"
HEADERS = {
    # Gradio builds its pages with inline scripts and functions made from text, so both stay allowed; everything else
    # has to come from this machine, and nobody may put the pages into a frame of theirs.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}


def build(house: House, links: Links, limits: Limits = Limits(), keys: Keys = Keys()) -> FastAPI:
    """The application around a house that is open; ``links`` knows how phones reach it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        spoken.close()
        house.close()

    app = FastAPI(title="Interpreter", version="1", lifespan=lifespan, openapi_url="/v1/openapi.json", docs_url=None,
                  redoc_url=None)  # fmt: skip
    rooms = Rooms()
    spoken = voices.Voices(data_folder() / "speech", house.engines)
    app.state.house, app.state.rooms = house, rooms
    # The last one added is asked first: a guessed key counts as a request, and a refusal has the headers, too.
    app.add_middleware(Gate, keys=keys)
    app.add_middleware(Bounds, limits=limits)
    add_handlers(app)
    app.add_middleware(Kept, paths=frozenset({"/kiosk/", "/follow/"}))
    add_staff(app, house)

    @app.middleware("http")
    async def guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/", include_in_schema=False)
    async def begin() -> RedirectResponse:
        return RedirectResponse("/kiosk/")

    @app.get("/v1/ready")
    async def ready() -> dict[str, bool]:
        """Whether the program answers: for whoever starts and watches it."""
        return {"ready": True}

    @app.websocket("/v1/interpret")
    async def interpret(socket: WebSocket) -> None:
        await Wire(socket, house, rooms).run()

    work = Work(limits)
    app.include_router(speech_api.router(house, Shelf(house), work, limits))
    app.include_router(guide_api.router(house, work))
    app.include_router(voices.router(house, spoken))
    app.include_router(routes(links, rooms))
    app.mount("/assets", StaticFiles(directory=STATIC), name="assets")
    for path, page, head in (
        ("/follow", follow.build(house, rooms), follow.HEAD),
        ("/kiosk", kiosk.build(house, links, rooms), kiosk.HEAD),
    ):
        app = gr.mount_gradio_app(
            app, page, path=path, theme=kiosk.THEME, head=head, css_paths=sorted(STATIC.glob("*.css")),
            footer_links=[], run_history=False, ssr_mode=False, enable_monitoring=False, show_error=False,
        )  # fmt: skip
    return app
