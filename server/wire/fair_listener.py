"""A listening socket whose connections go to all processes that share it, and not to whichever is woken first."""

from __future__ import annotations

import math
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


class Handle(Protocol):
    """A file descriptor on its way to another process."""

    def detach(self) -> int: ...


class SharedListener(socket.socket):
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
