"""While a question is open nothing on the wire holds what it asks for: no frame, no event, no answer to any command."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from lessons_of_tests import DEEP
from live_server import Live
from pages import Page

from engine.lessons.building import build
from engine.lessons.measuring import Measurement
from engine.lessons.situation import Situation
from engine.lessons.vocabulary import MEASURES
from server import activities
from server.lessons.controller import Lessons
from server.lessons.open_card import OpenCard
from server.lessons.reading.lesson import read
from server.protocol import name_of

FRONT = "---\ntitle: T\ncourse: c\ncan: do\n---\n"
RUN: dict[str, Any] = {
    "data": {"name": "spiral", "samples": 60},
    "network": {"layers": [{"units": 3, "activation": "tanh"}, {"units": 3, "activation": "relu"}]},
    "batch_size": 8,
    "seed": 3,
}
RACE: dict[str, Any] = {
    "surface": {"name": "rosenbrock"},
    "lanes": [{"optimizer": {"name": "adam", "lr": 0.02}}, {"optimizer": {"name": "sgd", "lr": 0.0004}}],
    "max_steps": 300,
}
SITUATIONS: dict[str, dict[str, Any]] = {
    "run": {"run": RUN, "step": 7},
    "race": {"race": RACE, "step": 7},
    "network": {"network": {"run": RUN, "lanes": RACE["lanes"]}, "step": 7},
}
VIEWS = {"run": "train", "race": "race", "network": "network"}
CHANNELS = [row.name for kind in activities.registered() for row in kind.channels if row.name != "lesson_task"]
ASKED = {
    "run": (
        "loss(train)",
        "loss(test)",
        "weight(W1, 0, 1)",
        "gradient(W1, 0, 1)",
        "full_gradient_norm(W1)",
        "change(W1, 0, 1)",
        "delta(1)",
        "delta(1) / delta(2)",
        "activation(1, 0, 0)",
        "preactivation(2, 1, 0)",
        "signal(1, 0, 0)",
    ),
    "race": ("value(1)", "x(1)", "y(2)", "slope_x(1)", "step_x(1)", "travelled(1)"),
    "network": ("lane(1, loss(train))", "lane(2, weight(W1, 0, 1))"),
}
CASES = [(kind, text) for kind, texts in ASKED.items() for text in texts]


def card(kind: str, text: str) -> str:
    block = json.dumps(SITUATIONS[kind])
    question = f"{{kind: number, ask: How much?, measure: '{text}'}}"
    return (
        f"{FRONT}## One\n```card\nsituation: {block}\nview: {VIEWS[kind]}\nminutes: {{alone: 1, class: 1}}\n"
        f"measures: {{it: '{text}'}}\nquestion: {question}\n```\nIt is {{it}}.\n### Why\nSince it is {{it}}.\n"
    )


def tells(page: Page, value: float) -> list[str]:
    """The channels of whose frames since the last look a number is what was measured, to more digits than chance gives."""
    found = []
    for channel, frames in page.frames.items():
        for header, arrays in frames:
            numbers = [array.astype(float).ravel() for array in arrays.values()]
            numbers.append(np.array(list(of_json(header["meta"])), dtype=float))
            if np.any(np.abs(np.abs(np.concatenate(numbers)) - abs(value)) <= 1e-6 * abs(value)):
                found.append(channel)
    page.frames.clear()
    return found


def of_json(value: Any) -> Any:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from of_json(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def look(page: Page) -> None:
    """Everything that can be drawn is drawn, all of Step's micro-steps too."""
    for half in (CHANNELS[::2], CHANNELS[1::2]):
        page.do("subscribe", channels=half, grid=10)
        for micro in range(0, 12, 3):
            page.do("look", micro=micro, depth="unit")
        page.do("look", micro=-1)


