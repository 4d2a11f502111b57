"""Updates in pieces that are soon done, so that a run gives way between them: many updates of a small network, or single ops of
one update of a large one. The bits are those of one compiled call, however it is cut."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from engine.array import copied
from engine.kernels import codes
from engine.machine.machine import LOSSES, NEVER, Machine
from engine.machine.work import heavy
from engine.parts import LeftOff, give_way

SECONDS = 0.01
"""About how long a piece is to take."""
MOST = LOSSES // 2
"""Updates in a piece: none of their losses is forgotten before it is asked for."""
MADE = (codes.RUNNING, codes.SERIES_FULL)
KEPT = ("int_state", "float_state", "theta", "change", "grad", "state", "rules")
"""What an update changes of the state between two updates."""


class Pieces:
    """The updates of a machine. `measure` records a point of the series where the machine stands."""

    def __init__(self, machine: Machine, measure: Callable[[], None]) -> None:
        self.machine, self._measure = machine, measure
        self._count = 1

    def updates(self, count: int) -> int:
        """Up to `count` updates, as many as are a piece; the status says why fewer. Left, it is left before: what is made is
        told."""
        give_way()
        machine = self.machine
        if not heavy(machine.theta.size, len(machine.x)):  # no look at all of the data is long, nor any mini-batch
            return self._together(count)
        until = self._next_point()
        return self._measured() if until == 1 else self._together(min(count, until - 1))

    def _together(self, count: int, kept: dict[str, Any] | None = None) -> int:
        """None of them ends with a point of the series that is long in the making."""
        machine = self.machine
        if machine.heavy_update:
            return self._op_by_op(self._kept()) if kept is None else self._op_by_op(kept)
        some, before, begun = min(count, self._count, MOST), machine.step, time.perf_counter()
        status = machine.updates(some)
        made = machine.step - before
        ideal = SECONDS * max(1, made) / max(time.perf_counter() - begun, 1e-6)
        self._count = max(1, min(int(ideal), 4 * self._count))
        return status

    def _op_by_op(self, kept: dict[str, Any]) -> int:
        try:
            while (status := self.machine.one_op()) in MADE and self.machine.next_op:
                give_way()
        except LeftOff:
            self._put_back(kept)
            raise
        return status

    def _next_point(self) -> int:
        """Updates from here to the next point of the series, or to the next that may be one."""
        own = self.machine.int_state
        if own[codes.RECORD_UNIT] == codes.EPOCHS:
            return int(-(-(own[codes.TRAIN_ROWS] - own[codes.CURSOR]) // own[codes.BATCH_SIZE]))
        return int(own[codes.RECORD_EVERY] - own[codes.STEP] % own[codes.RECORD_EVERY])

    def _measured(self) -> int:
        """The update before a point of the series, and the point. Left on the way, neither is made."""
        own, after = self.machine.int_state, int(self.machine.int_state[codes.RECORD_AFTER])
        kept = self._kept()
        self.machine.record_nothing()
        try:
            status = self._together(1, kept)
            own[codes.RECORD_AFTER] = after
            if status in MADE and self._due():
                self._measure()
        except LeftOff:
            self._put_back(kept)
            raise
        finally:
            if own[codes.RECORD_AFTER] == NEVER:
                own[codes.RECORD_AFTER] = after
        return status

    def _due(self) -> bool:
        """As the kernel has it."""
        own = self.machine.int_state
        if own[codes.STEP] <= own[codes.RECORD_AFTER]:
            return False
        if own[codes.RECORD_UNIT] == codes.EPOCHS:
            return bool(own[codes.CURSOR] == 0 and own[codes.EPOCH] % own[codes.RECORD_EVERY] == 0)
        return bool(own[codes.STEP] % own[codes.RECORD_EVERY] == 0)

    def _kept(self) -> dict[str, Any]:
        found = {}
        for name in KEPT:
            found[name] = copied(getattr(self.machine, name))
            give_way()
        return found

    def _put_back(self, kept: dict[str, Any]) -> None:
        self.machine.restore_buffers(kept | {"next_op": 0})
        self.machine.int_state[codes.ORDER_EPOCH] = -1  # the order of the epoch is drawn again
