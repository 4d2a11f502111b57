"""Trials on a copy of a run, made in slices while the run stands: the learning-rate finder, the gradient check, a recording.

What `find_rate` gives is `engine.diagnostics.finder.RateTest` as JSON, with ``rate``, the rate in force, and for each
suggestion ``use``,
its rate in two digits, as one would type it. What `check_gradient` gives:

* ``done total weights samples left_out kinked worst error ok`` of `engine.diagnostics.gradient_check.GradientReport`;
* ``verdict``, the same in words; ``evaluations``, how often the objective was computed; ``bound`` on a relative error;
* ``tensors``, in the order of the network: ``name layer shape checked error resolved ok``, the smallest and the largest
  ``steps`` h that were chosen, and its map: ``rows`` by ``columns`` cells of ``block`` entries each (one, where the tensor is
  small), with ``relative`` the largest relative error of a cell (null: none of it was checked), ``agrees`` whether all of it
  do, and for cells of one entry ``analytic`` and ``numeric``.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from server.protocol import Done, ErrorEvent
from server.protocol.run import Replay
from server.protocol.run_events import Trial
from server.session.clock import Work
from server.session.pacer import Slice
from server.session.viewer import Viewer

if TYPE_CHECKING:
    from engine.array import Array
    from engine.diagnostics.finder import RateFinder
    from engine.diagnostics.gradient_check import GradientCheck, GradientReport
    from engine.export.replay.run import RunRecorder

SIDE = 64
"""Cells along a side of a map, at most."""
TOLD = 0.1
"""Seconds between two words on how far it is."""


class Trying(Work):
    """The part all share. The answer is that it was cancelled, until it is done."""

    command: Literal["find_rate", "check_gradient", "replay"]

    def __init__(self, viewer: Viewer, id: str | int | None) -> None:
        from engine.pausable import Pausable

        words = "The trial was cancelled before its end; the run is as it was"
        super().__init__(viewer, ErrorEvent(id=id, code="cancelled", message=words))
        self._id, self._told = id, 0.0
        self._trial = Pausable(self._all)

    def _all(self) -> bool:
        from engine.parts import give_way

        while not self.one():
            give_way()
        return True

    @abstractmethod
    def one(self) -> bool:
        """One update, or one weight; true at the end."""

    @property
    @abstractmethod
    def far(self) -> tuple[int, int]:
        """Done, and of how many."""

    @abstractmethod
    def result(self) -> dict[str, Any]: ...

    def advance(self, slice: Slice) -> bool:
        if not self._trial.go_on(slice.seconds):
            return False
        assert self._trial.found
        self.answer = Done(id=self._id, command=self.command, result=self.result())
        return True

    def leave(self) -> None:
        self._trial.leave()

    def tell(self) -> None:
        now = time.monotonic()
        if self.viewer is not None and now - self._told >= TOLD:
            self._told = now
            done, total = self.far
            self.viewer.put(Trial(command=self.command, done=done, total=total))


class Finding(Trying):
    """The range test; every update is one of the copy's."""

    command = "find_rate"

    def __init__(self, finder: RateFinder, rate: float, viewer: Viewer, id: str | int | None) -> None:
        super().__init__(viewer, id)
        self._finder, self._rate = finder, rate

    def one(self) -> bool:
        return self._finder.advance(1)

    @property
    def far(self) -> tuple[int, int]:
        return len(self._finder.losses), len(self._finder.ladder)

    def result(self) -> dict[str, Any]:
        found = self._finder.result.as_json()
        suggestions = [suggestion | {"use": float(f"{suggestion['rate']:.2g}")} for suggestion in found["suggestions"]]
        return found | {"rate": self._rate, "suggestions": suggestions}


