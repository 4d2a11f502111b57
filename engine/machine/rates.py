"""The learning rate of a machine's updates to come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.recording import rules
from engine.rows.rates import rates_at


def rates_ahead(machine: Machine, steps: NDArray[np.int64]) -> Array:
    """The rate of the update after each step of `steps`, under the schedule now in force; shape (n,).

    Epochs are counted from the present one, with mini-batches as they are now. A plateau schedule goes on at its factor.
    """
    int_state, spec = machine.int_state, machine.spec
    batch = int(int_state[codes.BATCH_SIZE])
    begun = machine.step - -(-int(int_state[codes.CURSOR]) // batch)  # this epoch's first update
    t = np.asarray(steps, dtype=np.int64)
    if spec.schedule.unit == "epoch":
        t = np.maximum(0, int(int_state[codes.EPOCH]) + (t - begun) // -(-int(int_state[codes.TRAIN_ROWS]) // batch))
    return rates_at(spec.schedule, spec.optimizer.lr, t, float(machine.rules[rules.FACTOR]))
