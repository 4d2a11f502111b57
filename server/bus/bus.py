"""What a bus is. A message that nobody hears is gone: what matters lies in the database, and who may have missed something
(`again`) reads that."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol, runtime_checkable

log = logging.getLogger("chainrule")

Heard = Callable[[bytes], None]
"""Called on the event loop with each message of a topic. It is to be quick; what it raises is logged, and stops nobody."""
Again = Callable[[], None]
"""Called when messages may have been missed: the subscription has come into force, or the line is back."""


@runtime_checkable
class Bus(Protocol):
    """All methods are called on the event loop."""

    reaches_others: bool
    """Whether other processes hear what is published."""

    def open(self) -> None:
        """Once, before anything else."""

    async def publish(self, topic: str, message: bytes) -> None:
        """Tell all who subscribed to the topic, this process's among them. It neither waits for anybody nor fails."""

    def subscribe(self, topic: str, heard: Heard, again: Again | None = None) -> Callable[[], None]:
        """Hear a topic, until what is returned is called."""

    async def close(self) -> None:
        """Nothing is heard after it."""


class Subscriber(NamedTuple):
    heard: Heard
    again: Again | None


class Subscribers:
    """Those of this process, by topic."""

    def __init__(self) -> None:
        self._of: dict[str, dict[object, Subscriber]] = {}

    @property
    def topics(self) -> list[str]:
        return list(self._of)

    def add(self, topic: str, subscriber: Subscriber) -> Callable[[], bool]:
        """What is returned takes it away again, and says whether it was the topic's last."""
        key = object()
        self._of.setdefault(topic, {})[key] = subscriber

        def remove() -> bool:
            of_topic = self._of.get(topic, {})
            if of_topic.pop(key, None) is None or of_topic:
                return False
            del self._of[topic]
            return True

        return remove

    def tell(self, topic: str, message: bytes) -> None:
        for subscriber in list(self._of.get(topic, {}).values()):
            _guarded(topic, partial(subscriber.heard, message))

    def again(self, topic: str) -> None:
        for subscriber in list(self._of.get(topic, {}).values()):
            if subscriber.again is not None:
                _guarded(topic, subscriber.again)

    def clear(self) -> None:
        self._of.clear()


def _guarded(topic: str, call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:
        log.exception("a subscriber of the bus failed: %s", topic.rpartition(":")[2])
