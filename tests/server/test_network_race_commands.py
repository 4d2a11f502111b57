"""A race on the network over the wire: lanes are lone trainers, planes and trajectories are the engine's, and what is refused
names field and range."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any

import numpy as np
import pytest
from live_server import Live
from network_pages import CHANNELS, SPEC, alone, begun, newest, studied
from pages import Page

from engine import Trainer
from engine.race import NetworkRace
from engine.race.chart import Chart, PlaneChoice
from server.race.levels import positions
from server.race.network.plane import PlaneView
from server.settings import Settings


def test_a_race_from_the_present_run_and_its_lanes(live: Live) -> None:
    with Page(live.socket) as page:
        info = begun(page)
        assert [lane["optimizer"]["name"] for lane in info["lanes"]] == ["momentum", "sgd", "rmsprop", "adam"]
        assert info["lanes"][0]["optimizer"]["lr"] == 0.05 and info["title"] == "two moons · 2–4–1"
        assert [(t["name"], t["offset"]) for t in info["tensors"]] == [("W1", 0), ("b1", 8), ("W2", 12), ("b2", 16)]
        page.do("network_step", count=120)
        header, _ = page.frame("network_standings", lambda h: h["step"] == 120)
        ranked = {row["id"]: row for row in header["meta"]["lanes"]}
        lone = alone(120)
        assert ranked[1]["loss"] == lone.loss("train") and ranked[1]["accuracy"] == lone.accuracy("train")
        header, curves = page.frame("network_curves", lambda h: h["step"] == 120)
        assert np.array_equal(curves["train1"], lone.series.columns()["train_loss"])
        header, maps = page.frame("network_maps", lambda h: h["step"] == 120)
        found = lone.unit_maps(32)
        assert found is not None and np.array_equal(maps["maps"][0], found.maps[-1])

        # A lane with overrides is badged, runs to where the others are, and is a lone trainer again.
        number = page.do("network_lane_add", lane={"optimizer": {"name": "sgd", "lr": 0.1}, "batch_size": 2, "seed": 9})
        five = number["result"]["lane"]
        header, _ = page.frame("network_standings", lambda h: {r["id"]: r["step"] for r in h["meta"]["lanes"]}.get(five) == 120)
        badged = newest(page, "network")["lanes"][-1]
        assert badged["badges"] == ["own start", "own batches"] and badged["slot"] == 4
        other = alone(120, optimizer={"name": "sgd", "lr": 0.1}, batch_size=2, seed=9)
        assert {r["id"]: r["loss"] for r in header["meta"]["lanes"]}[five] == other.loss("train")

        page.do("network_lane_retune", lane=1, optimizer={"name": "momentum", "lr": 0.01})
        page.do("network_step", count=30)
        lone.edit({"kind": "set", "path": "optimizer.lr", "value": 0.01})
        lone.step(30)
        header, _ = page.frame("network_standings", lambda h: h["step"] == 150)
        assert {r["id"]: r["loss"] for r in header["meta"]["lanes"]}[1] == lone.loss("train")

        # Its run in the session's own trainer, where Train and the microscope look at it; the race goes on beside it.
        script = page.do("network_open", lane=1)["result"]["script"]
        assert json.loads(script)["step"] == 150 and len(json.loads(script)["edits"]) == 1
        page.do("load", script=script)
        assert page.state["step"] == 150
        page.do("network_seek", step=40)
        assert newest(page, "network_state")["step"] == 40
        page.do("network_lane_remove", lane=five)
        page.do("network_lane_duplicate", lane=2)
        assert newest(page, "network")["lanes"][-1]["slot"] == 4

        there = dict.fromkeys((1, 2, 3, 4, five + 1), 40)
        # The script gives the same race: the same bits.
        header, _ = page.frame("network_standings", lambda h: {r["id"]: r["step"] for r in h["meta"]["lanes"]} == there)
        before = sorted((r["loss"] for r in header["meta"]["lanes"]), key=float)
        shared = page.do("network_share")["result"]["script"]
        with Page(live.socket) as second:
            second.run_info()
            second.do("subscribe", channels=["network_standings"])
            second.do("network_load", script=shared)
            header, _ = second.frame("network_standings", lambda h: h["step"] == 40)
            assert sorted((r["loss"] for r in header["meta"]["lanes"]), key=float) == before
            assert newest(second, "network_state")["same_bits"]


def test_a_race_keeps_what_is_frozen_in_the_run(live: Live) -> None:
    """Said in its title, in every lane, in its script, and in the run that a lane is opened as; else it is refused by name."""
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        page.do("subscribe", channels=["network_standings"])
        page.do("step", count=20)
        entries = [{"name": "W1", "index": [2, None]}, {"name": "b1", "index": [0]}]
        page.do("edit", edit={"kind": "freeze", "action": "freeze", "entries": entries})
        page.do("network", lanes=[{"optimizer": {"name": "adamw", "lr": 0.05}}])
        assert newest(page, "network")["title"] == "two moons · 2–4–1 · 3 frozen"
        page.do("network_step", count=15)
        shared = json.loads(page.do("network_share")["result"]["script"])
        lone = NetworkRace.from_script(shared).lanes[0].trainer
        run = alone(20)
        assert np.array_equal(lone.named_parameters["W1"][2], run.named_parameters["W1"][2])
        assert lone.named_parameters["b1"][0] == run.named_parameters["b1"][0]
        header, _ = page.frame("network_standings", lambda h: h["step"] == 15)
        assert header["meta"]["lanes"][0]["loss"] == lone.loss("train")
        opened = Trainer.from_script(page.do("network_open", lane=1)["result"]["script"])
        assert np.array_equal(opened.machine.theta, lone.machine.theta) and opened.frozen.keys() == {"W1", "b1"}
        shared["spec"]["frozen"][0]["places"][-1] = 8
        refused = page.ask("network_load", script=shared)
        assert refused["type"] == "error" and refused["code"] == "invalid"
        assert "frozen" in refused["field"] and "0 to 7" in refused["allowed"]


def test_files_hold_every_lane_and_need_nothing_else(live: Live) -> None:
    lanes = [{"optimizer": {"name": "sgd", "lr": 0.1}, "label": "</script> & <b>"}, {"optimizer": {"name": "adam", "lr": 0.02}}]
    with Page(live.socket) as page:
        begun(page, lanes)
        page.do("network_step", count=130)
        page.do("network_lane_retune", lane=1, optimizer={"name": "sgd", "lr": 0.05})
        page.do("network_step", count=5)
        page.do("network_plane", kind="pca", points=53)
        found = page.do("network_export", format="csv")["result"]
        assert (found["name"], found["type"]) == ("chainrule-race-moons-step-135.csv", "text/csv")
        rows = list(csv.DictReader(io.StringIO(found["text"])))
        lone = alone(135, optimizer=lanes[1]["optimizer"])
        mine, series = [row for row in rows if row["lane"] == "2"], lone.series.columns()
        assert [int(row["step"]) for row in mine] == [*series["step"], 135], "what was recorded, and where it stands"
        assert [float(row["train_loss"]) for row in mine] == [*series["train_loss"], lone.loss("train")]
        assert float(mine[-1]["test_accuracy"]) == lone.accuracy("test") and {row["validation_loss"] for row in mine} == {""}
        shares = [float(row["test_largest_class"]) for row in rows]
        assert set(shares) == {lone.dataset.largest_class_share("test")}, "beside each accuracy"
        first = [row for row in rows if row["lane"] == "1"]
        assert [float(row["rate"]) for row in first] == [0.1 if int(row["step"]) < 130 else 0.05 for row in first]
        assert {row["name"] for row in first} == {"</script> & <b>"}

        found = page.do("network_export", format="html", theme="dark")["result"]
        text = found["text"]
        assert found["name"] == "chainrule-race-moons-step-135.html" and found["type"] == "text/html"
        assert "<script src=" not in text and len(text) > 1_000_000 and "</script> & <b>" not in text
        figure = drawn(text)
        ground, *lines, table = figure
        header, fine = page.frame("network_surface", lambda h: h["meta"]["chart"] == 2 and h["meta"]["stride"] == 1)
        assert ground["type"] == "contour" and 12 <= len(header["meta"]["contours"]) <= 18
        assert np.array_equal(values(ground["z"]), positions(fine["f"], header["meta"]["contours"])[0])
        ways = [line for line in lines if "hovertemplate" in line and "off the plane" in line["hovertemplate"]]
        chart = engine_chart(lanes)
        for way, lane in zip(ways, chart[0].lanes, strict=True):
            expected = chart[1].plane.coordinates(chart[0].trajectory(lane.id)[1])
            assert np.allclose(np.column_stack([values(way["x"]), values(way["y"])]), expected, rtol=1e-9, atol=1e-12)
        curves = {line["name"]: line for line in lines if line.get("yaxis") == "y2"}
        assert len(curves) == 4 and values(curves["Adam, train"]["y"])[-1] == lone.loss("train")
        assert values(curves["Adam, test"]["y"])[-1] == lone.loss("test")
        cells = dict(zip(table["cells"]["values"][0], table["cells"]["values"][2], strict=True))
        assert table["type"] == "table" and float(cells["Adam"]) == pytest.approx(lone.loss("train"), rel=1e-5)
        for number in (1, 2):
            page.do("network_lane_remove", lane=number)
        assert page.ask("network_export", format="html")["field"] == "lanes"


def engine_chart(lanes: list[dict[str, Any]]) -> tuple[NetworkRace, Chart]:
    race = NetworkRace({"run": SPEC, "lanes": lanes})
    race.advance(130)
    race.retune(1, {"name": "sgd", "lr": 0.05})
    race.advance(5)
    return race, Chart.of(race, PlaneChoice("pca"))


def test_a_plane_is_painted_coarse_to_fine() -> None:
    _, chart = engine_chart([{"optimizer": {"name": "sgd", "lr": 0.3}}, {"optimizer": {"name": "adam", "lr": 0.05}}])
    view, strides = PlaneView(), []
    view.lay(chart, 53)
    while view.painting:
        view.paint(60.0)
        assert chart.picture is not None
        strides.append(chart.picture.stride)
    assert len(set(strides)) > 1 and strides == sorted(strides, reverse=True) and strides[-1] == 1
    assert view.drawn == len(set(strides))


def drawn(text: str) -> list[dict[str, Any]]:
    """The traces of a page that Plotly wrote."""
    begin = text.index("[", text.rindex("Plotly.newPlot("))
    found: list[dict[str, Any]] = json.JSONDecoder().raw_decode(text, begin)[0]
    return found


def values(given: Any) -> np.ndarray:
    """Plotly packs NumPy's arrays."""
    if not isinstance(given, dict):
        return np.array(given, dtype=float)
    flat = np.frombuffer(base64.b64decode(given["bdata"]), dtype=given["dtype"])
    return flat.reshape([int(side) for side in str(given.get("shape", len(flat))).split(",")])


