"""Which samples come next. The order of an epoch is a function of (seed, epoch): nothing is drawn from a shared generator."""

import numpy as np

from engine.kernels.codes import (
    BATCH,
    BATCH_SIZE,
    CURSOR,
    EPOCH,
    FIRST_ROW,
    ORDER_EPOCH,
    ROW_COUNT,
    ROWS_AS_THEY_LIE,
    SEED,
    SHUFFLE,
    SOURCE,
    TRAIN_ROWS,
)
from engine.kernels.jit import inner

WIDE = 32  # inputs from which on columns are gathered in blocks
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
S27 = np.uint64(27)
S30 = np.uint64(30)
S31 = np.uint64(31)
S32 = np.uint64(32)


@inner
def mix(x):
    """SplitMix64's output function (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> S30)) * MIX_1
    x = (x ^ (x >> S27)) * MIX_2
    return x ^ (x >> S31)


@inner
def permute(order, count, seed, epoch):
    """Fisher-Yates over 0..count-1; the draw for place i is mix(key + i golden), scaled to 0..i by its upper 32 bits."""
    for i in range(count):
        order[i] = i
    state = mix(mix(np.uint64(seed) + GOLDEN) + np.uint64(epoch) * GOLDEN)
    for i in range(count - 1, 0, -1):
        state = state + GOLDEN
        j = np.int64(((mix(state) >> S32) * np.uint64(i + 1)) >> S32)
        swap = order[i]
        order[i] = order[j]
        order[j] = swap


@inner
def next_rows(int_state, order):
    """Set the width of the next mini-batch, and see to it that `order` is this epoch's."""
    if int_state[SOURCE] == ROWS_AS_THEY_LIE:
        int_state[BATCH] = int_state[ROW_COUNT]
        return
    int_state[BATCH] = min(int_state[BATCH_SIZE], int_state[TRAIN_ROWS] - int_state[CURSOR])
    if int_state[SHUFFLE] == 1 and int_state[ORDER_EPOCH] != int_state[EPOCH]:
        permute(order, int_state[TRAIN_ROWS], int_state[SEED], int_state[EPOCH])
        int_state[ORDER_EPOCH] = int_state[EPOCH]


@inner
def gather(int_state, order, X, Y, h0, y):
    """h0 (d_0, b) and y (d_L, b) <- the columns of the mini-batch."""
    b = int_state[BATCH]
    inputs = X.shape[1]
    outputs = Y.shape[1]
    plain = int_state[SOURCE] == ROWS_AS_THEY_LIE
    first = int_state[FIRST_ROW] if plain else int_state[CURSOR]
    shuffled = int_state[SHUFFLE] == 1 and not plain
    whole = b - b % 8 if inputs >= WIDE else 0
    for n in range(0, whole, 8):  # eight columns at a time: what is written lies together
        r0 = order[first + n] if shuffled else first + n
        r1 = order[first + n + 1] if shuffled else first + n + 1
        r2 = order[first + n + 2] if shuffled else first + n + 2
        r3 = order[first + n + 3] if shuffled else first + n + 3
        r4 = order[first + n + 4] if shuffled else first + n + 4
        r5 = order[first + n + 5] if shuffled else first + n + 5
        r6 = order[first + n + 6] if shuffled else first + n + 6
        r7 = order[first + n + 7] if shuffled else first + n + 7
        for k in range(inputs):
            out = h0[k * b + n : k * b + n + 8]
            out[0] = X[r0, k]
            out[1] = X[r1, k]
            out[2] = X[r2, k]
            out[3] = X[r3, k]
            out[4] = X[r4, k]
            out[5] = X[r5, k]
            out[6] = X[r6, k]
            out[7] = X[r7, k]
    for n in range(b):
        row = order[first + n] if shuffled else first + n
        if n >= whole:
            for k in range(inputs):
                h0[k * b + n] = X[row, k]
        for k in range(outputs):
            y[k * b + n] = Y[row, k]


@inner
def advance(int_state):
    """After an update: on in the epoch, or to the next."""
    int_state[CURSOR] += int_state[BATCH]
    if int_state[CURSOR] >= int_state[TRAIN_ROWS]:
        int_state[CURSOR] = 0
        int_state[EPOCH] += 1
