"""Rules that act on the recorded series: when they fire, where the run stands then, and that no seek or branch changes it."""

import json

import numpy as np
import problems
import pytest
from reference_schedules import stated_plateau

from engine import EditError, RunSpec, SpecError, Trainer
from engine.kernels import codes
from engine.recording import rules

RECORDED = json.loads((problems.GOLDEN / "schedules.json").read_text())
SPEC = {
    "data": {"name": "moons", "samples": 60, "noise": 2.5, "test_fraction": 0.0, "validation_fraction": 0.5},
    "network": {"layers": [{"units": 8}]},
    "optimizer": {"name": "adam", "lr": 0.05},
    "batch_size": 10,
}  # 30 samples to train on: 3 updates an epoch; noisy enough to overfit


def trainer_of(**fields):
    return Trainer(RunSpec.model_validate(SPEC | fields))


def state(trainer):
    gradient = b"".join(value.tobytes() for value in (trainer.last_gradient or {}).values())
    return problems.bits(trainer), gradient, trainer.steps_done, trainer.rate


def point(step, train, validation=np.nan):
    row = np.full(len(codes.SERIES_COLUMNS), np.nan)
    row[[rules.STEP, rules.EPOCH, rules.TRAIN, rules.VALIDATION]] = step, step, train, validation
    return row


# The plateau schedule ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case", [case for case in RECORDED["cases"] if case["schedule"]["name"] == "plateau"], ids=lambda case: str(case["base"])
)
def test_plateau_against_recorded_torch(case):
    spec = RunSpec.model_validate({"optimizer": {"name": "sgd", "lr": case["base"]}, "schedule": case["schedule"]})
    trainer = Trainer(spec)
    trainer.machine.rules[...] = rules.initial_state()
    for loss, expected in zip(RECORDED["losses"], case["rates"], strict=True):
        trainer.machine.observe(point(1, loss))
        assert trainer.rate == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert len(set(case["rates"])) > 3, "a recording in which the rate falls"


@pytest.mark.parametrize("validation", [0.0, 0.5])
@pytest.mark.parametrize("every", ["epoch", 2])
def test_plateau_in_a_real_run(every, validation):
    """By the validation loss where there is one, else the train loss; felt by the update that follows."""
    trainer = trainer_of(
        data=SPEC["data"] | {"validation_fraction": validation},
        schedule={"name": "plateau", "factor": 0.5, "patience": 2, "threshold": 0.05},
        eval_every=every,
    )
    rates = []
    for _ in range(240):
        rates.append(trainer.rate)
        (rate,) = (micro for micro in trainer.trace() if micro.op == "rate")
        assert rate.results["eta"] == rates[-1]
        trainer.step(1)
    column = trainer.series.columns()["validation_loss" if validation else "train_loss"]
    steps = trainer.series.columns()["step"]
    expected = 0.05 * np.array(stated_plateau(column, 0.5, 2, 0.05))
    assert len(set(expected)) > 3
    for step, rate in enumerate(rates):
        assert rate == pytest.approx(expected[np.searchsorted(steps, step, side="right") - 1], rel=1e-12), step


def test_plateau_waits_for_the_warm_up():
    found = {}
    for warmup in (0, 30):
        trainer = trainer_of(schedule={"name": "plateau", "patience": 0, "threshold": 0.9, "warmup": warmup})
        trainer.step(29)
        found[warmup] = trainer.machine.rules[rules.FACTOR]
        if warmup:
            assert trainer.rate == pytest.approx(0.05, rel=1e-15)
    assert found[0] < 1.0 and found[30] == 1.0


# Stopping ---------------------------------------------------------------------------------------------------------------


def patience_says(losses, patience):
    """(index of the measurement that stops the run, index of the best)."""
    best = 0
    for k in range(1, len(losses)):
        if losses[k] < losses[best]:
            best = k
        if k - best >= patience:
            return k, best
    raise AssertionError("a run that does not stop")