@pytest.mark.slow(seconds=60)
@pytest.mark.parametrize("kind, text", CASES)
def test_no_picture_tells_what_is_asked_for(live: Live, kind: str, text: str) -> None:
    situation = Situation.model_validate(SITUATIONS[kind])
    value = Measurement.read(text).value(build(situation))
    assert np.isfinite(value) and value != 0.0
    with Page(live.socket) as page:
        page.run_info()
        page.do("subscribe", channels=[])
        page.frames.clear()
        assert page.do("lesson_try", text=card(kind, text))["result"] == {"problems": []}
        before = len(page.events)
        look(page)
        assert tells(page, value) == [], text
        said = json.dumps(page.events[before:] + [event for event in page.events if event["type"] == "lesson"])
        assert repr(abs(value))[:9] not in said
        assert page.do("lesson_answer", answer=0.0)["result"]["value"] == value
        assert repr(value) in [event for event in page.events if event["type"] == "lesson"][-1]["words"]


def test_a_run_is_withheld_until_the_answer(live: Live) -> None:
    """The short form of it: where the loss is asked for, what shows it is drawn afterwards alone."""
    value = Measurement.read("loss(train)").value(build(Situation.model_validate(SITUATIONS["run"])))
    with Page(live.socket) as page:
        page.run_info()
        page.do("subscribe", channels=[])
        page.do("lesson_try", text=card("run", "loss(train)"))
        page.do("subscribe", channels=["series", "evaluation", "maps"])
        page.frame("maps")
        assert not page.frames.get("series") and not page.frames.get("evaluation")
        page.frames.clear()
        page.do("lesson_answer", answer=None)
        page.frame("series")
        page.frame("evaluation")
        assert tells(page, value)


SOME: tuple[tuple[str, dict[str, Any]], ...] = (
    ("configure", {"spec": {}}),
    ("play", {}),
    ("step", {}),
    ("seek", {"step": 3}),
    ("reset", {}),
    ("export", {"format": "model"}),
    ("compare", {}),
    ("find_rate", {}),
    ("predict", {"x": [0.0, 0.0]}),
    ("verify", {"entries": [{"name": "W1", "index": [0, 0]}]}),
    ("take_away", {"format": "json"}),
    ("code", {}),
    ("race", {}),
    ("network", {}),
)


def test_every_other_command_is_refused(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("lesson_try", text=DEEP)
        run, step = page.state["run"], page.state["step"]
        for name, fields in SOME:
            answer = page.ask(name, **fields)
            assert (answer["type"], answer["code"]) == ("error", "locked") and "after the prediction" in answer["message"], name
        assert (page.state["run"], page.state["step"]) == (run, step)
        assert page.ask("lesson_source", lesson="a/b")["code"] == "locked"
        page.do("lesson_leave")
        page.do("step")


def test_what_is_obeyed_meanwhile_is_listed() -> None:
    """Walked by the protocol's own list: a command that is new is refused, until somebody says that it is harmless."""
    harmless = {
        "look",
        "share",
        "race_share",
        "network_share",
        "pause",
        "race_pause",
        "network_pause",
        "study_cancel",
        "cancel",
        # Of a class: who sees this session, and how. What a card withholds is withheld from them, too.
        "room_lead",
        "room_take_part",
        "room_offer",
        "room_part",
        "mirror",
        "mirror_off",
        "mirror_look",
    }
    lessons = Lessons(None)  # type: ignore[arg-type]  # it asks its host nothing here
    lessons.open = OpenCard(read(card("run", "loss(train)")), 0)
    models = [model for kind in activities.registered() if kind.name != "lessons" for model in kind.handlers]
    assert len(models) > 60
    obeyed = {name_of(model) for model in models if lessons.refusal(model.model_construct()) is None}
    assert obeyed == harmless
    lessons.open.waived = True
    assert all(lessons.refusal(model.model_construct()) is None for model in models)


def test_what_may_be_asked_says_which_pictures_tell_it() -> None:
    """A measurement of what is there, cheap enough to be live, is drawn somewhere."""
    untold = {name for name, row in MEASURES.items() if row.live and not row.tells and "graph" not in row.kinds}
    assert untold <= {"parameters", "step", "epoch", "rate", "finite", "steps_per_epoch", "price", "multiplications"}, untold
    assert read(card("run", "loss(train)")).lesson.cards[0].question is not None
