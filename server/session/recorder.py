"""What of a session is to be written, and when: what is new since the last time, about once a second while something moves."""

from __future__ import annotations

import math
import time
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from server.keeping.packing import pack, pack_numbers, pack_points
from server.keeping.records import Piece, Record
from server.keeping.versions import PLACE_VERSION
from server.race import kept as races
from server.run.work import Loading, Resuming, Seeking
from server.run.work import Play as Playing

if TYPE_CHECKING:
    from engine import Trainer
    from server.session.session import Session

INTERVAL = 1.0
"""Seconds between two records of a session that goes on …"""
SOON = 0.2
"""… and after a change of its script, which is not to be lost: a slider that is dragged changes it many times a second."""
SHARE = 100
"""The numbers of a large network are taken more rarely, so that taking them is no more than one part of the time in so many.
Until then the place is told, and the numbers lead there."""


class Recorder:
    """One session's. Knows what was offered before; `due` and `wait` are cheap."""

    def __init__(self) -> None:
        self._offered = -math.inf
        self._numbered = -math.inf
        self._cost = 0.0
        self._script: Hashable = None
        self._place: Hashable = None
        self._step = 0
        self._spec: tuple[int, bytes] = (0, b"")
        self._told: dict[int, tuple[int, int, int]] = {}

    def wait(self, session: Session, now: float) -> float:
        """Seconds until a record is due; infinity where there is nothing new. A script that is being followed has nothing to
        keep: until it is, the run before it is what the session goes on from."""
        if session.trainer is None or isinstance(session.work, Loading):
            return math.inf
        if _script_key(session) != self._script:
            return max(0.0, self._offered + SOON - now)
        if _place_key(session, session.trainer) != self._place:
            return max(0.0, self._offered + (INTERVAL if session.moving else SOON) - now)
        return math.inf

    def take(self, session: Session) -> Record:
        """In a worker, while nothing else is done to the session."""
        trainer = session.trainer
        assert trainer is not None
        now = time.monotonic()
        script, place = _script_key(session), _place_key(session, trainer)
        changed = script != self._script
        snapshot = None
        playing = isinstance(session.work, Playing)
        rarely = playing and not changed and trainer.steps_done >= self._step and now < self._numbered + SHARE * self._cost
        if not rarely:
            snapshot = self._numbers(trainer)
            self._numbered, self._cost = now, time.monotonic() - now
            if snapshot is None and changed:
                snapshot = b""  # the one that was written last may be another run's
        record = Record(
            script=self._scripts(session, trainer) if changed else None,
            place=pack(_where(session, trainer)),
            snapshot=snapshot,
            series=self._series(session.run, trainer),
        )
        self._offered, self._script, self._place = now, script, place
        return record

    def _numbers(self, trainer: Trainer) -> bytes | None:
        from engine.script.keeping import numbers

        found = numbers(trainer)
        if found is None:
            return None
        self._step = trainer.steps_done
        return pack_numbers(found)

    def _scripts(self, session: Session, trainer: Trainer) -> bytes:
        """Own data may be megabytes and do not change during a run: the spec is packed once."""
        from engine.script.keeping import timeline

        if self._spec[0] != session.run:
            self._spec = session.run, pack(trainer.spec.model_dump(mode="json"))
        line = timeline(trainer).model_dump(mode="json", exclude={"spec"})
        rest = pack({"run": session.run, "timeline": line} | races.scripts(session))
        return len(self._spec[1]).to_bytes(8, "little") + self._spec[1] + rest

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


def _script_key(session: Session) -> Hashable:
    return session.run, session.changes, races.key_of(session)


def _place_key(session: Session, trainer: Trainer) -> Hashable:
    questions = session.scope.questions
    asked = questions.revision, repr(questions.score)
    return trainer.steps_done, trainer.end, _plays(session), session.speed, session.generation, asked, races.standing(session)


def _plays(session: Session) -> bool:
    return isinstance(session.work, Playing) or (isinstance(session.work, Resuming) and session.work.onward)


def _where(session: Session, trainer: Trainer) -> dict[str, Any]:
    """Where the session stands; on its way somewhere, where it is going."""
    from engine.recording.series import Series
    from engine.script.keeping import cursor

    at = cursor(trainer)
    if isinstance(session.work, Seeking):
        at = at.model_copy(update={"step": session.work.target, "stop": None})
    return {
        "version": PLACE_VERSION,
        "columns": Series.names,  # of the pieces, which are written with it
        "at": at.model_dump(mode="json"),
        "run": session.run,
        "changes": session.changes,
        "generation": session.generation,
        "plays": _plays(session),
        "speed": session.speed.model_dump(),
        "questions": session.scope.questions.kept(),
    } | races.places(session)
