"""Losses of one network at many parameter vectors of a plane: the forward ops of its tape, point after point."""

import numpy as np

from engine.kernels.codes import BATCH, EXTRA, FIRST_ROW, LAST_LOSS, ROW_COUNT
from engine.kernels.jit import entry, inner
from engine.kernels.run import run_any

forward_pass = run_any.dispatcher  # the compiled run itself: no second copy of the ops


@inner
def penalty(theta, matrices, l1, l2):
    """l2/2 |W|^2 + l1 |W|_1 over the matrices, each (offset, size)."""
    squares = 0.0
    sizes = 0.0
    for k in range(matrices.shape[0]):
        for i in range(matrices[k, 0], matrices[k, 0] + matrices[k, 1]):
            squares += theta[i] * theta[i]
            sizes += abs(theta[i])
    return 0.5 * l2 * squares + l1 * sizes


@entry(
    "void(i8[:,::1], i8[::1], f8[::1], f8[::1], f8[:,::1], f8[:,::1], f8[::1], f8[::1], f8[::1], f8[::1], i8[::1],"
    " f8[:,::1], f8[:,::1], f8[:,::1], i8[:,::1], f8, f8, f8[::1])"
)
def losses_over_plane(
    forward,
    int_state,
    float_state,
    origin,
    directions,
    coordinates,
    theta,
    grad,
    state,
    work,
    order,
    X,
    Y,
    series,
    matrices,
    l1,
    l2,
    out,
):
    """out[n] = objective at origin + coordinates[n, 0] directions[0] + coordinates[n, 1] directions[1], over all rows of X.

    Rows go through as many columns at a time as the first op's EXTRA says; where they all fit, they are gathered once.
    """
    rows = X.shape[0]
    capacity = forward[0, EXTRA]
    for n in range(out.size):
        a = coordinates[n, 0]
        b = coordinates[n, 1]
        for i in range(theta.size):
            theta[i] = origin[i] + a * directions[0, i] + b * directions[1, i]
        total = 0.0
        start = 0
        while start < rows:
            count = min(capacity, rows - start)
            int_state[FIRST_ROW] = start
            int_state[ROW_COUNT] = int_state[BATCH] = count
            forward_pass(
                forward,
                1 if n > 0 and count == rows else 0,
                forward.shape[0],
                1,
                forward,
                int_state,
                float_state,
                theta,
                grad,
                grad,
                state,
                work,
                work,
                order,
                X,
                Y,
                series,
                grad,
            )
            total += float_state[LAST_LOSS] * count
            start += count
        out[n] = np.float64(total / rows) + penalty(theta, matrices, l1, l2)
