"""Values of a network over many samples: a part of its tape, chunk after chunk, in one call.

Of each chunk some values are kept as they are, and some as bytes: those lie in the cache still, and need no room of their own.
"""

from engine.kernels.codes import BATCH, EXTRA, FIRST_ROW, ROW_COUNT
from engine.kernels.jit import entry, inner, spliced
from engine.kernels.run import run_any, run_core
from engine.kernels.shades import shade_row

core_pass = run_core.dispatcher  # the compiled run itself: no second copy of the ops
any_pass = run_any.dispatcher

UNITS, OFFSET, TO = range(3)
"""Of a value in a table (k, 3): its units, where it lies in the workspace, and the first of the rows that it goes to."""


@inner
def keep(table, work, first, count, kept):
    """Copy values, each (UNITS, count) in `work`, to columns `first` … of `kept`."""
    for i in range(table.shape[0]):
        for unit in range(table[i, UNITS]):
            start = table[i, OFFSET] + unit * count
            values = work[start : start + count]
            out = kept[table[i, TO] + unit, first : first + count]
            for n in range(count):
                out[n] = values[n]


@inner
def keep_shades(table, work, first, count, ranges, shades):
    """The same as bytes, between the `ranges` (units, 2) of the rows of `shades`."""
    for i in range(table.shape[0]):
        for unit in range(table[i, UNITS]):
            start = table[i, OFFSET] + unit * count
            row = table[i, TO] + unit
            shade_row(work[start : start + count], ranges[row, 0], ranges[row, 1], shades[row, first : first + count])


@spliced
def over_rows(
    one_pass, ops, int_state, float_state, theta, grad, state, work, order, X, Y, series, values, kept, bounded, ranges, shades
):
    """Run `ops` over all rows of X, as many at a time as the first op's EXTRA says. The table `values` says what goes to `kept`
    (units, n), the table `bounded` what goes to `shades` (units, n)."""
    rows = X.shape[0]
    first = 0
    while first < rows:
        count = min(ops[0, EXTRA], rows - first)
        int_state[FIRST_ROW] = first
        int_state[ROW_COUNT] = int_state[BATCH] = count
        last = ops.shape[0]
        one_pass(ops, 0, last, 1, ops, int_state, float_state, theta, grad, grad, state, work, work, order, X, Y, series, grad)
        keep(values, work, first, count, kept)
        keep_shades(bounded, work, first, count, ranges, shades)
        first += count


SIGNATURE = (
    "void(i8[:,::1], i8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], i8[::1], f8[:,::1], f8[:,::1], f8[:,::1],"
    " i8[:,::1], f8[:,::1], i8[:,::1], f8[:,::1], u1[:,::1])"
)


@entry(SIGNATURE)
def over_rows_core(
    ops, int_state, float_state, theta, grad, state, work, order, X, Y, series, values, kept, bounded, ranges, shades
):
    """`over_rows` of the ops that every network has."""
    over_rows(
        core_pass,
        ops,
        int_state,
        float_state,
        theta,
        grad,
        state,
        work,
        order,
        X,
        Y,
        series,
        values,
        kept,
        bounded,
        ranges,
        shades,
    )


@entry(SIGNATURE)
def over_rows_any(
    ops, int_state, float_state, theta, grad, state, work, order, X, Y, series, values, kept, bounded, ranges, shades
):
    """`over_rows` of any ops."""
    over_rows(
        any_pass,
        ops,
        int_state,
        float_state,
        theta,
        grad,
        state,
        work,
        order,
        X,
        Y,
        series,
        values,
        kept,
        bounded,
        ranges,
        shades,
    )


def passes_over_rows(core: bool):
    """The kernel for a tape, as `engine.kernels.run.run` is."""
    return over_rows_core if core else over_rows_any
