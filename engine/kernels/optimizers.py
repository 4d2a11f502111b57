"""One function an update rule: theta, g and the rule's state are flat slices of one layer's parameters, changed in place.

`p` holds the rule's own parameters in the order of its row in `engine.optimizers`. To add a rule: a code, a function, a branch
of `update` here, and a row there.
"""

import numpy as np

from engine.kernels.codes import (
    CORRECTION_1,
    CORRECTION_2,
    ETA,
    OPTIMIZER,
    POWER_1,
    POWER_2,
    UPDATES,
)
from engine.kernels.jit import inner

SGD = 0
MOMENTUM = 1  # v = beta v + g; theta -= eta v
NESTEROV_LOOK_AHEAD = 2  # as momentum, g taken at theta - eta beta v (textbook)
NESTEROV_TORCH = 3  # v = beta v + g; theta -= eta (g + beta v)
ADAGRAD_INSIDE = 4  # eps inside the root (textbook)
ADAGRAD_OUTSIDE = 5
RMSPROP_INSIDE = 6
RMSPROP_OUTSIDE = 7
ADAM = 8


@inner
def rate(kind, hyper, clock):
    """This update's bias corrections; the clock itself moves only when the update is done. hyper[ETA] holds the rate."""
    if kind == ADAM:
        hyper[CORRECTION_1] = 1.0 - clock[POWER_1] * hyper[OPTIMIZER]
        hyper[CORRECTION_2] = 1.0 - clock[POWER_2] * hyper[OPTIMIZER + 1]


@inner
def tick(kind, hyper, clock):
    clock[UPDATES] += 1.0
    if kind == ADAM:
        clock[POWER_1] *= hyper[OPTIMIZER]
        clock[POWER_2] *= hyper[OPTIMIZER + 1]


@inner
def look_ahead(theta, v, saved, eta, beta):
    """Textbook Nesterov: keep theta, and move to theta - eta beta v, where the gradient is taken."""
    for i in range(theta.size):
        saved[i] = theta[i]
        theta[i] -= eta * (beta * v[i])


@inner
def _momentum(theta, g, v, eta, beta):
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] -= eta * v[i]


@inner
def _nesterov_look_ahead(theta, g, v, saved, eta, beta):
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] = saved[i] - eta * v[i]


@inner
def _nesterov_torch(theta, g, v, eta, beta):
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] -= eta * (g[i] + beta * v[i])


@inner
def _scaled_inside(theta, g, s, keep, add, eta, eps):
    """s = keep s + add g^2; theta -= eta g / sqrt(s + eps): AdaGrad and RMSProp as printed in the textbooks."""
    for i in range(theta.size):
        s[i] = keep * s[i] + add * (g[i] * g[i])
        theta[i] -= eta * g[i] / np.sqrt(s[i] + eps)


@inner
def _scaled_outside(theta, g, s, keep, add, eta, eps):
    """s = keep s + add g^2; theta -= eta g / (sqrt(s) + eps): the same rules in PyTorch."""
    for i in range(theta.size):
        s[i] = keep * s[i] + add * (g[i] * g[i])
        theta[i] -= eta * g[i] / (np.sqrt(s[i]) + eps)


@inner
def _adam(theta, g, m, v, eta, beta1, beta2, eps, correction1, correction2):
    step = eta / correction1
    root = np.sqrt(correction2)
    for i in range(theta.size):
        m[i] = beta1 * m[i] + (1.0 - beta1) * g[i]
        v[i] = beta2 * v[i] + (1.0 - beta2) * (g[i] * g[i])
        theta[i] -= step * m[i] / (np.sqrt(v[i]) / root + eps)


@inner
def update(kind, theta, g, s0, s1, hyper):
    """theta <- theta - the rule's step, for one layer; s0 and s1 are the rule's state (unused ones are never touched)."""
    eta = hyper[ETA]
    p = hyper[OPTIMIZER : OPTIMIZER + 9]
    if kind == SGD:
        for i in range(theta.size):
            theta[i] -= eta * g[i]
    elif kind == MOMENTUM:
        _momentum(theta, g, s0, eta, p[0])
    elif kind == NESTEROV_LOOK_AHEAD:
        _nesterov_look_ahead(theta, g, s0, s1, eta, p[0])
    elif kind == NESTEROV_TORCH:
        _nesterov_torch(theta, g, s0, eta, p[0])
    elif kind == ADAGRAD_INSIDE:
        _scaled_inside(theta, g, s0, 1.0, 1.0, eta, p[0])
    elif kind == ADAGRAD_OUTSIDE:
        _scaled_outside(theta, g, s0, 1.0, 1.0, eta, p[0])
    elif kind == RMSPROP_INSIDE:
        _scaled_inside(theta, g, s0, p[0], 1.0 - p[0], eta, p[1])
    elif kind == RMSPROP_OUTSIDE:
        _scaled_outside(theta, g, s0, p[0], 1.0 - p[0], eta, p[1])
    elif kind == ADAM:
        _adam(theta, g, s0, s1, eta, p[0], p[1], p[2], hyper[CORRECTION_1], hyper[CORRECTION_2])
