"""What phones open besides the pages: QR codes, links that were taken along, and a room by its code."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.convertors import Convertor, register_url_convertor

from ui.pages.strings import strings
from ui.server.links import OWN, LinkError, Links, picture, preferred
from ui.server.problems import RESPONSES, Refused
from ui.server.rooms import CODE_LENGTH, CODE_LETTERS, RoomError, Rooms
from venues.pack import TAGS


class _Code(Convertor[str]):
    """A room's code in an address, as people type it."""

    regex = f"(?i:[{CODE_LETTERS}]{{{CODE_LENGTH}}})"

    def convert(self, value: str) -> str:
        return value.upper()

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("code", _Code())


def routes(links: Links, rooms: Rooms) -> APIRouter:
    """The routes; they come before the pages are mounted."""
    router = APIRouter()

    @router.get("/v1/qr", response_class=Response, responses={**RESPONSES, 200: {"content": {"image/svg+xml": {}}}})
    def qr(path: str, request: Request) -> Response:
        """A QR code (SVG) of the address at which a phone finds one of our own paths."""
        if not OWN.fullmatch(path):
            raise Refused(400, "bad_path", "a QR code is drawn for /follow, /go and /kiosk alone.")
        address = links.reach.address(str(request.url))
        if not address:
            raise Refused(409, "out_of_reach", "phones cannot reach this machine; start it with --host 0.0.0.0.")
        return Response(picture(address + path), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

    @router.get("/go/{token}", include_in_schema=False)
    def go(token: str, request: Request) -> Response:
        """Open what a link stands for, while that is there."""
        try:
            path = links.open(token)
            for room in parse_qs(urlsplit(path).query).get("code", []):
                rooms.find(room)
            return RedirectResponse(path, 303, {"Cache-Control": "no-store"})
        except (LinkError, RoomError):
            return HTMLResponse(_expired(preferred(request.headers.get("accept-language", ""))), 410)

    @router.get("/follow/{code:code}", include_in_schema=False)
    def follow(code: str, request: Request) -> Response:
        """The short address of a room; ``language`` may come along."""
        tag = request.query_params.get("language", "")
        return RedirectResponse(f"/follow/?code={code}" + (f"&language={tag}" if tag in TAGS else ""), 303)

    return router


def _expired(tag: str) -> str:
    words = {key: escape(text) for key, text in strings(tag).items()}
    return (
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8"><title>{words["link-expired"]}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/assets/kiosk.css"><link rel="stylesheet" href="/assets/follow.css"></head>'
        f'<body><main id="expired"><h1>{words["link-expired"]}</h1>'
        f'<a href="/kiosk/?language={tag}">{words["to-start-page"]}</a></main></body></html>'
    )
