"""What the Step room asks over the wire: the engine's own numbers, and refusals that name their field."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import numpy as np
import pytest
from live_server import Live
from microscope_pages import STEPS, begun, loaded, refused, result
from pages import Page

from engine.microscope import (
    GRAPHS,
    NOTATIONS,
    PRESETS,
    Graph,
    change,
    check,
    dissect,
    factors,
    in_place,
    listing,
    next_update,
    sample_chain,
)
from server.microscope.queries import largest_first
from server.wire.frames import finite


def within(told: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether everything the engine says is told, with what the wire adds beside it."""
    for key, value in finite(whole).items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            assert all(within(*pair) for pair in zip(told[key], value, strict=True)), key
        else:
            assert told[key] == value, key
    return True


def test_the_answers_are_the_engines_and_the_run_is_left_alone(live: Live) -> None:
    with Page(live.socket) as page:
        direct = begun(page)
        before = (page.state, direct.steps_done)
        update = next_update(direct)
        chain = result(page, "sample_chain", name="W2", index=[1, 3])
        assert within(chain, sample_chain(update, "W2", (1, 3)).as_json())
        sizes = np.abs(chain["gradients"])
        assert [bar["sample"] for bar in chain["bars"]] == [chain["samples"][k] + 1 for k in np.argsort(-sizes, kind="stable")]
        assert np.mean(chain["gradients"]) == pytest.approx(chain["mean"], rel=1e-12)
        assert chain["penalty"] != 0 and chain["clipped"] == chain["with_penalty"] and chain["scale"] == 1
        found = result(page, "dissect", name="W1", index=[0, 1])
        assert within(found, dissect(direct, "W1", (0, 1)).as_json())
        assert all("<math" in part["formula_mathml"] and "<math" in part["numbers_mathml"] for part in found["parts"])
        assert len(found["updates"]) == STEPS + 1 and found["parts"][-1]["becomes"] == "theta"
        entries = [("W1", (row, column)) for row in range(5) for column in range(2)]
        told = result(page, "verify", entries=[{"name": name, "index": list(index)} for name, index in entries])
        assert told["entries"] == [each.as_json() for each in check(direct, entries)]
        assert told["change"] == change(direct).as_json() and not told["zero"]
        wrong = result(page, "wrong_way")
        engine = in_place(direct)
        assert wrong["differ"] == list(engine.differ) and wrong["words"] == engine.words
        for tensor in wrong["tensors"]:
            for entry in tensor["entries"]:
                at = tuple(entry["index"])
                assert entry["right"] == engine.right[tensor["name"]][at] and entry["wrong"] == engine.wrong[tensor["name"]][at]
                assert entry["before"] == direct.named_parameters[tensor["name"]][at]
        assert page.do("step")["type"] == "done"
        direct.step(1)
        assert page.state["step"] == before[1] + 1
        again = result(page, "dissect", name="W1", index=[0, 1])
        assert again["inputs"][0]["value"] == found["parts"][-1]["value"], "the update came as it was told"
        direct = begun(page, 5, clip={"norm": 0.05})
        chain = result(page, "sample_chain", name="W2", index=[1, 3])
        assert within(chain, sample_chain(next_update(direct), "W2", (1, 3)).as_json())
        assert chain["clipped"] == pytest.approx(chain["scale"] * chain["with_penalty"]) and 0 < chain["scale"] < 1
        # What batch norm takes away again has no slope: both are 0 but for rounding, whatever their relative error.
        begun(page, 2, network={"layers": [{"units": 5, "norm": "batch"}]})
        told = result(page, "verify", entries=[{"name": "b1", "index": [row]} for row in range(5)])
        assert told["zero"] and all(entry["zero"] for entry in told["entries"])


def test_the_listing_is_told_once_for_all_updates_that_are_made_alike(live: Live) -> None:
    with Page(live.socket) as page:
        direct = begun(page)
        page.do("subscribe", channels=["microscope"])

        def number(step: int) -> int:
            found: int = page.frame("microscope", lambda header: header["step"] == step)[0]["meta"]["code"]
            return found

        first = number(STEPS)
        told = result(page, "code")
        assert told == {**listing(direct, next_update(direct)).as_json(), "code": first}
        page.do("step", count=3)
        assert number(STEPS + 3) == first
        # Its rate is a literal there, but where that is asked for.
        rate = repr(direct.spec.optimizer.lr)
        assert rate in repr(told)
        step = next_update(direct).find("rate")
        asked = result(page, "ask", micro=step.index, name="eta")["question"]["id"]
        hidden = result(page, "code")
        assert rate not in repr(hidden) and "['eta', 'eta'], ' = ?'" in repr(hidden)
        page.do("reveal", question=asked)
        assert result(page, "code") == told
        page.frames.clear()
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.007})
        page.do("step", count=1)
        assert number(STEPS + 4) > first
        assert "0.007" in repr(result(page, "code"))


