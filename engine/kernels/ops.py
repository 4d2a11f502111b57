"""The ops of a tape: what each of them does to the flat arrays. Every array read or written is a contiguous slice."""

import numpy as np

from engine.kernels import batches, losses, noise, norms, optimizers, penalties, schedules, skips
from engine.kernels.activations import activate, slope_gradient, times_derivative
from engine.kernels.codes import (
    ACTIVATION,
    AFFINE,
    AUGMENT,
    BACK_ACTIVATION,
    BACK_DROPOUT,
    BACK_NORM,
    BACK_PRODUCT,
    BACK_SKIP,
    BATCH,
    CHECK,
    CLIP,
    CLIP_EPS,
    CLIP_NORM,
    CLIP_VALUE,
    CODE,
    COLS,
    COUNT,
    DROPOUT,
    ETA,
    EXTRA,
    GATHER,
    GRADIENT,
    GRADIENT_NORM,
    HOLD,
    INFERENCE,
    INPUT,
    JITTER,
    KEEP,
    KIND,
    L1,
    L2,
    LAST_LOSS,
    LAYER,
    LAYER_NORM,
    LOOK_AHEAD,
    LOSS,
    MODE,
    MORE,
    N_CLOCK,
    NON_FINITE,
    NORM,
    OTHER,
    OUTPUT,
    OUTPUT_DELTA,
    PENALTY,
    RATE,
    ROWS,
    RUNNING_STATISTICS,
    SKIP,
    SKIP_GRADIENT,
    SLOPE_GRADIENT,
    STATE,
    STATUS,
    TRAINING,
    UPDATE,
    VARIANCE,
    WEIGHTS,
)
from engine.kernels.jit import inner, spliced
from engine.kernels.linear import affine, back_product, bias_gradient, weight_gradient


@inner
def normalize(op, counters, theta, state, work):
    """u = gamma xhat + beta; the statistics are the batch's, the sample's, or batch norm's running ones in inference."""
    rows = op[ROWS]
    b = counters[BATCH]
    size = rows * b
    z = work[op[INPUT] : op[INPUT] + size]
    u = work[op[OUTPUT] : op[OUTPUT] + size]
    xhat = work[op[OTHER] : op[OTHER] + size]
    gamma = theta[op[WEIGHTS] : op[WEIGHTS] + rows]
    beta = theta[op[WEIGHTS] + rows : op[WEIGHTS] + 2 * rows]
    mean = work[op[MORE] :]
    var = work[op[VARIANCE] :]
    if op[KIND] == LAYER_NORM:
        norms.layer_statistics(z, mean, var, rows, b)
        norms.layer_norm(z, mean, var, gamma, beta, xhat, u, rows, b)
        return
    if counters[MODE] == INFERENCE:
        for j in range(rows):
            mean[j] = state[op[STATE] + j]
            var[j] = state[op[STATE] + rows + j]
    else:
        norms.batch_statistics(z, mean, var, rows, b)
    norms.batch_norm(z, mean, var, gamma, beta, xhat, u, rows, b)


@inner
def execute_more(op, counters, hyper, theta, grad, state, work):
    """The ops that only some networks have."""
    code = op[CODE]
    rows = op[ROWS]
    cols = op[COLS]
    b = counters[BATCH]
    w = op[WEIGHTS]
    size = rows * b
    if code == AUGMENT:
        if counters[MODE] == TRAINING:
            if hyper[JITTER] > 0.0:
                noise.jitter(counters, hyper[JITTER], work[op[OUTPUT] :], cols)
            if op[EXTRA] > 0:
                noise.shift(counters, op[EXTRA], work[op[OUTPUT] :], op[ROWS], op[MORE])
    elif code == NORM:
        normalize(op, counters, theta, state, work)
    elif code == DROPOUT:
        values = work[op[INPUT] : op[INPUT] + size]
        h = work[op[OUTPUT] : op[OUTPUT] + size]
        if counters[MODE] == TRAINING:
            noise.drop(counters, op[LAYER], np.int64(op[EXTRA]).view(np.float64), values, work[op[OTHER] :], h, size)
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
        if op[KIND] == LAYER_NORM:
            norms.back_layer_norm(delta, xhat, work[op[VARIANCE] :], gamma, rows, b)
        else:
            fixed = counters[MODE] == INFERENCE
            norms.back_batch_norm(delta, xhat, work[op[VARIANCE] :], gamma, dgamma, dbeta, fixed, rows, b)
    elif code == HOLD:
        for i in range(w, w + op[COUNT]):
            grad[i] = 0.0
    elif code == RUNNING_STATISTICS:
        norms.run_on(work[op[MORE] :], work[op[VARIANCE] :], state[op[STATE] :], rows, b)


@spliced
def execute(op, counters, hyper, theta, grad, state, work, order, X, Y):
    """One op of a tape. Every array an op reads or writes is a contiguous slice of a flat buffer."""
    code = op[CODE]
    rows = op[ROWS]
    cols = op[COLS]
    b = counters[BATCH]
    w = op[WEIGHTS]
    weights = rows * cols
    size = rows * b
    if code == GATHER:
        batches.next_rows(counters, order)
        b = counters[BATCH]
        batches.gather(counters, order, X, Y, work[op[OUTPUT] :], work[op[OTHER] :])
    elif code == RATE:
        hyper[ETA] = schedules.present(counters, hyper)
        optimizers.rate(op[KIND], hyper, state[state.size - N_CLOCK :])
    elif code == LOOK_AHEAD:
        optimizers.move_ahead(theta, state, hyper)
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
        hyper[LAST_LOSS] = total / b
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
        penalties.add_penalty(theta[w : w + weights], grad[w : w + weights], hyper[L1], hyper[L2])
    elif code == CLIP:
        hyper[GRADIENT_NORM] = penalties.clip(grad, hyper[CLIP_NORM], hyper[CLIP_EPS], hyper[CLIP_VALUE])
        if not np.isfinite(hyper[GRADIENT_NORM]):
            counters[STATUS] = NON_FINITE
    elif code == CHECK:
        if not (penalties.all_finite(work[op[INPUT] :]) and penalties.all_finite(grad)):
            counters[STATUS] = NON_FINITE
    elif code == UPDATE:
        optimizers.update_block(op, theta, grad, state, work[op[OTHER] :], hyper)
    else:
        execute_more(op, counters, hyper, theta, grad, state, work)
