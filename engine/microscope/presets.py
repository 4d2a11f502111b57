"""Ready runs to step through, each a plain script: a spec, and its given weights as edits made before the first update. So a
preset can be linked, branched and exported like any other run."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from engine.script.script_data import ScriptData

Weights = dict[str, list[list[float]] | list[float]]


@dataclass(frozen=True)
class Preset:
    """A run to look at. `look`: where to open the microscope (kind of micro-step, layer); `published`: values in print, as
    (what, after how many updates, value)."""

    name: str
    title: str
    summary: str
    spec: dict[str, Any]
    weights: Weights
    look: tuple[str, int] = ("affine", 1)
    published: tuple[tuple[str, int, float], ...] = ()
    words: tuple[str, ...] = field(default=())

    @property
    def script(self) -> dict[str, Any]:
        """Plain data for `Trainer.from_script` and links."""
        edits = []
        for name, values in self.weights.items():
            for index, value in _entries(values):
                edits.append({"kind": "weight", "step": 0, "name": name, "index": list(index), "value": value})
        return ScriptData.read({"spec": copy.deepcopy(self.spec), "edits": edits}).as_json()

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "summary": self.summary,
            "words": list(self.words),
            "look": {"kind": self.look[0], "layer": self.look[1]},
            "published": [{"what": what, "step": step, "value": value} for what, step, value in self.published],
            "script": self.script,
        }


def _entries(values: list[Any]) -> list[tuple[tuple[int, ...], float]]:
    if values and isinstance(values[0], list):
        return [((j, k), value) for j, row in enumerate(values) for k, value in enumerate(row)]
    return [((j,), value) for j, value in enumerate(values)]


def _data(x: list[list[float]], y: list[Any], task: str, **more: Any) -> dict[str, Any]:
    return {"name": "inline", "task": task, "train_x": x, "train_y": y, **more}


CHAIN = Preset(
    "chain",
    "A chain of single units",
    "One unit a layer: the gradient of the first weight is one product of factors, and small factors make it vanish.",
    {
        "data": _data([[1.0]], [0.0], "regression", columns=["x"], title="one sample"),
        "network": {
            "layers": [{"units": 1, "activation": "sigmoid"}] * 3,
            "output_activation": "sigmoid",
            "initializer": {"name": "zeros"},
        },
        "loss": "mse",
        "optimizer": {"name": "sgd", "lr": 0.5},
        "batch_size": 1,
        "shuffle": False,
    },
    {"W1": [[0.8]], "b1": [0.1], "W2": [[-1.2]], "b2": [0.3], "W3": [[1.5]], "b3": [-0.2], "W4": [[0.9]], "b4": [0.0]},
    ("delta", 1),
    words=(
        "Each layer puts two factors into the product: its weight, and the derivative of its sigmoid, which is at most 1/4.",
    ),
)
TWO_TWO_TWO = Preset(
    "two_two_two",
    "The 2-2-2 example",
    "A published example, number by number: two inputs, two hidden sigmoids, two outputs, one sample, rate 0.5.",
    {
        "data": _data([[0.05, 0.10]], [[0.01, 0.99]], "regression", columns=["i1", "i2"], title="one sample"),
        "network": {
            "layers": [{"units": 2, "activation": "sigmoid"}],
            "output_activation": "sigmoid",
            "initializer": {"name": "zeros"},
            "train_bias": False,
        },
        "loss": "mse",
        "optimizer": {"name": "sgd", "lr": 0.5},
        "batch_size": 1,
        "shuffle": False,
    },
    {"W1": [[0.15, 0.20], [0.25, 0.30]], "b1": [0.35, 0.35], "W2": [[0.40, 0.45], [0.50, 0.55]], "b2": [0.60, 0.60]},
    ("affine", 1),
    (
        ("loss", 0, 0.298371109),
        ("w5", 1, 0.35891648),
        ("w6", 1, 0.408666186),
        ("w7", 1, 0.511301270),
        ("w8", 1, 0.561370121),
        ("w1", 1, 0.149780716),
        ("w2", 1, 0.19956143),
        ("w3", 1, 0.24975114),
        ("w4", 1, 0.29950229),
        ("w1, the wrong way", 1, 0.14981764),
    ),
    words=(
        "The example does not train its biases, and neither does this run: biases are frozen.",
        "The error signal goes back through the old w5 … w8; through the new ones w1 would become 0.14981764.",
    ),
)
XOR = Preset(
    "xor_by_hand",
    "XOR by hand",
    "The four corners, one at a time, beginning with x = (1, 0): the weights from the zero input get exactly nothing.",
    {
        "data": _data(
            [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [1.0, 1.0]], [1, 1, 0, 0], "classification", kind="plane", title="XOR"
        ),
        "network": {
            "layers": [{"units": 2, "activation": "tanh"}],
            "output_activation": "sigmoid",
            "initializer": {"name": "zeros"},
        },
        "loss": "bce",
        "optimizer": {"name": "sgd", "lr": 0.5},
        "batch_size": 1,
        "shuffle": False,
    },
    {"W1": [[1.0, -1.0], [-0.5, 1.0]], "b1": [0.0, 0.5], "W2": [[1.0, -1.0]], "b2": [0.5]},
    ("sample gradients", 1),
    words=("A gradient is input × error signal: where the input is 0, its column of the table is 0.",),
)
PRESETS = {preset.name: preset for preset in (CHAIN, TWO_TWO_TWO, XOR)}
