"""200 updates with norms, skips, dropout, learned slopes and jitter: against recorded PyTorch, and against the reference."""

from dataclasses import replace

import numpy as np
import problems
import pytest
import reference_network
from network_problems import golden_network, golden_networks, network_problem
from reference_network import ALL_TOGETHER, Layer, Network

DESCRIBED, NUMBERS = golden_networks()
STEPS = DESCRIBED["steps"]
BATCH = DESCRIBED["batch_size"]
TOGETHER_REGRESSION = Network(3, ALL_TOGETHER.layers, 2, "identity", "mse")
LAYERS = tuple(replace(layer, norm="layer" if layer.norm == "batch" else layer.norm) for layer in ALL_TOGETHER.layers)
WITHOUT_BATCH_NORM = Network(3, LAYERS, 2, "identity", "mse")
PROPORTIONAL = ("sgd", "momentum", "nesterov")


def names_distance(found, expected) -> float:
    """max |Δ| / (1 + |·|) over all arrays by name."""
    assert found.keys() == expected.keys()
    assert all(found[name].shape == value.shape for name, value in expected.items())
    return max(float(np.max(np.abs(found[name] - value) / (1.0 + np.abs(value)))) for name, value in expected.items())


@pytest.mark.parametrize("case", DESCRIBED["cases"], ids=lambda case: case["name"])
def test_against_recorded_torch(case):
    """Parameters, running statistics, the losses of the batches in training mode and of the split in inference mode."""
    made = golden_network(case, DESCRIBED, NUMBERS)
    trainer = made.trainer(
        optimizer={"name": case["optimizer"], "dialect": "pytorch"} | case["parameters"],
        regularization={"l1": case["l1"], "l2": case["l2"], "jitter": case["jitter"]},
        batch_size=BATCH,
        seed=case["seed"],
    )
    running = reference_network.running_start(made.network)
    losses = []
    for row, step in enumerate(DESCRIBED["snapshots"]):
        losses += [trainer.step(1) for _ in range(step - trainer.steps_done)]
        recorded = {name: NUMBERS[f"{case['name']}.{name}"][row] for name in (*made.network.shapes(), *running)}
        found = {name: np.array(value) for name, value in trainer.named_parameters.items()}
        found |= {name: np.ravel(value) for name, value in trainer.running_statistics.items()}
        assert names_distance(found, recorded) <= 1e-9, f"after update {step}"
        assert trainer.loss("train") == pytest.approx(NUMBERS[f"{case['name']}.inference"][row], rel=1e-9)
    recorded = NUMBERS[f"{case['name']}.losses"]
    assert len(losses) == STEPS
    assert np.max(np.abs(losses - recorded) / (1 + recorded)) <= 1e-9


def test_what_is_recorded_is_all_there_is():
    rows = [row for case in DESCRIBED["cases"] for row in case["layers"]]
    assert {row["norm"] for row in rows} == {None, "batch", "layer"}
    assert {"prelu", "elu", "gelu", "softplus", "silu"} <= {row["activation"] for row in rows}
    assert any(row["dropout"] for row in rows) and any(case["jitter"] for case in DESCRIBED["cases"])
    moved = {
        case["name"]: np.abs(NUMBERS[f"{case['name']}.W1"][-1] - NUMBERS[f"{case['name']}.W1"][0]).max()
        for case in DESCRIBED["cases"]
    }
    assert min(moved.values()) > 0.01, "a run that went nowhere shows nothing"


def follow(made, rule, hyper, batch_size, *, steps=60, bound=1e-11, seed=0, clip=None, **penalties):
    """The engine's textbook dialect and the reference, side by side; both at the end."""
    trainer = made.trainer(
        optimizer={"name": rule, "dialect": "textbook"} | hyper,
        regularization={"l1": 0.0, "l2": 0.0, "jitter": 0.0} | penalties,
        clip={"norm": clip},
        batch_size=batch_size,
        seed=seed,
    )
    run = made.reference_run(rule, hyper, batch_size, seed=seed, clip=clip, **penalties)
    for step in range(1, steps + 1):
        assert trainer.step(1) == pytest.approx(run.step(), rel=1e-9, abs=1e-12), f"loss of update {step}"
    assert names_distance(dict(trainer.named_parameters), run.parameters) <= bound
    found = {name: np.ravel(value) for name, value in trainer.running_statistics.items()}
    if run.running:
        assert names_distance(found, run.running) <= bound
    else:
        assert not found
    return trainer, run


