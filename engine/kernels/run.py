"""The tape machine: one compiled `run` under training, stepping op by op, evaluating and looking at gradients."""

import numpy as np

from engine.kernels import batches, losses, optimizers, penalties
from engine.kernels.activations import activate, times_derivative
from engine.kernels.codes import (
    ACTIVATION,
    AFFINE,
    BACK_ACTIVATION,
    BACK_PRODUCT,
    BATCH,
    CHECK,
    CLASSIFY,
    CLIP,
    CLIP_EPS,
    CLIP_NORM,
    CODE,
    COLS,
    CURSOR,
    EPOCH,
    EPOCHS,
    ETA,
    EXTRA,
    FIRST_ROW,
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
    MINI_BATCHES,
    N_CLOCK,
    NON_FINITE,
    OPTIMIZER,
    OTHER,
    OUTPUT,
    OUTPUT_DELTA,
    PENALTY,
    RATE,
    RECORD_AFTER,
    RECORD_EVERY,
    RECORD_UNIT,
    RECORDED,
    ROW_COUNT,
    ROWS,
    ROWS_AS_THEY_LIE,
    RUNNING,
    SERIES_FULL,
    SOURCE,
    STATUS,
    STEP,
    TRAIN_ROWS,
    UPDATE,
    UPDATE_NON_FINITE,
    WEIGHTS,
)
from engine.kernels.jit import entry, inner, spliced
from engine.kernels.linear import affine, back_product, weight_gradient


@inner
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
        optimizers.rate(op[KIND], hyper, state[state.size - N_CLOCK :])
    elif code == LOOK_AHEAD:
        p = theta.size
        optimizers.look_ahead(theta, state[:p], state[p : 2 * p], hyper[ETA], hyper[OPTIMIZER])
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
        activate(op[KIND], work[op[INPUT] : op[INPUT] + size], work[op[OUTPUT] : op[OUTPUT] + size], rows, b)
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
        losses.output_delta(op[KIND], op[EXTRA], z, h, work[op[OTHER] : op[OTHER] + size], delta, rows, b)
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
        times_derivative(op[KIND], z, h, work[op[OUTPUT] : op[OUTPUT] + size], size)
    elif code == GRADIENT:
        weight_gradient(
            work[op[INPUT] : op[INPUT] + size],
            work[op[OTHER] : op[OTHER] + cols * b],
            grad[w : w + weights],
            grad[w + weights : w + weights + rows],
            rows,
            cols,
            b,
        )
    elif code == PENALTY:
        penalties.add_penalty(theta[w : w + weights], grad[w : w + weights], hyper[L1], hyper[L2])
    elif code == CLIP:
        hyper[GRADIENT_NORM] = penalties.clip(grad, hyper[CLIP_NORM], hyper[CLIP_EPS])
    elif code == CHECK:
        if not (penalties.all_finite(work) and penalties.all_finite(grad)):
            counters[STATUS] = NON_FINITE
    elif code == UPDATE:
        p = theta.size
        last = w + weights + rows
        s0 = state[w:last] if op[EXTRA] > 0 else state[:0]
        s1 = state[p + w : p + last] if op[EXTRA] > 1 else state[:0]
        optimizers.update(op[KIND], theta[w:last], grad[w:last], s0, s1, hyper)


@inner
def count_correct(h, y, units, b):
    """Columns whose largest output is the target's; a single output counts from one half."""
    correct = 0
    for n in range(b):
        if units == 1:
            correct += np.int64((h[n] >= 0.5) == (y[n] >= 0.5))
        else:
            best = 0
            true = 0
            for j in range(1, units):
                if h[j * b + n] > h[best * b + n]:
                    best = j
                if y[j * b + n] > y[true * b + n]:
                    true = j
            correct += np.int64(best == true)
    return correct


@spliced
def measure(ops, counters, hyper, theta, grad, state, work, order, X, Y, point):
    """point[2:8] <- mean data loss and accuracy of train, validation and test rows, in inference mode."""
    capacity = ops[0, EXTRA]
    loss = ops[-1]
    b_before = counters[BATCH]
    loss_before = hyper[LAST_LOSS]
    counters[SOURCE] = ROWS_AS_THEY_LIE
    first = 0
    for split in range(3):
        count = counters[TRAIN_ROWS + split]
        total = 0.0
        correct = 0
        for start in range(first, first + count, capacity):
            b = min(capacity, first + count - start)
            counters[FIRST_ROW] = start
            counters[ROW_COUNT] = b
            for i in range(ops.shape[0]):
                execute(ops[i], counters, hyper, theta, grad, state, work, order, X, Y)
            total += hyper[LAST_LOSS] * b
            h = loss[INPUT] + loss[COLS]
            correct += count_correct(work[h:], work[loss[OTHER] :], loss[ROWS], b)
        point[2 + 2 * split] = total / count if count > 0 else np.nan
        point[3 + 2 * split] = correct / count if count > 0 and counters[CLASSIFY] == 1 else np.nan
        first += count
    counters[SOURCE] = MINI_BATCHES
    counters[BATCH] = b_before
    hyper[LAST_LOSS] = loss_before


@inner
def due(counters):
    """Whether a point of the recorded series is taken at the present step."""
    if counters[STEP] <= counters[RECORD_AFTER]:
        return False
    if counters[RECORD_UNIT] == EPOCHS:
        return counters[CURSOR] == 0 and counters[EPOCH] % counters[RECORD_EVERY] == 0
    return counters[STEP] % counters[RECORD_EVERY] == 0


@entry(
    "void(i8[:,::1], i8, i8, i8, i8[:,::1], i8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], i8[::1],"
    " f8[:,::1], f8[:,::1], f8[:,::1])"
)
def run(tape, first_op, last_op, updates, forward, counters, hyper, theta, grad, state, work, scratch, order, X, Y, series):
    """Run ops first_op .. last_op - 1 of `tape`, `updates` times over; whole passes count as updates.

    `forward` is the tape that the recorded series are measured with, on its own buffer `scratch`; its first op's EXTRA is the
    number of columns that fit. Leaves early, and says so in counters[STATUS], at a non-finite value or a full series buffer.
    """
    counters[STATUS] = RUNNING
    whole = last_op == tape.shape[0] and tape[-1, CODE] == UPDATE
    for _ in range(updates):
        for i in range(first_op, last_op):
            execute(tape[i], counters, hyper, theta, grad, state, work, order, X, Y)
            if counters[STATUS] != RUNNING:
                return
        if whole:
            kind = tape[-1, KIND]
            optimizers.tick(kind, hyper, state[state.size - N_CLOCK :])
            if not (penalties.all_finite(theta) and penalties.all_finite(state)):
                counters[STATUS] = UPDATE_NON_FINITE
                return
            counters[STEP] += 1
            batches.advance(counters)
            if due(counters):
                point = series[counters[RECORDED]]
                point[0] = counters[STEP]
                point[1] = counters[EPOCH] + counters[CURSOR] / counters[TRAIN_ROWS]
                measure(forward, counters, hyper, theta, grad, state, scratch, order, X, Y, point)
                point[8] = penalties.norm(grad)
                point[9] = penalties.norm(theta)
                counters[RECORDED] += 1
                counters[RECORD_AFTER] = counters[STEP]
                if counters[RECORDED] == series.shape[0]:
                    counters[STATUS] = SERIES_FULL
                    return
