"""The pytorch dialect against 200 updates of recorded PyTorch, the textbook dialect against 60 of the NumPy reference."""

import numpy as np
import problems
import pytest
from optimizer_settings import in_torch

from engine.optimizers import OPTIMIZERS

DESCRIBED, NUMBERS = problems.golden()
STEPS = DESCRIBED["steps"]
BATCH = DESCRIBED["batch_size"]
FOLLOWED = 60
"""Updates beside the reference, which takes one sample at a time."""


@pytest.mark.parametrize("case", DESCRIBED["cases"], ids=lambda case: case["name"])
def test_pytorch_dialect_against_recorded_torch(case):
    trainer = problems.golden_problem(case["problem"]).trainer(
        optimizer={"name": case["optimizer"], "dialect": "pytorch"} | case["parameters"],
        regularization={"l1": case.get("l1", 0.0), "l2": case.get("l2", 0.0)},
        clip={"norm": case.get("clip"), "value": case.get("clip_value")},
        batch_size=BATCH,
    )
    losses = []
    for step in range(1, STEPS + 1):
        losses.append(trainer.step(1))
        if step in DESCRIBED["snapshots"]:
            expected = problems.snapshots(case, step, DESCRIBED, NUMBERS)
            assert problems.trajectory_distance(trainer.parameters, expected) <= 1e-9, f"after update {step}"
    recorded = NUMBERS[f"{case['name']}.losses"]
    assert np.max(np.abs(losses - recorded) / (1 + recorded)) <= 1e-9


def test_every_rule_is_recorded_for_regression_and_classification():
    seen = {(case["optimizer"], DESCRIBED["problems"][case["problem"]]["task"], case["kind"]) for case in DESCRIBED["cases"]}
    assert {
        (rule, task, kind)
        for rule in filter(in_torch, OPTIMIZERS)
        for task in ("regression", "classification")
        for kind in ("defaults", "chosen")
    } <= seen


def follow(made, rule, hyper, batch_size, *, steps=FOLLOWED, bound=1e-12, l1=0.0, l2=0.0, clip=None):
    """The engine's textbook dialect and the reference, side by side."""
    trainer = made.trainer(
        optimizer={"name": rule, "dialect": "textbook"} | hyper,
        regularization={"l1": l1, "l2": l2},
        clip={"norm": clip},
        batch_size=batch_size,
    )
    run = made.reference_run(rule, hyper, batch_size, l1=l1, l2=l2, clip=clip)
    for step in range(1, steps + 1):
        assert trainer.step(1) == pytest.approx(run.step(), rel=1e-9, abs=1e-12), f"loss of update {step}"
    assert trainer.steps_done == steps
    assert problems.trajectory_distance(trainer.parameters, run.parameters) <= bound
    moved = problems.trajectory_distance(run.parameters, made.parameters)
    assert moved > 1e-3, "the run went nowhere"


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
@pytest.mark.parametrize("name", ["regression", "classes"])
def test_textbook_dialect_against_the_reference(name, rule):
    follow(problems.golden_problem(name), rule, problems.TEXTBOOK[rule], BATCH)


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_textbook_dialect_with_penalties_and_clipping(rule):
    follow(problems.golden_problem("classes"), rule, problems.TEXTBOOK[rule], BATCH, l1=0.01, l2=0.05, clip=0.3)


@pytest.mark.parametrize("batch_size", [1, 23, 100])
def test_single_sample_and_full_batch(batch_size):
    """A batch larger than the set is the set."""
    follow(problems.golden_problem("regression"), "momentum", {"lr": 0.02, "beta": 0.8}, batch_size)


def test_full_batch_by_name():
    made = problems.golden_problem("binary")
    named, counted = (made.trainer(batch_size=size, optimizer={"name": "adam", "lr": 0.02}) for size in ("full", len(made.x)))
    named.step(50)
    counted.step(50)
    assert problems.bits(named) == problems.bits(counted)


def test_a_layer_large_enough_for_blas():
    made = problems.problem((30, 64, 48, 5), "relu", "cross_entropy", "softmax", samples=50, seed=21)
    follow(made, "adam", problems.TEXTBOOK["adam"] | {"lr": 0.002}, 32, steps=12, bound=1e-11)


@pytest.mark.parametrize("name", ["regression", "classes"])
def test_torchs_nesterov_is_the_textbooks_look_ahead(name):
    """With a constant rate torch's θ is the textbook's θ − ηβv; and −ηv is the last update made."""
    made, hyper = problems.golden_problem(name), {"lr": 0.03, "beta": 0.9}
    textbook, torch_like = (
        made.trainer(optimizer={"name": "nesterov", "dialect": dialect} | hyper, batch_size=BATCH)
        for dialect in ("textbook", "pytorch")
    )
    textbook.step(99)
    before = [(w.copy(), b.copy()) for w, b in textbook.parameters]
    textbook.step(1)
    torch_like.step(100)
    ahead = [
        tuple(new + hyper["beta"] * (new - old) for new, old in zip(pair, earlier, strict=True))
        for pair, earlier in zip(textbook.parameters, before, strict=True)
    ]
    assert problems.trajectory_distance(torch_like.parameters, ahead) <= 1e-12
    assert problems.trajectory_distance(torch_like.parameters, textbook.parameters) > 1e-4


def test_both_points_of_nesterov_are_there_in_both_dialects():
    made, hyper = problems.golden_problem("classes"), {"lr": 0.03, "beta": 0.9}
    textbook, torch_like = (
        made.trainer(optimizer={"name": "nesterov", "dialect": dialect} | hyper, batch_size=BATCH)
        for dialect in ("textbook", "pytorch")
    )
    for steps in (0, 1, 7, 60):
        for trainer in (textbook, torch_like):
            trainer.step(steps)
        for dialect, spoken in (("textbook", textbook), ("pytorch", torch_like)):
            assert spoken.nesterov_points is not None
            for name, own in spoken.named_parameters.items():
                assert np.array_equal(spoken.nesterov_points[dialect][name], own)
        for dialect in ("textbook", "pytorch"):
            for name, point in textbook.nesterov_points[dialect].items():
                assert point == pytest.approx(torch_like.nesterov_points[dialect][name], rel=1e-12, abs=1e-13)
    assert made.trainer(optimizer={"name": "momentum", "lr": 0.1}).nesterov_points is None


@pytest.mark.parametrize("schedule", [{"name": "constant"}, {"name": "exponential", "decay": 0.3}])
def test_the_look_ahead_is_where_the_gradient_is_taken(schedule):
    """Between the ops of an update the parameters are the look-ahead point, and both points stay what they were."""
    problem = problems.golden_problem("classes")
    trainer = problem.trainer(optimizer={"name": "nesterov", "lr": 0.05}, batch_size=BATCH, schedule=schedule)
    trainer.step(9)
    points = trainer.nesterov_points
    while trainer.advance_op() != "look ahead":
        pass
    now = trainer.nesterov_points
    for name, own in trainer.named_parameters.items():
        assert own == pytest.approx(points["pytorch"][name], rel=1e-14)
        assert np.array_equal(now["textbook"][name], points["textbook"][name])
        assert np.array_equal(now["pytorch"][name], own)
