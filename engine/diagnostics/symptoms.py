"""The numbers that a diagnosis is made from: layers at the present parameters, and the recorded losses since the last edit.

Losses are compared with the *baseline*: the loss of the best constant answer, which knows the targets' mean and nothing of the
inputs (half the variance for squared error, the entropy of the labels for the others). It makes 0.5 mean the same for each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.dataset import SPLITS, spread
from engine.diagnostics.flow import LayerState, NetworkState, network_state
from engine.diagnostics.leakage import Leak, leak_of
from engine.evaluation.evaluator import Evaluator
from engine.kernels.codes import SERIES_COLUMNS
from engine.machine.machine import Machine
from engine.machine.rates import rates_ahead
from engine.parts import give_way
from engine.spec import RunSpec

STEP, TRAIN, VALIDATION, TEST = (SERIES_COLUMNS.index(name) for name in ("step", "train_loss", "validation_loss", "test_loss"))
ACCURACIES = [SERIES_COLUMNS.index(f"{name}_accuracy") for name in SPLITS]


@dataclass(frozen=True)
class Symptoms:
    """`train` (n,): recorded training losses after each of `steps` (n,) since `since` (the last edit, or the start);
    `held_out`: of the validation set, else of the test set, else None. `gradient`: ‖∂𝓛/∂W‖ over the training set, `pull` its
    bound were all samples of one mind. `rate`: of the next update. `leak`: what gives the target away, looked for where every
    split was last recorded with an accuracy of 1; the `largest_class` has a share of the training samples."""

    spec: RunSpec
    step: int
    since: int
    loss: float
    baseline: float
    steps: Array
    train: Array
    held_out: Array | None
    held_out_name: str
    network: NetworkState
    gradient: float
    pull: float
    parameters: float
    update: float | None
    rate: float
    penalty: float
    identical_units: tuple[int, int]
    leak: Leak | None
    largest_class: float | None

    @property
    def layers(self) -> tuple[LayerState, ...]:
        return self.network.layers

    @property
    def hidden(self) -> tuple[LayerState, ...]:
        return self.network.layers[:-1]

    @property
    def level(self) -> float:
        """Training loss in baselines: 1 is what the best constant answer gets."""
        return self.loss / self.baseline if self.baseline > 0 else 0.0

    @property
    def recent(self) -> float:
        """Median of the last three training losses, the present one included: one bad batch decides nothing."""
        return float(np.median([*self.train[-2:], self.loss]))

    @property
    def improvement(self) -> float | None:
        """By what share the loss fell over the later half of the updates since the last edit: the means of that half's first
        and last thirds. None while fewer than 10 points are recorded."""
        if len(self.train) < 10:
            return None
        half = self.train[self.steps >= (self.since + self.step) / 2]
        third = len(half) // 3
        if third == 0:
            return None
        before, after = float(np.mean(half[:third])), float(np.mean(half[-third:]))
        return (before - after) / before if before > 0 else 0.0

    @property
    def fitted(self) -> tuple[int, int]:
        """How many samples' own losses are below a tenth of the baseline, and how many above a quarter of it."""
        losses = self.network.losses
        return int(np.sum(losses < 0.1 * self.baseline)), int(np.sum(losses > 0.25 * self.baseline))

    @property
    def delta_ratio(self) -> float | None:
        """‖δ_1‖/‖δ_L‖: what is left of the error signal at the first layer."""
        first, last = self.layers[0].delta, self.layers[-1].delta
        return first / last if len(self.layers) > 1 and last > 0 and np.isfinite(last) else None

    @property
    def elasticity(self) -> float:
        """‖∂𝓛/∂W‖·‖θ‖/𝓛: by how many percent the loss would change if the parameters changed by one, along the gradient."""
        return self.gradient * self.parameters / self.loss if self.loss > 0 else 0.0

    @property
    def pull_elasticity(self) -> float:
        """The same from the samples' own gradients: how far they pull, whether or not they cancel."""
        return self.pull * self.parameters / self.loss if self.loss > 0 else 0.0


