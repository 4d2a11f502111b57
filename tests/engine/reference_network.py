"""Normalization, dropout, skip connections, learned slopes and augmentation, stated for the eye. Imports nothing from `engine`.

A layer l does  z_l = W_l h_{l-1} + b_l;  u_l = norm(z_l);  a_l = φ(u_l);  d_l = mask ⊙ a_l;  h_l = d_l + P_l h_{l-k}.

There is no backward pass here. Every value carries its whole Jacobian with respect to all parameters *forwards*, op after op,
so that nothing of the engine's reverse mode (adding blame to the source of a skip, the compact formula of batch norm) is
retyped. Values are (units, batch), one column a sample; in a Jacobian the entry (j, n) is row j·batch + n. Parameters are a
dict {"W1", "b1", "gamma1", "beta1", "alpha1", "P1", …}.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from reference import activate, clip_by_norm, jacobian, output_slope, sample_loss
from reference_chance import dropout_mask, jitter
from witnesses import activations
from witnesses.norms import EPS, NORMS
from witnesses.optimizers import OPTIMIZERS

RUNNING_MOMENTUM = 0.1


@dataclass(frozen=True)
class Layer:
    """A hidden layer. `skip`: how many layers back the one lies whose h is added to this one's."""

    units: int
    activation: str = "tanh"
    norm: str | None = None
    dropout: float = 0.0
    skip: int | None = None


@dataclass(frozen=True)
class Network:
    inputs: int
    layers: tuple[Layer, ...]
    outputs: int
    output: str = "identity"
    loss: str = "mse"

    @property
    def sizes(self):
        return (self.inputs, *(row.units for row in self.layers), self.outputs)

    def shapes(self):
        """The shape of every parameter, by name, layer by layer."""
        found, sizes = {}, self.sizes
        for layer in range(1, len(sizes)):
            found[f"W{layer}"], found[f"b{layer}"] = (sizes[layer], sizes[layer - 1]), (sizes[layer],)
            if layer > len(self.layers):
                break
            row = self.layers[layer - 1]
            if row.norm:
                found[f"gamma{layer}"] = found[f"beta{layer}"] = (sizes[layer],)
            if activations.ACTIVATIONS[row.activation].learned:
                found[f"alpha{layer}"] = (sizes[layer],)
            if row.skip and sizes[layer - row.skip] != sizes[layer]:
                found[f"P{layer}"] = (sizes[layer], sizes[layer - row.skip])
        return found


# Forward --------------------------------------------------------------------------------------------------------------


def activation(row, layer, parameters, u):
    own = activations.ACTIVATIONS[row.activation]
    return own.value(u, parameters[f"alpha{layer}"][:, None]) if own.learned else own.value(u)


def forward(network, parameters, x, *, running=None, masks=None):
    """Every value of one pass over the samples `x` (n, inputs), by name.

    Batch norm uses these samples' own mean and variance, or those of `running` {"mean1", "var1", …} where given (inference).
    `masks` {layer: (units, n)}; without any nothing is dropped.
    """
    found = {"h0": np.asarray(x, dtype=float).T}
    for layer, row in enumerate(network.layers, start=1):
        z = found[f"z{layer}"] = parameters[f"W{layer}"] @ found[f"h{layer - 1}"] + parameters[f"b{layer}"][:, None]
        if row.norm:
            mean, var = NORMS[row.norm].statistics(z)
            if NORMS[row.norm].running and running is not None:
                mean, var = running[f"mean{layer}"].reshape(-1, 1), running[f"var{layer}"].reshape(-1, 1)
            found[f"mean{layer}"], found[f"var{layer}"] = mean, var
            found[f"xhat{layer}"] = (z - mean) / np.sqrt(var + EPS)
            u = parameters[f"gamma{layer}"][:, None] * found[f"xhat{layer}"] + parameters[f"beta{layer}"][:, None]
        else:
            u = z
        found[f"u{layer}"] = u
        found[f"a{layer}"] = activation(row, layer, parameters, u)
        found[f"mask{layer}"] = np.ones_like(z) if masks is None or layer not in masks else masks[layer]
        h = found[f"mask{layer}"] * found[f"a{layer}"]
        if row.skip:
            source = found[f"h{layer - row.skip}"]
            h = h + (parameters[f"P{layer}"] @ source if f"P{layer}" in parameters else source)
        found[f"h{layer}"] = h
    last = len(network.layers) + 1
    z = parameters[f"W{last}"] @ found[f"h{last - 1}"] + parameters[f"b{last}"][:, None]
    found[f"z{last}"] = z
    found[f"h{last}"] = np.stack([activate(network.output, column) for column in z.T], axis=1)
    return found