def test_the_published_example_and_the_chain(live: Live) -> None:
    with Page(live.socket) as page:
        loaded(page, "two_two_two")
        wrong = {tensor["name"]: tensor for tensor in result(page, "wrong_way")["tensors"]}
        first = wrong["W1"]["entries"][0]
        assert first["right"] == pytest.approx(0.149780716, abs=5e-10) and first["wrong"] == pytest.approx(0.14981764, abs=5e-9)
        assert not wrong["W2"]["differs"] and wrong["W1"]["largest"] > 1e-5
        assert first["before"] == 0.15
        change_of_j = result(page, "verify", entries=[])["change"]
        assert change_of_j["before"] == pytest.approx(0.298371109, abs=5e-10)
    with Page(live.socket) as page:
        direct = loaded(page, "chain")
        told = result(page, "factors", name="W1")
        expected = factors(next_update(direct), "W1")
        assert within(told, expected.as_json())
        assert np.prod([factor["value"] for factor in told["factors"]]) == pytest.approx(told["value"], rel=1e-12)
        assert len(told["factors"]) == 8 and "<math" in told["numbers_mathml"]
        assert refused(page, "factors", name="W9")["field"] == "name"
        assert refused(page, "factors", name="W1", sample=7)["allowed"] == "0 to 0"
        assert refused(page, "factors", name="W1", notation="mine")["allowed"] == ", ".join(NOTATIONS)


def test_refusals_name_the_field_and_what_is_allowed(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, 2)
        for type, fields, field, allowed in (
            ("sample_chain", {"name": "W7", "index": [0, 0]}, "name", "W3"),
            ("sample_chain", {"name": "W1", "index": [5, 0]}, "index", "[5, 2]"),
            ("sample_chain", {"name": "W1", "index": []}, "index", "length"),
            ("dissect", {"name": "W1", "index": [0]}, "index", "[5, 2]"),
            ("dissect", {"name": "b9", "index": [0]}, "name", "W1"),
            ("verify", {"entries": [{"name": "W1", "index": [0, 0]}] * 257}, "entries", "256"),
            ("verify", {"entries": [{"name": "W1", "index": [9, 0]}]}, "index", "[5, 2]"),
            ("factors", {"name": "W1"}, "network", "one unit a layer"),
            ("take_away", {"format": "latex", "micro": 99}, "micro", "0 to"),
            ("take_away", {"format": "sheet", "sample": 6}, "sample", "0 to 5"),
            ("take_away", {"format": "word"}, "format", "'json'"),
            ("ask", {"micro": 99}, "micro", "0 to"),
            ("ask", {"micro": 0, "row": 50}, "row", "0 to"),
            ("ask", {"micro": 0, "name": "no"}, "name", "h0"),
            ("answer", {"question": 5, "answer": 1}, "question", "none are open"),
            ("reveal", {"question": 5}, "question", "none are open"),
            ("graph", {"text": "x + ", "inputs": {"x": 1}}, "text", "+ - * /"),
            ("graph", {"text": "ln(x)", "inputs": {"x": 0}}, "text", "defined"),
            ("graph", {"text": "__import__('os')", "inputs": {"x": 1}}, "text", "sin"),
            ("graph", {"text": "-" * 199 + "x", "inputs": {"x": 1}}, "text", "60"),
            ("graph", {"text": "x" * 201, "inputs": {"x": 1}}, "text", "200"),
            ("graph", {"text": "x", "inputs": {}}, "inputs", "at least one"),
            ("graph", {"text": "x", "inputs": {"x": 1e9}}, "inputs.x", None),
        ):
            answer = refused(page, type, **fields)
            assert answer["field"] == field, answer
            assert allowed is None or allowed in str(answer["allowed"]), answer
        begun(page, 2, network={"layers": [{"units": 5, "norm": "batch"}]}, clip={"norm": 0.5})
        coupled = refused(page, "sample_chain", name="W1", index=[0, 0])
        assert "no sample has a gradient of its own" in coupled["message"]
        clipped = refused(page, "wrong_way")
        assert clipped["field"] == "clip.norm" and "whole gradient" in clipped["message"]
        begun(page, 1, data={"name": "digits"}, network={"layers": [{"units": 100}]}, batch_size=400)
        large = refused(page, "take_away", format="json")
        assert large["code"] == "limit" and "sheet" in large["allowed"]
        told = result(page, "wrong_way")["tensors"][0]
        assert len(told["entries"]) == 400 and told["more"] == 6400 - 400


def test_an_expression_is_read_by_the_engine(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        for example in GRAPHS.values():
            told = result(page, "graph", text=example.text, inputs=example.inputs)
            assert within(told, Graph.read(example.text, example.inputs).as_json())
            assert all("<math" in node["mathml"] for node in told["nodes"])
        told = result(page, "graph", text="(x + y) * x", inputs={"x": 3, "y": -1})
        assert told["gradient"] == {"x": 5.0, "y": 3.0} and len(told["paths"]["x"]) == 2


def test_what_the_page_opens_is_served(live: Live) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{live.port}/api/microscope") as answer:
        told = json.load(answer)
    assert [row["name"] for row in told["presets"]] == list(PRESETS)
    assert [row["name"] for row in told["graphs"]] == list(GRAPHS)
    assert [row["name"] for row in told["notations"]] == list(NOTATIONS)
    assert told["presets"][0]["script"] == PRESETS["chain"].script


@pytest.mark.parametrize("levels", [1, 3, 50, 10**6])
def test_the_largest_first_is_as_sorting_all_of_them(levels: int) -> None:
    chance = np.random.default_rng(levels)
    for count in (1, 7, 400):
        values = chance.integers(0, levels, 1000).astype(float)
        values[chance.integers(0, 1000, 5)] = np.inf
        assert np.array_equal(largest_first(values, count), np.argsort(-values, kind="stable")[:count])
