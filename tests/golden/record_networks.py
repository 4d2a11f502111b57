"""Records PyTorch trajectories of networks with norms, skips, dropout, learned slopes and jitter, in float64.

    python tests/golden/record_networks.py     writes networks.json (what each case is) and networks.npz (its numbers)

Needs torch, and nothing of the engine. Dropout's masks and the jitter come from tests/engine/reference_chance.py and enter as
constants; all else is torch's own: batch_norm, layer_norm, prelu, …, autograd, and the optimizers of record.py.
"""

from __future__ import annotations

import itertools
import json
import platform
import sys
from pathlib import Path

import numpy as np
import record

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "engine"))  # where reference_chance.py is

STEPS = 200
SNAPSHOTS = (0, 1, 2, 10, 50, 200)
SAMPLES, BATCH = 23, 5  # four batches of 5 and one of 3
DATA = {
    "regression": {"task": "regression", "outputs": 2, "output": "identity", "loss": "mse"},
    "classes": {"task": "classification", "outputs": 3, "output": "softmax", "loss": "cross_entropy"},
    "binary": {"task": "classification", "outputs": 1, "output": "sigmoid", "loss": "bce"},
}
INPUTS = 3


def row(units, activation, **others):
    """A hidden layer as a spec names it."""
    return {"units": units, "activation": activation, "norm": None, "dropout": 0.0, "skip": None} | others


TOGETHER = [
    row(5, "prelu", norm="batch", dropout=0.2),
    row(5, "gelu", norm="layer", skip=1),
    row(4, "silu", dropout=0.3, skip=3),
    row(5, "elu", norm="batch", skip=2),
    row(4, "softplus", norm="layer", dropout=0.1, skip=2),
]
SMOOTH = [row(5, "elu"), row(5, "gelu"), row(5, "softplus"), row(5, "silu")]
CASES = [
    {"name": "batch-norm", "data": "classes", "layers": [row(6, "tanh", norm="batch"), row(5, "relu", norm="batch")]},
    {"name": "layer-norm", "data": "regression", "layers": [row(6, "tanh", norm="layer"), row(5, "relu", norm="layer")]},
    {"name": "skip", "data": "regression", "layers": [row(5, "tanh"), row(5, "tanh", skip=1), row(5, "sigmoid", skip=2)]},
    {"name": "skip-projected", "data": "classes", "layers": [row(5, "tanh"), row(4, "tanh", skip=1), row(6, "tanh", skip=2)]},
    {"name": "skip-to-input", "data": "binary", "layers": [row(3, "tanh", skip=1), row(5, "tanh", skip=2)]},
    {"name": "dropout", "data": "classes", "layers": [row(8, "tanh", dropout=0.3), row(6, "leaky_relu", dropout=0.5)]},
    {"name": "prelu", "data": "regression", "layers": [row(6, "prelu"), row(5, "prelu")]},
    {"name": "smooth", "data": "binary", "layers": SMOOTH},
    {"name": "jitter", "data": "regression", "layers": [row(6, "tanh")], "jitter": 0.2},
    {"name": "together-adam", "data": "classes", "layers": TOGETHER, "jitter": 0.05},
    {"name": "together-momentum", "data": "regression", "layers": TOGETHER, "l1": 0.002, "l2": 0.01},
    {"name": "together-sgd", "data": "binary", "layers": TOGETHER, "l2": 0.02},
]
RULES = {
    "batch-norm": ("momentum", {"lr": 0.05, "beta": 0.8}),
    "layer-norm": ("adam", {"lr": 0.01, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6}),
    "dropout": ("momentum", {"lr": 0.05, "beta": 0.8}),
    "prelu": ("adam", {"lr": 0.01, "beta1": 0.9, "beta2": 0.99, "eps": 1e-6}),
    "together-adam": ("adam", {"lr": 0.005, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6}),
    "together-momentum": ("momentum", {"lr": 0.02, "beta": 0.8}),
}


