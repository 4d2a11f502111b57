"""The microscope on the wire: its numbers are the engine's, each picture is made once, and a look beyond is refused by name."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page

from engine import RunSpec, Trainer
from engine.microscope import NOTATIONS, next_update
from server.microscope import Scope, Sight, microscope, microstep
from server.microscope.numbers import FIRST, LARGEST
from server.microscope.prediction.hidden import Question
from server.protocol.microscope import Look
from server.session.channel_types import Picture
from server.wire.frames import decode, encode

SPEC: dict[str, Any] = {
    "data": {"name": "spiral", "samples": 80},
    "network": {"layers": [{"units": 5, "norm": "batch"}, {"units": 5, "skip": 1, "dropout": 0.2}]},
    "regularization": {"l2": 1e-3},
    "clip": {"norm": 0.5},
    "seed": 3,
}
CHANNELS = ["microscope", "microstep"]


def at(micro: int, **more: Any) -> Any:
    """A frame that shows this."""
    return lambda header: header["meta"]["micro"] == micro and all(header["meta"][name] == more[name] for name in more)


def test_every_number_on_the_wire_is_the_engines(live: Live) -> None:
    direct = Trainer(RunSpec.model_validate(SPEC))
    direct.step(7)
    told = next_update(direct)
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        page.do("step", count=7)
        page.do("subscribe", channels=CHANNELS)
        header, arrays = page.frame("microscope")
        meta = header["meta"]
        assert (header["step"], meta["step"], meta["samples"]) == (7, 7, list(told.samples))
        assert [step["title"] for step in meta["steps"]] == [step.title for step in told.steps]
        assert meta["loss"] == told.mean_loss and meta["coupled"]
        assert np.array_equal(arrays["losses"], told.find("losses").results[0].array[0])
        assert {step["rule"] for step in meta["steps"]} <= meta["mathml"].keys()
        assert all(markup.startswith("<math") for latex, markup in meta["mathml"].items() if latex)
        sample = told.samples[3]
        for step in told.steps:
            for chosen in (None, sample):
                page.do("look", micro=step.index, sample=chosen, depth="unit")
                header, arrays = page.frame("microstep", at(step.index, sample=chosen))
                seen = header["meta"]
                values = {f"operand.{value.name}": value.array for value in step.operands}
                column = 0 if chosen is None else 3
                made = step.results if step.of_sample is None else (step.of_sample(column),)
                values |= {f"result.{value.name}": value.array for value in made}
                assert values.keys() == {name for name in arrays if "." in name}
                for name, whole in values.items():
                    part = seen["parts"][name]["columns"]
                    expected = whole if part is None else whole[:, part]
                    assert np.array_equal(arrays[name], expected, equal_nan=True), (step.title, name)
                if step.flow is not None and step.flow.edges is not None:
                    alone = chosen if step.phase == "forward" or step.kind in ("back product", "sample gradients") else None
                    assert np.array_equal(arrays["edges"], step.flow.edges(None if alone is None else 3))
                if seen["equation"]:
                    equation = step.equation(seen["row"], seen["column"], name=seen["name"], sample=seen["sample_column"])
                    assert seen["equation"]["result"]["value"] == equation.result.value
                    assert seen["equation"]["terms"] == equation.terms


def test_the_microscope_leaves_the_run_alone(live: Live) -> None:
    direct = Trainer(RunSpec.model_validate(SPEC))
    direct.step(4)
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        page.do("subscribe", channels=[*CHANNELS, "parameters"])
        for step in range(1, 5):
            page.do("look", micro=-1, sample="first")
            page.frame("microstep", lambda header: header["meta"]["micro"] == header["meta"]["steps"] - 1)
            page.do("step", count=1)
            header, _ = page.frame("microstep", lambda header, step=step: header["step"] == step)
            assert header["meta"]["sample"] == page.frame("microscope")[0]["meta"]["samples"][0]
        _, found = page.frame("parameters", lambda header: header["step"] == 4)
        assert all(np.array_equal(found[name], value) for name, value in direct.named_parameters.items())


def test_a_look_beyond_is_refused_by_its_field_and_range(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec={**SPEC, "network": {"layers": [{"units": 4}]}, "clip": {"norm": None}})
        page.do("subscribe", channels=CHANNELS)
        meta = page.frame("microscope")[0]["meta"]
        count = len(meta["steps"])
        affine = next(step["index"] for step in meta["steps"] if step["kind"] == "affine")
        refusals = {
            "micro": ({"micro": count}, f"0 to {count - 1}"),
            "notation": ({"notation": "private"}, ", ".join(NOTATIONS)),
            "sample": ({"sample": 10_000}, f"0 to {meta['train'] - 1}"),
            "depth": ({"depth": "atom"}, "'layer', 'unit' or 'edge'"),
            "name": ({"micro": affine, "name": "W9"}, "z1"),
            "row": ({"micro": affine, "row": 4}, "0 to 3"),
            "column": ({"micro": affine, "column": 10}, "0 to 9"),
            "term": ({"micro": affine, "depth": "edge", "term": 3}, "0 to 2"),
        }
        for field, (wish, allowed) in refusals.items():
            answer = page.ask("look", **wish)
            assert (answer["type"], answer["field"]) == ("error", field), answer
            assert answer["allowed"].startswith(allowed) and answer["message"].startswith(field), answer
        # Nothing of it was taken over, and the session goes on.
        page.do("look", micro=affine, depth="edge", term=2, row=3)
        seen = page.frame("microstep", at(affine, depth="edge", term=2))[0]["meta"]
        assert seen["equation"]["term"] == 2 and seen["equation"]["terms"] == 3 and seen["row"] == 3


def test_what_a_later_update_lacks_is_shown_as_close_as_can_be(live: Live) -> None:
    """A sample that is followed leaves the mini-batch; an update that ends early has fewer micro-steps."""
    spec = {"data": {"name": "spiral", "samples": 80}, "network": {"layers": [{"units": 3}]}, "optimizer": {"name": "sgd"}}
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=spec)
        page.do("subscribe", channels=CHANNELS)
        first = page.frame("microscope")[0]["meta"]["samples"]
        page.do("look", micro=-1, sample=first[0])
        page.frame("microstep", lambda header: header["meta"]["sample"] == first[0])
        page.do("step", count=1)
        seen = page.frame("microstep", lambda header: header["step"] == 1)[0]["meta"]
        assert (seen["sample"], seen["absent"]) == (None, first[0])
        for unit in range(3):  # saturated units, and weights whose sum is beyond the largest double
            page.do("edit", edit={"kind": "weight", "name": "b1", "index": [unit], "value": 50.0})
            page.do("edit", edit={"kind": "weight", "name": "W2", "index": [0, unit], "value": 1e308})
        page.do("step", count=20)
        stopped = page.until_state(lambda state: state["stop"] is not None)
        # The step it stopped at is that of the edits: it was drawn before them, too.
        meta = page.frame("microscope", lambda head: head["step"] == stopped["step"] and head["meta"]["problem"])[0]["meta"]
        assert "not finite" in meta["problem"] and meta["loss"] is None
        seen = page.frame("microstep", lambda head: head["meta"]["steps"] == len(meta["steps"]))[0]["meta"]
        assert seen["micro"] == len(meta["steps"]) - 1


def picture(make: Any, trainer: Trainer, scope: Scope, key: object, wish: Look) -> Picture:
    found = make(trainer, Sight(scope, key, wish))
    assert found is not None
    decode(encode({"meta": found.meta}, found.arrays))  # it can be sent
    return found


def test_an_update_is_recorded_once_for_all_that_is_shown_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.microscope import update_view

    made: list[int] = []
    record = update_view.trace_update
    monkeypatch.setattr(update_view, "trace_update", lambda machine: made.append(1) or record(machine))
    trainer, scope = Trainer(RunSpec.model_validate(SPEC)), Scope()
    shorts = set()
    for notation in NOTATIONS:
        for micro in range(5):
            picture(microstep, trainer, scope, 0, Look(micro=micro, notation=notation))
        whole = picture(microscope, trainer, scope, 0, Look(notation=notation))
        shorts.add(whole.meta["steps"][-1]["short"])
    assert len(made) == 1 and len(shorts) >= 3
    trainer.step(1)
    assert picture(microscope, trainer, scope, 1, Look()).meta["step"] == 1
    assert len(made) == 2


def test_what_is_withheld_leaves_by_no_way() -> None:
    """One entry of z1: neither as a number of an array or a unit, nor in an equation, nor to be worked out from one."""
    trainer = Trainer(RunSpec.model_validate({"network": {"layers": [{"units": 3}]}}))
    update = next_update(trainer)
    scope = Scope()
    affine = update.find("affine", 1)
    secret = float(affine.results[0].array[1, 0])
    scope.update(trainer, 0, "theory")
    scope.questions.ask(Question(0, affine.index, "z1", 1, 0, secret, "z", "z"))
    sample = update.samples[0]
    leaks = 0
    for step in update.steps:
        for depth in ("layer", "edge"):
            wish = Look(micro=step.index, sample=sample, row=min(1, step.result().array.shape[0] - 1), depth=depth)
            found = picture(microstep, trainer, scope, 0, wish)
            leaks += sum(int(np.sum(array == secret)) for array in found.arrays.values())
            leaks += str(secret) in str(found.meta)
            for name, array in found.arrays.items():
                if name.endswith(".z1"):
                    assert math.isnan(array[1, 0]) and not np.isnan(array[[0, 2], 0]).any()
    assert leaks == 0
    seen = picture(microstep, trainer, scope, 0, Look(micro=affine.index, row=1, sample=sample))
    assert seen.meta["equation"]["result"]["value"] is None and seen.meta["asked"] == 1
    assert np.isnan(seen.arrays["edges"][1]).all() and np.isnan(seen.arrays["nodes1"][1])


CURVES = {
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
    "softplus": lambda z: np.log1p(np.exp(z)),
}


@pytest.mark.parametrize("name", [*CURVES, "prelu"])
def test_an_activation_has_the_curve_that_a_sum_passes_through(name: str) -> None:
    layers = [{"units": 3, "activation": name}]
    trainer = Trainer(RunSpec.model_validate({"data": {"name": "blobs", "samples": 30}, "network": {"layers": layers}}))
    trainer.edit({"kind": "weight", "name": "b1", "index": [1], "value": 11.0})
    update = next_update(trainer)
    scope = Scope()
    curved = {}
    for step in update.steps:
        curve = picture(microstep, trainer, scope, 0, Look(micro=step.index)).arrays.get("curve")
        if curve is not None:
            curved[step.index] = curve
    assert list(curved) == ([] if name == "prelu" else [update.find("activation", 1).index]), "softmax is of many z at once"
    for z, value in curved.values():
        assert value == pytest.approx(CURVES[name](z), abs=1e-12) and (z[0], z[-1]) == (-16, 16), "all sums lie in its range"


def test_what_is_very_wide_is_sent_in_part() -> None:
    network = {"layers": [{"units": 400}]}
    trainer, scope = Trainer(RunSpec.model_validate({"data": {"name": "digits"}, "network": network})), Scope()
    affine = next_update(trainer).find("affine", 1)
    wish = Look(micro=affine.index, row=333, depth="edge", term=50)
    found = picture(microstep, trainer, scope, 0, wish)
    assert affine.operands[0].array.size > LARGEST
    part = found.meta["parts"]["operand.W1"]
    assert part["rows"] == [*range(FIRST), 333] and found.arrays["operand.W1"].shape == (FIRST + 1, 64)
    assert np.array_equal(found.arrays["operand.W1"], affine.operands[0].array[part["rows"]][:, part["columns"]])
    # A long sum is told by its first terms, the one that is looked at, and the last.
    kept = [term.get("at") for term in found.meta["equation"]["whole"]["parts"]]
    assert kept == [*range(10), None, 50, None, 64]
    assert len(found.arrays["nodes1"]) == 400
