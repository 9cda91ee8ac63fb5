"""``WS /v1/interpret``: one connection of a conversation. Messages are JSON; sound is 16 kHz s16le mono in binary.

From the client: ``Start`` (first), then sound, ``Listen``, ``Stop``, ``Tell``, ``Choose``, ``Say``, ``Interrupt``,
``Wrong``, ``Voice``, ``End``.
To the client: ``Ready`` (first), ``Members``, the events of a session (``Final`` and ``Translated`` with a ``reading``
in Latin letters, ``Failed`` with its ``language``), ``Done``, ``Nearest``, ``Busy``, ``Problem``, ``Closed``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.concurrency import iterate_in_threadpool

from interpreter.audio import RATE, from_pcm16
from interpreter.errors import InterpreterError
from interpreter.events import Event, SpeechEnded, Spoken, Translated, to_json
from interpreter.session import Conversation, Session
from interpreter.vad import Listening
from ui.server.house import House
from ui.server.rooms import Member, Room, RoomError, Rooms
from ui.server.shown import Shown, nearest
from venues.pack import TAGS

LARGEST_FRAME = 64 * 1024
"""Bytes of one message."""
LARGEST_TEXT = 500
"""Letters that are typed at once."""
BUSY = 4.0
"""Seconds of sound that may wait; beyond that the client is told, and the rest of the utterance is dropped."""
HELD = Listening(hangover=1.5)
"""While a button is held a pause ends nothing; letting go does."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Start(_Message):
    """Begin, or come back."""

    type: Literal["Start"]
    speaks: tuple[str, ...] = Field(default=(), max_length=len(TAGS))
    """Tags of what is said here; several: found from the sound."""
    hears: tuple[str, ...] = Field(min_length=1, max_length=len(TAGS))
    """Tags that are read and heard here."""
    room: str = Field(default="", max_length=20)
    """Code of a room; empty: a new one."""
    key: str = Field(default="", max_length=60)
    """What the first member of the room was given; without it one may only listen."""
    after: int = Field(default=0, ge=0)
    """Number of the last lasting message that was received."""
    hold: bool = True
    """Whether a button is held while speaking; else pauses end an utterance."""
    voice: bool = True
    """Whether the voice is wanted."""
    rate: float = Field(default=1.0, ge=0.4, le=2.5)
    """Speed of the voice."""
    asks: bool = False
    """Whether the guide is asked here: then the questions that visitors are known to ask are listened for."""
    tour: bool = False
    """Whether a new room is a tour: it outlives a break of the guide and the whole group."""


class Listen(_Message):
    """The next utterance is in this language."""

    type: Literal["Listen"]
    language: str


class Stop(_Message):
    """The button was let go: the utterance has ended."""

    type: Literal["Stop"]


class Tell(_Message):
    """Interpret what was typed."""

    type: Literal["Tell"]
    text: str = Field(max_length=LARGEST_TEXT)
    language: str


class Choose(_Message):
    """This reading of an uncertain utterance was meant."""

    type: Literal["Choose"]
    utterance: int
    text: str = Field(max_length=LARGEST_TEXT)


class Say(_Message):
    """Speak a text again, perhaps slower, to this connection alone."""

    type: Literal["Say"]
    text: str = Field(max_length=2000)
    language: str
    rate: float = Field(default=1.0, ge=0.4, le=2.5)


class Interrupt(_Message):
    """Stop the voice."""

    type: Literal["Interrupt"]


class Wrong(_Message):
    """Somebody says that this text was told wrongly; ``Nearest`` answers, to this connection alone."""

    type: Literal["Wrong"]
    text: str = Field(max_length=2000)
    language: str
    told: str = Field(default="", max_length=2000)
    """The translation that is called wrong."""
    target: str = ""
    """Its language."""


class Voice(_Message):
    """Whether the voice is wanted from now on."""

    type: Literal["Voice"]
    on: bool


class End(_Message):
    """Close the room for everybody; only who may speak in it."""

    type: Literal["End"]


Message = Annotated[
    Start | Listen | Stop | Tell | Choose | Say | Interrupt | Wrong | Voice | End, Field(discriminator="type")
]
_MESSAGE: TypeAdapter[Any] = TypeAdapter(Message)


def parse(text: str) -> Any:
    """A message of a client. Raises RoomError saying which field was wrong."""
    try:
        return _MESSAGE.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the message"
        raise RoomError("bad-message", f"{where}: {first['msg']}.") from None


def _known(tags: tuple[str, ...]) -> tuple[str, ...]:
    for tag in tags:
        if tag not in TAGS:
            raise RoomError("bad-language", f"'{tag}' is no language here; the languages are {', '.join(TAGS)}.")
    return tuple(dict.fromkeys(tags))


