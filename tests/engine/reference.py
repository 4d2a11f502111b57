"""A plain NumPy statement of the maths in MATHS.md, to hold the engine against. It imports nothing from `engine`.

Written for the eye, not for speed: one sample at a time, one tensor at a time, every output through its whole Jacobian, no
matched-pair shortcut. A network is a list ``[(W1, b1), …]`` with W_l of shape (d_l, d_{l-1}), and one activation name for each
layer, the output's last.
"""

from __future__ import annotations

import numpy as np
from witnesses.activations import activate, jacobian
from witnesses.activations import near_kink as kinked
from witnesses.losses import LOGS, LOSSES, Sample
from witnesses.optimizers import OPTIMIZERS

# Losses ---------------------------------------------------------------------------------------------------------------


def log_outputs(output, z):
    """log ŷ and log(1 − ŷ) from the logits, without ever forming 1 − ŷ."""
    return LOGS[output](z)


def sample_loss(loss, output, z, y):
    """ℓ of one sample, from the last pre-activation."""
    return float(np.sum(LOSSES[loss].each(Sample(output, z, y))))


def output_slope(loss, output, z, y):
    """u = ∂ℓ/∂ŷ of one sample."""
    return LOSSES[loss].slope(Sample(output, z, y))


# Forward and backward -------------------------------------------------------------------------------------------------


def forward(parameters, activations, x):
    """The pre-activations z_1 … z_L and the activations h_0 … h_L of one sample."""
    zs, hs = [], [np.asarray(x, dtype=float)]
    for (weights, bias), name in zip(parameters, activations, strict=True):
        zs.append(weights @ hs[-1] + bias)
        hs.append(activate(name, zs[-1]))
    return zs, hs


def predict(parameters, activations, x):
    return np.array([forward(parameters, activations, row)[1][-1] for row in x])


def deltas(parameters, activations, loss, x, y):
    """δ_1 … δ_L of one sample: δ_L = Jᵀu, then δ_l = φ′(z_l) ⊙ (W_{l+1}ᵀ δ_{l+1})."""
    zs, _ = forward(parameters, activations, x)
    found = [jacobian(activations[-1], zs[-1]).T @ output_slope(loss, activations[-1], zs[-1], y)]
    for layer in range(len(parameters) - 2, -1, -1):
        blame = parameters[layer + 1][0].T @ found[0]
        found.insert(0, jacobian(activations[layer], zs[layer]).T @ blame)
    return found


def data_loss(parameters, activations, loss, x, y):
    """𝓛: the mean of ℓ over the samples given."""
    each = [
        sample_loss(loss, activations[-1], forward(parameters, activations, row)[0][-1], target)
        for row, target in zip(x, y, strict=True)
    ]
    return sum(each) / len(each)


def objective(parameters, activations, loss, x, y, l1=0.0, l2=0.0):
    """J = 𝓛 + λ₁ Σ‖W‖₁ + (λ₂/2) Σ‖W‖², weights only."""
    penalty = sum(l1 * np.sum(np.abs(w)) + 0.5 * l2 * np.sum(w**2) for w, _ in parameters)
    return data_loss(parameters, activations, loss, x, y) + float(penalty)


def gradient(parameters, activations, loss, x, y, l1=0.0, l2=0.0):
    """∂J/∂W_l and ∂J/∂b_l for every layer; the subgradient of |w| at 0 is 0."""
    sums = [(np.zeros_like(w), np.zeros_like(b)) for w, b in parameters]
    for row, target in zip(x, y, strict=True):
        _, hs = forward(parameters, activations, row)
        for layer, delta in enumerate(deltas(parameters, activations, loss, row, target)):
            sums[layer][0][...] += np.outer(delta, hs[layer])
            sums[layer][1][...] += delta
    count = len(x)
    return [(dw / count + l2 * w + l1 * np.sign(w), db / count) for (dw, db), (w, _) in zip(sums, parameters, strict=True)]


def near_kink(parameters, activations, x, margin=1e-4):
    """True for each sample that brings some unit within `margin` of the kink of its activation."""
    flags = []
    for row in x:
        zs, _ = forward(parameters, activations, row)
        flags.append(any(np.any(kinked(name, z, margin)) for z, name in zip(zs, activations, strict=True)))
    return np.array(flags)


def clip_by_norm(gradients, threshold, dialect="textbook"):
    """All gradients together, scaled so that their joint norm is at most `threshold`."""
    norm = np.sqrt(sum(float(np.sum(g**2)) for g in gradients))
    if dialect == "pytorch":
        factor = min(1.0, threshold / (norm + 1e-6))
    else:
        factor = threshold / norm if norm > threshold else 1.0
    return [g * factor for g in gradients]


class Run:
    """Batches in order, the last one of an epoch perhaps smaller; one update for each `step`.

    The attributes may be changed between steps, which is how edits are stated: `rule` and `hyper` with `state` emptied for a
    new optimizer, `batch_size` with `position` = 0 for a new epoch, `theta` for weights.
    """

    def __init__(
        self, parameters, activations, loss, x, y, rule, hyper, batch_size, l1=0.0, l2=0.0, clip=None, dialect="textbook"
    ):
        self.theta = [np.array(p, dtype=float) for pair in parameters for p in pair]
        self.activations, self.loss = tuple(activations), loss
        self.x, self.y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        self.rule, self.hyper, self.state = rule, dict(hyper), {}
        self.batch_size, self.position = batch_size, 0
        self.l1, self.l2, self.clip, self.dialect = l1, l2, clip, dialect

    @property
    def parameters(self):
        return pairs(self.theta)

    def step(self):
        """One update; returns the data loss of its batch where its gradient is taken: before it, for Nesterov ahead."""
        first = self.position
        last = min(first + self.batch_size, len(self.x))
        self.position = 0 if last == len(self.x) else last
        x, y = self.x[first:last], self.y[first:last]

        losses = []

        def slope(theta):
            losses.append(data_loss(pairs(theta), self.activations, self.loss, x, y))
            found = gradient(pairs(theta), self.activations, self.loss, x, y, self.l1, self.l2)
            tensors = [g for pair in found for g in pair]
            return tensors if self.clip is None else clip_by_norm(tensors, self.clip, self.dialect)

        rule = OPTIMIZERS[self.rule].rule
        self.theta = rule(self.theta, self.state, slope, torch=self.dialect == "pytorch", **self.hyper)
        return losses[0]


def pairs(theta):
    """[W1, b1, W2, b2, …] as [(W1, b1), …]."""
    return list(zip(theta[0::2], theta[1::2], strict=True))
