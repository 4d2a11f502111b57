"""Networks with norms, dropout, skips and learned slopes, stated for the engine (a spec) and for `reference_network`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import problems
import reference_network
from hypothesis import strategies as st
from reference_network import Layer, Network, random_parameters
from witnesses.activations import HIDDEN
from witnesses.losses import LOSSES, PAIRS

from engine import RunSpec, Trainer


@dataclass
class NetworkProblem:
    """A network at given parameters on given data. `y` is what the engine is told: class indices, or targets for regression."""

    network: Network
    task: str
    x: np.ndarray
    y: np.ndarray
    parameters: dict[str, np.ndarray]
    fields: dict = field(default_factory=dict)

    def spec(self, **fields) -> RunSpec:
        """Batches come in order unless told otherwise; `fields` replace or add top-level fields."""
        described = {
            "data": {"name": "inline", "task": self.task, "train_x": self.x.tolist(), "train_y": self.y.tolist()},
            "network": {
                "layers": [
                    {
                        "units": row.units,
                        "activation": row.activation,
                        "norm": row.norm,
                        "dropout": row.dropout,
                        "skip": row.skip,
                    }
                    for row in self.network.layers
                ],
                "output_activation": self.network.output,
            },
            "loss": self.network.loss,
            "optimizer": {"name": "sgd", "lr": 0.1},
            "batch_size": "full",
            "shuffle": False,
        }
        return RunSpec.model_validate(described | self.fields | fields)

    def trainer(self, parameters=None, **fields) -> Trainer:
        return Trainer(self.spec(**fields), parameters=self.parameters if parameters is None else parameters)

    @property
    def targets(self) -> np.ndarray:
        return problems.as_targets(self.y, self.task, self.network.outputs)

    def reference_run(self, rule, hyper, batch_size, **options) -> reference_network.NetworkRun:
        return reference_network.NetworkRun(
            self.network, self.parameters, self.x, self.targets, rule, hyper, batch_size, **options
        )


def network_problem(network: Network, *, task="classification", samples=11, seed=0) -> NetworkProblem:
    """Random data and parameters."""
    random = np.random.default_rng([seed, 11])
    x = random.normal(size=(samples, network.inputs))
    if task == "regression":
        y = random.uniform(0.1, 0.9, size=(samples, network.outputs))
    else:
        y = random.permutation(np.arange(samples) % max(network.outputs, 2))
    return NetworkProblem(network, task, x, y, random_parameters(network, random))


# Recorded networks ----------------------------------------------------------------------------------------------------


@cache
def golden_networks() -> tuple[dict, dict[str, np.ndarray]]:
    """What tests/golden/record_networks.py wrote; read once."""
    described = json.loads((problems.GOLDEN / "networks.json").read_text())
    with np.load(problems.GOLDEN / "networks.npz") as numbers:
        return described, dict(numbers)


def golden_network(case: dict, described: dict, numbers: dict) -> NetworkProblem:
    """A recorded case with its data and start."""
    data, name = described["data"][case["data"]], case["data"]
    x, y = numbers[f"{name}.x"], numbers[f"{name}.y"]
    layers = tuple(Layer(**row) for row in case["layers"])
    network = Network(x.shape[1], layers, data["outputs"], data["output"], data["loss"])
    start = {key: numbers[f"{case['name']}.{key}"][0] for key in network.shapes()}
    return NetworkProblem(network, data["task"], x, y if data["task"] == "regression" else y.astype(int), start)


# Drawn by hypothesis --------------------------------------------------------------------------------------------------


@st.composite
def layers(draw, index: int) -> Layer:
    """The hidden layer at `index`, from 1. Layer norm wants three units: the normalized values of two are ±1."""
    norm = draw(st.sampled_from([None, "batch", "layer"]))
    return Layer(
        units=draw(st.integers(3 if norm == "layer" else 2, 4)),
        activation=draw(st.sampled_from(HIDDEN)),
        norm=norm,
        dropout=draw(st.sampled_from([0.0, 0.0, 0.2, 0.5])),
        skip=draw(st.sampled_from([None, *range(1, index + 1)])),
    )


@st.composite
def networks(draw) -> tuple[Network, str]:
    """A network, and the task it is for."""
    loss, output = draw(st.sampled_from(PAIRS))
    single = output == "softmax" or LOSSES[loss].for_each_class
    outputs = draw(st.sampled_from([3] if single else [1, 3]))
    task = draw(st.sampled_from(["classification", "regression"])) if loss == "mse" else "classification"
    hidden = tuple(draw(layers(index)) for index in range(1, draw(st.integers(1, 4)) + 1))
    return Network(draw(st.integers(2, 3)), hidden, outputs, output, loss), task


@st.composite
def drawn_problems(draw) -> NetworkProblem:
    network, task = draw(networks())
    return network_problem(network, task=task, samples=draw(st.integers(9, 12)), seed=draw(st.integers(0, 2**20)))