class Wire:
    """One connection from Start to its end."""

    def __init__(self, socket: WebSocket, house: House, rooms: Rooms) -> None:
        self._socket = socket
        self._house = house
        self._rooms = rooms
        self._work: asyncio.Queue[Callable[[], Iterator[Event]] | None] = asyncio.Queue()
        self._waiting = 0.0
        self._dropping = False
        self._rate, self._asks = 1.0, False
        self._loop = asyncio.get_running_loop()
        self._session: Session | None = None
        self._shown = Shown()
        self._deaf = False
        """Nobody understands what is spoken here; it can be typed."""

    async def run(self) -> None:
        """Serve the connection until it ends."""
        await self._socket.accept()
        try:
            room, member = await self._begin()
        except RoomError as error:
            await self._socket.send_text(_problem(error))
            await self._socket.close(1008)
            return
        except WebSocketDisconnect:
            return
        tasks = [
            asyncio.create_task(self._send(member)),
            asyncio.create_task(self._receive(room, member)),
            asyncio.create_task(self._labour(room, member)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            self._rooms.leave(room, member)
            if room.open:
                # What was said before the connection was lost is still told to those who stay.
                self._address(room, member)
                self._work.put_nowait(None)
                await asyncio.wait(tasks[2:])
        finally:
            if self._session is not None:
                self._session.interrupt()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._rooms.leave(room, member)

    async def _begin(self) -> tuple[Room, Member]:
        start = parse(await self._socket.receive_text())
        if not isinstance(start, Start):
            raise RoomError("bad-message", "the first message has to be Start.")
        speaks, hears = _known(start.speaks), _known(start.hears)
        # Read before anybody joins: what was written since is read from the store, which takes its time.
        hints = await asyncio.to_thread(self._house.listened_for, start.asks)
        room = self._rooms.find(start.room) if start.room else self._rooms.open(start.tour)
        speaking = not start.room or room.opens(start.key)
        if start.key and not speaking:
            raise RoomError("bad-key", "the key does not open this room; listen without one.")
        read_before = room.heard
        member = room.join(speaks if speaking else (), hears, start.voice)
        # Taken now, in one step with joining: whatever comes later is in the outbox, once.
        missed = list(room.since(start.after, (*hears, *speaks)))
        # Whoever is the first to read a language; for a language that was read already all has been translated.
        for tag in set(hears) - set(read_before) if not (speaking and speaks) else ():
            if late := room.untold(tag):
                self._work.put_nowait(partial(self._catch_up, room, late, tag))
        self._rate, self._asks = start.rate, start.asks
        if speaking and speaks:
            heard = [tag for tag in speaks if tag in self._house.heard]
            self._deaf = not heard
            self._session = Session(
                self._house.engines,
                Conversation.among(speaks, room.heard),
                hears=heard or self._house.heard,
                listening=HELD if start.hold else Listening(),
                hints=hints,
                terms=self._house.terms,
                voice_rate=start.rate,
            )
        ready: dict[str, Any] = {
            "type": "Ready", "room": room.code, "member": member.number, "sequence": room.sequence,
            "heard": [tag for tag in speaks if tag in self._house.heard],
            "spoken": [tag for tag in hears if tag in self._house.spoken], "missed": len(missed),
        }  # fmt: skip
        if speaking:
            ready["key"] = room.key
        try:
            await self._socket.send_text(json.dumps(ready))
            for text in missed:
                await self._socket.send_text(text)
        except BaseException:
            # Gone already: nobody else would let go of the room.
            self._rooms.leave(room, member)
            raise
        return room, member

    async def _send(self, member: Member) -> None:
        while text := await member.outbox.get():
            await self._socket.send_text(text)
        await self._socket.close(1013 if member.lost else 1000)

    async def _receive(self, room: Room, member: Member) -> None:
        while True:
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            if (sound := received.get("bytes")) is not None:
                self._take_sound(sound, member)
                continue
            text = received.get("text") or ""
            try:
                if len(text) > LARGEST_FRAME:
                    raise RoomError("too-large", f"a message has up to {LARGEST_FRAME} bytes.")
                self._take(parse(text), room, member)
            except InterpreterError as error:
                member.post(_problem(error))

    def _take_sound(self, sound: bytes, member: Member) -> None:
        session = self._session
        if session is None or self._deaf:
            return
        if len(sound) > LARGEST_FRAME or len(sound) % 2:
            member.post(_problem(RoomError("bad-sound", "sound comes as 16-bit samples, up to 32,768 in a message.")))
            return
        seconds = len(sound) / 2 / RATE
        if self._waiting > BUSY and not self._dropping:
            self._dropping = True
            member.post(json.dumps({"type": "Busy", "seconds": round(self._waiting, 1)}))
        if self._dropping:
            self._dropping = self._waiting > 0.5
            return
        self._waiting += seconds
        audio = from_pcm16(sound, RATE)

        def hear() -> Iterator[Event]:
            self._waiting -= seconds
            ended = False
            for event in session.accept(audio):
                ended = ended or isinstance(event, SpeechEnded)
                yield event
            if ended:
                yield from self._done(member)

        self._work.put_nowait(hear)

    def _take(self, message: Any, room: Room, member: Member) -> None:
        if isinstance(message, Start):
            raise RoomError("bad-message", "the conversation has begun already; Start comes once.")
        if isinstance(message, Say):
            self._work.put_nowait(lambda: self._say(message, member))
            return
        if isinstance(message, Wrong):
            for tag in (message.language, *((message.target,) if message.target else ())):
                _known((tag,))
            self._work.put_nowait(lambda: self._nearest(message, member))
            return
        if isinstance(message, Voice):
            member.voice = message.on
            return
        session = self._session
        if session is None:
            raise RoomError("listening", "this connection only listens; begin one with speaks and the room's key.")
        if isinstance(message, Interrupt):
            session.interrupt()
        elif isinstance(message, End):
            session.interrupt()
            self._rooms.close(room)
        elif isinstance(message, Listen):
            session.interrupt()
            self._work.put_nowait(lambda: self._hear(session, message.language))
        elif isinstance(message, Stop):
            self._work.put_nowait(session.finish)
            self._work.put_nowait(lambda: self._done(member))
        elif isinstance(message, Tell):
            self._work.put_nowait(lambda: session.tell(message.text, message.language))
        else:
            self._work.put_nowait(lambda: session.choose(message.utterance, message.text))

    def _say(self, message: Say, member: Member) -> Iterator[Event]:
        """Speak to this connection alone; nothing reaches the room."""
        for chunk, audio in enumerate(
            self._house.engines.speaker(message.language).speak(message.text, message.language, message.rate)
        ):
            said = to_json(Spoken(0, audio, message.language, chunk, 0.0))
            self._loop.call_soon_threadsafe(member.post, json.dumps(said, ensure_ascii=False))
        yield from ()

    def _nearest(self, wrong: Wrong, member: Member) -> Iterator[Event]:
        answer = nearest(self._house, wrong.text, wrong.language, wrong.told, wrong.target)
        self._loop.call_soon_threadsafe(member.post, json.dumps(answer, ensure_ascii=False))
        yield from ()

    def _catch_up(self, room: Room, finals: list[dict[str, Any]], tag: str) -> Iterator[Event]:
        """Tell the first who reads a language what was said before they came."""
        for final in finals:
            try:
                found = self._house.engines.translator.translate(
                    final["text"], final["language"], tag, self._house.terms
                )
            except Exception:  # as in a session: an engine that fails ends nothing, the original is still read
                continue
            if found is None:
                continue
            told = to_json(
                Translated(final["utterance"], found.text, final["language"], tag, found.origin, found.terms,
                           found.warnings, 0.0)
            )  # fmt: skip
            self._loop.call_soon_threadsafe(room.post_late, {**told, "speaker": final["speaker"]})
        yield from ()

    def _hear(self, session: Session, language: str) -> Iterator[Event]:
        yield from session.finish()
        session.hear([language])
        session.hints = self._house.listened_for(self._asks)

    def _address(self, room: Room, member: Member) -> None:
        if self._session is not None:
            self._session.conversation = Conversation.among(member.speaks, room.heard, room.aloud)

    def _done(self, member: Member) -> Iterator[Event]:
        """Say that what was spoken has been dealt with, even if nothing was understood."""
        self._loop.call_soon_threadsafe(member.post, json.dumps({"type": "Done"}))
        # Without a button nobody says that an utterance begins; what was written meanwhile is for the next one.
        if self._session is not None:
            self._session.hints = self._house.listened_for(self._asks)
        yield from ()

    async def _labour(self, room: Room, member: Member) -> None:
        """One thing after the other, each in a thread, so that no connection waits for the work of another."""
        while True:
            work = await self._work.get()
            if work is None:
                return
            self._address(room, member)
            try:
                async for message in iterate_in_threadpool(map(self._shown.message, work())):
                    room.post(message, member)
                    # Whoever switched the sound off meanwhile is not spoken to any further.
                    self._address(room, member)
            except InterpreterError as error:
                member.post(_problem(error))


def _problem(error: InterpreterError) -> str:
    code = getattr(error, "code", "") or type(error).__name__.removesuffix("Error").lower()
    return json.dumps({"type": "Problem", "code": code, "message": str(error)}, ensure_ascii=False)
