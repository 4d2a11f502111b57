"""One update as the independent reference has it: every value, every blame, every gradient on its way to the rule.

Numbers come from `reference_network` (values and blame, by Jacobians carried forwards), `reference_quantities` (the rule),
`reference_chance` (masks, noise, order) and `reference_schedules` (rates). Imports nothing from `engine`.
"""

from __future__ import annotations

import numpy as np
import reference
import reference_chance
import reference_network
from reference_quantities import Past
from reference_schedules import stated
from witnesses.activations import ACTIVATIONS
from witnesses.optimizers import OPTIMIZERS

SHIFTS = ("delta", "g", "u", "a", "in", "skip")


class Witness:
    """One update as the reference has it. Given: what the run is (`network`, `settings`), where it stands (`parameters`,
    `running`, `step`, `epoch`, `cursor`), and the gradients and rates of all updates before (each witnessed in its turn)."""

    def __init__(self, network, settings, x, y, parameters, running, step, epoch, cursor, gradients, rates, plateau=1.0):
        self.network, self.s, self.parameters, self.running = network, settings, parameters, running
        self.earlier = {name: np.zeros_like(value) for name, value in parameters.items()}  # before the update before
        self.last = len(network.layers) + 1
        size = len(x) if settings["batch_size"] == "full" else settings["batch_size"]
        order = reference_chance.order(settings["seed"], epoch, len(x)) if settings["shuffle"] else range(len(x))
        self.rows = list(order)[cursor : cursor + size]
        self.drawn, self.y = np.asarray(x)[self.rows].T, np.asarray(y)[self.rows]
        self.count = len(self.rows)
        self.x = self.moved(step)
        self.eta = self.rate(step, epoch, plateau)
        self.rates = [*rates, self.eta]
        self.gradients = gradients
        self.held = [] if settings["train_bias"] else [name for name in parameters if name[0] == "b" and name[1:].isdigit()]
        self.hyper = settings["hyper"]
        zeros = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.point = {name: self.past(name, zeros[name]).ahead() for name in parameters}
        self.masks = {
            layer: reference_chance.dropout_mask(settings["seed"], step, layer, row.dropout, row.units, self.count)
            for layer, row in enumerate(network.layers, start=1)
            if row.dropout
        }
        self.values = reference_network.forward(network, self.point, self.x.T, masks=self.masks)
        self.losses = reference_network.losses(network, self.values, self.y)
        self.blame = reference_network.gradient(network, self.point, self.x.T, self.y, masks=self.masks, shifts=SHIFTS)
        self.mean = {name: self.blame[name] for name in parameters}
        self.pulled = {
            name: g + (settings["l2"] * self.point[name] + settings["l1"] * np.sign(self.point[name])) * (name[0] in "WP")
            for name, g in self.mean.items()
        }
        self.followed = {name: zeros[name] if name in self.held else g for name, g in self.pulled.items()}
        self.norm = np.sqrt(sum(float(np.sum(g**2)) for g in self.followed.values()))
        self.clipped = self.clip()
        self.alone_of = {}

    # What precedes the network ---------------------------------------------------------------------------------------

    def moved(self, step):
        if self.s["jitter"]:
            return self.drawn + reference_chance.jitter(self.s["seed"], step, self.s["jitter"], *self.drawn.shape)
        if self.s["shift"]:
            moves = reference_chance.offsets(self.s["seed"], step, self.s["shift"], self.count)
            side = int(np.sqrt(len(self.drawn)))
            pictures = [column.reshape(side, side) for column in self.drawn.T]
            return np.stack(
                [reference_chance.shifted(p, *move).ravel() for p, move in zip(pictures, moves, strict=True)], axis=1
            )
        return self.drawn

    def rate(self, step, epoch, plateau):
        schedule = self.s["schedule"]
        t = epoch if schedule["unit"] == "epoch" else step
        if schedule["name"] == "plateau":
            base = stated(self.s["lr"], t, schedule | {"name": "constant"})
            found = base if t < schedule["warmup"] else max(base * plateau, min(base, schedule["eta_min"]))
        else:
            found = stated(self.s["lr"], t, schedule)
        return OPTIMIZERS[self.s["rule"]].rate(found, step + 1, self.s["hyper"])

    # What follows the gradient ---------------------------------------------------------------------------------------

    def clip(self):
        limit, most = self.s["clip"], self.s["clip_value"]
        names = list(self.followed)
        scaled = [self.followed[name] for name in names]
        if limit is not None:
            scaled = reference.clip_by_norm(scaled, limit, self.s["dialect"])
        if most is not None:
            scaled = [np.clip(g, -most, most) for g in scaled]
        return dict(zip(names, scaled, strict=True))

    def past(self, name, gradient=None):
        """The tensor's update, with all gradients that led to it."""
        now = self.clipped[name] if gradient is None else gradient
        own = [*(each[name] for each in self.gradients), now]
        s = self.s
        return Past(s["rule"], s["dialect"], self.hyper, s["lr"], self.parameters[name], own, self.rates)

    def after(self, name, told=None):
        """θ after the update; `told`: the run's own gradient, once that is witnessed."""
        return self.parameters[name] if name in self.held else self.past(name, told).quantities()["theta_new"]

    # Names -----------------------------------------------------------------------------------------------------------

    def row(self, layer):
        return self.network.layers[layer - 1] if layer < self.last else reference_network.Layer(0, self.network.output)

    def bend(self, layer):
        """The name of what φ is taken of."""
        return f"u{layer}" if self.row(layer).norm else f"z{layer}"

    def stations(self, layer):
        """The names on the way from φ to h: "a", with dropout and a skip "d", "h"."""
        row = self.row(layer)
        names = (["a"] if row.dropout or row.skip else []) + (["d"] if row.dropout and row.skip else [])
        return [f"{name}{layer}" for name in (*names, "h")]

    def named(self, name):
        """A value of the forward pass, a parameter where its gradient is taken, or a mean gradient, by its name."""
        kind = name.rstrip("0123456789")
        if name in self.point:
            return self.point[name]
        if name == "y":
            return self.y.T
        if name[0] == "d" and name[1:] in self.mean:
            return self.mean[name[1:]]
        layer = int(name[len(kind) :])
        if kind == "delta":
            return self.blame[name]
        if kind == "d" or (kind in ("a", "h") and layer and layer < self.last):
            stations = self.stations(layer)
            if name == stations[0]:
                return self.values[f"a{layer}"]
            if name == f"d{layer}" or (name == stations[-1] and not self.row(layer).skip):
                return self.values[f"mask{layer}"] * self.values[f"a{layer}"]
        return self.values[name]

    def several(self, *names):
        return {name: self.named(name) for name in names}

    def lands(self, layer):
        """Whether a skip comes from the layer."""
        return any(row.skip == up - layer for up, row in enumerate(self.network.layers, start=1) if row.skip)

    def slope(self, layer):
        """φ′ where the layer stands, unit by unit and sample by sample."""
        at, row = self.values[self.bend(layer)], self.row(layer)
        own = ACTIVATIONS[row.activation]
        if own.learned:
            return own.slope(at, self.point[f"alpha{layer}"][:, None])
        return np.diag(reference.jacobian(row.activation, at.ravel())).reshape(at.shape)

    def floor(self, name):
        """How large is what cancels in a value: a bias under batch norm moves nothing, and its gradient is 0 but for rounding.
        A sample with next to no blame is measured by the others."""
        if name.endswith("_i"):
            _, delta, source = self.sources(name[1:-2])
            return float(np.max(np.abs(delta)) * np.max(np.abs(self.named(source))))
        layer = int(name[2:]) if name.startswith("db") and name[2:].isdigit() else 0
        return float(np.max(np.abs(self.blame[f"delta{layer}"]))) if layer and self.row(layer).norm == "batch" else 0.0

    def sources(self, parameter):
        """Blame and source whose product is a sample's gradient of a matrix: blame by name, blame, the source's name."""
        layer = int(parameter[1:])
        if parameter[0] == "P":
            return f"g{layer}", self.blame[f"g{layer}"], f"h{layer - self.row(layer).skip}"
        return f"delta{layer}", self.blame[f"delta{layer}"], f"h{layer - 1}"

    def alone(self, sample):
        """∂ℓ/∂θ of one sample and its own masks, as a mini-batch of it alone."""
        if sample not in self.alone_of:
            masks = {layer: mask[:, sample : sample + 1] for layer, mask in self.masks.items()}
            own = slice(sample, sample + 1)
            self.alone_of[sample] = reference_network.gradient(
                self.network, self.point, self.x.T[own], self.y[own], masks=masks
            )
        return self.alone_of[sample]

    def arriving(self, layer, above):
        """Blame at h_l of what W_{l+1} sees of it and the skips into layers up to `above`."""
        found = self.blame[f"in{layer + 1}"]
        for up in range(layer + 1, above + 1):
            if self.row(up).skip == up - layer:
                found = found + self.blame[f"skip{up}"]
        return found
