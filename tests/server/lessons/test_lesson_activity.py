"""Cards opened in a session: their situation is built by the commands of a page, nothing is told before the answer, and what
strangers wrote stays within the limits."""

from __future__ import annotations

import http.client
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from lessons_of_tests import DEEP
from live_server import Live
from pages import Event, Page

from engine.lessons.building import Built
from engine.lessons.measuring import Measurement, measured
from server.lessons.controller import Lessons
from server.settings import Settings

Serve = Callable[[Settings], Live]
FRONT = "---\ntitle: T\ncourse: c\ncan: do\n---\n"
SPEC: dict[str, Any] = {
    "data": {"name": "spiral", "samples": 100},
    "network": {"layers": [{"units": 4, "activation": "sigmoid"}] * 10, "initializer": {"name": "xavier_normal"}},
    "seed": 0,
}


def told(page: Page) -> Event:
    """The card that was told last."""
    return [event for event in page.events if event["type"] == "lesson"][-1]


def opened(page: Page, text: str = DEEP, card: int = 0, **fields: Any) -> Event:
    assert page.do("lesson_try", text=text, card=card, **fields)["result"] == {"problems": []}
    return told(page)


def until_told(page: Page, wanted: Callable[[Event], bool]) -> Event:
    """The card, once it is told as wanted."""
    while not wanted(told(page)):
        page.receive()
    return told(page)


def measured_words(page: Page) -> Event:
    return until_told(page, lambda event: "…" not in event["words"])


def test_a_card_is_opened_answered_and_its_number_told(live: Live) -> None:
    ratio = measured("delta(1) / delta(10)", run=SPEC)
    with Page(live.socket) as page:
        page.run_info()
        info = opened(page)
        assert (info["card"], info["count"], info["locked"], info["why"], info["own"]) == (0, 3, True, None, True)
        assert page.run_info()["spec"]["network"]["layers"][9]["activation"] == "sigmoid", "its situation stands"
        assert info["question"]["texts"] == ["about all", "a tenth", "less than that"] and info["verdict"] is None
        verdict = page.do("lesson_answer", answer=0)["result"]
        assert (verdict["right"], verdict["truth"], verdict["value"]) == (False, 2, ratio)
        assert verdict["said"] == "less than that" and f'<data value="{ratio!r}">' in verdict["reply"]
        info = told(page)
        assert info["locked"] is False and f'<data value="{ratio!r}">' in info["why"] and info["verdict"] == verdict
        assert page.ask("lesson_answer", answer=1)["code"] == "invalid", "once"
        page.do("step", count=3)
        page.do("lesson_reset")
        assert page.state["step"] == 0 and told(page)["verdict"] == verdict, "what was answered stays answered"
        page.do("lesson_leave")
        assert told(page)["card"] is None


@pytest.mark.parametrize("answer", [7, -1, 0.5, [1.0], "x", [0.0, 1.0, 2.0]])
def test_what_is_no_answer_is_refused_and_the_question_stays_open(live: Live, answer: Any) -> None:
    with Page(live.socket) as page:
        opened(page)
        refusal = page.ask("lesson_answer", answer=answer)
        assert (refusal["type"], refusal["code"]) == ("error", "invalid") and refusal["allowed"]
        assert page.ask("step")["code"] == "locked"
        assert page.do("lesson_answer", answer=None)["result"]["right"] is None
        page.do("step")


def test_a_question_answered_before_is_not_asked_again(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        id = page.do("lesson_keep", text=DEEP)["result"]["lesson"]
        page.do("lesson", lesson=id, answered=True)
        page.do("step")
        info = until_told(page, lambda event: event["verdict"] is not None)
        assert info["lesson"] == id and info["verdict"]["answer"] is None and info["verdict"]["truth"] == 2


def test_a_card_without_a_situation_goes_on_with_what_is_there(live: Live) -> None:
    with Page(live.socket) as page:
        opened(page)
        page.do("lesson_answer", answer=2)
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.1})
        page.do("step", count=5)
        run = page.state["run"]
        opened(page, card=1)
        loss = measured_words(page)["words"]
        assert (page.state["run"], page.state["step"]) == (run, 5)
        edit = {"kind": "set", "path": "optimizer.lr", "value": 0.1, "step": 0}
        assert f'"{measured("loss(train)", run=SPEC, edits=[edit], step=5)!r}"' in loss
        page.do("configure", spec={})
    with Page(live.socket) as page:  # by a link: what the card before it begins from
        opened(page, card=1)
        assert f'"{measured("loss(train)", run=SPEC)!r}"' in measured_words(page)["words"]


