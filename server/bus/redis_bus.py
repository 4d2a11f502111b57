"""The bus over Redis's publish and subscribe, for several processes and machines.

This process's own subscribers hear at once, whatever becomes of the line. What is said while the line is down is gone: it is
not held, and once the line is back those who missed it are told so (`again`), here and, by a word of their own, elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server import metrics
from server.bus.bus import Again, Heard, Subscriber, Subscribers

log = logging.getLogger("chainrule")

ANSWERS = 5.0
"""Seconds that Redis is given to answer; a line as long silent is asked whether it is there."""
FIRST, LONGEST = 0.1, 5.0
"""Seconds until the line is tried again: at first, and at most."""
WAITING = 8_000_000
"""Bytes that wait for the line to take them; of more the oldest go."""
AT_ONCE = 100
"""Messages sent in one go."""
SAID, MISSED = b"m", b"a"
"""What a message begins with: something was said, or something may have been missed. Then who sent it."""
ORIGIN = 8


class OverRedis:
    """Two connections: one hears, one tells."""

    reaches_others = True

    def __init__(self, url: str) -> None:
        client = Redis.from_url(
            url, socket_timeout=ANSWERS, socket_connect_timeout=ANSWERS, retry=Retry(NoBackoff(), 0), health_check_interval=0
        )
        self._client: Redis = client
        self._prefix = f"chainrule:{client.connection_pool.connection_kwargs.get('db', 0)}:"
        """Topics are the same in all databases of a Redis, which others may use, too."""
        self._own = secrets.token_bytes(ORIGIN)
        self._subscribers = Subscribers()
        self._line: PubSub | None = None
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._size = 0
        self._missed: set[str] = set()
        """Topics of which others did not hear something."""
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._changes: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        """Topics that come into use, or go out of it."""

    # What others call -------------------------------------------------------------------------------------------------

    def open(self) -> None:
        self._tasks = [asyncio.create_task(work()) for work in (self._hear, self._tell, self._change)]

    async def publish(self, topic: str, message: bytes) -> None:
        self._subscribers.tell(topic, message)
        self._waiting.append((topic, message))
        self._size += len(message)
        while self._size > WAITING:
            self._lose([self._taken()])
        self._news.set()

    def subscribe(self, topic: str, heard: Heard, again: Again | None = None) -> Callable[[], None]:
        if topic not in self._subscribers.topics:
            self._changes.put_nowait((topic, True))
        remove = self._subscribers.add(topic, Subscriber(heard, again))

        def unsubscribe() -> None:
            if remove():
                self._changes.put_nowait((topic, False))

        return unsubscribe

    async def close(self) -> None:
        self._subscribers.clear()
        left = set(self._tasks)
        while left:  # a cancellation that comes just as a wait ends by itself may get lost: it is said again
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=0.5)
        with contextlib.suppress(RedisError, OSError):
            await self._client.aclose()

    # Hearing ----------------------------------------------------------------------------------------------------------

    async def _hear(self) -> None:
        """Hold the line, and begin it anew as often as it breaks."""
        wait, down = FIRST, False
        while True:
            line = self._client.pubsub()
            try:
                topics = set(self._subscribers.topics)
                await line.subscribe(self._prefix, *(self._prefix + topic for topic in topics))
                self._line = line
                for topic in topics ^ set(self._subscribers.topics):  # changed meanwhile
                    self._changes.put_nowait((topic, topic not in topics))
                self._news.set()
                metrics.BUS_LINE.set(1)
                if down:
                    log.info("the bus is back")
                wait, down = FIRST, False
                await self._listen(line)
            except Exception as error:  # whatever it was: without this task nobody hears any more
                if not down:
                    log.warning("the bus (CHAINRULE_BUS_URL) is not there: %s. It is tried again", _words(error))
                down = True
            finally:
                self._line = None
                metrics.BUS_LINE.set(0)
                with contextlib.suppress(RedisError, OSError):
                    await line.aclose()  # type: ignore[no-untyped-call]
            await asyncio.sleep(wait * (0.5 + random.random()))
            wait = min(2 * wait, LONGEST)

    async def _listen(self, line: PubSub) -> None:
        asked = False
        while True:
            found: dict[str, Any] | None = await line.get_message(timeout=ANSWERS)
            if found is not None:
                asked = False
                self._heard(found)
            elif asked:
                raise TimeoutError("it does not answer")
            else:
                asked = True
                await line.ping()

    def _heard(self, found: dict[str, Any]) -> None:
        if found["type"] == "pong":
            return
        topic = found["channel"].decode().removeprefix(self._prefix)
        if found["type"] == "subscribe":
            self._subscribers.again(topic)  # from now on everything is heard; what was before is not
        elif found["type"] == "message":
            sort, origin, message = found["data"][:1], found["data"][1 : 1 + ORIGIN], found["data"][1 + ORIGIN :]
            if origin == self._own:
                return  # told already
            if sort == MISSED:
                self._subscribers.again(topic)
            elif sort == SAID:
                metrics.BUS_HEARD.inc()
                self._subscribers.tell(topic, message)

    async def _change(self) -> None:
        """Subscribe to what has come into use on a line that is there; one that begins subscribes to all that is."""
        while True:
            topic, comes = await self._changes.get()
            line = self._line
            if line is None or comes != (topic in self._subscribers.topics):
                continue
            with contextlib.suppress(RedisError, OSError):  # the line is broken: it begins anew
                await (line.subscribe if comes else line.unsubscribe)(self._prefix + topic)

    # Telling ----------------------------------------------------------------------------------------------------------

    async def _tell(self) -> None:
        wait = FIRST
        while True:
            await self._news.wait()
            self._news.clear()
            while self._line is not None and (self._waiting or self._missed):
                missed, self._missed = self._missed, set()
                batch = [self._taken() for _ in range(min(AT_ONCE, len(self._waiting)))]
                try:
                    await self._send(
                        [(topic, MISSED, b"") for topic in missed] + [(topic, SAID, said) for topic, said in batch]
                    )
                    metrics.BUS_SENT.inc(len(batch))
                    wait = FIRST
                except (RedisError, OSError) as error:
                    self._missed |= missed
                    self._lose(batch)
                    log.warning("the bus (CHAINRULE_BUS_URL) takes nothing: %s. It is tried again", _words(error))
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, LONGEST)
            if self._line is None:
                self._lose([self._taken() for _ in range(len(self._waiting))])

    async def _send(self, messages: Iterable[tuple[str, bytes, bytes]]) -> None:
        async with self._client.pipeline(transaction=False) as pipeline:
            for topic, sort, message in messages:
                pipeline.publish(self._prefix + topic, sort + self._own + message)
            await pipeline.execute()

    def _taken(self) -> tuple[str, bytes]:
        topic, message = self._waiting.popleft()
        self._size -= len(message)
        return topic, message

    def _lose(self, messages: list[tuple[str, bytes]]) -> None:
        self._missed.update(topic for topic, _ in messages)
        metrics.BUS_LOST.inc(len(messages))


def _words(error: BaseException) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
