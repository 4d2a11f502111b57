"""A run as its spec says, read once more: PyTorch in float64 with autograd, torch.optim where that has the rule. Nothing of the
engine's kernels, tapes or export is used; rules that torch has not are the witnesses', chance is `reference_chance`'s."""

from __future__ import annotations

import math

import exact_outputs
import numpy as np
import record
import reference_chance
import torch
from witnesses.norms import EPS
from witnesses.optimizers import OPTIMIZERS
from witnesses.schedules import WITNESSES as SCHEDULES
from witnesses.schedules import stated

RUNNING_SHARE = 0.1


class Bent(torch.autograd.Function):
    """σ or tanh with the slope from both sides: autograd's h(1 − h) and 1 − h² lose their digits far out."""

    @staticmethod
    def forward(ctx, u, name):
        scale = 1.0 if name == "sigmoid" else 2.0
        ctx.slope = scale * scale * torch.sigmoid(scale * u) * torch.sigmoid(-scale * u)
        return torch.sigmoid(u) if name == "sigmoid" else torch.tanh(u)

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.slope, None


ACTIVATIONS = {
    "identity": lambda u, alpha: u,
    "sigmoid": lambda u, alpha: Bent.apply(u, "sigmoid"),
    "tanh": lambda u, alpha: Bent.apply(u, "tanh"),
    "relu": lambda u, alpha: torch.relu(u),
    "leaky_relu": lambda u, alpha: torch.where(u > 0, u, 0.01 * u),
    "prelu": lambda u, alpha: torch.where(u > 0, u, alpha * u),
    "elu": lambda u, alpha: torch.nn.functional.elu(u),
    "gelu": lambda u, alpha: u * 0.5 * torch.special.erfc(-u * math.sqrt(0.5)),  # 1 + erf has no digits far to the left
    "softplus": lambda u, alpha: torch.logaddexp(u, torch.zeros_like(u)),
    "silu": lambda u, alpha: torch.nn.functional.silu(u),
}


def targets_of(spec: dict) -> dict[str, np.ndarray]:
    """Targets (n, outputs) of each split: two classes on one unit unless softmax or cross-entropy want one for each."""
    data, output = spec["data"], spec["network"]["output_activation"]
    given = {split: data.get(f"{split}_y") for split in ("train", "validation")}
    if data["task"] == "regression":
        return {split: np.asarray(y, dtype=float).reshape(len(y), -1) for split, y in given.items() if y}
    classes = max(2, 1 + max(int(max(y)) for y in given.values() if y))
    if classes == 2 and output != "softmax" and spec["loss"] != "cross_entropy":
        return {split: np.asarray(y, dtype=float)[:, None] for split, y in given.items() if y}
    return {split: np.eye(classes)[np.asarray(y, dtype=int)] for split, y in given.items() if y}


def inputs_of(data: dict) -> dict[str, np.ndarray]:
    """Inputs (n, columns) of each split, standardized by the training part where that is asked for."""
    found = {split: np.asarray(x, dtype=float) for split in ("train", "validation") if (x := data.get(f"{split}_x"))}
    if not data["standardize"]:
        return found
    mean, spread = found["train"].mean(axis=0), found["train"].std(axis=0)
    constant = spread <= 1e-12 * np.abs(found["train"]).max(axis=0)
    mean, spread = np.where(constant, found["train"][0], mean), np.where(constant, 1.0, spread)
    return {split: (x - mean) / spread for split, x in found.items()}


