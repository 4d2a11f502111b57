"""Records PyTorch trajectories in float64, for the engine's `pytorch` dialect to be held against.

    python tests/golden/record.py        writes trajectories.json (what each case is) and trajectories.npz (its numbers)

Needs torch, and nothing of the engine. Three problems, batches in order with a smaller last one; every optimizer with torch's
own defaults and with other values, options, penalties and clipping besides. Then every optimizer on Rosenbrock's function, and
Muon's first update of single matrices (it works in bfloat16: later ones are no witness). Hyperparameters bear the engine's
names (RUNS.md); `OPTIMIZERS` says which of torch's they are.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
STEPS = 200
SNAPSHOTS = (1, 2, 10, 50, 200)

# The engine's name of the rule -> torch's class, {the engine's parameter: torch's}, what torch needs besides.
OPTIMIZERS = {
    "sgd": ("SGD", {"lr": "lr"}, {}),
    "momentum": ("SGD", {"lr": "lr", "beta": "momentum"}, {}),
    "nesterov": ("SGD", {"lr": "lr", "beta": "momentum"}, {"nesterov": True}),
    "adagrad": ("Adagrad", {"lr": "lr", "eps": "eps", "lr_decay": "lr_decay"}, {}),
    "rmsprop": (
        "RMSprop",
        {"lr": "lr", "gamma": "alpha", "eps": "eps", "centered": "centered", "momentum": "momentum"},
        {},
    ),
    "adam": ("Adam", {"lr": "lr", "beta1": "beta1", "beta2": "beta2", "eps": "eps"}, {}),
    "adadelta": ("Adadelta", {"lr": "lr", "rho": "rho", "eps": "eps"}, {}),
    "amsgrad": ("Adam", {"lr": "lr", "beta1": "beta1", "beta2": "beta2", "eps": "eps"}, {"amsgrad": True}),
    "adamw": (
        "AdamW",
        {"lr": "lr", "beta1": "beta1", "beta2": "beta2", "eps": "eps", "weight_decay": "weight_decay"},
        {},
    ),
    "nadam": ("NAdam", {"lr": "lr", "beta1": "beta1", "beta2": "beta2", "eps": "eps", "psi": "momentum_decay"}, {}),
    "radam": ("RAdam", {"lr": "lr", "beta1": "beta1", "beta2": "beta2", "eps": "eps"}, {}),
    "adamax": ("Adamax", {"lr": "lr", "beta1": "beta1", "beta2": "beta2", "eps": "eps"}, {}),
    "rprop": ("Rprop", {"lr": "lr", "etas": "etas", "step_sizes": "step_sizes"}, {}),
}

# torch's defaults, except where it has none: its SGD has momentum 0, so `beta` is named.
DEFAULTS = {rule: {} for rule in OPTIMIZERS} | {"momentum": {"beta": 0.9}, "nesterov": {"beta": 0.9}}
CHOSEN = {
    "sgd": {"lr": 0.2},
    "momentum": {"lr": 0.05, "beta": 0.8},
    "nesterov": {"lr": 0.04, "beta": 0.85},
    "adagrad": {"lr": 0.1, "eps": 1e-6},
    "rmsprop": {"lr": 0.005, "gamma": 0.9, "eps": 1e-6},
    "adam": {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6},
    "adadelta": {"lr": 0.7, "rho": 0.85, "eps": 1e-4},
    "amsgrad": {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6},
    "adamw": {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "weight_decay": 0.3},
    "nadam": {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "psi": 0.05},
    "radam": {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6},
    "adamax": {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-4},
    "rprop": {"lr": 0.005, "etas": [0.6, 1.1], "step_sizes": [1e-5, 0.02]},
}
# Besides: (rule, what the case is called, its values, penalties and clipping).
EXTRA = (
    ("momentum", "l2", {}, {"l2": 0.05}),
    ("adam", "l2", {}, {"l2": 0.02}),
    ("sgd", "clip", {}, {"clip": 0.25}),
    ("adam", "l1-clip", {}, {"l1": 0.01, "clip": 0.1}),
    ("sgd", "clip_value", {}, {"clip_value": 0.03}),
    ("momentum", "clip-clip_value", {}, {"clip": 0.25, "clip_value": 0.05}),
    ("adagrad", "lr_decay", {"lr_decay": 0.02}, {}),
    ("rmsprop", "centered", {"centered": True}, {}),
    ("rmsprop", "momentum", {"momentum": 0.7}, {}),
    ("rmsprop", "centered-momentum", {"centered": True, "momentum": 0.7}, {}),
)

ROSENBROCK_START = (-1.5, 2.0)
ROSENBROCK_CHOSEN = CHOSEN | {
    "sgd": {"lr": 1e-3},
    "momentum": {"lr": 5e-4, "beta": 0.8},
    "nesterov": {"lr": 5e-4, "beta": 0.85},
    "rmsprop": {"lr": 0.005, "gamma": 0.9, "eps": 1e-6, "centered": True, "momentum": 0.5},
    "adagrad": {"lr": 0.5, "eps": 1e-6, "lr_decay": 0.01},
    "nadam": {"lr": 0.01, "beta1": 0.8, "beta2": 0.999, "eps": 1e-6, "psi": 0.05},
    "radam": {"lr": 5e-4, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6},
}
ROSENBROCK_DEFAULTS = DEFAULTS | {"momentum": {"lr": 1e-4, "beta": 0.9}, "nesterov": {"lr": 1e-4, "beta": 0.9}}

MUON_SHAPES = {"square": (6, 6), "wide": (4, 9), "tall": (16, 5)}

PROBLEMS = {
    "regression": {
        "task": "regression",
        "sizes": [3, 5, 4, 2],
        "hidden": ["tanh", "tanh"],
        "output": "identity",
        "loss": "mse",
    },
    "classes": {
        "task": "classification",
        "sizes": [3, 6, 5, 3],
        "hidden": ["relu", "leaky_relu"],
        "output": "softmax",
        "loss": "cross_entropy",
    },
    "binary": {
        "task": "classification",
        "sizes": [3, 5, 4, 1],
        "hidden": ["sigmoid", "tanh"],
        "output": "sigmoid",
        "loss": "bce",
    },
}
SAMPLES, BATCH = 23, 5  # four batches of 5 and one of 3


def problem_arrays(name: str) -> dict[str, np.ndarray]:
    """Data and start values. Fixed once recorded: the tests read them from the file."""
    problem = PROBLEMS[name]
    random = np.random.default_rng([20, sorted(PROBLEMS).index(name)])
    x = random.normal(size=(SAMPLES, problem["sizes"][0]))
    mix = random.normal(size=(problem["sizes"][0], max(problem["sizes"][-1], 2)))
    score = np.sin(x @ mix) + 0.3 * random.normal(size=(SAMPLES, mix.shape[1]))
    y = score if problem["task"] == "regression" else score.argmax(axis=1).astype(float)
    arrays = {"x": x, "y": y}
    for layer, (inputs, outputs) in enumerate(zip(problem["sizes"], problem["sizes"][1:], strict=False), start=1):
        arrays[f"W{layer}"] = random.normal(scale=inputs**-0.5, size=(outputs, inputs))
        arrays[f"b{layer}"] = random.normal(scale=0.1, size=outputs)
    return arrays


def cases() -> list[dict]:
    """Every recorded run, as plain data."""
    found = []
    for problem in PROBLEMS:
        for rule in OPTIMIZERS:
            for kind, values in (("defaults", DEFAULTS[rule]), ("chosen", CHOSEN[rule])):
                found.append(
                    {
                        "name": f"{problem}-{rule}-{kind}",
                        "problem": problem,
                        "optimizer": rule,
                        "parameters": values,
                        "kind": kind,
                    }
                )
    for rule, label, values, options in EXTRA:
        case = {"name": f"classes-{rule}-{label}", "optimizer": rule, "parameters": CHOSEN[rule] | values}
        found.append(case | options | {"problem": "classes", "kind": "chosen"})
    return found


def rosenbrock_cases() -> list[dict]:
    return [
        {"name": f"rosenbrock-{rule}-{kind}", "optimizer": rule, "parameters": values[rule], "kind": kind}
        for rule in OPTIMIZERS
        for kind, values in (("defaults", ROSENBROCK_DEFAULTS), ("chosen", ROSENBROCK_CHOSEN))
    ]


def network(torch, problem: dict, arrays: dict[str, np.ndarray]):
    """The modules up to the logits (or the identity output), with the recorded start values."""
    makers = {
        "tanh": torch.nn.Tanh,
        "sigmoid": torch.nn.Sigmoid,
        "relu": torch.nn.ReLU,
        "leaky_relu": lambda: torch.nn.LeakyReLU(0.01),
    }
    modules = []
    for layer, (inputs, outputs) in enumerate(zip(problem["sizes"], problem["sizes"][1:], strict=False), start=1):
        linear = torch.nn.Linear(inputs, outputs, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(arrays[f"W{layer}"]))
            linear.bias.copy_(torch.from_numpy(arrays[f"b{layer}"]))
        modules.append(linear)
        if layer <= len(problem["hidden"]):
            modules.append(makers[problem["hidden"][layer - 1]]())
    return torch.nn.Sequential(*modules)


def loss_of(torch, problem: dict, output, target):
    """The data loss of a batch by torch's own functions; MSE as MATHS.md has it, ½ summed over outputs."""
    functional = torch.nn.functional
    if problem["loss"] == "mse":
        return 0.5 * functional.mse_loss(output, target, reduction="sum") / len(output)
    if problem["loss"] == "bce":
        return functional.binary_cross_entropy_with_logits(output[:, 0], target)
    return functional.cross_entropy(output, target.long())


