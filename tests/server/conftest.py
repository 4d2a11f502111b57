"""Live servers for the tests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from live_server import Live, serving

from engine import warm_up
from server.settings import Settings


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
