"""Schedules against recorded PyTorch, and under edits. What each does is in test_schedule_rows."""

import json
import math

import numpy as np
import problems
import pytest

from engine import RunSpec, SpecError, catalog
from engine.rows.rates import preview
from engine.rows.schedules import SCHEDULES
from engine.spec import ScheduleSpec

RECORDED = json.loads((problems.GOLDEN / "schedules.json").read_text())


def label(case):
    return "-".join(str(value) for value in case["schedule"].values())


def spec_of(case):
    return ScheduleSpec.model_validate(case)


@pytest.mark.parametrize("case", [c for c in RECORDED["cases"] if not SCHEDULES[c["schedule"]["name"]].measured], ids=label)
def test_against_recorded_torch(case):
    found = preview(spec_of(case["schedule"]), case["base"], np.arange(len(case["rates"])))
    assert len(found) >= 400
    assert np.max(np.abs(found - case["rates"])) <= 1e-12 * case["base"] + 1e-15


def test_what_is_recorded_is_a_schedule():
    """New ones are held against PyTorch itself (test_schedule_rows), where it is installed."""
    assert {case["schedule"]["name"] for case in RECORDED["cases"]} <= set(SCHEDULES)


def test_a_plain_constant_schedule_is_the_rate_itself():
    made = problems.golden_problem("regression")
    spelled = made.trainer(optimizer={"name": "adam", "lr": 0.01}, schedule={"name": "step", "gamma": 1.0, "size": 3})
    plain = made.trainer(optimizer={"name": "adam", "lr": 0.01})
    for trainer in (spelled, plain):
        trainer.step(100)
    assert problems.bits(spelled) == problems.bits(plain)


def test_the_cosine_stays_or_rises():
    for rises, last in ((False, 0.001), (True, 0.1)):
        spec = spec_of({"name": "cosine", "length": 50, "eta_min": 0.001, "rises": rises})
        found = preview(spec, 0.1, np.array([0, 50, 100]))
        assert found == pytest.approx([0.1, 0.001, last], rel=1e-12)


def test_one_cycle_begins_peaks_and_ends_where_it_says():
    spec = spec_of({"name": "one_cycle", "length": 1000})
    found = preview(spec, 2.0, np.arange(2000))
    assert found[0] == pytest.approx(2.0 / 25, rel=1e-12)
    assert np.argmax(found) == 299 and found[299] == pytest.approx(2.0, rel=1e-12)
    assert found[999:] == pytest.approx(2.0 / 2.5e5, rel=1e-9)


def test_a_rate_edit_sets_the_base_and_a_schedule_edit_the_rule():
    made = problems.golden_problem("classes")
    trainer = made.trainer(optimizer={"name": "sgd", "lr": 0.1}, schedule={"name": "step", "gamma": 0.5, "size": 10})
    trainer.step(25)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.4})
    assert trainer.rate == pytest.approx(0.4 * 0.25, rel=1e-15)
    trainer.edit({"kind": "set", "path": "schedule.size", "value": 5})
    assert trainer.rate == pytest.approx(0.4 * 0.5**5, rel=1e-15)
    trainer.edit({"kind": "set", "path": "schedule.name", "value": "exponential"})
    assert trainer.effective_spec.schedule.parameters == {"decay": 1e-3}
    assert trainer.rate == pytest.approx(0.4 * math.exp(-0.025), rel=1e-15)
    trainer.edit({"kind": "set", "path": "schedule", "value": {"name": "constant", "warmup": 50}})
    assert trainer.rate == pytest.approx(0.4 * 26 / 50, rel=1e-15)
    trainer.step(30)
    bits = problems.bits(trainer)
    trainer.seek(3)
    trainer.seek(55)
    assert problems.bits(trainer) == bits
    for _ in range(4):
        trainer.undo()
    assert trainer.rate == pytest.approx(0.1 * 0.25, rel=1e-15)


def test_epochs_go_on_where_a_batch_size_edit_left_them():
    made = problems.golden_problem("classes")  # 23 samples
    trainer = made.trainer(
        optimizer={"name": "sgd", "lr": 1.0}, schedule={"name": "step", "gamma": 0.5, "size": 1, "unit": "epoch"}, batch_size=5
    )
    trainer.step(13)
    trainer.edit({"kind": "set", "path": "batch_size", "value": 12})
    assert trainer.epoch == 3 and trainer.rate == 0.125
    ahead = trainer.rates(np.arange(13, 19))
    assert ahead.tolist() == [0.125, 0.125, 0.0625, 0.0625, 0.03125, 0.03125]
    for rate in ahead:
        assert trainer.rate == rate
        trainer.step(1)


@pytest.mark.parametrize(
    ("schedule", "names"),
    [
        ({"name": "linear"}, ("linear", "one_cycle")),
        ({"name": "step", "size": 0}, ("size", "[1, 1e+09]")),
        ({"name": "step", "size": 2.5}, ("size", "whole")),
        ({"name": "step", "gamma": 0.0}, ("gamma", "(0, 1]")),
        ({"name": "step", "decay": 0.1}, ("decay", "gamma, size")),
        ({"name": "exponential", "decay": -1.0}, ("decay", "[0, 1000]")),
        ({"name": "cosine", "length": 0}, ("length", "[1, 1e+09]")),
        ({"name": "cosine", "rises": 1}, ("rises", "true, false")),
        ({"name": "warm_restarts", "factor": 0}, ("factor", "[1, 100]")),
        ({"name": "one_cycle", "length": 1}, ("length", "[2, 1e+09]")),
        ({"name": "one_cycle", "peak": 1.0}, ("peak", "(0, 1)")),
        ({"name": "plateau", "factor": 1.0}, ("factor", "(0, 1)")),
        ({"name": "plateau", "patience": -1}, ("patience", "[0, 1e+09]")),
        ({"name": "plateau", "threshold": float("nan")}, ("threshold", "[0, 1)")),
        ({"warmup": -1}, ("warmup", "[0, 1e+09]")),
        ({"unit": "sample"}, ("unit", "step, epoch")),
    ],
)
def test_refusals_name_the_field_and_what_is_allowed(schedule, names):
    with pytest.raises(SpecError) as caught:
        RunSpec.model_validate({"schedule": schedule})
    said = str(caught.value)
    assert "schedule" in said
    for name in names:
        assert name in said, said


def test_rows_say_what_they_do():
    for row in catalog()["schedules"]:
        assert row["formula"] and row["summary"] and row["symbols"] and row["difference"]
        assert spec_of({"name": row["name"]}).parameters == {p["name"]: p["default"] for p in row["parameters"]}
        assert all(p["summary"] for p in row["parameters"])
