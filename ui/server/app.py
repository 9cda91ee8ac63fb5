"""The program as one web application: pages by Gradio, conversations and interfaces for others beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from ui.pages import kiosk
from ui.server.house import House
from ui.server.login import add_staff
from ui.server.rooms import Rooms
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


def build(house: House) -> FastAPI:
    """The application around a house that is open."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        house.close()

    app = FastAPI(title="Interpreter", version="1", lifespan=lifespan, openapi_url="/v1/openapi.json", docs_url=None,
                  redoc_url=None)  # fmt: skip
    rooms = Rooms()
    app.state.house, app.state.rooms = house, rooms
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

    @app.get("/v1/venues/{venue}/stops/{stop}/image", include_in_schema=False)
    def image(venue: str, stop: str) -> Response:
        """A stop's picture; 404 where it has none."""
        path = house.picture(venue, stop)
        return FileResponse(path, headers={"Cache-Control": "max-age=300"}) if path else Response(status_code=404)

    app.mount("/assets", StaticFiles(directory=STATIC), name="assets")
    mounted: FastAPI = gr.mount_gradio_app(
        app, kiosk.build(house), path="/kiosk", theme=kiosk.THEME, head=kiosk.HEAD,
        css_paths=sorted(STATIC.glob("*.css")),
        footer_links=[], run_history=False, ssr_mode=False, enable_monitoring=False, show_error=False,
    )  # fmt: skip
    return mounted
