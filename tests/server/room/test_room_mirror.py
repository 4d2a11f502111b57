"""A class sees its teacher's page as it is: what that is told and shown is encoded once, in order, and nothing comes back."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import PATIENCE, Page
from room_pages import Class
from test_restoring import HOSTING, SPEC, Life
from websockets.sync.client import connect

from engine import warm_up
from server.bus.in_process import InProcess
from server.metrics import ENCODED
from server.mirror.follower import Follower
from server.mirror.hub import Mirrors
from server.mirror.packing import Parcel, Shown, Told, pack, unpack
from server.mirror.shadow import told_to_followers
from server.protocol.room.mirror import MirrorLook
from server.wire.frames import decode

ROOM = "7"
WATCHED = ["parameters", "batch_losses", "maps", "microscope", "microstep"]


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    warm_up()


def encoded(channel: str) -> float:
    return float(ENCODED.labels(channel)._value.get())


class Snapshot:
    """A room as its service tells it."""

    def __init__(self, phase: str = "follow", *, ended: bool = False) -> None:
        self.phase, self.ended = phase, ended
        self.members = {0: Member()}


class Member:
    status = "in"


class Worker:
    """A process's mirrors; several may share a bus."""

    def __init__(self, bus: InProcess) -> None:
        self.told: list[Any] = []
        self.mirrors = Mirrors(bus, self)  # type: ignore[arg-type]

    def watch(self, room: str, callback: Any) -> Any:
        callback(Snapshot())
        self.told.append(callback)
        return lambda: self.told.remove(callback)

    def room(self, snapshot: Snapshot | None) -> None:
        for callback in self.told:
            callback(snapshot)


class Seat:
    """One who follows, without a socket."""

    def __init__(self, worker: Worker, *, paints: bool = True) -> None:
        self.worker, self.follower, self.paints = worker, Follower(10_000), paints
        self.events: list[dict[str, Any]] = []
        self.frames: dict[str, list[tuple[dict[str, Any], dict[str, np.ndarray], bytes]]] = {}
        worker.mirrors.join(ROOM, self.follower)
        self._task = asyncio.get_running_loop().create_task(self._listen())

    async def _listen(self) -> None:
        async for message in self.follower.messages():
            if isinstance(message, str):
                self.events.append(json.loads(message))
                continue
            header, arrays = decode(message)
            self.frames.setdefault(header["channel"], []).append((header, arrays, message))
            if self.paints:
                self.follower.acknowledge(header["channel"], header["frame"])

    def step(self, channel: str) -> int:
        return self.frames[channel][-1][0]["step"] if channel in self.frames else -1

    def newest(self, type: str) -> dict[str, Any]:
        return next(event for event in reversed(self.events) if event["type"] == type)

    def knows(self, type: str) -> bool:
        return any(event["type"] == type for event in self.events)

    def leave(self) -> None:
        self.worker.mirrors.leave(ROOM, self.follower)
        self._task.cancel()


class Teacher(Life):
    """A life whose page paints, and keeps what it was shown."""

    frames: dict[str, list[bytes]]

    async def _listen(self) -> None:
        self.frames = {}
        async for message in self.viewer.messages():
            if isinstance(message, bytes):
                header, _ = decode(message)
                self.frames.setdefault(header["channel"], []).append(message)
                self.viewer.acknowledge(header["channel"], header["frame"])
                self.session.poke()
            elif (id := json.loads(message).get("id")) is not None:
                self._answered[id] = json.loads(message)["type"]

    def step(self, channel: str) -> int:
        return decode(self.frames[channel][-1])[0]["step"] if channel in self.frames else -1


async def teaching(worker: Worker, channels: list[str] = WATCHED) -> Teacher:
    life = Teacher()
    await life.until(lambda: life.run.trainer is not None)
    await life.do("subscribe", channels=channels, grid=20)
    await life.do("step", count=4)
    life.source = worker.mirrors.lead(ROOM, life.session, lambda: None)  # type: ignore[attr-defined]
    return life


async def over(life: Life, *seats: Seat) -> None:
    for seat in seats:
        seat.leave()
    life.source.close()  # type: ignore[attr-defined]
    await life.end()