def test_a_task_is_told_live_and_stays_met(live: Live) -> None:
    with Page(live.socket) as page:
        page.do("subscribe", channels=["lesson_task"])
        opened(page)
        page.do("lesson_answer", answer=2)
        header, _ = page.frame("lesson_task")
        (part,) = header["meta"]["parts"]
        assert header["meta"]["met"] is False and part["value"] < 1e-4 and "<math" in part["text"]
        page.do("configure", spec={"network": {"layers": [{"units": 4}]}})
        meta = page.frame("lesson_task", lambda header: bool(header["meta"]["trouble"]))[0]["meta"]
        assert meta["trouble"] == "delta: there is no layer 10" and meta["parts"][0]["value"] in ("NaN", None), meta
        network = SPEC["network"] | {"layers": [{"units": 4, "activation": "relu", "norm": "batch"}] * 10}
        page.do("configure", spec=SPEC | {"network": network})
        meta = page.frame("lesson_task", lambda header: header["meta"]["met"])[0]["meta"]
        assert meta["kept"] is True and meta["parts"][0]["value"] > 0.1
        page.do("configure", spec=SPEC)
        meta = page.frame("lesson_task", lambda header: not header["meta"]["met"])[0]["meta"]
        assert meta["kept"] is True, "it was met once"


def test_a_task_that_takes_long_is_measured_where_nothing_moves(live: Live) -> None:
    text = FRONT + (
        "## One\n```card\nminutes: {alone: 1, class: 1}\n"
        "situation: {run: {data: {name: xor}, network: {layers: [{units: 2}]}}}\n"
        "task:\n  ask: Learn it\n  wanted: count_below(3, loss(train), 9, 5) == 3\n  solution: {steps: 1}\n```\n"
    )
    with Page(live.socket) as page:
        page.do("subscribe", channels=["lesson_task"])
        assert opened(page, text)["task"]["live"] is False
        assert page.frame("lesson_task")[0]["meta"]["met"] is True
        page.do("lesson_leave")


def test_a_race_is_built_and_measured(live: Live) -> None:
    with Page(live.socket) as page:
        info = opened(page, card=2)
        assert info["view"] == "race" and [event for event in page.events if event["type"] == "race"][-1]["title"]
        assert page.ask("race_step")["code"] == "locked"
        page.do("lesson_answer", answer=3.0)
        page.do("race_step")


def test_what_is_withheld_is_named_and_the_twin_comes_with_the_answer(live: Live) -> None:
    with Page(live.socket) as page:
        page.do("lesson", lesson="deep/rescue", card=0)
        assert "flow" in told(page)["withheld"] and told(page)["twin"] is None
        page.do("lesson_answer", answer=0)
        assert told(page)["withheld"] == [] and told(page)["twin"] == "deep/five-predictions.4"
        page.do("lesson", lesson="deep/five-predictions", card=3)
        page.do("lesson_answer", answer=None)
        assert told(page)["twin"] == "deep/rescue.1", "and back"
        # One's own may name what is not there: it leads nowhere.
        assert opened(page, DEEP.replace("  measure: ratio\n", "  measure: ratio\n  twin: no/such#2\n"))["locked"]
        page.do("lesson_answer", answer=0)
        assert told(page)["twin"] is None


