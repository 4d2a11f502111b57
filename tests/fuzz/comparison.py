"""A spec's run in the engine beside PyTorch's, number by number.

The measure of a tensor (or a loss) is max |engine − torch| / max |torch|. It is right up to `RIGHT`. Vectors are often sums
that cancel (a shift before a batch norm has no effect at all): of them what is below `ROUNDING` times the layer's largest
number of the kind, or its largest sum of |δ|, is no difference, nor of a running mean what is so far below its deviation.
Where a number is not right, rounding may have been made large by the run itself: then it is *conditioned*, if each such tensor
differs by no more than `ALLOWANCE` times what relative nudges of `NUDGE` to the first parameters do to PyTorch's own run, or
what it does to take gradients below `TINY` for 0: of a gradient of 1e-309 an optimizer that steps by signs makes a whole step,
where kernels, for which e^-708 and less is 0, make none. All else is a disagreement.
"""

from __future__ import annotations

import re

import numpy as np
from torch_run import TorchRun

from engine import RunSpec, Trainer

RIGHT = 1e-9
NUDGE = 1e-15
ALLOWANCE = 100.0
NUDGES = 8  # at most so many are tried
UPDATES = 8
ROUNDING = 1e-13
LARGE = 1e100  # where a run that stops at a number that is not finite may have been
HUGE = 1e280  # where numbers of an update are as large, sums of them overflow in one order and not in another
TINY = 1e-300  # e^-708 times what there is of inputs
NOTHING = 1e-250  # a number as small as that is as good as 0: doubles run out of digits from 1e-308 on


def distance(found, expected, unseen: float = 0.0) -> float:
    """max |Δ| / max |expected|, where a Δ up to `unseen` is none."""
    found, expected = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    if found.shape != expected.shape:
        return np.inf
    finite = np.isfinite(expected)
    if not (finite == np.isfinite(found)).all():
        return np.inf
    away = np.abs(found - expected)[finite].max(initial=0.0)
    return 0.0 if away <= max(NOTHING, unseen) else float(away / np.abs(expected)[finite].max())


def unseen(key: tuple, expected: dict) -> float:
    """Up to where a difference of this number is its rounding."""
    update, name = key
    kind, layer = re.fullmatch(r"(.*?)(\d*)", name).groups()
    if kind == "mean":
        return ROUNDING * float(np.sqrt(expected[update, f"var{layer}"].max()))
    if not layer or kind.endswith(("W", "P", "var")):
        return 0.0
    prefix = "gradient " if kind.startswith("gradient ") else ""
    beside = [expected.get((update, f"{prefix}{each}{layer}")) for each in ("W", "P", "b", "gamma", "beta", "alpha")]
    if prefix:
        beside.append(expected[update, f"signals {layer}"])
    return ROUNDING * max(float(np.abs(value).max()) for value in beside if value is not None)


def without_effect(spec: dict) -> set[str]:
    """Biases before a batch norm, which takes them away: their gradient is rounding alone."""
    return {f"b{number}" for number, layer in enumerate(spec["network"]["layers"], 1) if layer["norm"] == "batch"}


def engine_numbers(trainer: Trainer, updates: int = UPDATES) -> dict:
    """By (update, what): loss, gradient and parameters of each update, then what can be asked at the end."""
    found = {}
    for update in range(1, updates + 1):
        loss = trainer.step(1)
        if trainer.steps_done != update:
            break
        found[update, "loss"] = loss
        found |= {(update, f"gradient {name}"): g.copy() for name, g in trainer.last_gradient.items()}
        found |= {(update, name): value.copy() for name, value in trainer.named_parameters.items()}
    found |= {(0, name): value.ravel().copy() for name, value in trainer.running_statistics.items()}
    found[0, "predictions"] = trainer.predict(trainer.dataset.splits["train"].raw)
    found[0, "loss"], found[0, "objective"] = trainer.loss("train"), trainer.objective("train")
    return found | {(0, f"gradient {name}"): g.copy() for name, g in trainer.named_gradient("train").items()}