def losses(network, values, y):
    """ℓ of each sample, (n,)."""
    logits = values[f"z{len(network.layers) + 1}"]
    return np.array([sample_loss(network.loss, network.output, z, target) for z, target in zip(logits.T, y, strict=True)])


def data_loss(network, parameters, x, y, **options):
    return float(losses(network, forward(network, parameters, x, **options), y).mean())


def predict(network, parameters, x, **options):
    """(n, outputs)"""
    return forward(network, parameters, x, **options)[f"h{len(network.layers) + 1}"].T


def is_weight(name):
    """Penalties pull on the matrices alone: W_l and the skips' P_l."""
    return name[0] in "WP"


def penalty(parameters, l1=0.0, l2=0.0):
    return sum(float(l1 * np.abs(w).sum() + 0.5 * l2 * (w**2).sum()) for name, w in parameters.items() if is_weight(name))


def objective(network, parameters, x, y, l1=0.0, l2=0.0, **options):
    """J on the samples' own statistics with nothing dropped, unless `running` or `masks` say otherwise."""
    return data_loss(network, parameters, x, y, **options) + penalty(parameters, l1, l2)


# Derivatives, carried forwards ----------------------------------------------------------------------------------------


def standardize_jacobian(values):
    """∂x̂_n/∂x_m of x̂ = (x − μ)/s, s = √(v + ε), by the quotient rule; μ and v move with every x_m."""
    count = len(values)
    centred = values - values.mean()
    s = math.sqrt((centred**2).mean() + EPS)
    dmean = np.full(count, 1.0 / count)
    dvar = 2.0 * centred / count
    ds = dvar / (2.0 * s)
    return (np.eye(count) - np.outer(np.ones(count), dmean)) / s - np.outer(centred, ds) / s**2


def norm_jacobian(kind, z, var, fixed):
    """∂x̂/∂z of a whole mini-batch: a block for each unit (batch norm), for each sample (layer norm). `fixed`: statistics that
    do not move."""
    units, batch = z.shape
    if fixed:
        return np.diag(np.repeat(1.0 / np.sqrt(var[:, 0] + EPS), batch))
    places = np.arange(units * batch).reshape(units, batch)
    whole = np.zeros((units * batch, units * batch))
    for group in places if NORMS[kind].axis == 1 else places.T:
        whole[np.ix_(group, group)] = standardize_jacobian(z.ravel()[group])
    return whole


class Columns:
    """Where each quantity that is derived by has its columns in a Jacobian."""

    def __init__(self, shapes):
        self.shapes, self.places, self.width = shapes, {}, 0
        for name, shape in shapes.items():
            count = math.prod(shape)
            self.places[name] = slice(self.width, self.width + count)
            self.width += count

    def named(self, flat):
        return {name: flat[place].reshape(self.shapes[name]) for name, place in self.places.items()}


