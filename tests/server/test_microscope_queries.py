"""What the Step room asks over the wire: the engine's own numbers, refusals that name their field, and numbers that are asked
for and therefore nowhere to be read until they are told."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page

from engine import RunSpec, Trainer
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
    next_update,
    sample_chain,
)
from server.microscope.hidden import Question, Questions, Withheld
from server.wire.frames import finite

SPEC: dict[str, Any] = {
    "data": {"name": "moons", "samples": 60, "noise": 0.1},
    "network": {"layers": [{"units": 5}, {"units": 4}]},
    "optimizer": {"name": "adam", "lr": 0.02},
    "regularization": {"l2": 0.01},
    "batch_size": 6,
    "seed": 4,
}
STEPS = 23


def begun(page: Page, steps: int = STEPS, **changes: Any) -> Trainer:
    """A run on the server, and the same one here."""
    page.run_info()
    page.do("configure", spec=SPEC | changes)
    page.do("step", count=steps)
    direct = Trainer(RunSpec.model_validate(SPEC | changes))
    direct.step(steps)
    return direct


def loaded(page: Page, preset: str) -> Trainer:
    page.run_info()
    page.do("load", script=PRESETS[preset].script)
    return Trainer.from_script(PRESETS[preset].script)


def result(page: Page, type: str, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.do(type, **fields)["result"]
    return found


def refused(page: Page, type: str, **fields: Any) -> dict[str, Any]:
    answer = page.ask(type, **fields)
    assert answer["type"] == "error" and answer["code"] in ("invalid", "limit"), answer
    return answer


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


# Predict, then reveal -------------------------------------------------------------------------------------------------


def seen_from(header: dict[str, Any], asked: int) -> tuple[int, str]:
    """The micro-step, counted from the end where that was asked, and the depth."""
    return header["meta"]["micro"] - (header["meta"]["steps"] if asked < 0 else 0), header["meta"]["depth"]


def everything(page: Page, micro: int) -> str:
    """All that the room can be told of the update, as text; frames with every double written out."""
    said: list[Any] = []
    for at, depth in (
        (micro, "layer"),
        (micro, "unit"),
        (micro, "edge"),
        (min(micro + 1, 20), "unit"),
        (-1, "layer"),
        (2, "unit"),
    ):
        page.do("look", micro=at, depth=depth)
        header, arrays = page.frame("microstep", lambda each, at=at, depth=depth: seen_from(each, at) == (at, depth))
        said += [header, {name: array.tolist() for name, array in arrays.items()}]
    whole, losses = page.frame("microscope")
    said += [whole, {name: array.tolist() for name, array in losses.items()}]
    for type, fields in (
        ("sample_chain", {"name": "W1", "index": [0, 0]}),
        ("dissect", {"name": "W1", "index": [0, 0]}),
        ("verify", {"entries": [{"name": "W1", "index": [0, 0]}]}),
        ("wrong_way", {}),
        ("take_away", {"format": "latex", "micro": micro}),
        ("take_away", {"format": "sheet"}),
        ("take_away", {"format": "json"}),
        ("questions", {}),
    ):
        said.append(page.do(type, **fields))
    return repr(said)


@pytest.mark.parametrize("kind, name", [("delta", "delta1"), ("mean gradient", "dW1"), ("update", "W1"), ("affine", "z1")])
def test_a_number_that_is_asked_for_is_nowhere_until_it_is_told(live: Live, kind: str, name: str) -> None:
    with Page(live.socket) as page:
        direct = loaded(page, "two_two_two")
        step = next_update(direct).find(kind, 1, name)
        value = float(step.result(name).array[0, 0])
        short = repr(abs(value))[:12]
        page.do("subscribe", channels=["microscope", "microstep"])
        page.do("look", micro=step.index)
        page.frame("microstep", lambda header: header["meta"]["micro"] == step.index)
        assert short in everything(page, step.index)
        page.do("look", micro=step.index)
        page.frames.clear()
        told = result(page, "ask", micro=step.index, name=name)
        question = told["question"]["id"]
        assert told["question"]["stage"] == "sign" and "<math" in told["question"]["symbol"]
        frame = page.frame("microstep", lambda header: header["meta"]["asked"] == 1)
        assert np.isnan(frame[1][f"result.{name}"][0, 0])
        page.frame("microscope")
        hidden = everything(page, step.index)
        assert short not in hidden
        told = result(page, "answer", question=question, answer=float(np.sign(value)))
        assert told["right"] is True and told["question"]["stage"] == "order" and told["value"] is None
        told = result(page, "answer", question=question, answer=7)
        order = int(np.floor(np.log10(abs(value))))
        assert told["right"] is False and told["truth"] == f"from 10^{order} to 10^{order + 1}"
        told = result(page, "answer", question=question, answer=float(f"{value:.2g}"))
        assert told["right"] is True and told["value"] == value and told["questions"] == []
        assert told["score"] == {"right": 2, "wrong": 1, "unknown": 0}
        page.frame("microstep", lambda header: header["meta"]["asked"] == 0)
        assert short in everything(page, step.index)


EVERYTHING: dict[str, Any] = SPEC | {
    "network": {"layers": [{"units": 4, "norm": "layer"}, {"units": 4, "skip": 1, "dropout": 0.2}]},
    "clip": {"norm": 0.05},
}


def test_nothing_of_it_leaks_from_a_network_with_everything(live: Live) -> None:
    """Means over the mini-batch, penalties, clips, sums in another order: a number stands in many a place."""
    with Page(live.socket) as page:
        update = next_update(begun(page, 7, **EVERYTHING))
        page.do("subscribe", channels=["microscope", "microstep"])
        places = (
            ("mean gradient", 1, "db1", 1, 0),
            ("norm", 1, "", 2, 3),
            ("losses", None, "", 0, 2),
            ("clip", None, "", 2, 1),
        )
        for kind, layer, name, row, column in places:
            step = update.find(kind, layer, name)
            value = step.result(name)
            row, column = min(row, value.array.shape[0] - 1), min(column, value.array.shape[1] - 1)
            short = repr(abs(float(value.array[row, column])))[:11]
            asked = result(page, "ask", micro=step.index, name=value.name, row=row, column=column)
            said: list[Any] = []
            for micro in range(len(update.steps)):
                for sample in (None, update.samples[column] if value.columns.kind == "sample" else update.samples[0]):
                    page.do("look", micro=micro, depth="unit", sample=sample)
                    wanted = (micro, sample, 1)
                    said.append(told_of(page.frame("microstep", lambda header, want=wanted: seen_by(header) == want)))
            said.append(told_of(page.frame("microscope", lambda header: header["step"] == 7)))
            for tensor in ("W1", "b1", "gamma1"):
                index = [min(at, 1) for at in (row, column)][: 2 if tensor == "W1" else 1]
                for type in ("sample_chain", "dissect"):
                    said.append(page.do(type, name=tensor, index=index))
                said.append(page.do("verify", entries=[{"name": tensor, "index": index}]))
            said.append(page.do("take_away", format="json"))
            said.append(page.do("take_away", format="sheet", sample=column if value.columns.kind == "sample" else 0))
            text = repr(said)
            assert short not in text, (kind, text[max(0, text.find(short) - 200) : text.find(short) + 40])
            page.do("reveal", question=asked["question"]["id"])
            page.frames.clear()


def seen_by(header: dict[str, Any]) -> tuple[int, int | None, int]:
    return header["meta"]["micro"], header["meta"]["sample"], header["meta"]["asked"]


def told_of(frame: tuple[dict[str, Any], dict[str, np.ndarray]]) -> Any:
    return frame[0], {name: array.tolist() for name, array in frame[1].items()}


def test_several_questions_end_with_their_update(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page)
        update = next_update(Trainer(RunSpec.model_validate(SPEC)))
        affine = update.find("affine", 1).index
        asked = [result(page, "ask", micro=affine, row=row, column=2) for row in range(3)]
        assert [len(told["questions"]) for told in asked] == [1, 2, 3]
        assert result(page, "ask", micro=affine, row=0, column=2)["question"] == asked[0]["question"], "asked twice is once"
        told = result(page, "reveal", question=asked[1]["question"]["id"])
        assert [answer["right"] for answer in told["question"]["answers"]] == [None] * 3
        assert len(told["questions"]) == 2 and told["score"]["unknown"] == 3 and isinstance(told["value"], float)
        told = result(page, "answer", question=asked[0]["question"]["id"], answer=None)
        assert told["right"] is None and told["truth"] in ("positive", "negative")
        assert refused(page, "answer", question=asked[0]["question"]["id"], answer=0.5)["field"] == "answer"
        assert refused(page, "answer", question=asked[2]["question"]["id"], answer=2)["allowed"] == "-1, 0, 1"
        page.do("step")
        told = result(page, "questions")
        assert told["questions"] == [] and told["score"]["unknown"] == 4, "the score goes on"
        assert refused(page, "reveal", question=asked[2]["question"]["id"])["field"] == "question"


def asks(value: float, name: str = "z1") -> Question:
    return Question(0, 0, name, 1, 2, value, "z", "z")


def test_short_values_are_withheld_in_their_own_place_only() -> None:
    array = np.array([[0.0, 0.5, 0.0], [0.0, 0.123456789, 0.0]])
    zero = Withheld([asks(0.0)])
    assert np.isnan(zero.array("z1", array)).sum() == 1 and np.isnan(zero.array("z1", array)[1, 2])
    assert zero.array("h1", array) is array and not zero.value(0.0)
    long = Withheld([asks(0.123456789)])
    assert np.isnan(long.array("h1", -array)).sum() == 1, "by its size, wherever it stands"
    assert long.json({"a": [0.123456789 * (1 + 1e-13), 0.1234], "b": "it is 0.1235, not 0.12351"}) == {
        "a": ["?", 0.1234],
        "b": "it is ?, not 0.12351",
    }
    questions = Questions()
    asked = questions.at("here").ask(asks(0.0))
    assert questions.answer(asked, 0.0).answers == (("sign", True, "zero"),) and not questions.open
    assert questions.revision == 2
