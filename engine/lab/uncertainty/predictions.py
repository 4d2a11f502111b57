"""Many answers to one question: of one network under many dropout masks, and what a set of answers says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from engine.array import Array
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.parts import give_way
from engine.randomness import generator

Masks = dict[int, Array]
"""By layer: (T, units), 0 where a unit is dropped, 1 / (1 − p) where it is not."""


def drawn_masks(units: tuple[int, ...], rate: float, count: int, seed: int) -> Masks:
    """Masks of hidden layers 1, 2, … of these `units`, as dropout's op has them: a unit is dropped with probability `rate`."""
    random = generator(seed, "prediction masks")
    return {
        layer: np.where(random.random((count, size)) >= rate, 1.0 / (1.0 - rate), 0.0) for layer, size in enumerate(units, 1)
    }


def under_masks(evaluator: Evaluator, x: Array, masks: Masks) -> Array:
    """Outputs (T, n) of a network with one output for inputs (n, d_0): each mask is of one network, so it is held for all
    inputs. The ops are the tape's; where it drops units, it is these that are dropped."""
    ops, last = evaluator.tape.activation_ops, len(evaluator.tape.sizes) - 1
    drops = [int(place) for place in np.flatnonzero(ops[:, codes.CODE] == codes.DROPOUT)]
    count = len(next(iter(masks.values())))
    found = np.empty((count, len(x)))
    for first, columns in evaluator.passes("activation_ops", x, np.zeros((len(x), 1))):
        for draw in range(count):
            for place, end in zip(drops, [*drops[1:], len(ops)], strict=True):
                layer = int(ops[place, codes.LAYER])
                mask = evaluator.values(f"mask{layer}", columns)
                mask[...] = masks[layer][draw][:, None]
                np.multiply(mask, evaluator.values(f"a{layer}", columns), out=evaluator.values(f"h{layer}", columns))
                evaluator.rerun(ops[place + 1 : end], columns)
            found[draw, first : first + columns] = evaluator.values(f"h{last}", columns)[0]
            give_way()
    return found


@dataclass(frozen=True)
class Answers:
    """Of a set of answers to each of n questions: `mean` and standard deviation `spread`, (n,) each."""

    mean: Array
    spread: Array

    @classmethod
    def of(cls, answers: Array) -> Answers:
        """Of (T, n), T ≥ 2: the spread is that of a sample, with T − 1."""
        return cls(answers.mean(axis=0), answers.std(axis=0, ddof=1))

    def widened(self, noise: float) -> Answers:
        """For what will be measured: the variance of the noise added."""
        return Answers(self.mean, np.sqrt(self.spread**2 + noise**2))

    def coverage(self, targets: Array, level: float = 0.95) -> float:
        """The share of targets (n,) within the normal band of this level around the mean."""
        return float(np.mean(np.abs(targets - self.mean) <= half_width(level) * self.spread))


def half_width(level: float) -> float:
    """Of the band that holds so much of a normal distribution, in standard deviations: 1.96 for 95 %."""
    return NormalDist().inv_cdf(0.5 + 0.5 * level)
