"""How well the estimated direction is aligned with the gradient, by population size: cosines over many draws of perturbations,
plain and ranked, at one θ and one mini-batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.lab.evolution.estimator import cosine, estimate, law
from engine.lab.evolution.population import Population
from engine.parts import give_way

MOST_PAIRS = 512
MOST_NUMBERS = 4_000_000
"""Of one draw's perturbations: 32 MB."""
DRAWS = 40
FIRST_DRAW = 2**40
"""Draws that no update comes to."""


def populations(parameters: int) -> list[int]:
    """Pairs: powers of two."""
    most = max(1, min(MOST_PAIRS, MOST_NUMBERS // parameters))
    return [2**power for power in range(most.bit_length())]


@dataclass(frozen=True)
class Alignment:
    """`cosines` (2, draws, n) of populations of so many `pairs` (n,), plain and ranked. `length` is the true gradient's."""

    pairs: Array
    parameters: int
    length: float
    cosines: Array

    @property
    def law(self) -> Array:
        return law(self.pairs, self.parameters)

    @property
    def root_mean_square(self) -> Array:
        """(2, n): what the law is about, for a few pairs too."""
        return np.asarray(np.sqrt(np.mean(self.cosines**2, axis=1)))

    def quartiles(self) -> Array:
        """(3, 2, n): the lower, the median, the upper."""
        return np.asarray(np.quantile(self.cosines, (0.25, 0.5, 0.75), axis=1))


def aligned(population: Population, draws: int = DRAWS) -> Iterator[Alignment]:
    """Draw by draw; each yields what is known so far. A draw's smaller populations are the first pairs of its largest."""
    population.gather()
    truth = population.gradient()
    pairs, length = populations(truth.size), float(np.linalg.norm(truth))
    cosines = np.full((2, draws, len(pairs)), np.nan)
    for draw in range(draws):
        noise = population.noise(FIRST_DRAW + draw, pairs[-1])
        losses = population.losses(noise)
        for place, count in enumerate(pairs):
            for row, ranked in enumerate((False, True)):
                found = estimate(noise[:count], losses[:count], population.sigma, ranked)
                cosines[row, draw, place] = cosine(found, truth)
                give_way()
        yield Alignment(np.array(pairs, dtype=np.float64), truth.size, length, cosines[:, : draw + 1].copy())
