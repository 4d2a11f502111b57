"""Optimizers without a scale of their own: momentum, Nesterov's, and those that use only the gradient's sign.

Every function changes theta and the optimizer's state in place; all are flat slices of the same parameters.
"""

from engine.kernels.jit import inner


@inner
def sign(x):
    return 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0)


@inner
def look_ahead(theta, v, saved, eta, beta):
    """Textbook Nesterov: keep theta, and move to theta - eta beta v, where the gradient is taken."""
    for i in range(theta.size):
        saved[i] = theta[i]
        theta[i] -= eta * (beta * v[i])


@inner
def plain(theta, g, eta):
    for i in range(theta.size):
        theta[i] -= eta * g[i]


@inner
def momentum(theta, g, v, eta, beta):
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] -= eta * v[i]


@inner
def nesterov_look_ahead(theta, g, v, saved, eta, beta):
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] = saved[i] - eta * v[i]


@inner
def nesterov_torch(theta, g, v, eta, beta):
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] -= eta * (g[i] + beta * v[i])


@inner
def rprop(theta, g, previous, size, first, eta, shrink, grow, smallest, largest):
    """iRprop-: a parameter's step grows while its gradient keeps its sign; where it flips the step shrinks and is not made."""
    if first:
        for i in range(theta.size):
            size[i] = eta
    for i in range(theta.size):
        agreement = g[i] * previous[i]
        factor = grow if agreement > 0.0 else (shrink if agreement < 0.0 else 1.0)
        step = size[i] * factor
        step = smallest if step < smallest else step
        step = largest if step > largest else step
        used = 0.0 if agreement < 0.0 else g[i]
        size[i] = step
        previous[i] = used
        theta[i] -= sign(used) * step


@inner
def lion(theta, g, m, keep, eta, beta1, beta2):
    """c = beta1 m + (1 - beta1) g decides the sign; the mean kept is another."""
    for i in range(theta.size):
        c = beta1 * m[i] + (1.0 - beta1) * g[i]
        m[i] = beta2 * m[i] + (1.0 - beta2) * g[i]
        theta[i] = keep * theta[i] - eta * sign(c)
