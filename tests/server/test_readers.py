"""A session has one who controls it and any number who look on: they are told and shown everything, and change nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from test_restoring import HOSTING, Life

from engine import warm_up
from server.session.viewer import Viewer
from server.wire.frames import decode


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    warm_up()


class Reader:
    """One who looks on, in the session's own loop."""

    def __init__(self, life: Life) -> None:
        self.life, self.viewer = life, Viewer(10_000)
        self.events: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        life.session.watch(self.viewer)
        self._task = asyncio.get_running_loop().create_task(self._listen())

    async def _listen(self) -> None:
        async for message in self.viewer.messages():
            if isinstance(message, str):
                self.events.append(json.loads(message))
                continue
            header, _ = decode(message)
            self.frames.append(header)
            self.viewer.acknowledge(header["channel"], header["frame"])
            self.life.session.poke()

    async def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        command = HOSTING.vocabulary.commands.validate_python({"type": type, "id": f"{type} {len(self.events)}", **fields})
        await self.life.session.submit(self.viewer, command)
        await self.life.until(lambda: any(event.get("id") == command.id for event in self.events))
        return next(event for event in self.events if event.get("id") == command.id)

    def leave(self) -> None:
        self.life.session.leave(self.viewer)
        self._task.cancel()


async def begun() -> Life:
    life = Life()
    await life.until(lambda: life.run.trainer is not None)
    return life


def test_who_looks_on_is_told_and_shown_what_happens() -> None:
    async def check() -> None:
        life = await begun()
        await life.do("step", count=4)
        readers = [Reader(life), Reader(life)]
        await life.until(lambda: all(reader.events for reader in readers))
        assert (await readers[0].ask("subscribe", channels=["parameters"]))["type"] == "done"
        for reader in readers:
            told = [event["type"] for event in reader.events]
            assert told[:3] == ["run", "script", "state"] and reader.events[2]["step"] == 4
        await life.until(lambda: len(readers[0].frames) == 1)
        await life.do("step", count=2)
        await life.until(lambda: bool(readers[0].frames) and readers[0].frames[-1]["step"] == 6)
        await life.until(lambda: all(reader.events[-1].get("step") == 6 for reader in readers))
        assert not readers[1].frames, "each has channels of its own"
        assert not life.viewer.slots
        await life.end()

    asyncio.run(check())


def test_who_looks_on_changes_nothing() -> None:
    async def check() -> None:
        life = await begun()
        reader = Reader(life)
        for command in ({"type": "step"}, {"type": "play"}, {"type": "look"}, {"type": "race"}, {"type": "share"}):
            answer = await reader.ask(**command)
            assert (answer["type"], answer["code"]) == ("error", "read_only"), answer
        assert life.run.work is None and life.trainer.steps_done == 0
        assert (await reader.ask("visible", visible=False))["type"] == "done"
        await life.do("step", count=1)
        assert life.trainer.steps_done == 1, "the one who controls goes on"
        await life.end()

    asyncio.run(check())


def test_a_session_is_watched_until_the_last_has_left() -> None:
    async def check() -> None:
        life = await begun()
        first, second = Reader(life), Reader(life)
        life.session.detach(life.viewer)
        assert life.session.watched_by == 2 and life.session.seen
        first.leave()
        assert life.session.watched_by == 1
        before = life.session.unwatched_since
        second.leave()
        assert life.session.watched_by == 0 and not life.session.seen
        assert life.session.unwatched_since > before
        await life.end()

    asyncio.run(check())
