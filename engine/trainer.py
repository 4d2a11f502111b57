"""Trainer: a run that can be stepped, sought, edited and evaluated. The public face of the engine (RUNS.md)."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.dataset import prepare
from engine.diagnostics.diagnosis import Diagnosis
from engine.diagnostics.first_nonfinite import find_first_nonfinite
from engine.diagnostics.flow import FlowStats
from engine.evaluation.evaluator import EVERY_LAYER, Evaluation, Evaluator, UnitMaps, unit_maps
from engine.evaluation.experiments import Experiments
from engine.evaluation.layer_stats import LayerStats
from engine.kernels import codes
from engine.machine.machine import Machine, Snapshot
from engine.machine.named_views import named, pairs
from engine.machine.start import Start
from engine.machine.tape import Tape
from engine.machine.trace import MicroStep, trace
from engine.recording import rules
from engine.recording.recorder import SeriesRecorder
from engine.recording.stops import Stop, stop_reason
from engine.script.edit_checks import describe, slot_of
from engine.script.edits import EDITS, AnyEdit, ExtendEdit, WeightEdit, with_edit
from engine.script.replay import Replay
from engine.script.script import Branch, Checkpoints, Script
from engine.script.script_data import ScriptData
from engine.spec import MAX_STEPS, RunSpec

REPLAY_WORK = 20_000_000  # multiplications between two checkpoints at the start: some milliseconds of replay


class Trainer(LayerStats, FlowStats, Diagnosis, Experiments, SeriesRecorder):
    """One run. `Trainer(spec, parameters=[(W1, b1), …])` or `{"W1": …, "gamma1": …}` starts from given values."""

    def __init__(self, spec: RunSpec, parameters: Start | None = None) -> None:
        self._custom_start = parameters is not None
        self.dataset = prepare(spec)
        self.script = Script(spec)
        self.machine = Machine(spec, self.dataset, parameters)
        self.evaluator = Evaluator(self.machine)
        self.checkpoints = Checkpoints(self._first_spacing())
        self.stopped: Stop | None = None
        self._record_start()
        self._start: Snapshot = self.machine.snapshot()

    def _first_spacing(self) -> int:
        work = 3 * self.machine.theta.size * int(self.machine.int_state[codes.BATCH_SIZE])
        return int(2 ** np.clip(np.floor(np.log2(max(1.0, REPLAY_WORK / work))), 4, 10))

    # Where the run stands --------------------------------------------------------------------------------------------

    @property
    def spec(self) -> RunSpec:
        """The spec the run began with."""
        return self.script.spec

    @property
    def effective_spec(self) -> RunSpec:
        """The spec with the edits in force at the present step."""
        return self.machine.spec

    @property
    def tape(self) -> Tape:
        return self.machine.tape

    @property
    def steps_done(self) -> int:
        """Updates done."""
        return self.machine.step

    @property
    def end(self) -> int:
        """The furthest step of the present branch."""
        return self.script.branch.end

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return int(self.machine.int_state[codes.EPOCH])

    @property
    def steps_per_epoch(self) -> int:
        return -(-self.dataset.rows[0] // int(self.machine.int_state[codes.BATCH_SIZE]))

    @property
    def max_steps(self) -> int:
        return self.effective_spec.stop.max_steps

    @property
    def branch(self) -> int:
        return self.script.current

    @property
    def branches(self) -> tuple[Branch, ...]:
        return tuple(self.script.branches)

    @property
    def edits(self) -> tuple[AnyEdit, ...]:
        return self.script.branch.edits

    # Keeping ---------------------------------------------------------------------------------------------------------

    @classmethod
    def from_script(cls, script: Mapping[str, Any] | str | ScriptData) -> Self:
        """The run that `as_script` wrote, standing where it stood; the same bits on a machine of the same fingerprint."""
        data = ScriptData.read(script)
        trainer = cls(data.spec)
        replay = Replay(trainer, data)
        while not replay.advance(MAX_STEPS):
            pass
        return trainer

    def as_script(self) -> dict[str, Any]:
        """Spec, edits of the present branch, and the step: plain data, ready for JSON."""
        if self._custom_start:
            raise ValueError("parameters: the run began from given values, which no script holds")
        return self.script.as_json(self.steps_done)

    # Parameters ------------------------------------------------------------------------------------------------------

    @property
    def parameters(self) -> list[tuple[Array, Array]]:
        """[(W_l, b_l), …], W_l of shape (d_l, d_{l-1}): read-only views."""
        return pairs(self.tape, self.machine.theta)

    @property
    def named_parameters(self) -> dict[str, Array]:
        """{"W1": …, "b1": …, …}, each of its own shape: read-only views."""
        return named(self.tape.slots, self.machine.theta)

    @property
    def optimizer_state(self) -> dict[str, dict[str, Array]]:
        """State tensors by their names in the formula, each by parameter name and of its shape: read-only views."""
        return {name: named(self.tape.slots, flat) for name, flat in self.machine.state_tensors.items()}

    @property
    def nesterov_points(self) -> dict[str, dict[str, Array]] | None:
        """Both points that Nesterov momentum goes on from, by the dialect that calls them its parameters; None for other
        optimizers.

        "textbook" is θ, "pytorch" the look-ahead θ − ηβv where the next gradient is taken: with a constant rate PyTorch's
        parameters are exactly these. Whichever dialect is spoken, its own entry is `named_parameters`.
        """
        points = self.machine.nesterov_points(self.rate)
        return None if points is None else {dialect: named(self.tape.slots, flat) for dialect, flat in points.items()}

    @property
    def last_gradient(self) -> dict[str, Array] | None:
        """By name what the last update used: gradient of its mini-batch before it, penalties and clipping included."""
        return named(self.tape.slots, self.machine.grad) if self.steps_done > 0 else None

    @property
    def last_update(self) -> dict[str, Array] | None:
        """By name what the last update added to the parameters; edits made after it are not in it."""
        return named(self.tape.slots, self.machine.change) if self.steps_done > 0 else None

    @property
    def running_statistics(self) -> dict[str, Array]:
        """Batch norm's running means and variances, {"mean1": (d_1,), "var1": …}: read-only views."""
        return named(self.tape.running, self.machine.state)

    # Going on --------------------------------------------------------------------------------------------------------

    def step(self, updates: int = 1) -> float:
        """Make `updates` updates in compiled calls; fewer where the run stops. Stopped early, it stands at its best step after.

        Returns the data loss of the last mini-batch before its update, taken where its gradient is (textbook Nesterov: ahead).
        """
        self.advance(updates)
        loss = float(self.machine.float_state[codes.LAST_LOSS])
        for _ in self.returning():
            pass
        return loss

    def advance(self, updates: int) -> None:
        """`step`, without the return from an early stop."""
        if operator.index(updates) < 0:
            raise ValueError(f"updates: {updates} given; allowed: 0 or more")
        self._advance(self.steps_done + operator.index(updates))

    def returning(self, updates: int = 4096) -> Iterator[int]:
        """From an early stop to its best step, as `seeking` goes: a run is its script, so nothing was copied. Else nothing."""
        stop = self.stopped
        if stop is not None and stop.best is not None and stop.best != self.steps_done:
            yield from self.seeking(stop.best, updates)
            self.stopped = stop

    def _advance(self, goal: int) -> None:
        """On to step `goal`, or to where the run stops."""
        while self.steps_done < goal and self.stopped is None:
            here = self.steps_done
            if stop_reason(self.machine) is not None:
                break
            if self.machine.next_op:
                self._leave(self._to_end_of_update())
                continue
            halts = (goal, self.max_steps, self.checkpoints.due(here), self.script.branch.next_edit(here) or goal)
            self._leave(self.machine.updates(min(halts) - here))
        if self.stopped is None:
            self.stopped = stop_reason(self.machine)

    def advance_op(self) -> str:
        """Run one op of the present update and return its name; the last op completes the update."""
        if self.stopped is not None or stop_reason(self.machine) is not None:
            self.step(1)
            return "stopped"
        name = self.tape.words[self.machine.next_op].name
        self._leave(self.machine.one_op())
        return name

    def _to_end_of_update(self) -> int:
        status = codes.RUNNING
        while self.machine.next_op and status == codes.RUNNING:
            status = self.machine.one_op()
        return status

    def _leave(self, status: int) -> None:
        """After a compiled call: series, checkpoint, edits of the step arrived at, and stops."""
        if status in (codes.NON_FINITE, codes.UPDATE_NON_FINITE):
            self._stop_non_finite(status)
            return
        here = self.steps_done
        branch = self.script.branch
        branch.end = max(branch.end, here)
        self._keep_series()
        if self.machine.next_op:
            return
        if self.checkpoints.should_keep(branch.index, here):
            self.checkpoints.keep(branch.index, self.machine.snapshot())
        if self._apply_edits():
            self.record_on()

    def _stop_non_finite(self, status: int) -> None:
        here = self.steps_done
        op = self.machine.first_nonfinite_op()
        self._keep_series()
        self.script.branch.end = max(self.script.branch.end, here)
        self.machine.abandon_update()
        self._go_to(here)  # takes back an update that is in the parameters already, and shows the last one that was made
        message = f"update {here + 1} gave a value that is not finite, first in '{op}'"
        self.stopped = Stop("non_finite", here, op, message, first_nonfinite=find_first_nonfinite(self.machine))

    def _apply_edits(self) -> bool:
        """Make the edits that precede the next update; whether there were any. A run that a rule had stopped goes on."""
        edits = self.script.branch.edits_at(self.steps_done)
        for edit in edits:
            self._apply(edit)
        if edits:
            rules.resume(self.machine.rules)
        return bool(edits)

    def _apply(self, edit: AnyEdit) -> None:
        if isinstance(edit, WeightEdit):
            slot_of(edit, self.machine).view(self.machine.theta)[edit.index] = edit.value
        elif isinstance(edit, ExtendEdit):
            self.machine.spec = with_edit(self.machine.spec, edit)
        else:
            self.machine.adopt(with_edit(self.machine.spec, edit))

    # Seeking ---------------------------------------------------------------------------------------------------------

    def seek(self, step: int) -> None:
        """The state after update `step`, bit for bit, forwards or backwards."""
        for _ in self.seeking(step):
            pass

    def seeking(self, step: int, updates: int = 4096) -> Iterator[int]:
        """`seek` in slices of at most `updates`, yielding the step reached."""
        if not 0 <= operator.index(step) <= MAX_STEPS:
            raise ValueError(f"step: {step} given; allowed: 0 to {MAX_STEPS}")
        self._return_to_before(step)
        while self.steps_done < step and self.stopped is None:
            self._advance(min(self.steps_done + updates, step))
            yield self.steps_done

    def _return_to_before(self, step: int) -> None:
        """Restore the nearest state to run on from: before update `step`, so that its gradient is there afterwards."""
        self.stopped = None
        found = self.checkpoints.nearest(self.script.lineage(max(0, step - 1))) or self._start
        ahead = self.steps_done <= step and found.step <= self.steps_done and not self.machine.next_op
        if not ahead:
            self._restore(found)

    def _restore(self, snapshot: Snapshot) -> None:
        self.machine.restore(snapshot)
        self._apply_edits()
        self.record_on()

    def restart(self) -> None:
        """Stand at the beginning, whatever stands in the buffers."""
        self.stopped = None
        self._restore(self._start)

    def _go_to(self, step: int) -> None:
        """Restore and replay, whatever stands in the buffers."""
        self._restore(self.checkpoints.nearest(self.script.lineage(max(0, step - 1))) or self._start)
        self._advance(step)

    # Edits -----------------------------------------------------------------------------------------------------------

    def edit(self, edit: Mapping[str, Any] | AnyEdit, *, anew: bool = False) -> None:
        """Change the run from here on. Before the end of the branch this forks: the old future stays as a branch. `anew`: an
        edit of the same thing at the same step is not replaced, but followed."""
        made = EDITS.validate_python(edit)
        if self.machine.next_op:
            self._go_to(self.steps_done)
        made = made.model_copy(update={"step": self.steps_done, "label": describe(made, self.machine)})
        untouched = self.stopped is None and not self.script.branch.edits_at(self.steps_done)
        self.script.add(made, anew=anew)
        self.stopped = None
        if untouched:  # the buffers are what a replay would lead to
            self._apply_edits()
            self.record_on()
        else:
            self._go_to(self.steps_done)

    def undo(self) -> None:
        """Back to before the last edit."""
        self._walk(self.script.undo())

    def redo(self) -> None:
        """Forward to after the edit last undone."""
        self._walk(self.script.redo())

    def _walk(self, step: int) -> None:
        self.stopped = None
        self.script.branch.series.revision += 1
        self._go_to(step)

    @property
    def can_undo(self) -> bool:
        return self.script.can_undo

    @property
    def can_redo(self) -> bool:
        return self.script.can_redo

    # Evaluation ------------------------------------------------------------------------------------------------------

    def loss(self, split: str = "train") -> float:
        """Mean data term of a split, inference mode: dropout off, running statistics."""
        return self.evaluator.loss_and_outputs(*self.evaluator.rows(split))[0]

    def accuracy(self, split: str = "train") -> float:
        """Share of a split's samples whose class is predicted; regression has none."""
        found = self.evaluate(split).accuracy
        if found is None:
            raise ValueError("accuracy: a regression has none")
        return found

    def objective(self, split: str = "train") -> float:
        """Data term and penalties; dropout off, batch norm on the split's own statistics."""
        return self.evaluator.objective(split)

    def gradient(self, split: str = "train") -> list[tuple[Array, Array]]:
        """[(dW_l, db_l), …], the derivative of `objective`."""
        return pairs(self.tape, self.evaluator.gradient(split))

    def named_gradient(self, split: str = "train") -> dict[str, Array]:
        """The same by name, {"W1": …, "b1": …}."""
        return named(self.tape.slots, self.evaluator.gradient(split))

    def predict(self, x: ArrayLike) -> Array:
        """Raw samples (n, columns), as the data came -> outputs (n, d_L), inference mode."""
        raw = np.asarray(x, dtype=np.float64)
        if raw.ndim != 2 or raw.shape[1] != len(self.dataset.columns):
            raise ValueError(f"x: shape {raw.shape} given; allowed: (n, {len(self.dataset.columns)})")
        return self.evaluator.outputs(np.ascontiguousarray(self.dataset.inputs_of(raw)))

    def evaluate(self, split: str = "train") -> Evaluation:
        """Loss, outputs and, for classes, predictions and confusions of a split."""
        return self.evaluator.evaluate(split)

    def unit_maps(self, grid: int = 50, layers: slice = EVERY_LAYER) -> UnitMaps | None:
        """Every unit's activation over the drawn plane, of all `layers` or some of them (the inputs are layer 0); None where
        the data are no plane."""
        return unit_maps(self.evaluator, self.dataset, grid, layers)

    def response(self, points: int = 200) -> tuple[Array, Array]:
        """The fit over the drawn line: x (points,), outputs (points, d_L)."""
        ((low, high),) = self.dataset.domain
        x = np.linspace(low, high, points)
        return x, self.predict(x[:, None])

    def trace(self) -> list[MicroStep]:
        """What the next update will do, micro-step by micro-step; changes nothing."""
        return trace(self.machine)
