"""Rooms: who takes part in a conversation, and what each of them gets, also after a lost connection.

Two people at a counter are a room with one or two members; a tour guide with a group is a room with many. Everything
that lasts (what was understood, what it means) has a number in its room, and is kept for as long as the room lives, so
that whoever comes back asks for what came after the last number they have. Sound is not kept. A room is dropped with
all its texts when somebody ends it, or when nobody has come back for a while.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from interpreter.errors import InterpreterError

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters of a room's code: none that looks like another."""
CODE_LENGTH = 6
KEPT = 8000
"""Lasting messages of a room: an hour of sentences in fifteen languages."""
MOST_WAITING = 400
"""Messages that wait for one member; who is slower than that is let go and may come back."""
LATE = 50
"""Sentences that are translated afterwards for the first who reads a language."""
MISSED = 900.0
"""Seconds for which a language is translated on when its last listener has gone: a lost connection comes back."""
PAUSE = 0.1
"""Seconds between two messages about who is in a room; a group that comes at once is told of once."""
GRACE = 120.0
"""Seconds for which a conversation is kept when nobody who speaks in it is connected."""
BREAK = 2 * 3600.0
"""The same for a tour, when neither the guide nor anybody who follows is: screens sleep while people have lunch."""
MOST_ROOMS = 500
LASTING = frozenset({"Final", "Translated"})


class RoomError(InterpreterError):
    """A room that is not there, or that nobody else may enter."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(eq=False)
class Member:
    """One connection that takes part."""

    number: int
    speaks: tuple[str, ...]
    """Tags of what is said here; empty for who only listens."""
    hears: tuple[str, ...]
    """Tags that are read and heard here."""
    voice: bool = True
    """Whether the voice is wanted."""
    outbox: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    """Messages on their way, as JSON; None: the connection ends."""
    lost: bool = False
    """Let go because it was too slow."""

    def post(self, text: str) -> None:
        """Put a message on its way without waiting."""
        if self.lost:
            return
        try:
            self.outbox.put_nowait(text)
        except asyncio.QueueFull:
            self.lost = True
            while not self.outbox.empty():
                self.outbox.get_nowait()
            self.outbox.put_nowait(None)


class Room:
    """Used from the event loop alone."""

    def __init__(self, code: str, tour: bool = False) -> None:
        self.code = code
        self.tour = tour
        """Whether it is a guide's, with a group."""
        self.key = secrets.token_urlsafe(16)
        """Who has it may speak here."""
        self.members: list[Member] = []
        self.sequence = 0
        self.open = True
        """False once it has ended."""
        self.ending: asyncio.TimerHandle | None = None
        """Runs out while nobody comes back."""
        self._log: deque[tuple[int, frozenset[str], str]] = deque(maxlen=KEPT)
        self._next = 1
        self._left: dict[str, float] = {}
        self._finals: deque[dict[str, Any]] = deque(maxlen=LATE)
        self._told: set[tuple[int, int, str]] = set()
        self._telling: asyncio.TimerHandle | None = None

    @property
    def heard(self) -> tuple[str, ...]:
        """Tags that somebody listens in, or did a moment ago and may come back to."""
        now = time.monotonic()
        left = (tag for tag, when in self._left.items() if now - when < MISSED)
        return tuple(dict.fromkeys((*self._present(), *left)))

    @property
    def aloud(self) -> frozenset[str]:
        """Tags that somebody wants the voice in."""
        return frozenset(tag for member in self.members if member.voice for tag in member.hears)

    def opens(self, key: str) -> bool:
        """Whether a key lets somebody speak here; the code alone lets nobody."""
        return secrets.compare_digest(key.encode(), self.key.encode())

    @property
    def attended(self) -> bool:
        """Whether there is anybody whom it is kept for."""
        return any(self.tour or member.speaks for member in self.members)

    def join(self, speaks: tuple[str, ...], hears: tuple[str, ...], voice: bool) -> Member:
        """A new member; the others are told how many there are."""
        member = Member(self._next, speaks, hears, voice)
        self._next += 1
        self.members.append(member)
        member.post(self._about())
        self._tell_members()
        return member

    def leave(self, member: Member) -> None:
        """The connection of a member has ended."""
        if member in self.members:
            self.members.remove(member)
            if not member.speaks:
                self._left.update(dict.fromkeys(member.hears, time.monotonic()))
            self._tell_members()

    def forget(self) -> None:
        """Drop what was said; the members are let go."""
        self.open = False
        for timer in (self.ending, self._telling):
            if timer is not None:
                timer.cancel()
        for texts in (self._log, self._finals, self._told):
            texts.clear()
        for member in tuple(self.members):
            member.post(json.dumps({"type": "Closed"}))
            member.post("")

    def _present(self) -> Iterator[str]:
        return (tag for member in self.members for tag in member.hears)

    def _about(self) -> str:
        listeners = Counter(member.hears[0] for member in self.members if not member.speaks)
        languages = list(dict.fromkeys(self._present()))
        about = {"type": "Members", "count": len(self.members), "languages": languages, "listeners": listeners}
        return json.dumps(about)

    def _tell_members(self) -> None:
        # Two hundred phones that come at once would be forty thousand messages.
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(PAUSE, self._tell)

    def _tell(self) -> None:
        self._telling = None
        text = self._about()
        for member in self.members:
            member.post(text)

    def post(self, message: dict[str, Any], speaker: Member | None = None) -> None:
        """Send a message to whom it concerns; what lasts is numbered and kept."""
        kind = message["type"]
        if speaker is not None:
            message = {**message, "speaker": speaker.number}
        tags = frozenset({message["target"]}) if kind == "Translated" else frozenset()
        if kind in LASTING:
            self.sequence += 1
            message = {**message, "sequence": self.sequence}
        if kind == "Final" and message["certain"]:
            self._finals.append(message)
        elif kind == "Translated":
            self._told.add(_sentence(message, message["target"]))
        text = json.dumps(message, ensure_ascii=False)
        if kind in LASTING:
            self._log.append((self.sequence, tags, text))
        for member in tuple(self.members):
            if _concerns(message, member, speaker):
                member.post(text)

    def untold(self, tag: str) -> list[dict[str, Any]]:
        """The latest finals that nobody has had in this language, oldest first."""
        return [each for each in self._finals if each["language"] != tag and _sentence(each, tag) not in self._told]

    def post_late(self, translated: dict[str, Any]) -> None:
        """Send what an earlier final means to those who read its language, unless they have it by now."""
        if _sentence(translated, translated["target"]) not in self._told:
            self.post(translated)

    def since(self, sequence: int, hears: tuple[str, ...]) -> Iterator[str]:
        """What lasts and came after a number, for somebody who reads these languages."""
        for number, tags, text in self._log:
            if number > sequence and (not tags or tags & set(hears)):
                yield text


