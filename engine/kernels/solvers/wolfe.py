"""A step length that meets the strong Wolfe conditions: Algorithms 3.5 and 3.6 of Nocedal and Wright (2006), with the choices
of `scipy.optimize.line_search`, in its order.

phi(t) is f along a line, t the step length. Where f is not finite it counts as infinitely high, so that trials come back from
there. What a search returns: t, f there, the gradient there, evaluations of f and of the gradient, as SciPy counts them: f and
its gradient come from one call here, and the gradient counts only where the search reads it.
"""

import numpy as np

from engine.kernels.jit import inner
from engine.kernels.surfaces import gradient

BRACKETINGS = 10
ZOOMS = 10
CUBIC_MARGIN = 0.2
QUADRATIC_MARGIN = 0.1


@inner
def along(code, p, program, stack, x, y, dx, dy, t):
    """(f, f_x, f_y) at a step length."""
    f, gx, gy = gradient(code, p, program, stack, x + t * dx, y + t * dy)
    return (f if np.isfinite(f) else np.inf), gx, gy


@inner
def cubic_minimum(a, fa, slope, b, fb, c, fc):
    """Of the cubic through (a, fa), (b, fb), (c, fc) with that slope at a; not finite where it has none."""
    db = b - a
    dc = c - a
    scale = (db * dc) ** 2 * (db - dc)
    rb = fb - fa - slope * db
    rc = fc - fa - slope * dc
    A = (dc**2 * rb - db**2 * rc) / scale
    B = (-(dc**3) * rb + db**3 * rc) / scale
    return a + (-B + np.sqrt(B * B - 3.0 * A * slope)) / (3.0 * A)


@inner
def quadratic_minimum(a, fa, slope, b, fb):
    """Of the parabola through (a, fa), (b, fb) with that slope at a."""
    db = b - a
    B = (fb - fa - slope * db) / (db * db)
    return a - slope / (2.0 * B)


@inner
def trial(i, low, f_low, slope_low, high, f_high, recent, f_recent):
    """The next step length between the ends of the interval, no matter which is the larger."""
    width = high - low
    a = min(low, high)
    b = max(low, high)
    if not np.isfinite(f_high):
        return low + 0.5 * width
    if i > 0:
        t = cubic_minimum(low, f_low, slope_low, high, f_high, recent, f_recent)
        margin = CUBIC_MARGIN * width
        if np.isfinite(t) and a + margin <= t <= b - margin:
            return t
    t = quadratic_minimum(low, f_low, slope_low, high, f_high)
    margin = QUADRATIC_MARGIN * width
    if np.isfinite(t) and a + margin <= t <= b - margin:
        return t
    return low + 0.5 * width


@inner
def zoom(code, p, program, stack, x, y, dx, dy, f0, slope0, c1, c2, low, f_low, gx, gy, high, f_high):
    """Algorithm 3.6, between `low`, the better end, where the gradient is (gx, gy), and `high`. Where it finds none it ends at
    `low`: lower than the start, or the start itself."""
    functions = 0
    gradients = 0
    slope_low = gx * dx + gy * dy
    recent = 0.0
    f_recent = f0
    for i in range(ZOOMS + 1):
        t = trial(i, low, f_low, slope_low, high, f_high, recent, f_recent)
        f, tx, ty = along(code, p, program, stack, x, y, dx, dy, t)
        functions += 1
        if f > f0 + c1 * t * slope0 or f >= f_low:
            recent, f_recent = high, f_high
            high, f_high = t, f
            continue
        gradients += 1
        slope = tx * dx + ty * dy
        if abs(slope) <= -c2 * slope0:
            return t, f, tx, ty, functions, gradients
        if slope * (high - low) >= 0.0:
            recent, f_recent = high, f_high
            high, f_high = low, f_low
        else:
            recent, f_recent = low, f_low
        low, f_low, slope_low = t, f, slope
        gx, gy = tx, ty
    return low, f_low, gx, gy, functions, gradients


@inner
def search(code, p, program, stack, x, y, dx, dy, f0, gx, gy, first, c1, c2):
    """Algorithm 3.5: from the trial length `first` on, twice as long each time, until an interval holds such a length."""
    functions = 1
    gradients = 0
    slope0 = gx * dx + gy * dy
    before, f_before, bx, by = 0.0, f0, gx, gy
    t = first
    f, tx, ty = along(code, p, program, stack, x, y, dx, dy, t)
    for i in range(BRACKETINGS):
        if t == 0.0:  # rounding leaves no room for a step
            return 0.0, f0, gx, gy, functions, gradients
        if f > f0 + c1 * t * slope0 or (f >= f_before and i > 0):
            s, fs, sx, sy, more, slopes = zoom(
                code, p, program, stack, x, y, dx, dy, f0, slope0, c1, c2, before, f_before, bx, by, t, f
            )
            return s, fs, sx, sy, functions + more, gradients + slopes
        gradients += 1
        slope = tx * dx + ty * dy
        if abs(slope) <= -c2 * slope0:
            return t, f, tx, ty, functions, gradients
        if slope >= 0.0:
            s, fs, sx, sy, more, slopes = zoom(
                code, p, program, stack, x, y, dx, dy, f0, slope0, c1, c2, t, f, tx, ty, before, f_before
            )
            return s, fs, sx, sy, functions + more, gradients + slopes
        before, f_before, bx, by = t, f, tx, ty
        t = 2.0 * t
        f, tx, ty = along(code, p, program, stack, x, y, dx, dy, t)
        functions += 1
    # Downhill as far as it came: to the last trial that was looked at, where SciPy has no step.
    return before, f_before, bx, by, functions, gradients
