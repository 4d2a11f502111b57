"""What of a run is kept as bytes of its own, and the run of what was kept."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

from server.keeping.packing import lines, pack, pack_numbers, pack_points, unpack, unpack_numbers
from server.keeping.records import Piece
from server.session.activity import Parts, Restored
from server.settings import Settings
from server.wire.sizes import check_built, check_given

if TYPE_CHECKING:
    from engine import Trainer

SHARE = 100
"""The numbers of a large network are taken more rarely, so that taking them is no more than one part of the time in so many.
Until then the place is told, and the numbers lead there."""


class RunRecord:
    """Knows what was recorded before; `parts` is called in a worker."""

    def __init__(self) -> None:
        self._numbered = -math.inf
        self._cost = 0.0
        self._step = 0
        self._spec: tuple[int, bytes] = (0, b"")
        self._told: dict[int, tuple[int, int, int]] = {}

    def parts(self, run: int, trainer: Trainer, *, changed: bool, playing: bool) -> Parts:
        """The spec, which may hold megabytes of own data and does not change during a run; the numbers; of the series what is
        new."""
        now = time.monotonic()
        snapshot = None
        rarely = playing and not changed and trainer.steps_done >= self._step and now < self._numbered + SHARE * self._cost
        if not rarely:
            snapshot = self._numbers(trainer)
            self._numbered, self._cost = now, time.monotonic() - now
            if snapshot is None and changed:
                snapshot = b""  # the one that was written last may be another run's
        if changed and self._spec[0] != run:
            self._spec = run, pack(trainer.spec.as_plain())
        return Parts(self._spec[1], snapshot, self._series(run, trainer))

    def _numbers(self, trainer: Trainer) -> bytes | None:
        from engine.script.keeping import numbers

        found = numbers(trainer)
        if found is None:
            return None
        self._step = trainer.steps_done
        return pack_numbers(found)

    def _series(self, run: int, trainer: Trainer) -> tuple[Piece, ...]:
        """Of each branch the points that were not offered yet; all of them where some are not there any more."""
        pieces = []
        for branch in trainer.branches:
            series = branch.series
            known_run, revision, length = self._told.get(branch.index, (0, 0, 0))
            start = length if (known_run, revision) == (run, series.revision) and length <= len(series) else 0
            if start < len(series) or start == 0:
                pieces.append(Piece(branch.index, series.revision, start, pack_points(series.points[start:])))
            self._told[branch.index] = run, series.revision, len(series)
        return tuple(pieces)


class Found(NamedTuple):
    """A run that was kept; `fingerprint` is that of the machine that made it, `same_bits` whether this one makes the same."""

    trainer: Trainer
    fingerprint: str
    same_bits: bool


def found(restored: Restored, settings: Settings) -> Found:
    """In a worker: the run as it was kept."""
    from engine import fingerprint
    from engine.recording.series import FIRST_COLUMNS, Series
    from engine.script.keeping import Cursor, Timeline, resume

    script, place, kept = restored.script, restored.place, restored.kept
    line = Timeline.model_validate(script["timeline"] | {"spec": unpack(restored.head)})
    at = Cursor.model_validate(place["at"])
    check_given(line.spec, settings)
    check_built(line.spec, settings)
    numbers = None if kept.snapshot is None else unpack_numbers(kept.snapshot)
    columns = place.get("columns", FIRST_COLUMNS)
    points = lines(kept.series, columns) if "step" in columns else {}
    trainer = resume(line, at, numbers, {branch: Series.arranged(line, columns) for branch, line in points.items()})
    return Found(trainer, line.fingerprint, line.fingerprint == fingerprint())
