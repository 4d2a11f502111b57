"""Findings of a loss that stands still: identical units, a local minimum, a plateau, too small a network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.diagnostics import remedies as to_try
from engine.diagnostics.findings import Evidence, Finding, Remedy
from engine.diagnostics.remedies import finding
from engine.diagnostics.symptoms import Symptoms
from engine.script.edit_checks import number as n

HIGH = 0.5  # in baselines
SPLIT = 0.4  # baselines; XOR on two units stands still at 0.5 and 0.69 of them, a little more or less on the way there
GROUP = 0.2  # of the samples at least fitted, as many left, and hardly any between: where targets are noisy losses are spread
FLAT = 0.005  # of the loss, over the later half of the updates; healthy but slow starts fall by 1 % or more
IDENTICAL_FLAT = 0.05  # the same where a whole layer's units are identical, whose best is soon neared and never reached
ENOUGH = 500  # updates before "it does not get better" means anything
NO_PULL = 0.1  # elasticity of the samples' own gradients; at least 0.25 where samples disagree, 0 to 0.03 where blocked


def _stuck(s: Symptoms, flat: float, high: float = HIGH) -> Evidence | None:
    better = s.improvement
    if better is None or s.step - s.since < ENOUGH or s.level < high or not abs(better) < flat:
        return None
    words = f"over the later half of the updates the loss fell by {better:.2%}, and stands at {n(s.level)} times its baseline"
    return Evidence("improvement", better, flat, "below", words)


def identical_units(s: Symptoms) -> Finding | None:
    layer, units = s.identical_units
    slow = _stuck(s, IDENTICAL_FLAT)
    if slow is None or penalized(s) or units < 2 or units < s.layers[layer - 1].units:
        return None
    words = f"the {units} units of layer {layer} have the same weights, and get the same gradient at every update"
    return _standing(s, [Evidence("twins", float(units), 1.0, "above", words, layer), slow], layer)


def local_minimum(s: Symptoms) -> Finding | None:
    """Part of the samples is fitted, the rest stays: a flat place of a network with too few units, as XOR has on two."""
    flat = _stuck(s, IDENTICAL_FLAT, SPLIT)
    (fitted, left), samples = s.fitted, len(s.network.losses)
    if flat is None or penalized(s) or not s.hidden or min(fitted, left) < GROUP * samples:
        return None
    if samples - fitted - left > 0.5 * GROUP * samples:
        return None
    words = f"{fitted} of {samples} training samples are fitted, and {left} stay wrong"
    tries = [to_try.more_units(s), to_try.another_start(s)]
    return _standing(s, [Evidence("left_share", left / samples, GROUP, "above", words), flat], None, tries)


def plateau(s: Symptoms) -> Finding | None:
    flat = _stuck(s, FLAT)
    if flat is None or penalized(s) or not s.hidden or not s.pull_elasticity < NO_PULL:
        return None
    words = f"1 % along each sample's own gradient would change its loss by {n(s.pull_elasticity)} %: it is flat for each"
    return _standing(s, [Evidence("pull_elasticity", s.pull_elasticity, NO_PULL, "below", words), flat])


def _standing(
    s: Symptoms, evidence: Sequence[Evidence], layer: int | None = None, first: Sequence[Remedy | None] = ()
) -> Finding:
    tries = first or [
        to_try.suitable_initializer(s),
        to_try.another_start(s),
        Remedy("optimizer.name", "adam", "Switch to Adam: its steps do not shrink with the gradient"),
    ]
    summary = f"The loss stands still at {n(s.loss)}: {evidence[0].words}.{_fading(s) if layer is None else ''}"
    return finding("plateau", summary, evidence, s, tries, layer)


def _fading(s: Symptoms) -> str:
    """What no number tells while a run stands still: whether it will be thrown out. What Adam divides by shrinks there until
    its rate is at its bound; from then on it is shaken, and chance decides where it lands."""
    limit = s.spec.optimizer.form.stability
    if isinstance(limit, str) or not limit.fades:
        return ""
    return f" What {s.spec.optimizer.row.title} divides by shrinks meanwhile: its steps may yet throw it out, anywhere."


def underfitting(s: Symptoms) -> Finding | None:
    flat = _stuck(s, FLAT)
    if flat is None:
        return None
    found = [flat]
    if penalized(s):
        share = s.penalty / (s.loss + s.penalty)
        found.append(Evidence("penalty_share", share, 0.0, "above", f"{share:.0%} of the objective is penalty on weights"))
    else:
        words = f"per-sample gradients are {n(s.pull / max(s.gradient, 1e-300))} times as long as their mean: they cancel"
        found.append(Evidence("disagreement", s.pull / max(s.gradient, 1e-300), 1.0, "above", words))
    return finding(
        "underfitting",
        f"The training loss stands still at {n(s.loss)}, {n(s.level)} times the loss of the best constant output.",
        found,
        s,
        [
            Remedy("regularization.l2", s.spec.regularization.l2 / 100, "A weaker penalty"),
            Remedy("regularization.l1", s.spec.regularization.l1 / 100, "A weaker penalty"),
            to_try.larger_network(s) if not penalized(s) else None,
        ],
    )


def penalized(s: Symptoms) -> bool:
    """Penalties hold the weights down: their gradient is larger than the data's."""
    l1, l2 = s.spec.regularization.l1, s.spec.regularization.l2
    weights = float(np.linalg.norm([layer.weights for layer in s.layers]))
    return bool(l1 or l2) and l2 * weights + (l1 if weights > 0 else 0.0) >= 0.5 * s.gradient