def test_playing_pausing_and_speed(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page)
        page.do("network_play", speed={"unit": "steps", "rate": 200})
        page.until(lambda e: e["type"] == "network_state" and e["step"] >= 20 and e["steps_per_second"] is not None)
        page.do("network_speed", speed={"unit": "steps", "rate": 400})
        page.do("network_lane_add", lane={"optimizer": {"name": "lion", "lr": 0.001}})
        page.until(lambda e: e["type"] == "network_state" and e["status"] == "playing" and e["step"] > 200)
        page.do("network_pause")
        state = newest(page, "network_state")
        assert state["status"] == "paused"
        header, _ = page.frame("network_standings", lambda h: h["step"] == state["step"] and len(h["meta"]["lanes"]) == 5)
        assert {row["step"] for row in header["meta"]["lanes"]} == {state["step"]}
        page.do("network_play", speed={"unit": "flat"})
        page.until(lambda e: e["type"] == "network_state" and e["status"] == "finished")
        assert "at its end" in page.ask("network_play")["message"]


def test_planes_coarse_to_fine_and_what_they_hide(live: Live) -> None:
    lanes = [{"optimizer": {"name": name, "lr": lr}} for name, lr in (("sgd", 0.3), ("adam", 0.05), ("rmsprop", 0.05))]
    engine = NetworkRace({"run": SPEC, "lanes": lanes})
    engine.advance(200)
    with Page(live.socket) as page:
        begun(page, lanes)
        assert page.ask("network_plane", kind="pca")["field"] == "points"
        page.do("network_step", count=200)
        page.do("network_plane", kind="pca", points=53)
        header, fine = page.frame("network_surface", lambda h: h["meta"]["plane"] == "pca" and not h["meta"]["more"])
        strides = [h["meta"]["stride"] for h, _ in page.frames["network_surface"] if h["meta"]["plane"] == "pca"]
        assert (
            strides[-1] == 1
            and strides == sorted(set(strides), reverse=True)
            and fine["f"].shape == (53, 53)
            and header["meta"]["centred"] == 200
        )
        chart = Chart.of(engine, PlaneChoice("pca"))
        assert header["meta"]["domain"] == [list(chart.across), list(chart.up)]
        assert np.array_equal(fine["f"], chart.landscape.picture(chart.plane, chart.across, chart.up, 53).values)
        header, ways = page.frame("network_ways", lambda h: h["meta"]["chart"] == 2 and h["step"] == 200)
        while np.isnan(ways["true_loss"]).any():
            page.receive()
            header, ways = page.frames["network_ways"][-1]
        first = 0
        for told, lane in zip(header["meta"]["lanes"], engine.lanes, strict=True):
            part = slice(first, first + told["count"])
            first += told["count"]
            steps, points = engine.trajectory(lane.id)
            assert np.array_equal(ways["steps"][part], steps)
            assert np.allclose(np.column_stack([ways["a"][part], ways["b"][part]]), chart.plane.coordinates(points))
            assert np.array_equal(ways["true_loss"][part], chart.landscape.at(points))
            assert np.allclose(ways["off"][part], chart.plane.off(points))
        assert header["meta"]["explained"] == pytest.approx(sum(chart.plane.explained or ()), rel=1e-9)
        a, b, least = header["meta"]["minima"]["lowest"]
        assert least == fine["f"].min() and a in fine["x"] and b in fine["y"]

        page.do("network_plane", kind="weights", lane=2, weights=[0, 5], points=25)
        header, _ = page.frame("network_surface", lambda h: h["meta"]["plane"] == "weights")
        theta = engine.lane(2).trainer.machine.theta
        assert header["meta"]["offset"] == [theta[0], theta[5]] and header["meta"]["names"][0] == "W1[1,1]"
        header, ways = page.frame("network_ways", lambda h: h["meta"]["chart"] == 3)
        assert np.allclose(ways["slopes"][1], engine.lane(2).trainer.evaluator.gradient("train")[[0, 5]], rtol=1e-12)
        page.do("network_plane", kind="points", corners=[0, 1, 2], points=25)
        page.frame("network_surface", lambda h: h["meta"]["plane"] == "points")
        page.do("network_plane", kind="random", seed=4, others="normal", points=25)
        header, _ = page.frame("network_surface", lambda h: h["meta"]["plane"] == "random")
        assert "biases" in header["meta"]["words"]


