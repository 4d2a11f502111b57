"""A replay's numbers are the engine's: those of a fresh run that goes there, of the race itself, of the update's trace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.export.replay.race import network_recording, surface_recording
from engine.export.replay.recording import MOST_BYTES, Recording, RecordingError, frames_of
from engine.export.replay.run import GRID, RunRecorder
from engine.export.replay.update import ENTRIES, update_recording
from engine.microscope import next_update
from engine.race import NetworkRace, Race
from engine.race.chart import Chart, PlaneChoice

SPIRAL = {"data": {"name": "spiral", "samples": 120}, "network": {"layers": [{"units": 4}, {"units": 3}]}}


def trained(spec: dict[str, Any], steps: int = 60) -> Trainer:
    trainer = Trainer(RunSpec.model_validate(spec))
    trainer.step(steps)
    return trainer


def recorded(trainer: Trainer, first: int, last: int, seconds: int = 30) -> Recording:
    recorder = RunRecorder(trainer, first, last, seconds)
    while not recorder.advance():
        pass
    return recorder.recording


def agrees(found: Recording, fresh: Trainer) -> None:
    """Every frame with a run that is sought there, bit for bit."""
    for frame, step in enumerate(found.steps.tolist()):
        fresh.seek(step)
        assert found.arrays["theta"][frame].tobytes() == fresh.machine.theta.tobytes(), step
        assert found.arrays["rate"][frame] == fresh.rate
        assert found.arrays["epoch"][frame] == fresh.epoch
        for split in ("train", "validation", "test"):
            if len(fresh.dataset.splits.get(split, ())):
                assert found.arrays[f"{split}_loss"][frame] == fresh.loss(split)
                if fresh.dataset.task == "classification":
                    assert found.arrays[f"{split}_accuracy"][frame] == fresh.accuracy(split)


@pytest.mark.parametrize(
    "spec",
    [
        SPIRAL,
        SPIRAL | {"data": {"name": "blobs", "samples": 90}, "optimizer": {"name": "sgd", "lr": 0.5}},
        {"data": {"name": "sine", "samples": 80}, "network": {"layers": [{"units": 5}]}},
        {"data": {"name": "iris"}, "network": {"layers": [{"units": 5, "norm": "batch", "activation": "prelu"}]}},
        SPIRAL | {"schedule": {"name": "cosine", "length": 50}},
    ],
    ids=["plane", "classes", "line", "table", "schedule"],
)
def test_a_run_is_what_a_fresh_one_is_there(spec: dict[str, Any]) -> None:
    trainer = trained(spec)
    found = recorded(trainer, 7, 60)
    assert found.steps.tolist() == list(range(7, 61))
    agrees(found, Trainer(RunSpec.model_validate(spec)))
    assert trainer.steps_done == 60, "it is left alone"
    theta = {slot["name"]: slot for slot in found.meta["slots"]}
    for name, values in trainer.named_parameters.items():
        start, size = theta[name]["start"], int(np.prod(theta[name]["shape"]))
        assert found.arrays["theta"][-1, start : start + size].tolist() == values.ravel().tolist()


def test_edits_within_it_are_followed() -> None:
    trainer = trained(SPIRAL, 30)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.2})
    trainer.step(30)
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 1], "value": 1.5})
    trainer.step(10)
    found = recorded(trainer, 0, 70)
    agrees(found, Trainer.from_script(trainer.as_script()))
    assert [edit["step"] for edit in found.meta["edits"]] == [30, 60]
    assert found.arrays["rate"][[29, 30]].tolist() == [0.01, 0.2]


def test_the_picture_is_the_page_s() -> None:
    trainer = trained(SPIRAL)
    found = recorded(trainer, 0, 60)
    maps = trainer.unit_maps(GRID)
    assert maps is not None
    assert np.array_equal(found.arrays["map"][-1], maps.maps[-1])
    assert (found.arrays["low"][-1], found.arrays["high"][-1]) == (maps.units[-1]["low"], maps.units[-1]["high"])
    several = trained(SPIRAL | {"data": {"name": "blobs", "samples": 90}})
    classes = several.unit_maps(GRID)
    assert classes is not None and np.array_equal(recorded(several, 0, 60).arrays["map"][-1], classes.classes)


def test_a_long_stretch_is_shared_out_and_a_wide_network_refused() -> None:
    trainer = trained(SPIRAL, 2000)
    found = recorded(trainer, 100, 2000, 5)
    assert len(found.steps) == 51 and (found.steps[0], found.steps[-1]) == (100, 2000)
    assert set(np.diff(found.steps)) == {38}
    assert found.size <= MOST_BYTES
    wide = trained(SPIRAL | {"network": {"layers": [{"units": 300}, {"units": 100}]}}, 40)
    with pytest.raises(RecordingError) as refused:
        RunRecorder(wide, 0, 40, 30)
    assert refused.value.field == "seconds" and refused.value.allowed == "5 to 7"
    assert recorded(wide, 0, 40, 7).size <= MOST_BYTES
    with pytest.raises(RecordingError) as refused:
        frames_of(0, 100, 30, 1_000_000)
    assert "1000000" in refused.value.allowed


@pytest.mark.parametrize(
    ("first", "last", "seconds", "field", "allowed"),
    [
        (60, 61, 30, "first", "0 to 59"),
        (-1, 60, 30, "first", "0 to 59"),
        (0, 61, 30, "last", "1 to 60"),
        (30, 30, 30, "last", "31 to 60"),
        (0, 60, 61, "seconds", "5 to 60"),
    ],
)
def test_what_is_no_stretch_is_refused(first: int, last: int, seconds: int, field: str, allowed: str) -> None:
    trainer = trained(SPIRAL)
    with pytest.raises(RecordingError) as refused:
        RunRecorder(trainer, first, last, seconds)
    assert refused.value.field == field and refused.value.allowed.startswith(allowed)


def test_a_run_that_has_not_begun_has_no_stretch() -> None:
    with pytest.raises(RecordingError, match="nothing has been trained yet"):
        RunRecorder(Trainer(RunSpec.model_validate(SPIRAL)), 0, 1, 30)


def test_a_run_that_ended_early_is_recorded_to_its_end() -> None:
    data = {"name": "plane", "samples": 80}
    spec = {
        "data": data,
        "network": {"layers": [{"units": 3, "activation": "identity"}]},
        "optimizer": {"name": "sgd", "lr": 1e3},
    }
    trainer = trained(spec, 50)
    assert trainer.stopped is not None and trainer.stopped.kind == "non_finite" and trainer.end > 0
    agrees(recorded(trainer, 0, trainer.end), Trainer(RunSpec.model_validate(spec)))


# Races -----------------------------------------------------------------------------------------------------------------


def test_a_race_is_where_the_race_is() -> None:
    optimizers = ({"name": "sgd", "lr": 1e-3}, {"name": "adam"}, {"name": "newton"}, {"name": "sgd", "lr": 10.0})
    lanes = [{"optimizer": optimizer} for optimizer in optimizers]
    race = Race({"surface": "rosenbrock", "lanes": lanes, "max_steps": 500})
    race.advance(200)
    found = surface_recording(race, 20, 200, 60)
    assert found.steps.tolist() == list(range(20, 201))
    gone = race.diverged(race.lanes[3].id)
    assert gone is not None and gone < 20, "one leaves the surface"
    assert np.isnan(found.arrays["losses"][:, 3]).all()
    for frame, step in enumerate(found.steps.tolist()):
        race.seek(step)
        for place, lane in enumerate(race.lanes[:3]):
            assert found.arrays["points"][frame, place].tolist() == race.trail(lane.id)[-1].tolist()
            assert found.arrays["losses"][frame, place] == race.losses(lane.id)[-1]
            assert found.arrays["evaluations"][frame, place] == race.evaluations(lane.id)[-1, 1]
    with pytest.raises(RecordingError, match="last: 201 given; allowed: 1 to 200"):
        race.seek(200)
        surface_recording(race, 0, 201, 30)
    race.seek(0)
    with pytest.raises(RecordingError, match="nobody has run yet"):
        surface_recording(race, 0, 1, 30)


def test_a_race_on_the_network_tells_what_was_recorded_and_when() -> None:
    race = NetworkRace(
        {"run": SPIRAL, "lanes": [{"optimizer": {"name": "adam"}}, {"optimizer": {"name": "sgd"}, "batch_size": 7}]}
    )
    race.advance(90)
    chart = Chart.of(race, PlaneChoice("pca"))
    walked = {lane.id: chart.trajectory(race, lane.id) for lane in race.lanes}
    found = network_recording(race, walked, 0, 90, 30)
    for place, lane in enumerate(race.lanes):
        steps = lane.recorded["step"].astype(int).tolist()
        for frame, step in enumerate(found.steps.tolist()):
            newest = max(each for each in steps if each <= step)
            assert found.arrays["loss_steps"][frame, place] == newest
            row = steps.index(newest)
            assert found.arrays["losses"][frame, place] == lane.recorded["train_loss"][row]
            assert found.arrays["test_losses"][frame, place] == lane.recorded["test_loss"][row]
            kept = max(each for each in walked[lane.id].steps.tolist() if each <= step)
            assert found.arrays["point_steps"][frame, place] == kept
            spot = chart.plane.coordinates(race.points(lane.id)[kept][None])[0]
            assert found.arrays["points"][frame, place] == pytest.approx(spot, rel=1e-12, abs=1e-12)


# An update -------------------------------------------------------------------------------------------------------------


def test_an_update_has_every_matrix_and_writes_its_sums_out() -> None:
    trainer = trained(SPIRAL, 12)
    update = next_update(trainer)
    found = update_recording(update, 3, "title")
    told = found.meta["steps_told"]
    assert [step["title"] for step in told] == [step.title for step in update.steps]
    assert len(found.steps) == len(update.steps)
    for step, of in zip(told, update.steps, strict=True):
        results = of.results if of.of_sample is None else (of.result(sample=3),)
        for table, value in zip(step["results"] + step["operands"], (*results, *of.operands), strict=True):
            wanted = value.array[:, 3:4] if value.columns.kind == "sample" else value.array
            assert table["cells"] == wanted.tolist()
        for table in step["results"]:
            count = sum(len(line) for line in table["cells"])
            assert len(table["entries"]) == (min(count, ENTRIES) if of.terms is not None else 0)
            assert all("<math" in entry for entry in table["entries"])
    assert found.meta["weights"][0] == trainer.named_parameters["W1"].tolist()
    assert found.meta["sizes"] == [2, 4, 3, 1]


def test_an_update_hides_what_is_withheld() -> None:
    update = next_update(trained(SPIRAL, 12))
    secret = update.find("affine", 1).results[0]
    value = float(secret.array[1, 0])

    def withheld(number: Any) -> bool:
        return abs(number.value) == abs(value)

    found = update_recording(update, 0, "title", withheld)
    assert repr(value) not in repr(found.meta) and f"{value:.4g}" not in repr(found.meta)
    shown = [table for step in found.meta["steps_told"] for table in step["results"] if table["name"] == secret.name]
    assert shown[0]["cells"][1] == [None]


@pytest.mark.parametrize("sample", [-1, 10])
def test_an_update_refuses_a_sample_that_is_not_in_it(sample: int) -> None:
    with pytest.raises(RecordingError, match="allowed: 0 to 9"):
        update_recording(next_update(trained(SPIRAL, 3)), sample, "title")
