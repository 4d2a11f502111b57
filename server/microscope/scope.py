"""The update under the microscope. It is made once for each point of a run, and told in each notation that is asked for."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

from server.microscope.hidden import Questions, Withheld
from server.protocol.microscope import Look

if TYPE_CHECKING:
    from engine import Trainer
    from engine.microscope import Update


class Scope:
    """A session's microscope. Used from worker threads, one call at a time."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._told: dict[str, Update] = {}
        self.questions = Questions()

    @property
    def revision(self) -> int:
        """Counts the changes of what is withheld: a picture made before one is made again."""
        return self.questions.revision

    @property
    def holds(self) -> bool:
        """Whether there is an update in memory."""
        return bool(self._told)

    def knows(self, key: Hashable, notation: str) -> bool:
        """Whether that update has been told already."""
        return key == self._key and notation in self._told

    def update(self, trainer: Trainer, key: Hashable, notation: str) -> Update:
        """The update that comes next at this point of the run (`key`), in a notation."""
        from engine.microscope import in_notation, next_update

        if key != self._key:
            self._key, self._told = key, {}
            self.questions.at(key)
        if notation not in self._told:
            made = next(iter(self._told.values()), None)
            self._told[notation] = (
                next_update(trainer, notation) if made is None else in_notation(trainer, made.trace, notation)
            )
        return self._told[notation]

    @property
    def withheld(self) -> Withheld:
        """What nobody is told now: NaN in arrays, without a value in equations."""
        return self.questions.withheld


class Sight(NamedTuple):
    """What a viewer's microscope is pointed at, for the channels."""

    scope: Scope
    key: Hashable
    """The point of the run: run, branch, step, changes of its script."""
    look: Look
