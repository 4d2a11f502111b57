"""What answers to a question are held against once it is measured, as plain data: many answers are judged by it, by whoever has
it, and nothing is measured again."""

from __future__ import annotations

import math
from typing import Any

from engine.lessons.card import NumberAsked, Order, Place, Question, Sketch
from engine.lessons.judging import Verdict


def standard_of(question: Question, verdict: Verdict) -> dict[str, Any]:
    """`truth` is the right answer, None where none is; of a number and a place `near` is how far off one may be; of an order
    the items' `ranks`, equal where they are equal; of a sketch `near` is a part of its axis (`low`, `high`, `log`), and `truth`
    the heights at `steps`.

    >>> from engine.lessons.card import Sign
    >>> standard_of(Sign(ask="?", measure="loss(train)"), Verdict(None, None, 0.3, 1, "positive"))
    {'truth': 1}
    """
    if isinstance(question, NumberAsked):
        value = float(verdict.truth)
        near = question.tolerance * (abs(value) if question.relative else 1.0)
        return {"truth": value if math.isfinite(value) else None, "near": near if math.isfinite(near) else 0.0}
    if isinstance(question, Order):
        values = [math.inf if math.isnan(value) else value for value in _several(verdict.value)]
        places = {value: place for place, value in enumerate(sorted(set(values)))}
        return {"truth": list(verdict.truth), "ranks": [places[value] for value in values]}
    if isinstance(question, Place):
        return {"truth": list(verdict.truth), "near": question.tolerance}
    if isinstance(question, Sketch):
        assert verdict.curve is not None
        steps, heights = (list(each) for each in verdict.curve)
        axis = {"low": question.low, "high": question.high, "log": question.log}
        return {"truth": heights, "steps": steps, "near": question.tolerance} | axis
    return {"truth": verdict.truth}


def _several(value: float | list[float]) -> list[float]:
    return value if isinstance(value, list) else [value]
