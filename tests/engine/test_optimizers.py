"""Update rules outside a network, against recorded PyTorch and NumPy; what their state is, and what options do to it."""

import platform
import re

import numba
import numpy as np
import problems
import pytest
from optimizer_settings import in_torch
from witnesses.optimizers_signs import muon

from engine import EditError, catalog
from engine.kernels.optimizers import adam as rules_adam
from engine.kernels.optimizers import plain as rules_plain
from engine.kernels.optimizers import scaled as rules_scaled
from engine.optimizers import OPTIMIZERS
from engine.optimizers.standalone import StandaloneOptimizer
from engine.spec import OptimizerSpec

DESCRIBED, NUMBERS = problems.golden()
ROSENBROCK = DESCRIBED["rosenbrock"]
RULES = [(row["name"], dialect) for row in catalog()["optimizers"] for dialect in row["dialects"]]


def slope_of_rosenbrock(theta):
    """∇ of (1 − x)² + 100 (y − x²)²."""
    x, y = theta
    return np.array([-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)])


def standalone(start, **optimizer):
    return StandaloneOptimizer(OptimizerSpec.model_validate(optimizer), start)


@pytest.mark.parametrize("case", ROSENBROCK["cases"], ids=lambda case: case["name"])
def test_rosenbrock_against_recorded_torch(case):
    lane = standalone(ROSENBROCK["start"], name=case["optimizer"], dialect="pytorch", **case["parameters"])
    recorded = NUMBERS[f"{case['name']}.points"]
    for t, expected in enumerate(recorded, start=1):
        assert lane.step(slope_of_rosenbrock(lane.ahead()))
        assert np.max(np.abs(lane.point - expected) / (1.0 + np.abs(expected))) <= 1e-9, f"after update {t}"
    assert lane.updates == DESCRIBED["steps"]
    assert np.max(np.abs(recorded[-1] - ROSENBROCK["start"])) > 1e-2, "the run went nowhere"


def test_every_rule_of_torch_is_on_rosenbrock():
    assert {case["optimizer"] for case in ROSENBROCK["cases"]} == set(filter(in_torch, OPTIMIZERS))


@pytest.mark.parametrize("name", DESCRIBED["muon"])
def test_muons_first_update_is_torchs_to_bfloat16(name):
    start, gradient, after = (NUMBERS[f"muon-{name}.{key}"] for key in ("start", "gradient", "after"))
    lane = standalone(start, name="muon", dialect="pytorch")
    lane.step(gradient)
    kept = (1.0 - 1e-3 * 0.1) * start
    assert np.linalg.norm(lane.point - after) <= 2e-2 * np.linalg.norm(after - kept)
    assert np.linalg.norm(after - kept) > 1e-3


@pytest.mark.parametrize("shape", [(6, 6), (4, 9), (16, 5), (1, 7), (7, 1), (40, 70), (70, 40)])
def test_muon_on_matrices_against_numpy(shape):
    """200 updates on ½‖A(W − T)‖², small matrices by loops and larger ones by BLAS."""
    random = np.random.default_rng(list(shape))
    goal, start, by = random.normal(size=shape), random.normal(size=shape), random.normal(size=(shape[0], shape[0])) / 3
    hyper = {"lr": 0.01, "beta": 0.95, "weight_decay": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    lane, theta, state = standalone(start, name="muon", **hyper), [start], {}
    for _ in range(200):
        theta = muon(theta, state, lambda at: [by.T @ by @ (at[0] - goal)], **hyper)
        lane.step(by.T @ by @ (lane.ahead() - goal))
    assert np.max(np.abs(lane.point - theta[0]) / (1.0 + np.abs(theta[0]))) <= 1e-9
    assert np.linalg.norm(lane.point - start) > 0.1


@pytest.mark.parametrize(("name", "dialect"), RULES)
def test_a_descent_makes_the_updates_of_a_trainer(name, dialect):
    """Least squares without hidden layers: the same kernels on the same gradients, bit for bit."""
    made = problems.problem((4, 3), (), "mse", "identity", task="regression", seed=81)
    options = {"name": name, "dialect": dialect}
    trainer = made.trainer(optimizer=options, parameters=[(made.parameters[0][0], np.zeros(3))])
    weights, bias = standalone(made.parameters[0][0], **options), standalone(np.zeros(3), **options)
    for _ in range(30):
        trainer.step(1)
        for lane, gradient in ((weights, trainer.last_gradient["W1"]), (bias, trainer.last_gradient["b1"])):
            lane.ahead()
            lane.step(gradient)
    assert np.array_equal(weights.point, trainer.parameters[0][0])
    assert np.array_equal(bias.point, trainer.parameters[0][1])
    for tensor, by_name in trainer.optimizer_state.items():
        assert np.array_equal(weights.tensors[tensor], by_name["W1"])


def test_what_a_descent_refuses():
    for start in ([], [np.nan], 3.0, np.zeros((2, 2, 2))):
        with pytest.raises(ValueError, match="start"):
            standalone(start, name="sgd")
    with pytest.raises(ValueError, match="gradient"):
        standalone([0.0, 1.0], name="sgd").step([1.0])
    assert not standalone([0.0], name="sgd", lr=1.0).step([np.inf])


@pytest.mark.parametrize(("name", "dialect"), RULES)
def test_state_is_shown_by_name_and_defined_at_the_start(name, dialect):
    row = OPTIMIZERS[name]
    trainer = problems.golden_problem("binary").trainer(optimizer={"name": name, "dialect": dialect}, batch_size=5)
    start = {tensor: {key: value.copy() for key, value in each.items()} for tensor, each in trainer.optimizer_state.items()}
    assert tuple(start) == row.form(dialect).state
    for tensor, by_name in start.items():
        assert set(by_name) == set(trainer.named_parameters)
        expected = trainer.spec.optimizer.model_dump()[row.starts[tensor]] if tensor in row.starts else 0.0
        assert all(np.all(value == expected) for value in by_name.values())
    trainer.step(20)
    for tensor, by_name in trainer.optimizer_state.items():
        assert any(np.any(value != start[tensor][key]) for key, value in by_name.items())


def test_rprops_first_step_follows_the_rate_until_it_is_made():
    trainer = problems.golden_problem("binary").trainer(optimizer={"name": "rprop", "lr": 0.01}, batch_size="full")
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.003})
    assert np.all(trainer.optimizer_state["Δ"]["W1"] == 0.003)
    trainer.step(1)
    assert np.all(np.isin(np.abs(trainer.last_update["W1"]).round(12), [0.003, 0.0]))
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 5.0})
    trainer.step(1)
    assert np.max(np.abs(trainer.last_update["W1"])) < 0.004


