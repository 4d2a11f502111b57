"""Both races as activities, until they are of their own."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Any

from server.interfaces import RunAccess
from server.keeping.versions import RACE_VERSION
from server.protocol import Command, Message, RaceSpeed
from server.race.network import commands as network_commands
from server.race.network.controller import Going as NetworkGoing
from server.race.network.controller import NetworkDesk
from server.race.network.controller import Playing as NetworkPlaying
from server.race.surface import commands, files
from server.race.surface.controller import Desk
from server.race.surface.work import Going, Playing, Tuning
from server.session.activity import Activity, Answer, Handler, Header, Host, Job, Restored
from server.session.viewer import Viewer

log = logging.getLogger("chainrule")


class Facade:
    """What the races know as their session."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)

    @property
    def desk(self) -> Desk:
        return self._host.find(SurfaceRace).desk

    @property
    def network(self) -> NetworkDesk:
        desk: NetworkDesk = self._host.find(NetworkRace).desk
        return desk

    @property
    def run(self) -> int:
        return self._host.find(RunAccess).number


def handler(function: Callable[[Any, Viewer, Any], Awaitable[Answer]]) -> Handler:
    async def handle(race: Any, viewer: Viewer, command: Any) -> Answer:
        return await function(race.session, viewer, command)

    return handle


class SurfaceRace(Activity):
    name = "race"

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.desk = Desk(host.settings.slice_seconds)
        self.session: Any = Facade(host)

    def takes(self, waiting: Sequence[Command]) -> bool:
        return self.desk.takes(list(waiting))

    def wait(self, now: float) -> float:
        return self.desk.wait(now, self.host.resting)

    def job(self, now: float) -> Job | None:
        work, race = self.desk.work, self.desk.race
        if work is None or race is None or self.wait(now) > 0:
            return None
        self.desk._slice.aim(self.host.slice_seconds)
        return Job(partial(work.advance, race, self.desk._slice), partial(self._went, work), isinstance(work, Going | Tuning))

    async def _went(self, work: Any, over: Any, failed: Exception | None) -> None:
        if failed is not None:
            log.error("a race failed", exc_info=failed)
            self.desk.end_work(self.session)
            raise failed
        if over and isinstance(work, Tuning):
            await self.host.call(self.desk.settle, work.found(), "tuned")
            self.desk.rates = work.words
            await self.desk.changed(self.session)
        if over:
            self.desk.end_work(self.session)
        else:
            self.desk.tell(self.session, hurry=False)

    def go_on(self) -> None:
        self.desk.go_on()

    def stumble(self) -> None:
        self.desk.work = None

    def events(self) -> Iterable[Message | None]:
        return self.desk.events

    @property
    def playing(self) -> bool:
        return self.desk.work is not None

    @property
    def moving(self) -> bool:
        return self.desk.work is not None

    def header(self) -> Header:
        return {"run": self.desk.number, "branch": 0, "step": self.desk.present().step}

    def script_key(self) -> Hashable:
        return self.desk.number, self.desk.changes

    def place_key(self) -> Hashable:
        return self.desk.race and self.desk.race.step, self.desk.speed

    def script(self) -> dict[str, Any]:
        desk = self.desk
        return {"race": None if desk.race is None else _versioned(files.script(desk.race, desk))}

    def place(self) -> dict[str, Any]:
        desk = self.desk
        if desk.race is None:
            return {"race": None}
        return {"race": [desk.number, desk.race.step, isinstance(desk.work, Playing), desk.speed.model_dump()]}

    async def restore(self, restored: Restored) -> None:
        if restored.script.get(self.name) and restored.place.get(self.name):
            try:
                number, step, plays, speed = restored.place[self.name]
                await self.resume(restored.script[self.name], number, step, plays, RaceSpeed.model_validate(speed))
            except Exception:
                log.exception("a kept race cannot be taken up")

    async def resume(self, script: dict[str, Any], number: int, step: int, plays: bool, speed: RaceSpeed) -> None:
        desk = self.desk
        desk.number = number - 1
        await commands.lay_out(self.session, script)
        race, desk.speed = desk.present(), speed
        await self.host.call(race.seek, step)
        desk.work = Playing(race, speed) if plays else None
        desk.tell(self.session)


class NetworkRace(SurfaceRace):
    name = "network"

    def __init__(self, host: Host) -> None:
        Activity.__init__(self, host)
        self.desk: Any = NetworkDesk(host.settings.slice_seconds)
        self.session = Facade(host)

    def job(self, now: float) -> Job | None:
        desk, seconds = self.desk, self.host.slice_seconds
        work = desk.work if desk.work is not None and desk._work_wait(now, self.host.resting) <= 0 else None
        here = desk.race and (desk.charts, desk.changes, desk.race.step)
        measures = (
            desk._painting is None
            and desk.work is None
            and desk.race is not None
            and desk.chart is not None
            and not desk._studying
            and desk._known != here
            and self.host.watched("network_ways")
        )
        if work is None and desk._painting is None and not desk._studying and not measures:
            return None
        desk._slice.aim(seconds)

        def run() -> Any:
            over = work is not None and work.advance(desk._slice)
            if isinstance(work, NetworkGoing) and not over:
                return False
            if desk._painting is not None:
                desk._paint(seconds)
            if desk._studying:
                desk.study.advance(seconds)
            elif measures:
                desk._known = here if desk.chart.measure(desk.race, seconds) else None
                desk.measured += 1
            return over

        return Job(run, partial(self._went, work), isinstance(work, NetworkGoing))

    async def _went(self, work: Any, over: Any, failed: Exception | None) -> None:
        desk = self.desk
        if failed is not None:
            raise failed
        if over:
            desk.work = None
            if isinstance(work, NetworkGoing) and work.onward:
                desk.work = NetworkPlaying(work.race, desk.speed)
            desk.tell(self.session)
            if isinstance(work, NetworkGoing):
                work.end()
        else:
            desk.tell(self.session, hurry=False)
        self.host.poke()

    @property
    def moving(self) -> bool:
        return bool(self.desk.busy)

    def header(self) -> Header:
        race = self.desk.race
        return {"run": self.desk.number, "branch": 0, "step": 0 if race is None else race.step}

    def script(self) -> dict[str, Any]:
        desk = self.desk
        return {"network": None if desk.race is None else _versioned(network_commands.script(desk.race, desk.threshold))}

    def place(self) -> dict[str, Any]:
        desk = self.desk
        if desk.race is None:
            return {"network": None}
        target = desk.work.target if isinstance(desk.work, NetworkGoing) else desk.race.step
        plays = isinstance(desk.work, NetworkPlaying) or (isinstance(desk.work, NetworkGoing) and desk.work.onward)
        return {"network": [desk.number, target, plays, desk.speed.model_dump()]}

    async def resume(self, script: dict[str, Any], number: int, step: int, plays: bool, speed: RaceSpeed) -> None:
        desk = self.desk
        desk.number = number - 1
        await network_commands.lay_out(self.session, script)
        desk.speed = speed
        desk.work = NetworkGoing(desk.present(), step, None, None, onward=plays)
        desk.tell(self.session)


def _versioned(script: str) -> dict[str, Any]:
    return {"version": RACE_VERSION, **json.loads(script)}
