"""An object of the engine that a notebook and pages have in hand at once.

Its class becomes one whose methods wait for their turn: a call from a cell begins when the slice that a page is playing has
ended, and no slice begins before it returns. So neither sees the other's half-made update, and nothing is lost.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar, cast

from engine import Trainer
from engine.race import NetworkRace, Race
from server.notebook.gate import Gate

T = TypeVar("T")
NAME = "_shared"
"""Where an object keeps with whom it is shared."""


class Listener(Protocol):
    """One of the sessions that show the object."""

    def notice(self) -> None:
        """In any thread: something may have been done to it."""


class Shared(Generic[T]):
    """`sessions` are those that show the object now."""

    def __init__(self, value: T) -> None:
        self.value = value
        self.gate = Gate()
        self.sessions: list[Any] = []
        self.served: tuple[object, str] | None = None
        """By which server, and at which path of it."""

    def become(self, other: T) -> None:
        """The object is from now on what another is: a page that begins another run begins it in the notebook, too."""
        own, others = vars(self.value), dict(vars(other))
        for name in own.keys() - others.keys() - {NAME}:
            del own[name]
        own.update(others | {NAME: self})

    def tell(self, besides: Listener | None = None) -> None:
        for session in tuple(self.sessions):
            if session is not besides:
                session.notice()


class Hold:
    """To have the object alone; whoever else shows it is told afterwards. May be taken again by its holder, and used again."""

    def __init__(self, shared: Shared[Any], by: Listener | None = None) -> None:
        self._shared, self._by = shared, by

    def __enter__(self) -> None:
        self._shared.gate.__enter__()

    def __exit__(self, *failed: object) -> None:
        gate = self._shared.gate
        gate.__exit__()
        if not gate.mine:
            self._shared.tell(self._by)


def _by_turns(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, holding the object; of a generator each of its steps."""

    @functools.wraps(method)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        shared = vars(self).get(NAME)  # a clone of a shared object is shared with nobody
        if shared is None:
            return method(self, *args, **kwargs)
        with Hold(shared):
            result = method(self, *args, **kwargs)
        return _each(Hold(shared), result) if inspect.isgenerator(result) else result

    return called


def _each(hold: Hold, items: Iterator[Any]) -> Iterator[Any]:
    while True:
        with hold:
            try:
                item = next(items)
            except StopIteration:
                return
        yield item


def _state(self: Any) -> dict[str, Any]:
    """A copy, and what is written to a file, is the object alone."""
    return {name: value for name, value in vars(self).items() if name != NAME}


def _guarded(kind: type) -> type:
    methods = {
        name: _by_turns(found)
        for name, found in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and not isinstance(inspect.getattr_static(kind, name), staticmethod)
    }
    return type(kind.__name__, (kind,), {**methods, "__getstate__": _state, "__module__": __name__, "__doc__": kind.__doc__})


GUARDED: dict[type, type] = {kind: _guarded(kind) for kind in (Trainer, Race, NetworkRace)}
KINDS = tuple(GUARDED)


def share(value: T) -> Shared[T]:
    """With whom an object is shared: the same at every call."""
    found = vars(value).get(NAME)
    if found is None:
        found = Shared(value)
        vars(value)[NAME] = found
        if type(value) in GUARDED:
            cast(Any, value).__class__ = GUARDED[type(value)]
    return cast("Shared[T]", found)
