"""Predict, then reveal: numbers that are asked for and therefore nowhere to be read until they are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live_server import Live
from microscope_pages import SPEC, begun, loaded, refused, result
from pages import Page

from engine import RunSpec, Trainer
from engine.microscope import (
    next_update,
)
from server.microscope.prediction.hidden import Question, Questions, Withheld


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
        ("code", {}),
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
        assert told["score"] == {"right": 2, "wrong": 1, "unknown": 0, "revealed": 0}
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
            said.append(page.do("code"))
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
        assert [answer["right"] for answer in told["question"]["answers"]] == [None]
        assert (
            len(told["questions"]) == 2
            and (told["score"]["unknown"], told["score"]["revealed"]) == (0, 1)
            and isinstance(told["value"], float)
        )
        told = result(page, "answer", question=asked[0]["question"]["id"], answer=None)
        assert told["right"] is None and told["truth"] in ("positive", "negative")
        assert refused(page, "answer", question=asked[0]["question"]["id"], answer=0.5)["field"] == "answer"
        assert refused(page, "answer", question=asked[2]["question"]["id"], answer=2)["allowed"] == "-1, 0, 1"
        page.do("step")
        told = result(page, "questions")
        assert told["questions"] == [] and (told["score"]["unknown"], told["score"]["revealed"]) == (1, 1), "the score goes on"
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
