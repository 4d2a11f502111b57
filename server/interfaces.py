"""What one activity offers the others, which find it through their host (`server.session.activity.Host.find`) and know no more
of it than this."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

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
    present one, `threshold` is the loss that counts as arrived, `slots` are the places of the lanes' colours, by their ids."""

    race: Any
    number: int
    changes: int
    threshold: float
    slots: dict[int, int]

    def point(self) -> Hashable:
        """As of a run."""
        return None if self.race is None else (self.number, self.changes, self.race.step)

    def as_script(self) -> dict[str, Any]:
        """In a worker: what opens it elsewhere; not without a race."""
        raise NotImplementedError


class SurfaceAccess(RaceAccess):
    """The one on a surface."""


class NetworkAccess(RaceAccess):
    """The one on the network."""


# Lessons, as a class is asked of them ---------------------------------------------------------------------------------


class Truth(NamedTuple):
    """What was measured of a question. `value` and `truth` as a `LessonVerdict` has them, `said` in plain words, `curve` of a
    sketch; `standard` is what `server.room.judging` holds an answer against."""

    value: Any
    truth: Any
    said: str
    curve: tuple[list[float], list[float]] | None
    standard: dict[str, Any]


class Asked(NamedTuple):
    """A card's question: `told` as a `LessonQuestion` has it, `card` and its `twin` as an address names them. `measure` finds
    its answer, in a worker, on what is built for that alone, of about `size` bytes; it raises `CommandError`."""

    told: dict[str, Any]
    card: str
    twin: str | None
    size: int
    measure: Callable[[], Truth]


class TaskSeen(NamedTuple):
    """A card's task: `ask` is HTML; `wanted` is a condition over the card's `measures`."""

    ask: str
    wanted: str
    measures: Mapping[str, str]


class CardSeen(NamedTuple):
    """The card that is open, as it is told, one `of` so many. `lesson` is its id, none of a text that is tried; `controls` may
    be changed; `step` is where its situation stands, `kind` what that is."""

    lesson: str | None
    card: int
    of: int
    title: str
    heading: str
    words: str
    kind: str
    step: int
    asks: bool
    locked: bool
    controls: tuple[str, ...]
    task: TaskSeen | None
    met: bool


class LessonsAccess(Activity):
    """The lesson of the session."""

    def card(self) -> CardSeen | None:
        """The card that is open."""
        raise NotImplementedError

    def seen_key(self) -> Hashable:
        """What is the same while the card tells the same."""
        raise NotImplementedError

    async def asked(self) -> Asked:
        """The open card's question; raises `CommandError` where there is none that is open."""
        raise NotImplementedError

    async def asked_by(self, card: str) -> Asked:
        """Another card's, as its address names it: nothing of the session changes. Raises `CommandError`."""
        raise NotImplementedError

    def reveal(self, told: Mapping[str, Any] | None) -> None:
        """The open question was asked of others, and is told: `told` has what was measured as `Truth` has it; None where that
        is still to be measured. From the session's task."""
        raise NotImplementedError


class MicroscopeAccess(Activity):
    """The microscope of the session, where the page that controls it has pointed it last."""

    def seen_key(self) -> Hashable:
        """What is the same while it shows the same."""
        raise NotImplementedError

    def caption(self) -> dict[str, Any]:
        """In a worker: the micro-step in words, and its equation; see `server.microscope.caption`."""
        raise NotImplementedError


class LabAccess(Activity):
    """The experiment of the session."""

    def seen_key(self) -> Hashable:
        """What is the same while it tells the same."""
        raise NotImplementedError

    def told(self) -> dict[str, Any] | None:
        """In a worker: `experiment`, `choices`, `title`, `status`, `share` and what it `said` (HTML); None in the gallery."""
        raise NotImplementedError