def test_an_option_keeps_the_state_that_both_forms_have():
    """RMSProp goes on with its mean of squares when it is centred or gets momentum; what is new begins at 0."""
    trainer = problems.golden_problem("binary").trainer(optimizer={"name": "rmsprop", "lr": 0.01}, batch_size=5)
    trainer.step(30)
    kept = trainer.optimizer_state["s"]["W1"].copy()
    trainer.edit({"kind": "set", "path": "optimizer.momentum", "value": 0.5})
    assert list(trainer.optimizer_state) == ["s", "ḡ", "v"]
    assert np.array_equal(trainer.optimizer_state["s"]["W1"], kept)
    assert np.all(trainer.optimizer_state["v"]["W1"] == 0.0)
    trainer.step(10)
    after = problems.bits(trainer)
    trainer.seek(3)
    trainer.seek(40)
    assert problems.bits(trainer) == after
    assert trainer.machine.clock[0] == 40


def test_a_change_of_dialect_keeps_what_both_have():
    trainer = problems.golden_problem("binary").trainer(
        optimizer={"name": "nadam", "lr": 0.02, "dialect": "pytorch", "psi": 0.1}, batch_size=5
    )
    trainer.step(3)
    trainer.edit({"kind": "set", "path": "optimizer.dialect", "value": "textbook"})
    assert "psi" not in trainer.effective_spec.optimizer.parameters
    assert trainer.effective_spec.optimizer.lr == 0.02
    trainer.step(3)
    trainer.edit({"kind": "set", "path": "optimizer.dialect", "value": "pytorch"})
    assert trainer.effective_spec.optimizer.parameters["psi"] == 0.004
    with pytest.raises(EditError, match="dialect"):
        trainer.edit({"kind": "set", "path": "optimizer.dialect", "value": "latin"})


def test_muon_treats_matrices_and_the_rest_in_ops_of_their_own():
    trainer = problems.golden_problem("binary").trainer(optimizer={"name": "muon"})
    names = [op.name for op in trainer.tape.words if op.phase == "update"]
    assert names == ["check", "update W1", "update b1", "update W2", "update b2", "update W3", "update b3"]
    trainer.step(5)
    state = trainer.optimizer_state["v"]
    assert all(np.all(value == 0.0) == name.startswith("W") for name, value in state.items())


VECTORIZED = {
    "scaled_inside": (rules_scaled, 3, 4),
    "scaled_outside": (rules_scaled, 3, 4),
    "rmsprop_wide": (rules_scaled, 5, 6),
    "adadelta": (rules_scaled, 4, 3),
    "adam": (rules_adam, 4, 6),
    "adamw": (rules_adam, 4, 7),
    "amsgrad": (rules_adam, 5, 6),
    "nadam": (rules_adam, 4, 6),
    "radam": (rules_adam, 4, 5),
    "adamax": (rules_adam, 4, 4),
    "momentum": (rules_plain, 3, 2),
    "nesterov_torch": (rules_plain, 3, 2),
    "nesterov_look_ahead": (rules_plain, 4, 2),
    "rprop": (rules_plain, 4, 6),
    "lion": (rules_plain, 3, 4),
}


@pytest.mark.sampled(3, seconds=2)
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads x86 assembly")
@pytest.mark.parametrize("name", VECTORIZED)
def test_the_hot_loops_are_vectorized(name):
    """The arithmetic that decides is there in packed form: roots and divisions where the rule has them, else products."""
    module, arrays, numbers = VECTORIZED[name]
    compiled = numba.njit(error_model="numpy", boundscheck=False, _nrt=False)(getattr(module, name).py_func)
    compiled.compile((numba.float64[::1],) * arrays + (numba.float64,) * numbers)
    (code,) = compiled.inspect_asm().values()
    if module is not rules_plain:
        assert re.search(r"\bv?divpd\b", code)
        assert name == "adamax" or re.search(r"\bv?sqrtpd\b", code)
    assert re.search(r"\bv?(mulpd|fmadd\d+pd)\b", code)
