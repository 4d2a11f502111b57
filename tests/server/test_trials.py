"""Findings, the learning-rate finder and the gradient check over the wire: the engine's own numbers, and the run left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page, parameters, same

from engine import RunSpec, Trainer
from engine.diagnostics.gradient_check import GradientCheck
from server.run.trials import SIDE, map_of

FLAT = {"unit": "flat"}
SPEC: dict[str, Any] = {
    "data": {"name": "moons", "samples": 80, "noise": 0.1},
    "network": {"layers": [{"units": 8}, {"units": 8}]},
    "optimizer": {"name": "momentum", "lr": 0.05},
    "schedule": {"name": "exponential"},
    "batch_size": 8,
    "seed": 5,
}
TENSORS = [f"{kind}{layer}" for layer in (1, 2, 3) for kind in "Wb"]
WIDE = {"data": {"name": "digits"}, "network": {"layers": [{"units": 100}]}}
DEAD = {  # every z of a ReLU at exactly its kink
    "network": {"layers": [{"units": 4, "activation": "relu"}], "initializer": {"name": "zeros"}},
}


def trainer(**changes: Any) -> Trainer:
    return Trainer(RunSpec.model_validate(SPEC | changes))


def begun(page: Page, *channels: str, **changes: Any) -> None:
    page.run_info()
    page.do("configure", spec=SPEC | changes)
    page.do("subscribe", channels=list(channels))


def test_the_finders_numbers_are_the_engines_and_the_run_is_left_alone(live: Live) -> None:
    direct, alone = trainer(), trainer()
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("step", count=37)
        direct.step(37)
        before = (page.state, parameters(page))
        found = page.do("find_rate", low=1e-5, high=5.0, updates=400)["result"]
        expected = direct.find_rate(1e-5, 5.0, 400).as_json()
        assert found["rates"] == expected["rates"] and found["losses"] == expected["losses"]
        assert found["smoothed"] == expected["smoothed"] and found["finished"]
        assert (found["turned"], found["diverged"]) == (expected["turned"], expected["diverged"])
        shown = [{name: told[name] for name in ("rule", "rate", "words")} for told in found["suggestions"]]
        assert shown == list(expected["suggestions"]) and shown
        assert all(abs(told["use"] / told["rate"] - 1) <= 0.05 for told in found["suggestions"])
        assert found["rate"] == 0.05
        assert page.state == before[0] and same(parameters(page), before[1])
        page.do("step", count=63)
        alone.step(100)
        assert same(parameters(page), alone.named_parameters), "a run that was tried on goes on as if it had not been"
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": found["suggestions"][0]["rate"]})


def test_the_check_agrees_with_the_engines_and_says_so(live: Live) -> None:
    direct = trainer()
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("step", count=20)
        direct.step(20)
        expected = direct.check_gradient()
        found = page.do("check_gradient")["result"]
        assert found["ok"] is True and "Backpropagation is right: for every parameter" in found["verdict"]
        assert found["done"] == found["total"] == found["weights"] == direct.tape.parameter_count == 105
        assert found["evaluations"] >= 210 and found["error"] == expected.error and found["left_out"] == 0
        assert [tensor["name"] for tensor in found["tensors"]] == TENSORS
        gradient = direct.named_gradient("train")
        for tensor in found["tensors"]:
            name = tensor["name"]
            assert np.array_equal(tensor["relative"], expected.tensors[name].relative.ravel())
            assert np.array_equal(tensor["analytic"], gradient[name].ravel())
            assert np.array_equal(tensor["numeric"], expected.tensors[name].numeric.ravel())
            assert tensor["rows"] * tensor["columns"] == gradient[name].size and tensor["block"] == [1, 1]
            assert all(tensor["agrees"]) and tensor["checked"] == gradient[name].size
            assert 0 < tensor["steps"][0] <= tensor["steps"][1] < 1e-3
        assert same(parameters(page), direct.named_parameters)


def test_a_wrong_gradient_is_told(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = GradientCheck.__init__

    def wrong(self: GradientCheck, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        self.analytic[3] *= 1.001

    monkeypatch.setattr(GradientCheck, "__init__", wrong)
    with Page(live.socket) as page:
        begun(page)
        found = page.do("check_gradient")["result"]
        assert found["ok"] is False and "most at W1[2, 2]" in found["verdict"]
        assert found["worst"] == {"tensor": "W1", "entry": [2, 2]}
        assert [index for index, right in enumerate(found["tensors"][0]["agrees"]) if not right] == [3]


def test_wide_tensors_are_told_by_blocks(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, **WIDE)
        found = page.do("check_gradient", weights=300, samples=50)["result"]
        assert found["samples"] + found["left_out"] == 50
        assert found["done"] < found["weights"] and "of 7510 parameters" in found["verdict"]
        first = found["tensors"][0]
        assert first["shape"] == [100, 64] and first["block"] == [2, 1]
        assert (first["rows"], first["columns"]) == (50, SIDE) and len(first["relative"]) == 50 * SIDE
        assert 0 < sum(cell is not None for cell in first["relative"]) <= first["checked"]


def test_a_block_is_as_bad_as_its_worst_entry() -> None:
    relative = np.full((130, 3), np.nan)
    relative[0, 0], relative[2, 0], relative[128, 2] = 1e-9, 1e-7, 0.5
    agrees = np.ones((130, 3), dtype=bool)
    agrees[128, 2] = False
    cells = map_of(relative, agrees, relative, relative)
    assert cells["block"] == [3, 1] and (cells["rows"], cells["columns"]) == (44, 3) and "analytic" not in cells
    assert cells["relative"][0] == 1e-7 and cells["relative"][1] is None and cells["relative"][42 * 3 + 2] == 0.5
    assert [index for index, right in enumerate(cells["agrees"]) if not right] == [42 * 3 + 2]


@pytest.mark.parametrize(
    ("command", "field", "allowed"),
    [
        ({"type": "find_rate", "low": 0}, "low", "above 0"),
        ({"type": "find_rate", "high": 1e10}, "high", "1000000000"),
        ({"type": "find_rate", "low": 1.0, "high": 0.5}, "high", "above low, 1"),
        ({"type": "find_rate", "updates": 9}, "updates", "at least 10 and at most 5000"),
        ({"type": "check_gradient", "weights": 0}, "weights", "at least 1 and at most 20000"),
        ({"type": "check_gradient", "samples": 10**6}, "samples", "at least 1 and at most 10000"),
    ],
)
def test_options_are_refused_by_field_and_range(live: Live, command: dict[str, Any], field: str, allowed: str) -> None:
    with Page(live.socket) as page:
        begun(page)
        answer = page.ask(**command)
        assert answer["type"] == "error" and answer["code"] == "invalid"
        assert answer["field"] == field and allowed in answer["allowed"]


def test_a_check_that_cannot_be_made_says_why(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, **DEAD)
        answer = page.ask("check_gradient")
        assert answer["code"] == "invalid" and "kink" in answer["message"]
        page.do("step", count=1)


@pytest.mark.parametrize(
    "end",
    [
        {"type": "cancel"},
        {"type": "pause"},
        {"type": "step", "count": 3},
        {"type": "play", "speed": FLAT},
        {"type": "edit", "edit": {"kind": "set", "path": "optimizer.lr", "value": 0.2}},
    ],
    ids=lambda command: command["type"],
)
def test_what_moves_the_run_ends_a_trial_and_leaves_no_trace(live: Live, end: dict[str, Any]) -> None:
    """The check of a large network takes long: seen at work, and ended."""
    wide = RunSpec.model_validate(SPEC | WIDE)
    direct = Trainer(wide)
    direct.step(5)
    with Page(live.socket) as page:
        begun(page, "parameters", **WIDE)
        page.do("step", count=5)
        page.send("check_gradient", weights=20_000, samples=10_000, id="long")
        progress = page.until(lambda event: event["type"] == "trial" and event["done"] > 0)
        assert progress["total"] == direct.tape.parameter_count and page.state["status"] == "paused"
        page.do(**end)
        answer = next(event for event in page.events if event.get("id") == "long" and event["type"] == "error")
        assert answer["code"] == "cancelled"
        page.do("pause")
        page.do("seek", step=5)
        assert same(parameters(page), direct.named_parameters)


def test_playing_stops_for_a_trial(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page)
        page.do("play", speed=FLAT)
        page.until_state(lambda state: state["step"] > 200)
        page.do("find_rate")
        step = page.state["step"]
        assert page.state["status"] == "paused"
        page.do("cancel")
        assert page.state["step"] == step


def test_findings_are_the_engines(live: Live) -> None:
    changes = {"optimizer": {"name": "sgd", "lr": 10.0}, "schedule": {"name": "constant"}}
    direct = trainer(**changes)
    with Page(live.socket) as page:
        begun(page, "findings", **changes)
        page.do("step", count=300)
        direct.step(300)
        header, _ = page.frame("findings", lambda header: header["step"] == 300)
        found = header["meta"]["findings"]
        assert [finding["name"] for finding in found] == [finding.name for finding in direct.findings()] != []
        first, same_one = found[0], direct.findings()[0]
        assert first["title"] == same_one.title and first["evidence"][0]["value"] == same_one.evidence[0].value
        assert [remedy["path"] for remedy in first["remedies"]] == [remedy.path for remedy in same_one.remedies]
        page.do("configure", spec=SPEC)
        page.do("step", count=300)
        healthy = page.frame("findings", lambda header: header["run"] == page.state["run"] and header["step"] == 300)
        assert healthy[0]["meta"]["findings"] == []


def test_a_stop_says_which_unit_was_first(live: Live) -> None:
    changes = {"data": {"name": "plane"}, "optimizer": {"name": "sgd", "lr": 100.0}, "schedule": {"name": "constant"}}
    changes |= {"network": {"layers": [{"units": 8, "activation": "relu"}]}}
    direct = trainer(**changes)
    direct.step(2000)
    stop = direct.stopped
    assert stop is not None and stop.first_nonfinite is not None
    with Page(live.socket) as page:
        begun(page, **changes)
        page.do("step", count=2000)
        told = page.state["stop"]
        assert told["kind"] == "non_finite" and told["detail"] == stop.detail and told["step"] == stop.step
        at = stop.first_nonfinite
        expected = {"tensor": at.tensor, "layer": at.layer, "unit": at.unit, "sample": at.sample, "entry": list(at.entry)}
        assert {name: told["offence"][name] for name in expected} == expected
        assert told["offence"]["value"] in ("NaN", "Infinity", "-Infinity")
        attached_again = page.ask("step", count=1)
        assert attached_again["type"] == "error" and "stopped" in attached_again["message"]
