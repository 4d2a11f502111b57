"""Search: every cell a lone run bit for bit, selected on validation, the test split looked at once, resumed where it was."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from engine.lab import ChoiceError, Subject, carried_out
from engine.lab.experiment import Result, begun, chosen
from engine.lab.search import EXPERIMENT, cluster, runs
from engine.lab.search.knobs import Range, knobs_of
from engine.lab.search.plan import Plan
from engine.spec import RunSpec
from engine.trainer import Trainer

SMALL: dict[str, Any] = {"side": 3, "updates": 60}


def subject(**more: Any) -> Subject:
    spec = {"data": {"name": "moons", "samples": 200, "noise": 0.6}, "network": {"layers": [{"units": 4}, {"units": 3}]}} | more
    run = Trainer(RunSpec.model_validate(spec))
    run.step(10)
    return Subject.of(run.machine)


@pytest.fixture(scope="module")
def moons() -> Subject:
    return subject()


@pytest.fixture(scope="module")
def found(moons: Subject) -> Result:
    return carried_out(EXPERIMENT, moons, **SMALL)


def plan(of: Subject, **choices: Any) -> Plan:
    return Plan.chosen(of.spec, chosen(EXPERIMENT, SMALL | choices))


# What is tried --------------------------------------------------------------------------------------------------------


def test_the_knobs_are_the_numbers_of_the_spec(moons: Subject) -> None:
    paths = set(knobs_of(moons.spec))
    assert {"optimizer.lr", "optimizer.beta1", "batch_size", "regularization.l2", "clip.norm", "seed"} <= paths
    assert {"network.layers.0.units", "network.layers.1.dropout"} <= paths
    assert not any(path.startswith(("data.", "stop.")) for path in paths), "what runs are compared by is the same for all"
    assert "network.train_bias" not in paths and "shuffle" not in paths
    whole = {path for path, knob in knobs_of(moons.spec).items() if knob.whole}
    assert {"batch_size", "network.layers.0.units", "seed", "schedule.warmup"} <= whole and "clip.norm" not in whole
    assert knobs_of(moons.spec)["network.layers.1.units"].title == "units of layer 2"


def test_every_knob_can_be_searched(moons: Subject) -> None:
    for path, knob in knobs_of(moons.spec).items():
        y = {"y": "seed" if path != "seed" else "optimizer.lr", "y_low": 1.0, "y_high": 2.0}
        low, high = (1.0, 2.0) if knob.whole else (0.1, 0.2)
        if path in ("regularization.shift", "network.layers.0.skip"):  # of pictures alone; there is one place to skip from
            continue
        made = plan(moons, x=path, x_low=low, x_high=high, side=2, **y)
        values = {json.dumps(made.spec(cell).model_dump(mode="json")) for cell in made.cells if cell.kind == "grid"}
        assert len(values) == 4, path


def test_pairs_of_numbers_are_no_knobs() -> None:
    spec = RunSpec.model_validate({"optimizer": {"name": "rprop"}})
    pairs = [name for name, value in spec.optimizer.parameters.items() if isinstance(value, tuple)]
    assert pairs and not any(path.startswith(f"optimizer.{name}") for path in knobs_of(spec) for name in pairs)


def test_cells_are_even_on_their_scale(moons: Subject) -> None:
    knobs = knobs_of(moons.spec)
    log = Range("x", knobs["optimizer.lr"], 1e-4, 1.0, "log")
    assert np.allclose(log.cells(5), [1e-4, 1e-3, 1e-2, 1e-1, 1.0], rtol=1e-12) and log.cells(5)[0] == 1e-4
    linear = Range("x", knobs["optimizer.lr"], 0.1, 0.5, "linear")
    assert np.allclose(linear.cells(3), [0.1, 0.3, 0.5])
    counts = Range("y", knobs["batch_size"], 1, 4, "log").cells(8)
    assert counts == [1, 2, 3, 4] and all(isinstance(count, int) for count in counts), "whole, each once"
    draws = np.array(log.at(np.random.default_rng(0).random(4000)))
    assert np.mean(draws < 1e-2) == pytest.approx(0.5, abs=0.03), "as many draws a decade"


def test_random_search_has_the_grids_budget_and_its_ranges(moons: Subject) -> None:
    made = plan(moons, side=4)
    grid, random = ([cell for cell in made.cells if cell.kind == kind] for kind in ("grid", "random"))
    assert len(grid) == len(random) == 16 and len({cell.x for cell in random}) == 16, (
        "16 values of each knob, where the grid has 4"
    )
    assert len({cell.x for cell in grid}) == len({cell.y for cell in grid}) == 4
    assert all(1e-3 <= cell.x <= 1.0 and 1e-6 <= cell.y <= 0.1 for cell in made.cells)
    assert [cell.kind for cell in made.cells[:4]] == ["grid", "random", "grid", "random"], "side by side"
    assert {cell.kind for cell in plan(moons, random=False).cells} == {"grid"}
    assert plan(moons, seed=1).cells != plan(moons, seed=2).cells and plan(moons).cells == plan(moons).cells


# What a cell is -------------------------------------------------------------------------------------------------------


def by_hand(of: Subject, x: float, y: float, updates: int) -> RunSpec:
    """The cell's run, written out."""
    plain = of.spec.model_dump()
    plain["data"]["validation_fraction"] = 0.2
    plain["optimizer"]["lr"], plain["regularization"]["l2"], plain["stop"]["max_steps"] = x, y, updates
    return RunSpec.model_validate(plain)