@pytest.mark.parametrize(
    ("type", "fields", "field", "allowed"),
    [
        ("network_lane_add", {"lane": {"optimizer": {"name": "sgd", "lr": -1}}}, "lane.optimizer.lr", "[0, 1e+09]"),
        ("network_lane_add", {"lane": {"batch_size": 0}}, "lane.batch_size", "whole number from 1"),
        ("network_lane_retune", {"lane": 9}, "lane", "1, 2, 3, 4"),
        ("network_lane_replace", {"lane": 1, "spec": {"seed": -1}}, "spec.seed", "0"),
        ("network_seek", {"step": 4001}, "step", "0 to 4000"),
        ("network_plane", {"kind": "weights", "weights": [3, 3]}, "weights", "two different places from 0 to 16"),
        ("network_plane", {"kind": "weights", "weights": [3, 99]}, "weights", "0 to 16"),
        ("network_plane", {"kind": "points", "corners": [0, 0, 1]}, "plane", "two that span a plane"),
        ("network_plane", {"points": 30}, "points", "101"),
        ("network_export", {"format": "pdf"}, "format", "html"),
        ("network_open", {"lane": 12}, "lane", "1, 2, 3, 4"),
        ("study_seeds", {"seeds": 65}, "seeds", "at most 64"),
        ("study_seeds", {"seeds": 64, "steps": 100_000}, "steps", "1 to 78125"),
        ("study_rates", {"low": 1.0, "high": 0.1}, "high", "above low, 1"),
        ("study_compass", {"lane": 1, "batch_size": 31}, "batch_size", "1 to 30"),
        ("study_compass", {"lane": 1, "weights": [4, 4]}, "weights", "0 to 16"),
        ("network_load", {"script": "{}"}, "script", "network_share"),
        ("network_load", {"script": {"spec": {"run": SPEC, "lanes": [{}]}, "step": 5000}}, "script.step", "0 to 4000"),
    ],
)
def test_what_is_refused_names_field_and_range(page_of_a_race: Page, type: str, fields: Any, field: str, allowed: str) -> None:
    answer = page_of_a_race.ask(type, **fields)
    assert answer["type"] == "error" and answer["field"] == field and allowed in answer["allowed"], answer


