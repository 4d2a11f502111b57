"""Races that make a point in twenty seconds. A preset is a script and a claim; tests hold every claim to the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from engine.rows.row import Row, by_name


@dataclass(frozen=True)
class Preset(Row):
    """`kind` says what `script` is given to: Race, NetworkRace, or SeedRace by its arguments. `summary` is the claim; `watch`
    says what to look at; `steps` how far to run, `pace` how many of them a second show it, in twenty seconds at most;
    `threshold` what the finish is."""

    kind: Literal["surface", "network", "seeds"] = "surface"
    script: dict[str, Any] = field(default_factory=dict)
    steps: int = 1000
    pace: float = 60.0
    threshold: float = 0.01
    watch: str = ""


def _lane(name: str, lr: float, label: str = "", schedule: dict[str, Any] | None = None, **own: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"optimizer": {"name": name, "lr": lr, **own}, "label": label}
    return made | ({"schedule": schedule} if schedule else {})


def _batch(size: int | str) -> dict[str, Any]:
    return _lane("sgd", 0.1, f"batch {'all' if size == 'full' else size}") | {"batch_size": size}


XOR_SIGNS = {
    "name": "inline",
    "task": "classification",
    "train_x": [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]],
    "train_y": [0, 1, 1, 0],
}

PRESETS = by_name(
    (
        Preset(
            "ravine",
            "memory in a ravine",
            "At η = 1.8/λ_max plain descent zigzags: it needs 254 steps to cut the loss by a million, momentum 102.",
            "",
            script={
                "surface": {"name": "ravine"},
                "start": [1.0, 1.0],
                "lanes": [_lane("sgd", 0.018), _lane("momentum", 0.018, beta=0.9)],
                "max_steps": 600,
            },
            steps=600,
            threshold=5.05e-5,
            watch="plain descent's zigzag from wall to wall, and the loss curves",
        ),
        Preset(
            "speed_limit",
            "the speed limit",
            "2/λ = 0.02 here: 0.0199 converges, in 687 steps by a million; 0.0201 diverges.",
            "",
            script={
                "surface": {"name": "ravine"},
                "start": [1.0, 1.0],
                "lanes": [_lane("sgd", 0.0199, "just below"), _lane("sgd", 0.0201, "just above")],
                "max_steps": 5000,
            },
            steps=5000,
            pace=500.0,
            threshold=5.05e-5,
            watch="the rate of each lane beside its bound",
        ),
        Preset(
            "saddle",
            "on the ridge",
            "Without noise every rule ends on the saddle point: on the ridge the gradient points along it.",
            "",
            script={
                "surface": {"name": "saddle"},
                "lanes": [_lane("sgd", 0.05), _lane("momentum", 0.01), _lane("adam", 0.02)],
                "max_steps": 1000,
            },
            watch="the kind of point where the lanes stand",
        ),
        Preset(
            "saddle_noise",
            "off the ridge",
            "The same race with a little noise: all lanes find a way down.",
            "",
            script={
                "surface": {"name": "saddle"},
                "noise": 0.01,
                "lanes": [_lane("sgd", 0.05), _lane("momentum", 0.01), _lane("adam", 0.02)],
                "max_steps": 1000,
            },
            watch="when each lane leaves the ridge",
        ),
        Preset(
            "newton",
            "where Newton goes",
            "From here Newton's method goes to a saddle point; with |λ| in place of λ, and by L-BFGS, to a minimum.",
            "Dauphin et al. 2014",
            script={
                "surface": {"name": "himmelblau"},
                "start": [1.0, 0.5],
                "lanes": [
                    {"optimizer": {"name": "newton"}},
                    {"optimizer": {"name": "newton", "absolute": True}, "label": "Newton with |λ|"},
                    {"optimizer": {"name": "lbfgs"}},
                ],
                "max_steps": 15,
            },
            steps=15,
            pace=1.0,
            watch="the kind of point where each lane stands, and the loss over gradient evaluations",
            link="https://arxiv.org/abs/1406.2572",
        ),
        Preset(
            "nesterov",
            "Nesterov's two sequences",
            "PyTorch's parameters are the textbook's look-ahead points: one path, seen one step apart.",
            "Sutskever et al. 2013",
            script={
                "surface": {"name": "rosenbrock"},
                "lanes": [
                    _lane("nesterov", 1e-3, "textbook", beta=0.9),
                    _lane("nesterov", 1e-3, "PyTorch", beta=0.9, dialect="pytorch"),
                ],
                "max_steps": 500,
            },
            steps=500,
            watch="the two heads",
        ),
        Preset(
            "bias_correction",
            "Adam's first step",
            "With bias correction Adam's first step is η; without it 3.16 η.",
            "Kingma and Ba 2015, section 3",
            script={
                "surface": {"name": "bowl"},
                "lanes": [_lane("adam", 0.05, "corrected"), _lane("adam", 0.05, "not corrected", bias_correction=False)],
                "max_steps": 200,
            },
            steps=200,
            pace=10.0,
            watch="the first arrows",
        ),
        Preset(
            "adagrad",
            "AdaGrad's dying rate",
            "On an even slope AdaGrad's hundredth step is a tenth of its first; RMSProp's is as long as the rate.",
            "",
            script={
                "surface": {"name": "formula", "formula": "x", "domain": [[-12.0, 1.0], [-3.0, 3.0]]},
                "start": [0.0, 0.0],
                "lanes": [_lane("adagrad", 0.1), _lane("rmsprop", 0.1)],
                "max_steps": 100,
            },
            steps=100,
            pace=10.0,
            watch="how far apart the points of each trail are",
        ),
        Preset(
            "epsilon",
            "the place of ε",
            "Where gradients are tiny the place decides: AdaGrad's first step is 0.99 η, or 0.01 η with ε inside the root.",
            "",
            script={
                "surface": {"name": "tiny_gradients"},
                "start": [1.0, 1.0],
                "lanes": [
                    _lane("adagrad", 0.05, "outside", eps=1e-8, dialect="pytorch"),
                    _lane("adagrad", 0.05, "inside", eps=1e-8),
                ],
                "max_steps": 500,
            },
            steps=500,
            watch="who moves at all",
        ),
        Preset(
            "warm_restarts",
            "warm restarts",
            "Under noise a constant rate keeps trembling; each cycle of the cosine ends far closer to the minimum.",
            "Loshchilov and Hutter 2017",
            script={
                "surface": {"name": "bowl"},
                "noise": 1.0,
                "lanes": [
                    _lane("sgd", 0.4, "constant"),
                    _lane("sgd", 0.4, "warm restarts", {"name": "warm_restarts", "length": 100, "factor": 2}),
                ],
                "max_steps": 1500,
            },
            steps=1500,
            pace=100.0,
            watch="the loss just before steps 100, 300, 700 and 1500",
        ),
        Preset(
            "batches",
            "batch 1, 16, all",
            "Full-batch steps lower the loss every time; mini-batch steps often raise it, the smaller the more often.",
            "",
            kind="network",
            script={
                "run": {
                    "data": {"name": "circle", "samples": 120, "test_fraction": 0.2},
                    "network": {"layers": [{"units": 6}]},
                    "eval_every": 1,
                    "stop": {"max_steps": 400},
                },
                "lanes": [_batch(1), _batch(16), _batch("full")],
            },
            steps=400,
            pace=30.0,
            watch="the loss curves over the same steps",
        ),
        Preset(
            "fifty_starts",
            "one network, fifty starts",
            "XOR on two hidden units: about 35 of 50 starts get below 0.05, the others stay stuck.",
            "",
            kind="seeds",
            script={
                "run": {
                    "data": XOR_SIGNS,
                    "network": {"layers": [{"units": 2}], "initializer": {"name": "normal", "scale": 1.0}},
                    "batch_size": "full",
                },
                "lanes": [_lane("sgd", 0.5)],
                "seeds": 50,
                "steps": 2000,
            },
            steps=2000,
            threshold=0.05,
            watch="the small multiples, and the count",
        ),
    )
)
