"""Pages that are made once and then given as they are.

Gradio puts the whole configuration of a page together for each request, tens of milliseconds of work that always comes
to the same: a group that opens its phones at once would wait for it one after the other.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST = 32
"""Pages that are kept: one for each address that browsers ask for and each way to compress."""
_SAME = (b"host", b"accept-encoding")
_OTHER = (b"x-forwarded", b"x-direct", b"cookie", b"authorization", b"range", b"if-")
"""Beginnings of headers that may change the answer: who sends one of these is answered anew."""


class Kept:
    """ASGI middleware around the pages at some paths."""

    def __init__(self, app: ASGIApp, paths: frozenset[str]) -> None:
        self._app = app
        self._paths = paths
        self._pages: OrderedDict[tuple[Any, ...], list[Message]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or keep what is answered."""
        key = self._key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        if key in self._pages:
            self._pages.move_to_end(key)
            for message in self._pages[key]:
                await send(_copy(message))
            return
        made: list[Message] = []

        async def note(message: Message) -> None:
            made.append(_copy(message))
            await send(message)

        await self._app(scope, receive, note)
        if made and _for_everybody(made[0]) and not made[-1].get("more_body"):
            self._pages[key] = made
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)

    def _key(self, scope: Scope) -> tuple[Any, ...] | None:
        # The query is read by the page when it has been loaded; only a deep link of Gradio's own changes the page.
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in self._paths:
            return None
        headers = dict(scope["headers"])
        if b"deep_link" in scope["query_string"] or any(name.startswith(_OTHER) for name in headers):
            return None
        return (scope["path"], scope["scheme"], *(headers.get(name, b"")[:200] for name in _SAME))


def _for_everybody(start: Message) -> bool:
    return start.get("status") == 200 and all(name.lower() != b"set-cookie" for name, _ in start["headers"])


def _copy(message: Message) -> Message:
    # Whoever stands outside adds headers to the list.
    return {**message, "headers": list(message["headers"])} if "headers" in message else message
