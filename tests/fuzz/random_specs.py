"""Random specs by seed and number: every activation, loss, output, norm, skip, initializer, optimizer in its dialects,
schedule, clip and penalty, on own data of any size, 1 to 50 layers. Rows are walked: what is added to them is drawn, too."""

from __future__ import annotations

import numpy as np
from witnesses.optimizers import OPTIMIZERS as WITNESSES
from witnesses.schedules import WITNESSES as SCHEDULE_WITNESSES

from engine.optimizers import DIALECTS, OPTIMIZERS
from engine.rows.activations import ACTIVATIONS
from engine.rows.initializers import INITIALIZERS
from engine.rows.losses import LOSSES
from engine.rows.norms import NORMS
from engine.rows.schedules import SCHEDULES

HIDDEN = [name for name, row in ACTIVATIONS.items() if row.hidden]
PAIRS = [(loss, output) for loss, row in LOSSES.items() for output in row.outputs]
PROPORTIONAL = ("sgd", "momentum", "nesterov")
MOST_HIDDEN = 49  # with the output's these are 50 layers
WIDE_ENOUGH = 3  # of units and samples under a norm: of two the normalized values are ±1 whatever they were


class Draw:
    """Choices of one spec."""

    def __init__(self, *key: int) -> None:
        self.random = np.random.default_rng([17, *key])

    def of(self, *options):
        return options[self.random.integers(len(options))]

    def whole(self, low: int, high: int) -> int:
        """low … high"""
        return int(self.random.integers(low, high + 1))

    def power(self, low: float, high: float) -> float:
        return float(10.0 ** self.random.uniform(low, high))

    def chance(self, share: float) -> bool:
        return bool(self.random.random() < share)


def random_spec(seed: int, number: int) -> dict:
    """What `RunSpec` takes."""
    draw = Draw(seed, number)
    loss, output = draw.of(*PAIRS)
    layers = _layers(draw)
    normed = any(layer["norm"] for layer in layers)
    size = draw.power(-6, 6)
    rows = draw.whole(3 * WIDE_ENOUGH, 16) if normed else draw.whole(1, 16)
    optimizer = _optimizer(draw, size)
    still = any(layer["norm"] == "batch" for layer in layers) and optimizer["name"] not in PROPORTIONAL
    return {
        "data": _data(draw, loss, output, rows, size, columns=draw.whole(2 if normed else 1, 4)),
        "network": {
            "layers": layers,
            "output_activation": output,
            "initializer": _initializer(draw, alike=not normed),
            "bias": draw.of(0.0, 0.0, float(draw.random.normal(0.0, 0.5))),
            # Under batch norm a bias has no gradient but rounding, of which these rules make whole steps.
            "train_bias": not draw.chance(0.85 if still else 0.1),
        },
        "loss": loss,
        "optimizer": optimizer,
        "schedule": _schedule(draw),
        "regularization": {
            "l1": draw.of(0.0, 0.0, draw.power(-6, -1)),
            "l2": draw.of(0.0, 0.0, draw.power(-6, -1)),
            "jitter": min(50.0, size * draw.power(-3, 0)) if draw.chance(0.1) else 0.0,
        },
        "clip": {"norm": draw.of(None, None, None, draw.power(-3, 3)), "value": draw.of(None, None, None, draw.power(-4, 2))},
        "batch_size": _batch_size(draw, rows, WIDE_ENOUGH if normed else 1),
        "shuffle": draw.chance(0.5),
        "eval_every": draw.of("epoch", draw.whole(1, 4)),
        "seed": draw.whole(0, 2**53 - 1),
    }


