"""Lanes on a surface that are no optimizer of networks: one call advances all of them, and counts what they evaluated.

To add one: a code in `codes`, a function that makes a step, a branch of `advance_solvers`, and a row in `engine.solvers`.
"""

import math

import numpy as np

from engine.kernels.codes import NON_FINITE, RUNNING, STATUS, STEP
from engine.kernels.jit import entry, inner
from engine.kernels.race import out_of_bounds
from engine.kernels.solvers.codes import (
    AT_REST,
    FUNCTIONS,
    GRADIENT_X,
    GRADIENT_Y,
    GRADIENTS,
    HESSIANS,
    LBFGS,
    LINE_SEARCH,
    MADE,
    N_COUNTS,
    NEWTON,
    NONE,
    PREVIOUS,
    SCALE,
    STEP_X,
    STEP_Y,
)
from engine.kernels.solvers.cubic import cubic_search
from engine.kernels.solvers.lbfgs import lbfgs_direction, remember
from engine.kernels.solvers.newton import newton_direction
from engine.kernels.solvers.wolfe import search
from engine.kernels.surfaces import gradient, hessian


@inner
def newton_step(code, p, program, stack, point, gx, gy, options, counts):
    """A whole Newton step, wherever it leads. f itself is not asked for."""
    hxx, hxy, hyy = hessian(code, p, program, stack, point[0], point[1])
    dx, dy = newton_direction(gx, gy, hxx, hxy, hyy, options[0] != 0.0)
    counts[GRADIENTS] += 1
    counts[HESSIANS] += 1
    point[0] += dx
    point[1] += dy
    return gradient(code, p, program, stack, point[0], point[1])


@inner
def line_search_step(code, p, program, stack, point, f, gx, gy, memory, options, counts):
    """Against the gradient, as far as the search says. The first trial is as long as 1, then it is as long as would bring f
    down by as much as the step before did, were it straight: SciPy's first trials."""
    dx = -gx
    dy = -gy
    slope = gx * dx + gy * dy
    if memory[MADE] == 0.0:
        counts[FUNCTIONS] += 1
        counts[GRADIENTS] += 1
        memory[PREVIOUS] = f + math.sqrt(-slope) / 2.0
    first = 1.0
    if slope != 0.0:
        first = min(1.0, 1.01 * 2.0 * (f - memory[PREVIOUS]) / slope)
        if first < 0.0:
            first = 1.0
    t, after, gx, gy, functions, gradients = search(
        code, p, program, stack, point[0], point[1], dx, dy, f, gx, gy, first, options[0], options[1]
    )
    memory[PREVIOUS] = f
    counts[FUNCTIONS] += functions
    counts[GRADIENTS] += gradients
    point[0] += t * dx
    point[1] += t * dy
    return after, gx, gy


@inner
def lbfgs_step(code, p, program, stack, point, f, gx, gy, memory, options, counts):
    """It rests where the gradient's largest entry, or the slope along its direction, is as small as is asked for."""
    first = 1.0
    if memory[MADE] == 0.0:
        counts[FUNCTIONS] += 1
        counts[GRADIENTS] += 1
        memory[SCALE] = 1.0
        first = min(1.0, 1.0 / (abs(gx) + abs(gy)))
    else:
        remember(memory, gx, gy, np.int64(options[0]))
    dx, dy = lbfgs_direction(memory, gx, gy)
    if max(abs(gx), abs(gy)) <= options[1] or gx * dx + gy * dy > -options[2]:
        return f, gx, gy
    memory[GRADIENT_X] = gx
    memory[GRADIENT_Y] = gy
    t, f, gx, gy, evaluations = cubic_search(code, p, program, stack, point[0], point[1], dx, dy, first, f, gx, gy, options[2])
    counts[FUNCTIONS] += evaluations
    counts[GRADIENTS] += evaluations
    memory[STEP_X] = t * dx
    memory[STEP_Y] = t * dy
    point[0] += t * dx
    point[1] += t * dy
    return f, gx, gy


@entry(
    "void(i8, f8[::1], i8[:,::1], f8[:,::1], i8[::1], f8[:,::1], i8[:,::1], f8[:,::1], f8[:,::1], i8[::1], f8, f8[:,:,::1],"
    " f8[:,::1], i4[:,:,::1])"
)
def advance_solvers(code, p, program, stack, kinds, options, int_state, theta, memory, goal, bound, trail, loss, counts):
    """Lane l, if kinds[l] is no NONE, makes steps until int_state[l, STEP] is goal[l]; trail[l, t] and loss[l, t] are its point
    and f after step t, counts[l, t] the evaluations of f, gradient and Hessian made on the way there.

    A lane whose step led nowhere is at rest: it stays, and evaluates nothing more. One that leaves the finite numbers, or
    `bound`, stays where it is, its STATUS NON_FINITE.
    """
    for lane in range(kinds.size):
        own = int_state[lane]
        kind = kinds[lane]
        if kind == NONE or own[STATUS] != RUNNING or own[STEP] >= goal[lane]:
            continue
        point = theta[lane]
        kept = memory[lane]
        f, gx, gy = gradient(code, p, program, stack, point[0], point[1])
        while own[STEP] < goal[lane]:
            step = own[STEP] + 1
            so_far = counts[lane, step]
            for i in range(N_COUNTS):
                so_far[i] = counts[lane, step - 1, i]
            if kept[AT_REST] == 0.0:
                x = point[0]
                y = point[1]
                if kind == NEWTON:
                    f, gx, gy = newton_step(code, p, program, stack, point, gx, gy, options[lane], so_far)
                elif kind == LINE_SEARCH:
                    f, gx, gy = line_search_step(code, p, program, stack, point, f, gx, gy, kept, options[lane], so_far)
                elif kind == LBFGS:
                    f, gx, gy = lbfgs_step(code, p, program, stack, point, f, gx, gy, kept, options[lane], so_far)
                kept[MADE] += 1.0
                kept[AT_REST] = np.float64(point[0] == x and point[1] == y)
            own[STEP] = step
            trail[lane, step, 0] = point[0]
            trail[lane, step, 1] = point[1]
            loss[lane, step] = f
            if out_of_bounds(f, point, bound):
                own[STATUS] = NON_FINITE
                break