def gradient(network, parameters, x, y, l1=0.0, l2=0.0, *, shifts=False, through=None, **options):
    """∂J/∂θ by name; options as for `forward`.

    `through`: other matrices W and P that blame goes back through, as where some have changed too early.

    `shifts`: also what a shift of every z_l and h_l would do to 𝓛, as "delta1", … and "g1", …, (units, batch), times the batch:
    the blame of MATHS.md. A tuple names other places to shift at: "u" and "a" within a layer; "in2", what W_2 alone sees of
    h_1; "skip3", what the skip into layer 3 alone sees of its source.
    """
    values = forward(network, parameters, x, **options)
    matrices = parameters if through is None else through
    batch, sizes = len(x), network.sizes
    shapes = dict(network.shapes())
    for kind in ("delta", "g") if shifts is True else shifts or ():
        for layer in range(1, len(sizes)):
            back = {"in": 1, "skip": layer if layer > len(network.layers) else network.layers[layer - 1].skip or layer}
            shapes[f"{kind}{layer}"] = (sizes[layer - back.get(kind, 0)], batch)
    columns = Columns(shapes)
    each = np.ones((batch, 1))

    def add(slope, name, block):
        if name in columns.places:
            slope[:, columns.places[name]] += block

    def affine(layer, slope_below):
        """z = W h + b: ∂z_jn/∂W_jk = h_kn, ∂z_jn/∂b_j = 1."""
        from_below = np.kron(matrices[f"W{layer}"], np.eye(batch))
        slope = from_below @ slope_below
        add(slope, f"in{layer}", from_below)
        add(slope, f"W{layer}", np.kron(np.eye(sizes[layer]), values[f"h{layer - 1}"].T))
        add(slope, f"b{layer}", np.kron(np.eye(sizes[layer]), each))
        add(slope, f"delta{layer}", np.eye(sizes[layer] * batch))
        return slope

    slopes = [np.zeros((sizes[0] * batch, columns.width))]
    for layer, row in enumerate(network.layers, start=1):
        slope, own = affine(layer, slopes[layer - 1]), np.kron(np.eye(sizes[layer]), each)
        if row.norm:
            fixed = NORMS[row.norm].running and options.get("running") is not None
            slope = norm_jacobian(row.norm, values[f"z{layer}"], values[f"var{layer}"], fixed) @ slope
            slope = np.repeat(parameters[f"gamma{layer}"], batch)[:, None] * slope
            add(slope, f"gamma{layer}", own * values[f"xhat{layer}"].reshape(-1, 1))
            add(slope, f"beta{layer}", own)
        add(slope, f"u{layer}", np.eye(sizes[layer] * batch))
        u = values[f"u{layer}"]
        phi = activations.ACTIVATIONS[row.activation]
        if phi.learned:
            slope = phi.slope(u, parameters[f"alpha{layer}"][:, None]).reshape(-1, 1) * slope
            add(slope, f"alpha{layer}", own * np.minimum(0.0, u).reshape(-1, 1))
        else:
            slope = jacobian(row.activation, u.ravel()) @ slope
        add(slope, f"a{layer}", np.eye(sizes[layer] * batch))
        slope = values[f"mask{layer}"].reshape(-1, 1) * slope
        if row.skip:
            along = np.eye(sizes[layer] * batch)
            if f"P{layer}" in parameters:
                along = np.kron(matrices[f"P{layer}"], np.eye(batch))
                add(slope, f"P{layer}", np.kron(np.eye(sizes[layer]), values[f"h{layer - row.skip}"].T))
            slope = slope + along @ slopes[layer - row.skip]
            add(slope, f"skip{layer}", along)
        add(slope, f"g{layer}", np.eye(sizes[layer] * batch))
        slopes.append(slope)
    last = len(sizes) - 1
    slope = affine(last, slopes[-1])
    blame = [
        jacobian(network.output, z).T @ output_slope(network.loss, network.output, z, target)
        for z, target in zip(values[f"z{last}"].T, y, strict=True)
    ]
    found = columns.named(np.stack(blame, axis=1).ravel() @ slope / batch)
    for name, value in found.items():
        if name in parameters and is_weight(name):
            found[name] = value + l2 * parameters[name] + l1 * np.sign(parameters[name])
        elif name not in parameters:
            found[name] = value * batch
    found.pop(f"g{last}", None)
    return found


def near_kink(network, values, margin=1e-4):
    """True for each sample that brings some unit within `margin` of the kink of its activation."""
    close = np.zeros(values["h0"].shape[1], dtype=bool)
    for layer, row in enumerate(network.layers, start=1):
        close |= activations.near_kink(row.activation, values[f"u{layer}"], margin, corners=True).any(axis=0)
    last = values[f"z{len(network.layers) + 1}"]
    close |= activations.near_kink(network.output, last, margin, corners=True).any(axis=0)
    return close


# A run ----------------------------------------------------------------------------------------------------------------


def running_start(network):
    """Mean 0 and variance 1 for every unit under batch norm, (units,)."""
    found = {}
    for layer, row in enumerate(network.layers, start=1):
        if row.norm == "batch":
            found |= {f"mean{layer}": np.zeros(row.units), f"var{layer}": np.ones(row.units)}
    return found


