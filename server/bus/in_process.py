"""The bus of one process: whoever publishes calls those who subscribed."""

from __future__ import annotations

from collections.abc import Callable

from server.bus.bus import Again, Heard, Subscriber, Subscribers


class InProcess:
    """Nothing is missed, so `again` is never called."""

    reaches_others = False

    def __init__(self) -> None:
        self._subscribers = Subscribers()

    def open(self) -> None:
        pass

    async def publish(self, topic: str, message: bytes) -> None:
        self._subscribers.tell(topic, message)

    def subscribe(self, topic: str, heard: Heard, again: Again | None = None) -> Callable[[], None]:
        remove = self._subscribers.add(topic, Subscriber(heard, again))

        def unsubscribe() -> None:
            remove()

        return unsubscribe

    async def close(self) -> None:
        self._subscribers.clear()