@pytest.mark.parametrize("every", ["epoch", 7])
@pytest.mark.parametrize("patience", [1, 4, 12])
def test_early_stopping_returns_to_the_best(patience, every):
    free, stopped = trainer_of(eval_every=every), trainer_of(eval_every=every, stop={"patience": patience})
    free.step(3000)
    columns = free.series.columns()
    last, best = patience_says(columns["validation_loss"], patience)
    stopped.step(100_000)
    assert (stopped.stopped.kind, stopped.stopped.step, stopped.stopped.best) == (
        "early",
        columns["step"][last],
        columns["step"][best],
    )
    assert stopped.steps_done == columns["step"][best] and stopped.end == columns["step"][last]
    assert str(stopped.end) in stopped.stopped.message and str(stopped.steps_done) in stopped.stopped.message
    assert stopped.loss("validation") == pytest.approx(
        columns["validation_loss"].min(where=np.arange(len(columns["step"])) <= last, initial=np.inf), rel=1e-12
    )
    free.seek(stopped.steps_done)
    assert state(free) == state(stopped)
    before = state(stopped)
    for _ in range(3):  # a stopped run stays where it is
        stopped.step(50)
        assert state(stopped) == before and stopped.stopped.kind == "early"
    assert stopped.advance_op() == "stopped" and state(stopped) == before
    assert len(stopped.series) == last + 1


def test_a_stopped_run_can_be_sought_played_again_and_edited():
    trainer, free = trainer_of(stop={"patience": 5}), trainer_of()
    trainer.step(100_000)
    best, end = trainer.stopped.best, trainer.end
    for step in (end, end - 1, 0, best + 1, end):
        trainer.seek(step)
        free.seek(step)
        assert state(trainer) == state(free)
        assert (trainer.stopped is not None) == (step == end)
    trainer.seek(end + 500)
    assert trainer.steps_done == end and trainer.stopped.kind == "early"
    trainer.seek(end - 2)
    trainer.step(10)
    assert (trainer.steps_done, trainer.stopped.best) == (best, best)
    while trainer.steps_done < end:  # op by op, from a seek
        trainer.seek(trainer.steps_done + 1) if trainer.steps_done < end - 1 else trainer.advance_op()
    assert trainer.advance_op() == "stopped" and trainer.steps_done == best
    trainer.edit({"kind": "set", "path": "stop.patience", "value": None})
    assert trainer.stopped is None
    trainer.step(end + 40 - best)
    free.seek(end + 40)
    assert state(trainer) == state(free)
    trainer.undo()
    assert trainer.steps_done == best
    trainer.step(10_000)
    assert (trainer.steps_done, trainer.stopped.step) == (best, end)


def test_an_edit_where_the_rule_stopped_gives_it_new_patience():
    trainer = trainer_of(stop={"patience": 5})
    trainer.step(100_000)
    end = trainer.stopped.step
    trainer.seek(end)
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 0], "value": 0.1})
    assert trainer.stopped is None and trainer.steps_done == end
    trainer.step(12)
    assert trainer.stopped is None and trainer.steps_done == end + 12
    trainer.step(100_000)
    assert trainer.stopped.step >= end + 15
    again = Trainer.from_script(trainer.as_script())
    assert state(again) == state(trainer)
    trainer.seek(end + 12)
    again = Trainer.from_script(trainer.as_script())
    assert state(again) == state(trainer)
    trainer.undo()
    assert trainer.steps_done == end and trainer.stopped.kind == "early"


def test_stop_by_small_change():
    free, stopped = trainer_of(), trainer_of(stop={"min_change": 1e-3})
    free.step(6000)
    columns = free.series.columns()
    first = int(np.argmax(np.abs(np.diff(columns["train_loss"])) < 1e-3)) + 1
    assert first > 3
    stopped.step(100_000)
    assert (stopped.stopped.kind, stopped.steps_done, stopped.end) == (
        "small_change",
        columns["step"][first],
        stopped.steps_done,
    )
    assert "0.001" in stopped.stopped.message
    free.seek(stopped.steps_done)
    assert state(free) == state(stopped)
    stopped.edit({"kind": "set", "path": "stop.min_change", "value": 1e-9})
    stopped.step(100)
    assert stopped.steps_done == columns["step"][first] + 100


