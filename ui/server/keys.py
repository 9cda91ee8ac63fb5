"""Keys of other programs. Without any set, the interfaces are open to whoever reaches this machine.

With keys, everything under ``/v1`` needs one as ``Authorization: Bearer KEY``, but for ``/v1/ready``. The program's own
pages are for visitors, who have none: each page brings a cookie that opens what pages use, the conversation and what is
only read, when it is asked for from the page's own origin. It keeps other programs and other sites out, and nobody
who opens the page and copies the cookie; what costs most (sound files, translation, questions) needs a key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interpreter.errors import ChoiceError
from ui.server.limits import turn_away
from ui.server.problems import PREFIX, Refused, refuse

VARIABLE = "INTERPRETER_API_KEYS"
SHORTEST = 20
"""Letters of a key."""
COOKIE = "interpreter_pages"
_OPEN = ("/v1/ready",)


@dataclass(frozen=True, repr=False)
class Keys:
    """Which keys open the interfaces; none: no key is needed. Never shown: only digests are kept."""

    digests: tuple[bytes, ...] = ()
    """SHA-256 of each key."""
    pages: str = ""
    """What the cookie of the pages says; the same until the keys change, so that a page survives a restart."""

    @classmethod
    def parse(cls, text: str) -> Keys:
        """Keys with commas between them. Raises ChoiceError, which does not repeat the key."""
        keys = tuple(dict.fromkeys(key for part in text.split(",") if (key := part.strip())))
        for number, key in enumerate(keys, start=1):
            if len(key) < SHORTEST or not key.isascii() or any(char.isspace() for char in key):
                raise ChoiceError(
                    f"key {number} of {VARIABLE} is not {SHORTEST} or more ASCII letters and digits; make one with: "
                    'python -c "import secrets; print(secrets.token_urlsafe(32))"'
                )
        if not keys:
            return cls()
        # A visitor has the cookie in hand; a slow function leaves no way back from it to a key.
        pages = hashlib.scrypt(",".join(sorted(keys)).encode(), salt=b"the pages' own cookie", n=1 << 14, r=8, p=1)
        return cls(tuple(map(_digest, keys)), pages.hex())

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Keys:
        """Those of INTERPRETER_API_KEYS. Raises ChoiceError."""
        return cls.parse(environment.get(VARIABLE, ""))

    def know(self, key: str) -> bool:
        """Whether it is one of the keys; takes as long for one as for another."""
        mine = _digest(key)
        return sum(hmac.compare_digest(mine, each) for each in self.digests) > 0


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()


class Gate:
    """ASGI middleware that asks for a key."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, or say what is missing."""
        if scope["type"] == "lifespan" or not self._keys.digests:
            await self._app(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            if scope["path"] in _OPEN or self._may_enter(scope):
                await self._app(scope, receive, send)
            elif scope["type"] == "websocket":
                await turn_away(receive, send, "invalid-key", _MISSING, 1008)
            else:
                await refuse(Refused(401, "invalid_api_key", _MISSING), scope, receive, send)
        else:
            await self._app(scope, receive, self._with_cookie(scope, send))

    def _may_enter(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        kind, _, key = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._keys.know(key.strip()):
            return True
        if scope["type"] == "websocket":
            # Cookies go along when another site's page opens a socket here; its origin tells.
            origin = urlsplit(headers.get("origin", "")).netloc
            return origin == headers.get("host") and self._has_cookie(headers)
        return scope["method"] in ("GET", "HEAD") and self._has_cookie(headers)

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(), self._keys.pages.encode())

    def _with_cookie(self, scope: Scope, send: Send) -> Send:
        secure = "; Secure" if scope.get("scheme") == "https" else ""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    cookie = f"{COOKIE}={self._keys.pages}; Path=/v1; HttpOnly; SameSite=Strict{secure}"
                    headers.append("Set-Cookie", cookie)
            await send(message)

        return sent


_MISSING = "a key is needed that this machine knows; send it as Authorization: Bearer KEY, and ask the venue for one."
