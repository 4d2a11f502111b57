"""Listening sockets: one that turns away what there are no files for, and one whose connections go to all processes that share
it, and not to whichever is woken first."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import random
import socket
import sys
import time
from typing import Any, Protocol

LONGEST = 0.005
"""Seconds that a process may leave a connection to the others."""
NEXT = 0.5
"""Seconds within which the one that waited in vain is first at the next connection. A busy one comes back late from its other
work, and is not to draw again and again."""

AWAY = 64
"""Connections turned away in one go."""


class Handle(Protocol):
    """A file descriptor on its way to another process."""

    def detach(self) -> int: ...


class Listener(socket.socket):
    """Where a process has as many files open as it may, connections are closed as they come. asyncio would log a trace for each
    that it cannot accept, thousands of times a second."""

    _spare = -1

    def accept(self) -> tuple[socket.socket, Any]:
        try:
            connection = super().accept()
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            self._turn_away()
            raise BlockingIOError from error  # as if there was none
        if self._spare < 0:
            self._keep_spare()
        return connection

    def close(self) -> None:
        self._give_spare()
        super().close()

    def _turn_away(self) -> None:
        """The place of a file that is of no use is enough to accept what waits, and to close it at once."""
        self._give_spare()
        with contextlib.suppress(OSError):
            for _ in range(AWAY):
                super().accept()[0].close()
        self._keep_spare()

    def _keep_spare(self) -> None:
        with contextlib.suppress(OSError):
            self._spare = os.open(os.devnull, os.O_RDONLY)

    def _give_spare(self) -> None:
        spare, self._spare = self._spare, -1
        if spare >= 0:
            os.close(spare)


class SharedListener(Listener):
    """Every process waits a moment of its own drawing before it takes a connection, so each is as likely to be the first; one
    that is busy comes later by itself, and one that is gone is not waited for."""

    _from = -math.inf

    def accept(self) -> tuple[socket.socket, Any]:
        now = time.monotonic()
        if now > self._from + NEXT:
            self._from = now + random.uniform(0.0, LONGEST)
        if now < self._from:
            raise BlockingIOError  # as if there was none: the event loop asks again at once
        connection = super().accept()
        self._from = -math.inf
        return connection

    def __reduce__(self) -> tuple[Any, ...]:
        """On the way to a process that is being started."""
        from multiprocessing.reduction import DupFd

        return _arrived, (DupFd(self.fileno()),)


def shared_by_turns(listener: socket.socket) -> socket.socket:
    """The same listener, to be handed to several processes."""
    if sys.platform == "win32":
        return listener
    shared = SharedListener(fileno=listener.detach())
    shared.set_inheritable(True)
    return shared


def _arrived(handle: Handle) -> SharedListener:
    return SharedListener(fileno=handle.detach())
