"""Processes that share a listening socket share the connections, too."""

from __future__ import annotations

import contextlib
import os
import socket
from collections import Counter
from collections.abc import Iterator

import pytest

from server.commands.serve import listen
from server.wire.fair_listener import SharedListener, shared_by_turns


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with shared_by_turns(listen("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def takes(listeners: list[socket.socket]) -> int:
    """Ask the processes in turn, always from the first on, until one takes the connection that waits; its number."""
    while True:
        for number, listener in enumerate(listeners):
            with contextlib.suppress(BlockingIOError):
                listener.accept()[0].close()
                return number


def test_whoever_is_woken_first_does_not_take_all(listener: socket.socket) -> None:
    listeners = [listener, *(SharedListener(fileno=os.dup(listener.fileno())) for _ in range(2))]
    taken: Counter[int] = Counter()
    for _ in range(120):
        with socket.create_connection(listener.getsockname()):
            taken[takes(listeners)] += 1
    for other in listeners[1:]:
        other.close()
    assert min(taken[number] for number in range(3)) >= 20, taken


def test_one_that_is_alone_takes_all_and_does_not_wait_without_end(listener: socket.socket) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(socket.create_connection(listener.getsockname()))
        for _ in range(20):
            assert takes([listener]) == 0
        with pytest.raises(BlockingIOError):
            listener.accept()
