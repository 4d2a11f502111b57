"""Rules that act on the recorded series: schedules that act on losses, early stopping, and the stop by small change.

A measurement is a point of the series at the spec's own interval, never at the doubled one that a long curve is drawn with.
What a rule remembers is a few floats that every snapshot holds: after a seek, in a replay and on a branch it acts as before.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from engine.array import Array
from engine.kernels.codes import SERIES_COLUMNS
from engine.spec import RunSpec

Verdict = Literal["early", "small_change"]

MEMORY = slice(0, 3)
"""What a schedule remembers, in the order of `engine.rows.schedules`: FACTOR, BEST, BAD."""

# What is remembered: state[PLACE] --------------------------------------------------------------------------------------
FACTOR = 0  # what a schedule that acts on losses has made of the rate so far
PLATEAU_BEST = 1  # the best loss it has seen
PLATEAU_BAD = 2  # measurements in a row that were not better
BEST = 3  # early stopping: the best validation loss
BEST_STEP = 4  # and where it was measured
BAD = 5  # measurements since
LAST_LOSS = 6  # train loss of the last measurement
FIRED = 7  # index of VERDICTS
N_STATE = 8

VERDICTS: tuple[Verdict | None, ...] = (None, "early", "small_change")
STEP, EPOCH, TRAIN, VALIDATION = (SERIES_COLUMNS.index(name) for name in ("step", "epoch", "train_loss", "validation_loss"))


def in_force(spec: RunSpec) -> bool:
    """Whether any rule wants to see each measurement."""
    return spec.schedule.row.measured or spec.stop.patience is not None or spec.stop.min_change is not None


def initial_state() -> Array:
    """What rules have seen at the start of a run: nothing; (N_STATE,)."""
    state = np.zeros(N_STATE)
    _forget_schedule(state)
    _forget_best(state)
    state[LAST_LOSS] = np.nan
    return state


def _forget_schedule(state: Array) -> None:
    state[MEMORY] = 1.0, np.inf, 0.0


def _forget_best(state: Array, step: int = 0) -> None:
    state[BEST], state[BEST_STEP], state[BAD] = np.inf, step, 0.0


def adopt(state: Array, before: RunSpec, spec: RunSpec) -> None:
    """A rule newly in force begins with nothing seen in `state` (N_STATE,); one whose parameters change goes on."""
    if before.schedule.name != spec.schedule.name:
        _forget_schedule(state)
    if before.stop.patience is None:
        _forget_best(state)
    if before.stop.min_change is None:
        state[LAST_LOSS] = np.nan


def observe(state: Array, spec: RunSpec, point: Array, validated: bool) -> None:
    """Let every rule in force see a point (columns,) of the series; `validated`: the run has a validation split."""
    schedule = spec.schedule
    if schedule.row.observe is not None and point[EPOCH if schedule.unit == "epoch" else STEP] >= schedule.warmup:
        schedule.row.observe(state[MEMORY], schedule.parameters, float(point[VALIDATION] if validated else point[TRAIN]))
    train = float(point[TRAIN])
    small = spec.stop.min_change is not None and abs(train - float(state[LAST_LOSS])) < spec.stop.min_change
    state[LAST_LOSS] = train
    if spec.stop.patience is not None and _worn_out(state, spec.stop.patience, point):
        state[FIRED] = VERDICTS.index("early")
    elif small:
        state[FIRED] = VERDICTS.index("small_change")


def _worn_out(state: Array, patience: int, point: Array) -> bool:
    """Whether `patience` measurements in a row have brought no new best validation loss."""
    if point[VALIDATION] < state[BEST]:
        state[BEST], state[BEST_STEP], state[BAD] = point[VALIDATION], point[STEP], 0.0
        return False
    state[BAD] += 1.0
    return bool(state[BAD] >= patience)


def verdict(state: Array) -> Verdict | None:
    """Why the run is to stop where it stands, if it is."""
    return VERDICTS[int(state[FIRED])]


def resume(state: Array, step: int, *, anew: bool) -> None:
    """After an edit at `step`: a run that was stopped has new patience. `anew`: the edit changes what trains, so what was
    measured before it is no measure of what comes: best losses begin anew. What a schedule made of the rate stays."""
    if state[FIRED]:
        state[FIRED] = state[BAD] = 0.0
    if anew:
        state[PLATEAU_BEST], state[PLATEAU_BAD] = np.inf, 0.0
        _forget_best(state, step)
        state[LAST_LOSS] = np.nan


def stop_message(state: Array, spec: RunSpec, step: int) -> str:
    """The verdict, for people."""
    if verdict(state) == "early":
        best = int(state[BEST_STEP])
        return (
            f"stopped early at step {step}: {int(state[BAD])} measurements in a row without a new best validation loss;"
            f" the best, {state[BEST]:.6g}, is at step {best}"
        )
    return f"stopped at step {step}: the train loss changed by less than {spec.stop.min_change:g} between two measurements"
