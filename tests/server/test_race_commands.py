"""A race over the wire: the engine's own numbers, one clock for all lanes, the same bits again."""

from __future__ import annotations

import json
from dataclasses import asdict

import httpx
import numpy as np
import pytest
from live_server import Live
from race_pages import CHANNELS, FLAT, SPEC, RacePage, same_trails

from engine.landscape.curvature import of_matrix
from engine.race import Race
from engine.race.outcome.reasons import reason
from engine.race.outcome.words import title_of, words_of
from engine.race.presets import PRESETS
from engine.race.spec import LaneSpec
from engine.race.sweep import SURFACE_RATES, tuned
from engine.surfaces.rows import SURFACES
from server.race.names import names_of


def test_eight_lanes_are_the_engines_bit_for_bit_however_they_are_played(live: Live) -> None:
    direct = Race(SPEC)
    with RacePage(live.socket) as page:
        page.begin()
        page.do("race_play", speed={"unit": "steps", "rate": 500})
        page.until(lambda event: event["type"] == "race_state" and event["step"] > 20)
        page.do("race_speed", speed=FLAT)
        assert page.until_status("finished")["step"] == 3000
        direct.seek(3000)
        assert same_trails(page.trails(), direct)
        sent = [header["meta"] for header, _ in page.frames["race_trails"]]
        assert sum(part["count"] for meta in sent for part in meta["lanes"]) == 8 * 3001, "every point travels once"
        page.do("race_seek", step=1234)
        direct.seek(1234)
        ranked = page.settled("race_standings")[0]["meta"]["lanes"]
        expected = direct.standings()
        assert [row["id"] for row in ranked] == [found.id for found in expected]
        for row, found in zip(ranked, expected, strict=True):
            assert (row["x"], row["y"], row["loss"]) == (found.x, found.y, found.loss)
            assert (row["gradient_norm"], row["reached"]) == (found.gradient_norm, found.reached)
            assert row["arrived"] == found.arrived
            assert row["evaluations"] == row["step"] == 1234 and row["rate"] == 1e-3 and row["seconds"] > 0
        header, arrays = page.settled("race_trails")
        for row, part in enumerate(header["meta"]["lanes"]):
            step = direct.next_step(part["id"])
            assert step is not None and np.array_equal(arrays["next"][row], step)
            place = direct.trail(part["id"])[-1]
            assert np.array_equal(arrays["gradients"][row], direct.surface.at(place).gradient[0])
        page.do("race_step", count=2)
        assert page.at["step"] == 1236 and page.at["status"] == "paused"
        # The run beside it was left alone.
        assert page.state["step"] == 0


