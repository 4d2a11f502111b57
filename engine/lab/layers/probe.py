"""The linear probe: how much of the answer a linear model reads off a layer's activations (Alain and Bengio 2017)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from engine.array import Array
from engine.parts import give_way

MOST_ITERATIONS = 2000
SMALL = 1e-8
"""Of the mean objective's largest slope, at which it counts as the minimum."""


@dataclass(frozen=True)
class Probe:
    """A linear model of activations (n, d): scores h `weights`ᵀ + `bias`, weights (k, d), bias (k,). `classes` (K,) are those
    of the training split, k = K, or 1 for two of them; None for a regression."""

    weights: Array
    bias: Array
    classes: NDArray[np.int64] | None

    def scores(self, h: Array) -> Array:
        """(n, d) -> (n, k)."""
        found: Array = h @ self.weights.T + self.bias
        return found

    def score(self, h: Array, labels: NDArray[np.int64], targets: Array) -> float:
        """Accuracy on activations with their labels (n,); of a regression R² on the targets (n, k)."""
        scores = self.scores(h)
        if self.classes is None:
            spread = float(np.sum((targets - targets.mean(axis=0)) ** 2))
            return 1.0 - float(np.sum((targets - scores) ** 2)) / spread if spread > 0.0 else float("nan")
        place = (scores[:, 0] > 0.0).astype(np.int64) if len(self.classes) == 2 else scores.argmax(axis=1)
        return float(np.mean(self.classes[place] == labels))


def classifier(h: Array, labels: NDArray[np.int64], strength: float) -> Probe:
    """Logistic regression as scikit-learn's `LogisticRegression(C=strength)`: the minimum of ½‖W‖² + C Σ ℓ, biases free. ℓ is
    the cross-entropy of a sigmoid for two classes, of a softmax for more. At least two classes are among the `labels`."""
    classes, place = np.unique(labels, return_inverse=True)
    outputs = 1 if len(classes) == 2 else len(classes)
    truth = place[:, None].astype(np.float64) if outputs == 1 else np.eye(outputs)[place]
    mean, ridge = h.mean(axis=0), 1.0 / (strength * len(h))
    scale = np.sqrt(h.var(axis=0) + ridge)  # in w·scale the objective is about equally curved all ways: few steps
    scaled, penalty = (h - mean) / scale, ridge / (scale * scale)

    def objective(flat: Array) -> tuple[float, Array]:
        give_way()
        weights, bias = flat[:-outputs].reshape(outputs, -1), flat[-outputs:]
        loss, delta = _cross_entropy(scaled @ weights.T + bias, truth)
        slope = delta.T @ scaled + penalty * weights
        return loss + 0.5 * float(np.sum(penalty * weights * weights)), np.concatenate([slope.ravel(), delta.sum(axis=0)])

    options = {"maxiter": MOST_ITERATIONS, "maxfun": 2 * MOST_ITERATIONS, "ftol": 0.0, "gtol": SMALL, "maxcor": 20}
    start = np.zeros(outputs * (h.shape[1] + 1))
    flat = minimize(objective, start, jac=True, method="L-BFGS-B", options=options).x
    weights = flat[:-outputs].reshape(outputs, -1) / scale
    return Probe(weights, flat[-outputs:] - weights @ mean, classes)


def _cross_entropy(z: Array, truth: Array) -> tuple[float, Array]:
    """The mean over samples, and its slope with respect to the scores z (n, k)."""
    if z.shape[1] == 1:
        loss = np.logaddexp(0.0, z) - truth * z
        chance = 0.5 * (1.0 + np.tanh(0.5 * z))
    else:
        z = z - z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        chance = e / total
        loss = np.log(total) - np.sum(truth * z, axis=1, keepdims=True)
    return float(loss.mean()), (chance - truth) / len(z)


def regressor(h: Array, targets: Array, strength: float) -> Probe:
    """Ridge regression as scikit-learn's `Ridge(alpha=1/strength)`: the minimum of ½‖W‖² + C Σ ½‖ŷ − y‖², biases free."""
    mean, middle = h.mean(axis=0), targets.mean(axis=0)
    centred = h - mean
    normal = centred.T @ centred + np.eye(h.shape[1]) / strength
    weights = np.linalg.solve(normal, centred.T @ (targets - middle)).T
    return Probe(weights, middle - weights @ mean, None)
