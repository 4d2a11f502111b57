"""A class at once: N learners over real WebSockets, and what each of them gets. Prints, never asserts:
python tests/bench/bench_load.py --learners 100

Every learner has a socket of its own, trains [2, 8, 8, 1] on the spiral, watches the series, the parameters and 25×25 maps,
acknowledges every frame as the page does, and gives a command about twice a second. `--mix mixed` has them do other things
too (digits, both races, the microscope), `--stalled 5` adds as many who stop reading, `--attack keep` one who attacks
(`attacks.py` has the names) beside twenty, `--workers 2` starts so many processes. `--room`: a class instead, one teacher whose
session so many follow (`followed.py`); several workers then have a Redis of the tool's own.
The tool reads no more of a message than it has to: it shares the machine with the server.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import re
import socket
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "server"))

import attacked
import attacks
import followed
from redis_server import RedisServer
from server_process import Server, started
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

FRAME = re.compile(rb'"channel":"(\w+)","frame":(\d+)')
STEP = re.compile(r'"step":(\d+)')
ANSWER = re.compile(r'^\{"type":"(done|error|attached)","id":(\d+)')
EVERY = 0.5
"""Seconds from one command of a learner to the next, on average."""

Command = tuple[str, dict[str, Any]]
FLAT, DEFAULT = {"unit": "flat"}, {"unit": "epochs", "rate": 1.0}
RATE: Command = ("edit", {"edit": {"kind": "set", "path": "optimizer.lr", "value": "RATE"}})
PLAY: Command = ("play", {"speed": "SPEED"})
RUN: tuple[tuple[Command, ...], ...] = (
    (("speed", {"speed": "SPEED"}),),
    (("pause", {}), PLAY),
    (RATE,),
    (("seek", {"step": "BACK"}), PLAY),
    (("step", {"count": 10}), PLAY),
    (("undo", {}), PLAY),
)
"""Cheap ones, and those that the engine has to do something for."""


@dataclass(frozen=True, eq=False)
class Kind:
    """What a learner does: the run, what is watched, how it begins, and what is asked for in turn."""

    name: str
    channels: tuple[str, ...]
    counted: tuple[str, ...]
    """Channels each of which is to come often; the others have a slower pace of their own."""
    begin: tuple[Command, ...] = (PLAY,)
    turns: tuple[tuple[Command, ...], ...] = RUN
    spec: dict[str, Any] = field(default_factory=lambda: {"network": {"layers": [{"units": 8}, {"units": 8}]}})


SPIRAL = Kind("spiral", ("series", "parameters", "maps"), ("parameters", "maps"))
DIGITS = Kind(
    "digits",
    ("series", "parameters", "gradients", "evaluation"),
    ("parameters", "gradients"),
    spec={
        "data": {"name": "digits"},
        "network": {"layers": [{"units": 64, "activation": "relu"}, {"units": 32, "activation": "relu"}]},
        "batch_size": 32,
    },
)
MICROSCOPE = Kind(
    "microscope",
    ("microscope", "microstep"),
    (),
    begin=(),
    turns=tuple((("step", {"count": 1}), ("look", {"micro": micro, "depth": "unit"})) for micro in range(6)),
)


def _race(prefix: str, begin: str, channels: tuple[str, ...], counted: tuple[str, ...]) -> Kind:
    playing: tuple[Command, ...] = (
        (f"{prefix}_seek", {"step": 0}),
        (f"{prefix}_play", {"speed": {"unit": "steps", "rate": 60}}),
    )
    turns = (((f"{prefix}_pause", {}), playing[1]), playing, ((f"{prefix}_step", {"count": 10}), playing[1]))
    return Kind(f"{prefix}", channels, counted, begin=((begin, {}), *playing), turns=turns)


MIXED = (
    SPIRAL,
    DIGITS,
    _race("race", "race", ("race_trails", "race_standings", "race_surface"), ("race_trails",)),
    _race("network", "network", ("network_ways", "network_curves", "network_standings"), ("network_ways",)),
    MICROSCOPE,
)


class Learner:
    """One socket."""

    def __init__(self, number: int, kind: Kind, speed: dict[str, Any]) -> None:
        self.kind, self.speed, self.socket = kind, speed, None
        self.frames: Counter[str] = Counter()
        self.bytes, self.step, self.updates, self._newest = 0, 0, 0, 0
        self.waits: dict[str, list[float]] = {}
        self.errors: Counter[str] = Counter()
        self.of_gradient_in_parts = False
        self.closed: int | None = None
        self._random = random.Random(number)
        self._ids = itertools.count(1)
        self._asked: dict[int, tuple[str, float, asyncio.Future[str]]] = {}

    async def join(self, url: str) -> None:
        self.socket: ClientConnection = await connect(url, compression=None, max_size=None, ping_interval=None)
        self._reader = asyncio.create_task(self._read())
        await self.ask("attach")

    async def begin(self) -> None:
        await self.ask("configure", spec=self.kind.spec)
        await self.ask("subscribe", channels=list(self.kind.channels), grid=25, ahead=1)
        await self._do(self.kind.begin)

    async def learn(self) -> None:
        """Give commands, until cancelled."""
        await asyncio.sleep(self._random.random() * EVERY)
        for number in itertools.count(self._random.randrange(len(self.kind.turns))):
            begun, turn = time.perf_counter(), self.kind.turns[number % len(self.kind.turns)]
            await self._do(turn)
            rest = len(turn) * EVERY * (0.75 + self._random.random() / 2)
            await asyncio.sleep(max(0.0, rest - (time.perf_counter() - begun)))

    @property
    def pending(self) -> list[float]:
        """Seconds that those of its commands have waited that are not answered yet."""
        return [time.perf_counter() - sent for _, sent, _ in self._asked.values()]

    async def stall(self) -> None:
        """Read no more, but acknowledge blindly what may have been sent, and so ask for ever more; until let go of."""
        newest = self._newest
        self._reader.cancel()
        self.socket.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        self.socket.transport.pause_reading()
        with contextlib.suppress(ConnectionClosed, OSError):
            for number in itertools.count(newest + 1):
                for channel in self.kind.channels:
                    await self.socket.send(f'{{"type":"acknowledge","channel":"{channel}","frame":{number}}}')
                await asyncio.sleep(0.02)

    async def leave(self) -> None:
        self._reader.cancel()
        await self.socket.close()

    def reset(self) -> None:
        self.frames.clear()
        self.waits.clear()
        self.bytes = self.updates = 0
        self.of_gradient_in_parts = True

    async def ask(self, type: str, **fields: Any) -> str:
        id = next(self._ids)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._asked[id] = (type, time.perf_counter(), answer)
        await self.socket.send(json.dumps({"type": type, "id": id, **fields}))
        return await answer

    async def _do(self, commands: tuple[Command, ...]) -> None:
        for type, fields in commands:
            made = dict(fields)
            if made.get("speed") == "SPEED":
                made["speed"] = self.speed
            if made.get("step") == "BACK":
                made["step"] = self._random.randrange(max(1, self.step))
            if type == "edit":
                made["edit"] = made["edit"] | {"value": round(10 ** self._random.uniform(-3, -1.5), 5)}
            await self.ask(type, **made)

    async def _read(self) -> None:
        try:
            while True:
                message = await self.socket.recv()
                self.bytes += len(message)
                if isinstance(message, bytes):
                    found = FRAME.search(message, 4, 160)
                    assert found is not None
                    channel = found[1].decode()
                    self.frames[channel] += 1
                    self._newest = int(found[2])
                    await self.socket.send(f'{{"type":"acknowledge","channel":"{channel}","frame":{self._newest}}}')
                    continue
                if message.startswith('{"type":"state"'):
                    step = int(STEP.search(message, 15)[1])  # type: ignore[index]
                    self.updates += max(0, step - self.step)
                    self.step = step
                    continue
                answer = ANSWER.match(message)
                if answer is not None and int(answer[2]) in self._asked:
                    type, sent, future = self._asked.pop(int(answer[2]))
                    if self.of_gradient_in_parts:
                        self.waits.setdefault(type, []).append(time.perf_counter() - sent)
                    if answer[1] == "error":
                        self.errors[f"{type}: {json.loads(message)['message']}"] += 1
                    if not future.done():
                        future.set_result(message)
        except ConnectionClosed as closed:
            self.closed = closed.rcvd.code if closed.rcvd else 1006
            for _, _, future in self._asked.values():
                future.cancel()


async def warm(url: str, mix: str) -> None:
    """Every kind once, so that what all sessions share is there, and the kernels are ready. Of several workers, whichever
    answers."""
    async with connect(url, compression=None, max_size=None) as waiting:
        await waiting.send('{"type": "attach"}')
        async for message in waiting:
            if isinstance(message, str) and message.startswith('{"type":"warmup"'):
                event = json.loads(message)
                if event["done"] == event["total"]:
                    break
    for kind in MIXED if mix == "mixed" else (SPIRAL,):
        learner = Learner(0, kind, FLAT)
        await learner.join(url)
        await learner.begin()
        for turn in kind.turns:
            await learner._do(turn)
        if kind.turns is RUN:
            await learner.ask("pause")  # what plays on for nobody would be counted to those who come
        await learner.leave()


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


async def measured(learners: list[Learner], seconds: float, server: Server | None) -> float:
    """Let them learn for so long; the seconds that it was."""
    commanding = [asyncio.create_task(learner.learn()) for learner in learners]
    await asyncio.sleep(2.0)
    for learner in learners:
        learner.reset()
    began, own = time.perf_counter(), time.process_time()
    used = server.seconds if server else 0.0
    await asyncio.sleep(seconds)
    elapsed = time.perf_counter() - began
    for learner in learners:
        learner.of_gradient_in_parts = False
    busy = f"; the server {(server.seconds - used) / elapsed:.2f} of a processor" if server else ""
    print(f"  over {elapsed:.1f} s{busy}, this tool {(time.process_time() - own) / elapsed:.2f}")
    for task in commanding:
        task.cancel()
    await asyncio.gather(*commanding, return_exceptions=True)
    return elapsed


def tell(learners: list[Learner], elapsed: float, *, brief: bool = False) -> None:
    for kind in dict.fromkeys(learner.kind for learner in learners):
        own = [learner for learner in learners if learner.kind is kind]
        print(f"  {kind.name}: {len(own)} learners")
        for channel in kind.channels:
            rates = [learner.frames[channel] / elapsed for learner in own]
            word = "" if channel in kind.counted else "  (at a slower pace by design)"
            print(f"    {channel:18} {min(rates):6.1f} frames/s at least, {statistics.median(rates):6.1f} median{word}")
    rates = [learner.bytes / elapsed / 1e6 for learner in learners]
    print(f"  {statistics.median(rates):.3f} MB/s a learner, {max(rates):.3f} at most")
    print(f"  {sum(learner.updates for learner in learners) / elapsed:,.0f} updates/s in all")
    waits: dict[str, list[float]] = {}
    for learner in learners:
        for type, found in learner.waits.items():
            waits.setdefault(type, []).extend(found)
    everything = [wait for found in waits.values() for wait in found]
    for type, found in {"command to answer": everything, **({} if brief else dict(sorted(waits.items())))}.items():
        shown = " ".join(f"p{share * 100:g} {percentile(found, share) * 1e3:.0f}" for share in (0.5, 0.9, 0.99))
        print(f"  {type:18} {shown}, at most {max(found, default=0) * 1e3:.0f} ms of {len(found)}")
    missing = sum(learner.closed is not None for learner in learners)
    errors: Counter[str] = sum((learner.errors for learner in learners), Counter())
    print(f"  {missing} sockets lost; refused: {dict(errors) or 'nothing'}")


async def load(url: str, server: Server | None, options: argparse.Namespace) -> None:
    for _ in range(4 * options.workers if options.workers > 1 else 1):
        await warm(url, options.mix)
    base = server.resident if server else 0.0
    chosen = MIXED if options.mix == "mixed" else (SPIRAL,)
    learners = [Learner(number, chosen[number % len(chosen)], FLAT) for number in range(options.learners)]
    begun = time.perf_counter()
    await asyncio.gather(*(learner.join(url) for learner in learners))
    print(f"{len(learners)} learners, {options.mix}: joined in {time.perf_counter() - begun:.2f} s")
    await asyncio.gather(*(learner.begin() for learner in learners))
    print(f"  and playing after {time.perf_counter() - begun:.2f} s")
    for name, speed in (("flat out", FLAT), ("at the default speed", DEFAULT)):
        if options.attack or options.speed not in ("both", name.split()[0]):
            continue
        for learner in learners:
            learner.speed = speed
        await asyncio.gather(*(learner.ask("speed", speed=speed) for learner in learners if learner.kind.turns is RUN))
        print(name)
        tell(learners, await measured(learners, options.seconds, server))
        if server:
            used = server.resident
            print(f"  resident: {used:.0f} MB, {(used - base) / len(learners):.2f} MB a session above the {base:.0f} of none")
    if options.attack:
        for learner in learners:
            learner.speed = DEFAULT
        await asyncio.gather(*(learner.ask("speed", speed=DEFAULT) for learner in learners if learner.kind.turns is RUN))
        await attacked.under_attack(url, options.attack, learners, round(options.seconds))
    if options.stalled:
        await stalled(url, server, learners, options)
    await asyncio.gather(*(learner.leave() for learner in learners))


async def room(url: str, server: Server | None, options: argparse.Namespace) -> None:
    for _ in range(4 * options.workers if options.workers > 1 else 1):
        await warm(url, "uniform")
    teacher = Learner(0, SPIRAL, DEFAULT)
    await teacher.join(url)
    await teacher.begin()
    await followed.follow(url, server, teacher, options.learners, options.seconds)
    await teacher.leave()


async def stalled(url: str, server: Server | None, learners: list[Learner], options: argparse.Namespace) -> None:
    """What it costs the server, and the others, that some stop reading while they play flat out. Those others play at the
    default speed: their own checkpoints hardly grow meanwhile."""
    for learner in learners:
        learner.speed = DEFAULT
    await asyncio.gather(*(learner.ask("speed", speed=DEFAULT) for learner in learners if learner.kind.turns is RUN))
    more = [Learner(number, SPIRAL, FLAT) for number in range(options.stalled)]
    await asyncio.gather(*(learner.join(url) for learner in more))
    await asyncio.gather(*(learner.begin() for learner in more))
    print(f"{len(more)} more who play flat out, and read")
    tell(learners, await measured(learners, options.seconds, server), brief=True)
    before = server.resident if server else 0.0
    stalling = [asyncio.create_task(learner.stall()) for learner in more]
    print("and who stop reading")
    tell(learners, await measured(learners, options.seconds, server), brief=True)
    if server:
        print(f"  resident: {(server.resident - before) / len(more):+.2f} MB for each of them")
    for task in stalling:
        task.cancel()
    await asyncio.gather(*stalling, return_exceptions=True)
    for learner in more:
        learner.socket.transport.abort()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, help="100; beside an attack 20")
    parser.add_argument("--attack", choices=attacks.ATTACKS, help="what each has before and beside it, at the default speed")
    parser.add_argument("--room", action="store_true", help="a class that follows one session; 200 learners")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--mix", choices=("uniform", "mixed"), default="uniform")
    parser.add_argument(
        "--speed", choices=("flat", "at", "both"), default="both", help="flat out, at the default speed, or both"
    )
    parser.add_argument("--stalled", type=int, default=0, help="so many more who stop reading")
    parser.add_argument("--url", help="of a running server's socket, ws://…/ws; without it one is started")
    parser.add_argument("--pid", type=int, help="of that server, to measure it")
    parser.add_argument("--workers", type=int, default=1, help="processes of the server that is started")
    options = parser.parse_args()
    options.learners = options.learners or (20 if options.attack else 200 if options.room else 100)
    what = room if options.room else load
    if options.url:
        asyncio.run(what(options.url, Server(options.pid) if options.pid else None, options))
        return
    with contextlib.ExitStack() as stack:
        bus = stack.enter_context(RedisServer()).url if options.room and options.workers > 1 else ""
        url, server = stack.enter_context(started(options.workers, bus))
        asyncio.run(what(url, server, options))


if __name__ == "__main__":
    main()
