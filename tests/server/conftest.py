"""Live servers for the tests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from live_server import Live, serving

from server.settings import Settings


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """A server with the default settings, shared."""
    with serving(Settings()) as server:
        yield server


@pytest.fixture
def serve() -> Iterator[Callable[[Settings], Live]]:
    """Servers with settings of one's own."""
    with contextlib.ExitStack() as stack:
        yield lambda settings: stack.enter_context(serving(settings))
