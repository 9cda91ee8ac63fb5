"""Rooms and their connections inside one process, where one sees what is spoken and what is kept."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI, WebSocket
from running import free_port, until
from websockets.sync.client import ClientConnection, connect

from interpreter.audio import Audio
from interpreter.phrases import default_book
from interpreter.session import Engines
from interpreter.stt import Hints
from interpreter.stt.pocketsphinx import PocketSphinx
from interpreter.translation.chain import Chain
from interpreter.translation.phrasebook import Phrasebook
from ui.pages.tour import remembered
from ui.server.rooms import Room, RoomError, Rooms
from ui.server.wire import Wire
from venues.pack import TAGS


class Counted:
    """A voice of three clauses that notes what it was asked for; it waits before every clause while it is held."""

    name = "counted"
    languages = frozenset(TAGS)

    def __init__(self) -> None:
        self.clauses: list[str] = []
        self.may = threading.Event()
        self.may.set()

    def speak(self, text: str, language: str, rate: float = 1.0) -> Iterator[Audio]:
        for _ in range(3):
            self.clauses.append(language)
            yield Audio(np.full(800, 0.1, np.float32), 8000)
            self.may.wait(30)


class Talks:
    """The route of conversations alone, with a voice that is watched."""

    def __init__(self) -> None:
        self.voice = Counted()
        self.rooms = Rooms()
        book = default_book()
        engines = Engines((PocketSphinx(book),), Chain([Phrasebook(book)]), (self.voice,))
        house = SimpleNamespace(
            engines=engines, heard=("en",), spoken=TAGS, hints=Hints(), terms=(), listened_for=lambda asking: Hints()
        )
        app = FastAPI()

        @app.websocket("/v1/interpret")
        async def interpret(socket: WebSocket) -> None:
            await Wire(socket, cast(Any, house), self.rooms).run()

        self.port = free_port()
        self.server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="warning"))

    def connect(self) -> AbstractContextManager[ClientConnection]:
        return connect(f"ws://127.0.0.1:{self.port}/v1/interpret")


@pytest.fixture
def talks() -> Iterator[Talks]:
    made = Talks()
    thread = threading.Thread(target=made.server.run)
    thread.start()
    while not made.server.started and thread.is_alive():
        time.sleep(0.02)
    yield made
    made.voice.may.set()
    made.server.should_exit = True
    thread.join(30)


def send(socket: ClientConnection, kind: str, **message: object) -> None:
    socket.send(json.dumps({"type": kind, **message}))


def begin(socket: ClientConnection, **start: object) -> dict[str, Any]:
    send(socket, "Start", **start)
    return until(socket, "Ready")[-1]


def tell(socket: ClientConnection, text: str) -> list[dict[str, Any]]:
    """Type it, and wait until it has been dealt with."""
    send(socket, "Tell", text=text, language="en")
    send(socket, "Stop")
    return until(socket, "Done")


def test_what_nobody_wants_to_hear_is_not_spoken_and_hear_again_still_is(talks: Talks) -> None:
    with talks.connect() as screen:
        begin(screen, speaks=["en", "ja"], hears=["en", "ja"], voice=False)
        tell(screen, "Thank you")
        assert talks.voice.clauses == []
        send(screen, "Say", text="ありがとうございます。", language="ja")
        assert until(screen, "Spoken")[-1]["language"] == "ja"
        send(screen, "Voice", on=True)
        tell(screen, "")
        talks.voice.clauses.clear()
        tell(screen, "Goodbye")
        assert talks.voice.clauses == ["ja"] * 3


def test_a_group_is_spoken_to_in_the_languages_that_somebody_listens_to(talks: Talks) -> None:
    with talks.connect() as guide, talks.connect() as thai, talks.connect() as japanese, talks.connect() as other:
        room = begin(guide, speaks=["en"], hears=["en"], voice=False)["room"]
        begin(thai, hears=["th"], room=room)
        begin(japanese, hears=["ja"], room=room, voice=False)
        tell(guide, "Thank you")
        assert until(japanese, "Translated")[-1]["target"] == "ja"
        assert talks.voice.clauses == ["th"] * 3
        begin(other, hears=["ja"], room=room)
        talks.voice.clauses.clear()
        tell(guide, "Goodbye")
        assert sorted(talks.voice.clauses) == ["ja"] * 3 + ["th"] * 3


def test_what_is_being_spoken_ends_when_the_sound_is_switched_off(talks: Talks) -> None:
    with talks.connect() as screen:
        begin(screen, speaks=["en", "ja"], hears=["en", "ja"])
        talks.voice.may.clear()
        send(screen, "Tell", text="Thank you", language="en")
        until(screen, "Spoken")
        send(screen, "Voice", on=False)
        send(screen, "Start", hears=["en"])
        until(screen, "Problem")  # so the server has read what came before it
        talks.voice.may.set()
        tell(screen, "Goodbye")
        assert len(talks.voice.clauses) < 3


def test_what_was_said_is_dropped_at_once_when_a_conversation_is_ended_and_everybody_is_told(talks: Talks) -> None:
    with talks.connect() as screen, talks.connect() as second, talks.connect() as phone:
        ready = begin(screen, speaks=["en"], hears=["en"])
        begin(second, speaks=["ja"], hears=["ja"], room=ready["room"], key=ready["key"])
        begin(phone, hears=["ko"], room=ready["room"], voice=False)
        tell(screen, "Thank you")
        room = talks.rooms.find(ready["room"])
        assert list(room.since(0, ("ko",)))
        send(screen, "End")
        for socket in (second, phone):
            assert until(socket, "Closed")
    assert there(talks.rooms, room.code) is None
    assert list(room.since(0, ("ko",))) == room.untold("th") == []


def test_what_was_said_before_a_connection_was_lost_is_still_told_to_the_others(talks: Talks) -> None:
    with talks.connect() as phone:
        with talks.connect() as guide:
            room = begin(guide, speaks=["en"], hears=["en"], voice=False, tour=True)["room"]
            begin(phone, hears=["th"], room=room)
            for text in ("Good morning", "Thank you", "Goodbye"):
                send(guide, "Tell", text=text, language="en")
        told = [each for _ in range(3) for each in until(phone, "Translated")]
        assert [each["text"] for each in told if each["type"] == "Final"] == ["Good morning", "Thank you", "Goodbye"]
        assert until(phone, "Spoken")[-1]["language"] == "th"


def there(rooms: Rooms, code: str) -> Room | None:
    try:
        return rooms.find(code)
    except RoomError:
        return None


async def gone(rooms: Rooms, code: str) -> None:
    """Wait until a room is dropped."""
    async with asyncio.timeout(10):
        while there(rooms, code) is not None:
            await asyncio.sleep(0.01)


def test_a_conversation_that_both_sides_left_is_dropped_after_a_while_and_who_follows_is_told() -> None:
    async def visit() -> None:
        rooms = Rooms(grace=0.05)
        room = rooms.open()
        visitor, staff = (room.join((tag,), (tag,), True) for tag in ("th", "zh-Hant"))
        phone = room.join((), ("th",), False)
        rooms.leave(room, visitor)
        await asyncio.sleep(0.1)
        assert there(rooms, room.code) is room
        rooms.leave(room, staff)
        back = room.join(("th",), ("th",), True)
        await asyncio.sleep(0.1)
        assert there(rooms, room.code) is room
        rooms.leave(room, back)
        await gone(rooms, room.code)
        told = [phone.outbox.get_nowait() for _ in range(phone.outbox.qsize())]
        assert [json.loads(text or "{}").get("type") for text in told][-2:] == ["Closed", None]

    asyncio.run(visit())


def test_a_tour_outlives_its_guide_and_a_break_of_the_whole_group() -> None:
    async def lead() -> None:
        rooms = Rooms(grace=0.05, pause=0.3)
        room = rooms.open(tour=True)
        guide, phone = room.join(("ja",), ("ja",), False), room.join((), ("ko",), False)
        rooms.leave(room, guide)
        await asyncio.sleep(0.5)
        assert there(rooms, room.code) is room
        rooms.leave(room, phone)
        await asyncio.sleep(0.1)
        assert there(rooms, room.code) is room
        await gone(rooms, room.code)

    asyncio.run(lead())


def test_the_code_alone_makes_nobody_a_guide() -> None:
    rooms = Rooms()
    room = rooms.open(tour=True)

    def resumed(**told: object) -> dict[str, Any]:
        return remembered(json.dumps({**known, **told}), rooms)

    known = {"language": "zh-Hant", "room": room.code, "key": room.key, "free": True}
    assert resumed() == known
    for made_up in ({"key": ""}, {"key": "guessed"}, {"key": None}, {"key": 7}, {"key": "嚮導"}, {"room": "ZZZZZZ"},
                    {"room": 7}, {"language": "tlh"}):  # fmt: skip
        assert resumed(**made_up) == {}, made_up
    for broken in ("", "{", "[]", "7", "{}"):
        assert remembered(broken, rooms) == {}
