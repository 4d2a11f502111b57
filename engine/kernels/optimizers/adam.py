"""Adam and its family. What depends on the update's number alone (bias corrections, rates) is worked out once, by RATE.

No loop here touches more than four arrays: beyond that the compiler gives up proving that they do not overlap, and with it
the vectorized square roots and divisions.
"""

import numpy as np

from engine.kernels.jit import inner


@inner
def adam(theta, g, m, v, eta, beta1, beta2, eps, correction1, correction2):
    step = eta / correction1
    root = np.sqrt(correction2)
    for i in range(theta.size):
        m[i] = beta1 * m[i] + (1.0 - beta1) * g[i]
        v[i] = beta2 * v[i] + (1.0 - beta2) * (g[i] * g[i])
        theta[i] -= step * m[i] / (np.sqrt(v[i]) / root + eps)


@inner
def adamw(theta, g, m, v, keep, eta, beta1, beta2, eps, correction1, correction2):
    """Adam on parameters that first shrink by the factor `keep`."""
    step = eta / correction1
    root = np.sqrt(correction2)
    for i in range(theta.size):
        m[i] = beta1 * m[i] + (1.0 - beta1) * g[i]
        v[i] = beta2 * v[i] + (1.0 - beta2) * (g[i] * g[i])
        theta[i] = keep * theta[i] - step * m[i] / (np.sqrt(v[i]) / root + eps)


@inner
def amsgrad(theta, g, m, v, top, eta, beta1, beta2, eps, correction1, correction2):
    """Adam over the largest v so far, which is kept as it is and corrected afterwards."""
    step = eta / correction1
    root = np.sqrt(correction2)
    for i in range(theta.size):
        m[i] = beta1 * m[i] + (1.0 - beta1) * g[i]
        v[i] = beta2 * v[i] + (1.0 - beta2) * (g[i] * g[i])
        top[i] = v[i] if v[i] > top[i] else top[i]
    for i in range(theta.size):
        theta[i] -= step * m[i] / (np.sqrt(top[i]) / root + eps)


@inner
def nadam(theta, g, m, v, of_g, of_m, beta1, beta2, eps, correction2):
    """A step along of_g g + of_m m; the two rates hold eta, the momenta and their corrections."""
    for i in range(theta.size):
        m[i] = beta1 * m[i] + (1.0 - beta1) * g[i]
        v[i] = beta2 * v[i] + (1.0 - beta2) * (g[i] * g[i])
        theta[i] -= (of_g * g[i] + of_m * m[i]) / (np.sqrt(v[i] / correction2) + eps)


@inner
def radam(theta, g, m, v, rectified, step, beta1, beta2, eps):
    """step m / (sqrt(v) + eps) once the variance of v is tractable, step m before. Without eps, 0 / 0 is no step."""
    for i in range(theta.size):
        m[i] = beta1 * m[i] + (1.0 - beta1) * g[i]
        v[i] = beta2 * v[i] + (1.0 - beta2) * (g[i] * g[i])
    if rectified:
        for i in range(theta.size):
            size = np.sqrt(v[i]) + eps
            move = step * m[i] / size
            theta[i] -= move if size > 0.0 else 0.0
    else:
        for i in range(theta.size):
            theta[i] -= step * m[i]


@inner
def adamax(theta, g, m, u, step, beta1, beta2, eps):
    """Adam with a fading maximum for a size. Without eps, 0 / 0 is no step."""
    for i in range(theta.size):
        m[i] = beta1 * m[i] + (1.0 - beta1) * g[i]
        faded = beta2 * u[i]
        now = abs(g[i]) + eps
        u[i] = faded if faded > now else now
    for i in range(theta.size):
        move = step * m[i] / u[i]
        theta[i] -= move if u[i] > 0.0 else 0.0
