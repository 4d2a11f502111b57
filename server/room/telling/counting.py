"""The answers of a vote, counted by the kind of their question."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from server.protocol.room.events import Histogram, Round
from server.room import judging

BINS = 12
WIDE = 30.0
"""From which ratio of the largest to the smallest on answers are shown on a logarithmic axis."""
CURVE = 40
"""Points of a curve that is told of each."""
SIGNS = (-1, 0, 1)


def counted(question: Mapping[str, Any], round: int, answers: Mapping[int, Any]) -> Round:
    """Of one round. What was counted by hand is added."""
    kind, truth = question["kind"], question.get("truth")
    judge = None if truth is None else truth["judge"]
    given = [answer for answer in answers.values() if answer is not None]
    by_hand: list[int] = question.get("by_hand", {}).get(str(round), [])
    unknown = len(answers) - len(given) + (by_hand[-1] if by_hand else 0)
    answered = len(answers) + sum(by_hand)
    rights = sum(judging.right(judge, answer) is True for answer in given)
    told: dict[str, Any] = {}
    choices = choices_of(question)
    if choices:
        tally = Counter(given)
        counts = [tally[choice] for choice in choices]
        for place, more in enumerate(by_hand[:-1]):
            counts[place] += more
            rights += more if judging.right(judge, choices[place]) else 0
        told["counts"] = counts
    elif kind == "order":
        told["counts"] = None if judge is None else [rights, len(given) - rights]
    elif kind == "power":
        told["powers"] = sorted(Counter(int(answer) for answer in given).items())
    elif kind == "number":
        told["histogram"] = histogram([float(answer) for answer in given])
    elif kind == "place":
        told["points"] = [(float(x), float(y)) for x, y in given]
    else:
        told["curves"] = [_resampled(answer) for answer in given]
    share = rights / answered if judge is not None and answered else None
    return Round(answered=answered, unknown=unknown, right=share, byhand=sum(by_hand), **told)


def choices_of(question: Mapping[str, Any]) -> Sequence[int]:
    """The answers that a question has, where they are few."""
    if question["kind"] == "choose":
        return range(len(question["texts"]))
    return SIGNS if question["kind"] == "sign" else ()


def histogram(values: Sequence[float]) -> Histogram:
    """On a logarithmic axis where they are of one sign and far apart.

    >>> histogram([1e-6, 1e-3, 1.0, 0.0]).zeros
    1
    """
    sizes = [abs(value) for value in values if value]
    signs = {math.copysign(1.0, value) for value in values if value}
    if len(signs) == 1 and max(sizes) / min(sizes) > WIDE:
        sign = signs.pop()
        low, high = math.log10(min(sizes)), math.log10(max(sizes))
        places = [math.log10(size) for size in sizes]
        counts = _binned(places, low, high)
        edges = [sign * 10.0 ** (low + (high - low) * step / BINS) for step in range(BINS + 1)]
        if sign < 0:
            counts, edges = counts[::-1], edges[::-1]
        return Histogram(edges=edges, counts=counts, log=True, zeros=len(values) - len(sizes))
    if not values:
        return Histogram(edges=[], counts=[], log=False)
    low, high = min(values), max(values)
    if low == high:
        spread = abs(low) / 10 or 1.0
        low, high = low - spread, high + spread
    edges = [low + (high - low) * (step / BINS) for step in range(BINS + 1)]
    return Histogram(edges=edges, counts=_binned(values, low, high), log=False)


def _binned(values: Sequence[float], low: float, high: float) -> list[int]:
    counts = [0] * BINS
    for value in values:
        counts[min(int((value - low) / (high - low) * BINS), BINS - 1)] += 1
    return counts


def _resampled(heights: Sequence[float]) -> list[float]:
    """A curve of so many points at most: two hundred are told together."""
    if len(heights) <= CURVE:
        return [float(f"{height:.4g}") for height in heights]
    found = []
    for step in range(CURVE):
        place = step / (CURVE - 1) * (len(heights) - 1)
        left = min(int(place), len(heights) - 2)
        found.append(heights[left] + (place - left) * (heights[left + 1] - heights[left]))
    return [float(f"{height:.4g}") for height in found]
