"""A kiosk that runs as a visitor's would: its own process, its own empty data folder, a free port."""

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

from interpreter.audio import stream, to_pcm16

QUESTION = Path(__file__).parent.parent / "question.wav"


@dataclass(frozen=True)
class Kiosk:
    """Where it is reached, and where it keeps things."""

    port: int
    data: Path
    process: "subprocess.Popen[str]"
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @contextmanager
    def talk(self, **start: object) -> Iterator[ClientConnection]:
        """A connection of a conversation that has said Start."""
        with connect(f"ws://127.0.0.1:{self.port}/v1/interpret", max_size=1 << 24) as socket:
            socket.send(json.dumps({"type": "Start", **start}))
            yield socket


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def kiosk(data: Path, *options: str, port: int = 0, **environment: str) -> Iterator[Kiosk]:
    """Start one, on a free port unless one is given, wait until it answers, and end it."""
    port = port or free_port()
    scheme = "https" if "--tls-cert" in options else "http"
    # A certificate that was made for a test is nobody's.
    unverified = ssl._create_unverified_context()
    process = subprocess.Popen(
        [sys.executable, "-c", "from ui.command_line import main; main()", "kiosk", "--port", str(port), *options],
        env={**os.environ, "INTERPRETER_DATA": str(data), **environment}, stderr=subprocess.PIPE, text=True,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    try:
        until = time.monotonic() + 90
        while True:
            try:
                urlopen(f"{scheme}://127.0.0.1:{port}/v1/ready", timeout=5, context=unverified).close()
                break
            except (URLError, OSError):
                if process.poll() is not None or time.monotonic() > until:
                    process.kill()
                    raise AssertionError(f"the kiosk did not start: {process.communicate()[1]}") from None
                time.sleep(0.2)
        yield Kiosk(port, data, process, scheme)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def until(socket: ClientConnection, *kinds: str, timeout: float = 30) -> list[dict]:
    """Messages up to and with the first of one of these kinds."""
    found = []
    while True:
        message = json.loads(socket.recv(timeout=timeout))
        found.append(message)
        if message["type"] in kinds:
            return found


def say(socket: ClientConnection, sound: Path, language: str) -> None:
    """Hold the button, speak a file, let go."""
    socket.send(json.dumps({"type": "Listen", "language": language}))
    for block in stream(sound):
        socket.send(to_pcm16(block))
    socket.send(json.dumps({"type": "Stop"}))
