"""Who may use an object now: a notebook's own thread, or one of the server's that shows it."""

from __future__ import annotations

import threading
from collections import deque
from typing import Self


class Gate:
    """A lock that is given in the order in which it was asked for, and that its holder may take again. Python's own would let a
    run that plays have it over and over, while a cell waits."""

    def __init__(self) -> None:
        self._inside = threading.Lock()
        self._waiting: deque[tuple[int, threading.Lock]] = deque()
        self._holder: int | None = None
        self._depth = 0

    @property
    def mine(self) -> bool:
        """Whether this thread holds it."""
        return self._holder == threading.get_ident()

    def __enter__(self) -> Self:
        me = threading.get_ident()
        if self._holder == me:
            self._depth += 1
            return self
        with self._inside:
            if self._holder is None:
                self._holder, self._depth = me, 1
                return self
            turn = threading.Lock()
            turn.acquire()
            entry = (me, turn)
            self._waiting.append(entry)
        try:
            turn.acquire()
        except BaseException:  # the cell was interrupted while it waited
            with self._inside:
                had = entry not in self._waiting
                if not had:
                    self._waiting.remove(entry)
            if had:
                self.__exit__()
            raise
        return self

    def __exit__(self, *failed: object) -> None:
        self._depth -= 1
        if self._depth:
            return
        with self._inside:
            if self._waiting:
                self._holder, turn = self._waiting.popleft()
                self._depth = 1
                turn.release()
            else:
                self._holder = None