def cases() -> list[dict]:
    """Every recorded run, as plain data; seeds are the places in the list."""
    found = []
    for seed, case in enumerate(CASES):
        rule, values = RULES.get(case["name"], ("sgd", {"lr": 0.1}))
        found.append({"jitter": 0.0, "l1": 0.0, "l2": 0.0, "seed": seed, "optimizer": rule, "parameters": values} | case)
    return found


def data_arrays(name: str) -> dict[str, np.ndarray]:
    """Inputs, and targets or class numbers. Fixed once recorded: the tests read them from the file."""
    random = np.random.default_rng([21, sorted(DATA).index(name)])
    x = random.normal(size=(SAMPLES, INPUTS))
    mix = random.normal(size=(INPUTS, max(DATA[name]["outputs"], 2)))
    score = np.sin(x @ mix) + 0.3 * random.normal(size=(SAMPLES, mix.shape[1]))
    return {"x": x, "y": score if DATA[name]["task"] == "regression" else score.argmax(axis=1).astype(float)}


def start_arrays(case: dict) -> dict[str, np.ndarray]:
    """Every parameter at the start, named as the engine names them; none at its usual start value."""
    random = np.random.default_rng([22, case["seed"]])
    sizes = [INPUTS, *(layer["units"] for layer in case["layers"]), DATA[case["data"]]["outputs"]]
    arrays = {}
    for number, (inputs, outputs) in enumerate(itertools.pairwise(sizes), start=1):
        arrays[f"W{number}"] = random.normal(scale=inputs**-0.5, size=(outputs, inputs))
        arrays[f"b{number}"] = random.normal(scale=0.1, size=outputs)
        if number == len(sizes) - 1:
            break
        layer = case["layers"][number - 1]
        if layer["norm"]:
            arrays[f"gamma{number}"] = random.normal(1.0, 0.2, size=outputs)
            arrays[f"beta{number}"] = random.normal(scale=0.2, size=outputs)
        if layer["activation"] == "prelu":
            arrays[f"alpha{number}"] = random.uniform(0.1, 0.4, size=outputs)
        if layer["skip"] and sizes[number - layer["skip"]] != outputs:
            source = sizes[number - layer["skip"]]
            arrays[f"P{number}"] = random.normal(scale=source**-0.5, size=(outputs, source))
    return arrays


class Model:
    """A network out of torch's functions. Values are (batch, units), as torch has them."""

    def __init__(self, torch, layers: list[dict], start: dict[str, np.ndarray]) -> None:
        self.torch, self.layers = torch, layers
        self.tensors = {name: torch.tensor(value, requires_grad=True) for name, value in start.items()}
        self.running = {}
        for number, layer in enumerate(layers, start=1):
            if layer["norm"] == "batch":
                self.running[f"mean{number}"] = torch.zeros(layer["units"], dtype=torch.float64)
                self.running[f"var{number}"] = torch.ones(layer["units"], dtype=torch.float64)

    def norm(self, number: int, z, training: bool):
        function, own = self.torch.nn.functional, self.tensors
        gamma, beta = own[f"gamma{number}"], own[f"beta{number}"]
        if self.layers[number - 1]["norm"] == "layer":
            return function.layer_norm(z, (z.shape[1],), gamma, beta, eps=1e-5)
        mean, var = self.running[f"mean{number}"], self.running[f"var{number}"]
        return function.batch_norm(z, mean, var, gamma, beta, training=training, momentum=0.1, eps=1e-5)

    def activation(self, number: int, u):
        function, name = self.torch.nn.functional, self.layers[number - 1]["activation"]
        if name == "prelu":
            return function.prelu(u, self.tensors[f"alpha{number}"])
        simple = {
            "tanh": self.torch.tanh,
            "sigmoid": self.torch.sigmoid,
            "relu": function.relu,
            "leaky_relu": function.leaky_relu,
            "elu": function.elu,
            "gelu": function.gelu,
            "softplus": function.softplus,
            "silu": function.silu,
        }
        return simple[name](u)

    def __call__(self, x, *, masks=None, training: bool = True):
        """The logits (or the identity output). `masks` {layer: (units, batch)}."""
        function, own, hs = self.torch.nn.functional, self.tensors, [x]
        for number, layer in enumerate(self.layers, start=1):
            z = function.linear(hs[-1], own[f"W{number}"], own[f"b{number}"])
            h = self.activation(number, self.norm(number, z, training) if layer["norm"] else z)
            if masks and number in masks:
                h = h * self.torch.from_numpy(masks[number].T)
            if layer["skip"]:
                source = hs[number - layer["skip"]]
                h = h + (function.linear(source, own[f"P{number}"]) if f"P{number}" in own else source)
            hs.append(h)
        last = len(self.layers) + 1
        return function.linear(hs[-1], own[f"W{last}"], own[f"b{last}"])


