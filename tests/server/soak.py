"""A class for a long time, on bad days: python tests/server/soak.py --minutes 20

Twenty pages play and do other things besides, strangers come and go, and meanwhile the server is killed, told to end and
started again, and its disk is full and free again. Nothing that a page was told is done may be lost, all go on, and what the
server takes levels off. `test_soak` runs parts of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import resource
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from learners import Event, Learner
from processes import ServerProcess
from websockets.exceptions import ConnectionClosed

YOUNG = 2.0
"""Seconds within which what is acknowledged is surely kept, were the machine to fail."""
BACK = 60.0
"""Seconds after which one that does not come back is lost."""
SGD = {"optimizer": {"name": "sgd", "lr": 0.01}}


class Soaker(Learner):
    """A page that plays, and does other things, and remembers what it was told is done."""

    def __init__(self, url: str, number: int, seed: int) -> None:
        super().__init__(url, number)
        self.edits: list[tuple[float, float]] = []
        """Of each acknowledged edit when, and the value."""
        self.kept: list[str] = []
        """Experiments that the server said last."""
        self.lost: list[float] = []
        self.young = 0
        """Edits acknowledged just before the server was killed that are not there."""
        self._random = random.Random(f"{seed} {number}")
        self._values = itertools.count(1)

    async def tried(self, type: str, **fields: Any) -> Event | None:
        """A command's answer; None where the line broke before it came."""
        task = asyncio.ensure_future(self.ask(type, **fields))
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
            return task.result()
        return None

    async def soak(self) -> None:
        """Until cancelled."""
        for turn in itertools.count(self.number):
            await asyncio.sleep(self._random.uniform(1.0, 3.0))
            value = round(0.01 + self.number * 1e-4 + next(self._values) * 1e-7, 9)
            answer = await self.tried("edit", edit={"kind": "set", "path": "optimizer.lr", "value": value})
            if answer is not None and answer["type"] == "done":
                self.edits.append((time.monotonic(), value))
            await self._besides(turn)

    async def _besides(self, turn: int) -> None:
        kind = turn % 5
        if kind == 1:
            await self._both(("race", {"spec": {"lanes": [SGD], "max_steps": 500}}), ("race_play", {}))
        elif kind == 2:
            await self._both(("network", {"lanes": [SGD, SGD]}), ("study_seeds", {"seeds": 4, "steps": 200}))
        elif kind == 3:
            await self.tried("subscribe", channels=["series", "parameters"], grid=10)
            await self.tried("export", format="curves")
        elif kind == 4:
            answer = await self.tried("keep")
            if answer is not None and answer["type"] == "done" and answer["result"]["lasting"]:
                self.kept.append(answer["result"]["experiment"])

    async def _both(self, first: tuple[str, dict[str, Any]], then: tuple[str, dict[str, Any]]) -> None:
        answer = await self.tried(first[0], **first[1])
        if answer is not None and answer["type"] == "done":
            await self.tried(then[0], **then[1])

    async def settled(self, cut: float, *, orderly: bool) -> None:
        """It is back, and plays; what it was told is done before the cut is there."""
        here = self.state["step"]
        await self.until(lambda: self.state["status"] == "playing" and self.state["step"] != here)
        answer, asked = None, 0.0
        while answer is None or answer["type"] != "done":
            asked = time.monotonic()
            answer = await self.tried("share")
        script = json.loads(answer["result"]["script"])
        there = {edit.get("value") for edit in script["edits"]}
        for when, value in list(self.edits):
            if when < asked and value not in there:
                self.edits.remove((when, value))
                if orderly or when < cut - YOUNG:
                    self.lost.append(value)
                else:
                    self.young += 1

    def _hear(self, message: str | bytes, socket: Any) -> None:
        if isinstance(message, str) and message.startswith('{"type":"error","id":null'):
            return  # news of the server's state, in words for a person
        if isinstance(message, str) and '"code":"no_race"' in message:
            message = message.replace("no_race", "unavailable")  # of one that was begun as the server was killed
        super()._hear(message, socket)


class Sample(NamedTuple):
    """What a server takes, at rest."""

    resident: float
    files: int
    database: float


