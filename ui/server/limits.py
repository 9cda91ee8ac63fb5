"""How much one visitor, one program and all of them together may ask of this machine at once."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interpreter.cards import near
from interpreter.errors import ChoiceError, InterpreterError
from ui.server.problems import PREFIX, Refused, refuse
from venues.errors import VenueError

Result = TypeVar("Result")
MEGABYTE = 1024 * 1024
SMALL = MEGABYTE
"""Bytes of a body that is no sound file."""
PARTING = 2.0
"""Seconds that a conversation which is turned away stays open."""
_MOST_ADDRESSES = 10_000
"""Addresses that are remembered; who was quiet longest is forgotten first."""
_SOUND = ("/v1/audio/transcriptions", "/v1/audio/translations")
_UNCOUNTED = ("/v1/ready",)
_DESK = "/staff"
"""Packs and pictures are brought in there, by who has logged in."""


@dataclass(frozen=True)
class Limits:
    """What may be asked at once."""

    upload: int = 25
    """Megabytes of a sound file."""
    seconds: int = 900
    """Seconds of sound in one file."""
    requests: int = 240
    """Requests to ``/v1`` per minute from one address."""
    running: int = max(1, (os.cpu_count() or 2) // 2)
    """Requests that are worked on at the same time; conversations are not counted."""
    waiting: int = 16
    """Requests that wait for these."""
    sockets: int = 40
    """Conversations at once from one address."""
    messages: int = 10
    """Messages per second of one conversation, sound aside; a burst of five seconds is taken."""

    @classmethod
    def parse(cls, text: str) -> Limits:
        """Such as ``sockets=300,requests=1000``; what is not named keeps its value. Raises ChoiceError."""
        names = [each.name for each in fields(cls)]
        given: dict[str, int] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = (word.strip() for word in part.partition("="))
            if name not in names:
                raise ChoiceError(f"'{name}' is no limit; {near(name, names)}The limits are {', '.join(names)}.")
            if not (value.isascii() and value.isdigit() and int(value) > 0):
                raise ChoiceError(f"the limit {name} is a whole number from 1, not '{value}'; write {name}=100.")
            given[name] = int(value)
        return replace(cls(), **given)


class Bucket:
    """Allows so many at once, and so many per second after that."""

    def __init__(self, size: float, per_second: float) -> None:
        self._size, self._rate = size, per_second
        self._left, self._at = size, time.monotonic()

    def take(self) -> float:
        """Take one: 0 when it was there, else the seconds until there is one."""
        now = time.monotonic()
        self._left = min(self._size, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= 1
        return 0.0


class Work:
    """Does what takes long in threads: a few at a time, a few waiting, and the others are told to come again."""

    def __init__(self, limits: Limits) -> None:
        self._places = asyncio.Semaphore(limits.running)
        self._most = limits.waiting
        self._waiting = 0

    async def do(self, function: Callable[[], Result], *, patient: bool = False) -> Result:
        """The result of a function. Raises Refused when too many wait; ``patient`` waits with any number."""
        if self._places.locked() and self._waiting >= self._most and not patient:
            raise Refused(503, "busy", "too much is being worked on; try again in a few seconds.", retry_after=5)
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            return await run_in_threadpool(function)
        except (InterpreterError, VenueError, HTTPException):
            raise
        except Exception as error:
            # Its message may hold what a visitor said, so only its kind and its place are told.
            place = traceback.extract_tb(error.__traceback__)[-1]
            print(f"{type(error).__name__} in {place.filename}, line {place.lineno}", file=sys.stderr, flush=True)
            message = f"the engine failed ({type(error).__name__}); try again, or with another model."
            raise Refused(500, "engine_failed", message) from None
        finally:
            self._places.release()


def address(scope: Scope) -> str:
    """Whom a connection comes from. The addresses of one IPv6 network of 64 bits are one household."""
    host = str((scope.get("client") or ("",))[0])
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return host


class Bounds:
    """ASGI middleware: sizes and rates, before anything else looks at what came in."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._buckets: dict[str, Bucket] = {}
        self._sockets: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, or say why not."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._conversation(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if _counted(path) and (wait := self._bucket(address(scope)).take()):
            message = f"more than {self._limits.requests} requests in a minute; wait {wait:.0f} s and go on slower."
            await refuse(Refused(429, "rate_limit_exceeded", message, retry_after=wait), scope, receive, send)
            return
        if path.startswith(_DESK):
            await self._app(scope, receive, send)
            return
        most = self._limits.upload * MEGABYTE + SMALL if path in _SOUND else SMALL
        shown = self._limits.upload if path in _SOUND else 1
        problem = Refused(413, "too_large", f"more than {shown} MB; send less, or in several parts.")
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > most:
            await refuse(problem, scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise problem
            return message

        await self._app(scope, counted, send)

    def _bucket(self, who: str) -> Bucket:
        bucket = self._buckets.pop(who, None) or Bucket(self._limits.requests, self._limits.requests / 60)
        self._buckets[who] = bucket
        if len(self._buckets) > _MOST_ADDRESSES:
            del self._buckets[next(iter(self._buckets))]
        return bucket

    async def _conversation(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = address(scope)
        if self._sockets[who] >= self._limits.sockets:
            message = f"there are {self._limits.sockets} conversations from this address already; close one of them."
            await turn_away(receive, send, "too-many-connections", message, 1013)
            return
        bucket = Bucket(5 * self._limits.messages, self._limits.messages)

        async def counted() -> Message:
            while True:
                message = await receive()
                if message.get("text") is None or not bucket.take():
                    return message
                sentence = f"more than {self._limits.messages} messages in a second; this one was dropped."
                await send({"type": "websocket.send", "text": problem_text("too-many-messages", sentence)})

        self._sockets[who] += 1
        try:
            await self._app(scope, counted, send)
        finally:
            self._sockets[who] -= 1
            if not self._sockets[who]:
                del self._sockets[who]


def _counted(path: str) -> bool:
    if path.startswith(PREFIX):
        # Every page shows pictures.
        return path not in _UNCOUNTED and not path.endswith("/image")
    return path.endswith("/upload") and not path.startswith(_DESK)


def problem_text(code: str, message: str) -> str:
    """The message ``Problem`` of a conversation."""
    return json.dumps({"type": "Problem", "code": code, "message": message}, ensure_ascii=False)


async def turn_away(receive: Receive, send: Send, code: str, message: str, closing: int) -> None:
    """End a conversation before it begins. A browser reads a message, and not the answer to its handshake."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": problem_text(code, message)})
    # Who is about to say Start would find the connection broken before reading why.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PARTING):
            if (await receive())["type"] == "websocket.disconnect":
                return
    await send({"type": "websocket.close", "code": closing})