@pytest.fixture(scope="module")
def page_of_a_race(live: Live) -> Any:
    with Page(live.socket) as page:
        begun(page)
        yield page
        page.do("network_step", count=3)  # and it goes on
        assert newest(page, "network_state")["step"] == 3


def test_refusals_that_need_another_race(live: Live, serve: Any) -> None:
    with Page(live.socket) as page:
        page.run_info()
        assert page.ask("network_play")["code"] == "no_race"
        begun(page, network={"layers": [{"units": 3, "norm": "batch"}]})
        assert page.ask("study_compass", lane=1)["field"] == "network"
        assert page.ask("study_basins", lane=1)["code"] == "no_race"
        for number in (1, 2, 3, 4):
            page.do("network_lane_remove", lane=number)
        assert page.ask("network_play")["field"] == "lanes" and page.ask("study_point")["field"] == "lanes"
        assert page.ask("network_plane", kind="random")["field"] == "lanes"
        page.do("network_lane_add", lane={})
        page.do("network_step", count=2)
    small = serve(Settings(database_url="sqlite://", max_parameters=60))
    with Page(small.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        answer = page.ask("network")
        assert answer["code"] == "limit" and answer["field"] == "lanes" and answer["allowed"] == "up to 3"
        page.do("network", lanes=[{}, {}, {}])
        assert page.ask("network_lane_duplicate", lane=1)["code"] == "limit"


def test_a_network_too_wide_for_its_landscape_is_refused_and_the_session_goes_on(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.landscape.slices.MOST_VALUES", 1)
    with Page(live.socket) as page:
        page.run_info()
        many = {"name": "moons", "samples": 700}
        page.do("configure", spec=SPEC | {"data": many, "network": {"layers": [{"units": 3, "norm": "batch"}]}})
        answer = page.ask("network")
        assert (answer["code"], answer["field"]) == ("invalid", "split") and "up to" in answer["allowed"]
        page.do("step", count=2)
        assert page.state["step"] == 2


def test_why_the_first_is_the_first_is_told_with_what_was_measured(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, [{"optimizer": {"name": "sgd", "lr": 0.1}}, {"optimizer": {"name": "adam", "lr": 0.01}}])
        page.do("subscribe", channels=[*CHANNELS, "network_outcome"])
        assert page.frame("network_outcome")[0]["meta"]["reason"] is None, "nothing has been run"
        page.do("network_step", count=200)
        header, _ = page.frame("network_outcome", lambda h: h["step"] == 200 and h["meta"]["reason"] is not None)
        reason = header["meta"]["reason"]
        ranked = page.frame("network_standings", lambda h: h["step"] == 200)[0]["meta"]["lanes"]
        assert [reason["first"], reason["other"]] == [row["id"] for row in ranked] and reason["paths"][0]["measured"] is None
        meta, _ = studied(page, "study_point")
        bounds = {each["id"]: [each["bound"]["curvature"], each["bound"]["rate"]] for each in meta["lanes"]}
        header, _ = page.frame("network_outcome", lambda h: h["meta"]["reason"]["paths"][0]["measured"] is not None)
        assert {path["lane"]: path["measured"] for path in header["meta"]["reason"]["paths"]} == bounds
        assert "its bound is" in header["meta"]["words"] and header["meta"]["title"]
