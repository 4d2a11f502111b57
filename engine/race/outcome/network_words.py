"""Why the lanes of a race on the network arrive as they do, in words: every number in them was measured."""

from __future__ import annotations

import math

from engine.race.outcome.network_reasons import NetworkPath, NetworkReason
from engine.race.outcome.numbers import count, setting, size, steps_of
from engine.race.outcome.words import Name, arrivals, joined


def network_words_of(reason: NetworkReason, name: Name) -> str:
    """A few sentences, `name` being what a lane is called."""
    told, one = reason.told, reason.paths[reason.first]
    two = None if reason.other is None else reason.paths[reason.other]
    a, b = name(reason.first), "" if reason.other is None else name(reason.other)
    if told == "all left":
        return joined([f"{a} was the last, with update {count(one.updates)}."])
    sentences: list[str] = []
    if told == "nobody":
        sentences.append(f"After {steps_of(one.updates)} {a} leads with a train loss of {size(one.loss)}.")
    else:
        steps = None if two is None else two.updates
        sentences.append(arrivals(a, one.updates, b, steps, late=told == "under way", left="every other lane has diverged"))
    if two is not None and told in ("longer steps", "shorter path"):
        sentences.append(_paths(one, two, longer=told == "longer steps"))
    if two is not None and told == "tie":
        sentences.append(f"Their paths through the weights are {size(one.length)} and {size(two.length)} long.")
    if two is not None and told == "under way":
        mean = f"{size(two.step)} a step on average, against {size(one.step)}"
        sentences.append(f"Its train loss is {size(two.loss)}; its weights move {mean}.")
    sentences += _limit(b, two) if two is not None and two.measured is not None else _limit(a, one)
    if reason.batch is not None and reason.noise is not None:
        (rows, samples), (low, high) = reason.batch, reason.noise
        spread = f"the last recorded losses of {a} lie between {size(low)} and {size(high)}"
        sentences.append(f"With gradients of {count(rows)} of {count(samples)} samples {spread}.")
    return joined(sentences)


def _paths(one: NetworkPath, two: NetworkPath, *, longer: bool) -> str:
    apart = f", measured every {count(one.spacing)} steps" if one.spacing > 1 else ""
    lengths = f"{size(one.length)}{' and' if longer else ', against'} {size(two.length)}{apart}"
    if longer:
        steps = f"{size(one.step)} on average, against {size(two.step)}"
        return f"Its steps are longer: {steps}, on paths through the weights of {lengths}."
    return f"Its path through the weights is shorter: {lengths}."


def _limit(lane: str, path: NetworkPath) -> list[str]:
    """The rate of a lane beside its bound, where that was measured."""
    if path.measured is None:
        return []
    curvature, bound = path.measured
    limit = f"its bound is {size(bound)}" if math.isfinite(bound) else "it has no bound"
    return [f"Where {lane} stands (λ_max {size(curvature)}) {limit}; it runs at {setting(float(f'{path.rate:.3g}'))}."]
