"""Newton's step in two dimensions, by the Hessian's eigenvectors."""

import numpy as np

from engine.kernels.jit import inner

EPSILON = 2.220446049250313e-16


@inner
def eigenvectors(a, b, c):
    """Eigenvalues of [[a, b], [b, c]] and the first one's unit vector (u, v); (-v, u) is the other's. Jacobi's rotation."""
    if b == 0.0:
        return a, c, 1.0, 0.0
    tau = (c - a) / (2.0 * b)
    t = (1.0 if tau >= 0.0 else -1.0) / (abs(tau) + np.sqrt(1.0 + tau * tau))
    cosine = 1.0 / np.sqrt(1.0 + t * t)
    return a - t * b, c + t * b, cosine, -t * cosine


@inner
def newton_direction(gx, gy, hxx, hxy, hyy, absolute):
    """-H^-1 g. `absolute`: every eigenvalue by its size, so that it leads downhill from a saddle, too. Along an eigenvector
    without curvature it goes nowhere: the least of all solutions, by the pseudo-inverse."""
    first, second, u, v = eigenvectors(hxx, hxy, hyy)
    flat = EPSILON * max(abs(first), abs(second))
    if absolute:
        first, second = abs(first), abs(second)
    along_first = -(u * gx + v * gy) / first if abs(first) > flat else 0.0
    along_second = -(u * gy - v * gx) / second if abs(second) > flat else 0.0
    return along_first * u - along_second * v, along_first * v + along_second * u