class Checking(Trying):
    """The check, weight by weight."""

    command = "check_gradient"

    def __init__(self, check: GradientCheck, viewer: Viewer, id: str | int | None) -> None:
        super().__init__(viewer, id)
        self._check = check

    def one(self) -> bool:
        return self._check.advance(1)

    @property
    def far(self) -> tuple[int, int]:
        return self._check.done, len(self._check.order)

    def result(self) -> dict[str, Any]:
        from engine.diagnostics.gradient_check import BOUND

        report, check = self._check.report, self._check
        names = ("done", "total", "weights", "samples", "left_out", "kinked", "error", "ok")
        found = {name: getattr(report, name) for name in names}
        found["worst"] = None if report.worst is None else {"tensor": report.worst[0], "entry": list(report.worst[1])}
        found |= {"verdict": verdict(report, BOUND), "evaluations": check.evaluations, "bound": BOUND}
        found["tensors"] = []
        for place in check.slots:
            tensor = report.tensors[place.name]
            known = ~np.isnan(tensor.relative)
            steps = place.view(check.steps)[known]
            parts = {name: getattr(tensor, name) for name in ("name", "checked", "error", "resolved", "ok")}
            parts |= {"layer": place.layer, "shape": list(place.shape)}
            parts["steps"] = [float(steps.min()), float(steps.max())] if steps.size else None
            found["tensors"].append(parts | map_of(tensor.relative, tensor.agrees, tensor.analytic, tensor.numeric))
        return found


class Recording(Trying):
    """A replay, frame by frame, and at last its file."""

    command = "replay"

    def __init__(self, recorder: RunRecorder, name: str, asked: Replay, viewer: Viewer) -> None:
        super().__init__(viewer, asked.id)
        self._recorder, self._name, self._asked = recorder, name, asked
        self._file: dict[str, Any] = {}

    def one(self) -> bool:
        from server.replay.page import replay_file

        if not self._recorder.advance():
            return False
        self._file = replay_file(self._name, self._recorder.recording, self._asked.theme, self._asked.link)
        return True

    @property
    def far(self) -> tuple[int, int]:
        return self._recorder.done, len(self._recorder.steps)

    def result(self) -> dict[str, Any]:
        return self._file


def map_of(relative: Array, agrees: NDArray[np.bool_], analytic: Array, numeric: Array) -> dict[str, Any]:
    """A tensor's cells, row by row: one an entry, or where there are more than `SIDE` along a side one a block of them."""
    table = np.atleast_2d(relative.T).T if relative.ndim < 2 else relative
    rows, columns = table.shape
    block = [-(-rows // SIDE), -(-columns // SIDE)]
    single = block == [1, 1]
    cells: dict[str, Any] = {"block": block, "relative": [], "agrees": []}
    right = agrees.reshape(table.shape)
    for row in range(0, rows, block[0]):
        for column in range(0, columns, block[1]):
            part = (slice(row, row + block[0]), slice(column, column + block[1]))
            known = table[part][~np.isnan(table[part])]
            cells["relative"].append(float(known.max()) if known.size else None)
            cells["agrees"].append(bool(right[part].all()))
    cells |= {"rows": -(-rows // block[0]), "columns": -(-columns // block[1])}
    if single:
        cells |= {"analytic": analytic.ravel().tolist(), "numeric": numeric.ravel().tolist()}
    return cells


def verdict(report: GradientReport, bound: float) -> str:
    """What came out, in words."""
    checked = "every parameter" if report.done == report.weights else f"{report.done} of {report.weights} parameters"
    if report.ok:
        resolved = [tensor for tensor in report.tensors.values() if tensor.checked and tensor.resolved]
        if not resolved:
            return f"Nothing speaks against it: for {checked} the gradient is too small to be told from rounding."
        return f"Backpropagation is right: for {checked} it agrees with central differences, within {bound:.0e}."
    tensor, entry = report.worst or (None, ())
    where = f", most at {tensor}[{', '.join(str(i) for i in entry)}]" if tensor else ""
    return f"Backpropagation and central differences disagree by more than {bound:.0e} and rounding{where}."
