"""A session's clock: play, pause, seek; at its own speed; the ends of a run, by a rule or by a number that is not finite."""

from __future__ import annotations

import itertools
from typing import Any

from live_server import Live
from pages import Page, parameters, same
from session_runs import FLAT, begun, trainer


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


def test_what_was_held_back_of_a_state_is_told_as_soon_as_it_may_be(live: Live) -> None:
    """The first update of a clock is due at once, too soon after the state before it; the next one comes in eleven days."""
    with Page(live.socket) as page:
        begun(page)
        page.do("play", speed={"unit": "steps", "rate": 1e-6})
        page.until_state(lambda state: state["step"] == 1 and state["status"] == "playing")
        page.do("pause")


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