GRAPH = FRONT + (
    "## One\n```card\nsituation: {graph: {text: x * y, inputs: {x: 3, y: 2}}}\nview: graph\nminutes: {alone: 1, class: 1}\n"
    "question: {kind: sign, ask: Sign?, measure: slope(x)}\n```\n"
)


def test_an_expression_is_withheld_too(live: Live) -> None:
    with Page(live.socket) as page:
        assert opened(page, GRAPH)["place"] == {"text": "x * y", "inputs": {"x": 3.0, "y": 2.0}}
        assert page.ask("graph", text="x*y", inputs={"x": 3.0, "y": 2.0})["code"] == "locked"
        assert page.do("lesson_answer", answer=1)["result"]["right"] is True
        page.do("graph", text="x*y", inputs={"x": 3.0, "y": 2.0})


# Own lessons -----------------------------------------------------------------------------------------------------------


def test_a_kept_lesson_opens_in_another_session(live: Live) -> None:
    with Page(live.socket) as page:
        kept = page.do("lesson_keep", text=DEEP)["result"]
        assert page.do("lesson_keep", text=DEEP)["result"] == kept and kept["lasting"] in (True, False)
    with Page(live.socket) as page:
        page.do("lesson", lesson=kept["lesson"], card=2)
        assert told(page)["own"] is True and told(page)["lesson"] == kept["lesson"] and told(page)["course"] == ""
        page.do("lesson_answer", answer=0)
        assert page.do("lesson_source", lesson=kept["lesson"])["result"] == {"text": DEEP}


def test_a_text_is_checked_line_by_line(live: Live) -> None:
    with Page(live.socket) as page:
        found = page.do("lesson_check", text=DEEP)["result"]
        assert found["problems"] == [] and [card["heading"] for card in found["lesson"]["cards"]][1] == "And now?"
        assert found["lesson"]["title"] == "Ten sigmoids" and found["lesson"]["cards"][0]["why"]
        for command in ("lesson_check", "lesson_try"):
            problems = page.do(command, text=DEEP.replace("seed: 0", "seed: -4"))["result"]["problems"]
            assert problems[0]["line"] == 17 and problems[0]["allowed"], problems
        refusal = page.ask("lesson_keep", text="x")
        assert (refusal["code"], refusal["field"]) == ("invalid", "text") and "line 1" in refusal["message"]


def test_own_lessons_have_limits_of_their_own(serve: Serve) -> None:
    live = serve(Settings(database_url="sqlite://", max_lessons=1, max_experiments=1, max_lesson_bytes=2000))
    with Page(live.socket) as page:
        page.run_info()
        page.do("keep")
        page.do("lesson_keep", text=DEEP)
        assert page.ask("lesson_keep", text=DEEP.replace("Ten", "Eleven"))["code"] == "limit"
        noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=3900))
        assert page.ask("lesson_keep", text=f"{DEEP}\n{noise}")["code"] == "too_large"


HUGE = {
    "layers": "situation: {run: {network: {layers: [{units: 1024, times: 5}]}}}",
    "samples": "situation: {run: {data: {name: spiral, samples: 20000}}}",
    "lanes": "situation: {race: {lanes: [{}, {}, {}], max_steps: 10}}\nview: race",
    "steps": "situation: {race: {max_steps: 100000}}\nview: race",
    "a race on the network": "situation: {network: {run: {network: {layers: [{units: 600, times: 2}]}}, lanes: [{}, {}]}}\n"
    "view: network",
    "a variant": "situation: {run: {}}\nvariants: {big: {network.layers: [{units: 1000, times: 2}]}}\n"
    "question: {kind: sign, ask: Sign?, measure: 'on(big, loss(train))'}",
}


@pytest.fixture(scope="module")
def small() -> Settings:
    return Settings(
        database_url="sqlite://", max_parameters=500_000, max_samples=5000, max_lanes=2, max_race_steps=5000, max_work=10**8
    )


