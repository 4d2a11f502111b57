"""What one activity offers the others, which find it through their host (`server.session.activity.Host.find`) and know no more
of it than this."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from server.session.activity import Activity

if TYPE_CHECKING:
    from engine import Trainer


class RunAccess(Activity):
    """The run of the session, as those see it that look at it or begin from it."""

    @property
    def number(self) -> int:
        """Counts the runs of the session."""
        raise NotImplementedError

    @property
    def trainer(self) -> Trainer | None:
        """The trainer; it changes only between slices and commands."""
        raise NotImplementedError

    def present(self) -> Trainer:
        """The trainer; raises `CommandError` where there is no run yet."""
        raise NotImplementedError

    def point(self) -> Hashable:
        """Where the run stands: what is the same at two times that have the same point; None without a run."""
        raise NotImplementedError


class RaceAccess(Activity):
    """A race of the session: lanes side by side under one clock. `number` counts the races, `changes` what was done to the
    present one, `threshold` is the loss that counts as arrived."""

    race: Any
    number: int
    changes: int
    threshold: float

    def point(self) -> Hashable:
        """As of a run."""
        return None if self.race is None else (self.number, self.changes, self.race.step)


class SurfaceAccess(RaceAccess):
    """The one on a surface."""


class NetworkAccess(RaceAccess):
    """The one on the network."""