def test_what_two_want_alike_is_encoded_once() -> None:
    async def check() -> None:
        worker = Worker(InProcess())
        life = await teaching(worker)
        seats = [Seat(worker), Seat(worker), Seat(worker)]
        await life.until(lambda: all(seat.step(name) == 4 for seat in seats for name in WATCHED))
        before = {name: encoded(name) for name in WATCHED}
        for _ in range(5):
            await life.do("step", count=1)
            step = life.trainer.steps_done
            await life.until(lambda step=step: all(each.step(name) == step for each in (life, *seats) for name in WATCHED))
        for name in WATCHED:
            assert encoded(name) - before[name] == 5, name
        for seat in seats:
            for name in WATCHED:
                assert seat.frames[name][-1][2] == life.frames[name][-1], "the very bytes that the teacher's page was sent"
        await over(life, *seats)

    asyncio.run(check())


def test_who_comes_late_is_told_all_and_disturbs_nobody() -> None:
    async def check() -> None:
        worker = Worker(InProcess())
        life = await teaching(worker)
        first = Seat(worker)
        await life.until(lambda: all(first.step(name) == 4 for name in WATCHED))
        await life.do("step", count=3)
        await life.until(lambda: all(first.step(name) == 7 for name in WATCHED) and life.step("batch_losses") == 7)
        told, shown = len(first.events), sum(map(len, first.frames.values()))
        teachers = {name: len(frames) for name, frames in life.frames.items()}
        generation = life.session.generation
        made = {name: encoded(name) for name in WATCHED}
        late = Seat(worker)
        await life.until(lambda: all(late.step(name) == 7 for name in WATCHED))
        assert {name: encoded(name) for name in WATCHED} == made, "nothing is drawn for it"
        kinds = [event["type"] for event in late.events]
        assert kinds[:4] == ["mirror_room", "attached", "run", "script"] or kinds[:2] == ["mirror_room", "attached"]
        assert {"run", "script", "state"} <= set(kinds)
        assert late.newest("attached")["session"] == "" and late.newest("state")["step"] == 7
        parts = [header["meta"] for header, _, _ in late.frames["batch_losses"]]
        assert parts[0]["from"] == 0, "the curves come from their beginning"
        for part, following in itertools.pairwise(parts):
            assert following["from"] <= part["total"]
        assert len(first.events) == told and sum(map(len, first.frames.values())) == shown
        assert {name: len(frames) for name, frames in life.frames.items()} == teachers
        assert life.session.generation == generation == 1 and life.session.viewer is life.viewer
        await over(life, first, late)
        assert not life.session.readers

    asyncio.run(check())


def test_on_another_worker_it_comes_over_the_bus() -> None:
    async def check() -> None:
        bus = InProcess()
        home, other, third = Worker(bus), Worker(bus), Worker(bus)
        seats = [Seat(other)]
        life = await teaching(home)
        seats.append(Seat(third))
        await life.until(lambda: all(seat.step(name) == 4 for seat in seats for name in WATCHED))
        await life.do("step", count=1)
        await life.until(lambda: all(seat.step(name) == 5 for seat in seats for name in WATCHED))
        assert len(life.session.readers) == 1, "one looks on for all"
        # The teacher's page comes back to another process, which has the session now.
        again = await teaching(other)
        await life.until(lambda: not life.session.readers)
        await life.until(lambda: all(seat.step(name) == 4 for seat in seats for name in WATCHED))
        assert [event["type"] for event in seats[0].events].count("attached") == 2
        await over(again, *seats)
        await life.end()

    asyncio.run(check())


