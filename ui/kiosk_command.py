"""The command ``interpreter kiosk``: the pages and interfaces of a venue, on this machine."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from interpreter.errors import ChoiceError
from ui.options import Database, Device, ModelsFile, Options, Profile, Use, say

PORT = 7860
IDLE = 90


def kiosk(
    venue: Annotated[str, typer.Option(help="The venue whose guide is told.")] = "beitou",
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets phones of the network in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = PORT,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Certificate (PEM): phones give the microphone only to https.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    limits: Annotated[
        str,
        typer.Option(envvar="INTERPRETER_LIMITS", help="What may be asked at once: sockets=300,requests=600."),
    ] = "",
    idle: Annotated[
        int,
        typer.Option(min=0, metavar="SECONDS", help="Back to the welcome after so long without a visitor; 0: never."),
    ] = IDLE,
    database: Database = "",
    profile: Profile = "auto",
    models: ModelsFile = None,
    device: Device = "auto",
    use: Use = "commercial",
) -> None:
    """Open the kiosk, the phone's pages, the staff desk and the interfaces for other programs."""
    if (tls_cert is None) != (tls_key is None):
        raise ChoiceError("a certificate needs its key, and a key its certificate; give --tls-cert and --tls-key.")
    for path in (tls_cert, tls_key):
        if path is not None and not path.is_file():
            raise ChoiceError(f"there is no file {path}; name the PEM file of the certificate or of its key.")
    _free(host, port)

    import uvicorn

    from ui.server.app import build
    from ui.server.house import House
    from ui.server.keys import Keys
    from ui.server.limits import Limits
    from ui.server.links import Links, Reach

    bounds, keys = Limits.parse(limits), Keys.from_environment()
    house = House(Options(profile, models, device, use), venue, database, idle)
    scheme = "http" if tls_cert is None else "https"
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    say(f"open {scheme}://{shown}:{port} in a browser; Ctrl-C ends the program.")
    links = Links(Reach(host, port, tls_cert is not None))
    config = uvicorn.Config(
        build(house, links, bounds, keys), host=host, port=port, log_level="warning", ssl_certfile=tls_cert,
        # Compressing a sentence for each of two hundred phones costs more than sending it.
        ssl_keyfile=tls_key, ws_max_size=1 << 17, ws_per_message_deflate=False, timeout_graceful_shutdown=3,
    )  # fmt: skip
    uvicorn.Server(config).run()


def _free(host: str, port: int) -> None:
    """Raise ChoiceError when nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise ChoiceError(
            f"nothing can listen on {host}:{port} ({error.strerror}); give another one, such as --port {port + 1}."
        ) from None