@pytest.mark.parametrize("stop", [{"min_change": 1e-3}, {"patience": 3}, {"patience": 10_000, "min_change": 1e-4}])
@pytest.mark.parametrize("every", ["epoch", 1, 2])
def test_a_stopped_run_tells_its_last_update(stop, every):
    """Where a rule stopped it, in the middle of a call for more, `last_update` and health are of the update that led there."""
    stopped, free = trainer_of(stop=stop, eval_every=every), trainer_of(eval_every=every)
    stopped.advance(100_000)
    assert stopped.stopped is not None and stopped.steps_done == stopped.stopped.step > 3
    free.advance(stopped.steps_done - 1)
    before = {name: value.copy() for name, value in free.named_parameters.items()}
    free.advance(1)
    for name, moved in stopped.last_update.items():
        assert np.array_equal(moved, stopped.named_parameters[name] - before[name]), name
    assert stopped.health() == free.health()
    assert [layer.update_ratio for layer in stopped.network_state().layers] == [
        layer.update_ratio for layer in free.network_state().layers
    ]


SPOILING = [
    {"kind": "weight", "name": "W2", "index": [0, 0], "value": 60.0},
    {"kind": "set", "path": "regularization.l2", "value": 0.5},
    {"kind": "set", "path": "optimizer", "value": {"name": "sgd", "lr": 1.5}},
    {"kind": "set", "path": "batch_size", "value": 1},
    {"kind": "set", "path": "regularization.jitter", "value": 3.0},
]


@pytest.mark.parametrize("edit", SPOILING, ids=lambda edit: edit.get("path", "weight"))
def test_best_begins_anew_after_an_edit(edit):
    """After an edit that spoils the loss, schedule and patience go by what was measured since: by the statement of either on
    these losses alone. The rate that the schedule had come to stays."""
    plateau = {"name": "plateau", "factor": 0.5, "patience": 2, "threshold": 0.01}
    trainer = trainer_of(schedule=plateau, stop={"patience": 12}, data=SPEC["data"] | {"noise": 0.5})
    trainer.advance(30)
    assert trainer.stopped is None
    factor = trainer.machine.rules[rules.FACTOR]
    trainer.edit(edit)
    assert np.isinf(trainer.machine.rules[[rules.PLATEAU_BEST, rules.BEST]]).all()
    assert trainer.machine.rules[rules.FACTOR] == factor
    trainer.advance(20_000)
    columns = trainer.series.columns()
    losses = columns["validation_loss"][columns["step"] > 30]
    expected = factor * stated_plateau(losses, 0.5, 2, 0.01)[-1]
    assert trainer.machine.rules[rules.FACTOR] == pytest.approx(expected, rel=1e-12)
    last, best = patience_says(losses, 12)
    steps = columns["step"][columns["step"] > 30]
    assert (trainer.stopped.kind, trainer.stopped.step, trainer.stopped.best) == ("early", steps[last], steps[best])


def test_another_patience_is_no_new_best():
    """An edit of when the run ends changes nothing of what trains: what was best stays so."""
    trainer = trainer_of(stop={"patience": 30})
    trainer.advance(30)
    best = trainer.machine.rules[rules.BEST]
    trainer.edit({"kind": "set", "path": "stop.patience", "value": 40})
    trainer.edit({"kind": "extend", "max_steps": 5000})
    assert np.isfinite(best) and trainer.machine.rules[rules.BEST] == best


def test_the_intervals_doubling_changes_no_rule():
    """A measurement at every update, over more than one doubling: the rules and the drawn curve each have their own."""
    schedule = {"name": "plateau", "factor": 0.9, "patience": 300, "threshold": 1e-3}
    ruled = trainer_of(eval_every=1, schedule=schedule, stop={"min_change": 1e-300})
    short = trainer_of(eval_every=1, schedule=schedule)
    losses, rates = [], []
    ruled.step(10_000)
    while short.steps_done < 10_000:
        short.step(500)
        rates.append(short.rate)
    assert ruled.stopped is None and ruled.series.doublings == 2
    free = trainer_of(eval_every=1)
    free.step(10_000)
    assert np.array_equal(free.series.columns()["step"], ruled.series.columns()["step"])
    assert ruled.rate == rates[-1]
    by_hand = trainer_of(eval_every=1, schedule=schedule)
    for _ in range(3900):
        by_hand.step(1)
    losses = by_hand.series.columns()["validation_loss"]
    factor = stated_plateau(losses, 0.9, 300, 1e-3)[-1]
    assert factor < 1.0 and by_hand.rate == pytest.approx(0.05 * factor, rel=1e-12)
    ruled.seek(3900)
    assert state(ruled) == state(by_hand)
    points = ruled.series.points.copy()
    ruled.seek(10_000)
    ruled.seek(2)
    assert np.array_equal(points, ruled.series.points, equal_nan=True), "seeing measurements again adds no points"


