"""A session's channels: complete, without gaps, nothing for nobody, nothing twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page, parameters, same
from session_runs import FLAT, begun, trainer


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
        told = ("loss", "accuracy", "baseline", "balanced_accuracy", "r_squared")
        assert header["meta"]["test"] == {name: getattr(test, name) for name in told} and test.baseline is not None
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


def test_each_mini_batch_has_its_loss_before_any_point_is_recorded(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "batch_losses")
        page.do("step", count=3)
        page.frame("batch_losses", lambda header: header["meta"]["total"] == 3)
        held: list[float] = []
        for header, arrays in page.frames["batch_losses"]:
            if header["run"] == page.state["run"]:
                held[header["meta"]["from"] :] = arrays["batch_loss"].tolist()
        direct = trainer()
        assert held == [direct.step() for _ in range(3)]


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
