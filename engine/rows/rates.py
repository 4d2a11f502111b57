"""What a schedule makes of the learning rate: eta_t of any update, ahead of time, by the kernel that trains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.kernels import codes
from engine.kernels.optimizers import schedules as kernels
from engine.spec import ScheduleSpec


def kernel_parameters(schedule: ScheduleSpec) -> list[float]:
    """The row's own parameters as the kernel gets them, in the row's order."""
    return [float(schedule.parameters[parameter.name]) for parameter in schedule.row.parameters]


def preview(schedule: ScheduleSpec, base: float, steps: NDArray[np.int64], steps_per_epoch: int = 1) -> Array:
    """The rate of each update of `steps` (counted from 0), of a run that begins under this schedule; shape (n,)."""
    t = np.asarray(steps, dtype=np.int64)
    return rates_at(schedule, base, t // steps_per_epoch if schedule.unit == "epoch" else t)


def rates_at(schedule: ScheduleSpec, base: float, t: NDArray[np.int64], factor: float = 1.0) -> Array:
    """The rate at each t (n,), counted in the schedule's unit; shape (n,).

    Under a plateau schedule the future is not known: `factor` is what it has made of the rate so far.
    """
    parameters, rates = np.zeros(codes.N_SCHEDULE_PARAMETERS), np.zeros(len(t))
    own = kernel_parameters(schedule)
    parameters[: len(own)] = own
    kernels.rates(schedule.row.code, base, schedule.warmup, parameters, factor, np.ascontiguousarray(t), rates)
    return rates