def test_each_cell_is_a_lone_run_bit_for_bit(moons: Subject, found: Result) -> None:
    assert len(found.values["cells"]) == 18
    for cell in found.values["cells"]:
        run = Trainer(by_hand(moons, cell["x"], cell["y"], 60))
        run.step(60)
        assert cell["loss"] == run.loss("validation") and cell["accuracy"] == run.accuracy("validation")
        assert cell["train_loss"] == run.loss("train") and cell["updates"] == run.steps_done == 60
        opened = json.loads(json.dumps(found.values["spec"]))  # what the page opens
        opened["optimizer"]["lr"], opened["regularization"]["l2"] = cell["x"], cell["y"]
        assert RunSpec.model_validate(opened) == run.spec


def test_of_a_run_that_stops_early_a_cell_has_its_best_step() -> None:
    of = subject(
        data={"name": "moons", "samples": 200, "noise": 1.0, "validation_fraction": 0.3},
        stop={"patience": 3},
        optimizer={"name": "adam", "lr": 0.1},
    )
    found = carried_out(EXPERIMENT, of, side=2, updates=400, x_low=0.05)
    assert any(cell["updates"] < 400 for cell in found.values["cells"]), "one at least stopped"
    for cell in found.values["cells"]:
        plain = of.spec.model_dump()
        plain["optimizer"]["lr"], plain["regularization"]["l2"], plain["stop"]["max_steps"] = cell["x"], cell["y"], 400
        run = Trainer(RunSpec.model_validate(plain))
        run.step(400)
        assert (cell["loss"], cell["updates"]) == (run.loss("validation"), run.steps_done)


