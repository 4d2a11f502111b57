"""Curvature where a run or a lane stands, and the largest rate that its optimizer bears there."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.landscape.curvature import EXACT_UP_TO, hessian_in_parts, lanczos_in_parts
from engine.landscape.slices import HessianProducts, Landscape
from engine.landscape.stability import bound as bound_of
from engine.landscape.stability import bound_in_parts
from engine.lessons.building import Built, look_work
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.race import check_lane, point_of
from engine.lessons.vocabulary.row import RACE, Lane, measure
from engine.parts import Parts, give_way
from engine.solvers.spec import SolverSpec

R = TypeVar("R")


def _hessian(built: Built, lane: int | None) -> Array:
    found: Array = built.race.surface.at([point_of(built, lane)]).hessian[0]
    return found


def _eigenvalues(built: Built, lane: int | None) -> Array:
    H = _hessian(built, lane)
    found: Array = np.full(2, np.nan)
    if np.isfinite(H).all():
        found[:] = np.linalg.eigvalsh(H)
    return found


@measure(live=False, tells=("study",), latex=r"\lambda_\text{{max}}")
def sharpness(built: Built) -> float:
    """λ_max: the largest eigenvalue of the Hessian of the objective over all training samples.

    >>> run = {"data": {"name": "sine", "samples": 20}, "network": {"layers": [{"units": 2}]}}
    >>> measured("sharpness()", run=run) > 0
    True
    """
    machine = built.trainer.machine
    product, size = _product(built), machine.theta.size
    if size <= EXACT_UP_TO:
        H, _ = _done(built, hessian_in_parts(product, size, product.at_once))
        return float(np.linalg.eigvalsh(H)[-1]) if np.isfinite(H).all() else math.nan
    return _done(built, lanczos_in_parts(product, size))[1]


def _product(built: Built) -> HessianProducts:
    machine = built.trainer.machine
    return Landscape(machine).hessian(machine.theta)


def _done(built: Built, parts: Parts[R]) -> R:
    """All of it, giving way after each product, which is paid for."""
    machine = built.trainer.machine
    while True:
        try:
            next(parts)
        except StopIteration as end:
            found: R = end.value
            return found
        built.budget.spend(3.0 * look_work(machine))
        give_way()


@measure(kinds=RACE, tells=("race_curvature", "race_point"), latex=r"\lambda_\text{{max}}")
def curvature(built: Built, lane: Lane) -> float:
    """λ_max: the largest eigenvalue of f's Hessian where a lane stands.

    >>> round(measured("curvature(1)", race={"surface": "ravine", "start": [1, 1], "lanes": [{}]}), 6)
    100.0
    """
    return float(_eigenvalues(built, lane)[1])


@measure(kinds=RACE, tells=("race_curvature", "race_point"), latex=r"\lambda_\text{{min}}")
def least_curvature(built: Built, lane: Lane) -> float:
    """λ_min: the least eigenvalue of f's Hessian where a lane stands; below 0 where it curves downwards.

    >>> round(measured("least_curvature(1)", race={"surface": "ravine", "start": [1, 1], "lanes": [{}]}), 6)
    1.0
    """
    return float(_eigenvalues(built, lane)[0])


@measure(kinds=("run", "race"), live=False, tells=("race_curvature", "race_point", "study"), latex=r"\eta_\text{{bound}}")
def bound(built: Built, lane: Lane | None = None) -> float:
    """The largest rate at which the optimizer of the run, or of a lane, is stable on the quadratic that fits where it stands:
    of plain gradient descent 2/λ_max, of others their own. Infinity where nothing curves upwards.

    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.01}}
    >>> round(measured("bound(1)", race={"surface": "ravine", "start": [1, 1], "lanes": [lane]}), 9)
    0.02
    """
    if built.kind == "run":
        machine = built.trainer.machine
        updates, size = int(machine.clock[codes.UPDATES]), machine.theta.size
        parts = bound_in_parts(machine.spec.optimizer, _product(built), size, machine.state_tensors, updates)
        found = _done(built, parts)
        return _rate(None if found is None else found.rate)
    race = built.race
    number = check_lane(race, lane)
    optimizer = race.lane(number).spec.in_force(race.step)[0]
    if isinstance(optimizer, SolverSpec):
        raise UnmeasurableError(f"{optimizer.row.title} has no rate", "a lane by an optimizer")
    H = _hessian(built, number)
    on = bound_of(optimizer, lambda v: v @ H, 2, race.state(number), race.updates(number))
    return _rate(None if on is None else on.rate)


def _rate(rate: float | None) -> float:
    if rate is None:
        raise UnmeasurableError("this optimizer has no bound here", "an optimizer with one, at a step where it has it")
    return rate