def _sentence(message: dict[str, Any], tag: str) -> tuple[int, int, str]:
    return message["speaker"], message["utterance"], tag


def _concerns(message: dict[str, Any], member: Member, speaker: Member | None) -> bool:
    kind = str(message["type"])
    tag = str(message.get("target") or message.get("language", ""))
    if speaker is None:
        return kind != "Translated" or tag in member.hears
    if member is speaker:
        # Who speaks into one of two windows does not want to hear the answer that the other window speaks.
        return kind != "Spoken" or (member.voice and tag in member.hears)
    if kind in ("Partial", "SpeechStarted", "SpeechEnded"):
        return kind != "Partial" or tag in member.hears
    if kind == "Translated":
        return tag in member.hears
    if kind == "Spoken":
        return member.voice and tag in member.hears
    return kind != "Failed"


class Rooms:
    """All rooms of the program."""

    def __init__(self, grace: float = GRACE, pause: float = BREAK) -> None:
        """``grace`` and ``pause`` are the seconds for which a conversation and a tour that nobody attends are kept."""
        self._rooms: dict[str, Room] = {}
        self._grace, self._pause = grace, pause

    def open(self, tour: bool = False) -> Room:
        """A new room with a code that nobody has. Raises RoomError when there are too many."""
        if len(self._rooms) >= MOST_ROOMS:
            raise RoomError("too-many-rooms", f"there are {MOST_ROOMS} rooms already; try again in a few minutes.")
        while (code := "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))) in self._rooms:
            pass
        self._rooms[code] = Room(code, tour)
        return self._rooms[code]

    def find(self, code: str) -> Room:
        """The room of a code, however it is written. Raises RoomError."""
        room = self._rooms.get(code.strip().upper().replace("-", "").replace(" ", ""))
        if room is None:
            raise RoomError(
                "no-such-room", f"there is no room '{code[:20]}'; ask the guide for the code, it has six letters."
            )
        return room

    def close(self, room: Room) -> None:
        """End a room: its texts are dropped at once, its members are told and let go."""
        if self._rooms.pop(room.code, None) is not None:
            room.forget()

    def leave(self, room: Room, member: Member) -> None:
        """The connection of a member has ended; the room is closed later unless somebody comes back."""
        room.leave(member)
        if room.attended or not room.open:
            return
        if room.ending is not None:
            room.ending.cancel()
        seconds = self._pause if room.tour else self._grace
        room.ending = asyncio.get_running_loop().call_later(seconds, self._end, room)

    def _end(self, room: Room) -> None:
        if not room.attended:
            self.close(room)