def baseline(y: Array, loss: str) -> float:
    """Loss of the best constant answer to targets y (n, outputs). Where they are all the same it would be 0, and any loss high
    beside it: then that of an answer that knows nothing, 0, or every class alike."""
    mean, deviation = spread(y)
    if not deviation.any():
        if loss == "mse":
            return float(0.5 * np.sum(mean * mean)) or 0.5 * len(mean)
        return float(len(mean) * np.log(2.0) if loss == "bce" else np.log(len(mean)))
    if loss == "mse":
        return float(0.5 * np.sum(deviation * deviation))
    mean = np.clip(mean, 1e-300, 1.0)
    surprise = -mean * np.log(mean)
    if loss == "bce":
        other = np.clip(1.0 - mean, 1e-300, 1.0)
        surprise = surprise - other * np.log(other)
    return float(np.sum(surprise))


def identical_units(machine: Machine) -> tuple[int, int]:
    """(layer, units) of the largest group of hidden units with the same weights in and out, bit for bit; (0, 0) if none has."""
    slots = machine.tape.slots
    best = (0, 0)
    for layer in range(1, len(machine.tape.sizes) - 1):
        units = machine.tape.sizes[layer]
        parts = [slot.view(machine.theta).reshape(units, -1) for slot in slots if slot.layer == layer]
        if len(set(parts[0][:, 0].tolist())) == units:  # as good as always
            give_way()
            continue
        parts += [slot.view(machine.theta).T for slot in slots if slot.name == f"W{layer + 1}"]
        own = np.hstack(parts)
        if len(own) > 1:
            count = int(np.unique(own, axis=0, return_counts=True)[1].max())
            best = max(best, (layer, count), key=lambda found: found[1]) if count > 1 else best
        give_way()
    return best


def gather(evaluator: Evaluator, points: Array, since: int) -> Symptoms:
    """Symptoms of a run at the present parameters. `points` (n, columns) of its recorded series, any of them, are cut to those
    from step `since`, its last edit, to the present."""
    machine, network = evaluator.machine, network_state(evaluator)
    kept = points[(points[:, STEP] <= machine.step) & (points[:, STEP] >= since)]
    held_out, name = None, "validation"
    for name, column in (("validation", VALIDATION), ("test", TEST)):  # noqa: B007
        if len(kept) and not np.isnan(kept[:, column]).all():
            held_out = kept[:, column]
            break
    penalties = machine.spec.regularization
    with np.errstate(over="ignore", invalid="ignore"):
        penalty = evaluator.penalty() if penalties.l1 or penalties.l2 else 0.0
        parameters = float(np.linalg.norm(machine.theta))
        moved = float(np.linalg.norm(machine.change))
        gradient = float(np.linalg.norm([layer.gradient for layer in network.layers]))
        pull = float(np.linalg.norm([layer.pull for layer in network.layers]))
    return Symptoms(
        spec=machine.spec,
        step=machine.step,
        since=since,
        loss=network.loss,
        baseline=baseline(machine.dataset.splits["train"].y, machine.tape.loss),
        steps=kept[:, STEP],
        train=kept[:, TRAIN],
        held_out=held_out,
        held_out_name=name,
        network=network,
        gradient=gradient,
        pull=pull,
        parameters=parameters,
        update=moved / parameters if machine.step and parameters > 0 else None,
        rate=float(rates_ahead(machine, np.array([machine.step]))[0]),
        penalty=penalty,
        identical_units=identical_units(machine),
        leak=leak_of(machine.dataset) if len(kept) and _all_right(kept[-1]) else None,
        largest_class=machine.dataset.largest_class_share("train"),
    )


def _all_right(point: Array) -> bool:
    """Whether every accuracy that was recorded is 1."""
    accuracies = point[ACCURACIES]
    known = accuracies[~np.isnan(accuracies)]
    return len(known) > 0 and bool((known == 1.0).all())
