import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from running import Kiosk, kiosk, until
from websockets.sync.client import ClientConnection

from venues.pack import TAGS

SAID = ("Good morning", "Thank you", "Where is the toilet?", "Please wait a moment.", "Goodbye")
"""Phrases of the book."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with kiosk(tmp_path_factory.mktemp("data")) as running:
        yield running


def tell(guide: ClientConnection, text: str) -> None:
    guide.send(json.dumps({"type": "Tell", "text": text, "language": "en"}))


def sentences(messages: list[dict], tag: str) -> list[str]:
    """What a follower reads: the translations, or the original in the guide's own language."""
    if tag == "en":
        return [each["text"] for each in messages if each["type"] == "Final"]
    return [each["text"] for each in messages if each["type"] == "Translated" and each["target"] == tag]


def read(socket: ClientConnection, tag: str, count: int) -> list[dict]:
    seen: list[dict] = []
    while len(sentences(seen, tag)) < count:
        seen += until(socket, "Final" if tag == "en" else "Translated", timeout=60)
    return seen


def numbers(messages: list[dict]) -> list[int]:
    return [each["sequence"] for each in messages if each["type"] in ("Final", "Translated")]


def test_twenty_followers_and_one_that_drops_and_returns_get_every_sentence_once(place: Kiosk) -> None:
    tags = [TAGS[number % len(TAGS)] for number in range(19)]
    with place.talk(speaks=["en"], hears=["en"], voice=False) as guide, ExitStack() as stack:
        room = until(guide, "Ready")[-1]
        others = [stack.enter_context(place.talk(hears=[tag], room=room["room"], voice=False)) for tag in tags]
        # The only one who reads French is lost, so that nobody but a memory of them asks for French meanwhile.
        assert tags.count("fr") == 1
        lost = others.pop(tags.index("fr"))
        tags.remove("fr")
        tell(guide, SAID[0])
        before = read(lost, "fr", 1)
        lost.close()
        for text in SAID[1:4]:
            tell(guide, text)
        read(guide, "fr", 4)
        with place.talk(hears=["fr"], room=room["room"], voice=False, after=numbers(before)[-1]) as back:
            ready = until(back, "Ready")[-1]
            assert ready["missed"] == 6
            tell(guide, SAID[4])
            french = before + read(back, "fr", 4)
        assert len(sentences(french, "fr")) == len(set(sentences(french, "fr"))) == len(SAID)
        assert numbers(french) == sorted(set(numbers(french)))
        finals = [each["text"] for each in french if each["type"] == "Final"]
        assert finals == list(SAID)
        for tag, socket in zip(tags, others, strict=True):
            seen = read(socket, tag, len(SAID))
            assert len(set(sentences(seen, tag))) == len(SAID), tag
            assert numbers(seen) == sorted(set(numbers(seen)))


def test_the_guide_sees_how_many_follow_in_which_language(place: Kiosk) -> None:
    with place.talk(speaks=["en"], hears=["en"]) as guide, ExitStack() as stack:
        room = until(guide, "Ready")[-1]["room"]
        for tag in ("th", "ja", "ja"):
            stack.enter_context(place.talk(hears=[tag], room=room))
        while (found := until(guide, "Members")[-1])["count"] < 4:
            pass
        assert found["listeners"] == {"th": 1, "ja": 2}


def test_the_voice_comes_only_while_it_is_wanted(place: Kiosk) -> None:
    with place.talk(speaks=["en"], hears=["en"], voice=False) as guide:
        room = until(guide, "Ready")[-1]["room"]
        with place.talk(hears=["ko"], room=room, voice=False) as phone:
            until(phone, "Members")
            tell(guide, "Thank you")
            tell(guide, "Goodbye")
            assert "Spoken" not in {each["type"] for each in read(phone, "ko", 2)}
            phone.send(json.dumps({"type": "Voice", "on": True}))
            until(guide, "Translated")
            tell(guide, "Good morning")
            assert until(phone, "Spoken")[-1]["language"] == "ko"


def test_ending_a_room_tells_everybody_and_nobody_comes_back(place: Kiosk) -> None:
    with place.talk(speaks=["zh-Hant"], hears=["zh-Hant"]) as guide:
        room = until(guide, "Ready")[-1]["room"]
        with place.talk(hears=["ja"], room=room) as phone:
            until(phone, "Members")
            phone.send(json.dumps({"type": "End"}))
            assert until(phone, "Problem")[-1]["code"] == "listening"
            guide.send(json.dumps({"type": "End"}))
            assert until(phone, "Closed")
        until(guide, "Closed")
    with place.talk(hears=["ja"], room=room) as phone:
        assert until(phone, "Problem")[-1]["code"] == "no-such-room"
