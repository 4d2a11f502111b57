"""A class over several workers, and two machines: processes with ports of their own that share a PostgreSQL and a Redis."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from class_pages import ClassPage, Event
from learners import Learner
from live_server import Live
from postgresql import Cluster
from processes import ServerProcess, kill, owners
from redis_server import RedisServer

from engine import warm_up
from server.settings import Settings

WITHIN = 40.0
"""Seconds after which a test gives up; that a room is taken over within 5 is printed: it is the machine's speed that is
measured."""
CHOICES = ["one", "two", "three"]


@pytest.fixture(autouse=True, scope="module")
def kernels() -> None:
    warm_up()


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """The bus of the servers that are started."""
    with RedisServer() as server:
        monkeypatch.setenv("CHAINRULE_BUS_URL", server.url)
        yield server


@pytest.fixture
def database(cluster: Cluster) -> str:
    return cluster.database(f"class_{secrets.token_hex(8)}")


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(120):
            await scene()

    asyncio.run(limited())


def rooms(server: ServerProcess) -> str:
    return f"ws://127.0.0.1:{server.port}/room"


class Class:
    """A teacher, with a session and a room, and learners."""

    def __init__(self, teacher: Learner, screen: ClassPage) -> None:
        self.teacher, self.screen, self.learners = teacher, screen, list[ClassPage]()
        self._leading: Event = {}
        self._minding = asyncio.create_task(self._lead())

    @property
    def own(self) -> Event:
        return {"code": self.screen.entered["code"], "key": self.screen.entered["key"]}

    async def _lead(self) -> None:
        """As the teacher's page does: its session leads the room, whenever the page attached anew."""
        while True:
            attached = self.teacher.attached
            if attached is not self._leading:
                with contextlib.suppress(asyncio.CancelledError):
                    if (await self.teacher.ask("room_lead", **self.own))["type"] == "done":
                        self._leading = attached
                if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                    return
            await asyncio.sleep(0.05)

    async def come(self, urls: list[str], count: int) -> list[ClassPage]:
        enters = {"type": "enter", "code": self.own["code"].lower(), "as": "learner"}
        them = [ClassPage(urls, dict(enters)) for _ in range(count)]
        self.learners += them
        await self.all_see(them, lambda page: page.entered and page.room)
        return them

    async def all_see(self, pages: list[ClassPage], condition: Callable[[ClassPage], object]) -> None:
        await asyncio.gather(*(page.until(lambda page=page: condition(page)) for page in pages))

    async def pictures(self, since: float, within: list[ClassPage] | None = None) -> None:
        """All of them see the session go on."""
        await self.all_see(within or self.learners, lambda page: len({each["step"] for each in page.pictures_since(since)}) > 1)

    async def votes(self, answers: list[int], close: bool = True) -> None:
        """A question, asked and answered by all."""
        await self.screen.do("ask", source="words", ask="Which?", choices=CHOICES, right=1)
        await asyncio.gather(*(page.vote(answer) for page, answer in zip(self.learners, answers, strict=True)))
        await self.screen.until(lambda: self.screen.room["answered"] == len(answers))
        if close:
            await self.counts(answers)

    async def counts(self, answers: list[int]) -> None:
        await self.screen.do("close_vote")
        await self.screen.do("reveal")
        pages = [self.screen, *self.learners]
        await self.all_see(pages, lambda page: page.room["reveal"] is not None)
        for page in pages:
            counts = page.room["reveal"]["rounds"][0]["counts"]
            assert counts[:3] == [answers.count(choice) for choice in range(3)], "none is lost, none is counted twice"
        await self.screen.do("drop_question")

    async def end(self) -> None:
        self._minding.cancel()
        await asyncio.gather(self._minding, *(page.end() for page in (self.screen, *self.learners)), return_exceptions=True)
        await self.teacher.end()


