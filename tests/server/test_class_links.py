"""The teacher's state, handed to everybody: a link that opens it, in the page's own forms."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from class_sessions import KEY, Class, classes
from test_class_questions import card_with_a_twin

from engine import warm_up
from server.room.lead.links import LONGEST, fragment, locked, of_lab, packed, said_by_page, unpacked
from server.wire.errors import CommandError

RACE = {"surface": {"name": "rosenbrock"}, "lanes": [{"optimizer": {"name": "sgd", "lr": 1e-3}}]}
RATE = {"kind": "set", "path": "optimizer.lr", "value": 0.004}


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    warm_up()


async def link(life: Class, what: str = "own", **about: Any) -> dict[str, str]:
    answer = await life.ask(what, **about)
    assert answer["link"].startswith("#")
    return dict(parse_qsl(answer["link"][1:]))


async def led(life: Class) -> None:
    await life.do("room_lead", code="K7FQ", key=KEY)


def test_a_run_opens_at_its_very_step_with_its_changes() -> None:
    """Witness: another session that opens it has the same numbers, bit for bit."""

    async def check() -> None:
        async with classes(2) as (life, other):
            await led(life)
            await life.do("step", count=9)
            await life.do("edit", edit=RATE)
            await life.do("step", count=4)
            life.rooms.show("step", link="#view=step&at=3~0~unit~theory~-~0~0~0&s=secret&class=OLD")
            found = await link(life)
            assert (found["view"], found["at"], found["class"]) == ("step", "3~0~unit~theory~-~0~0~0", "K7FQ")
            await other.do("load", script=unpacked(found["s"]))
            assert other.trainer.steps_done == 13 and other.trainer.effective_spec == life.trainer.effective_spec
            assert other.trainer.machine.theta.tobytes() == life.trainer.machine.theta.tobytes()
            assert await link(life) == found, "made once"

    asyncio.run(check())


def test_a_long_script_is_kept_by_the_server() -> None:
    async def check() -> None:
        async with classes(2) as (life, other):
            await led(life)
            rows = [[0.001 * i * j + 0.1 * (i % 7) * 1.2345 ** (j % 5) for j in range(40)] for i in range(120)]
            data = {"name": "inline", "task": "classification", "train_x": rows, "train_y": [i % 2 for i in range(120)]}
            await life.do("configure", spec={"data": data, "network": {"layers": [{"units": 2}]}})
            found = await link(life)
            assert "s" not in found and len(packed(json.dumps(rows))) > LONGEST
            await other.do("load", script=await life.session.store.script(found["e"]))
            assert other.trainer.machine.theta.tobytes() == life.trainer.machine.theta.tobytes()

    asyncio.run(check())


def test_races_a_card_an_experiment_and_an_expression_open_too() -> None:
    async def check() -> None:
        async with classes(2) as (life, other):
            await led(life)
            await life.do("race", spec=RACE)
            await life.do("race_step", count=25)
            life.rooms.show("race")
            found = await link(life)
            await other.do("race_load", script=unpacked(found["r"]))
            mine, theirs = (each.races[0].present() for each in (life, other))
            assert theirs.step == 25 and theirs.trail(1).tobytes() == mine.trail(1).tobytes() and found["view"] == "race"
            await life.do("network", lanes=[{"optimizer": {"name": "sgd"}}])
            found = await link(life)
            await other.do("network_load", script=unpacked(found["n"]))
            assert len(other.races[1].present().lanes) == 1
            life.rooms.show("graph", link="#view=graph&f=a*b&a=2&b=3&lock=data")
            assert await link(life) == {"view": "graph", "f": "a*b", "a": "2", "b": "3", "class": "K7FQ"}
            await life.do("lab_begin", experiment="memory")
            life.rooms.show("lab")
            await life.until(lambda: not life.session.moving)
            found = await link(life)
            assert found["lab"] == "memory" and found["view"] == "lab"
            lesson, place, _ = card_with_a_twin()
            await life.do("lesson", lesson=lesson, card=place)
            life.rooms.show("train")
            assert await link(life) == {"l": f"{lesson}.{place + 1}", "class": "K7FQ"}

    asyncio.run(check())


def test_a_turn_has_the_cards_controls_and_what_its_task_wants() -> None:
    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            with pytest.raises(CommandError) as refused:
                await life.ask("turn", seeds=True, task=True)
            assert refused.value.field == "task"
            lesson, place = card_with_a_task()
            await life.do("lesson", lesson=lesson, card=place, answered=True)
            await life.until(lambda: not life.session.moving)
            answer = await life.ask("turn", seeds=True, task=True)
            card = life.own.scene.lessons.card()
            assert card is not None and card.task is not None and answer["controls"] == list(card.controls)
            assert answer["needs"]["wanted"] == card.task.wanted and "s=" in answer["link"]
            assert ("lock=" in answer["link"]) is bool(card.controls)
            answer = await life.ask("turn", seeds=False, task=False)
            assert "l=" in answer["link"] and answer["needs"] is None

    asyncio.run(check())


def card_with_a_task() -> tuple[str, int]:
    from server.lessons.library import library

    for id in (id for course in library().courses for id in course.lessons):
        for place, card in enumerate(library().read(id).lesson.cards):
            if card.task is not None and card.controls and card.situation is not None and card.situation.run:
                return id, place
    raise AssertionError("no such card")


def test_what_a_card_leaves_open_is_not_locked_and_all_else_is() -> None:
    names = locked(["optimizer.lr", "units"]).split(",")
    assert not {"optimizer.lr", "optimizer", "units", "network"} & set(names)
    assert {"data", "batch_size", "schedule", "regularization", "activations", "loss"} <= set(names)
    assert "network.initializer" not in locked(["network"]).split(",")


def test_links_have_the_forms_of_the_page() -> None:
    assert said_by_page("#view=step&at=1~2&hidden=3:x:0:0&key=secret&theme=dark", "train") == {"theme": "dark"}
    assert fragment({"view": "lab", "s": "a"}, {"s": "b"}) == "#view=lab&s=b"
    told = {"experiment": "batch", "choices": {"rate": 0.1, "sizes": [8, 16], "word": "plain", "number": "7"}}
    assert of_lab(told) == {"lab": "batch", "x": 'rate:0.1,sizes:[8%2C16],word:plain,number:"7"'}
