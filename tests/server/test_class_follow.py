"""What a class that follows is shown: one picture for all, of what the teacher's page looks at, drawn and encoded once, and
only while somebody looks and no vote is open."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import numpy as np
import pytest
from class_sessions import KEY, ROOM, Class, classes
from test_readers import Reader

from engine import warm_up
from server.microscope.controller import Microscope
from server.protocol.run import Pause
from server.race.surface.controller import SurfaceRaceController
from server.room.lead.pictures import GRID
from server.room.lead.racing import heat
from server.wire.frames import decode

RACE = {
    "surface": {"name": "rosenbrock"},
    "lanes": [{"optimizer": {"name": "sgd", "lr": 1e-3}}, {"optimizer": {"name": "adam"}}],
}


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    warm_up()


async def led(life: Class) -> None:
    await life.do("room_lead", code="K7FQ", key=KEY)


def test_the_map_is_the_one_that_the_page_is_shown() -> None:
    """Witness: the channel `maps` of the same session, and the trainer's own losses."""

    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            await life.do("step", count=7)
            header, arrays = await life.picture(lambda header: header["step"] == 7)
            reader = Reader(life)
            seen: list[bytes] = []
            put = reader.viewer.put_frame
            reader.viewer.put_frame = lambda *given: (seen.append(given[2]), put(*given))[1]  # type: ignore[method-assign]
            await reader.ask("subscribe", channels=["maps"], grid=GRID)
            await life.until(lambda: bool(seen))
            maps = decode(seen[-1])[1]["maps"]
            name = "classes" if "classes" in arrays else "map"
            wanted = maps[-1] if name == "map" else decode(seen[-1])[1]["classes"]
            assert np.array_equal(arrays[name], wanted) and arrays[name].shape == (GRID, GRID)
            meta, trainer = header["meta"], life.trainer
            assert (meta["kind"], meta["status"], header["channel"]) == ("map", "paused", "follow")
            assert meta["train_loss"] == trainer.evaluate("train").loss
            assert meta["test_loss"] == trainer.evaluate("test").loss
            assert meta["accuracy"] == trainer.evaluate("test").accuracy
            raw = {tuple(row) for row in trainer.dataset.splits["train"].raw.astype(np.float32).tolist()}
            assert {tuple(row) for row in arrays["points"].tolist()} <= raw and len(arrays["points"]) == len(arrays["labels"])
            reader.leave()

    asyncio.run(check())


def test_it_is_drawn_twice_a_second_at_most_once_for_all_and_not_for_nobody() -> None:
    async def check() -> None:
        async with classes() as (life,):
            life.rooms.change(here=0)
            await led(life)
            await life.do("step", count=1)
            assert not life.pictures and life.lead.hub is None, "nobody follows"
            life.rooms.change(here=200)
            await life.picture(lambda header: header["step"] == 1)
            begun, count = time.monotonic(), len(life.pictures)
            for _ in range(12):
                await life.do("step", count=1)
                await asyncio.sleep(0.1)
            await life.picture(lambda header: header["step"] == 13)
            took = time.monotonic() - begun
            assert len(life.pictures) - count <= 1 + took / 0.5, "for two hundred as for one"
            assert life.lead.hub is not None and life.lead.hub.drawn == len(life.pictures)

    asyncio.run(check())


def test_none_is_drawn_while_a_vote_is_open_and_who_comes_late_has_the_newest() -> None:
    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            await life.picture()
            life.rooms.change(phase="vote")
            before = len(life.pictures)
            await asyncio.sleep(0.6)  # one would be due
            await life.do("step", count=2)
            await life.do("step", count=1)
            assert len(life.pictures) == before
            life.rooms.change(phase="talk")
            await life.picture(lambda header: header["step"] == 3)
            drawn = len(life.pictures)
            life.rooms.change(here=3)
            await life.until(lambda: len(life.pictures) > drawn)
            assert life.pictures[-1] == life.pictures[-2], "the same bytes: nothing is drawn for one who comes"

    asyncio.run(check())


def test_followers_command_nothing_and_cost_no_generation() -> None:
    async def check() -> None:
        async with classes() as (life,):
            generation = life.session.generation
            await led(life)
            await life.picture()
            hub = life.lead.hub
            assert hub in life.session.readers and life.session.generation == generation
            assert life.session.viewer is life.viewer and hub is not None and hub.pending == (0, 0)
            await life.do("room_part")
            assert not life.session.readers and life.rooms.gone == 1

    asyncio.run(check())


def test_a_step_is_told_in_the_words_of_the_microscope() -> None:
    """Witness: the equation of the channel `microstep`, by its numbers."""

    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            await life.do("look", micro=2, depth="unit", sample="first")
            life.rooms.show("step")
            header, arrays = await life.picture(lambda header: header["meta"]["kind"] == "step")
            told = header["meta"]["told"]
            update = life.session.find(Microscope).scope.update(life.trainer, life.run.point(), "theory")
            assert told["title"] == update.steps[2].title and told["steps"] == len(update.steps) and told["micro"] == 2
            result = update.steps[2].result(sample=0)
            assert f"{abs(result.array[0, 0]):.3g}"[:4] in told["numbers"].replace("−", "-") and not arrays
            await life.do("ask", micro=2)
            life.rooms.show("step", title="Step")
            header, _ = await life.picture(lambda header: header["meta"]["caption"] == "Step")
            assert header["meta"]["told"]["numbers"] == "", "what is asked for is shown to nobody"

    asyncio.run(check())


