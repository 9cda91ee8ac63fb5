"""What a visitor takes along: addresses that a phone reaches, pictures of them, and links that expire.

A link names a conversation or a stop, and a language: nothing about a person, and nothing is kept. It is signed with
a secret that lives in memory, so that a link of an earlier start of the program is a forged one.
"""

from __future__ import annotations

import io
import re
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import quote

import segno
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.datastructures import URL

from interpreter.errors import InterpreterError, LanguageError
from interpreter.languages import language
from venues.pack import TAGS

LIFETIME = 2 * 3600
"""Seconds for which a link opens something."""
OWN = re.compile(r"/follow(/[A-Z2-9]{6})?|/go/[A-Za-z0-9_.-]{1,300}|/kiosk/(\?(language|stop)=[A-Za-z0-9&=-]{1,120})?")
"""Paths that there is a picture for; nobody else's address gets one from here."""


class LinkError(InterpreterError):
    """A link that is forged or too old, or an address that no phone reaches."""


@dataclass(frozen=True)
class Reach:
    """Where the program listens, and so who can reach it."""

    host: str = "127.0.0.1"
    port: int = 7860
    secure: bool = False
    """Whether it speaks https."""

    def address(self, asked: str) -> str:
        """The address for a phone, without a path, when a browser asked for ``asked``; empty: no phone gets through.

        Raises nothing.
        """
        url = URL(asked)
        if not _is_this_machine(url.hostname or ""):
            return f"{url.scheme}://{url.netloc}"
        if self.host not in ("0.0.0.0", "::", ""):
            return "" if _is_this_machine(self.host) else self._at(self.host)
        found = lan_address()
        return self._at(found) if found else ""

    def _at(self, host: str) -> str:
        scheme, usual = ("https", 443) if self.secure else ("http", 80)
        host = f"[{host}]" if ":" in host else host
        return f"{scheme}://{host}" + ("" if self.port == usual else f":{self.port}")


def _is_this_machine(host: str) -> bool:
    host = host.strip("[]").lower()
    return host in ("localhost", "::1", "") or host.endswith(".localhost") or host.startswith("127.")


def lan_address() -> str:
    """This machine's address in the network it is in; empty where it is in none. Nothing is sent."""
    for towards in ("10.255.255.255", "192.168.255.255", "172.31.255.255"):
        try:
            # Connecting a UDP socket only asks the routing table.
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.connect((towards, 9))
                found = str(probe.getsockname()[0])
        except OSError:
            continue
        if not _is_this_machine(found) and found != "0.0.0.0":
            return found
    return ""


class Links:
    """Makes and opens links; the same everywhere in one running program."""

    def __init__(self, reach: Reach = Reach()) -> None:
        self.reach = reach
        self._signer = URLSafeTimedSerializer(secrets.token_bytes(32), salt="take-it-with-you")

    def conversation(self, room: str, tag: str) -> str:
        """The path that opens a conversation for somebody who reads the language."""
        return "/go/" + str(self._signer.dumps({"room": room, "language": tag}))

    def stop(self, stop: str, tag: str) -> str:
        """The path that opens the guide at a stop."""
        return "/go/" + str(self._signer.dumps({"stop": stop, "language": tag}))

    def open(self, token: str, lifetime: int = LIFETIME) -> str:
        """The path that a link stands for. Raises LinkError when it is forged, or older than ``lifetime`` seconds."""
        try:
            told = self._signer.loads(token, max_age=lifetime)
        except BadSignature as error:
            raise LinkError(f"this link opens nothing ({error}); get a new one at the kiosk.") from None
        tag = quote(told["language"])
        if "room" in told:
            return f"/follow/?code={quote(told['room'])}&language={tag}"
        return f"/kiosk/?language={tag}&stop={quote(told['stop'])}"


def picture(address: str) -> str:
    """An address as a QR code: SVG, dark on white with its quiet zone, as large as the place it is put in."""
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(
        drawn, kind="svg", omitsize=True, border=4, dark="#000000", light="#ffffff", xmldecl=False, svgclass=None,
        lineclass=None,
    )  # fmt: skip
    return drawn.getvalue().decode("utf-8")


def preferred(accepted: str) -> str:
    """The language of a phone from what its browser sends as Accept-Language; English where we have none of them."""
    wishes = []
    for number, part in enumerate(accepted[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), number, tag.strip()))
        except ValueError:
            continue
    for _, _, tag in sorted(wishes):
        try:
            # A phone that says only "Chinese" is set to the mainland's.
            known = "zh-Hans" if tag.lower() == "zh" else language(tag).tag
        except LanguageError:
            continue
        if known in TAGS:
            return known
    return "en"