@contextlib.asynccontextmanager
async def teaching(session: str, room: list[str]) -> AsyncIterator[Class]:
    teacher, screen = Learner(session, 1), ClassPage(room, {"type": "open", "title": "A class"})
    await teacher.play()
    await screen.until(lambda: screen.entered and screen.room)
    here = Class(teacher, screen)
    try:
        await screen.do("show", view={"room": "train", "title": "Train", "words": "", "link": ""})
        yield here
    finally:
        await here.end()


def test_a_class_over_two_servers(serve: Callable[[Settings], Live], tmp_path: Path) -> None:
    """The quick one: teacher on one, learners on both; Redis is started again in between."""
    with RedisServer() as redis:
        both = Settings(database_url=f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}", bus_url=redis.url)
        urls = [f"ws://127.0.0.1:{serve(both).port}" for _ in range(2)]

        async def scene() -> None:
            async with teaching(f"{urls[0]}/ws", [f"{urls[0]}/room"]) as here:
                await here.come([f"{urls[0]}/room"], 1)
                await here.come([f"{urls[1]}/room"], 2)
                await here.pictures(time.monotonic())
                redis.stop()
                await here.votes([0, 1, 1], close=False)  # the database is looked at now and then, whatever is not heard
                redis.start()
                await here.counts([0, 1, 1])
                await here.pictures(time.monotonic())

        play(scene)


@pytest.mark.slow(seconds=20)
def test_a_class_over_two_machines(database: str, redis: RedisServer) -> None:
    """Teacher on one, learners on both; the machine of the teacher's session is killed, and the class goes on on the other."""

    async def scene() -> None:
        with ServerProcess(database) as one, ServerProcess(database) as other:
            async with teaching(one.socket, [rooms(one), rooms(other)]) as here:
                await here.come([rooms(one), rooms(other)], 2)
                away = await here.come([rooms(other)], 3)
                await here.pictures(time.monotonic())
                await here.votes([0, 1, 1, 2, 1])
                await here.screen.do("ask", source="words", ask="Which?", choices=CHOICES, right=1)
                await asyncio.gather(*(page.vote(0) for page in here.learners[:4]))
                here.teacher.url = other.socket
                killed = time.monotonic()
                one.kill()
                await here.screen.until(lambda: here.screen.lines == 2)
                await here.learners[4].vote(2)
                await here.screen.until(lambda: here.screen.room["answered"] == 5)
                voted = time.monotonic() - killed
                await here.counts([0, 0, 0, 0, 2])
                await here.pictures(killed + voted, away)
                took = min(at for at, _ in away[0].pictures if at > killed + voted) - killed
                print(f"\nthe owner killed: a vote counted after {voted:.2f} s, the room led anew after {took:.2f} s")
                assert took < WITHIN
                await here.votes([1, 1, 1, 0, 0])
                assert len(set(owners(database).values())) == 1 and "Traceback" not in other.said, other.said

    play(scene)


@pytest.mark.slow(seconds=20)
def test_a_class_over_two_workers(database: str, redis: RedisServer) -> None:
    """Whoever is on which of them; the one that has the teacher's session is killed, and Redis is started again."""

    async def scene() -> None:
        with ServerProcess(database, workers=2) as server:
            async with teaching(server.socket, [rooms(server)]) as here:
                await here.come([rooms(server)], 8)
                await here.pictures(time.monotonic())
                await here.votes([0, 1, 1, 2, 1, 0, 0, 0])
                killed = time.monotonic()
                kill(next(iter(owners(database).values())))
                await here.teacher.until(lambda: here.teacher.returns and here.teacher.returns[-1].back is not None)
                await here.pictures(here.teacher.returns[-1].back or 0.0)
                took = max(min(at for at, _ in page.pictures if at > killed + 0.5) for page in here.learners) - killed
                print(f"\na worker killed: all see the session again after {took:.2f} s")
                assert took < WITHIN
                await here.votes([1] * 8)
                redis.stop()
                await here.votes([2] * 8, close=False)  # the database is looked at now and then, whatever is not heard
                redis.start()
                await here.counts([2] * 8)
                await here.pictures(time.monotonic())
                await here.votes([0] * 8)
                assert "Traceback" not in server.said, server.said

    play(scene)