@pytest.mark.sampled(2, seconds=2)
@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_every_rule_with_everything(rule):
    """Nesterov's look-ahead too: its gradient, and the running statistics, are taken ahead. Under batch norm a bias has no
    gradient but rounding noise, which rules that divide by its size or take its sign make large: they go without."""
    network = TOGETHER_REGRESSION if rule in PROPORTIONAL else WITHOUT_BATCH_NORM
    made = network_problem(network, task="regression", samples=14, seed=30)
    follow(made, rule, problems.TEXTBOOK[rule], 5, seed=2**53 - 1, l1=0.003, l2=0.02, jitter=0.05, clip=0.6)


@pytest.mark.parametrize("kind", ["batch", "layer", None])
def test_inference_after_training(kind):
    """Running statistics, no dropout, no jitter; each prediction by itself, whatever stands beside it."""
    layers = (Layer(6, "relu", norm=kind, dropout=0.4), Layer(5, "gelu", norm=kind, skip=1))
    made = network_problem(Network(3, layers, 3, "softmax", "cross_entropy"), samples=22, seed=31)
    trainer, run = follow(made, "momentum", problems.TEXTBOOK["momentum"], 6, jitter=0.3, seed=5)
    expected = reference_network.predict(made.network, run.parameters, made.x, running=run.running)
    assert trainer.predict(made.x) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert np.vstack([trainer.predict(made.x[row : row + 1]) for row in range(22)]) == pytest.approx(
        trainer.predict(made.x), rel=1e-12, abs=1e-14
    )
    loss = reference_network.data_loss(made.network, run.parameters, made.x, made.targets, running=run.running)
    assert trainer.loss("train") == pytest.approx(loss, rel=1e-9)
    assert trainer.accuracy("train") == np.mean(expected.argmax(axis=1) == made.y)
    assert trainer.evaluate("train").loss == trainer.loss("train")
    trainer.step(-trainer.steps_done % trainer.steps_per_epoch)  # to the end of an epoch, where a point is recorded
    assert trainer.series.columns()["train_loss"][-1] == pytest.approx(trainer.loss("train"), rel=1e-12)
    if kind == "batch":
        assert trainer.objective("train") != pytest.approx(trainer.loss("train"), rel=1e-4)
    else:
        assert trainer.objective("train") == trainer.loss("train")


def test_a_layer_large_enough_for_blas():
    layers = (Layer(64, "gelu", norm="batch", dropout=0.2), Layer(48, "elu", norm="layer", skip=1), Layer(48, "silu", skip=1))
    made = network_problem(Network(30, layers, 5, "softmax", "cross_entropy"), samples=40, seed=33)
    follow_values(made, 32)


def follow_values(made, batch_size, steps=6):
    """For layers too large to carry Jacobians forwards through: each update's values against the reference's forward pass, and
    the gradient against central differences along random directions."""
    trainer = made.trainer(batch_size=batch_size, optimizer={"name": "adam", "lr": 0.002})
    random = np.random.default_rng(9)
    for _ in range(steps):
        parameters = {name: value.copy() for name, value in trainer.named_parameters.items()}
        told = {}
        for step in trainer.trace():
            told |= step.results
        first = trainer.steps_done % -(-len(made.x) // batch_size) * batch_size
        x, y = made.x[first : first + batch_size], made.targets[first : first + batch_size]
        masks = {layer: told[f"mask{layer}"] for layer, row in enumerate(made.network.layers, start=1) if row.dropout}
        loss = trainer.step(1)
        assert loss == pytest.approx(reference_network.data_loss(made.network, parameters, x, y, masks=masks), rel=1e-12)
        for name, value in parameters.items():
            way = random.normal(size=value.shape)
            ends = [
                reference_network.data_loss(made.network, parameters | {name: value + sign * 1e-5 * way}, x, y, masks=masks)
                for sign in (1, -1)
            ]
            slope = float(np.sum(way * trainer.last_gradient[name]))
            assert slope == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-9), name
