"""A step length that meets the strong Wolfe conditions by cubic interpolation: minFunc's (Schmidt 2005), as `torch.optim.LBFGS`
has it, with its constants. Each trial is one evaluation of f and its gradient together.

An end of the bracket is four numbers beside its place: f, the gradient, the slope along the line. Where f is not finite it
counts as infinitely high, and the bracket is halved: there PyTorch would go on with NaN.
"""

import numpy as np

from engine.kernels.jit import inner
from engine.kernels.solvers.wolfe import along

C1 = 1e-4
C2 = 0.9
MOST = 25


@inner
def cubic_trial(x1, f1, g1, x2, f2, g2, low, high):
    """The minimum of the cubic through two values and slopes, held within low and high; their middle where it has none."""
    d1 = g1 + g2 - 3.0 * (f1 - f2) / (x1 - x2)
    square = d1 * d1 - g1 * g2
    if not square >= 0.0 or not np.isfinite(square):
        return (low + high) / 2.0
    d2 = np.sqrt(square)
    if x1 <= x2:
        t = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2.0 * d2))
    else:
        t = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2.0 * d2))
    if not np.isfinite(t):
        return (low + high) / 2.0
    return min(max(t, low), high)


@inner
def inside(t, a, b, stuck):
    """The trial, a tenth of the bracket off its ends where it comes near one twice or lies on it; and whether it came near one
    now."""
    low = min(a, b)
    high = max(a, b)
    margin = 0.1 * (high - low)
    if min(high - t, t - low) >= margin:
        return t, False
    if not (stuck or t >= high or t <= low):
        return t, True
    if abs(t - high) < abs(t - low):
        return high - margin, False
    return low + margin, False


@inner
def cubic_search(code, p, program, stack, x, y, dx, dy, t, f0, gx0, gy0, shortest):
    """From the trial length t on: t, f, the gradient there, evaluations. A bracket that is shorter than `shortest`, in the
    coordinates, is left as it is."""
    slope0 = gx0 * dx + gy0 * dy
    reach = max(abs(dx), abs(dy))
    f, gx, gy = along(code, p, program, stack, x, y, dx, dy, t)
    slope = gx * dx + gy * dy
    count = 1
    # The bracket's ends, a and b; until there is one a is the trial before, and b the one at hand.
    a, fa, ax, ay, sa = 0.0, f0, gx0, gy0, slope0
    i = 0
    found = False
    while i < MOST:
        if f > f0 + C1 * t * slope0 or (i > 1 and f >= fa):
            break
        if abs(slope) <= -C2 * slope0:
            return t, f, gx, gy, count
        if slope >= 0.0:
            break
        further = cubic_trial(a, fa, sa, t, f, slope, t + 0.01 * (t - a), t * 10.0)
        a, fa, ax, ay, sa = t, f, gx, gy, slope
        t = further
        f, gx, gy = along(code, p, program, stack, x, y, dx, dy, t)
        slope = gx * dx + gy * dy
        count += 1
        i += 1
    if i == MOST:
        a, fa, ax, ay, sa = 0.0, f0, gx0, gy0, slope0
    b, fb, bx, by, sb = t, f, gx, gy, slope
    stuck = False
    first_is_low = fa <= fb
    while not found and i < MOST and abs(b - a) * reach >= shortest:
        t = cubic_trial(a, fa, sa, b, fb, sb, min(a, b), max(a, b))
        t, stuck = inside(t, a, b, stuck)
        f, gx, gy = along(code, p, program, stack, x, y, dx, dy, t)
        slope = gx * dx + gy * dy
        count += 1
        i += 1
        if f > f0 + C1 * t * slope0 or f >= min(fa, fb):
            if first_is_low:
                b, fb, bx, by, sb = t, f, gx, gy, slope
            else:
                a, fa, ax, ay, sa = t, f, gx, gy, slope
            first_is_low = fa <= fb
            continue
        found = abs(slope) <= -C2 * slope0
        if first_is_low:
            if not found and slope * (b - a) >= 0.0:
                b, fb, bx, by, sb = a, fa, ax, ay, sa
            a, fa, ax, ay, sa = t, f, gx, gy, slope
        else:
            if not found and slope * (a - b) >= 0.0:
                a, fa, ax, ay, sa = b, fb, bx, by, sb
            b, fb, bx, by, sb = t, f, gx, gy, slope
    if first_is_low:
        return a, fa, ax, ay, count
    return b, fb, bx, by, count
