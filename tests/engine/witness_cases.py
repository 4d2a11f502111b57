"""Small runs that together contain everything that the microscope can tell of, stated for the engine and for the reference."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from network_problems import NetworkProblem, network_problem
from optimizer_settings import PLAIN, options_of
from reference_network import Layer, Network
from witnesses.activations import HIDDEN
from witnesses.losses import PAIRS
from witnesses.optimizers import OPTIMIZERS as WITNESSES
from witnesses.schedules import WITNESSES as SCHEDULE_WITNESSES

DIALECTS = ("textbook", "pytorch")


def _tried(name):
    """As it is in both dialects, and each option in one, by turns."""
    yield from ((name, dialect, {}) for dialect in DIALECTS)
    for number, own in enumerate(WITNESSES[name].options if name in WITNESSES else ()):
        dialects = [dialect for dialect in DIALECTS if own in options_of(name, dialect)]
        yield name, dialects[number % len(dialects)], own


OPTIMIZERS = tuple(setting for name in dict.fromkeys(name for name, _, _ in PLAIN) for setting in _tried(name))
STRUCTURES = (
    (Layer(2),),
    (Layer(2), Layer(2, skip=1)),
    (Layer(3, norm="batch", dropout=0.3),),
    (Layer(3, norm="layer"), Layer(2, skip=1)),
    (Layer(2, norm="batch"), Layer(3, dropout=0.4, skip=2)),
    (),
    (Layer(2), Layer(2, skip=1), Layer(3, skip=2)),
    (Layer(2, dropout=0.2), Layer(3, norm="layer", skip=2)),
    (Layer(1), Layer(1)),
)
"""None, one and several hidden layers; norms; skips as they are and by a matrix, to the input too, two from one layer."""
SCHEDULES = (
    {"name": "constant"},
    {"name": "step", "gamma": 0.7, "size": 2},
    {"name": "exponential", "decay": 0.2, "warmup": 1},
    {"name": "cosine", "length": 5, "eta_min": 0.001, "rises": False, "warmup": 2},
    {"name": "warm_restarts", "length": 2, "factor": 2, "eta_min": 0.002},
    {"name": "one_cycle", "length": 6, "peak": 0.4, "start_divisor": 20.0, "end_divisor": 100.0},
    {"name": "plateau", "factor": 0.5, "patience": 0, "threshold": 0.9, "eta_min": 1e-4},
    {"name": "exponential", "decay": 0.3, "unit": "epoch"},
)
SCHEDULES += tuple(
    {"name": name} | each.own for name, each in SCHEDULE_WITNESSES.items() if name not in {s["name"] for s in SCHEDULES}
)
EXTRAS = (
    {},
    {"l2": 0.1},
    {"l1": 0.02},
    {"l1": 0.02, "l2": 0.1, "clip": 0.05},
    {"clip": 100.0, "clip_value": 0.01},
    {"jitter": 0.1},
    {"train_bias": False, "clip": 0.2},
    {"batch_size": "full"},
    {"shuffle": True, "l2": 0.05},
    {"clip_value": 0.02, "shuffle": True, "train_bias": False},
    {"jitter": 0.2, "shuffle": True},
    {"train_bias": False, "l2": 0.05},
    {"l1": 0.01, "jitter": 0.1, "shuffle": True},
)
SAMPLES, BATCH, UPDATES = 7, 4, 4
"""Mini-batches of 4 and 3: of 2 a batch norm makes ±1, whatever comes in, and blame through it is next to nothing."""


@dataclass
class Case:
    """A run by its parts; `settings` are the reference's words for the spec."""

    rule: str
    dialect: str
    options: dict
    made: NetworkProblem
    schedule: dict
    extras: dict
    naive: bool
    lr: float = 0.03
    seed: int = 0
    data: dict = field(default_factory=dict)

    def __str__(self):
        own = "-".join([self.rule, self.dialect, *self.options, self.made.network.loss, self.made.network.output])
        return f"{own}-{'naive' if self.naive else 'stable'}-{self.schedule['name']}"

    @property
    def hyper(self):
        return {key: value for key, value in WITNESSES[self.rule].own.items() if key != "lr"} | self.options

    def fields(self):
        x = self.extras
        names = ("l1", "l2", "jitter", "shift")
        found = {
            "optimizer": {"name": self.rule, "dialect": self.dialect, "lr": self.lr} | self.hyper,
            "schedule": self.schedule,
            "regularization": {name: x[name] for name in names if name in x},
            "clip": {"norm": x.get("clip"), "value": x.get("clip_value")},
            "batch_size": x.get("batch_size", BATCH),
            "shuffle": x.get("shuffle", False),
            "numerics": "naive" if self.naive else "stable",
            "eval_every": 1,
            "seed": self.seed,
        }
        network = self.made.spec().network.model_dump() | {"train_bias": x.get("train_bias", True)}
        return found | {"network": network} | ({"data": self.data} if self.data else {})

    def trainer(self, **fields):
        return self.made.trainer(**self.fields() | fields)

    def settings(self, spec):
        """`spec`: where the defaults of what is not named here are written out."""
        own = {"l1": 0.0, "l2": 0.0, "jitter": 0.0, "shift": 0, "clip": None, "clip_value": None}
        own |= {"train_bias": True, "batch_size": BATCH, "shuffle": False}
        hyper = {key: value for key, value in spec.optimizer.parameters.items() if key != "lr"}
        return (
            own
            | self.extras
            | {
                "rule": self.rule,
                "dialect": self.dialect,
                "hyper": hyper,
                "lr": self.lr,
                "state": spec.optimizer.state,
                "schedule": {"unit": "step", "warmup": 0} | self.schedule,
                "naive": self.naive,
                "seed": self.seed,
            }
        )