def test_what_the_teacher_looks_at_is_what_followers_are_shown() -> None:
    async def check() -> None:
        worker = Worker(InProcess())
        life = await teaching(worker, ["parameters"])
        seat = Seat(worker)
        await life.until(lambda: seat.step("parameters") == 4)
        await life.do("look", micro=3)
        await life.do("subscribe", channels=["microscope", "microstep"], grid=20)
        await life.until(lambda: seat.step("microstep") == 4)
        assert seat.frames["microstep"][-1][0]["meta"]["micro"] == 3
        await life.do("look", micro=1)
        await life.until(lambda: seat.frames["microstep"][-1][0]["meta"]["micro"] == 1)
        count = len(seat.frames["parameters"])
        life.source.look(MirrorLook(look={"room": "step"}))  # type: ignore[attr-defined]
        await life.until(lambda: seat.knows("mirror_look"))
        assert seat.newest("mirror_look")["look"] == {"room": "step"}
        await life.do("step", count=1)
        await life.until(lambda: seat.step("microstep") == 5)
        assert len(seat.frames["parameters"]) == count, "nobody looks at it any more"
        late = Seat(worker)
        await life.until(lambda: late.knows("mirror_look") and late.step("microstep") == 5)
        await over(life, seat, late)

    asyncio.run(check())


def test_while_a_vote_is_open_nothing_is_shown() -> None:
    async def check() -> None:
        worker = Worker(InProcess())
        life = await teaching(worker)
        seat = Seat(worker)
        await life.until(lambda: all(seat.step(name) == 4 for name in WATCHED))
        worker.room(Snapshot("vote"))
        await life.until(lambda: seat.newest("mirror_room")["status"] == "voting")
        shown = sum(map(len, seat.frames.values()))
        await life.do("step", count=2)
        await life.until(lambda: life.step("maps") == 6)
        late = Seat(worker)
        await asyncio.sleep(0.3)
        assert sum(map(len, seat.frames.values())) == shown and not late.frames
        assert not late.knows("run")
        worker.room(Snapshot("talk"))
        await life.until(lambda: all(each.step(name) == 6 for each in (seat, late) for name in WATCHED))
        assert seat.newest("mirror_room")["status"] == "live"
        gone = Snapshot("talk")
        seat.follower.member, late.follower.member, gone.members = 1, 2, {2: Member()}
        worker.room(gone)
        await life.until(lambda: seat.newest("mirror_room")["status"] == "removed")
        assert late.newest("mirror_room")["status"] == "live"
        worker.room(None)
        await life.until(lambda: late.newest("mirror_room")["status"] == "ended")
        await over(life, seat, late)

    asyncio.run(check())


def test_who_falls_behind_gets_newer_and_fewer_pictures() -> None:
    async def check() -> None:
        worker = Worker(InProcess())
        life = await teaching(worker)
        seat, slow = Seat(worker), Seat(worker, paints=False)
        await life.until(lambda: all(seat.step(name) == 4 for name in WATCHED) and slow.step("maps") >= 0)
        shown = len(slow.frames["maps"])
        for _ in range(4):
            await life.do("step", count=1)
            step = life.trainer.steps_done
            await life.until(lambda step=step: seat.step("maps") == step)
        assert len(slow.frames["maps"]) == shown, "the last one is not painted yet"
        slow.paints = True
        for name, frames in list(slow.frames.items()):
            slow.follower.acknowledge(name, frames[-1][0]["frame"])
        await life.until(lambda: all(slow.step(name) == 8 for name in WATCHED))
        assert len(slow.frames["maps"]) == shown + 1, "of those that it missed the newest"
        parts = [header["meta"] for header, _, _ in slow.frames["batch_losses"]]
        for part, following in itertools.pairwise(parts):
            assert following["from"] <= part["total"], "no piece of the curves is left out"
        await over(life, seat, slow)

    asyncio.run(check())


def test_nobody_follows_and_nothing_is_done() -> None:
    async def check() -> None:
        worker = Worker(InProcess())
        life = await teaching(worker)
        assert not life.session.readers and not life.source.followed  # type: ignore[attr-defined]
        seat = Seat(worker)
        await life.until(lambda: seat.step("maps") == 4)
        assert len(life.session.readers) == 1
        life.session.detach(life.viewer)
        assert all(reader.hidden for reader in life.session.readers), "where the teacher is away nothing goes on for the class"
        await over(life, seat)

    asyncio.run(check())


