"""Some random specs, and some random exports, agree with PyTorch; `fuzz_specs.py` tries as many as one likes."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

import fuzz_specs  # noqa: E402
from comparison import compare, distance  # noqa: E402
from exports import compare_export  # noqa: E402
from random_specs import HIDDEN, PAIRS, random_spec  # noqa: E402
from witnesses import schedules  # noqa: E402

from engine import RunSpec, Trainer  # noqa: E402
from engine.optimizers import DIALECTS, OPTIMIZERS  # noqa: E402
from engine.rows.schedules import SCHEDULES  # noqa: E402


def agree(outcomes):
    told = []
    counts = fuzz_specs.tally(outcomes, told.append)
    assert counts["wrong"] == 0, "\n".join(told)
    assert counts["conditioned"] <= fuzz_specs.CONDITIONED_AT_MOST * counts.total() + 2, "\n".join(told)


def test_random_runs_are_torchs():
    agree(fuzz_specs.specs(1, range(5)))


def test_random_exports_go_on():
    agree(fuzz_specs.exports(2, range(3)))


@pytest.mark.slow(seconds=60)
@pytest.mark.parametrize("first", range(0, 800, 200))
def test_many_random_runs_are_torchs(first):
    agree(fuzz_specs.specs(3, range(first, first + 200)))


@pytest.mark.slow(seconds=60)
@pytest.mark.parametrize("first", range(0, 150, 50))
def test_many_random_exports_go_on(first):
    agree(fuzz_specs.exports(4, range(first, first + 50)))


def test_everything_is_drawn():
    drawn = [random_spec(5, number) for number in range(1500)]
    layers = [layer for spec in drawn for layer in spec["network"]["layers"]]
    assert {(spec["optimizer"]["name"], spec["optimizer"]["dialect"]) for spec in drawn} == {
        (name, dialect) for name in OPTIMIZERS for dialect in DIALECTS
    }
    assert {(spec["loss"], spec["network"]["output_activation"]) for spec in drawn} == set(PAIRS)
    assert {(layer["activation"], layer["norm"]) for layer in layers} == {
        (name, norm) for name in HIDDEN for norm in (None, "batch", "layer")
    }
    assert {spec["schedule"]["name"] for spec in drawn} == set(SCHEDULES)
    depths = {1 + len(spec["network"]["layers"]) for spec in drawn}
    assert min(depths) == 1 and max(depths) == 50 and any(layer["skip"] for layer in layers)


def test_a_wrong_number_is_told(monkeypatch):
    """The comparison sees a relative error of 1e-8 in the rate."""
    data = {"name": "inline", "task": "regression", "train_x": [[1.0], [2.0], [-1.0]], "train_y": [0.5, 1.0, 0.2]}
    network = {"layers": [{"units": 2}], "output_activation": "identity"}
    spec = {"data": data, "network": network, "loss": "mse", "optimizer": {"name": "sgd", "lr": 0.1}, "batch_size": "full"}
    assert compare(spec)[0] == "right"
    row = replace(schedules.WITNESSES["constant"], rate=lambda base, t, own: base * (1.0 + 1e-8))
    monkeypatch.setitem(schedules.WITNESSES, "constant", row)
    assert compare(spec)[0] == "wrong"
    assert distance([1.0, 2.0], [1.0, 2.0 + 2e-9]) == pytest.approx(1e-9, rel=1e-3)


def test_a_whole_step_of_a_gradient_too_small_for_doubles_is_no_disagreement():
    """σ′(−711) is 2e-309: 0 in a kernel and in the script, and to an exact run's Rprop a whole step. σ′(−600) is a number like
    any other; the script's next twenty updates go from there to an output that is sure."""
    kinds = []
    for margin in (600.0, 711.0):
        spec = {
            "data": {"name": "inline", "task": "regression", "train_x": [[1.0]], "train_y": [1.0]},
            "network": {"layers": [], "output_activation": "sigmoid"},
            "loss": "mse",
            "optimizer": {"name": "rprop", "lr": 0.01},
            "batch_size": "full",
        }
        weight = Trainer(RunSpec.model_validate(spec)).named_parameters["W1"].item()
        spec["data"]["train_x"] = [[-margin / weight]]
        kinds.append((compare(spec)[0], compare_export(spec, 0)[0]))
    assert kinds == [("right", "right"), ("conditioned", "right")]
