"""What several tests share: the databases a store is tried on, a kiosk that runs, and a browser."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest
from browsing import browser
from playwright.sync_api import Browser
from running import Kiosk, kiosk

_numbers = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a test with a browser again: beside other work on two cores a page may be later than anybody would wait."""
    for item in items:
        if any(mark.kwargs.get("reason", "").startswith("Chromium") for mark in item.iter_markers("skipif")):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'venues.sqlite'}"
        return
    import psycopg

    server = request.getfixturevalue("postgres_url")
    name = f"venues{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with kiosk(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running