class TorchRun:
    """`spec` is plain data with every default written out; `start` are the first parameters by name; what is no larger than
    `tiny` in a gradient counts as 0."""

    def __init__(self, spec: dict, start: dict[str, np.ndarray], tiny: float = 0.0) -> None:
        self.tiny = tiny
        self.spec, self.layers = spec, spec["network"]["layers"]
        self.loss, self.output = spec["loss"], spec["network"]["output_activation"]
        self.x, self.y = inputs_of(spec["data"]), targets_of(spec)
        self.theta = {name: torch.tensor(np.array(value), dtype=torch.float64) for name, value in start.items()}
        self.running = {}
        for number, layer in enumerate(self.layers, 1):
            if layer["norm"] == "batch":
                self.running |= {f"mean{number}": torch.zeros(layer["units"], dtype=torch.float64)}
                self.running |= {f"var{number}": torch.ones(layer["units"], dtype=torch.float64)}
        self.updates = self.epoch = self.position = 0
        self.factor, self.best, self.bad = 1.0, math.inf, 0
        self.state, self.optimizer = {}, None
        self.gradient, self.signals = {}, {}  # of the last update; Σ|δ| of each layer's largest unit, by its number
        self._measure()

    # Forward ----------------------------------------------------------------------------------------------------------

    def _norm(self, number, kind, z, theta, mode):
        """`mode`: "training" keeps statistics in `seen`, "inference" uses what was kept, "own" takes the samples'."""
        over = 0 if kind == "batch" else 1
        mean = z.mean(dim=over, keepdim=True)
        variance = ((z - mean) ** 2).mean(dim=over, keepdim=True)
        if kind == "batch" and mode == "inference":
            mean, variance = self.running[f"mean{number}"], self.running[f"var{number}"]
        elif kind == "batch" and mode == "training":
            self.seen |= {f"mean{number}": mean.detach()[0], f"var{number}": variance.detach()[0] * len(z) / (len(z) - 1)}
        return theta[f"gamma{number}"] * (z - mean) / torch.sqrt(variance + EPS) + theta[f"beta{number}"]

    def logits(self, theta, x, mode, masks=None):
        """z_L of samples (n, inputs)."""
        h, self.sums = [x], {}
        for number, layer in enumerate(self.layers, 1):
            u = h[-1] @ theta[f"W{number}"].T + theta[f"b{number}"]
            if layer["norm"]:
                u = self._norm(number, layer["norm"], u, theta, mode)
            a = ACTIVATIONS[layer["activation"]](u, theta.get(f"alpha{number}"))
            if masks and number in masks:
                a = a * masks[number]
            if layer["skip"]:
                source = h[number - layer["skip"]]
                a = a + (source @ theta[f"P{number}"].T if f"P{number}" in theta else source)
            h.append(a)
            self.sums[number] = u
        last = len(self.layers) + 1
        self.sums[last] = h[-1] @ theta[f"W{last}"].T + theta[f"b{last}"]
        return self.sums[last]

    def loss_of(self, theta, x, y, mode, masks=None):
        return exact_outputs.Loss.apply(self.logits(theta, x, mode, masks), y, self.loss, self.output)

    def _penalty(self, theta):
        given, weights = self.spec["regularization"], [value for name, value in theta.items() if name[0] in "WP"]
        return sum(given["l1"] * w.abs().sum() + 0.5 * given["l2"] * (w * w).sum() for w in weights)

    def _slope(self, theta, *batch):
        """The data loss at θ and its gradient with that of the penalties, by name."""
        leaves = {name: value.clone().requires_grad_(True) for name, value in theta.items()}
        loss = self.loss_of(leaves, *batch)
        wanted = [*leaves.values(), *self.sums.values()]
        found = torch.autograd.grad(loss + self._penalty(leaves), wanted)
        signals = zip(self.sums, found[len(leaves) :], strict=True)
        self.signals = {str(layer): float(delta.abs().sum(dim=0).max()) for layer, delta in signals}
        return loss.item(), {name: g.where(~(g.abs() <= self.tiny), 0.0) for name, g in zip(leaves, found, strict=False)}

    # An update --------------------------------------------------------------------------------------------------------

    def _batch(self):
        """Inputs, targets and masks of the next mini-batch."""
        spec, count = self.spec, len(self.x["train"])
        seed, size = spec["seed"], spec["batch_size"]
        width = count if size == "full" else min(size, count)
        order = reference_chance.order(seed, self.epoch, count) if spec["shuffle"] else list(range(count))
        rows = order[self.position : self.position + width]
        x, y = self.x["train"][rows], self.y["train"][rows]
        if spec["regularization"]["jitter"]:
            x = x + reference_chance.jitter(seed, self.updates, spec["regularization"]["jitter"], x.shape[1], len(rows)).T
        masks = {}
        for number, layer in enumerate(self.layers, 1):
            if layer["dropout"]:
                mask = reference_chance.dropout_mask(seed, self.updates, number, layer["dropout"], layer["units"], len(rows))
                masks[number] = torch.from_numpy(mask.T.copy())
        return torch.from_numpy(x), torch.from_numpy(y), masks

    def _clipped(self, gradient):
        """Held biases count as nothing; then the norm of all, then each value."""
        if not self.spec["network"]["train_bias"]:
            gradient = {
                name: torch.zeros_like(g) if name[0] == "b" and name[1].isdigit() else g for name, g in gradient.items()
            }
        limit, most = self.spec["clip"]["norm"], self.spec["clip"]["value"]
        if limit is not None:
            every = np.concatenate([g.numpy().ravel() for g in gradient.values()])
            top = np.abs(every).max()
            norm = top * np.linalg.norm(every / top) if 0.0 < top < np.inf else top
            if self.spec["optimizer"]["dialect"] == "pytorch":
                factor = min(1.0, limit / (norm + 1e-6))
            else:
                factor = limit / norm if norm > limit else 1.0
            gradient = {name: g * factor for name, g in gradient.items()}
        if most is not None:
            gradient = {name: g.clamp(-most, most) for name, g in gradient.items()}
        return gradient

    @property
    def rate(self):
        own = self.spec["schedule"]
        t = self.epoch if own["unit"] == "epoch" else self.updates
        if SCHEDULES[own["name"]].factor is not None and t >= own["warmup"]:
            return SCHEDULES[own["name"]].rate(self.spec["optimizer"]["lr"], t - own["warmup"], own, self.factor)
        return stated(self.spec["optimizer"]["lr"], t, own)

    def step(self):
        """One update; returns the data loss where its gradient is taken."""
        x, y, masks = self._batch()
        own, losses, rate = self.spec["optimizer"], [], self.rate
        names, self.seen = list(self.theta), {}

        def slope(values):
            point = {name: torch.as_tensor(value) for name, value in zip(names, values, strict=True)}
            loss, gradient = self._slope(point, x, y, "training", masks)
            losses.append(loss)
            self.gradient = self._clipped(gradient)
            return list(self.gradient.values())

        before = {name: value.clone() for name, value in self.theta.items()}
        if own["dialect"] == "pytorch" and own["name"] in record.OPTIMIZERS and own.get("bias_correction", True):
            self._by_torch(own, rate, slope)
        else:
            self._by_witness(own, rate, slope)
        if not self.spec["network"]["train_bias"]:
            self.theta |= {name: value for name, value in before.items() if name[0] == "b" and name[1].isdigit()}
        for name, value in self.seen.items():
            self.running[name] = (1.0 - RUNNING_SHARE) * self.running[name] + RUNNING_SHARE * value
        self.updates, self.position = self.updates + 1, self.position + len(x)
        if self.position >= len(self.x["train"]):
            self.position, self.epoch = 0, self.epoch + 1
        every = self.spec["eval_every"]
        if self.position == 0 if every == "epoch" else self.updates % every == 0:
            self._measure()
        return losses[0]

    def _by_torch(self, own, rate, slope):
        if self.optimizer is None:
            kind, names, besides = record.OPTIMIZERS[own["name"]]
            options = {names[key]: value for key, value in own.items() if key in names} | besides
            if "beta1" in options:
                options["betas"] = (options.pop("beta1"), options.pop("beta2"))
            self.optimizer = getattr(torch.optim, kind)(list(self.theta.values()), **options)
            if own["name"] == "nadam":  # else it keeps the product of its momenta in single precision
                self._keep_product_in_doubles()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        tensors = self.optimizer.param_groups[0]["params"]
        for tensor, value, g in zip(tensors, self.theta.values(), slope(list(self.theta.values())), strict=True):
            tensor.data.copy_(value)  # held biases were put back
            tensor.grad = g
        self.optimizer.step()
        self.theta = {name: tensor.detach().clone() for name, tensor in zip(self.theta, tensors, strict=True)}

    def _keep_product_in_doubles(self):
        for tensor in self.optimizer.param_groups[0]["params"]:
            one = torch.ones((), dtype=torch.float64)
            self.optimizer.state[tensor] = {
                "step": torch.tensor(0.0),
                "mu_product": one,
                "exp_avg": torch.zeros_like(tensor),
                "exp_avg_sq": torch.zeros_like(tensor),
            }

    def _by_witness(self, own, rate, slope):
        options = {key: value for key, value in own.items() if key not in ("name", "dialect")} | {"lr": rate}
        if own["name"] == "adamw" and own["dialect"] == "textbook" and own["lr"]:
            options["weight_decay"] *= rate / own["lr"]  # the paper's decay goes with the schedule
        values = [value.numpy() for value in self.theta.values()]
        by_arrays = lambda theta: [g.numpy() for g in slope(theta)]  # noqa: E731
        with np.errstate(all="ignore"):
            rule = OPTIMIZERS[own["name"]].rule
            new = rule(values, self.state, by_arrays, torch=own["dialect"] == "pytorch", **options)
        self.theta = {name: torch.from_numpy(np.array(value)) for name, value in zip(self.theta, new, strict=True)}

    def _measure(self):
        """A schedule that acts on losses sees the validation split's, where there is one."""
        own = self.spec["schedule"]
        clock = self.epoch if own["unit"] == "epoch" else self.updates
        if SCHEDULES[own["name"]].factor is None or clock < own["warmup"]:
            return
        loss = self.loss_on("validation" if "validation" in self.x else "train")
        if loss < self.best * (1.0 - own["threshold"]):
            self.best, self.bad = loss, 0
            return
        self.bad += 1
        if self.bad > own["patience"]:
            self.factor, self.bad = self.factor * own["factor"], 0

    # What can be asked ------------------------------------------------------------------------------------------------

    def loss_on(self, split):
        """In inference mode."""
        return self.loss_of(self.theta, torch.from_numpy(self.x[split]), torch.from_numpy(self.y[split]), "inference").item()

    def predict(self):
        """Of the training inputs, (n, outputs)."""
        return exact_outputs.answers(self.output, self.logits(self.theta, torch.from_numpy(self.x["train"]), "inference"))

    def whole_gradient(self):
        """Of the objective over the training set, on its own statistics with nothing dropped: value, and gradient by name."""
        batch = (torch.from_numpy(self.x["train"]), torch.from_numpy(self.y["train"]), "own")
        loss, gradient = self._slope(self.theta, *batch)
        return loss + float(self._penalty(self.theta)), gradient