def _layers(draw: Draw) -> list[dict]:
    kind = draw.random.random()
    count = draw.whole(0, 3) if kind < 0.55 else draw.whole(4, 12) if kind < 0.85 else draw.whole(13, MOST_HIDDEN)
    everywhere = draw.of(None, draw.of(*HIDDEN))
    norms, skips = draw.of(0.0, 0.0, 0.0, 0.3, 1.0), draw.of(0.0, 0.0, 0.3, 0.8)
    dropped = draw.chance(0.15)
    layers = []
    for layer in range(1, count + 1):
        layers.append(
            {
                "units": draw.whole(WIDE_ENOUGH if norms else 1, 5),
                "activation": everywhere or draw.of(*HIDDEN),
                "norm": draw.of(*NORMS) if draw.chance(norms) else None,
                "dropout": float(draw.random.uniform(0.1, 0.5)) if dropped and draw.chance(0.5) else 0.0,
                "skip": draw.whole(1, layer) if draw.chance(skips) else None,
            }
        )
    return layers


def _data(draw: Draw, loss: str, output: str, rows: int, size: float, columns: int) -> dict:
    """Own samples of this size, or each column of a size of its own, some far from zero."""
    regression = loss != "cross_entropy" and draw.chance(0.4)
    single = output == "softmax" or LOSSES[loss].unit_for_each_class
    outputs = draw.whole(2 if single else 1, 4)
    sizes = 10.0 ** draw.random.uniform(-6, 6, columns) if draw.chance(0.3) else np.full(columns, size)
    middle = draw.random.normal(size=columns) * draw.chance(0.2)
    spread = draw.power(-6, 6) if loss == "mse" and draw.chance(0.5) else None

    def split(name: str, count: int) -> dict:
        x = (draw.random.normal(size=(count, columns)) + middle) * sizes
        if not regression:
            y = draw.random.permutation(np.arange(count) % max(2, outputs)).tolist()
        elif spread is None:
            y = draw.random.uniform(0.05, 0.95, size=(count, outputs)).tolist()
        else:
            y = (draw.random.normal(size=(count, outputs)) * spread).tolist()
        return {f"{name}_x": x.tolist(), f"{name}_y": y}

    parts = split("train", rows)
    if draw.chance(0.15):
        parts |= split("validation", draw.whole(1, 6))
    task = "regression" if regression else "classification"
    return {"name": "inline", "task": task, "standardize": draw.chance(0.25)} | parts


def _initializer(draw: Draw, alike: bool) -> dict:
    """`alike`: with some whose units are all alike, of which layer norm leaves nothing but rounding."""
    name = draw.of(*INITIALIZERS)
    if name in ("zeros", "constant") and (not alike or draw.chance(0.5)):
        name = "xavier_uniform"
    return {"name": name} | ({"scale": draw.power(-2, 0)} if name == "normal" else {})


def _optimizer(draw: Draw, size: float) -> dict:
    """Its own parameters as they are, or lively, or with options. Rates are often such that a run stays calm."""
    name, dialect = draw.of(*OPTIMIZERS), draw.of(*DIALECTS)
    row, witness = OPTIMIZERS[name], WITNESSES[name]
    own = draw.of({}, witness.own, *({**witness.own, **option} for option in witness.options))
    known = {parameter.name for parameter in row.parameters_in(dialect)}
    rate = draw.power(-2, 0.3) if name == "adadelta" else draw.power(-4, -0.7)
    if name in PROPORTIONAL and draw.chance(0.8):
        rate /= max(1.0, size**2)
    return {"name": name, "dialect": dialect} | {key: value for key, value in own.items() if key in known} | {"lr": rate}


def _schedule(draw: Draw) -> dict:
    name = draw.of("constant", *SCHEDULES)
    own = dict(SCHEDULE_WITNESSES[name].own) if draw.chance(0.8) else {}
    if "eta_min" in own:
        own["eta_min"] = 0.0 if draw.chance(0.5) else draw.power(-6, -3)
    if "patience" in own:
        own |= {"patience": draw.whole(0, 1), "threshold": draw.of(0.01, 0.5)}
    return {"name": name, "unit": draw.of("step", "epoch"), "warmup": draw.of(0, 0, draw.whole(1, 5))} | own


def _batch_size(draw: Draw, rows: int, least: int) -> int | str:
    """One that leaves no batch smaller than `least`."""
    fitting = [width for width in range(least, rows + 1) if rows % width == 0 or rows % width >= least]
    return draw.of("full", draw.of(*fitting))
