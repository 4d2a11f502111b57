"""Lanes on a surface: one call advances all of them by the optimizers that train networks, and keeps their trails."""

import math

import numpy as np

from engine.kernels.codes import (
    CORRECTION_1,
    CORRECTION_2,
    ETA,
    EXTRA,
    KIND,
    N_CLOCK,
    N_OWN,
    NON_FINITE,
    OPTIMIZER,
    RUNNING,
    STATUS,
    STEP,
)
from engine.kernels.jit import entry, inner
from engine.kernels.ops.noise import S11, TWO_PI, UNIT, draw, key
from engine.kernels.optimizers import schedules
from engine.kernels.optimizers.dispatch import (
    LAST_CLASSIC,
    NESTEROV_LOOK_AHEAD,
    move_ahead,
    rate,
    tick,
    update_classic,
    update_newer,
)
from engine.kernels.surfaces import gradient

GRADIENT_NOISE = np.uint64(0x589965CC75374CC3)


@inner
def normal(start, i):
    """The i-th normal draw from a start, by Box and Muller's transform of two."""
    first = (np.float64(draw(start, 2 * i) >> S11) + 1.0) * UNIT
    second = np.float64(draw(start, 2 * i + 1) >> S11) * UNIT
    return math.sqrt(-2.0 * math.log(first)) * math.cos(TWO_PI * second)


@inner
def out_of_bounds(f, theta, bound):
    return not (np.isfinite(f) and abs(theta[0]) <= bound and abs(theta[1]) <= bound)


@entry(
    "void(i8, f8[::1], i8[:,::1], f8[:,::1], i8[:,::1], i8[:,::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1], f8[::1], i8[::1],"
    " f8, f8, f8[:,:,::1], f8[:,::1])"
)
def advance(code, p, program, stack, ops, int_state, float_state, theta, state, grad, scratch, goal, noise, bound, trail, loss):
    """Lane l makes updates until int_state[l, STEP] is goal[l]; trail[l, t] and loss[l, t] are its point and f after update t.

    The gradient gets `noise` times two normal draws, functions of (seed, update) alone: the same for all lanes of a seed.
    A lane that leaves the finite numbers, or `bound`, stays where it is, its STATUS NON_FINITE.
    """
    for lane in range(ops.shape[0]):
        op = ops[lane]
        kind = op[KIND]
        own = int_state[lane]
        point = theta[lane]
        clock = state[lane, state.shape[1] - N_CLOCK :]
        if own[STATUS] != RUNNING or own[STEP] >= goal[lane]:
            continue
        own_float_state = float_state[lane]
        own_state = state[lane]
        base = own_state.size - N_CLOCK - 2 * op[EXTRA]
        s0 = own_state[base : base + 2]
        s1 = own_state[base + 2 : base + 4]
        s2 = own_state[base + 4 : base + 6]
        f, gx, gy = gradient(code, p, program, stack, point[0], point[1])
        while own[STEP] < goal[lane]:
            own_float_state[ETA] = schedules.present(own, own_float_state)
            rate(op, own_float_state, clock)
            if kind == NESTEROV_LOOK_AHEAD:
                move_ahead(point, own_state, own_float_state)
                f, gx, gy = gradient(code, p, program, stack, point[0], point[1])
            grad[0] = gx
            grad[1] = gy
            if noise > 0.0:
                start = key(own, GRADIENT_NOISE)
                grad[0] += noise * normal(start, 0)
                grad[1] += noise * normal(start, 1)
            if kind <= LAST_CLASSIC:
                own_p = own_float_state[OPTIMIZER : OPTIMIZER + N_OWN]
                c1 = own_float_state[CORRECTION_1]
                update_classic(kind, point, grad, s0, s1, own_float_state[ETA], own_p, c1, own_float_state[CORRECTION_2])
            else:
                update_newer(kind, point, grad, s0, s1, s2, scratch, 0, 0, 0, own_float_state)
            tick(op, own_float_state, clock)
            own[STEP] += 1
            f, gx, gy = gradient(code, p, program, stack, point[0], point[1])
            trail[lane, own[STEP], 0] = point[0]
            trail[lane, own[STEP], 1] = point[1]
            loss[lane, own[STEP]] = f
            if out_of_bounds(f, point, bound):
                own[STATUS] = NON_FINITE
                break
