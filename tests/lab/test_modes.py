"""Forward and reverse mode fill the same Jacobian, one pass at a time."""

from __future__ import annotations

import numpy as np
import pytest

from engine import RunSpec
from engine.dataset import prepare
from engine.lab import EXPERIMENTS, ChoiceError, Subject, carried_out
from engine.lab.experiment import begun
from engine.lab.modes.experiment import first_done
from engine.lab.modes.jacobian import Jacobian
from engine.machine.machine import Machine

MODES = EXPERIMENTS["modes"]


def subject_of(layers, data="spiral", updates=30):
    spec = RunSpec.model_validate({"data": {"name": data}, "network": {"layers": layers}})
    machine = Machine(spec, prepare(spec))
    machine.updates(updates)
    return machine, Subject.of(machine)


def test_who_is_done_first():
    assert [first_done(*shape) for shape in ((2, 7), (7, 2), (3, 3))] == ["forward", "reverse", "both"]
    assert (
        "forward mode is done after 2 passes, when reverse mode has 2 of its 7 rows"
        in carried_out(MODES, inputs=2, outputs=7).said
    )
    assert (
        "reverse mode is done after 1 pass, when forward mode has 1 of its 6 columns"
        in carried_out(MODES, inputs=6, outputs=1).said
    )
    assert "both modes are done after 3 passes" in carried_out(MODES, inputs=3, outputs=3).said


def test_it_is_filled_a_pass_at_a_time():
    seen = [progress.so_far for progress in begun(MODES, None, {"inputs": 4, "outputs": 2})]
    assert len(seen) == 5  # nothing yet, and four ticks
    for tick, result in enumerate(seen):
        forward, reverse = (figure.values for figure in result.figures)
        assert np.isfinite(forward).all(axis=0).tolist() == [j < tick for j in range(4)]
        assert np.isfinite(reverse).all(axis=1).tolist() == [i < tick for i in range(2)]
        assert result.values["done"] == {"forward": min(tick, 4), "reverse": min(tick, 2)}


def test_a_pass_of_either_mode_multiplies_as_often():
    (_, _, n, forward, *_), (_, _, m, reverse, *_) = carried_out(MODES, inputs=8, outputs=3, hidden=6).table.rows
    assert forward == reverse == 8 * 6 + 6 * 6 + 6 * 3 and (n, m) == (8, 3)


RICH = [
    {"units": 4, "norm": "batch", "activation": "gelu"},
    {"units": 4, "norm": "layer", "skip": 1, "dropout": 0.3},
    {"units": 5, "skip": 3, "activation": "prelu"},
]


@pytest.mark.parametrize(("layers", "data"), [([{"units": 8}], "digits"), (RICH, "spiral"), ([], "moons")])
def test_the_present_network_is_held_against_differences(layers, data):
    machine, subject = subject_of(layers, data)
    found = carried_out(MODES, subject, network="present run")
    J = found.figures[0].values
    assert found.values["off"] <= 1e-12
    runner_of = Jacobian(machine)._runner
    last, h0 = machine.tape.sizes, runner_of.values("h0")
    start = h0.copy()

    def z(x):
        h0[...] = x
        runner_of(machine.tape.activation_ops[1:])
        return runner_of.values(f"z{len(last) - 1}")[:, 0].copy()

    for j in range(last[0]):
        step = np.zeros_like(start)
        step[j] = 1e-5
        np.testing.assert_allclose(J[:, j], (z(start + step) - z(start - step)) / 2e-5, rtol=1e-6, atol=1e-8)
    assert machine.step == 30


def test_what_cannot_be_chosen_is_refused():
    with pytest.raises(ChoiceError) as refused:
        carried_out(MODES, network="present run")
    assert (refused.value.field, refused.value.allowed) == ("network", "drawn")
    wide = {"name": "inline", "task": "regression", "train_x": np.ones((4, 65)), "train_y": np.ones(4)}
    spec = RunSpec.model_validate({"data": wide})
    with pytest.raises(ChoiceError, match="65 inputs"):
        carried_out(MODES, Subject.of(Machine(spec, prepare(spec))), network="present run")
    with pytest.raises(ChoiceError, match="inputs"):
        carried_out(MODES, inputs=65)


def test_a_run_that_is_not_finite_says_so():
    machine, _ = subject_of([{"units": 3}], updates=0)
    machine.theta[...] = np.nan
    found = carried_out(MODES, Subject.of(machine), network="present run")
    assert "not finite" in found.said and found.values["off"] is None
