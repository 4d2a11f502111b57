"""The update under the microscope. It is made once for each point of a run, and told in each notation that is asked for."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NamedTuple

from server.microscope.prediction.hidden import Questions, Withheld
from server.protocol.microscope import Look

if TYPE_CHECKING:
    from engine import Trainer
    from engine.microscope import Listing, Update


class Scope:
    """A session's microscope. Used from worker threads, one call at a time."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._told: dict[str, Update] = {}
        self._listing: Listing | None = None
        self._listed: Hashable = None
        self._likeness: tuple[Any, ...] | None = None
        self._listings = 0
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

    def listings(self, trainer: Trainer, key: Hashable, notation: str = "theory") -> int:
        """Counts the listings: it rises where that update's is another than that of the update before. None is made for it."""
        from engine.microscope import likeness

        if key != self._listed:
            found = likeness(trainer, self.update(trainer, key, notation))
            if found != self._likeness:
                self._listings += 1
                self._listing = None
            self._likeness, self._listed = found, key
        return self._listings

    def listing(self, trainer: Trainer, key: Hashable) -> tuple[Listing, int]:
        """That update as code, and its count."""
        from engine.microscope import listing

        count = self.listings(trainer, key)
        if self._listing is None:
            self._listing = listing(trainer, self.update(trainer, key, "theory"))
        return self._listing, count

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
