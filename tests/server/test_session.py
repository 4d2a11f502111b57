"""A session: its numbers are the trainer's, its clock obeys, its pictures are complete."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page, parameters, same

from engine import RunSpec, Trainer
from server.settings import Settings

Serve = Callable[[Settings], Live]

SPEC: dict[str, Any] = {
    "data": {"name": "moons", "samples": 80, "noise": 0.1},
    "network": {"layers": [{"units": 4, "activation": "tanh"}, {"units": 3, "activation": "relu"}]},
    "optimizer": {"name": "momentum", "lr": 0.05},
    "batch_size": 8,
    "seed": 5,
}
FLAT = {"unit": "flat"}


def trainer(**changes: Any) -> Trainer:
    return Trainer(RunSpec.model_validate(SPEC | changes))


def begun(page: Page, *channels: str, **changes: Any) -> None:
    page.run_info()
    page.do("configure", spec=SPEC | changes)
    page.do("subscribe", channels=list(channels))


def test_numbers_are_those_of_a_trainer_run_directly(live: Live) -> None:
    """Configure, step, edit, seek, fork, undo, redo, reset: every state bit for bit."""
    direct = trainer()
    rate = {"kind": "set", "path": "optimizer.lr", "value": 0.2}
    weight = {"kind": "weight", "name": "W1", "index": [1, 0], "value": -0.75}
    with Page(live.socket) as page:
        begun(page, "parameters")

        def agree() -> None:
            state = page.state
            assert (state["step"], state["branch"]) == (direct.steps_done, direct.branch)
            assert state["end"] == direct.end and state["epoch"] == direct.epoch
            assert same(parameters(page), direct.named_parameters)

        agree()
        for count in (1, 36, 500):
            page.do("step", count=count)
            direct.step(count)
            agree()
        page.do("edit", edit=rate)
        direct.edit(rate)
        page.do("step", count=100)
        direct.step(100)
        agree()
        for target in (537, 41, 600, 0, 637):
            page.do("seek", step=target)
            direct.seek(target)
            agree()
        page.do("seek", step=300)
        direct.seek(300)
        page.do("edit", edit=weight)
        direct.edit(weight)
        assert page.state["branch"] == direct.branch
        script = [event for event in page.events if event["type"] == "script"][-1]
        assert [edit["step"] for edit in script["edits"]] == [edit.step for edit in direct.edits]
        assert [edit["label"] for edit in script["edits"]] == [edit.describe() for edit in direct.edits]
        assert len(script["branches"]) == len(direct.branches) and script["can_undo"] is True
        page.do("step", count=50)
        direct.step(50)
        agree()
        for command in ("undo", "redo"):
            page.do(command)
            getattr(direct, command)()
            agree()
        page.do("reset")
        assert page.state["run"] == 3
        direct = trainer()
        agree()
        page.do("step", count=200)
        direct.step(200)
        agree()


def test_a_run_played_in_slices_is_the_run_made_at_once(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("play", speed=FLAT)
        page.until_state(lambda state: state["step"] > 20_000)
        page.do("pause")
        direct = trainer()
        direct.step(page.state["step"])
        assert same(parameters(page), direct.named_parameters)


def test_the_run_and_its_channels_describe_the_trainer(live: Live) -> None:
    direct = trainer()
    with Page(live.socket) as page:
        begun(page, "data", "inputs", "series", "parameters", "gradients", "maps", "evaluation")
        run = page.run_info()
        assert run["spec"] == direct.spec.model_dump(mode="json")
        assert (run["task"], run["kind"], run["loss"]) == ("classification", "plane", direct.tape.loss)
        assert [layer["units"] for layer in run["layers"]] == list(direct.tape.sizes[1:])
        assert run["samples"]["train"] + run["samples"]["test"] == 80
        page.do("step", count=30)
        direct.step(30)

        def at(header: dict[str, Any]) -> bool:
            return bool(header["step"] == 30)

        page.frame("series", lambda header: header["meta"]["total"] == len(direct.series))
        pieces = [arrays for header, arrays in page.frames["series"] if header["run"] == page.state["run"]]
        series = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
        names = set(direct.series.names) - {"validation_loss", "validation_accuracy"}
        assert same(series, {name: values for name, values in direct.series.columns(0).items() if name in names})
        header, data = page.frame("data")
        assert np.array_equal(data["train_raw"], direct.dataset.splits["train"].raw.astype(np.float32))
        assert np.array_equal(data["test_target"], direct.dataset.splits["test"].labels)
        assert direct.last_gradient is not None
        assert same(page.frame("gradients", at)[1], direct.last_gradient)
        header, maps = page.frame("maps", at)
        expected = direct.unit_maps(50)
        assert expected is not None
        inputs = direct.tape.sizes[0]
        assert np.array_equal(maps["maps"], expected.maps[inputs:]) and header["meta"]["units"] == expected.units[inputs:]
        header, still = page.frame("inputs")
        assert np.array_equal(still["maps"], expected.maps[:inputs]) and header["meta"]["units"] == expected.units[:inputs]
        assert len([header for header, _ in page.frames["inputs"] if header["run"] == page.state["run"]]) == 1
        header, evaluation = page.frame("evaluation", at)
        test = direct.evaluate("test")
        assert header["meta"]["test"] == {"loss": test.loss, "accuracy": test.accuracy}
        assert header["meta"]["validation"] is None and header["meta"]["misread_split"] == "test"
        assert np.array_equal(evaluation["confusion_test"], test.confusion)
        labels = direct.dataset.splits["test"].labels
        wrong = evaluation["misread"]
        assert test.predicted is not None and labels is not None
        assert len(wrong) == min(40, int(np.sum(test.predicted != labels)))
        assert np.array_equal(evaluation["misread_true"], labels[wrong])
        assert np.array_equal(evaluation["misread_as"], test.predicted[wrong])
        assert np.all(np.diff(evaluation["misread_confidence"]) <= 0)


@pytest.mark.parametrize("name", ["sine", "plane", "blobs", "iris", "digits", "inline"])
def test_every_kind_of_data_has_its_pictures(live: Live, name: str) -> None:
    data: dict[str, Any] = {"name": name}
    if name == "inline":
        points = [[x / 7, (x % 5) / 5] for x in range(20)]
        data |= {"task": "classification", "train_x": points, "train_y": [index % 2 for index in range(20)]}
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec={"data": data})
        run = page.run_info()
        page.do("subscribe", channels=["data", "series", "parameters", "gradients", "maps", "evaluation"])
        page.do("step", count=3)
        _, samples = page.frame("data")
        assert len(samples["train_raw"]) == run["samples"]["train"]
        header, evaluation = page.frame("evaluation", lambda header: header["step"] == 3)
        assert header["meta"]["train"]["loss"] > 0
        assert ("confusion_train" in evaluation) == (run["task"] == "classification")
        if run["kind"] == "line":
            _, fit = page.frame("maps")
            assert fit["y"].shape == (len(fit["x"]), len(run["outputs"]))
        elif run["kind"] == "plane":
            header, maps = page.frame("maps")
            assert maps["maps"].shape == (len(header["meta"]["units"]), 50, 50)
            assert ("classes" in maps) == (len(run["outputs"]) > 1)
        else:
            assert "maps" not in page.frames


def test_pause_takes_effect_while_training_flat_out(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        for _ in range(5):
            page.do("play", speed=FLAT)
            before = page.state["step"]
            page.until_state(lambda state, before=before: state["step"] > before)  # type: ignore[misc]
            page.do("pause")
            assert page.state["status"] == "paused"  # told before the answer
            step = page.state["step"]
            assert parameters(page)  # the picture of the last state comes
            page.do("speed", speed=FLAT)
            assert page.state["step"] == step


def test_series_arrive_without_gaps_whatever_frames_are_skipped(live: Live) -> None:
    with Page(live.socket) as page:
        page.acknowledging = False
        begun(page, "series")
        page.do("play", speed=FLAT)
        held: list[float] = []
        seen = 0
        while len(held) < 300:
            page.receive()
            for header, arrays in page.frames.get("series", [])[seen:]:
                seen += 1
                assert header["meta"]["from"] <= len(held)
                held[header["meta"]["from"] :] = arrays["step"].tolist()
                assert len(held) == header["meta"]["total"]
                before = page.state.get("step", 0)
                page.until_state(lambda state, before=before: state["step"] > before + 50)  # type: ignore[misc]
                page.acknowledge(header)
        page.do("pause")
        direct = trainer()
        direct.step(int(held[-1]))
        assert held == direct.series.columns(0)["step"].tolist()


def test_a_fork_and_a_new_subscription_bring_the_series_anew(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "series")
        page.do("step", count=100)
        total = page.frame("series", lambda header: header["meta"]["total"] > 10)[0]["meta"]["total"]
        page.do("subscribe", channels=[])
        page.do("subscribe", channels=["series"])
        count = len(page.frames["series"])
        while len(page.frames["series"]) == count:
            page.receive()
        assert page.frames["series"][-1][0]["meta"] | {"revision": 0} == {"from": 0, "total": total, "revision": 0}
        page.do("seek", step=20)
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.001})
        header, arrays = page.frame("series", lambda header: header["branch"] == page.state["branch"])
        assert header["meta"]["from"] == 0 and arrays["step"].max() <= 20


def test_nothing_is_computed_for_channels_that_nobody_watches(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    for name in live.hosting.channels:

        def counting(make: Any, *args: Any, name: str = name) -> Any:
            made.append(name)
            return make(*args)

        live.drawing(monkeypatch, name, counting)
    with Page(live.socket) as page:
        page.run_info()
        page.do("step", count=500)
        assert made == []
        page.do("subscribe", channels=["parameters"])
        page.frame("parameters")
        page.do("step", count=500)
        parameters(page)
        assert set(made) == {"parameters"}
        page.do("subscribe", channels=[])
        count = len(made)
        page.do("step", count=500)
        page.do("pause")
        assert len(made) == count
    assert "data" not in made


def test_nothing_is_sent_again_while_nothing_changes(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "data", "series", "parameters", "maps", "evaluation")
        page.do("step", count=10)
        for channel in ("series", "parameters", "maps", "evaluation"):
            page.frame(channel, lambda header: header["step"] == 10)
        counts = {channel: len(frames) for channel, frames in page.frames.items()}
        for _ in range(20):
            page.do("pause")
        assert counts == {channel: len(frames) for channel, frames in page.frames.items()}
        assert counts["data"] == 1


def test_a_run_stops_where_a_number_is_not_finite(live: Live) -> None:
    with Page(live.socket) as page:
        begun(
            page,
            "parameters",
            "evaluation",
            data={"name": "plane"},
            network={"layers": [{"units": 8, "activation": "relu"}]},
            optimizer={"name": "sgd", "lr": 10.0},
        )
        page.do("play", speed=FLAT)
        state = page.until_state(lambda state: state["status"] == "stopped")
        assert state["stop"]["kind"] == "non_finite" and state["stop"]["op"] and state["stop"]["step"] == state["step"]
        answer = page.ask("play")
        assert answer["type"] == "error" and answer["message"]
        assert page.ask("step")["type"] == "error"
        page.do("seek", step=0)
        assert page.state["status"] == "paused" and page.state["stop"] is None
        page.do("step")


def test_a_run_finishes_and_may_be_extended(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters", stop={"max_steps": 100})
        page.do("play", speed=FLAT)
        state = page.until_state(lambda state: state["status"] == "finished")
        assert (state["step"], state["stop"]["kind"]) == (100, "finished")
        page.do("edit", edit={"kind": "extend", "max_steps": 150})
        assert page.state["status"] == "paused" and page.state["max_steps"] == 150
        page.do("step", count=50)
        assert page.state["step"] == 150
        assert parameters(page)


def test_a_run_stopped_early_stands_at_its_best_and_goes_on_without_the_rule(live: Live) -> None:
    changes: dict[str, Any] = {
        "data": {"name": "moons", "samples": 60, "noise": 2.5, "test_fraction": 0.0, "validation_fraction": 0.5},
        "stop": {"patience": 8},
    }
    direct = trainer(**changes)
    direct.step(1_000_000)
    assert direct.stopped is not None and direct.stopped.best is not None
    with Page(live.socket) as page:
        begun(page, "parameters", **changes)
        page.do("play", speed=FLAT)
        state = page.until_state(lambda state: state["status"] == "stopped")
        stop = state["stop"]
        assert (stop["kind"], stop["step"], stop["best"]) == ("early", direct.end, direct.steps_done)
        assert (state["step"], state["end"]) == (direct.steps_done, direct.end)
        assert str(stop["step"]) in stop["message"] and str(stop["best"]) in stop["message"]
        assert same(parameters(page), direct.named_parameters)
        for command in ({"type": "play"}, {"type": "step", "count": 5}):
            assert page.ask(**command)["code"] == "invalid"
        page.do("seek", step=stop["step"] + 100)
        assert (page.state["step"], page.state["status"]) == (stop["step"], "stopped")
        page.do("seek", step=stop["best"])
        page.do("step", count=stop["step"] + 50)  # as far as the rule lets it, and back
        assert (page.state["step"], page.state["status"]) == (stop["best"], "stopped")
        page.do("edit", edit={"kind": "set", "path": "stop.patience", "value": None})
        assert page.state["status"] == "paused"
        page.do("step", count=400)
        assert page.state["step"] == stop["best"] + 400


def test_a_run_stopped_by_a_small_change(live: Live) -> None:
    direct = trainer(stop={"min_change": 1e-3})
    direct.step(1_000_000)
    with Page(live.socket) as page:
        begun(page, "parameters", stop={"min_change": 1e-3})
        page.do("play", speed=FLAT)
        state = page.until_state(lambda state: state["status"] == "stopped")
        assert (state["stop"]["kind"], state["stop"]["best"], state["step"]) == ("small_change", None, direct.steps_done)
        assert same(parameters(page), direct.named_parameters)


def test_configure_with_a_bad_spec_changes_nothing(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("play", speed=FLAT)
        run = page.state["run"]
        assert page.ask("configure", spec={"optimizer": {"lr": "fast"}})["type"] == "error"
        before = page.state["step"]
        page.until_state(lambda state: state["step"] > before + 1000)
        assert page.state["run"] == run and page.state["status"] == "playing"


def test_an_edit_while_playing_takes_hold_and_play_goes_on(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("play", speed=FLAT)
        page.until_state(lambda state: state["step"] > 100)
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.01})
        script = [event for event in page.events if event["type"] == "script"][-1]
        at = script["edits"][0]["step"]
        assert script["spec"]["optimizer"]["lr"] == 0.01
        page.until_state(lambda state: state["step"] > at + 100)
        page.do("pause")
        direct = trainer()
        direct.step(at)
        direct.edit({"kind": "set", "path": "optimizer.lr", "value": 0.01})
        direct.step(page.state["step"] - at)
        assert same(parameters(page), direct.named_parameters)


def test_seeks_replace_each_other_and_pause_abandons_them(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("step", count=3000)
        targets = [100_000, 2000, 90_000, 5, 1234]
        for id, target in enumerate(targets):
            page.send("seek", step=target, id=f"seek {id}")
        page.until(lambda event: event.get("id") == f"seek {len(targets) - 1}")
        answered = [event["id"] for event in page.events if str(event.get("id")).startswith("seek")]
        assert sorted(answered) == [f"seek {id}" for id in range(len(targets))]
        assert page.state["step"] == 1234 and page.state["status"] == "paused"
        direct = trainer()
        direct.step(1234)
        assert same(parameters(page), direct.named_parameters)
        page.send("seek", step=1_000_000, id="far")
        page.do("pause")
        assert page.state["status"] == "paused" and page.state["step"] < 1_000_000
        assert [event for event in page.events if event.get("id") == "far"]
        step = page.state["step"]
        page.do("pause")
        assert page.state["step"] == step


def test_what_builds_on_a_seek_waits_for_it(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.send("step", count=20_000)
        page.send("step", count=5)
        page.send("seek", step=20_000)
        page.send("step", count=7)
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.01})
        script = [event for event in page.events if event["type"] == "script"][-1]
        assert script["edits"][0]["step"] == 20_007


def test_what_was_held_back_of_a_state_is_told_as_soon_as_it_may_be(live: Live) -> None:
    """The first update of a clock is due at once, too soon after the state before it; the next one comes in eleven days."""
    with Page(live.socket) as page:
        begun(page)
        page.do("play", speed={"unit": "steps", "rate": 1e-6})
        page.until_state(lambda state: state["step"] == 1 and state["status"] == "playing")
        page.do("pause")


def test_a_slow_clock_makes_one_update_at_a_time(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page)
        page.do("play", speed={"unit": "steps", "rate": 30})
        page.until_state(lambda state: state["step"] >= 6)
        steps = [event["step"] for event in page.events if event["type"] == "state" and event["run"] == page.state["run"]]
        assert all(0 <= b - a <= 4 for a, b in itertools.pairwise(steps))
        page.do("play", speed={"unit": "epochs", "rate": 20})
        before = page.state["step"]
        page.until_state(lambda state: state["step"] > before + 20)
        assert page.state["speed"] == {"unit": "epochs", "rate": 20}
        page.do("pause")


def test_sessions_do_not_disturb_each_other(live: Live) -> None:
    with Page(live.socket) as one, Page(live.socket) as two:
        for page in (one, two):
            begun(page, "parameters", "maps")
        one.do("play", speed=FLAT)
        two.do("play", speed=FLAT)
        two.until_state(lambda state: state["step"] > 3000)
        one.until_state(lambda state: state["step"] > 3000)
        for page in (one, two):
            page.do("pause")
            direct = trainer()
            direct.step(page.state["step"])
            assert same(parameters(page), direct.named_parameters)


def test_a_channel_that_fails_is_reported_and_the_others_go_on(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    live.drawing(monkeypatch, "maps", broken)
    with Page(live.socket) as page:
        begun(page, "maps", "evaluation")
        error = page.until(lambda event: event["type"] == "error")
        assert error["code"] == "internal" and "secret" not in error["message"]
        page.do("step", count=5)
        page.frame("evaluation", lambda header: header["step"] == 5)


def test_a_session_that_stumbles_gets_up(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    with Page(live.socket) as page:
        begun(page, "parameters")
        with monkeypatch.context() as patch:
            patch.setattr("server.session.session.due", broken)
            page.send("play", speed=FLAT)
            error = page.until(lambda event: event["type"] == "error")
            assert error["code"] == "internal" and "secret" not in error["message"]
        page.do("step", count=5)
        assert page.state["status"] == "paused" and parameters(page)