def test_the_surface_and_a_lanes_place_are_the_engines(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.begin({"surface": {"name": "himmelblau"}, "lanes": [{"optimizer": {"name": "momentum", "lr": 0.005}}] * 2})
        race = Race(page.info["spec"])
        header, arrays = page.frame("race_surface")
        assert np.array_equal(arrays["f"][40, 90], race.surface.at([arrays["x"][90], arrays["y"][40]]).value[0])
        lifted = np.log10(arrays["f"] - header["meta"]["least"] + header["meta"]["floor"])
        assert np.allclose(arrays["level"], lifted, rtol=0, atol=1e-12)
        assert len(header["meta"]["minima"]) == 4 and header["meta"]["least"] <= 1e-12
        page.do("race_seek", step=900)
        race.seek(900)
        meta = page.settled("race_point")[0]["meta"]
        point = race.surface.at(race.trail(1)[-1])
        expected = of_matrix(point.gradient[0], point.hessian[0])
        assert meta["lane"] == 1 and meta["leads"] and meta["kind"] == expected.kind == "minimum"
        assert meta["newton_step"] == expected.newton_step
        assert meta["eigenvalues"] == list(expected.spectrum) and meta["condition"] == expected.condition
        assert meta["bound"]["rate"] == pytest.approx(2 * 1.9 / np.linalg.eigvalsh(point.hessian[0])[-1], rel=1e-12)
        page.do("subscribe", channels=list(CHANNELS), lane=2, plane=[[2.5, 3.5], [1.5, 2.5]])
        part, shown = page.frame("race_surface", lambda found: found["frame"] != header["frame"])
        assert (shown["x"][0], shown["x"][-1], shown["y"][0], shown["y"][-1]) == (2.5, 3.5, 1.5, 2.5)
        assert {key: part["meta"][key] for key in ("floor", "levels", "ends")} == {
            key: header["meta"][key] for key in ("floor", "levels", "ends")
        }, "the scale stays that of the whole"
        assert np.array_equal(shown["f"][90, 90], race.surface.at([shown["x"][90], shown["y"][90]]).value[0])
        assert page.ask("subscribe", channels=[], plane=[[1, 0], [0, 1]])["field"] == "plane"
        assert page.frame("race_point", lambda header: header["meta"]["lane"] == 2)[0]["meta"]["leads"] is False


def test_lanes_come_go_and_change_while_the_others_run(live: Live) -> None:
    direct = Race(SPEC | {"lanes": SPEC["lanes"][:3]})
    with RacePage(live.socket) as page:
        page.begin(SPEC | {"lanes": SPEC["lanes"][:3]})
        page.do("race_seek", step=200)
        direct.seek(200)
        page.do("race_play", speed={"unit": "steps", "rate": 1e-6})
        # The first step of a clock is due at once, but made after the answer to its command; the next is due in eleven days.
        page.frame("race_trails", lambda header: header["run"] == page.info["race"] and header["step"] == 201)
        rule = {"name": "momentum", "lr": 5e-4, "beta": 0.5}
        page.do("race_lane_retune", lane=2, optimizer=rule)
        stood = page.at["step"]
        assert stood == 201, "a change tells where the race stands"
        direct.seek(stood)
        direct.retune(2, rule)
        assert page.at["status"] == "playing", "a change does not stop the clock"
        added = page.do("race_lane_add", lane={"optimizer": {"name": "adam"}, "seed": 9})["result"]["lane"]
        assert direct.add({"optimizer": {"name": "adam"}, "seed": 9}) == added
        twin = page.do("race_lane_duplicate", lane=2)["result"]["lane"]
        assert direct.duplicate(2) == twin
        page.do("race_lane_remove", lane=1)
        direct.remove(1)
        page.do("race_pause")
        page.do("race_seek", step=700)
        direct.seek(700)
        assert same_trails(page.trails(), direct)
        lanes = {lane["id"]: lane for lane in page.info["lanes"]}
        assert list(lanes) == [2, 3, added, twin]
        assert (
            lanes[added]["badges"] == ["own noise"] and lanes[added]["joined"] == stood and lanes[added]["chosen"] == "default"
        )
        assert lanes[2]["retunes"] == [stood] and lanes[2]["optimizer"]["lr"] == 5e-4 and lanes[2]["chosen"] == "own"
        assert [from_ for from_, _ in lanes[2]["clock"]] == [0, stood]
        page.do("race_seek", step=stood - 50)
        assert next(lane for lane in page.info["lanes"] if lane["id"] == 2)["optimizer"]["lr"] == 1e-3, "as it was there"
        page.do("race_lane_replace", lane=3, spec={"label": "plain", "optimizer": {"name": "sgd", "lr": 2e-3}})
        assert next(lane for lane in page.info["lanes"] if lane["id"] == 3)["label"] == "plain"


def test_a_script_replays_the_same_bits_in_another_session(live: Live) -> None:
    with RacePage(live.socket) as page, RacePage(live.socket) as other:
        page.begin(threshold=0.5)
        page.do("race_seek", step=400)
        page.do("race_lane_retune", lane=6, optimizer={"name": "adam", "lr": 0.02}, schedule={"name": "cosine"})
        page.do("race_change", start=[-1.5, 0.5], max_steps=2000)
        page.do("race_seek", step=1500)
        script = page.do("race_share")["result"]["script"]
        other.do("race_load", script=script)
        other.do("subscribe", channels=list(CHANNELS))
        assert other.at["step"] == 1500 and other.at["same_bits"] and other.info["threshold"] == 0.5
        mine, theirs = page.trails(), other.trails()
        assert mine.keys() == theirs.keys()
        for number in mine:
            assert np.array_equal(mine[number][0][:1501], theirs[number][0]) and len(theirs[number][0]) == 1501
            assert np.array_equal(mine[number][1][:1501], theirs[number][1])
        assert other.do("race_share")["result"]["script"] == script
        elsewhere = json.loads(script) | {"fingerprint": "another machine"}
        other.do("race_load", script=elsewhere)
        assert other.at["same_bits"] is False


def test_dragging_the_start_runs_all_lanes_again(live: Live) -> None:
    direct = Race(SPEC)
    with RacePage(live.socket) as page:
        page.begin()
        page.do("race_seek", step=300)
        before = page.frame("race_surface")[0]["frame"]
        for x in np.linspace(-1.2, 0.5, 20):
            page.send("race_change", start=[float(x), 2.0])
        page.do("race_change", start=[0.5, 2.0])
        assert page.at["step"] == 300 and page.info["start"] == [0.5, 2.0]
        direct.change(start=(0.5, 2.0))
        direct.seek(300)
        assert same_trails(page.trails(), direct)
        assert page.frames["race_surface"][-1][0]["frame"] == before, "the same surface is not sent again"


def test_a_bound_counts_the_updates_of_the_rule_that_is_in_force(live: Live) -> None:
    """Gradient descent, from step 30 on Adam, from step 60 on at another rate: beside a plain Adam that began at step 30."""
    spec = {
        "surface": {"name": "ravine", "angle": 30},
        "lanes": [{"optimizer": {"name": "sgd", "lr": 0.004}}],
        "max_steps": 500,
    }
    with RacePage(live.socket) as page:
        page.begin(spec)

        def bound() -> float | None:
            found = page.settled("race_standings")[0]["meta"]["lanes"][0]["bound"]
            return None if found is None else float(found["rate"])

        page.do("race_seek", step=30)
        assert bound() == pytest.approx(0.02, rel=1e-9)  # 2 / 100
        page.do("race_lane_retune", lane=1, optimizer={"name": "adam", "lr": 0.01})
        assert bound() is None, "before its first update it has divided by nothing"
        page.frame("race_point", lambda each: "from its first update on" in (each["meta"]["unbounded"] or ""))
        race = Race(spec)
        race.seek(30)
        matrix = race.surface.at([[0.0, 0.0]]).hessian[0]
        theta, m, v = race.trail(1)[-1].copy(), np.zeros(2), np.zeros(2)
        for made in range(1, 51):
            gradient = matrix @ theta
            m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
            corrected = v / (1 - 0.999**made)
            theta = theta - (0.01 if made <= 30 else 0.02) * (m / (1 - 0.9**made)) / (np.sqrt(corrected) + 1e-8)
            if made == 30:
                page.do("race_seek", step=60)
                page.do("race_lane_retune", lane=1, optimizer={"name": "adam", "lr": 0.02})
            if made in (1, 30, 50):
                page.do("race_seek", step=30 + made)
                scaled = np.diag(1 / (np.sqrt(corrected) + 1e-8)) @ matrix
                assert bound() == pytest.approx(38 / np.linalg.eigvals(scaled).real.max(), rel=1e-9), made
        page.do("race_lane_retune", lane=1, optimizer={"name": "rmsprop", "lr": 0.001})
        assert bound() is None


def test_rates_are_chosen_in_one_way_that_is_declared(live: Live) -> None:
    spec = SPEC | {"lanes": SPEC["lanes"][:2]}
    with RacePage(live.socket) as page:
        page.begin(spec)
        page.do("race_seek", step=100)
        page.do("race_lane_retune", lane=1, optimizer={"name": "sgd", "lr": 2e-3})
        words = page.do("race_rates", how="tuned", steps=300)["result"]["words"]
        direct = Race(spec)
        expected = [tuned(direct, lane.spec, 0.01, 300) for lane in direct.lanes]
        assert len(SURFACE_RATES) == 22 and words == expected[0].words == "22 rates × 3 seeds, 300 steps" == page.info["rates"]
        assert [lane["optimizer"]["lr"] for lane in page.info["lanes"]] == [found.best for found in expected]
        assert {lane["chosen"] for lane in page.info["lanes"]} == {"tuned"} and page.info["lanes"][0]["retunes"] == []
        assert page.at["step"] == 100 and page.at["status"] == "paused"
        page.do("race_rates", how="same", lr=0.0005)
        assert {(lane["optimizer"]["lr"], lane["chosen"]) for lane in page.info["lanes"]} == {(0.0005, "same")}
        page.do("race_rates", how="defaults")
        assert {lane["chosen"] for lane in page.info["lanes"]} == {"default"}
        page.send("race_rates", id="t", how="tuned", steps=10_000)
        page.send("race_pause")
        answer = page.until(lambda event: event.get("id") == "t")
        assert answer["type"] == "done" or answer["code"] == "cancelled"


def test_a_room_opens_on_any_surface_with_the_usual_lanes_tuned(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.do("race", surface="himmelblau")
        direct = Race({"surface": "himmelblau"})
        names = [lane["optimizer"]["name"] for lane in page.info["lanes"]]
        assert names == ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"]
        for lane, own in zip(page.info["lanes"], page.info["spec"]["lanes"], strict=True):
            assert lane["chosen"] == "tuned"
            usual = LaneSpec.model_validate({"optimizer": {"name": lane["optimizer"]["name"]}})
            assert own["optimizer"]["lr"] == tuned(direct, usual, 0.01).best
        assert (
            page.info["minimum"] == "known" and page.info["rates"] == "22 rates × 1 seed, 1000 steps" and page.at["step"] == 0
        )
        # Another surface begins at its start; other numbers of it leave the race where it is.
        page.do("race_seek", step=40)
        page.do("race_change", surface={"name": "bowl", "kappa": 3.0})
        assert page.at["step"] == 0 and page.info["threshold"] == 0.01
        page.do("race_seek", step=40)
        page.do("race_change", surface={"name": "bowl", "kappa": 4.0})
        assert page.at["step"] == 40
        # Tiny gradients lie below 0.01 from the start: its finish is its own, unless somebody has set one.
        page.do("race_change", surface="tiny_gradients")
        assert page.info["threshold"] == 1e-8
        page.do("race_change", threshold=1e-7)
        page.do("race_change", surface="booth")
        assert page.info["threshold"] == 1e-7
        page.do("race_change", surface={"name": "formula", "formula": "(x - 1)**2 + y**2"})
        assert page.info["minimum"] == "found" and page.info["least"] == pytest.approx(0.0, abs=1e-12)
        page.do("race_change", surface={"name": "formula", "formula": "x"})
        assert page.info["minimum"] == "none" and page.info["least"] is None
        refused = page.ask("race", surface="bowl", spec={"surface": "bowl"})
        assert (refused["code"], refused["field"]) == ("invalid", "surface")
        assert page.ask("race", surface="no such")["field"] == "surface.name"


def test_why_the_first_is_the_first_is_told_when_the_race_stands(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.do("race", surface="rosenbrock")
        page.do("subscribe", channels=[*CHANNELS, "race_outcome"])
        assert page.settled("race_outcome")[0]["meta"]["reason"] is None, "nothing has been run"
        page.do("race_seek", step=1000)
        meta = page.settled("race_outcome")[0]["meta"]
        told = meta["reason"]
        direct = Race(page.info["spec"])
        direct.seek(1000)
        found = reason(direct, 0.01)
        assert found is not None
        assert told == json.loads(json.dumps(asdict(found) | {"paths": [asdict(path) for path in found.paths.values()]}))
        called = names_of(direct).__getitem__
        assert (meta["title"], meta["words"]) == (title_of(found, called), words_of(found, called))


def test_a_lane_that_diverges_is_marked_and_the_others_run_on(live: Live) -> None:
    lanes = [{"optimizer": {"name": "sgd", "lr": 1.0}}, {"optimizer": {"name": "adam", "lr": 0.01}}]
    with RacePage(live.socket) as page:
        page.begin({"surface": {"name": "rosenbrock"}, "lanes": lanes, "max_steps": 500})
        page.do("race_play", speed=FLAT)
        page.until_status("finished")
        first, last = page.settled("race_standings")[0]["meta"]["lanes"]
        gone = Race(page.info["spec"])
        gone.seek(500)
        assert (first["id"], first["diverged"], first["step"]) == (2, None, 500)
        assert (last["id"], last["diverged"], last["bound"]) == (1, gone.diverged(1), None) and last["step"] < 10
        assert len(page.trails()[1][0]) == last["step"] + 1
        refused = page.ask("race_lane_retune", lane=1, optimizer={"name": "sgd", "lr": 0.001})
        assert refused["field"] == "lane" and "a change at a step before that" in refused["allowed"]


def test_every_preset_and_every_surface_is_drawn(live: Live) -> None:
    surfaces = [{"surface": {"name": name}, "lanes": [{}], "max_steps": 50} for name in SURFACES]
    races = httpx.get(f"http://127.0.0.1:{live.port}/api/catalog").json()["races"]  # as the page gets them
    presets = [row["script"] for row in races if row["kind"] == "surface"]
    assert len(presets) == sum(preset.kind == "surface" for preset in PRESETS.values()) > 5
    with RacePage(live.socket) as page:
        for spec in surfaces + presets:
            page.begin(spec)
            page.do("race_seek", step=page.at["max_steps"])
            ranked = page.settled("race_standings")[0]["meta"]["lanes"]
            assert len(ranked) == len(spec["lanes"]) and page.settled("race_point")[0]["meta"]["lane"] == ranked[0]["id"]
            number = page.info["race"]
            header, arrays = page.frame("race_surface", lambda found, wanted=number: found["run"] == wanted)
            assert np.isfinite(arrays["level"]).all() and np.ptp(arrays["level"]) > 0
            low, high = header["meta"]["ends"]
            levels = header["meta"]["levels"]
            assert low <= levels["start"] < levels["end"] <= high and (levels["end"] - levels["start"]) / levels["size"] < 13
        assert not [event for event in page.events if event["type"] == "error"]


def test_long_trails_come_in_parts_without_a_gap(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.race.surface.channels.MOST_POINTS", 800)
    direct = Race(SPEC)
    direct.seek(1000)
    with RacePage(live.socket) as page:
        page.begin()
        page.do("race_seek", step=1000)
        assert same_trails(page.trails(), direct)
        parts = [header["meta"] for header, _ in page.frames["race_trails"]]
        assert max(part["count"] for meta in parts for part in meta["lanes"]) == 100 and len(parts) >= 10
        assert sum(part["count"] for meta in parts for part in meta["lanes"]) == 8 * 1001
