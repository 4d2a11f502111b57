"""The bus over a real Redis: two processes' ends of it, in one event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest
from redis import Redis
from redis_server import RedisServer

from server import metrics
from server.__main__ import main
from server.bus import choice, redis_bus
from server.bus.redis_bus import OverRedis
from server.settings import Settings


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


class End:
    """A process's end of the bus, and what one who subscribed hears there."""

    def __init__(self, url: str) -> None:
        self.bus = OverRedis(url)
        self.heard: list[bytes] = []
        self.again = 0
        self.bus.open()

    def subscribe(self, topic: str = "room:1:changed") -> Callable[[], None]:
        return self.bus.subscribe(topic, self.heard.append, self._again)

    async def say(self, message: bytes, topic: str = "room:1:changed") -> None:
        await self.bus.publish(topic, message)

    def _again(self) -> None:
        self.again += 1


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)


def meet(url: str, scene: Callable[[End, End], Awaitable[None]]) -> None:
    async def play() -> None:
        here, there = End(url), End(url)
        try:
            await scene(here, there)
        finally:
            await here.bus.close()
            await there.bus.close()

    asyncio.run(play())


def test_others_hear_it_in_order_and_who_says_it_once(redis: RedisServer) -> None:
    async def scene(here: End, there: End) -> None:
        here.subscribe()
        leave = there.subscribe()
        await until(lambda: here.again and there.again)
        for number in range(300):
            await here.say(b"%d" % number)
            assert here.heard[-1] == b"%d" % number, "at once, where it is said"
        await until(lambda: len(there.heard) == 300)
        assert there.heard == here.heard == [b"%d" % number for number in range(300)]
        leave()
        there.subscribe("room:2:changed")
        await until(lambda: there.again == 2)
        await here.say(b"not heard")
        await here.say(b"heard", "room:2:changed")
        await until(lambda: len(there.heard) > 300)
        assert there.heard[300:] == [b"heard"] and len(here.heard) == 301, "its own does not come back to it"

    meet(redis.url, scene)


def test_a_redis_that_restarts(redis: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    """What is said meanwhile is gone, and fails nobody; then all hear again, and are told that they missed something."""
    lost = metrics.BUS_LOST._value.get()

    async def scene(here: End, there: End) -> None:
        there.subscribe()
        await until(lambda: there.again)
        await here.say(b"before")
        await until(lambda: there.heard)
        redis.stop()
        await until(lambda: here.bus._line is None and there.bus._line is None)
        await here.say(b"meanwhile")
        late = here.bus.subscribe("room:3:changed", there.heard.append)
        await until(lambda: metrics.BUS_LOST._value.get() == lost + 1)
        before = there.again
        redis.start()
        await until(lambda: there.again >= before + 1 and here.bus._line is not None)
        await until(lambda: there.again >= before + 2 or not here.bus._missed)
        await here.say(b"after")
        await until(lambda: len(there.heard) == 2)
        assert there.heard == [b"before", b"after"]
        await there.say(b"to who came while it was down", "room:3:changed")
        await until(lambda: len(there.heard) == 3)
        late()

    with caplog.at_level(logging.INFO, "chainrule"):
        meet(redis.url, scene)
    told = [record.getMessage() for record in caplog.records]
    assert sum("CHAINRULE_BUS_URL) is not there" in words for words in told) == 2, "once for each end"
    assert told.count("the bus is back") == 2


def test_others_are_told_of_what_the_sayer_alone_could_not_send(redis: RedisServer) -> None:
    """Its line broke, and theirs did not: they cannot know by themselves."""

    async def scene(here: End, there: End) -> None:
        there.subscribe()
        await until(lambda: there.again and here.bus._line is not None)
        here.bus._line, line = None, here.bus._line
        await here.say(b"lost")
        await until(lambda: here.bus._missed)
        assert there.again == 1
        here.bus._line = line
        await here.say(b"heard")
        await until(lambda: there.heard)
        assert (there.heard, there.again) == ([b"heard"], 2)

    meet(redis.url, scene)


def test_what_waits_is_bounded(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_bus, "WAITING", 1000)

    async def scene(here: End, there: End) -> None:
        there.subscribe()
        await until(lambda: there.again and here.bus._line is not None)
        for number in range(30):
            await here.say(bytes([number]) * 100)
        await until(lambda: len(there.heard) == 10 and there.again == 2)
        assert [message[0] for message in there.heard] == list(range(20, 30)), "the newest"

    meet(redis.url, scene)


def test_two_databases_of_one_redis_do_not_hear_each_other(redis: RedisServer) -> None:
    async def scene(here: End, there: End) -> None:
        other = End(f"{redis.url}/1")
        other.subscribe()
        there.subscribe()
        await until(lambda: other.again and there.again)
        await here.say(b"1")
        await until(lambda: there.heard)
        await other.say(b"2")
        await until(lambda: not other.bus._waiting)
        assert (there.heard, other.heard) == ([b"1"], [b"2"])
        await other.bus.close()

    meet(redis.url, scene)


def test_what_is_no_bus_is_said_before_anything_is_served() -> None:
    with RedisServer("--requirepass", "right") as redis:
        address = redis.url.removeprefix("redis://")
        assert choice.unusable(Settings(bus_url=f"redis://:right@{address}")) is None
        for url, words in {
            f"redis://:wrong@{address}": "password",
            f"redis://{address}": "password",
            f"redis://:right@{address}?colour=blue": "colour",
        }.items():
            said = choice.unusable(Settings(bus_url=url))
            assert said is not None and words in said and said.startswith("CHAINRULE_BUS_URL"), (url, said)
            assert "wrong" not in said and "right" not in said, said


def test_a_redis_that_does_not_answer_yet_is_no_reason_not_to_start() -> None:
    assert choice.unusable(Settings(bus_url="redis://127.0.0.1:1")) is None
    assert choice.missing(replace(Settings(bus_url="redis://127.0.0.1:1"), workers=2)) is None


@pytest.mark.parametrize(
    "url", ["10.0.0.10:6379", "http://:secret@host", "redis://", "redis://:secret@host:many", "redis://h/x"]
)
def test_a_url_that_makes_no_sense(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CHAINRULE_BUS_URL", url)
    assert main(["--no-browser"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("chainrule: CHAINRULE_BUS_URL: a bus is redis://host:port") and said.count("\n") == 1
    assert "secret" not in said


def test_subscriptions_end_with_their_last_subscriber(redis: RedisServer) -> None:
    async def scene(here: End, there: End) -> None:
        leave = [here.subscribe(), here.subscribe()]
        await until(lambda: here.again == 2)
        with Redis.from_url(redis.url, decode_responses=True) as client:
            names = lambda: [name for name in client.pubsub_channels("*") if "room" in name]  # noqa: E731
            assert names() == ["chainrule:0:room:1:changed"]
            leave[0]()
            await here.say(b"1")
            leave[1]()
            await until(lambda: names() == [])
        assert here.heard == [b"1"]

    meet(redis.url, scene)
