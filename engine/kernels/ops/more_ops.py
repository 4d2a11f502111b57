"""The ops that only some networks have: norms, dropout, skips, learned slopes, augmentation, and the newer optimizers."""

import numpy as np

from engine.kernels.codes import (
    AUGMENT,
    BACK_DROPOUT,
    BACK_NORM,
    BACK_SKIP,
    BATCH,
    CODE,
    COLS,
    COUNT,
    DROPOUT,
    EXTRA,
    FROZEN,
    FROZEN_COUNT,
    HOLD,
    INFERENCE,
    INPUT,
    JITTER,
    KEEP,
    KIND,
    LAYER,
    MODE,
    MORE,
    NORM,
    OTHER,
    OUTPUT,
    ROWS,
    RUNNING_STATISTICS,
    SKIP,
    SKIP_GRADIENT,
    SLOPE_GRADIENT,
    STATE,
    TRAINING,
    UPDATE,
    VARIANCE,
    WEIGHTS,
)
from engine.kernels.jit import inner, spliced
from engine.kernels.ops import frozen, noise, norms, skips
from engine.kernels.ops.activations import slope_gradient
from engine.kernels.ops.linear import weight_gradient
from engine.kernels.ops.ops import execute_core
from engine.kernels.optimizers import dispatch


@inner
def normalize(op, int_state, theta, state, work):
    """u = gamma xhat + beta; the statistics are the batch's, the sample's, or batch norm's running ones in inference."""
    rows = op[ROWS]
    b = int_state[BATCH]
    size = rows * b
    z = work[op[INPUT] : op[INPUT] + size]
    u = work[op[OUTPUT] : op[OUTPUT] + size]
    xhat = work[op[OTHER] : op[OTHER] + size]
    gamma = theta[op[WEIGHTS] : op[WEIGHTS] + rows]
    beta = theta[op[WEIGHTS] + rows : op[WEIGHTS] + 2 * rows]
    mean = work[op[MORE] :]
    var = work[op[VARIANCE] :]
    if op[KIND] == norms.LAYER_NORM:
        norms.layer_statistics(z, mean, var, rows, b)
        norms.layer_norm(z, mean, var, gamma, beta, xhat, u, rows, b)
        return
    if int_state[MODE] == INFERENCE:
        for j in range(rows):
            mean[j] = state[op[STATE] + j]
            var[j] = state[op[STATE] + rows + j]
    else:
        norms.batch_statistics(z, mean, var, rows, b)
    norms.batch_norm(z, mean, var, gamma, beta, xhat, u, rows, b)


@inner
def execute_more(op, int_state, float_state, theta, grad, state, work):
    """The ops that only some networks have."""
    code = op[CODE]
    rows = op[ROWS]
    cols = op[COLS]
    b = int_state[BATCH]
    w = op[WEIGHTS]
    size = rows * b
    if code == AUGMENT:
        if int_state[MODE] == TRAINING:
            if float_state[JITTER] > 0.0:
                noise.jitter(int_state, float_state[JITTER], work[op[OUTPUT] :], cols)
            if op[EXTRA] > 0:
                noise.shift(int_state, op[EXTRA], work[op[OUTPUT] :], op[ROWS], op[MORE])
    elif code == NORM:
        normalize(op, int_state, theta, state, work)
    elif code == DROPOUT:
        values = work[op[INPUT] : op[INPUT] + size]
        h = work[op[OUTPUT] : op[OUTPUT] + size]
        if int_state[MODE] == TRAINING:
            noise.drop(int_state, op[LAYER], np.int64(op[EXTRA]).view(np.float64), values, work[op[OTHER] :], h, size)
        else:
            for i in range(size):
                work[op[OTHER] + i] = 1.0
                h[i] = values[i]
    elif code == SKIP:
        source = work[op[OTHER] : op[OTHER] + cols * b]
        values = work[op[INPUT] : op[INPUT] + size]
        skips.add_skip(theta[w:], source, values, work[op[OUTPUT] : op[OUTPUT] + size], rows, cols, b, op[KIND] == 1)
    elif code == KEEP:
        for i in range(size):
            work[op[OUTPUT] + i] = work[op[INPUT] + i]
    elif code == BACK_SKIP:
        g = work[op[INPUT] : op[INPUT] + size]
        skips.back_skip(theta[w:], g, work[op[OUTPUT] : op[OUTPUT] + cols * b], rows, cols, b, op[KIND] == 1)
    elif code == SKIP_GRADIENT:
        g = work[op[INPUT] : op[INPUT] + size]
        weight_gradient(g, work[op[OTHER] : op[OTHER] + cols * b], grad[w : w + rows * cols], rows, cols, b)
    elif code == BACK_DROPOUT:
        for i in range(size):
            work[op[OUTPUT] + i] *= work[op[OTHER] + i]
    elif code == SLOPE_GRADIENT:
        slope_gradient(work[op[INPUT] :], work[op[OTHER] :], grad[w : w + rows], rows, b)
    elif code == BACK_NORM:
        delta = work[op[OUTPUT] : op[OUTPUT] + size]
        xhat = work[op[OTHER] : op[OTHER] + size]
        gamma = theta[w : w + rows]
        dgamma = grad[w : w + rows]
        dbeta = grad[w + rows : w + 2 * rows]
        norms.norm_gradients(delta, xhat, dgamma, dbeta, rows, b)
        if op[KIND] == norms.LAYER_NORM:
            norms.back_layer_norm(delta, xhat, work[op[VARIANCE] :], gamma, rows, b)
        else:
            fixed = int_state[MODE] == INFERENCE
            norms.back_batch_norm(delta, xhat, work[op[VARIANCE] :], gamma, dgamma, dbeta, fixed, rows, b)
    elif code == HOLD:
        for i in range(w, w + op[COUNT]):
            grad[i] = 0.0
        frozen.no_gradient(work[op[FROZEN] : op[FROZEN] + 2 * op[FROZEN_COUNT]], grad)
    elif code == RUNNING_STATISTICS:
        norms.run_on(work[op[MORE] :], work[op[VARIANCE] :], state[op[STATE] :], rows, b)


@spliced
def execute_any(op, int_state, float_state, theta, grad, state, work, order, X, Y):
    """One op of any tape. Whatever it does, the frozen entries it names keep their values."""
    holds = op[FROZEN_COUNT] > 0
    if holds:
        frozen.keep(work[op[FROZEN] : op[FROZEN] + 2 * op[FROZEN_COUNT]], theta)
    if op[CODE] > UPDATE:
        execute_more(op, int_state, float_state, theta, grad, state, work)
    elif op[CODE] == UPDATE and op[KIND] > dispatch.LAST_CLASSIC:
        dispatch.update_newer_block(op, theta, grad, state, work[op[OTHER] :], float_state)
    else:
        execute_core(op, int_state, float_state, theta, grad, state, work, order, X, Y)
    if holds:
        frozen.put_back(work[op[FROZEN] : op[FROZEN] + 2 * op[FROZEN_COUNT]], theta)
