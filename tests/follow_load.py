"""How fast a room of many is told, and how fast many pages open at once: ``python tests/follow_load.py``.

Starts a kiosk of its own on this machine, lets listeners into one room, types sentences into it, and takes the time
from sending one to the moment at which each listener has its ``Final``. Then as many browsers ask for the kiosk's page
at once. Limits for each address are lifted by what ``KIOSK_OPTIONS`` says, for example ``--limits sockets=400``.
"""

import argparse
import asyncio
import json
import os
import shlex
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from running import Kiosk, kiosk
from websockets.asyncio.client import ClientConnection, connect

WARM_UP = 5
"""Sentences and pages that are not counted."""


def quantile(values: list[float], share: float) -> float:
    """In milliseconds."""
    return 1000 * sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def final(socket: ClientConnection) -> float:
    """When the next final has come."""
    while json.loads(await socket.recv())["type"] != "Final":
        pass
    return time.perf_counter()


async def listeners(place: Kiosk, count: int, sentences: int) -> list[float]:
    """Seconds from sending each sentence to its arrival at each listener."""
    address = f"ws://127.0.0.1:{place.port}/v1/interpret"

    async def start(**fields: object) -> tuple[ClientConnection, dict]:
        socket = await connect(address, compression=None, ping_interval=None)
        await socket.send(json.dumps({"type": "Start", "voice": False, **fields}))
        return socket, json.loads(await socket.recv())

    guide, ready = await start(speaks=["en"], hears=["en"])
    sockets = [(await start(hears=["en"], room=ready["room"]))[0] for _ in range(count)]
    found: list[float] = []
    for number in range(sentences + WARM_UP):
        waiting = [asyncio.create_task(final(each)) for each in sockets]
        await asyncio.sleep(0.2)
        sent = time.perf_counter()
        await guide.send(json.dumps({"type": "Tell", "text": f"Gate {number}", "language": "en"}))
        arrived = await asyncio.gather(*waiting)
        if number >= WARM_UP:
            found += [each - sent for each in arrived]
    await asyncio.gather(*(each.close() for each in (guide, *sockets)))
    return found


async def pages(place: Kiosk, count: int) -> list[float]:
    """Seconds of each of so many requests for the page that are sent at once."""
    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(base_url=place.url, timeout=60, limits=limits) as client:

        async def load() -> float:
            began = time.perf_counter()
            (await client.get("/kiosk/")).raise_for_status()
            return time.perf_counter() - began

        for _ in range(WARM_UP):
            await load()
        return list(await asyncio.gather(*(load() for _ in range(count))))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--listeners", type=int, default=200)
    options.add_argument("--sentences", type=int, default=20)
    options.add_argument("--pages", type=int, default=50)
    wanted = options.parse_args()
    more = shlex.split(os.environ.get("KIOSK_OPTIONS", ""))
    with tempfile.TemporaryDirectory() as folder, kiosk(Path(folder), *more) as place:
        told = asyncio.run(listeners(place, wanted.listeners, wanted.sentences))
        opened = asyncio.run(pages(place, wanted.pages))
    results = {}
    for name, values, goal in (("final", told, 300), ("page", opened, 2000)):
        p50, p95 = quantile(values, 0.5), quantile(values, 0.95)
        results[name] = {"p50_ms": round(p50, 1), "p95_ms": round(p95, 1), "goal_ms": goal}
        mean = 1000 * statistics.fmean(values)
        print(f"{name:6} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   mean {mean:7.1f} ms   (goal: p95 < {goal} ms)")
    print(json.dumps({"listeners": wanted.listeners, "pages": wanted.pages, "cores": os.cpu_count(), **results}))


if __name__ == "__main__":
    main()