def test_what_is_the_teachers_own_is_not_told() -> None:
    for name in ("attached", "done", "error", "room_part_info", "mirror_info"):
        assert not told_to_followers(name)
    names = set(HOSTING.vocabulary.events.json_schema(mode="serialization")["discriminator"]["mapping"])
    assert {name for name in names if told_to_followers(name)} >= {"run", "state", "script", "race", "network", "lesson", "lab"}


def test_parcels_travel_whole() -> None:
    items = (Told("state", True, '{"θ": 1}'), Shown("maps", 7, False, b"\n\x00["), Shown("series", 8, True, b""))
    for parcel in (Parcel("news", "a", 3, False, items), Parcel("want", "", 0, True)):
        assert unpack(pack(parcel)) == parcel


class Line:
    """A socket of one who follows."""

    def __init__(self, live: Live) -> None:
        self._open = contextlib.ExitStack()
        self.socket = self._open.enter_context(connect(f"ws://127.0.0.1:{live.port}/mirror", max_size=None))
        self.events: list[dict[str, Any]] = []
        self.frames: dict[str, list[dict[str, Any]]] = {}
        self.texts: list[str] = []

    def send(self, type: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": type, **fields}))

    def until(self, wanted: Any) -> dict[str, Any]:
        while True:
            message = self.socket.recv(PATIENCE)
            if isinstance(message, bytes):
                header, _ = decode(message)
                self.frames.setdefault(header["channel"], []).append(header)
                self.send("acknowledge", channel=header["channel"], frame=header["frame"])
                event = header
            else:
                self.texts.append(message)
                event = json.loads(message)
                self.events.append(event)
            if wanted(event):
                return dict(event)

    def close(self) -> None:
        self._open.close()

    def ask(self, type: str, id: str, **fields: Any) -> dict[str, Any]:
        self.send(type, id=id, **fields)
        return self.until(lambda event: event.get("id") == id)


def test_who_follows_can_command_nothing(live: Live) -> None:
    with Class(live, learners=1) as room, Page(live.socket) as teacher:
        teacher.do("configure", spec=SPEC)
        teacher.do("subscribe", channels=["parameters", "maps"], grid=20)
        teacher.do("step", count=3)
        assert teacher.ask("mirror", code=room.code, key=room.entered[0]["key"])["type"] == "error", "not with a learner's key"
        teacher.do("mirror", code=room.code, key=room.key)
        (info,) = (event for event in teacher.events if event["type"] == "mirror_info")
        assert info["code"] == room.code and not info["followed"]
        line = Line(live)
        assert line.ask("ping", "early")["code"] == "not_entered"
        assert line.ask("follow", "wrong", code=room.code, key=room.key)["type"] == "error", "nor is the teacher's a learner's"
        assert line.ask("follow", "mine", code=room.code, key=room.entered[0]["key"])["type"] == "done"
        line.until(lambda event: event.get("channel") == "maps" and event["step"] == 3)
        teacher.until(lambda event: event["type"] == "mirror_info" and event["followed"])
        session = live.app.state.sessions.find(teacher.attached["session"])
        stood = session.generation, session.activities[0].trainer.steps_done, session.viewer
        models = HOSTING.vocabulary.models
        for name in models:
            answer = line.ask(name, f"try {name}", **({"code": "A", "key": "B"} if name == "follow" else {}))
            right = {"ping": "done"}.get(name, "error")
            if name == "acknowledge":
                assert answer["code"] == "invalid"
                continue
            assert answer["type"] == right and answer.get("code") in (None, "read_only", "invalid"), answer
            assert name == "ping" or answer["code"] == "read_only", answer
        assert (session.generation, session.activities[0].trainer.steps_done, session.viewer) == stood
        assert not session.moving and len(models) > 60
        told = "".join(line.texts)
        for secret in (teacher.attached["session"], room.key, *(each["key"] for each in room.entered)):
            assert secret not in told
        teacher.do("step", count=1)
        line.until(lambda event: event.get("channel") == "maps" and event["step"] == 4)
        room.ask()
        line.until(lambda event: event.get("status") == "voting")
        room.screen.do("end", keep=True)
        line.until(lambda event: event.get("status") == "ended")
        line.close()
