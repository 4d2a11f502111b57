"""Where torch is installed: the recorded networks are what torch says today, and the reference agrees with autograd."""

import json

import numpy as np
import pytest
import record_networks
import reference_chance
import reference_network
from reference_network import ALL_TOGETHER, Layer, Network

torch = pytest.importorskip("torch")

CASES = record_networks.cases()


@pytest.fixture(scope="module")
def stored():
    with np.load(record_networks.FOLDER / "networks.npz") as numbers:
        return dict(numbers)


def data_of(stored, name):
    return {key: stored[f"{name}.{key}"] for key in ("x", "y")}


def start_of(stored, case):
    names = record_networks.start_arrays(case)
    return {name: stored[f"{case['name']}.{name}"][0] for name in names}


def network_of(case) -> Network:
    problem = record_networks.DATA[case["data"]]
    layers = tuple(Layer(**layer) for layer in case["layers"])
    return Network(record_networks.INPUTS, layers, problem["outputs"], problem["output"], problem["loss"])


@pytest.mark.slow(seconds=10)
def test_recording_is_reproduced(stored):
    described, numbers = record_networks.record_networks(
        lambda name: data_of(stored, name), lambda case: start_of(stored, case)
    )
    written = json.loads((record_networks.FOLDER / "networks.json").read_text())
    assert written["cases"] == described["cases"]
    assert numbers.keys() == stored.keys()
    for name, value in numbers.items():
        assert np.max(np.abs(value - stored[name]) / (1 + np.abs(value))) <= 1e-10, name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_parameters_are_the_references(case):
    shapes = {name: value.shape for name, value in record_networks.start_arrays(case).items()}
    assert shapes == network_of(case).shapes()


# What the output and the loss are is held by test_live.py: here they are the ones that torch takes from logits.
ENDS = [("regression", "identity", "mse", 2), ("classes", "softmax", "cross_entropy", 3), ("binary", "sigmoid", "bce", 1)]
ALONE = {
    "batch norm": (Layer(4, "tanh", norm="batch"), Layer(3, "sigmoid", norm="batch")),
    "layer norm": (Layer(4, "tanh", norm="layer"), Layer(3, "sigmoid", norm="layer")),
    "skips": (Layer(3, "tanh", skip=1), Layer(4, "tanh", skip=2), Layer(4, "tanh", skip=1), Layer(3, "tanh", skip=3)),
    "dropout": (Layer(6, "tanh", dropout=0.5), Layer(5, "tanh", dropout=0.3)),
    "together": ALL_TOGETHER.layers,
} | {name: (Layer(4, name), Layer(3, name)) for name in ("prelu", "elu", "gelu", "softplus", "silu", "relu", "leaky_relu")}


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end[0])
@pytest.mark.parametrize("kind", ALONE)
def test_reference_gradient_is_autograds(kind, end, training):
    data, output, loss, outputs = end
    network = Network(3, ALONE[kind], outputs, output, loss)
    random = np.random.default_rng([5, outputs])
    parameters = reference_network.random_parameters(network, random)
    x = random.normal(size=(7, 3))
    y = random.normal(size=(7, outputs)) if data == "regression" else np.arange(7.0) % max(outputs, 2)
    targets = np.eye(outputs)[y.astype(int)] if data == "classes" else y.reshape(7, -1)
    running = reference_network.running_start(network)
    for value in running.values():
        value += random.uniform(0.1, 0.5, size=value.shape)
    described = [vars(layer) for layer in network.layers]
    model = record_networks.Model(torch, described, parameters)
    for name, value in running.items():
        model.running[name].copy_(torch.from_numpy(value))
    options, masks = {"running": running}, None
    if training:
        masks = {
            number: reference_chance.dropout_mask(3, 8, number, layer.dropout, layer.units, 7)
            for number, layer in enumerate(network.layers, start=1)
            if layer.dropout
        }
        options = {"masks": masks}
    logits = model(torch.from_numpy(x), masks=masks, training=training)
    value = record_networks.record.loss_of(torch, record_networks.DATA[data], logits, torch.from_numpy(y))
    value = value + sum(0.03 * w.abs().sum() + 0.035 * (w**2).sum() for name, w in model.tensors.items() if name[0] in "WP")
    value.backward()
    expected = reference_network.objective(network, parameters, x, targets, 0.03, 0.07, **options)
    assert expected == pytest.approx(value.item(), rel=1e-12)
    found = reference_network.gradient(network, parameters, x, targets, 0.03, 0.07, **options)
    for name, tensor in model.tensors.items():
        assert np.linalg.norm(found[name] - tensor.grad.numpy()) <= 1e-12 * max(1.0, np.linalg.norm(found[name])), name
    if training:
        after = reference_network.running_after(
            network, running, reference_network.forward(network, parameters, x, masks=masks)
        )
        for name, statistic in after.items():
            assert statistic == pytest.approx(model.running[name].numpy(), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_reference_trajectory_is_torchs(stored, case):
    problem, data = record_networks.DATA[case["data"]], data_of(stored, case["data"])
    y = data["y"]
    if problem["task"] == "classification":
        y = y[:, None] if problem["outputs"] == 1 else np.eye(problem["outputs"])[y.astype(int)]
    network = network_of(case)
    run = reference_network.NetworkRun(
        network,
        start_of(stored, case),
        data["x"],
        y,
        case["optimizer"],
        case["parameters"],
        record_networks.BATCH,
        **{name: case[name] for name in ("l1", "l2", "jitter", "seed")},
    )
    losses = [run.step() for _ in range(record_networks.STEPS)]
    assert np.max(np.abs(losses - stored[f"{case['name']}.losses"])) <= 1e-10
    for name, value in (run.parameters | run.running).items():
        assert np.max(np.abs(value - stored[f"{case['name']}.{name}"][-1]) / (1 + np.abs(value))) <= 1e-10, name
    inference = reference_network.data_loss(network, run.parameters, run.x, run.y, running=run.running)
    assert inference == pytest.approx(stored[f"{case['name']}.inference"][-1], rel=1e-10)
