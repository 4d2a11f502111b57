"""Run: what a training run is and does. A machine, the script it follows, the series it records, the checkpoints it returns to.

Where it stands is a function of the script: going on, seeking and edits all come down to restoring a state and running on from
it. What can be asked of it is `engine.trainer`'s.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from engine.dataset import prepare
from engine.diagnostics.first_nonfinite import find_first_nonfinite
from engine.kernels import codes
from engine.machine.machine import Machine, Snapshot
from engine.machine.pieces import Pieces
from engine.machine.start import Start, frozen_from_the_start
from engine.parts import whole
from engine.recording import rules
from engine.recording.batch_losses import BatchLosses
from engine.recording.recorder import SeriesRecorder
from engine.recording.stops import Stop, stop_reason
from engine.script.edit_checks import describe, frozen_after, set_entries, slot_of
from engine.script.edits import EDITS, AnyEdit, EditError, ExtendEdit, FreezeEdit, LoadEdit, WeightEdit, retrains, with_edit
from engine.script.loading import put
from engine.script.script import Checkpoints, Script
from engine.spec import MAX_STEPS, FrozenTensor, RunSpec

REPLAY_WORK = 20_000_000  # multiplications between two checkpoints at the start: some milliseconds of replay


class Run:
    """One run; `parameters` and `frozen` as `Trainer` takes them. `stopped` says why it stands still; None: it can go on."""

    def __init__(self, spec: RunSpec, parameters: Start | None = None, frozen: Sequence[FrozenTensor] = ()) -> None:
        self.custom_start = parameters is not None or len(frozen) > 0
        self.dataset = prepare(spec)
        self.script = Script(spec)
        self.machine = Machine(spec, self.dataset, parameters)
        if frozen:
            places, values = frozen_from_the_start(self.machine.tape, frozen)
            self.machine.theta[places] = values
            self.machine.freeze(places)
        self.recorder = SeriesRecorder(self.machine, self.script)
        self.batch_losses = BatchLosses(self.machine, self.script)
        self.pieces = Pieces(self.machine, self.recorder.measure)
        self.checkpoints = Checkpoints(_first_spacing(self.machine))
        self.stopped: Stop | None = None
        self.notes: tuple[str, ...] = ()  # of a network that came from elsewhere
        self.recorder.record_start()
        self.start: Snapshot = self.machine.snapshot()

    @property
    def step(self) -> int:
        """Updates done."""
        return self.machine.step

    def as_script(self) -> dict[str, Any]:
        """Spec, edits of the present branch, and the step: plain data, ready for JSON."""
        if self.custom_start:
            raise ValueError("parameters: the run began from given values, which no script holds")
        return self.script.as_json(self.step)

    # Going on --------------------------------------------------------------------------------------------------------

    def advance(self, updates: int) -> None:
        """Make `updates` updates in compiled calls; fewer where the run stops."""
        if operator.index(updates) < 0:
            raise ValueError(f"updates: {updates} given; allowed: 0 or more")
        self._advance_to(self.step + operator.index(updates))

    def returning(self, updates: int = 4096) -> Iterator[int]:
        """From an early stop to its best step, as `seeking` goes: a run is its script, so nothing was copied. Else nothing."""
        stop = self.stopped
        if stop is not None and stop.best is not None and stop.best != self.step:
            yield from self.seeking(stop.best, updates)
            self.stopped = stop

    def advance_op(self) -> str:
        """Run one op of the present update and return its name; "stopped" where the run goes no further."""
        if self.stopped is not None or stop_reason(self.machine) is not None:
            self.advance(1)
            for _ in self.returning():
                pass
            return "stopped"
        name = self.machine.tape.words[self.machine.next_op].name
        self._after(whole(self.machine.one_op))
        return name

    def _advance_to(self, goal: int) -> None:
        """On to step `goal`, or to where the run stops."""
        while self.step < goal and self.stopped is None:
            here = self.step
            if stop_reason(self.machine) is not None:
                break
            if self.machine.next_op:
                self._after(self._to_end_of_update())
                continue
            max_steps = self.machine.spec.stop.max_steps
            halts = (goal, max_steps, self.checkpoints.due(here), self.script.branch.next_edit(here) or goal)
            self._after(self.pieces.updates(min(halts) - here))
        if self.stopped is None:
            self.stopped = stop_reason(self.machine)

    def _to_end_of_update(self) -> int:
        status = codes.RUNNING
        while self.machine.next_op and status == codes.RUNNING:
            status = whole(self.machine.one_op)
        return status

    def _after(self, status: int) -> None:
        """After a compiled call: series, checkpoint, edits of the step arrived at, and stops."""
        if status in (codes.NON_FINITE, codes.UPDATE_NON_FINITE):
            self._stop_non_finite(status)
            return
        here = self.step
        branch = self.script.branch
        branch.end = max(branch.end, here)
        self.recorder.keep()
        if self.machine.next_op:
            return
        self.batch_losses.keep()
        if self.checkpoints.should_keep(branch.index, here):
            self.checkpoints.keep(branch.index, self.machine.snapshot())
        if self._apply_edits():
            self.recorder.record_on()

    def _stop_non_finite(self, status: int) -> None:
        here = self.step
        op = self.machine.first_nonfinite_op()
        self.recorder.keep()
        self.script.branch.end = max(self.script.branch.end, here)
        self.machine.abandon_update()
        self.go_to(here)  # takes back an update that is in the parameters already, and shows the last one that was made
        message = f"update {here + 1} gave a value that is not finite, first in '{op}'"
        self.stopped = Stop("non_finite", here, op, message, first_nonfinite=find_first_nonfinite(self.machine))

    def _apply_edits(self) -> bool:
        """Make the edits that precede the next update; whether there were any. A run that a rule had stopped goes on."""
        edits = self.script.branch.edits_at(self.step)
        if edits:
            self.batch_losses.take()
        for edit in edits:
            self._apply(edit)
        if edits:
            rules.resume(self.machine.rules, self.step, anew=any(retrains(edit) for edit in edits))
        return bool(edits)

    def _apply(self, edit: AnyEdit) -> None:
        if isinstance(edit, WeightEdit):
            slot_of(edit.name, self.machine).view(self.machine.theta)[edit.index] = edit.value
        elif isinstance(edit, FreezeEdit):
            set_entries(edit, self.machine)
            self.machine.freeze(frozen_after(self.machine.frozen, edit, self.machine))
        elif isinstance(edit, LoadEdit):
            put(edit, self.machine)
        elif isinstance(edit, ExtendEdit):
            self.machine.spec = with_edit(self.machine.spec, edit)
        else:
            self.machine.adopt(with_edit(self.machine.spec, edit))

    # Seeking ---------------------------------------------------------------------------------------------------------

    def seeking(self, step: int, updates: int = 4096) -> Iterator[int]:
        """To the state after update `step` in slices of at most `updates`, yielding the step reached."""
        if not 0 <= operator.index(step) <= MAX_STEPS:
            raise ValueError(f"step: {step} given; allowed: 0 to {MAX_STEPS}")
        self._return_to_before(step)
        while self.step < step and self.stopped is None:
            self._advance_to(min(self.step + updates, step))
            yield self.step

    def restart(self) -> None:
        """Stand at the beginning, whatever stands in the buffers."""
        self.stopped = None
        self._restore(self.start)

    def go_to(self, step: int) -> None:
        """Restore and replay to `step`, whatever stands in the buffers."""
        self._restore(self._nearest_before(step))
        self._advance_to(step)

    def resume(self, buffers: Mapping[str, Any]) -> None:
        """Stand on kept numbers, by the machine's names of its buffers; the spec in force at their step is the machine's."""
        machine = self.machine
        machine.restore_buffers(dict(buffers) | {"next_op": 0})
        machine.int_state[codes.ORDER_EPOCH] = -1  # the order of the epoch is drawn again
        self.recorder.record_on()
        self.batch_losses.begin()
        if not self.script.branch.edits_at(self.step):  # a checkpoint stands before the edits of its step
            self.checkpoints.keep(self.script.current, machine.snapshot())

    def clone_at(self, step: int) -> Run:
        """The run as it stood after update `step`, with the edits in force there, on buffers and a script of its own."""
        clone = copy.copy(self)
        clone.script = copy.deepcopy(self.script)
        clone.checkpoints = copy.deepcopy(self.checkpoints)
        clone.machine = Machine(self.script.spec, self.dataset)
        clone.recorder = SeriesRecorder(clone.machine, clone.script)
        clone.batch_losses = BatchLosses(clone.machine, clone.script)
        clone.pieces = Pieces(clone.machine, clone.recorder.measure)
        clone.stopped = None
        clone.go_to(step)
        return clone

    def _nearest_before(self, step: int) -> Snapshot:
        """The nearest state to run on from: before update `step`, so that its gradient is there afterwards."""
        return self.checkpoints.nearest(self.script.lineage(max(0, step - 1))) or self.start

    def _return_to_before(self, step: int) -> None:
        """Restore the nearest state, unless running on from where the run stands is nearer."""
        self.stopped = None
        nearest = self._nearest_before(step)
        ahead = self.step <= step and nearest.step <= self.step and not self.machine.next_op
        if not ahead:
            self._restore(nearest)

    def _restore(self, snapshot: Snapshot) -> None:
        self.batch_losses.take()
        self.machine.restore(snapshot)
        self.batch_losses.begin()
        self._apply_edits()
        self.recorder.record_on()

    # Edits -----------------------------------------------------------------------------------------------------------

    def edit(self, edit: Mapping[str, Any] | AnyEdit, *, anew: bool = False) -> None:
        """Change the run from here on. Before the end of the branch this forks: the old future stays as a branch. `anew`: an
        edit of the same thing at the same step is not replaced, but followed."""
        self._go_on_to(self.take_edit(edit, anew=anew))

    def take_edit(self, edit: Mapping[str, Any] | AnyEdit, *, anew: bool = False) -> int:
        """`edit`, without what it takes to stand there: `seeking` leads to the step that is returned, in slices."""
        checked = edit if isinstance(edit, LoadEdit) else EDITS.validate_python(edit)
        if self.machine.next_op:
            self.go_to(self.step)
        checked = checked.model_copy(update={"step": self.step, "label": describe(checked, self.machine)})
        untouched = self.stopped is None and not self.script.branch.edits_at(self.step)
        loads = isinstance(checked, LoadEdit)
        if loads and (self.step or not untouched):
            raise EditError(
                "kind", "a network is loaded before the first update and any other edit", "step 0 of a run without edits"
            )
        self.batch_losses.take()
        self.script.add(checked, anew=anew)
        self.stopped = None
        if untouched:  # the buffers are what a replay would lead to
            self._apply_edits()
            self.recorder.record_start() if loads else self.recorder.record_on()
            return self.step
        return self._back_to_before(self.step)

    def undo(self) -> None:
        """Back to before the last edit."""
        self._go_on_to(self.take_undo())

    def take_undo(self) -> int:
        """`undo`, as `take_edit` is to `edit`."""
        self.batch_losses.take()
        return self._walk(self.script.undo())

    def redo(self) -> None:
        """Forward to after the edit last undone."""
        self._go_on_to(self.take_redo())

    def take_redo(self) -> int:
        """`redo`, as `take_edit` is to `edit`."""
        self.batch_losses.take()
        return self._walk(self.script.redo())

    def _walk(self, step: int) -> int:
        self.stopped = None
        self.script.branch.series.revision += 1
        return self._back_to_before(step)

    def _back_to_before(self, step: int) -> int:
        """The buffers are another branch's: stand on one of this branch, from where `seeking` goes on to the step."""
        self._restore(self._nearest_before(step))
        return step

    def _go_on_to(self, step: int) -> None:
        for _ in self.seeking(step):
            pass


def _first_spacing(machine: Machine) -> int:
    work = 3 * machine.theta.size * int(machine.int_state[codes.BATCH_SIZE])
    return int(2 ** np.clip(np.floor(np.log2(max(1.0, REPLAY_WORK / work))), 4, 10))
