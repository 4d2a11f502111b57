"""Scripts travel: what one session shares another loads, with the same bits; what is exported is the trainer's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page, parameters, same

from engine import RunSpec, Trainer
from engine.export import files as export
from server.settings import Settings

Serve = Callable[[Settings], Live]

SPEC: dict[str, Any] = {
    "data": {"name": "moons", "samples": 80, "noise": 0.1},
    "network": {"layers": [{"units": 4, "activation": "tanh"}]},
    "optimizer": {"name": "momentum", "lr": 0.05},
    "batch_size": 8,
    "seed": 5,
}
FORMATS = ("curves", "batch_losses", "model", "torch", "script")
EDITS: list[tuple[int, dict[str, Any]]] = [
    (40, {"kind": "set", "path": "optimizer.lr", "value": 0.2}),
    (40, {"kind": "weight", "name": "W1", "index": [1, 0], "value": -0.75}),
    (90, {"kind": "set", "path": "optimizer.name", "value": "adam"}),
    (120, {"kind": "set", "path": "batch_size", "value": 3}),
]


def begun(page: Page, spec: dict[str, Any] = SPEC) -> None:
    page.run_info()
    page.do("configure", spec=spec)
    page.do("subscribe", channels=["parameters"])


def trained(page: Page, direct: Trainer | None = None) -> None:
    """The edits above, to step 150."""
    for step, edit in EDITS:
        if step > page.state["step"]:
            page.do("step", count=step - page.state["step"])
        page.do("edit", edit=edit)
        if direct is not None:
            direct.step(step - direct.steps_done)
            direct.edit(edit)
    page.do("step", count=150 - page.state["step"])
    if direct is not None:
        direct.step(150 - direct.steps_done)


def test_a_shared_script_gives_another_session_the_same_bits(live: Live) -> None:
    direct = Trainer(RunSpec.model_validate(SPEC))
    with Page(live.socket) as page, Page(live.socket) as other:
        begun(page)
        trained(page, direct)
        text = page.do("share")["result"]["script"]
        assert json.loads(text) == direct.as_script()
        assert page.attached["session"] not in text

        begun(other, {})
        other.do("load", script=text)
        loaded = next(event for event in other.events if event["type"] == "loaded")
        assert loaded["same_bits"] is True and loaded["step"] == 150 and loaded["edits"] == 4
        assert other.state["step"] == 150 and other.state["status"] == "paused"
        assert same(parameters(other), direct.named_parameters)
        script = [event for event in other.events if event["type"] == "script"][-1]
        assert [edit["label"] for edit in script["edits"]] == [edit.describe() for edit in direct.edits]
        for step in (120, 41, 40, 0):
            other.do("seek", step=step)
            direct.seek(step)
            assert same(parameters(other), direct.named_parameters)
        for _ in EDITS:
            other.do("undo")
            direct.undo()
            assert same(parameters(other), direct.named_parameters)


def test_another_fingerprint_is_told_and_followed_all_the_same(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page)
        page.do("load", script={"version": 1, "spec": SPEC, "step": 30, "fingerprint": "another machine"})
        loaded = next(event for event in page.events if event["type"] == "loaded")
        assert loaded["same_bits"] is False and loaded["fingerprint"] == "another machine"
        direct = Trainer(RunSpec.model_validate(SPEC))
        direct.step(30)
        assert same(parameters(page), direct.named_parameters)


@pytest.mark.parametrize(
    ("script", "field", "words"),
    [
        ("no json", "script", "JSON"),
        ("[1]", "script", "object"),
        ({"spec": {"batch_size": 0}}, "script.spec.batch_size", "out of range"),
        ({"spec": {}, "version": 7}, "script.version", "1"),
        (
            {"spec": SPEC, "edits": [{"kind": "set", "path": "optimizer.lr", "value": -1}]},
            "script.edits.0.optimizer.lr",
            "must be a number",
        ),
        (
            {"spec": SPEC, "edits": [{"kind": "weight", "name": "W9", "index": [0], "value": 1}]},
            "script.edits.0.name",
            "no parameter W9",
        ),
        ({}, "script.spec", "required"),
    ],
)
def test_a_broken_script_is_refused_and_the_run_goes_on(live: Live, script: Any, field: str, words: str) -> None:
    with Page(live.socket) as page:
        begun(page)
        page.do("step", count=7)
        run = page.state["run"]
        answer = page.ask("load", script=script)
        assert (answer["type"], answer["code"], answer["field"]) == ("error", "invalid", field)
        assert words in answer["message"]
        page.do("step", count=1)
        assert (page.state["run"], page.state["step"]) == (run, 8)


def test_a_script_beyond_the_servers_limits(serve: Serve) -> None:
    server = serve(Settings(max_parameters=100))
    with Page(server.socket) as page:
        begun(page)
        answer = page.ask("load", script={"spec": {"network": {"layers": [{"units": 200}]}}})
        assert answer["code"] == "limit" and "100" in answer["allowed"]


def test_a_long_load_tells_how_far_it_is_and_can_be_left(live: Live) -> None:
    edit = {"kind": "set", "path": "optimizer.lr", "value": 0.01, "step": 900_000}
    spec = SPEC | {"network": {"layers": [{"units": 64}, {"units": 64}]}}
    with Page(live.socket) as page:
        begun(page)
        page.send("load", id="long", script={"spec": spec, "edits": [edit], "step": 1000})
        page.until_state(lambda state: state["status"] == "seeking" and state["seek"] == [0, 900_000] and state["step"] > 0)
        page.send("pause", id="enough")
        answer = page.until(lambda event: event.get("id") == "long")
        assert answer["type"] == "error" and "1 edits still to come" in answer["message"]
        page.until(lambda event: event.get("id") == "enough")
        assert page.state["status"] == "paused" and 0 < page.state["step"] < 900_000
        page.do("step", count=1)


def test_a_run_that_fails_before_an_edit_says_where(live: Live) -> None:
    edit = {"kind": "set", "path": "optimizer.lr", "value": 0.01, "step": 5000}
    spec = {"data": {"name": "plane"}, "optimizer": {"name": "sgd", "lr": 1e9}}
    with Page(live.socket) as page:
        begun(page)
        answer = page.ask("load", script={"spec": spec, "edits": [edit]})
        assert answer["type"] == "error" and "before its edit of step 5000" in answer["message"]
        assert page.state["status"] == "stopped"


def test_exports_are_the_trainers_own(live: Live) -> None:
    direct = Trainer(RunSpec.model_validate(SPEC))
    with Page(live.socket) as page:
        begun(page)
        trained(page, direct)
        found = {name: page.do("export", format=name)["result"] for name in FORMATS}
        assert found["curves"]["text"] == export.curves(direct)
        assert found["batch_losses"]["text"] == export.batch_losses(direct)
        assert found["batch_losses"]["name"] == "chainrule-moons-mini-batch-losses-step-150.csv"
        assert found["model"]["text"] == export.model(direct)
        assert found["torch"]["text"] == export.torch(direct)
        assert json.loads(found["script"]["text"]) == direct.as_script()
        assert found["torch"]["name"] == "chainrule-moons-model-step-150.py"
        assert found["curves"]["type"] == "text/csv"
        assert all(page.attached["session"] not in result["text"] for result in found.values())
        page.do("step", count=1)
        direct.step(1)
        assert same(parameters(page), direct.named_parameters)
        assert page.ask("export", format="tape")["code"] == "invalid"


def test_what_cannot_be_exported_says_why(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, SPEC | {"stop": {"max_steps": 5}})
        page.do("step", count=9)
        answer = page.ask("export", format="torch")
        assert answer["type"] == "error" and "ends here" in answer["message"]


def test_series_of_branches_thinned(live: Live) -> None:
    direct = Trainer(RunSpec.model_validate(SPEC | {"eval_every": 1}))
    with Page(live.socket) as page:
        begun(page, SPEC | {"eval_every": 1})
        trained(page, direct)
        for branch in (None, 0, 2):
            result = page.do("compare", branch=branch)["result"]
            whole = direct.branches[4 if branch is None else branch].series.columns()
            assert result["branch"] == (4 if branch is None else branch)
            for name in ("step", "train_loss", "test_accuracy"):
                assert np.array_equal(np.array(result["columns"][name], dtype=float), whole[name], equal_nan=True)
        thinned = page.do("compare", points=10)["result"]["columns"]
        assert len(thinned["step"]) == 10 and (thinned["step"][0], thinned["step"][-1]) == (0, 150)
        assert "validation_loss" not in thinned
        answer = page.ask("compare", branch=9)
        assert (answer["field"], answer["allowed"]) == ("branch", "0 to 4")


def test_own_data_may_be_as_long_as_in_a_configure(live: Live) -> None:
    rows = [[float(i), float(-i)] for i in range(20_000)]
    data = {"name": "inline", "task": "regression", "train_x": rows, "train_y": [0.123456789012345] * 20_000}
    with Page(live.socket) as page:
        begun(page)
        page.do("load", script={"spec": {"data": data, "batch_size": 100}, "step": 3})
        text = page.do("share")["result"]["script"]
        page.do("load", script=text + " " * (1_100_000 - len(text)))
        assert page.state["step"] == 3