def running_after(network, running, values):
    """Each moved a tenth of the way to the mini-batch's mean and unbiased variance."""
    batch, moved = values["h0"].shape[1], {}
    for layer, row in enumerate(network.layers, start=1):
        if row.norm == "batch":
            for name, seen in (("mean", values[f"mean{layer}"]), ("var", values[f"var{layer}"] * batch / (batch - 1))):
                moved[f"{name}{layer}"] = (1 - RUNNING_MOMENTUM) * running[f"{name}{layer}"] + RUNNING_MOMENTUM * seen[:, 0]
    return moved


class NetworkRun:
    """Batches in order, the last one of an epoch perhaps smaller; one update for each `step`."""

    def __init__(self, network, parameters, x, y, rule, hyper, batch_size, *, l1=0.0, l2=0.0, clip=None, jitter=0.0, seed=0):
        self.network, self.parameters = network, {name: np.array(value) for name, value in parameters.items()}
        self.x, self.y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        self.rule, self.hyper, self.state = rule, dict(hyper), {}
        self.batch_size, self.l1, self.l2, self.clip = batch_size, l1, l2, clip
        self.jitter, self.seed = jitter, seed
        self.updates, self.position = 0, 0
        self.running = running_start(network)

    def next_batch(self):
        """Inputs as the network sees them, targets, masks."""
        rows = slice(self.position, min(self.position + self.batch_size, len(self.x)))
        x, y = self.x[rows], self.y[rows]
        if self.jitter:
            x = x + jitter(self.seed, self.updates, self.jitter, x.shape[1], len(x)).T
        masks = {
            layer: dropout_mask(self.seed, self.updates, layer, row.dropout, row.units, len(x))
            for layer, row in enumerate(self.network.layers, start=1)
            if row.dropout
        }
        return x, y, masks

    def step(self):
        """One update; returns the data loss of its batch, in training mode, where its gradient is taken."""
        x, y, masks = self.next_batch()
        names, seen = list(self.parameters), []

        def slope(theta):
            point = dict(zip(names, theta, strict=True))
            seen.append(forward(self.network, point, x, masks=masks))
            found = gradient(self.network, point, x, y, self.l1, self.l2, masks=masks)
            tensors = [found[name] for name in names]
            return tensors if self.clip is None else clip_by_norm(tensors, self.clip)

        theta = OPTIMIZERS[self.rule].rule([self.parameters[name] for name in names], self.state, slope, **self.hyper)
        self.parameters = dict(zip(names, theta, strict=True))
        self.running = running_after(self.network, self.running, seen[0])
        self.position += len(x)
        if self.position >= len(self.x):
            self.position = 0
        self.updates += 1
        return float(losses(self.network, seen[0], y).mean())


# Examples -------------------------------------------------------------------------------------------------------------


def random_parameters(network, random):
    """No parameter at its usual start, so that each one counts."""
    spread = {"b": (0.0, 0.3), "gamma": (1.0, 0.3), "beta": (0.0, 0.3)}
    found = {}
    for name, shape in network.shapes().items():
        kind = name.rstrip("0123456789")
        if kind == "alpha":
            found[name] = random.uniform(0.05, 0.6, size=shape)
        elif kind in "WP":
            found[name] = random.normal(scale=shape[1] ** -0.5, size=shape)
        else:
            found[name] = random.normal(*spread[kind], size=shape)
    last = f"b{len(network.layers) + 1}"
    if network.output == "relu":  # enough of a push that the output units are not dead
        found[last] = np.abs(found[last]) + 0.5
    return found


ALL_TOGETHER = Network(
    inputs=3,
    layers=(
        Layer(5, "prelu", norm="batch", dropout=0.2),
        Layer(5, "gelu", norm="layer", skip=1),
        Layer(4, "silu", dropout=0.3, skip=3),
        Layer(5, "elu", norm="batch", skip=2),
        Layer(4, "softplus", norm="layer", dropout=0.1, skip=2),
    ),
    outputs=3,
    output="softmax",
    loss="cross_entropy",
)
"""Every kind of layer beside every other: skips over widths that agree and that do not, to the input too."""
