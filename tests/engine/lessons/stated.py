"""What measurements are held against, stated in NumPy alone: a small network with given weights, and descent on quadratics.

Derivatives are complex steps, exact but for rounding: f(x + ih).imag / h. Nothing of backpropagation is retyped.
"""

from __future__ import annotations

import numpy as np

H = 1e-30
TRAIN_X = np.array([[1.0, 0.5], [-0.5, 1.5], [0.25, -1.0], [-1.5, -0.75], [0.0, 1.0], [2.0, -0.5]])
TRAIN_Y = np.array([1.0, 0.0, 1.0, 0.0, 1.0, 0.0])
TEST_X = np.array([[0.5, 0.5], [-1.0, 0.25], [1.5, 1.0], [-0.25, -2.0]])
TEST_Y = np.array([1.0, 0.0, 0.0, 1.0])
WEIGHTS = {
    "W1": np.array([[0.4, -0.3], [0.8, 0.1], [-0.6, 0.9]]),
    "b1": np.array([0.1, -0.2, 0.3]),
    "W2": np.array([[0.7, -0.5, 0.2]]),
    "b2": np.array([0.05]),
}
PHI = {"tanh": np.tanh, "relu": lambda z: z * (np.real(z) > 0.0), "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z))}


def situation(step=0, **fields):
    """Of a run with these samples and weights: 2-3-1, tanh, one probability; plain descent on all samples in their order."""
    edits = [
        {"kind": "weight", "name": name, "index": list(index), "value": float(values[index])}
        for name, values in WEIGHTS.items()
        for index in np.ndindex(values.shape)
    ]
    data = {"name": "inline", "task": "classification", "train_x": TRAIN_X.tolist(), "train_y": TRAIN_Y.astype(int).tolist()}
    data |= {"test_x": TEST_X.tolist(), "test_y": TEST_Y.astype(int).tolist()}
    run = {
        "data": data,
        "network": {"layers": [{"units": 3, "activation": "tanh"}], "initializer": "zeros"},
        "optimizer": {"name": "sgd", "lr": 0.5},
        "batch_size": "full",
        "shuffle": False,
    }
    return {"run": run | fields, "edits": edits, "step": step}


def forward(weights, x, *, z1_shift=0.0, z2_shift=0.0, phi="tanh", norm=False):
    """z1, h1 (3, n) and z2 (1, n) of samples x (n, 2); z1 and z2 may be moved."""
    z1 = weights["W1"] @ x.T + weights["b1"][:, None] + z1_shift
    u1 = (z1 - z1.mean(axis=1, keepdims=True)) / np.sqrt(z1.var(axis=1, keepdims=True) + 1e-5) if norm else z1
    h1 = PHI[phi](u1)
    return z1, h1, weights["W2"] @ h1 + weights["b2"][:, None] + z2_shift


def losses(weights, x, y, **options):
    """Each sample's cross-entropy, (n,), as the textbook has it."""
    p = 1.0 / (1.0 + np.exp(-forward(weights, x, **options)[2][0]))
    return -(y * np.log(p) + (1.0 - y) * np.log(1.0 - p))


def loss(weights, x, y, **options):
    return losses(weights, x, y, **options).mean()


def objective(weights, x, y, l2=0.0, **options):
    return loss(weights, x, y, **options) + 0.5 * l2 * sum(np.sum(weights[name] ** 2) for name in ("W1", "W2"))


def derivative(f, weights, name, index):
    """∂f/∂ of one entry."""
    moved = {key: values.astype(np.complex128) for key, values in weights.items()}
    moved[name][index] += 1j * H
    return float(f(moved).imag / H)


def gradient(f, weights):
    return {
        name: np.array([derivative(f, weights, name, i) for i in np.ndindex(values.shape)]).reshape(values.shape)
        for name, values in weights.items()
    }


def deltas(weights, x, y, layer, **options):
    """∂ℓ/∂z of each sample, (units, n)."""
    units = 3 if layer == 1 else 1
    found = np.empty((units, len(x)))
    for unit in range(units):
        shift = np.zeros((units, 1), dtype=np.complex128)
        shift[unit] = 1j * H
        found[unit] = losses(weights, x, y, **{f"z{layer}_shift": shift}, **options).imag / H
    return found


def descent(rate=0.5, updates=1, x=TRAIN_X, y=TRAIN_Y, l2=0.0, momentum=0.0, weights=None):
    """All weights after each update, the start included; and the velocity of the last."""
    now = {name: values.copy() for name, values in (weights or WEIGHTS).items()}
    velocity = {name: np.zeros_like(values) for name, values in now.items()}
    path = [now]
    for _ in range(updates):
        slope = gradient(lambda w: objective(w, x, y, l2), now)
        velocity = {name: momentum * velocity[name] + slope[name] for name in now}
        now = {name: now[name] - rate * velocity[name] for name in now}
        path.append(now)
    return path, velocity


def hessian(f, weights, step=1e-6):
    """By central differences of gradients."""
    names = [(name, index) for name, values in weights.items() for index in np.ndindex(values.shape)]
    rows = []
    for name, index in names:
        ends = []
        for sign in (1.0, -1.0):
            moved = {key: values.copy() for key, values in weights.items()}
            moved[name][index] += sign * step
            slope = gradient(f, moved)
            ends.append(np.concatenate([slope[key].ravel() for key in weights]))
        rows.append((ends[0] - ends[1]) / (2.0 * step))
    H_ = np.array(rows)
    return (H_ + H_.T) / 2.0


# Quadratics -----------------------------------------------------------------------------------------------------------

RATES = (0.01, 0.0195, 0.0199)


def ravine(point, kappa=100.0):
    return 0.5 * (point[0] ** 2 + kappa * point[1] ** 2)


def on_the_ravine(rate, updates, start=(1.0, 1.0), momentum=0.0, kappa=100.0):
    """Points (updates + 1, 2) of plain descent, or with v = βv + g."""
    point, velocity = np.array(start), np.zeros(2)
    path = [point]
    for _ in range(updates):
        slope = np.array([ravine(point + 1j * H * np.eye(2)[i], kappa).imag / H for i in (0, 1)])
        velocity = momentum * velocity + slope
        point = point - rate * velocity
        path.append(point)
    return np.array(path)


def stays_below(path, finish):
    """The first place from which on all are at or below the finish."""
    below = np.array([ravine(point) <= finish for point in path])
    if not below[-1]:
        return np.inf
    above = np.flatnonzero(~below)
    return float(above[-1] + 1) if len(above) else 0.0