def network_of(number):
    loss, output = PAIRS[number % len(PAIRS)]
    structure = STRUCTURES[number % len(STRUCTURES)]
    layers = tuple(
        Layer(row.units, HIDDEN[(number + 3 * index) % len(HIDDEN)], row.norm, row.dropout, row.skip)
        for index, row in enumerate(structure)
    )
    outputs = 3 if output == "softmax" or loss == "cross_entropy" else 1 + number % 2
    return Network(2, layers, outputs, output, loss)


def case_of(number):
    """The parts go round at different lengths, so that they meet in ever new company."""
    rule, dialect, options = OPTIMIZERS[number % len(OPTIMIZERS)]
    network = network_of(number)
    regression = network.loss == "mse" and number % 2 == 0
    outputs = network.outputs
    if not regression and network.loss != "cross_entropy" and network.output != "softmax" and outputs == 2:
        network = Network(2, network.layers, 3, network.output, network.loss)
    made = network_problem(network, task="regression" if regression else "classification", samples=SAMPLES, seed=number)
    naive = (number // len(PAIRS)) % 2 == 1
    extras = EXTRAS[number % len(EXTRAS)]
    return Case(rule, dialect, options, made, SCHEDULES[number % len(SCHEDULES)], extras, naive, seed=number)


def pictures():
    """Digits that are moved about; too large to walk through every equation."""
    network = Network(64, (Layer(2, "tanh"),), 10, "softmax", "cross_entropy")
    made = network_problem(network, samples=SAMPLES, seed=99)
    extras = {"shift": 2, "shuffle": True}
    return Case("adam", "textbook", {}, made, SCHEDULES[0], extras, False, data={"name": "digits"}, seed=5)


CASES = [case_of(number) for number in range(max(3 * len(PAIRS), len(OPTIMIZERS)))]
"""So that every pair of loss and output is met in naive numerics too, and every optimizer."""
PICTURES = pictures()


def data_of(case, trainer):
    """Inputs and targets of the training rows, (n, …)."""
    if case.data:
        own = trainer.dataset.splits["train"]
        return np.asarray(own.x), np.eye(10)[np.asarray(own.labels).astype(int)]
    return case.made.x, case.made.targets
