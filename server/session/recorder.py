"""What of a session is to be written, and when: what is new since the last time, about once a second while something moves. And
how what was written is read again; each activity takes up its own."""

from __future__ import annotations

import math
import time
from collections.abc import Hashable, Sequence
from typing import Any, Protocol

from server.keeping.packing import pack, unpack
from server.keeping.records import Kept, Record
from server.keeping.versions import PLACE_VERSION
from server.protocol import Done, Keeping
from server.session.activity import NO_PARTS, Activity, Restored
from server.session.viewer import Viewer
from server.wire.budget import SMALL, Share

INTERVAL = 1.0
"""Seconds between two records of a session that goes on …"""
SOON = 0.2
"""… and after a change of its script, which is not to be lost: a slider that is dragged changes it many times a second."""

SHARE = 20
"""… but where a page waits for it, a record is taken as soon as that is no more than one part of the time in so many."""
UNKEPT = ("ping", "subscribe", "visible")
"""Commands of which nothing is kept."""


class Recorded(Protocol):
    """What is asked of a session."""

    @property
    def activities(self) -> Sequence[Activity]: ...
    @property
    def moving(self) -> bool: ...
    @property
    def generation(self) -> int: ...
    @property
    def confirmed(self) -> bool: ...
    @property
    def keeping(self) -> Keeping: ...
    @property
    def share(self) -> Share: ...
    def poke(self) -> None: ...


class Recorder:
    """One session's. Knows what was offered before; `wait` is cheap. A command that changed the script is not said to be done
    before that is written: whoever was told so finds it again."""

    def __init__(self) -> None:
        self._offered, self._cost = -math.inf, 0.0
        self._written: Hashable = None
        """The script that is found again: as it was written last, or of a session that began anew as any begins."""
        self._held: list[tuple[Viewer, Done]] = []
        self._script: Hashable = None
        self._place: Hashable = None
        self._taken: tuple[float, Hashable, Hashable] = -math.inf, None, None
        """When the last record was taken, and of what: it counts as offered when it is."""

    def wait(self, session: Recorded, now: float) -> float:
        """Seconds until a record is due; infinity where there is nothing new, or nothing to be kept as it is."""
        for activity in session.activities:
            if not activity.keepable:
                return math.inf
        if self._held:
            return max(0.0, self._offered + min(SOON, SHARE * self._cost) - now)
        if _script_key(session) != self._script:
            return max(0.0, self._offered + SOON - now)
        if _place_key(session) != self._place:
            return max(0.0, self._offered + (INTERVAL if session.moving else SOON) - now)
        return math.inf

    def take(self, session: Recorded) -> Record:
        """In a worker, while nothing else is done to the session. It gives way, and is not left: it notes what it told of."""
        from engine.parts import unbroken  # here, so that the server answers before the engine is imported

        with unbroken():
            return self._take(session)

    def _take(self, session: Recorded) -> Record:
        now = time.monotonic()
        script, place = _script_key(session), _place_key(session)
        changed = script != self._script
        parts = NO_PARTS
        for activity in session.activities:
            own = activity.parts(changed=changed)
            parts = parts if own is NO_PARTS else own
        record = Record(
            script=len(parts.head).to_bytes(8, "little") + parts.head + _scripts(session) if changed else None,
            place=_where(session),
            snapshot=parts.snapshot,
            series=parts.series,
        )
        self._taken = now, script, place
        self._cost = time.monotonic() - now
        return record

    # What waits for it ------------------------------------------------------------------------------------------------

    def begun(self, session: Recorded) -> None:
        """The session is as it was kept, or as any begins: nothing waits for that to be written."""
        self._written = _script_key(session)

    @property
    def holds(self) -> bool:
        return bool(self._held)

    def hold(self, session: Recorded, viewer: Viewer, done: Done) -> bool:
        """Whether it is said later, when what it did is written."""
        keeps = session.confirmed and session.keeping.kept and done.command not in UNKEPT
        if not keeps or not all(activity.keepable for activity in session.activities):
            return False
        if _script_key(session) == self._written and not self._held:
            return False
        self._held.append((viewer, done))
        session.poke()
        return True

    def tells(self, record: Record) -> Record:
        """The record that was taken last and is offered now, with what is to be called when it is written, or cannot be."""
        self._offered, self._script, self._place = self._taken
        held, self._held = self._held, []
        if not held and record.script is None:
            return record
        script = self._script

        def written() -> None:
            self._written = script
            for viewer, done in held:
                viewer.put(done, kept=True)

        return record._replace(written=(written,))


def _script_key(session: Recorded) -> Hashable:
    return tuple([activity.script_key() for activity in session.activities])


def _place_key(session: Recorded) -> Hashable:
    return session.generation, *[activity.place_key() for activity in session.activities]


def _scripts(session: Recorded) -> bytes:
    scripts: dict[str, Any] = {}
    for activity in session.activities:
        scripts |= activity.script()
    return pack(scripts)


def _where(session: Recorded) -> bytes:
    """Where the session stands; on its way somewhere, where it is going."""
    place: dict[str, Any] = {"version": PLACE_VERSION, "generation": session.generation, "memory": session.share.total}
    for activity in session.activities:
        place |= activity.place()
    return pack(place)


def generation_of(kept: Kept) -> int:
    """How often the session was attached to."""
    return int(unpack(kept.place)["generation"])


def memory_of(kept: Kept) -> int:
    """Bytes that the session took when it was kept, about; of one that an earlier version kept as many as most take."""
    found = unpack(kept.place).get("memory")
    return found if isinstance(found, int) else SMALL


def read(kept: Kept) -> Restored:
    """In a worker: the scripts, the places, and what is packed by itself."""
    length = int.from_bytes(kept.script[:8], "little")
    head, rest = kept.script[8 : 8 + length], kept.script[8 + length :]
    return Restored(unpack(rest), unpack(kept.place), head, kept)