def test_early_stopping_across_a_doubling():
    free, stopped = trainer_of(eval_every=1), trainer_of(eval_every=1, stop={"patience": 4200})
    free.step(3990)
    best = int(np.argmin(free.series.columns()["validation_loss"]))
    assert 0 < best < 1000
    stopped.step(100_000)
    assert (stopped.stopped.step, stopped.steps_done) == (best + 4200, best)
    assert stopped.series.doublings == 1
    free.seek(best)
    assert state(free) == state(stopped)


def test_rules_come_and_go_by_edits():
    trainer = trainer_of(schedule={"name": "plateau", "patience": 1, "threshold": 0.3, "factor": 0.5})
    trainer.step(60)
    fallen = trainer.rate
    assert fallen < 0.05
    trainer.edit({"kind": "set", "path": "schedule.patience", "value": 1000})
    assert trainer.rate == fallen, "another patience keeps what the rule has done"
    trainer.step(60)
    assert trainer.rate == fallen
    trainer.edit({"kind": "set", "path": "schedule.name", "value": "constant"})
    assert trainer.rate == 0.05
    trainer.step(60)
    trainer.edit({"kind": "set", "path": "stop.patience", "value": 2})
    assert trainer.edits[-1].describe() == "stop.patience off → 2"
    trainer.step(10_000)
    assert trainer.stopped.kind == "early" and trainer.stopped.best >= 180
    steps = trainer.series.columns()["step"]
    assert steps.tolist() == list(range(0, trainer.end + 1, 3))
    seen = {}
    for step in (0, 61, 119, 120, 150, 180, trainer.end):
        trainer.seek(step)
        seen[step] = state(trainer)
    again = Trainer.from_script(trainer.as_script())
    for step, known in seen.items():
        again.seek(step)
        assert state(again) == known


def test_without_a_rule_nothing_returns_early():
    trainer = trainer_of()
    assert not rules.in_force(trainer.spec)
    assert trainer.machine.int_state[codes.SERIES_ROOM] == len(trainer.machine.series)
    assert trainer.machine.updates(300) == codes.RUNNING and trainer.machine.step == 300
    watched = trainer_of(stop={"patience": 1000})
    assert watched.machine.updates(300) == codes.SERIES_FULL and watched.machine.step == 3


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"data": {"name": "moons"}, "stop": {"patience": 5}}, ("stop.patience", "validation split")),
        (
            {"data": {"name": "moons", "samples": 10, "validation_fraction": 0.01}, "stop": {"patience": 5}},
            ("stop.patience", "validation split"),
        ),
        (
            {"data": {"name": "inline", "task": "regression", "train_x": [[0.0]], "train_y": [1.0]}, "stop": {"patience": 1}},
            ("stop.patience", "validation split"),
        ),
        ({"stop": {"patience": 0}}, ("patience", "[1, 1e+09]")),
        ({"stop": {"min_change": 0.0}}, ("min_change", "(0, 1e+09]")),
        ({"stop": {"min_change": float("nan")}}, ("min_change", "(0, 1e+09]")),
    ],
)
def test_refusals_name_the_field_and_what_is_allowed(fields, names):
    with pytest.raises(SpecError) as caught:
        RunSpec.model_validate(fields)
    for name in names:
        assert name in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value", "names"),
    [
        ("stop.patience", 5, ("stop.patience", "validation split")),
        ("stop.min_change", -1.0, ("stop.min_change", "(0, 1e+09]")),
        ("stop.max_steps", 5, ("stop.max_steps", "new run")),
        ("stop", {"patience": None}, ("stop", "stop.patience")),
        ("schedule.gamma", 0.5, ("schedule.gamma", "none")),
    ],
)
def test_edits_that_cannot_be_made(path, value, names):
    trainer = Trainer(RunSpec.model_validate({"data": {"name": "moons"}}))
    with pytest.raises(EditError) as caught:
        trainer.edit({"kind": "set", "path": path, "value": value})
    for name in names:
        assert name in f"{caught.value}"
    assert not trainer.edits
