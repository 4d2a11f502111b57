"""How the rate moves: one function for the compiled run, and the same one drawn ahead of time.

`t` counts from 0, in updates or in completed epochs. To add a schedule: a code, a branch of `eta` here, and a row in
`engine.rows.schedules`, whose parameters arrive in `p` in the row's order.
"""

import numpy as np

from engine.kernels.codes import (
    EPOCH,
    EPOCHS,
    LR,
    N_SCHEDULE_PARAMETERS,
    RATE_FACTOR,
    SCHEDULE,
    SCHEDULE_PARAMETERS,
    SCHEDULE_UNIT,
    STEP,
    WARMUP,
)
from engine.kernels.jit import entry, inner

CONSTANT, STEP_DECAY, EXPONENTIAL, COSINE, WARM_RESTARTS, ONE_CYCLE, PLATEAU = range(7)


@inner
def _half_cosine(first, last, share):
    """From `first` at share 0 to `last` at share 1, along half a period of the cosine."""
    return last + 0.5 * (first - last) * (1.0 + np.cos(np.pi * share))


@inner
def _restarted(base, t, length, longer, least):
    """SGDR: cycles of `length`, each `longer` times the one before."""
    if longer == 1:
        t = t % length
    else:
        while t >= length:
            t -= length
            length *= longer
    return _half_cosine(base, least, t / length)


@inner
def _one_cycle(base, t, length, share, start_divisor, end_divisor):
    """Up from base / start_divisor to base at update share * length - 1, then down; as torch's OneCycleLR counts."""
    start = base / start_divisor
    peak = share * length - 1.0
    if t < peak:
        return _half_cosine(start, base, t / peak)
    return _half_cosine(base, start / end_divisor, min(1.0, (t - peak) / (length - 1 - peak)))


@inner
def eta(kind, base, t, warmup, p, factor):
    """The rate at t; the schedule's own clock starts after the warm-up. `factor`: what the plateau schedule made of the
    base."""
    if t < warmup:
        return base * (t + 1) / warmup
    t = t - warmup
    if kind == STEP_DECAY:
        return base * p[0] ** np.float64(t // np.int64(p[1]))
    if kind == EXPONENTIAL:
        return base * np.exp(-p[0] * t)
    if kind == COSINE:
        share = t / p[0]
        return _half_cosine(base, p[1], share if p[2] != 0.0 else min(1.0, share))
    if kind == WARM_RESTARTS:
        return _restarted(base, t, np.int64(p[0]), np.int64(p[1]), p[2])
    if kind == ONE_CYCLE:
        return _one_cycle(base, t, np.int64(p[0]), p[1], p[2], p[3])
    if kind == PLATEAU:
        return max(base * factor, min(base, p[3]))
    return base


@inner
def present(int_state, float_state):
    """The rate of the update that comes next."""
    if int_state[SCHEDULE] == CONSTANT and int_state[WARMUP] == 0:
        return float_state[LR]
    t = int_state[EPOCH] if int_state[SCHEDULE_UNIT] == EPOCHS else int_state[STEP]
    p = float_state[SCHEDULE_PARAMETERS : SCHEDULE_PARAMETERS + N_SCHEDULE_PARAMETERS]
    return eta(int_state[SCHEDULE], float_state[LR], t, int_state[WARMUP], p, float_state[RATE_FACTOR])


@entry("void(i8, f8, i8, f8[::1], f8, i8[::1], f8[::1])")
def rates(kind, base, warmup, p, factor, t, out):
    """out[i] <- the rate at t[i], by the function the compiled run uses."""
    for i in range(t.size):
        out[i] = eta(kind, base, t[i], warmup, p, factor)