def torch_options(case: dict) -> tuple[str, dict]:
    """The class of torch.optim, and what it is given."""
    kind, names, fixed = OPTIMIZERS[case["optimizer"]]
    options = {names[key]: value for key, value in case["parameters"].items()} | fixed
    if "beta1" in options:
        options["betas"] = (options.pop("beta1"), options.pop("beta2"))
    return kind, options


def run_rosenbrock(torch, case: dict) -> np.ndarray:
    """Every point of 200 updates on (1 − x)² + 100 (y − x²)², shape (steps, 2); torch's autograd gives the gradients."""
    theta = torch.tensor(ROSENBROCK_START, dtype=torch.float64, requires_grad=True)
    kind, options = torch_options(case)
    optimizer = getattr(torch.optim, kind)([theta], **options)
    points = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        x, y = theta
        ((1 - x) ** 2 + 100 * (y - x**2) ** 2).backward()
        optimizer.step()
        points.append(theta.detach().numpy().copy())
    return np.stack(points)


def muon_first(torch, name: str) -> dict[str, np.ndarray]:
    """A matrix, a gradient, and the matrix after torch's first update with its own defaults."""
    random = np.random.default_rng([21, sorted(MUON_SHAPES).index(name)])
    start, gradient = random.normal(size=MUON_SHAPES[name]), random.normal(size=MUON_SHAPES[name])
    theta = torch.tensor(start, requires_grad=True)
    theta.grad = torch.tensor(gradient)
    torch.optim.Muon([theta]).step()
    return {"start": start, "gradient": gradient, "after": theta.detach().numpy().copy()}


