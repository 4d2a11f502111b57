"""Live servers for the tests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from live_server import Live, serving

from server.settings import Settings


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """A server with the default settings, shared; what it keeps is gone with it."""
    with serving(Settings(database_url="sqlite://")) as server:
        yield server


@pytest.fixture
def serve() -> Iterator[Callable[[Settings], Live]]:
    """Servers with settings of one's own."""
    with contextlib.ExitStack() as stack:
        yield lambda settings: stack.enter_context(serving(settings))