def test_how_many_threads_there_are_changes_nothing(moons: Subject, found: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_THREADS", 1)
    alone = carried_out(EXPERIMENT, moons, **SMALL)
    assert alone.table == found.table and alone.values == found.values and alone.said == found.said


# What is selected -----------------------------------------------------------------------------------------------------


def test_the_best_on_validation_is_selected_and_its_test_split_looked_at_once(
    moons: Subject, found: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = found.values["cells"]
    best = int(np.argmin([cell["loss"] for cell in cells]))
    assert found.values["selected"] == best and found.table.rows[0][3] == cells[best]["loss"]
    run = Trainer(by_hand(moons, cells[best]["x"], cells[best]["y"], 60))
    run.step(60)
    test = run.evaluate("test")
    assert found.values["test"] == {"loss": test.loss, "accuracy": test.accuracy, "samples": 100}
    assert f"looked at once: loss {test.loss:.3g}, accuracy {test.accuracy:.3f} (100 samples)" in found.said
    assert "The run has no validation split: 40 of its training samples served as one." in found.said
    seen: list[str] = []
    evaluate = Trainer.evaluate
    monkeypatch.setattr(Trainer, "evaluate", lambda run, split="train": seen.append(split) or evaluate(run, split))
    carried_out(EXPERIMENT, moons, **SMALL)
    assert seen.count("test") == 1 and seen[-1] == "test" and seen.count("validation") == 19


def test_selected_by_accuracy_equals_are_told_apart_by_loss(moons: Subject) -> None:
    found = carried_out(EXPERIMENT, moons, **SMALL, by="accuracy")
    order = [(-row[4], row[3]) for row in found.table.rows]
    assert order == sorted(order) and found.values["cells"][found.values["selected"]]["accuracy"] == -order[0][0]
    assert found.figures[0].measure == "validation accuracy" and not found.figures[0].log


def test_the_map_has_each_cell_at_its_place(found: Result) -> None:
    heat = found.figures[0]
    assert heat.values.shape == (3, 3) and heat.x.scale == heat.y.scale == "log" and heat.log
    for cell in found.values["cells"]:
        if cell["kind"] == "grid":
            assert heat.values[cell["row"], cell["column"]] == cell["loss"]
            assert (heat.at_x[cell["column"]], heat.at_y[cell["row"]]) == (cell["x"], cell["y"])
    for curve in found.figures[1].series:
        losses = [cell["loss"] for cell in found.values["cells"] if cell["kind"] == curve.name]
        assert np.array_equal(curve.y, np.minimum.accumulate(losses)) and np.array_equal(curve.x, np.arange(1.0, 10.0))
    assert sum(len(series.x) for series in found.figures[2].series[:2]) == 18


def test_runs_that_diverge_are_told_and_never_selected() -> None:
    of = subject(data={"name": "plane", "samples": 100}, optimizer={"name": "sgd", "lr": 0.01})
    found = carried_out(EXPERIMENT, of, side=2, updates=200, x_low=1e-3, x_high=1e4, random=False)
    gone = [cell for cell in found.values["cells"] if cell["loss"] is None]
    assert len(gone) == 2 and "2 runs diverged" in found.said and np.isnan(found.figures[0].values[:, 1]).all()
    all_gone = carried_out(EXPERIMENT, of, side=2, updates=200, x_low=1e3, x_high=1e4, random=False)
    assert "All 4 runs diverged" in all_gone.said and all_gone.values["selected"] is None and all_gone.values["test"] is None


def test_the_whole_budget_is_told_before(moons: Subject, found: Result) -> None:
    told = EXPERIMENT.updates(moons, chosen(EXPERIMENT, SMALL))
    made = sum(cell["updates"] for cell in found.values["cells"]) + found.values["cells"][found.values["selected"]]["updates"]
    assert told == made == (9 + 9 + 1) * 60


# Going on -------------------------------------------------------------------------------------------------------------


def test_a_search_goes_on_from_the_cells_that_are_kept(moons: Subject, found: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: Any = None
    making = begun(EXPERIMENT, moons, SMALL)
    for progress in making:
        kept = progress.kept or kept
        if len(kept["cells"]) >= 7:
            break
    making.close()
    kept = json.loads(json.dumps(kept))
    before = len(kept["cells"])
    run_again: list[int] = []
    here = runs.here
    monkeypatch.setattr(
        "engine.lab.search.experiment.here", lambda specs: here(run_again.append(n) or (n, s) for n, s in specs)
    )
    making = begun(EXPERIMENT, moons, SMALL, kept)
    first = next(making)
    assert first.share == before / 19 and first.so_far is not None and len(first.so_far.table.rows) == before
    result = None
    while result is None:
        try:
            next(making)
        except StopIteration as end:
            result = end.value
    assert sorted(run_again) == sorted(set(range(18)) - {int(number) for number in kept["cells"]})
    assert result.values == found.values and result.table == found.table and result.said == found.said


def test_what_was_kept_of_another_search_is_not_gone_on_with(moons: Subject) -> None:
    kept = [progress.kept for progress in begun(EXPERIMENT, moons, SMALL) if progress.kept][-1]
    assert kept is not None and next(begun(EXPERIMENT, moons, SMALL, kept)).share == 18 / 19
    for other in (SMALL | {"updates": 61}, SMALL | {"x_high": 0.5}):
        assert next(begun(EXPERIMENT, moons, other, kept)).share == 0.0
    assert next(begun(EXPERIMENT, subject(seed=5), SMALL, kept)).share == 0.0
    assert next(begun(EXPERIMENT, moons, SMALL, {"version": 0, "cells": {}})).share == 0.0


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"x": "optimizer.rate"}, r"x: 'optimizer.rate' is no number of this run's spec; allowed: network.layers.0.units"),
        ({"y": "data.noise"}, "y: 'data.noise' is no number of this run's spec"),
        ({"y": "optimizer.lr"}, "y: 'optimizer.lr' is the other knob already"),
        ({"x_low": 1.0, "x_high": 0.5}, "x_high: 0.5 is not above 1; allowed: a number above x_low"),
        ({"x_low": 0.0}, "x_low: 0 has no logarithm; allowed: a number above 0, or a linear scale"),
        ({"y_low": -1.0, "y_scale": "linear"}, r"y_low: regularization.l2 = -1: out of range; allowed: \[0, 1e\+06\]"),
        (
            {"y": "network.layers.0.units", "y_low": 1.0, "y_high": 5000.0},
            r"y_high: network.layers.0.units = 5000: out of range",
        ),
        ({"side": 1}, r"side: must be a whole number in \[2, 24\]"),
        ({"validation": 0.5}, "validation: 0.5 does not fit the 200 samples; allowed: a share that leaves"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(moons: Subject, choices: dict[str, Any], words: str) -> None:
    with pytest.raises(ChoiceError, match=words):
        next(begun(EXPERIMENT, moons, choices))


def test_own_data_need_a_validation_split_of_their_own() -> None:
    rows = np.random.default_rng(0).standard_normal((40, 2))
    data = {"name": "inline", "task": "regression", "train_x": rows[:20], "train_y": rows[:20, 0]}
    with pytest.raises(ChoiceError, match="run: its data have no validation rows"):
        carried_out(EXPERIMENT, subject(data=data), **SMALL)
    with_own = data | {"validation_x": rows[20:], "validation_y": rows[20:, 0]}
    with pytest.raises(ChoiceError, match="by: a regression has no accuracy"):
        carried_out(EXPERIMENT, subject(data=with_own), **SMALL, by="accuracy")
    found = carried_out(EXPERIMENT, subject(data=with_own), side=2, updates=20)
    assert "no test split to look at" in found.said and "data" not in found.values["spec"], "the page has them"


def test_where_no_scheduler_answers_it_is_said(moons: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setenv("CHAINRULE_DASK", "127.0.0.1:9")
    monkeypatch.setattr(cluster, "TIMEOUT", 0.2)
    with pytest.raises(ChoiceError, match=r"CHAINRULE_DASK: no scheduler answers at 127.0.0.1:9 .*allowed: host:port"):
        next(begun(EXPERIMENT, moons, SMALL))
