"""A case's updates beside their witnesses, one after the other, and how close is close."""

from __future__ import annotations

import numpy as np
import reference_network
from reference_schedules import stated_plateau
from witness import Witness
from witness_cases import UPDATES, data_of

from engine.microscope import next_update

CLOSE, REST = 1e-12, 2e-13
"""What an entry may differ by: so much of itself, and where it is what sums have left, so much of its array's largest entry."""


def near(found, expected, scale=0.0):
    return abs(found - expected) <= CLOSE * abs(expected) + REST * scale


def witnesses(case, trainer):
    """The witness of each update, as often as one is asked for; the run goes on in between."""
    x, y = data_of(case, trainer)
    settings = case.settings(trainer.spec)
    gradients, rates, measured = [], [], []
    cursor, epoch, earlier = 0, 0, {}
    for step in range(UPDATES):
        parameters = {name: np.array(value) for name, value in trainer.named_parameters.items()}
        running = {name: np.ravel(value).copy() for name, value in trainer.running_statistics.items()}
        if step == 0:
            started(case, parameters, running)
        plateau = 1.0
        if case.schedule["name"] == "plateau":
            measured.append(reference_network.data_loss(case.made.network, parameters, x, y, running=running))
            plateau = stated_plateau(measured, *(case.schedule[key] for key in ("factor", "patience", "threshold")))[-1]
        made = Witness(case.made.network, settings, x, y, parameters, running, step, epoch, cursor, gradients, rates, plateau)
        made.earlier |= earlier
        update = next_update(trainer)
        yield made, update
        earlier = parameters
        gradients = [*gradients, told_gradients(update, parameters)]
        rates = made.rates
        cursor += made.count
        if cursor >= len(x):
            cursor, epoch = 0, epoch + 1
        trainer.step(1)


def told_gradients(update, parameters):
    """What the rule followed, of each parameter; every one was held against the witness."""
    found = {value.name: value.array for step in update.steps for value in step.results}
    return {name: found[f"d{name}"].reshape(value.shape) for name, value in parameters.items()}


def started(case, parameters, running):
    """The run begins where the reference says."""
    start = reference_network.running_start(case.made.network)
    assert set(parameters) == set(case.made.parameters) and set(running) == set(start)
    assert all(np.array_equal(value, case.made.parameters[name]) for name, value in parameters.items())
    assert all(np.array_equal(value, start[name]) for name, value in running.items())
