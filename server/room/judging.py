"""Whether an answer is right, by what was measured once: `judge` is what the teacher's session gives with the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def right(judge: Mapping[str, Any] | None, answer: Any) -> bool | None:
    """None where nothing was answered, or nothing is right or wrong. ``{"truth"}`` alone: the answer is the same; with
    ``"ranks"``: of an order, of two equal items either may stand first; with ``"near"``: of a number and of a place, how far
    off it may be; of a sketch (``"steps"``, ``"low"``, ``"high"``, ``"log"``) the part of the axis that it may be off
    anywhere."""
    if not judge or answer is None or judge.get("truth") is None:
        return None if answer is None or not judge or "truth" not in judge else False
    truth, near = judge["truth"], judge.get("near")
    if "ranks" in judge:
        ranks = [judge["ranks"][int(item)] for item in answer]
        return ranks == sorted(ranks)
    if near is None:
        return bool(answer == truth)
    if "steps" in judge:
        return _sketch(judge, answer)
    if isinstance(truth, list):
        return bool(math.dist(truth, answer) <= near)
    return bool(abs(answer - truth) <= near < math.inf)


def _sketch(judge: Mapping[str, Any], answer: list[float]) -> bool:
    steps, truth = judge["steps"], judge["truth"]
    first, last = steps[0], steps[-1]
    for step, height in zip(steps, truth, strict=True):
        place = 0.0 if last == first else (step - first) / (last - first) * (len(answer) - 1)
        left = min(int(place), len(answer) - 1)
        rest, following = place - left, min(left + 1, len(answer) - 1)
        drawn = (1 - rest) * _on_axis(judge, answer[left]) + rest * _on_axis(judge, answer[following])
        if abs(drawn - _on_axis(judge, height)) > judge["near"]:
            return False
    return True


def _on_axis(judge: Mapping[str, Any], height: float) -> float:
    low, high = judge["low"], judge["high"]
    value = min(max(high if math.isnan(height) else height, low), high)
    if judge.get("log"):
        tiny = 2.2250738585072014e-308
        value, low, high = (math.log(max(each, tiny)) for each in (value, low, high))
    return float((value - low) / (high - low))