def run(torch, case: dict, arrays: dict[str, np.ndarray]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The 200 losses (of each batch, before its update) and every tensor at the snapshots."""
    problem = PROBLEMS[case["problem"]]
    model = network(torch, problem, arrays)
    kind, options = torch_options(case)
    weights = [p for name, p in model.named_parameters() if name.endswith("weight")]
    biases = [p for name, p in model.named_parameters() if name.endswith("bias")]
    # L2 as torch's coupled weight decay, on the weights' group alone. (It comes after clipping, so no case has both.)
    groups = [{"params": weights}, {"params": biases}]
    if "l2" in case:
        groups[0]["weight_decay"] = case["l2"]
    optimizer = getattr(torch.optim, kind)(groups, **options)
    x, y = torch.from_numpy(arrays["x"]), torch.from_numpy(arrays["y"])
    losses, snapshots, position = [], {}, 0
    for step in range(1, STEPS + 1):
        chosen = slice(position, position + BATCH)
        position = 0 if position + BATCH >= SAMPLES else position + BATCH
        optimizer.zero_grad()
        loss = loss_of(torch, problem, model(x[chosen]), y[chosen])
        losses.append(loss.item())
        penalty = case.get("l1", 0.0) * sum(w.abs().sum() for w in weights)
        (loss + penalty).backward()
        if "clip" in case:
            torch.nn.utils.clip_grad_norm_(model.parameters(), case["clip"])
        if "clip_value" in case:
            torch.nn.utils.clip_grad_value_(model.parameters(), case["clip_value"])
        optimizer.step()
        if step in SNAPSHOTS:
            for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True), start=1):
                snapshots.setdefault(f"W{layer}", []).append(weight.detach().numpy().copy())
                snapshots.setdefault(f"b{layer}", []).append(bias.detach().numpy().copy())
    return np.array(losses), {name: np.stack(values) for name, values in snapshots.items()}


def record(arrays_of=problem_arrays) -> tuple[dict, dict[str, np.ndarray]]:
    """The description, and the arrays by name: `problem.x`, `case.W1` (stacked over the snapshots), `case.losses`, …"""
    import torch

    torch.set_num_threads(1)
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # NAdam keeps the product of its momenta in the default type
    try:
        return _record(torch, arrays_of)
    finally:
        torch.set_default_dtype(usual)


def _record(torch, arrays_of) -> tuple[dict, dict[str, np.ndarray]]:
    described = {
        "torch": torch.__version__,
        "machine": platform.machine(),
        "steps": STEPS,
        "snapshots": SNAPSHOTS,
        "batch_size": BATCH,
        "problems": PROBLEMS,
        "cases": cases(),
        "rosenbrock": {"start": ROSENBROCK_START, "cases": rosenbrock_cases()},
        "muon": list(MUON_SHAPES),
    }
    arrays = {}
    for name in PROBLEMS:
        arrays.update({f"{name}.{key}": value for key, value in arrays_of(name).items()})
    for case in described["cases"]:
        start = {key.split(".")[1]: value for key, value in arrays.items() if key.split(".")[0] == case["problem"]}
        losses, snapshots = run(torch, case, start)
        arrays[f"{case['name']}.losses"] = losses
        arrays.update({f"{case['name']}.{key}": value for key, value in snapshots.items()})
    for case in described["rosenbrock"]["cases"]:
        arrays[f"{case['name']}.points"] = run_rosenbrock(torch, case)
    for name in MUON_SHAPES:
        arrays.update({f"muon-{name}.{key}": value for key, value in muon_first(torch, name).items()})
    return described, arrays


if __name__ == "__main__":
    description, numbers = record()
    (FOLDER / "trajectories.json").write_text(json.dumps(description, indent=1) + "\n")
    np.savez_compressed(FOLDER / "trajectories.npz", **numbers)
    print(f"torch {description['torch']}: {len(description['cases'])} cases recorded")