def torch_numbers(spec: dict, start: dict, updates: int, stopped: bool, tiny: float = 0.0) -> dict:
    """The same of PyTorch's run; `stopped`: the engine's went no further. Gradients up to `tiny` count as 0."""
    run, found = TorchRun(spec, start, tiny), {}
    for update in range(1, updates + 1):
        found[update, "loss"] = run.step()
        found |= {(update, f"gradient {name}"): g.numpy() for name, g in run.gradient.items()}
        found |= {(update, f"signals {layer}"): value for layer, value in run.signals.items()}
        found |= {(update, name): value.numpy().copy() for name, value in run.theta.items()}
    found |= {(0, name): value.numpy() for name, value in run.running.items()}
    found[0, "predictions"], found[0, "loss"] = run.predict().numpy(), run.loss_on("train")
    found[0, "objective"], gradient = run.whole_gradient()
    found |= {(0, f"gradient {name}"): g.numpy() for name, g in gradient.items()}
    found |= {(0, f"signals {layer}"): value for layer, value in run.signals.items()}
    return found | ({(updates + 1, "goes on"): _goes_on(run)} if stopped else {})


def _goes_on(run: TorchRun) -> float:
    """1 where all numbers of one more update are of a size to be worked with."""
    seen = [run.step(), *(value.abs().max() for value in (*run.gradient.values(), *run.theta.values()))]
    return float(all(abs(float(value)) < LARGE for value in seen))


def nudged(start: dict, number: int) -> dict:
    """Each first parameter moved by up to `NUDGE` of itself, 0 by as much."""
    random, moved = np.random.default_rng(number), {}
    for name, value in start.items():
        size = np.where(value == 0.0, 1.0, np.abs(value))
        moved[name] = value + NUDGE * size * random.uniform(-1.0, 1.0, value.shape)
    return moved


def unexcused(wrong: dict, expected: dict, again) -> dict:
    """Of the distances `wrong` by key those that no nudge explains; `again(number)` are the numbers after a nudge, and
    `again(None)` those without tiny gradients."""
    most = dict.fromkeys(wrong, 0.0)
    left = dict(wrong)
    for number in (*range(NUDGES), None):
        moved = again(number)
        for key in left:
            most[key] = max(most[key], distance(moved.get(key, np.nan), expected[key]))
        left = {key: off for key, off in wrong.items() if not off <= ALLOWANCE * most[key]}
        if not left:
            break
    return left


def compare(raw: dict, updates: int = UPDATES) -> tuple[str, dict, float]:
    """ "right", "conditioned" or "wrong"; what is wrong, by (update, what); and the largest distance."""
    given = RunSpec.model_validate(raw)
    trainer = Trainer(given)
    start = {name: np.array(value) for name, value in trainer.named_parameters.items()}
    spec = given.model_dump()
    with np.errstate(all="ignore"):
        found = engine_numbers(trainer, updates)
        stopped = trainer.steps_done < updates
        if stopped:
            found[trainer.steps_done + 1, "goes on"] = 0.0
        expected = torch_numbers(spec, start, trainer.steps_done, stopped)
        idle = without_effect(spec)
        overflown = {key[0] for key, value in expected.items() if not np.abs(value).max(initial=0.0) < HUGE}
        distances = {
            key: distance(value, expected[key], unseen(key, expected))
            for key, value in found.items()
            if key[1].removeprefix("gradient ") not in idle and key[0] not in overflown
        }
        assert found.keys() == {key for key in expected if not key[1].startswith("signals")}
        wrong = {key: off for key, off in distances.items() if not off <= RIGHT}

        def again(number: int | None) -> dict:
            first, tiny = (start, TINY) if number is None else (nudged(start, number), 0.0)
            return torch_numbers(spec, first, trainer.steps_done, stopped, tiny)

        left = unexcused(wrong, expected, again)
    kind = "wrong" if left else "conditioned" if wrong else "right"
    return kind, left, max(distances.values(), default=0.0)
