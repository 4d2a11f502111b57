"""The tape machine: one `loop` under training, stepping op by op, evaluating and looking at gradients.

It is compiled twice from one source, for the ops that every network has and for all, so that a first run can begin soon.
"""

import numpy as np

from engine.kernels import batches
from engine.kernels.codes import (
    BATCH,
    CLASSIFY,
    CODE,
    COLS,
    CURSOR,
    EPOCH,
    EPOCHS,
    EXTRA,
    FIRST_ROW,
    INFERENCE,
    INPUT,
    KEPT_BATCH,
    KEPT_LOSS,
    LAST_LOSS,
    MINI_BATCHES,
    MODE,
    N_CLOCK,
    OTHER,
    RECORD_AFTER,
    RECORD_EVERY,
    RECORD_UNIT,
    RECORDED,
    ROW_COUNT,
    ROWS,
    ROWS_AS_THEY_LIE,
    RUNNING,
    SERIES_FULL,
    SERIES_ROOM,
    SOURCE,
    SPLIT,
    SPLIT_END,
    STATUS,
    STEP,
    TRAIN_ROWS,
    TRAINING,
    UPDATE,
    UPDATE_NON_FINITE,
)
from engine.kernels.jit import entry, inner, spliced
from engine.kernels.ops import penalties
from engine.kernels.ops.more_ops import execute_any
from engine.kernels.ops.ops import execute_core
from engine.kernels.optimizers import dispatch


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


@inner
def due(int_state):
    """Whether a point of the recorded series is taken at the present step."""
    if int_state[STEP] <= int_state[RECORD_AFTER]:
        return False
    if int_state[RECORD_UNIT] == EPOCHS:
        return int_state[CURSOR] == 0 and int_state[EPOCH] % int_state[RECORD_EVERY] == 0
    return int_state[STEP] % int_state[RECORD_EVERY] == 0


@inner
def begin_point(int_state, float_state, theta, grad, point):
    """Begin a point of the series; the losses and accuracies of the splits follow, chunk by chunk."""
    point[0] = int_state[STEP]
    point[1] = int_state[EPOCH] + int_state[CURSOR] / int_state[TRAIN_ROWS]
    for i in range(2, 8):
        point[i] = 0.0
    point[8] = penalties.norm(grad)
    point[9] = penalties.norm(theta)
    int_state[KEPT_BATCH] = int_state[BATCH]
    float_state[KEPT_LOSS] = float_state[LAST_LOSS]
    int_state[SOURCE] = ROWS_AS_THEY_LIE
    int_state[MODE] = INFERENCE
    int_state[SPLIT] = 0
    int_state[FIRST_ROW] = int_state[ROW_COUNT] = 0
    int_state[SPLIT_END] = int_state[TRAIN_ROWS]


@inner
def next_chunk(int_state, capacity, point):
    """Set the rows to measure next, at most `capacity` of one split; false when every split is done and its means are taken."""
    int_state[FIRST_ROW] += int_state[ROW_COUNT]
    while int_state[FIRST_ROW] == int_state[SPLIT_END]:
        split = int_state[SPLIT]
        count = int_state[TRAIN_ROWS + split]
        point[2 + 2 * split] = point[2 + 2 * split] / count if count > 0 else np.nan
        point[3 + 2 * split] = point[3 + 2 * split] / count if count > 0 and int_state[CLASSIFY] == 1 else np.nan
        if split == 2:
            return False
        int_state[SPLIT] += 1
        int_state[SPLIT_END] += int_state[TRAIN_ROWS + split + 1]
    int_state[ROW_COUNT] = min(capacity, int_state[SPLIT_END] - int_state[FIRST_ROW])
    return True


@inner
def add_chunk(loss, int_state, float_state, work, point):
    """Add the chunk just run through the network to its split's sums."""
    b = int_state[ROW_COUNT]
    h = loss[INPUT] + loss[COLS]
    split = int_state[SPLIT]
    point[2 + 2 * split] += float_state[LAST_LOSS] * b
    point[3 + 2 * split] += count_correct(work[h:], work[loss[OTHER] :], loss[ROWS], b)


@inner
def end_point(int_state, float_state):
    """Back to mini-batches, as if nothing had been looked at."""
    int_state[SOURCE] = MINI_BATCHES
    int_state[MODE] = TRAINING
    int_state[BATCH] = int_state[KEPT_BATCH]
    float_state[LAST_LOSS] = float_state[KEPT_LOSS]
    int_state[RECORDED] += 1
    int_state[RECORD_AFTER] = int_state[STEP]
    if int_state[RECORDED] >= int_state[SERIES_ROOM]:
        int_state[STATUS] = SERIES_FULL


