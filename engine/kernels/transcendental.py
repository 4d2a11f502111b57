"""exp, tanh, sigmoid and log1p as straight lines of arithmetic, so that a loop over them vectorizes.

exp(x) = 2^k e^r with k = round(x / ln 2) and |r| <= ln 2 / 2 (Cody and Waite's two-part ln 2), e^r - 1 by its Taylor
polynomial of degree 13 (remainder below 4e-18), its even and odd terms in two chains that run side by side. No call into a
maths library: the bits do not depend on which one is installed.
"""

import numpy as np

from engine.kernels.jit import inner

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it leaves the nearest integer in the low bits
EXPONENT = np.int64(1023)
SHIFT = np.int64(52)


@inner
def expm1_parts(x):
    """e^x as (2^k, e^r - 1) for |x| <= 708."""
    rounded = x * LOG2_E + ROUND
    k = rounded - ROUND
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    q = r * r
    even = 1.0 / 479001600.0
    odd = 1.0 / 6227020800.0
    even = even * q + 1.0 / 3628800.0
    odd = odd * q + 1.0 / 39916800.0
    even = even * q + 1.0 / 40320.0
    odd = odd * q + 1.0 / 362880.0
    even = even * q + 1.0 / 720.0
    odd = odd * q + 1.0 / 5040.0
    even = even * q + 1.0 / 24.0
    odd = odd * q + 1.0 / 120.0
    even = even * q + 0.5
    odd = odd * q + 1.0 / 6.0
    p = (odd * r + even) * q + r
    bits = (np.float64(rounded).view(np.int64) << SHIFT) + (EXPONENT << SHIFT)
    return np.int64(bits).view(np.float64), p


@inner
def exp_nonpositive(x):
    """e^x for x <= 0; 0 below -708, where e^x leaves the normal doubles."""
    clipped = -708.0 if x < -708.0 else x
    power, p = expm1_parts(clipped)
    return 0.0 if x < -708.0 else power + power * p


@inner
def expm1_nonpositive(x):
    """e^x - 1 for x <= 0, with the digits of small arguments."""
    clipped = -708.0 if x < -708.0 else x
    power, p = expm1_parts(clipped)
    return power * p + (power - 1.0)


@inner
def tanh(x):
    """(e^{2|x|} - 1) / (e^{2|x|} + 1) with the sign of x, through e^y - 1 so that small arguments keep their digits."""
    a = abs(x)
    a = 20.0 if a > 20.0 else a
    power, p = expm1_parts(2.0 * a)
    e = power * p + (power - 1.0)
    t = e / (e + 2.0)
    return -t if x < 0.0 else t


@inner
def sigmoid(x):
    """1 / (1 + e^{-x}), from e^{-|x|}: nothing overflows."""
    e = exp_nonpositive(-abs(x))
    return (e if x < 0.0 else 1.0) / (1.0 + e)


@inner
def log1p_unit(x):
    """log(1 + x) for 0 <= x <= 1: 2 artanh(s), s = x / (2 + x) <= 1/3, by its series to s^35."""
    s = x / (2.0 + x)
    q = s * s
    qq = q * q
    even = 1.0 / 33.0
    odd = 1.0 / 35.0
    even = even * qq + 1.0 / 29.0
    odd = odd * qq + 1.0 / 31.0
    even = even * qq + 1.0 / 25.0
    odd = odd * qq + 1.0 / 27.0
    even = even * qq + 1.0 / 21.0
    odd = odd * qq + 1.0 / 23.0
    even = even * qq + 1.0 / 17.0
    odd = odd * qq + 1.0 / 19.0
    even = even * qq + 1.0 / 13.0
    odd = odd * qq + 1.0 / 15.0
    even = even * qq + 1.0 / 9.0
    odd = odd * qq + 1.0 / 11.0
    even = even * qq + 1.0 / 5.0
    odd = odd * qq + 1.0 / 7.0
    p = even * q + odd * qq + 1.0 / 3.0
    return 2.0 * s + 2.0 * s * (q * p)


@inner
def softplus(x):
    """log(1 + e^x) = max(x, 0) + log(1 + e^{-|x|})."""
    return (x if x > 0.0 else 0.0) + log1p_unit(exp_nonpositive(-abs(x)))
