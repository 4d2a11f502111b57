"""The microscope of a session: it looks at the run, which it finds through its host, and keeps where each viewer looks."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from server.interfaces import MicroscopeAccess, RunAccess
from server.microscope.caption import caption
from server.microscope.scope import Scope, Sight
from server.protocol import Command
from server.protocol.microscope import Look
from server.session.activity import Activity, Header, Host, Restored

if TYPE_CHECKING:
    from engine import Trainer

ANYWHERE = Look()
"""Where one looks who has not said where."""


class Microscope(MicroscopeAccess):
    """Moves with the run."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.scope = Scope()
        self._looks: WeakKeyDictionary[Any, Look] = WeakKeyDictionary()
        self._pointed = ANYWHERE

    @property
    def interrupting(self) -> tuple[type[Command], ...]:  # type: ignore[override]  # asked of the run, which it moves with
        return self.run.interrupting

    @cached_property
    def run(self) -> RunAccess:
        return self.host.find(RunAccess)

    def trainer(self) -> Trainer:
        """The run's; raises `CommandError` where there is none yet."""
        return self.run.present()

    def look(self, viewer: Hashable) -> Look:
        return self._looks.get(viewer, ANYWHERE)

    def point_at(self, viewer: Hashable, look: Look) -> None:
        """Let a viewer look somewhere else."""
        self._looks[viewer] = self._pointed = look

    def sight(self, viewer: Hashable) -> Sight:
        """What a viewer looks at, for a channel."""
        return Sight(self.scope, self.run.point(), self.look(viewer))

    def seen_key(self) -> Hashable:
        return self.run.point(), self._pointed, self.scope.revision

    def caption(self) -> dict[str, Any]:
        return caption(self.trainer(), Sight(self.scope, self.run.point(), self._pointed))

    @property
    def source(self) -> Activity:
        return self.run

    def takes(self, waiting: Sequence[Command]) -> bool:
        return self.run.takes(waiting)

    @property
    def weight(self) -> int:
        """The update that it looks at has every value of the run once more."""
        return self.run.weight if self.scope.holds else 0

    def header(self) -> Header:
        return self.run.header()

    def place_key(self) -> Hashable:
        return self.scope.questions.revision, repr(self.scope.questions.score)

    def place(self) -> dict[str, Any]:
        return {"questions": self.scope.questions.kept()}

    async def restore(self, restored: Restored) -> None:
        self.scope.questions.take_up(restored.place["questions"], self.run.point())