@pytest.mark.parametrize("name", HUGE)
def test_a_strangers_situation_is_under_the_same_limits(serve: Serve, small: Settings, name: str) -> None:
    text = f"{FRONT}## One\n```card\nminutes: {{alone: 1, class: 1}}\n{HUGE[name]}\n```\n"
    with Page(serve(small).socket) as page:
        run = page.run_info()["run"]
        for command in ("lesson_try", "lesson_check"):
            (problem,) = page.do(command, text=text)["result"]["problems"]
            assert problem["line"] == 6 and problem["allowed"], problem
        assert page.ask("lesson_keep", text=text)["code"] == "invalid"
        assert page.run_info()["run"] == run and not [event for event in page.events if event["type"] == "lesson"]


def test_a_question_that_cannot_be_measured_locks_nobody(live: Live) -> None:
    text = DEEP.replace("  measure: ratio\n", "  measure: delta(40)\n")
    with Page(live.socket) as page:
        opened(page, text)
        refusal = page.ask("lesson_answer", answer=1)
        assert refusal["code"] == "unmeasured" and refusal["allowed"] == "1 to 11" and told(page)["locked"] is False
        page.do("step")


def test_a_card_opened_while_another_is_on_its_way_takes_its_place(live: Live) -> None:
    far = DEEP.replace("    seed: 0", "    seed: 0\n  step: 200000")
    with Page(live.socket) as page:
        page.run_info()
        page.send("lesson_try", id="far", text=far)
        page.until(lambda event: event["type"] == "state" and event["status"] == "seeking")
        assert page.ask("step")["code"] == "locked", "nothing else moves it"
        page.do("lesson_try", text=DEEP, card=2)
        (answer,) = [event for event in page.events if event.get("id") == "far"]
        assert (answer["type"], answer["code"]) == ("error", "cancelled")
        assert told(page)["card"] == 2
        page.send("lesson_try", id="again", text=far)
        page.until(lambda event: event["type"] == "state" and event["status"] == "seeking")
        page.do("lesson_leave")
        page.do("step")


def test_courses_are_listed(live: Live) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request("GET", "/api/lessons")
    found = json.loads(connection.getresponse().read())
    connection.close()
    assert isinstance(found["courses"], list)
    with Page(live.socket) as page:
        for course in found["courses"]:
            assert course["title"] and course["name"]
            for row in course["lessons"]:
                assert row["cards"] > 0 and row["title"] and row["can"] and len(row["minutes"]) == 2
        for id in ("no/such", "nosuch"):
            assert page.ask("lesson", lesson=id)["code"] == "unknown_lesson"
        assert page.ask("lesson", lesson="../../etc/passwd")["code"] == "invalid"
        assert page.ask("lesson_answer", answer=1)["code"] == "no_lesson"
        assert page.ask("lesson_reset")["code"] == "no_lesson"


def test_what_takes_long_is_measured_before_it_is_asked_for(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a learner thinks; what was measured is not told, and is found again when the answer comes."""
    values: list[float] = []
    value = Measurement.value

    def counted(measurement: Measurement, built: Built) -> float:
        values.append(value(measurement, built))
        return values[-1]

    monkeypatch.setattr(Measurement, "value", counted)
    with Page(live.socket) as page:
        opened(page)
        session = live.app.state.sessions.find(page.attached["session"])
        (lessons,) = [activity for activity in session.activities if isinstance(activity, Lessons)]
        live.until(lambda: lessons._foreseen)
        assert values and told(page)["verdict"] is None and repr(values[0]) not in json.dumps(page.events)
        assert page.do("lesson_answer", answer=2)["result"]["value"] == values[0]


def test_what_is_too_long_is_refused_before_it_is_read(live: Live) -> None:
    with Page(live.socket) as page:
        for command in ("lesson_check", "lesson_try", "lesson_keep"):
            refusal = page.ask(command, text="x" * 100_000)
            assert (refusal["code"], refusal["field"]) == ("invalid", "text") and "60000" in refusal["allowed"]
            assert (
                page.ask(command, text="# " * 5_000_000 if command == "lesson_keep" else "x" * 1_100_000)["code"] == "too_large"
            )
        page.do("lesson_check", text=DEEP)
