"""Witnesses of measurements of runs: of each row texts, the situation, and what NumPy says there."""

from __future__ import annotations

import math

import numpy as np
from stated import (
    TEST_X,
    TEST_Y,
    TRAIN_X,
    TRAIN_Y,
    WEIGHTS,
    deltas,
    derivative,
    descent,
    forward,
    gradient,
    hessian,
    loss,
    objective,
    situation,
)

from engine import RunSpec, Trainer

L2 = 0.05
PENALIZED = {"regularization": {"l2": L2}}
BATCH = {"batch_size": 2}
NORMED = {"network": {"layers": [{"units": 3, "activation": "tanh", "norm": "batch"}], "initializer": "zeros"}}
XOR = {"data": {"name": "xor", "samples": 60}, "network": {"layers": [{"units": 3}]}, "optimizer": {"name": "sgd", "lr": 0.3}}
MANY = {"data": {"name": "spiral", "samples": 2000, "test_fraction": 0.1}}
"""More samples than go through at once."""
DEEP = {"layers": [{"units": 8, "activation": "sigmoid"}] * 8, "initializer": "xavier_normal"}
PUBLISHED = {
    "run": {
        "data": {"name": "inline", "task": "regression", "train_x": [[0.05, 0.10]], "train_y": [[0.01, 0.99]]},
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
    "edits": [
        {"kind": "weight", "name": name, "index": index, "value": value}
        for name, index, value in (
            *(("W1", [0, 0], 0.15), ("W1", [0, 1], 0.20), ("W1", [1, 0], 0.25), ("W1", [1, 1], 0.30)),
            *(("b1", [0], 0.35), ("b1", [1], 0.35), ("b2", [0], 0.60), ("b2", [1], 0.60)),
            *(("W2", [0, 0], 0.40), ("W2", [0, 1], 0.45), ("W2", [1, 0], 0.50), ("W2", [1, 1], 0.55)),
        )
    ],
}
"""Mazur's example, whose weights after one update are in print."""
LIVE = {"reached": {"optimizer.lr": 0.25}, "later": {"steps": 3}}


def after(updates, **options):
    return descent(updates=updates, **options)[0][-1]


def train(weights, **options):
    return loss(weights, TRAIN_X, TRAIN_Y, **options)


def penalized(weights):
    return objective(weights, TRAIN_X, TRAIN_Y, L2)


def of_batch(weights):
    return loss(weights, TRAIN_X[:2], TRAIN_Y[:2])


def norm(*tensors):
    return math.sqrt(sum(float(np.sum(values**2)) for values in tensors))


def curve(updates):
    return [train(weights) for weights in descent(updates=updates)[0]]


def sizes(columns):
    """The mean of the columns' lengths."""
    return np.sqrt((columns**2).sum(axis=0)).mean()


def share_of_flat_slopes():
    z1 = forward(WEIGHTS | {"W1": 9.0 * WEIGHTS["W1"]}, TRAIN_X)[0]
    return np.mean((np.tanh(z1 + 1j * 1e-30).imag / 1e-30) < 0.05)


STEEP = situation()
STEEP["edits"] = [edit | ({"value": 9.0 * edit["value"]} if edit["name"] == "W1" else {}) for edit in STEEP["edits"]]
RELU = situation(network={"layers": [{"units": 3, "activation": "relu"}], "initializer": "zeros"})
RELU["edits"] = [edit | ({"value": -9.0} if (edit["name"], edit["index"]) == ("b1", [1]) else {}) for edit in RELU["edits"]]
"""Its second unit never sees a positive z."""


def multiplied():
    """Products of a weight counted one by one: forward, and backward with the gradients, of a 2-3-1 network."""
    ahead = back = 0
    for below, units, first in ((2, 3, True), (3, 1, False)):
        for _ in range(units):
            for _ in range(below):
                ahead += 1  # W[j, k] h[k]
                back += 1 if first else 2  # δ[j] h[k], and W[j, k] δ[j] where a layer is below
    return ahead, back


def in_place():
    """Layer 2 changes first, and layer 1's gradient is that of the changed network with the old output's error signal."""
    slope = gradient(train, WEIGHTS)
    changed = WEIGHTS | {"W2": WEIGHTS["W2"] - 0.5 * slope["W2"]}
    d2 = deltas(WEIGHTS, TRAIN_X, TRAIN_Y, 2)
    z1 = forward(WEIGHTS, TRAIN_X)[0]
    d1 = (changed["W2"].T @ d2) * (np.tanh(z1 + 1j * 1e-30).imag / 1e-30)
    return WEIGHTS["W1"][1, 0] - 0.5 * (d1 @ TRAIN_X / len(TRAIN_X))[1, 0]


def difference(epsilon, index=(1, 0)):
    ends = []
    for sign in (1.0, -1.0):
        moved = {name: values.copy() for name, values in WEIGHTS.items()}
        moved["W1"][index] += sign * epsilon
        ends.append(train(moved))
    return (ends[0] - ends[1]) / (2.0 * epsilon)


def adam_of(step, updates=3):
    """The first moment of W2[0, 1] after some updates at rate 0: the gradient stays."""
    slope = derivative(train, WEIGHTS, "W2", (0, 1))
    return slope * (1.0 - 0.9**updates)


def seeded(seed, updates, measure=lambda trainer: trainer.loss("train")):
    trainer = Trainer(RunSpec.model_validate(XOR | {"seed": seed}))
    trainer.step(updates)
    return measure(trainer)


def ends(count, updates=40):
    return [seeded(seed, updates) for seed in range(count)]


def best_by_accuracy():
    pairs = [seeded(seed, 40, lambda t: (t.accuracy("test"), t.loss("test"))) for seed in range(4)]
    return max(pairs, key=lambda pair: pair[0])[1]


STATED = situation()
AHEAD = {"optimizer": {"name": "sgd", "lr": 4.0}}
BREAKS = situation(optimizer={"name": "sgd", "lr": 1e9}, loss="mse", network={"layers": [], "output_activation": "identity"})
BREAKS.pop("edits")
RUN_WITNESSES = {
    "loss": [
        ("loss(train)", STATED, lambda: train(WEIGHTS)),
        ("loss(test)", situation(4), lambda: loss(after(4), TEST_X, TEST_Y)),
        ("at(60, loss(train))", BREAKS, lambda: math.nan),
    ],
    "objective": [("objective(train)", situation(**PENALIZED), lambda: penalized(WEIGHTS))],
    "accuracy": [("accuracy(test)", STATED, lambda: np.mean((forward(WEIGHTS, TEST_X)[2][0] > 0.0) == TEST_Y))],
    "finite": [("finite()", STATED, lambda: 1.0), ("at(60, finite())", BREAKS, lambda: 0.0)],
    "step": [("step()", situation(5), lambda: 5.0)],
    "epoch": [("epoch()", situation(7, **BATCH), lambda: 7 * 2 // 6)],
    "steps_per_epoch": [("steps_per_epoch()", situation(batch_size=4), lambda: 2.0)],
    "rate": [
        (
            "rate()",
            situation(4, schedule={"name": "step", "size": 2, "gamma": 0.1}),
            lambda: 0.5 * 0.1 * 0.1,
        )
    ],
    "parameters": [
        ("parameters()", STATED, lambda: sum(values.size for values in WEIGHTS.values())),
        ("parameters()", PUBLISHED, lambda: 8.0),
    ],
    "weight": [
        ("weight(W1, 2, 1)", situation(3), lambda: after(3)["W1"][2, 1]),
        ("weight(b1, 2)", STATED, lambda: 0.3),
    ],
    "weight_norm": [
        ("weight_norm(W1)", STATED, lambda: norm(WEIGHTS["W1"])),
        ("weight_norm()", STATED, lambda: norm(*WEIGHTS.values())),
    ],
    "state": [
        (
            "state(v, W2, 0, 1)",
            situation(3, optimizer={"name": "momentum", "lr": 0.5, "beta": 0.8}),
            lambda: descent(updates=3, momentum=0.8)[1]["W2"][0, 1],
        ),
        ("state(m, W2, 0, 1)", situation(3, optimizer={"name": "adam", "lr": 0.0, "beta1": 0.9}), lambda: adam_of(3)),
    ],
    "full_gradient": [
        ("full_gradient(W1, 1, 0)", situation(**PENALIZED, **BATCH), lambda: derivative(penalized, WEIGHTS, "W1", (1, 0)))
    ],
    "full_gradient_norm": [
        ("full_gradient_norm(W2)", situation(**BATCH), lambda: norm(gradient(train, WEIGHTS)["W2"])),
        ("full_gradient_norm()", situation(**BATCH), lambda: norm(*gradient(train, WEIGHTS).values())),
    ],
    "finding": [
        ("finding(vanishing)", {"run": {"network": DEEP}}, lambda: 1.0),
        ("finding(vanishing)", STATED, lambda: 0.0),
    ],
    "delta": [
        ("delta(1)", STATED, lambda: sizes(deltas(WEIGHTS, TRAIN_X, TRAIN_Y, 1))),
        ("delta(2)", STATED, lambda: sizes(deltas(WEIGHTS, TRAIN_X, TRAIN_Y, 2))),
    ],
    "h": [
        ("h(0)", STATED, lambda: sizes(TRAIN_X.T)),
        ("h(1)", STATED, lambda: sizes(forward(WEIGHTS, TRAIN_X)[1])),
    ],
    "deviation": [
        ("deviation(1)", STATED, lambda: forward(WEIGHTS, TRAIN_X)[1].std()),
        ("deviation(0)", {"run": MANY}, lambda: Trainer(RunSpec.model_validate(MANY)).dataset.splits["train"].x.std()),
    ],
    "dead": [("dead(1)", RELU, lambda: 1.0), ("dead()", STATED, lambda: 0.0)],
    "dead_share": [("dead_share(1)", RELU, lambda: 1 / 3), ("dead_share()", RELU, lambda: 1 / 3)],
    "saturated": [("saturated(1)", STEEP, share_of_flat_slopes)],
    "largest_difference": [
        ("largest_difference(1)", STATED, lambda: max(np.ptp(column) for column in (*WEIGHTS["W1"].T, WEIGHTS["b1"]))),
        ("at(5, largest_difference(1))", situation(optimizer={"name": "sgd", "lr": 0.0}), lambda: 1.4),
    ],
    "preactivation": [("preactivation(1, 2, 1)", situation(**BATCH), lambda: forward(WEIGHTS, TRAIN_X)[0][2, 1])],
    "activation": [
        ("activation(1, 2, 1)", situation(1, **BATCH), lambda: np.tanh(batched_once()["z1"][2, 1])),
        ("activation(0, 1, 0)", STATED, lambda: TRAIN_X[0, 1]),
    ],
    "signal": [
        ("signal(1, 2, 1)", situation(**BATCH), lambda: deltas(WEIGHTS, TRAIN_X, TRAIN_Y, 1)[2, 1]),
        ("signal(2, 0, 0)", STATED, lambda: deltas(WEIGHTS, TRAIN_X, TRAIN_Y, 2)[0, 0]),
    ],
    "derivative": [
        (
            "derivative(1, 0, 3)",
            STATED,
            lambda: np.tanh(forward(WEIGHTS, TRAIN_X)[0][0, 3] + 1j * 1e-30).imag / 1e-30,
        )
    ],
    "normalized": [
        ("normalized(1, 1, 2)", situation(**NORMED), lambda: normalized()[1, 2]),
    ],
    "gradient": [
        ("gradient(W1, 1, 0)", situation(**BATCH), lambda: derivative(of_batch, WEIGHTS, "W1", (1, 0))),
        ("gradient(W1, 1, 0)", situation(**PENALIZED), lambda: derivative(penalized, WEIGHTS, "W1", (1, 0))),
        ("gradient(b2, 0)", situation(clip={"norm": 1e-3}), lambda: derivative(train, WEIGHTS, "b2", (0,))),
    ],
    "gradient_norm": [
        ("gradient_norm(W1)", situation(**BATCH), lambda: norm(gradient(of_batch, WEIGHTS)["W1"])),
        ("gradient_norm()", STATED, lambda: norm(*gradient(train, WEIGHTS).values())),
    ],
    "updated": [
        ("updated(W1, 2, 1)", situation(2), lambda: after(3)["W1"][2, 1]),
        ("updated(W1, 0, 0)", PUBLISHED, lambda: 0.149780716),
        ("updated(W2, 1, 1)", PUBLISHED, lambda: 0.561370121),
    ],
    "change": [("change(b1, 1)", STATED, lambda: -0.5 * derivative(train, WEIGHTS, "b1", (1,)))],
    "change_norm": [
        ("change_norm()", STATED, lambda: 0.5 * norm(*gradient(train, WEIGHTS).values())),
        ("change_norm(W2)", STATED, lambda: 0.5 * norm(gradient(train, WEIGHTS)["W2"])),
    ],
    "in_place": [("in_place(W1, 1, 0)", STATED, in_place), ("in_place(W1, 0, 0)", PUBLISHED, lambda: 0.14981764)],
    "difference": [("difference(W1, 1, 0, 0.01)", STATED, lambda: difference(0.01))],
    "difference_error": [
        (
            "difference_error(W1, 1, 0, 0.01)",
            STATED,
            lambda: abs(difference(0.01) / derivative(train, WEIGHTS, "W1", (1, 0)) - 1.0),
        )
    ],
    "promised": [("promised()", STATED, lambda: -0.5 * norm(*gradient(train, WEIGHTS).values()) ** 2)],
    "actual": [("actual()", STATED, lambda: curve(1)[1] - curve(1)[0])],
    "sharpness": [("sharpness()", STATED, lambda: np.linalg.eigvalsh(hessian(train, WEIGHTS))[-1])],
    "multiplications": [
        ("multiplications(forward)", STATED, lambda: multiplied()[0]),
        ("multiplications(backward)", STATED, lambda: multiplied()[1]),
    ],
    "price": [("price()", STATED, lambda: sum(multiplied()) / multiplied()[0])],
    "at": [
        ("at(6, loss(train))", situation(2), lambda: train(after(6))),
        ("at(0, loss(train))", situation(3), lambda: train(WEIGHTS)),
    ],
    "on": [
        ("on(reached, at(3, loss(train)))", STATED, lambda: train(after(3, rate=0.25))),
        ("on(later, step())", situation(2), lambda: 5),
    ],
    "first_below": [
        ("first_below(loss(train), 0.6, 60)", STATED, lambda: next(i for i, value in enumerate(curve(60)) if value < 0.6)),
        ("first_below(loss(train), 0, 5)", STATED, lambda: math.inf),
    ],
    "first_above": [("first_above(weight_norm(), 2, 60)", STATED, lambda: first_norm_above(2.0))],
    "rises": [("rises(25)", situation(**AHEAD), lambda: sum(np.diff(fast_curve(25)) > 0.0))],
    "first_nonfinite": [
        ("first_nonfinite(60)", BREAKS, lambda: breaks_at()),
        ("first_nonfinite(60)", STATED, lambda: math.inf),
    ],
    "lowest": [("lowest(25, loss(train))", situation(**AHEAD), lambda: min(fast_curve(25)))],
    "lowest_step": [("lowest_step(25, loss(train))", situation(**AHEAD), lambda: int(np.argmin(fast_curve(25))))],
    "highest": [("highest(25, loss(train))", situation(**AHEAD), lambda: max(fast_curve(25)))],
    "count_below": [
        ("count_below(7, loss(train), 0.66, 40)", {"run": XOR}, lambda: sum(value < 0.66 for value in ends(7))),
        ("count_below(7, loss(train), 0.66)", {"run": XOR, "step": 40}, lambda: sum(value < 0.66 for value in ends(7))),
    ],
    "count_above": [("count_above(7, loss(train), 0.66, 40)", {"run": XOR}, lambda: sum(value > 0.66 for value in ends(7)))],
    "median_of": [("median_of(5, loss(train), 40)", {"run": XOR}, lambda: np.median(ends(5)))],
    "mean_of": [("mean_of(5, loss(train), 40)", {"run": XOR}, lambda: np.mean(ends(5)))],
    "highest_of": [("highest_of(5, loss(train), 40)", {"run": XOR}, lambda: max(ends(5)))],
    "lowest_of": [("lowest_of(5, loss(train), 40)", {"run": XOR}, lambda: min(ends(5)))],
    "chosen": [("chosen(4, accuracy(test), loss(test), 40)", {"run": XOR}, best_by_accuracy)],
}


def fast_curve(updates):
    return [train(weights) for weights in descent(rate=4.0, updates=updates)[0]]


def first_norm_above(bound):
    path = descent(updates=60)[0]
    return next(i for i, weights in enumerate(path) if norm(*weights.values()) > bound)


def normalized():
    z1 = forward(WEIGHTS, TRAIN_X)[0]
    return np.array([(row - row.mean()) / math.sqrt(np.mean((row - row.mean()) ** 2) + 1e-5) for row in z1])


def batched_once():
    """z1 of the second mini-batch of two, after an update by the first."""
    weights = descent(x=TRAIN_X[:2], y=TRAIN_Y[:2])[0][-1]
    return {"z1": forward(weights, TRAIN_X[2:4])[0]}


def breaks_at():
    """Descent at rate 1e9 on squared errors of a linear unit, until a number is not finite."""
    w, b = np.zeros(2), 0.0
    with np.errstate(all="ignore"):
        for update in range(1, 61):
            error = TRAIN_X @ w + b - TRAIN_Y
            loss_, slope = np.mean(0.5 * error**2), TRAIN_X.T @ error / len(error)
            w, b = w - 1e9 * slope, b - 1e9 * error.mean()
            if not (np.isfinite(loss_) and np.isfinite(w).all() and np.isfinite(b)):
                return update
    return math.inf
