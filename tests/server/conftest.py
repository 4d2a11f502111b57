"""Live servers for the tests."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_server import Live, serving
from postgresql import Cluster, running

from engine import warm_up
from server.settings import Settings


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test of many cases, or one that starts many processes (`sqlite_first`), is run with SQLite for every change and with
    PostgreSQL in the slow sweep."""
    for item in items:
        case = getattr(item, "callspec", None)  # of a test with parameters
        first = item.get_closest_marker("sqlite_first")
        if case and (first or len(case.params) > 1) and case.params.get("url") == "postgresql":
            item.add_marker(pytest.mark.slow(seconds=first.kwargs["seconds"] if first else 6))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite_first(seconds): slow with PostgreSQL, where it takes so long")


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """A server, shared; what it keeps is gone with it. No test waits for kernels to be compiled, what one leaves playing does
    not long take the processor from the others, and there is room for the sessions of all."""
    warm_up()
    with serving(Settings(database_url="sqlite://", unwatched_pause=2.0, max_sessions=10_000)) as server:
        yield server


@pytest.fixture
def serve() -> Iterator[Callable[[Settings], Live]]:
    """Servers with settings of one's own."""
    with contextlib.ExitStack() as stack:
        yield lambda settings: stack.enter_context(serving(settings))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of the tests' own."""
    with running() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.database(f"test_{secrets.token_hex(8)}")
