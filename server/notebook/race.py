"""A session's race that is the notebook's own, on a surface or on the network."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from server.notebook.together import Together
from server.race.controller import RaceController
from server.race.network.building import Wanted
from server.race.network.controller import NetworkRaceController
from server.race.network.plane import opening
from server.race.surface.controller import SurfaceRaceController
from server.session.activity import Host, Restored
from server.wire.sizes import memory_of

if TYPE_CHECKING:
    from engine.race import NetworkRace, Race
    from server.notebook.shared import Shared


class SharedRace(Together, RaceController[Any]):
    """Another race that a page begins becomes the notebook's."""

    _own: Shared[Any]

    async def restore(self, restored: Restored) -> None:
        """What was kept is older than what the notebook has."""
        await self.begin()

    async def adopt(self, race: Any) -> None:
        if race is not self._own.value:
            await self.host.call(self._own.become, race)
        await super().adopt(self._own.value)

    async def changed(self) -> None:
        await super().changed()
        self.known()

    async def stop(self) -> None:
        """A pause is everybody's."""
        self.others_leave_off()
        await super().stop()

    def point_of_script(self) -> Hashable:
        race = self._own.value
        self._lanes = [lane.spec for lane in race.lanes]  # held: no other spec has the address of one of them
        self._spec = race.spec
        return id(race.spec), tuple((lane.id, id(lane.spec)) for lane in race.lanes)


class SharedSurfaceRace(SharedRace, SurfaceRaceController):
    def __init__(self, host: Host, shared: Shared[Race]) -> None:
        super().__init__(host)
        self._own = shared
        self.join(shared)

    async def begin(self) -> None:
        self.threshold = await self.host.call(self._own.value.usual_threshold)
        await self.adopt(self._own.value)

    async def learned(self) -> None:
        self.redrawn += 1
        self.fans.forget()
        self.again()
        self.pace()
        await self.changed()


class SharedNetworkRace(SharedRace, NetworkRaceController):
    def __init__(self, host: Host, shared: Shared[NetworkRace]) -> None:
        super().__init__(host)
        self._own = shared
        self.join(shared)

    async def begin(self) -> None:
        race = self._own.value
        size = await self.host.call(memory_of, race.spec.run)
        self.lane_size = Wanted(race.spec, size).lane
        await self.adopt(race)
        if race.lanes:
            self.plane.lay(await self.host.call(opening, race))

    async def learned(self) -> None:
        for lane in self._own.value.lanes:
            self.plane.forget(lane.id)
        self.pace()
        await self.changed()
