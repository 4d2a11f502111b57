"""A session's run that is the notebook's own."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from server.notebook.together import Together
from server.run.controller import RunController
from server.session.activity import Host, Restored

if TYPE_CHECKING:
    from engine import Trainer
    from engine.race import NetworkRace
    from server.notebook.shared import Shared


class SharedRun(Together, RunController):
    """Another run that a page begins becomes the notebook's."""

    def __init__(self, host: Host, shared: Shared[Trainer]) -> None:
        super().__init__(host)
        self._own = shared
        self.join(shared)

    async def begin(self) -> None:
        await self.adopt(self._own.value)

    async def restore(self, restored: Restored) -> None:
        """What was kept is older than what the notebook has."""
        await self.begin()

    async def adopt(self, trainer: Trainer) -> None:
        if trainer is not self._own.value:
            await self.host.call(self._own.become, trainer)
        await super().adopt(self._own.value)

    def changed(self) -> None:
        super().changed()
        self.known()

    def end_work(self) -> None:
        """A pause is everybody's."""
        self.others_leave_off()
        super().end_work()

    def point_of_script(self) -> Hashable:
        trainer = self._own.value
        edits = trainer.edits
        self._edits = edits  # held: no other edit has the address of one of them
        shape = (trainer.branch, len(trainer.branches), tuple(map(id, edits)), trainer.can_redo, trainer.max_steps)
        return trainer.run, shape

    def learn(self) -> None:
        self.edit_infos.learn(self._own.value)

    async def learned(self) -> None:
        before: Any = self._known
        if before is None or before[0] is not self._own.value.run:
            await self.adopt(self._own.value)
        else:
            self.changed()


class RunOfRace(RunController):
    """The run beside a race on the network: what its lanes train, at its start."""

    def __init__(self, host: Host, shared: Shared[NetworkRace]) -> None:
        super().__init__(host)
        self._race = shared

    async def begin(self) -> None:
        from engine import Trainer

        spec = self._race.value.spec
        await self.adopt(await self.host.call(Trainer, spec.run, None, spec.frozen))
