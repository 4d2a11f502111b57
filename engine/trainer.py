"""Trainer: a run that can be stepped, sought, edited and evaluated. The public face of the engine (RUNS.md).

What the run is and does is `engine.run`'s; each method here is a short call into the module that knows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import Array
from engine.dataset import Dataset
from engine.diagnostics import finder
from engine.diagnostics.diagnosis import diagnose
from engine.diagnostics.findings import Finding
from engine.diagnostics.flow import Flow, NetworkState, Spread, flow, network_state, preactivation_histograms
from engine.diagnostics.gradient_check import MOST_SAMPLES, MOST_WEIGHTS, GradientCheck, GradientReport
from engine.diagnostics.symptoms import Symptoms, gather
from engine.evaluation import layer_stats
from engine.evaluation.evaluator import EVERY_LAYER, Evaluation, Evaluator, UnitMaps, unit_maps
from engine.importing.sklearn_import import from_sklearn
from engine.importing.torch_import import from_torch
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.machine.named_views import named, pairs
from engine.machine.rates import rates_ahead
from engine.machine.start import Start
from engine.machine.tape import Tape
from engine.machine.trace import MicroStep, trace
from engine.recording.batch_losses import LossLine
from engine.recording.series import Series
from engine.recording.stops import Stop
from engine.run import Run
from engine.script.edits import AnyEdit
from engine.script.replay import follow
from engine.script.script import Branch, Checkpoints, Script
from engine.script.script_data import ScriptData
from engine.spec import FrozenTensor, RunSpec


class Trainer:
    """One run. `Trainer(spec, parameters=[(W1, b1), …])` or `{"W1": …}` starts from given values; `frozen` ones are kept."""

    def __init__(self, spec: RunSpec, parameters: Start | None = None, frozen: Sequence[FrozenTensor] = ()) -> None:
        self._ask(Run(spec, parameters, frozen))

    @classmethod
    def of(cls, run: Run) -> Self:
        """The face of a run that is there already."""
        trainer = cls.__new__(cls)
        trainer._ask(run)
        return trainer

    def _ask(self, run: Run) -> None:
        self.run = run
        self.evaluator = Evaluator(run.machine)

    @classmethod
    def from_torch(cls, module: Any, x: Any, y: Any, *, loss: Any = None, optimizer: Any = None, **training: Any) -> Self:
        """A PyTorch module on a batch, with its weights and its optimizer's state (`engine.importing.torch_import`)."""
        return cls.of(from_torch(module, x, y, loss=loss, optimizer=optimizer, **training).run())

    @classmethod
    def from_sklearn(cls, estimator: Any, x: Any, y: Any, **training: Any) -> Self:
        """An MLPClassifier or MLPRegressor, fitted or not, likewise (`engine.importing.sklearn_import`)."""
        return cls.of(from_sklearn(estimator, x, y, **training).run())

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of a network that came from elsewhere, in sentences."""
        return self.run.notes

    # Where the run stands --------------------------------------------------------------------------------------------

    @property
    def machine(self) -> Machine:
        """The numbers it stands on."""
        return self.run.machine

    @property
    def dataset(self) -> Dataset:
        return self.run.dataset

    @property
    def script(self) -> Script:
        """Its spec, edits and branches."""
        return self.run.script

    @property
    def checkpoints(self) -> Checkpoints:
        return self.run.checkpoints

    @property
    def stopped(self) -> Stop | None:
        """Why it stands still; None while it can go on."""
        return self.run.stopped

    @property
    def series(self) -> Series:
        """The recorded series of the present branch."""
        return self.run.recorder.series

    @property
    def batch_losses(self) -> LossLine:
        """Each update's mini-batch loss along the present branch, thinned: to be drawn, and not kept."""
        return self.run.batch_losses.line

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

    # Going on and seeking --------------------------------------------------------------------------------------------

    def step(self, updates: int = 1) -> float:
        """Make `updates` updates in compiled calls; fewer where the run stops. Stopped early, it stands at its best step after.
        Returns the data loss of the last mini-batch before its update, taken where the gradient is (Nesterov: ahead)."""
        self.run.advance(updates)
        loss = float(self.machine.float_state[codes.LAST_LOSS])
        deque(self.run.returning(), maxlen=0)
        return loss

    def advance(self, updates: int) -> None:
        """`step`, without the return from an early stop."""
        self.run.advance(updates)

    def returning(self, updates: int = 4096) -> Iterator[int]:
        """From an early stop to its best step, as `seeking` goes: a run is its script, so nothing was copied. Else nothing."""
        return self.run.returning(updates)

    def advance_op(self) -> str:
        """Run one op of the present update and return its name; the last op completes the update."""
        return self.run.advance_op()

    def seek(self, step: int) -> None:
        """The state after update `step`, bit for bit, forwards or backwards."""
        deque(self.run.seeking(step), maxlen=0)

    def seeking(self, step: int, updates: int = 4096) -> Iterator[int]:
        """`seek` in slices of at most `updates`, yielding the step reached."""
        return self.run.seeking(step, updates)

    def restart(self) -> None:
        """Stand at the beginning, whatever stands in the buffers."""
        self.run.restart()

    def clone_at(self, step: int) -> Self:
        """The run as it stood after update `step`, with the edits in force there, on buffers and a script of its own."""
        return self.of(self.run.clone_at(step))

    # Edits -----------------------------------------------------------------------------------------------------------

    def edit(self, edit: Mapping[str, Any] | AnyEdit, *, anew: bool = False) -> None:
        """Change the run from here on; before the end of the branch this forks (`Run.edit`)."""
        self.run.edit(edit, anew=anew)

    def take_edit(self, edit: Mapping[str, Any] | AnyEdit, *, anew: bool = False) -> int:
        """`edit`, without what it takes to stand there: `seeking` leads to the step that is returned, in slices."""
        return self.run.take_edit(edit, anew=anew)

    def undo(self) -> None:
        """Back to before the last edit."""
        self.run.undo()

    def take_undo(self) -> int:
        """`undo`, as `take_edit` is to `edit`."""
        return self.run.take_undo()

    def redo(self) -> None:
        """Forward to after the edit last undone."""
        self.run.redo()

    def take_redo(self) -> int:
        """`redo`, as `take_edit` is to `edit`."""
        return self.run.take_redo()

    @property
    def can_undo(self) -> bool:
        return self.script.can_undo

    @property
    def can_redo(self) -> bool:
        return self.script.can_redo

    # Keeping ---------------------------------------------------------------------------------------------------------

    @classmethod
    def from_script(cls, script: Mapping[str, Any] | str | ScriptData) -> Self:
        """The run that `as_script` wrote, standing where it stood; the same bits on a machine of the same fingerprint."""
        data = ScriptData.read(script)
        return follow(cls(data.spec), data)

    def as_script(self) -> dict[str, Any]:
        """Spec, edits of the present branch, and the step: plain data, ready for JSON."""
        return self.run.as_script()

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
    def frozen(self) -> dict[str, NDArray[np.bool_]]:
        """{"W1": …}: which entries of a parameter no update changes, of its shape; only of parameters that have any."""
        masks = {slot.name: self.tape.frozen.within(slot) for slot in self.tape.slots if len(self.machine.frozen)}
        return {name: mask for name, mask in masks.items() if mask.any()}

    @property
    def optimizer_state(self) -> dict[str, dict[str, Array]]:
        """State tensors by their names in the formula, each by parameter name and of its shape: read-only views."""
        return {name: named(self.tape.slots, tensor) for name, tensor in self.machine.state_tensors.items()}

    @property
    def nesterov_points(self) -> dict[str, dict[str, Array]] | None:
        """Both points that Nesterov momentum goes on from, by dialect: "textbook" is θ, "pytorch" the look-ahead θ − ηβv; the
        one that is spoken has its own in `named_parameters`. None for other optimizers."""
        points = self.machine.nesterov_points(self.rate)
        return None if points is None else {dialect: named(self.tape.slots, point) for dialect, point in points.items()}

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

    @property
    def rate(self) -> float:
        """The rate of the next update."""
        return float(self.rates(np.array([self.steps_done]))[0])

    def rates(self, steps: NDArray[np.int64]) -> Array:
        """The rate of the update after each step of `steps`, (n,), under the schedule now in force. Epochs are counted from the
        present one, with mini-batches as they are now. A plateau schedule goes on at its factor."""
        return rates_ahead(self.machine, steps)

    def trace(self) -> list[MicroStep]:
        """What the next update will do, micro-step by micro-step; changes nothing."""
        return trace(self.machine)

    # Evaluation ------------------------------------------------------------------------------------------------------

    def loss(self, split: str = "train") -> float:
        """Mean data term of a split, inference mode: dropout off, running statistics."""
        return self.evaluator.loss_and_outputs(*self.evaluator.rows(split))[0]

    def accuracy(self, split: str = "train") -> float:
        """Share of a split's samples whose class is predicted; regression has none."""
        return self.evaluator.accuracy(split)

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
        return self.evaluator.predict(x)

    def evaluate(self, split: str = "train") -> Evaluation:
        """Loss, outputs and, for classes, predictions and confusions of a split."""
        return self.evaluator.evaluate(split)

    def unit_maps(self, grid: int = 50, layers: slice = EVERY_LAYER) -> UnitMaps | None:
        """Every unit's activation over the drawn plane, of `layers` (0: inputs); None where the data are no plane."""
        return unit_maps(self.evaluator, self.dataset, grid, layers)

    def response(self, points: int = 200) -> tuple[Array, Array]:
        """The fit over the drawn line: x (points,), outputs (points, d_L)."""
        return layer_stats.response(self.evaluator, points)

    # Layers ----------------------------------------------------------------------------------------------------------

    def unit_deltas(self) -> list[layer_stats.UnitDelta]:
        """δ_1, …, δ_L at the present parameters, over the whole training set with its own statistics, dropout off."""
        return layer_stats.unit_deltas(self.evaluator)

    def unit_responses(self, points: int = 200) -> layer_stats.UnitResponses | None:
        """Every unit's activation over the drawn line; None where the data are no line."""
        return layer_stats.unit_responses(self.evaluator, points)

    def sample_activations(self, split: str, index: int) -> layer_stats.SampleActivations:
        """What sample `index` of a split, from 0, makes of every unit now. ValueError where the split has no such sample."""
        return layer_stats.sample_activations(self.evaluator, split, index)

    def health(self) -> list[layer_stats.LayerHealth]:
        """The norms of every layer: whether its gradient arrives, and how far an update moves it."""
        return layer_stats.health(self.machine)

    def weight_histograms(self) -> list[layer_stats.Histogram]:
        """The spread of each layer's weights."""
        return layer_stats.weight_histograms(self.machine)

    def flow(self) -> Flow:
        """‖h_l‖ and ‖δ_l‖ of every layer: one pass forward and back."""
        return flow(self.evaluator)

    def network_state(self) -> NetworkState:
        """Every layer's sizes, saturation and dead units, and the loss, over the training set."""
        return network_state(self.evaluator)

    def preactivation_histograms(self) -> list[Spread]:
        """The spread of what each layer's activation takes, over the training set."""
        return preactivation_histograms(self.evaluator)

    # Diagnosis, and experiments on clones ----------------------------------------------------------------------------

    def findings(self) -> list[Finding]:
        """What ails the run where it stands, the cause first; empty where nothing does. Changes nothing."""
        return diagnose(self.symptoms(), self.stopped)

    def symptoms(self) -> Symptoms:
        """The numbers that findings are made from."""
        return gather(self.evaluator, self.series.points, self.script.branch.last_edit(self.steps_done))

    def rate_finder(self, low: float = finder.LOW, high: float = finder.HIGH, updates: int | None = None) -> finder.RateFinder:
        """A learning-rate range test from the present state, still to be advanced."""
        return finder.RateFinder(self.machine, low, high, updates)

    def find_rate(self, low: float = finder.LOW, high: float = finder.HIGH, updates: int | None = None) -> finder.RateTest:
        """The range test, run to its end."""
        return self.rate_finder(low, high, updates).finish()

    def gradient_checker(self, weights: int = MOST_WEIGHTS, samples: int = MOST_SAMPLES, seed: int = 0) -> GradientCheck:
        """A gradient check at the present parameters, still to be advanced."""
        return GradientCheck(self.machine, weights, samples, seed)

    def check_gradient(self, weights: int = MOST_WEIGHTS, samples: int = MOST_SAMPLES, seed: int = 0) -> GradientReport:
        """The gradient check, run to its end."""
        return self.gradient_checker(weights, samples, seed).finish()
