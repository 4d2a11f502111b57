"""What a class is asked, and what is right: measured by the engine, judged as a lesson judges it, and shown by nobody before
the reveal."""

from __future__ import annotations

import asyncio
import json
import math
import random
from typing import Any

import pytest
from class_sessions import KEY, Class, classes
from pydantic import TypeAdapter

from engine import warm_up
from engine.lessons.building import Built
from engine.lessons.card import Question
from engine.lessons.judging import curve_of, judge
from engine.lessons.measuring import Measurement
from engine.lessons.standards import standard_of
from server.lessons.controller import Lessons
from server.lessons.library import library
from server.room.judging import right
from server.wire.errors import CommandError

QUESTION: TypeAdapter[Any] = TypeAdapter(Question)


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    warm_up()


async def led(life: Class) -> None:
    await life.do("room_lead", code="K7FQ", key=KEY)


async def asked(life: Class, source: str, **about: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A question and its truth, as a room asks for them."""
    question = await life.ask("question", source=source, **about)
    truth = await life.ask("truth", ref=question["ref"], kind=question["kind"], source=source)
    return question, truth


# Numbers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "right_one"), [("number", None), ("sign", 1), ("power", "power")])
def test_a_number_in_view_is_what_the_trainer_says(kind: str, right_one: Any) -> None:
    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            await life.do("step", count=5)
            question, truth = await asked(life, "number", of="loss(test)", ask="How large is the loss?", kind=kind)
            loss = life.trainer.evaluate("test").loss
            assert truth["value"] == loss and question["kind"] == kind and question["ask"] == "How large is the loss?"
            wanted = {"number": loss, "sign": 1, "power": math.floor(math.log10(loss))}[kind]
            assert truth["truth"] == wanted and right(truth["judge"], wanted) is True
            assert right(truth["judge"], wanted + 1) is False and right(truth["judge"], None) is None
            assert "truth" not in json.dumps(question) and str(loss) not in json.dumps(question)

    asyncio.run(check())


def test_what_lies_ahead_is_measured_beside_the_run_and_moves_nothing() -> None:
    """Witness: the run itself, brought there afterwards."""

    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            await life.do("step", count=3)
            await life.do("play", speed={"unit": "steps", "rate": 50})
            question = await life.ask("question", source="number", of="at(40, loss(train))", ask="And then?", kind="number")
            step = life.trainer.steps_done
            assert not life.run.moving, "nothing moves while it is asked"
            truth = await life.ask("truth", ref=question["ref"], kind="number", source="number")
            assert life.trainer.steps_done == step < 40
            await life.do("seek", step=40)
            assert truth["value"] == life.trainer.evaluate("train").loss

    asyncio.run(check())


def test_what_takes_long_is_measured_of_a_copy_where_it_stands() -> None:
    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            await life.do("step", count=30)
            sharpness = Measurement.read("sharpness()")
            _, truth = await asked(life, "number", of="sharpness()", ask="How sharp?", kind="number")
            assert not sharpness.live and truth["value"] == sharpness.value(Built.of(life.trainer))
            await life.do("seek", step=0)
            assert truth["value"] != sharpness.value(Built.of(life.trainer))

    asyncio.run(check())


@pytest.mark.parametrize("of", ["loss(", "nonsense()", "delta(99)"])
def test_what_is_no_measurement_is_refused_by_its_field(of: str) -> None:
    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            with pytest.raises(CommandError) as refused:
                await life.ask("question", source="number", of=of, ask="?", kind="sign")
            assert refused.value.code in ("invalid", "unmeasured") and refused.value.field == "of" and refused.value.allowed

    asyncio.run(check())


# Cards --------------------------------------------------------------------------------------------------------------


def card_with_a_twin() -> tuple[str, int, str]:
    """A card, and its twin as an address names it; both of runs, and quick."""
    for id in (id for course in library().courses for id in course.lessons):
        for place, card in enumerate(library().read(id).lesson.cards):
            if card.question is not None and card.question.twin and card.situation is not None and card.situation.run:
                lesson, _, number = card.question.twin.partition("#")
                return id, place, f"{lesson}.{number}"
    raise AssertionError("no such card")


async def verdict(life: Class, lesson: str, card: int) -> dict[str, Any]:
    """What a learner alone is told of a card: the witness."""
    await life.do("lesson", lesson=lesson, card=card)
    await life.do("lesson_answer", answer=None)
    open_ = life.session.find(Lessons).open
    assert open_ is not None and open_.verdict is not None
    return open_.verdict.model_dump()


def test_a_card_and_its_twin_are_judged_as_a_lesson_judges_them() -> None:
    async def check() -> None:
        lesson, place, twin = card_with_a_twin()
        async with classes(2) as (life, alone):
            await led(life)
            await life.do("lesson", lesson=lesson, card=place)
            question, truth = await asked(life, "card")
            lessons = life.session.find(Lessons)
            shown = lessons.present().info()
            assert shown.question is not None and shown.locked and shown.verdict is None
            told = shown.question.model_dump(mode="json")
            assert {name: question[name] for name in ("kind", "ask", "texts", "log")} == {
                name: told[name] for name in ("kind", "ask", "texts", "log")
            }
            assert question["has_twin"] is True
            wanted = await verdict(alone, lesson, place)
            assert (truth["value"], truth["truth"]) == (wanted["value"], wanted["truth"])
            life.rooms.change(phase="vote")
            refused = await life.refusal("lesson_answer", answer=None)
            assert refused.code == "locked" and lessons.locked, "the teacher's page does not show it either"
            # The twin, on its own situation: the session stays where it is.
            before = life.run.point(), lessons.open
            life.rooms.change(phase="voted")
            question, truth = await asked(life, "twin")
            assert (life.run.point(), lessons.open) == before
            name, _, number = twin.rpartition(".")
            wanted = await verdict(alone, name, int(number) - 1)
            assert (truth["value"], truth["truth"]) == (wanted["value"], wanted["truth"])
            life.rooms.change(phase="revealed")
            await life.until(lambda: lessons.present().verdict is not None)  # once it is revealed the page tells it too
            assert not lessons.locked and lessons.present().info().why is not None

    asyncio.run(check())


def test_a_card_that_is_answered_is_opened_anew_before_it_is_asked() -> None:
    async def check() -> None:
        lesson, place, _ = card_with_a_twin()
        async with classes() as (life,):
            await led(life)
            with pytest.raises(CommandError, match="No card is open"):
                await life.ask("question", source="card")
            await verdict(life, lesson, place)
            assert not life.session.find(Lessons).locked
            question = await life.ask("question", source="card")
            assert life.session.find(Lessons).locked and question["ref"]["card"] == f"{lesson}.{place + 1}"

    asyncio.run(check())


def test_another_session_measures_what_one_that_is_gone_was_asked() -> None:
    async def check() -> None:
        lesson, place, _ = card_with_a_twin()
        async with classes(2) as (first, second):
            await led(first)
            await first.do("lesson", lesson=lesson, card=place)
            question, truth = await asked(first, "card")
            await led(second)
            await first.until(lambda: first.own.part is None)
            again = await second.ask("truth", ref=question["ref"], kind=question["kind"], source="card")
            assert again == truth

    asyncio.run(check())


def test_ones_own_lesson_is_measured_after_another_card_was_opened() -> None:
    async def check() -> None:
        lesson, place, _ = card_with_a_twin()
        async with classes() as (life,):
            await led(life)
            own = await life.session.store.lessons.keep(library().text(lesson))
            await life.do("lesson", lesson=own, card=place)
            question, truth = await asked(life, "card")
            life.lead._asked.clear()  # as where this process is another
            await life.do("lesson_leave")
            assert await life.ask("truth", ref=question["ref"], kind=question["kind"], source="card") == truth

    asyncio.run(check())


# Judging ------------------------------------------------------------------------------------------------------------

CHANCE = random.Random(7)
QUESTIONS: list[tuple[dict[str, Any], list[Any]]] = [
    (
        {"kind": "choose", "measure": "6", "choices": [{"text": "a", "when": "< 5"}, {"text": "b", "when": ">= 5"}]},
        [0, 1],
    ),
    ({"kind": "sign", "measure": "-2"}, [-1, 0, 1]),
    ({"kind": "power", "measure": "0.0034"}, [-4, -3, -2, 3]),
    ({"kind": "number", "measure": "6"}, [6, 6.3, 6.31, 5.7, 5.69, 0, -6]),
    ({"kind": "number", "measure": "6", "tolerance": 0.5, "relative": False}, [6.5, 6.51, 5.5, 5.4]),
    ({"kind": "number", "measure": "0 / 0"}, [0, 1]),
    (
        {"kind": "order", "items": [{"text": name, "measure": name} for name in ("3", "1", "3", "2")]},
        [CHANCE.sample(range(4), 4) for _ in range(24)] + [[1, 3, 0, 2], [1, 3, 2, 0]],
    ),
    ({"kind": "place", "x": "1", "y": "-2", "tolerance": 0.5}, [[1, -2], [1.3, -1.7], [1.5, -2], [1.5, -1.9]]),
    (
        {"kind": "sketch", "measure": "loss(train)", "steps": 30, "low": 0.0, "high": 2.0, "tolerance": 0.2},
        [[CHANCE.uniform(0.3, 1.0) for _ in range(n)] for n in (2, 3, 7, 50)] + [[0.69, 0.6], [2.0, 0.0]],
    ),
    (
        {"kind": "sketch", "measure": "loss(train)", "steps": 30, "low": 0.01, "high": 2.0, "log": True, "tolerance": 0.2},
        [[CHANCE.uniform(0.2, 1.0) for _ in range(n)] for n in (2, 3, 7)] + [[0.69, 0.6], [0.0, 0.0]],
    ),
]


@pytest.mark.parametrize("given", QUESTIONS, ids=lambda given: given[0]["kind"])
def test_many_answers_are_judged_as_one_is(given: tuple[dict[str, Any], list[Any]]) -> None:
    """Witness: the engine's own judge, which measures anew for each answer. The standard survives being written down."""
    from engine.lessons.building import build
    from engine.lessons.situation import Situation

    question = QUESTION.validate_python({"ask": "?", **given[0]})
    built: Built = build(Situation.model_validate({"run": {"data": {"name": "moons"}}}))
    standard = json.loads(json.dumps(standard_of(question, judge(question, built, None))))
    answers = given[1] + ([curve_of(question, built)[1]] if question.kind == "sketch" else [])
    found = [right(standard, answer) for answer in answers]
    assert found == [judge(question, built, answer).right for answer in answers]
    if given[0].get("measure") != "0 / 0":
        assert {True, False} <= set(found), "both are tried"


# Leading ------------------------------------------------------------------------------------------------------------


def test_the_second_device_turns_cards_and_lets_the_run_go_on() -> None:
    async def check() -> None:
        lesson, _, _ = card_with_a_twin()
        async with classes() as (life,):
            await led(life)
            with pytest.raises(CommandError, match="No card"):
                await life.ask("next", by=1)
            await life.ask("play", on=True)
            await life.until(lambda: life.run.moving)
            await life.ask("play", on=False)
            assert not life.run.moving
            await life.do("lesson", lesson=lesson, card=0)
            with pytest.raises(CommandError) as refused:
                await life.ask("next", by=-1)
            assert refused.value.field == "by"
            await life.ask("next", by=1)
            card = life.own.scene.lessons.card()
            assert card is not None and (card.lesson, card.card) == (lesson, 1)

    asyncio.run(check())