def test_a_race_is_heat_trails_and_standings() -> None:
    """Witness: the race itself."""

    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            await life.do("race", spec=RACE)
            await life.do("race_step", count=40)
            life.rooms.show("race")
            header, arrays = await life.picture(lambda header: header["meta"]["kind"] == "race" and header["step"] == 40)
            races = life.session.find(SurfaceRaceController)
            race = races.present()
            ranked = race.standings(races.threshold)
            lanes = header["meta"]["lanes"]
            assert [lane["id"] for lane in lanes] == [found.id for found in ranked]
            assert [lane["loss"] for lane in lanes] == [found.loss for found in ranked]
            for place, found in enumerate(ranked):
                assert arrays[f"lane_{place}"][-1] == pytest.approx([found.x, found.y])
            low = np.unravel_index(arrays["heat"].argmin(), arrays["heat"].shape)
            f = race.surface.grid(*arrays["heat"].shape[::-1])[2]
            assert f[low] == pytest.approx(f.min(), abs=0.01 * np.ptp(f))
            assert (arrays["heat"].min(), arrays["heat"].max()) == (0, 255)
            await life.do("network", lanes=[{"optimizer": {"name": "sgd"}}])
            header, arrays = await life.picture(lambda header: header["meta"].get("on") == "network")
            assert header["meta"]["lanes"][0]["loss"] == pytest.approx(
                float(life.races[1].present().standings(1.0)[0].train_loss)
            )

    asyncio.run(check())


def test_heat_is_lowest_at_the_least_and_full_where_there_is_no_number() -> None:
    values = np.array([[1.0, 10.0], [100.0, np.nan]])
    assert heat(values, log=False).tolist() == [[0, 23], [255, 255]]
    logs = heat(values, log=True)
    assert logs[0, 0] == 0 < logs[0, 1] < logs[1, 0] == 255 == logs[1, 1]
    assert heat(np.full((1, 2), np.nan), log=True).tolist() == [[0, 0]]


def test_a_card_is_told_and_what_it_withholds_is_not_shown() -> None:
    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            lesson, card = asked_about(life, "evaluation", "maps")
            await life.do("lesson", lesson=lesson, card=card)
            life.rooms.show("lessons")
            header, arrays = await life.picture(lambda header: "<strong>" in header["meta"]["words"])
            withheld = life.own.scene.withheld
            assert withheld & {"evaluation", "maps"}
            assert header["meta"]["train_loss"] is None if "evaluation" in withheld else "map" not in arrays
            assert life.own.scene.lessons.card().heading in header["meta"]["words"]  # type: ignore[union-attr]

    asyncio.run(check())


def asked_about(life: Class, *channels: str) -> tuple[str, int]:
    """A card whose question withholds one of these."""
    from server.lessons.library import library
    from server.lessons.measured import tells

    for id in (id for course in library().courses for id in course.lessons):
        for place, card in enumerate(library().read(id).lesson.cards):
            if card.question is not None and card.situation is not None and card.situation.run and tells(card) & set(channels):
                return id, place
    raise AssertionError("no such card")


def test_the_lab_is_told() -> None:
    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            await life.do("lab_begin", experiment="memory")
            life.rooms.show("lab")
            header, _ = await life.picture(
                lambda header: header["meta"]["kind"] == "lab" and header["meta"]["status"] == "done"
            )
            told: Any = life.own.scene.lab.told()
            assert header["meta"]["caption"] == told["title"] and told["said"] in header["meta"]["words"]

    asyncio.run(check())


def test_what_was_led_is_led_again_after_the_server_was_gone() -> None:
    async def check() -> None:
        async with classes() as (life,):
            await led(life)
            await life.rest()
            kept = life.book.kept()
            second = Class(life.rooms, life.bus, kept)
            await second.until(lambda: second.run.trainer is not None and second.own.part is not None)
            assert second.lead.room == ROOM
            await life.until(lambda: life.own.part is None)
            assert life.rooms.gone == 0, "whom another replaced says nothing of it"
            assert json.loads(second.own.info().model_dump_json())["role"] == "lead"
            await second.end()
            assert second.lead.over

    asyncio.run(check())


def test_the_wrong_key_leads_nothing_and_a_session_in_no_class_pays_nothing() -> None:
    async def check() -> None:
        async with classes() as (life,):
            refused = await life.refusal("room_lead", code="K7FQ", key="another")
            assert refused.code == "unknown_room" and life.own.part is None
            assert life.own.wait(0.0) == float("inf") and life.own.job(0.0) is None
            assert life.own.refusal(Pause()) is None
            assert life.own.events() == (None,) and life.own.script() == {"room": None}

    asyncio.run(check())
