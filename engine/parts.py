"""Long work in parts. A generator yields after each and returns what came out, so that who drives it may stop between two. And
whatever takes long, however deep, gives way between two pieces: there its caller may let others go first, or leave it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Parts = Generator[float, None, R]
"""Yields the share that is done, as far as that is known; 0 where it is not."""


class Pace:
    """How much to do between two looks, so that it takes about `seconds`. What comes out does not depend on it."""

    def __init__(self, seconds: float, most: int, first: int = 1) -> None:
        self._seconds, self._most, self._begun = seconds, most, 0.0
        self.count = min(first, most)

    def begin(self) -> int:
        self._begun = time.perf_counter()
        return self.count

    def end(self) -> None:
        """What was begun is done: next time more or less of it."""
        wanted = self.count * self._seconds / max(time.perf_counter() - self._begun, 1e-6)
        self.count = max(1, int(min(wanted, 4.0 * self.count, self._most)))


def at_once(parts: Parts[R]) -> R:
    """All of it, one part after the other."""
    while True:
        try:
            next(parts)
        except StopIteration as end:
            found: R = end.value
            return found


# Giving way ---------------------------------------------------------------------------------------------------------


class LeftOff(BaseException):
    """Raised where work gives way whose caller wants no more of it. What the work changes stands as between two pieces."""


class _Caller(threading.local):
    give_way: Callable[[], None] | None = None
    unbroken = False


_caller = _Caller()


def give_way() -> None:
    """Between two pieces of something that takes long. Nothing, where the caller of this thread has not asked to be told."""
    if _caller.give_way is None:
        return
    try:
        _caller.give_way()
    except LeftOff:
        if not _caller.unbroken:
            raise


def giving_way_between(items: Iterable[R], some: int = 256) -> Iterator[R]:
    """The same, giving way after every so many."""
    for number, item in enumerate(items):
        if number % some == some - 1:
            give_way()
        yield item


@contextmanager
def giving_way(to: Callable[[], None] | None) -> Iterator[None]:
    """Within, this thread's work calls `to` wherever it gives way; it may wait, or raise `LeftOff`. None: it is not told."""
    before, _caller.give_way = _caller.give_way, to
    try:
        yield
    finally:
        _caller.give_way = before


@contextmanager
def unbroken() -> Iterator[None]:
    """Within, work gives way and is not left: half of it would be worth less than none."""
    before, _caller.unbroken = _caller.unbroken, True
    try:
        yield
    finally:
        _caller.unbroken = before


def whole(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """A call that gives way and is not left: what it tells of is done already."""
    with unbroken():
        return function(*args, **kwargs)
