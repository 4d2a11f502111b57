"""Named findings: what ails a run, with the evidence in numbers and what to try. None on a healthy run.

Thresholds were set on some 30 healthy and 45 sick runs (data sets, depths, activations, optimizers; from update 0 to 6,000) and
lie between the two with room on either side; each constant says what was seen. Most signs are common in healthy runs once the
loss is low (a fitted tanh net has half its units saturated, and δ growing 30-fold toward the input), so they count while it is
high: `HIGH`, half the loss of the best constant answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from engine.diagnostics import remedies as to_try
from engine.diagnostics.findings import NAMES, Evidence, Finding, Remedy
from engine.diagnostics.first_nonfinite import FirstNonfinite
from engine.diagnostics.remedies import finding
from engine.diagnostics.standstill import HIGH, identical_units, local_minimum, penalized, plateau, underfitting
from engine.diagnostics.symptoms import Symptoms
from engine.script.edit_checks import number as n

VANISHED = 2e-3  # ‖δ_1‖/‖δ_L‖; three sigmoid layers still learn at 1.6e-2, five are stuck at 1.2e-3
EXPLODED = 50.0  # the same; at most 8 in healthy runs while the loss is high, 46 to 7,000 from weights too large
DEAD = 2 / 3  # of a layer's units; narrow He-started ReLU layers have up to a half dead, and learn
SATURATED = 0.7  # of (unit, sample) pairs; healthy: at most 0.39 while the loss is high; weights of N(0, 10): 0.79 to 0.99
WRONG = 0.2  # of samples whose unmatched output is saturated on the wrong side: its slope lets no error signal in
RISEN = 0.5  # baselines above the best since the last edit; healthy runs: at most 0.06, a rate ten times too large: 0.6 to ∞
MUCH = 1.25  # times the best: a loss of many baselines jumps by half a one while it falls
MEMORIZED = 0.15  # baselines the held-out loss rose above its best; healthy runs: at most 0.06 though by a factor of up to 6
APART = 0.5  # baselines between training and held-out loss; healthy: at most 0.17
TINY_UPDATE = 3e-5  # ‖Δθ‖/‖θ‖ an update: 30,000 updates to go as far as the weights are large; 1e-3 is usual, healthy ≥ 6e-4
STEEP = 0.05  # elasticity: the gradient would carry, were the steps larger
GONE = 1e-7  # of the optimizer's rate; a one-cycle ends at 4e-6 of it
LITTLE = 0.01  # baselines: below it nothing is missed
EARLY = 200  # updates before steps are called too small: a warm-up may still raise them

Rule = Callable[[Symptoms], Finding | None]


class Stopped(Protocol):
    """Why a run stands still; `engine.recording.stops.Stop` is one."""

    @property
    def kind(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def first_nonfinite(self) -> FirstNonfinite | None: ...


def _diverging(s: Symptoms) -> Finding | None:
    best = float(np.min(s.train)) if len(s.train) else s.loss
    risen = (s.recent - best) / s.baseline if s.baseline > 0 else 0.0
    leapt = risen > RISEN and s.recent > MUCH * best
    if s.step == s.since or not (leapt or np.isnan(s.recent)):
        return None
    words = f"the training loss is {n(s.recent)}, and was {n(best)}: it has risen by {n(risen)} times its baseline"
    found = [Evidence("loss_risen", risen, RISEN, "above", words)]
    return finding(
        "diverging",
        f"The loss rose from {n(best)} to {n(s.recent)}: steps overshoot, the learning rate is too high.",
        found,
        s,
        [
            to_try.rate(s, 0.1, "A tenth of the learning rate"),
            Remedy("clip.norm", 1.0, "Clip the gradient norm at 1"),
            Remedy("data.standardize", True, "Standardize the inputs"),
        ],
    )


def _exploding(s: Symptoms) -> Finding | None:
    ratio = s.delta_ratio
    if ratio is None or s.level < HIGH or not ratio > EXPLODED:
        return None
    found = [_ratio_evidence(s, ratio, EXPLODED, "above")]
    return finding(
        "exploding",
        f"The error signal grows {n(ratio)}-fold from layer {len(s.layers)} back to layer 1: each layer multiplies it.",
        found,
        s,
        [
            to_try.suitable_initializer(s),
            to_try.batch_norm(s),
            Remedy("clip.norm", 1.0, "Clip the gradient norm at 1"),
        ],
        1,
    )


def _dead(s: Symptoms) -> Finding | None:
    shares = [(len(layer.dead) / layer.units, layer) for layer in s.hidden if layer.saturated is None]
    share, worst = max(shares, key=lambda found: found[0], default=(0.0, None))
    if worst is None or share <= DEAD or s.level < HIGH or _nothing_yet(s):
        return None
    words = f"{len(worst.dead)} of {worst.units} units of layer {worst.layer} have gradient 0 for every training sample"
    found = [Evidence("dead_share", share, DEAD, "above", words, worst.layer)]
    return finding(
        "dead_units",
        f"{words[0].upper()}{words[1:]}: no data gradient reaches them now; decay, momentum or earlier layers may revive them.",
        found,
        s,
        [
            to_try.rate(s, 0.1, "A tenth of the learning rate: fewer units die"),
            Remedy("network.bias", 0.0, "Biases that start at 0") if s.spec.network.bias < 0 else None,
            to_try.layers(s, "activation", "leaky_relu", "Use leaky ReLU"),
            to_try.suitable_initializer(s),
        ],
        worst.layer,
    )


def _saturated(s: Symptoms) -> Finding | None:
    if s.level < HIGH:
        return None
    worst = max(s.hidden, key=lambda layer: layer.saturated or 0.0, default=None)
    share = (worst.saturated or 0.0) if worst else 0.0
    output = s.layers[-1]
    unmatched = s.network.confidently_wrong if s.spec.output_and_loss[1] == "mse" else 0.0
    if worst is not None and share > SATURATED:
        layer = worst.layer
        words = f"in layer {layer} {share:.0%} of the derivatives φ′(z) are below a twentieth of the largest"
        found = Evidence("saturated_share", share, SATURATED, "above", words, layer)
    elif unmatched > WRONG:
        layer = output.layer
        words = f"{unmatched:.0%} of the samples have an output that is confident and wrong, where its derivative is almost 0"
        found = Evidence("confidently_wrong", unmatched, WRONG, "above", words, layer)
    else:
        return None
    return finding(
        "saturated",
        f"{words[0].upper()}{words[1:]}: the error signal hardly passes.",
        [found],
        s,
        [
            Remedy("loss", "auto", "Use the matched loss: δ is ŷ − y, without the derivative")
            if layer == output.layer and s.spec.task == "classification"
            else None,
            Remedy("data.standardize", True, "Standardize the inputs"),
            to_try.suitable_initializer(s),
            to_try.batch_norm(s),
        ],
        layer,
    )


def _vanishing(s: Symptoms) -> Finding | None:
    ratio = s.delta_ratio
    if ratio is None or s.level < HIGH or not ratio < VANISHED or s.parameters == 0 or penalized(s) or not any(_weights(s)):
        return None
    found = [_ratio_evidence(s, ratio, VANISHED, "below")]
    squashing = any(layer.activation == "sigmoid" for layer in s.hidden)
    return finding(
        "vanishing",
        f"Layer 1 gets {n(ratio)} times the error signal of layer {len(s.layers)}, and hardly learns.",
        found,
        s,
        [
            to_try.layers(s, "activation", "relu", "Switch to ReLU") if squashing else None,
            to_try.suitable_initializer(s),
            to_try.batch_norm(s),
            to_try.layers(s, "skip", 1, "Add skip connections"),
        ],
        1,
    )


def _overfitting(s: Symptoms) -> Finding | None:
    if s.held_out is None or s.baseline == 0 or len(s.held_out) < 3:
        return None
    now, best = float(np.median(s.held_out[-3:])), float(np.nanmin(s.held_out))
    train = float(np.median(s.train[-3:]))  # of the same points: while both fall, an older one is no gap
    risen, apart = (now - best) / s.baseline, (now - train) / s.baseline
    if s.level > HIGH or not (risen > MEMORIZED or apart > APART) or now < 2 * train:
        return None
    at = int(s.steps[int(np.nanargmin(s.held_out))])
    rose = Evidence(
        "held_out_risen",
        risen,
        MEMORIZED,
        "above",
        f"{s.held_out_name} loss was {n(best)} at update {at} and is {n(now)}",
    )
    gap = Evidence("gap", apart, APART, "above", f"{s.held_out_name} loss is {n(now)}, training loss {n(train)}")
    decay = max(1e-3, 10 * s.spec.regularization.l2)
    return finding(
        "overfitting",
        f"Training loss is down to {n(s.loss)}, but {s.held_out_name} loss is {n(now)}: it memorizes the training samples.",
        [found for found in (rose, gap) if found.value > found.threshold],
        s,
        [
            Remedy("regularization.l2", decay, f"Add weight decay (L2 = {decay:g})"),
            to_try.layers(s, "dropout", 0.2, "Add dropout"),
            Remedy("data.samples", 2 * getattr(s.spec.data, "samples", 0), "Twice the data"),
            to_try.layers(s, "units", None, "Half the units"),
        ],
    )


def _vanished_rate(s: Symptoms) -> Finding | None:
    base = s.spec.optimizer.lr
    still = s.update is not None and s.update < TINY_UPDATE
    if not (still and s.rate < GONE * base and s.level > LITTLE and s.elasticity > STEEP):
        return None
    words = f"the {s.spec.schedule.row.title} schedule has lowered the learning rate from {n(base)} down to {n(s.rate)}"
    found = [
        Evidence("rate", s.rate, GONE * base, "below", words),
        Evidence("elasticity", s.elasticity, STEEP, "above", f"1 % along the gradient changes the loss by {n(s.elasticity)} %"),
    ]
    return finding(
        "vanished_rate",
        f"The learning rate is {n(s.rate)}: updates change nothing any more, though following the gradient would.",
        found,
        s,
        [
            Remedy("schedule.name", "constant", "A constant learning rate"),
            Remedy("schedule.eta_min", float(f"{0.01 * base:.2g}"), "A minimum rate of a hundredth of the base rate"),
        ],
    )


def _slow(s: Symptoms) -> Finding | None:
    if s.update is None or s.level < HIGH or s.step < EARLY or not s.update < TINY_UPDATE or not s.elasticity > STEEP:
        return None
    found = [
        Evidence("update_ratio", s.update, TINY_UPDATE, "below", f"an update is {n(s.update)} of the parameters' size"),
        Evidence("elasticity", s.elasticity, STEEP, "above", f"1 % along the gradient changes the loss by {n(s.elasticity)} %"),
    ]
    return finding(
        "slow",
        f"Each update moves the parameters by {n(s.update)} of their size; longer steps would lower the loss.",
        found,
        s,
        [
            to_try.rate(s, 10.0, "Ten times the learning rate (the finder tells how far)"),
            Remedy("optimizer.name", "adam", "Adam"),
        ],
    )


def _leak(s: Symptoms) -> Finding | None:
    if s.leak is None or s.largest_class is None:
        return None
    words = f"always answering the largest class is right for {s.largest_class:.0%} of the training samples"
    found = [Evidence("accuracy", 1.0, s.largest_class, "above", words)]
    says = f"{s.leak.words[0].upper()}{s.leak.words[1:]}"
    return finding(
        "leak",
        f"Accuracy is 100 %, and no wonder. {says}: choose the data without it to see what the others tell.",
        found,
        s,
        [],  # which columns are inputs is chosen where the table is
    )


RULES: tuple[Rule, ...] = (
    _diverging,
    _exploding,
    identical_units,
    local_minimum,
    _dead,
    _saturated,
    _vanishing,
    _overfitting,
    _vanished_rate,
    _slow,
    plateau,
    underfitting,
    _leak,
)
EXPLAINS: dict[str, tuple[str, ...]] = {
    "non_finite": NAMES,
    "diverging": NAMES,
    "exploding": ("slow", "saturated", "plateau", "underfitting", "dead_units"),
    "dead_units": ("vanishing", "plateau", "underfitting", "slow"),
    "saturated": ("vanishing", "plateau", "underfitting", "slow"),
    "vanishing": ("plateau", "underfitting", "slow"),
    "vanished_rate": ("slow", "plateau", "underfitting"),
    "slow": ("plateau", "underfitting"),
    "plateau": ("underfitting", "dead_units", "saturated", "vanishing", "slow", "plateau"),
}
"""What a finding is the cause of: its consequences are no findings of their own."""


def diagnose(symptoms: Symptoms, stopped: Stopped | None) -> list[Finding]:
    """Findings, causes first; a consequence of one that is given already is left out."""
    found: list[Finding] = []
    if stopped is not None and stopped.kind == "non_finite":
        found.append(_non_finite(symptoms, stopped))
    for rule in RULES:
        named = rule(symptoms)
        if named and not any(named.name in EXPLAINS.get(cause.name, ()) for cause in found):
            found.append(named)
    return found


# In words and as fields ---------------------------------------------------------------------------------------------------


def _non_finite(s: Symptoms, stopped: Stopped) -> Finding:
    first_nonfinite = stopped.first_nonfinite
    words = first_nonfinite.words if first_nonfinite else stopped.message
    found = [Evidence("non_finite_values", float(first_nonfinite.count if first_nonfinite else 1), 0.0, "above", words)]
    tries = [
        to_try.rate(s, 0.1, "A tenth of the learning rate"),
        Remedy("clip.norm", 1.0, "Clip the gradient norm at 1"),
        Remedy("data.standardize", True, "Standardize the inputs"),
        to_try.suitable_initializer(s),
    ]
    return finding("non_finite", f"{words[0].upper()}{words[1:]}.", found, s, tries)


def _ratio_evidence(s: Symptoms, ratio: float, threshold: float, side: Any) -> Evidence:
    first, last = s.layers[0], s.layers[-1]
    words = f"‖δ‖ is {n(first.delta)} in layer 1 and {n(last.delta)} in layer {last.layer}, mean over the training set"
    return Evidence("delta_ratio", ratio, threshold, side, words, 1)


def _weights(s: Symptoms) -> list[float]:
    """Sizes of the weights that the error signal comes back through."""
    return [layer.weights for layer in s.layers[1:]]


def _nothing_yet(s: Symptoms) -> bool:
    """Weights that are all zero make every z zero: a plateau of the start, not dead units."""
    return not any(_weights(s))
