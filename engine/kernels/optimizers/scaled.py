"""Optimizers that divide by a running size of the gradient, without Adam's mean: AdaGrad, RMSProp, Adadelta."""

import numpy as np

from engine.kernels.jit import inner


@inner
def scaled_inside(theta, g, s, keep, add, eta, eps):
    """s = keep s + add g^2; theta -= eta g / sqrt(s + eps): AdaGrad and RMSProp as printed in the textbooks."""
    for i in range(theta.size):
        s[i] = keep * s[i] + add * (g[i] * g[i])
        theta[i] -= eta * g[i] / np.sqrt(s[i] + eps)


@inner
def scaled_outside(theta, g, s, keep, add, eta, eps):
    """s = keep s + add g^2; theta -= eta g / (sqrt(s) + eps): the same in PyTorch."""
    for i in range(theta.size):
        s[i] = keep * s[i] + add * (g[i] * g[i])
        theta[i] -= eta * g[i] / (np.sqrt(s[i]) + eps)


@inner
def rmsprop_wide(theta, g, s, mean, v, centered, gamma, momentum, eta, inside, outside):
    """RMSProp with a centred square, a velocity, or both; epsilon is `inside` or `outside` the root, the other one is 0.

    s - mean^2 is a variance and not negative, but in rounding: there it counts as 0.
    """
    for i in range(theta.size):
        s[i] = gamma * s[i] + (1.0 - gamma) * (g[i] * g[i])
    if centered:
        for i in range(theta.size):
            mean[i] = gamma * mean[i] + (1.0 - gamma) * g[i]
            variance = s[i] - mean[i] * mean[i]
            variance = variance if variance > 0.0 else 0.0
            v[i] = momentum * v[i] + g[i] / (np.sqrt(variance + inside) + outside)
    else:
        for i in range(theta.size):
            v[i] = momentum * v[i] + g[i] / (np.sqrt(s[i] + inside) + outside)
    for i in range(theta.size):
        theta[i] -= eta * v[i]


@inner
def adadelta(theta, g, squares, moves, rho, eta, eps):
    """The step is as large as past steps were, in units of theta: sqrt(moves + eps) / sqrt(squares + eps) g."""
    for i in range(theta.size):
        squares[i] = rho * squares[i] + (1.0 - rho) * (g[i] * g[i])
        move = np.sqrt(moves[i] + eps) / np.sqrt(squares[i] + eps) * g[i]
        moves[i] = rho * moves[i] + (1.0 - rho) * (move * move)
        theta[i] -= eta * move