def run(torch, case: dict, arrays: dict[str, np.ndarray], start: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The 200 losses (of each batch, before its update, in training mode), and at the snapshots every parameter, the running
    statistics and the loss of all samples in inference mode."""
    from reference_chance import dropout_mask, jitter

    model, problem = Model(torch, case["layers"], start), DATA[case["data"]]
    kind, names, _ = record.OPTIMIZERS[case["optimizer"]]
    options = {names[key]: value for key, value in case["parameters"].items()}
    if "beta1" in options:
        options["betas"] = (options.pop("beta1"), options.pop("beta2"))
    weights = [tensor for name, tensor in model.tensors.items() if name[0] in "WP"]
    others = [tensor for name, tensor in model.tensors.items() if name[0] not in "WP"]
    groups = [{"params": weights, "weight_decay": case["l2"]}, {"params": others}]
    optimizer = getattr(torch.optim, kind)(groups, **options)
    x, y = torch.from_numpy(arrays["x"]), torch.from_numpy(arrays["y"])
    found, position = {"losses": [], "inference": []}, 0

    def snapshot():
        with torch.no_grad():
            found["inference"].append(record.loss_of(torch, problem, model(x, training=False), y).item())
        for name, tensor in (*model.tensors.items(), *model.running.items()):
            found.setdefault(name, []).append(tensor.detach().numpy().copy())

    snapshot()
    for step in range(STEPS):
        chosen = slice(position, min(position + BATCH, SAMPLES))
        count = chosen.stop - chosen.start
        position = 0 if chosen.stop == SAMPLES else chosen.stop
        masks = {
            number: dropout_mask(case["seed"], step, number, layer["dropout"], layer["units"], count)
            for number, layer in enumerate(case["layers"], start=1)
            if layer["dropout"]
        }
        inputs = x[chosen]
        if case["jitter"]:
            inputs = inputs + torch.from_numpy(jitter(case["seed"], step, case["jitter"], INPUTS, count).T)
        optimizer.zero_grad()
        loss = record.loss_of(torch, problem, model(inputs, masks=masks), y[chosen])
        found["losses"].append(loss.item())
        (loss + case["l1"] * sum(weight.abs().sum() for weight in weights)).backward()
        optimizer.step()
        if step + 1 in SNAPSHOTS:
            snapshot()
    return {name: np.stack(values) for name, values in found.items()}


def record_networks(arrays_of=data_arrays, start_of=start_arrays) -> tuple[dict, dict[str, np.ndarray]]:
    """The description, and the arrays by name: `classes.x`, `case.W1` (stacked over the snapshots), `case.losses`, …"""
    import torch

    torch.set_num_threads(1)
    described = {
        "torch": torch.__version__,
        "machine": platform.machine(),
        "steps": STEPS,
        "snapshots": SNAPSHOTS,
        "batch_size": BATCH,
        "data": DATA,
        "cases": cases(),
    }
    data = {name: arrays_of(name) for name in DATA}
    arrays = {f"{name}.{key}": value for name, values in data.items() for key, value in values.items()}
    for case in described["cases"]:
        found = run(torch, case, data[case["data"]], start_of(case))
        arrays.update({f"{case['name']}.{key}": value for key, value in found.items()})
    return described, arrays


if __name__ == "__main__":
    description, numbers = record_networks()
    (FOLDER / "networks.json").write_text(json.dumps(description, indent=1) + "\n")
    np.savez_compressed(FOLDER / "networks.npz", **numbers)
    print(f"torch {description['torch']}: {len(description['cases'])} cases recorded")