@inner
def commit(op, int_state, float_state, theta, state):
    """An update is made: the clocks go on."""
    dispatch.tick(op, float_state, state[state.size - N_CLOCK :])
    if not (penalties.all_finite(theta) and penalties.all_finite(state)):
        int_state[STATUS] = UPDATE_NON_FINITE
        return
    int_state[STEP] += 1
    batches.advance(int_state)


@spliced
def loop(
    execute,
    tape,
    first_op,
    last_op,
    updates,
    forward,
    int_state,
    float_state,
    theta,
    change,
    grad,
    state,
    work,
    scratch,
    order,
    X,
    Y,
    series,
    losses,
):
    """Run ops first_op .. last_op - 1 of `tape`, `updates` times over; passes that end in an update are committed.

    Where a point of the series is due, the same loop runs `forward` on the buffer `scratch` over every split, in chunks of as
    many columns as its first op's EXTRA says. `change` becomes what the last update added to theta, also where a full series
    makes it the last. `losses`, a ring, has of the newest updates the loss of the mini-batch before it, at the updates made by
    then. Leaves early at a non-finite value or where int_state[SERIES_ROOM] points are recorded:
    int_state[STATUS].
    """
    int_state[STATUS] = RUNNING
    whole = last_op == tape.shape[0] and tape[last_op - 1, CODE] == UPDATE
    made = 0
    measuring = False
    while made < updates or measuring:
        last = whole and not measuring and (made == updates - 1 or int_state[RECORDED] + 1 >= int_state[SERIES_ROOM])
        if last:
            for i in range(theta.size):
                change[i] = theta[i]
        ops = forward if measuring else tape
        buffer = scratch if measuring else work
        for i in range(0 if measuring else first_op, forward.shape[0] if measuring else last_op):
            execute(ops[i], int_state, float_state, theta, grad, state, buffer, order, X, Y)
            if int_state[STATUS] != RUNNING:
                return
        point = series[int_state[RECORDED]]
        if measuring:
            add_chunk(forward[-1], int_state, float_state, scratch, point)
        else:
            made += 1
            if whole:
                losses[int_state[STEP] % losses.size] = float_state[LAST_LOSS]
                commit(tape[-1], int_state, float_state, theta, state)
                if int_state[STATUS] != RUNNING:
                    return
                if last:
                    for i in range(theta.size):
                        change[i] = theta[i] - change[i]
                if due(int_state):
                    begin_point(int_state, float_state, theta, grad, point)
                    measuring = True
        if measuring:
            measuring = next_chunk(int_state, forward[0, EXTRA], point)
            if not measuring:
                end_point(int_state, float_state)
                if int_state[STATUS] != RUNNING:
                    return


SIGNATURE = (
    "void(i8[:,::1], i8, i8, i8, i8[:,::1], i8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1],"
    " i8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1])"
)


@entry(SIGNATURE)
def run_core(
    tape,
    first_op,
    last_op,
    updates,
    forward,
    int_state,
    float_state,
    theta,
    change,
    grad,
    state,
    work,
    scratch,
    order,
    X,
    Y,
    series,
    losses,
):
    """`loop` over the ops that every network has, the classic optimizers: ready soon after a cold start."""
    loop(
        execute_core,
        tape,
        first_op,
        last_op,
        updates,
        forward,
        int_state,
        float_state,
        theta,
        change,
        grad,
        state,
        work,
        scratch,
        order,
        X,
        Y,
        series,
        losses,
    )


@entry(SIGNATURE)
def run_any(
    tape,
    first_op,
    last_op,
    updates,
    forward,
    int_state,
    float_state,
    theta,
    change,
    grad,
    state,
    work,
    scratch,
    order,
    X,
    Y,
    series,
    losses,
):
    """`loop` over any ops: the same source and the same bits, with more to compile."""
    loop(
        execute_any,
        tape,
        first_op,
        last_op,
        updates,
        forward,
        int_state,
        float_state,
        theta,
        change,
        grad,
        state,
        work,
        scratch,
        order,
        X,
        Y,
        series,
        losses,
    )


def run(core: bool):
    """The kernel for a tape: `core` says that it has none but the ops that every network has."""
    return run_core if core else run_any
