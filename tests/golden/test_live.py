"""Where torch is installed: the recording is what torch says today, and the reference agrees with autograd."""

import itertools
import json

import numpy as np
import pytest
import record
import reference

torch = pytest.importorskip("torch")

HIDDEN = ("identity", "sigmoid", "tanh", "relu", "leaky_relu")
PAIRS = [("mse", output) for output in (*HIDDEN, "softmax")]
PAIRS += [("bce", "sigmoid"), ("bce", "softmax"), ("cross_entropy", "softmax"), ("cross_entropy", "sigmoid")]


@pytest.fixture(scope="module")
def stored():
    with np.load(record.FOLDER / "trajectories.npz") as numbers:
        return dict(numbers)


@pytest.mark.slow(seconds=40)
def test_recording_is_reproduced(stored):
    def arrays_of(name):
        return {key.split(".")[1]: value for key, value in stored.items() if key.split(".")[0] == name}

    described, numbers = record.record(arrays_of)
    written = json.loads((record.FOLDER / "trajectories.json").read_text())
    assert [case["name"] for case in written["cases"]] == [case["name"] for case in described["cases"]]
    assert numbers.keys() == stored.keys()
    for name, value in numbers.items():
        assert np.max(np.abs(value - stored[name]) / (1 + np.abs(value))) <= 1e-10, name


def torch_activation(name, z):
    return {
        "identity": lambda: z,
        "sigmoid": lambda: torch.sigmoid(z),
        "tanh": lambda: torch.tanh(z),
        "relu": lambda: torch.relu(z),
        "leaky_relu": lambda: torch.nn.functional.leaky_relu(z, 0.01),
        "softmax": lambda: torch.softmax(z, dim=1),
    }[name]()


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_reference_gradient_is_autograds(hidden, loss, output):
    random = np.random.default_rng(3)
    sizes, activations = (3, 5, 4, 3), (hidden, hidden, output)
    parameters = [(random.normal(size=(m, n)), random.normal(size=m)) for n, m in itertools.pairwise(sizes)]
    x, y = random.normal(size=(9, 3)), np.eye(3)[random.integers(3, size=9)]
    tensors = [torch.tensor(p, requires_grad=True) for pair in parameters for p in pair]
    h, target = torch.tensor(x), torch.tensor(y)
    for layer, name in enumerate(activations):
        h = torch_activation(name, h @ tensors[2 * layer].T + tensors[2 * layer + 1])
    if loss == "mse":
        value = 0.5 * ((h - target) ** 2).sum() / len(x)
    elif loss == "bce":
        value = -(target * h.log() + (1 - target) * (1 - h).log()).sum() / len(x)
    else:
        value = -(target * h.log()).sum() / len(x)
    penalty = sum(0.03 * w.abs().sum() + 0.035 * (w**2).sum() for w in tensors[::2])
    (value + penalty).backward()
    assert reference.objective(parameters, activations, loss, x, y, 0.03, 0.07) == pytest.approx(
        (value + penalty).item(), rel=1e-12
    )
    found = [g for pair in reference.gradient(parameters, activations, loss, x, y, 0.03, 0.07) for g in pair]
    for mine, tensor in zip(found, tensors, strict=True):
        theirs = tensor.grad.numpy()
        assert np.linalg.norm(mine - theirs) <= 1e-12 * max(np.linalg.norm(mine) + np.linalg.norm(theirs), 1e-8)


# Where torch's rule and the textbook's are the same, or one is the other seen from elsewhere (ANCHORS.md).
SAME_RULE = ["regression-sgd-chosen", "classes-momentum-chosen", "binary-adam-chosen", "classes-adam-l2", "classes-momentum-l2"]


def reference_run(stored, case):
    problem = record.PROBLEMS[case["problem"]]
    layers = range(1, len(problem["sizes"]))
    start = [(stored[f"{case['problem']}.W{k}"], stored[f"{case['problem']}.b{k}"]) for k in layers]
    y = stored[f"{case['problem']}.y"]
    if problem["task"] == "classification":
        y = y[:, None] if problem["sizes"][-1] == 1 else np.eye(problem["sizes"][-1])[y.astype(int)]
    return reference.Run(
        start,
        (*problem["hidden"], problem["output"]),
        problem["loss"],
        stored[f"{case['problem']}.x"],
        y,
        case["optimizer"],
        case["parameters"],
        record.BATCH,
        l2=case.get("l2", 0.0),
    )


@pytest.mark.parametrize("name", SAME_RULE)
def test_reference_trajectory_is_torchs(stored, name):
    case = next(case for case in record.cases() if case["name"] == name)
    run = reference_run(stored, case)
    losses = [run.step() for _ in range(record.STEPS)]
    assert np.max(np.abs(losses - stored[f"{name}.losses"])) <= 1e-11
    for layer, (weights, bias) in enumerate(run.parameters, start=1):
        assert np.max(np.abs(weights - stored[f"{name}.W{layer}"][-1])) <= 1e-11
        assert np.max(np.abs(bias - stored[f"{name}.b{layer}"][-1])) <= 1e-11


def test_torchs_nesterov_is_the_textbooks_look_ahead(stored):
    name = "regression-nesterov-chosen"
    case = next(case for case in record.cases() if case["name"] == name)
    run = reference_run(stored, case)
    for _ in range(record.STEPS):
        run.step()
    lr, beta = case["parameters"]["lr"], case["parameters"]["beta"]
    ahead = reference.pairs([p - lr * beta * v for p, v in zip(run.theta, run.state["v"], strict=True)])
    for layer, (weights, bias) in enumerate(ahead, start=1):
        assert np.max(np.abs(weights - stored[f"{name}.W{layer}"][-1])) <= 1e-11
        assert np.max(np.abs(bias - stored[f"{name}.b{layer}"][-1])) <= 1e-11
    assert np.max(np.abs(run.parameters[0][0] - stored[f"{name}.W1"][-1])) > 1e-4  # and not its θ
