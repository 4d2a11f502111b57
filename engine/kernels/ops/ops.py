"""The ops that every network has: what each of them does to the flat arrays."""

import numpy as np

from engine.kernels import batches
from engine.kernels.codes import (
    ACTIVATION,
    AFFINE,
    BACK_ACTIVATION,
    BACK_PRODUCT,
    BATCH,
    CHECK,
    CLIP,
    CLIP_EPS,
    CLIP_NORM,
    CLIP_VALUE,
    CODE,
    COLS,
    ETA,
    EXTRA,
    GATHER,
    GRADIENT,
    GRADIENT_NORM,
    INPUT,
    KIND,
    L1,
    L2,
    LAST_LOSS,
    LOOK_AHEAD,
    LOSS,
    MORE,
    N_CLOCK,
    NON_FINITE,
    OTHER,
    OUTPUT,
    OUTPUT_DELTA,
    PENALTY,
    RATE,
    ROWS,
    STATUS,
    UPDATE,
    WEIGHTS,
)
from engine.kernels.jit import spliced
from engine.kernels.ops import losses, penalties
from engine.kernels.ops.activations import activate, times_derivative
from engine.kernels.ops.linear import affine, back_product, bias_gradient, weight_gradient
from engine.kernels.optimizers import dispatch, schedules


@spliced
def execute_core(op, int_state, float_state, theta, grad, state, work, order, X, Y):
    """One op of those that every network has, the update by a classic optimizer among them. Every array an op reads or writes
    is a contiguous slice of a flat buffer."""
    code = op[CODE]
    rows = op[ROWS]
    cols = op[COLS]
    b = int_state[BATCH]
    w = op[WEIGHTS]
    weights = rows * cols
    size = rows * b
    if code == GATHER:
        batches.next_rows(int_state, order)
        b = int_state[BATCH]
        batches.gather(int_state, order, X, Y, work[op[OUTPUT] :], work[op[OTHER] :])
    elif code == RATE:
        float_state[ETA] = schedules.present(int_state, float_state)
        dispatch.rate(op, float_state, state[state.size - N_CLOCK :])
    elif code == LOOK_AHEAD:
        dispatch.move_ahead(theta, state, float_state)
    elif code == AFFINE:
        affine(
            theta[w : w + weights],
            theta[w + weights : w + weights + rows],
            work[op[INPUT] : op[INPUT] + cols * b],
            work[op[OUTPUT] : op[OUTPUT] + size],
            rows,
            cols,
            b,
        )
    elif code == ACTIVATION:
        z = work[op[INPUT] : op[INPUT] + size]
        activate(op[KIND], z, work[op[OUTPUT] : op[OUTPUT] + size], theta[op[MORE] :], rows, b)
    elif code == LOSS:
        z = work[op[INPUT] : op[INPUT] + size]
        h = work[op[INPUT] + op[COLS] : op[INPUT] + op[COLS] + size]
        out = work[op[OUTPUT] : op[OUTPUT] + b]
        losses.sample_losses(op[KIND], op[EXTRA], z, h, work[op[OTHER] : op[OTHER] + size], out, rows, b)
        total = 0.0
        for n in range(b):
            total += out[n]
        float_state[LAST_LOSS] = total / b
    elif code == OUTPUT_DELTA:
        z = work[op[INPUT] : op[INPUT] + size]
        h = work[op[INPUT] + op[COLS] : op[INPUT] + op[COLS] + size]
        delta = work[op[OUTPUT] : op[OUTPUT] + size]
        losses.output_delta(op[KIND], op[EXTRA], z, h, work[op[OTHER] : op[OTHER] + size], delta, theta[:0], rows, b)
    elif code == BACK_PRODUCT:
        back_product(
            theta[w : w + weights],
            work[op[INPUT] : op[INPUT] + size],
            work[op[OUTPUT] : op[OUTPUT] + cols * b],
            rows,
            cols,
            b,
        )
    elif code == BACK_ACTIVATION:
        z = work[op[INPUT] : op[INPUT] + size]
        h = work[op[OTHER] : op[OTHER] + size]
        times_derivative(op[KIND], z, h, work[op[OUTPUT] : op[OUTPUT] + size], theta[op[MORE] :], rows, b)
    elif code == GRADIENT:
        delta = work[op[INPUT] : op[INPUT] + size]
        bias_gradient(delta, grad[w + weights : w + weights + rows], rows, b)
        weight_gradient(delta, work[op[OTHER] : op[OTHER] + cols * b], grad[w : w + weights], rows, cols, b)
    elif code == PENALTY:
        penalties.add_penalty(theta[w : w + weights], grad[w : w + weights], float_state[L1], float_state[L2])
    elif code == CLIP:
        float_state[GRADIENT_NORM] = penalties.clip(
            grad, float_state[CLIP_NORM], float_state[CLIP_EPS], float_state[CLIP_VALUE]
        )
        if not np.isfinite(float_state[GRADIENT_NORM]):
            int_state[STATUS] = NON_FINITE
    elif code == CHECK:
        if not (penalties.all_finite(work[op[INPUT] :]) and penalties.all_finite(grad)):
            int_state[STATUS] = NON_FINITE
    elif code == UPDATE:
        dispatch.update_classic_block(op, theta, grad, state, float_state)