class Soak:
    """One server after the other on one database, and pages that outlive them all."""

    def __init__(self, folder: Path, clients: int, seed: int) -> None:
        self.url = f"sqlite:///{(folder / 'soak.sqlite3').as_posix()}"
        self._file, self._seed = folder / "soak.sqlite3", seed
        self._random = random.Random(seed)
        self._clients = clients
        self.server = ServerProcess(self.url)
        self.them: list[Soaker] = []
        self.samples: list[Sample] = []
        self.counts = dict.fromkeys(EVENTS, 0)
        self._strangers: list[str | None] = [None] * 6
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        self.them = [Soaker(self.server.socket, number, self._seed) for number in range(self._clients)]
        await asyncio.gather(*(self._first(each) for each in self.them))
        self._tasks = [asyncio.create_task(each.soak()) for each in self.them]

    async def _first(self, each: Soaker) -> None:
        spec = {"data": {"name": "xor", "samples": 60}, "network": {"layers": [{"units": 3 + each.number % 3}]}}
        await each.do("configure", spec=spec)
        await each.do("play", speed={"unit": "steps", "rate": 60})

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(each.end() for each in self.them))
        self.server.__exit__()

    async def for_a_while(self, seconds: float, events: Sequence[str]) -> None:
        """One thing after the other, in an order of its own."""
        end = time.monotonic() + seconds
        line = list(events)
        while time.monotonic() < end:
            self._random.shuffle(line)
            for name in line:
                if time.monotonic() > end:
                    break
                await asyncio.sleep(self._random.uniform(2.0, 4.0))
                for task in self._tasks:
                    assert not task.done(), task.exception()
                cut = time.monotonic()
                await EVENTS[name](self)
                async with asyncio.timeout(BACK):
                    await asyncio.gather(*(each.settled(cut, orderly=name != "kill") for each in self.them))
                self.counts[name] += 1
                self.samples.append(self._look())
                self._tell(name, time.monotonic() - cut)
        await asyncio.sleep(YOUNG)

    # What befalls them ------------------------------------------------------------------------------------------------

    async def kill(self) -> None:
        self.server.kill()
        await self._again()

    async def restart(self) -> None:
        """An orderly end."""
        self.server.send(signal.SIGTERM)
        await asyncio.to_thread(self.server.process.wait, 20)
        await self._again()

    async def _again(self) -> None:
        old = self.server
        self.server = await asyncio.to_thread(lambda: ServerProcess(self.url, port=old.port))
        old.__exit__()
        for each in self.them:
            await each.until(lambda each=each: each.returns and each.returns[-1].back is not None)

    async def full(self) -> None:
        """No file of the server's can grow, nor be written beyond its beginning, for some seconds."""
        before = resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        steps = {each.number: each.state["step"] for each in self.them}
        await asyncio.sleep(5.0)
        going = sum(each.state["step"] > steps[each.number] + 150 for each in self.them)
        resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE, before)
        print(f"  the disk was full for 5 s: {going} of {len(self.them)} went on meanwhile")

    async def crowd(self) -> None:
        """Others come, or come back, do something, and go."""

        async def one(place: int) -> None:
            stranger = Soaker(self.server.socket, 100 + place, self._seed)
            stranger.session = self._strangers[place]
            await stranger.do("configure", spec={"network": {"layers": [{"units": 64}, {"units": 64}]}})
            await stranger.do("play", speed={"unit": "flat"})
            await asyncio.sleep(1.0)
            await stranger.do("export", format="model")
            self._strangers[place] = stranger.session
            await stranger.end()

        await asyncio.gather(*(one(place) for place in range(len(self._strangers))))

    # Figures ----------------------------------------------------------------------------------------------------------

    def _look(self) -> Sample:
        process = Path(f"/proc/{self.server.process.pid}")
        pages = int((process / "statm").read_text().split()[1])
        size = sum(path.stat().st_size for path in self._file.parent.glob(f"{self._file.name}*"))
        return Sample(pages * resource.getpagesize() / 1e6, len(list((process / "fd").iterdir())), size / 1e6)

    def _tell(self, name: str, seconds: float) -> None:
        returns = [each.returns[-1] for each in self.them if each.returns]
        behind = max((each.behind for each in returns), default=0.0)
        sample = self.samples[-1]
        print(
            f"  {name:8} all go on after {seconds:5.1f} s, at most {behind:.2f} s of play behind;"
            f" {sample.resident:.0f} MB, {sample.files} files, {sample.database:.1f} MB kept",
            flush=True,
        )

    async def check(self) -> None:
        """Nothing is lost, and what the server takes levels off."""
        lost = [value for each in self.them for value in each.lost]
        acknowledged = sum(len(each.edits) + each.young + len(each.lost) for each in self.them)
        young = sum(each.young for each in self.them)
        print(
            f"  {acknowledged} edits acknowledged, {len(lost)} lost, {young} more within {YOUNG:g} s of a kill; {self.counts}"
        )
        assert lost == []
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        kept = [(each, experiment) for each in self.them for experiment in each.kept]
        for each, experiment in kept[:: max(1, len(kept) // 100)]:
            await each.do("load", experiment=experiment)
        print(f"  {len(kept)} experiments kept, and there")
        third = max(1, len(self.samples) // 3)
        for name, room in (("resident", 60.0), ("files", 20), ("database", 4.0)):
            values = [getattr(sample, name) for sample in self.samples]
            earlier, later = statistics.median(values[third : 2 * third] or values), statistics.median(values[-third:])
            print(f"  {name}: {values[0]:.1f} at first, {earlier:.1f} in the second third, {later:.1f} in the last")
            assert later <= 1.25 * earlier + room, f"{name} grows"


EVENTS: dict[str, Callable[[Soak], Awaitable[None]]] = {
    "kill": Soak.kill,
    "restart": Soak.restart,
    "full": Soak.full,
    "crowd": Soak.crowd,
}


async def soak(folder: Path, seconds: float, events: Sequence[str] = tuple(EVENTS), clients: int = 20, seed: int = 0) -> None:
    """Print what happens; AssertionError where something is lost, TimeoutError where somebody does not come back."""
    print(f"\n{clients} clients, {seconds:.0f} s of {', '.join(events)}, seed {seed}")
    scene = Soak(folder, clients, seed)
    try:
        await scene.begin()
        await scene.for_a_while(seconds, events)
        await scene.check()
    finally:
        await scene.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10_000)
    parser.add_argument("--events", nargs="+", choices=EVENTS, default=list(EVENTS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(soak(Path(folder), 60 * options.minutes, options.events, options.clients, options.seed))


if __name__ == "__main__":
    sys.exit(main())
