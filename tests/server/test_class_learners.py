"""A learner's own session in a class: its piece of the wall, its seed, its place on the board, and when it is to be still."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from class_sessions import KEY, Class, FakeRooms, classes

from engine import RunSpec, Trainer, warm_up
from server.room import asking
from server.room.lead.everybody import board_info, collected, wall_info
from server.room.part.thumbnail import GRID, piece_of
from server.room.session.piece import Piece, read_piece
from server.wire.errors import CommandError
from server.wire.frames import decode

SPEC: dict[str, Any] = {"data": {"name": "xor"}, "network": {"layers": [{"units": 4}]}, "seed": 3}
TURN = {"link": "#s=x", "seeds": True, "task": False, "needs": None, "controls": ["optimizer.lr"]}
NUMBER = {"title": "test accuracy", "form": "share", "best": "most"}


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    warm_up()


async def takes_part(life: Class, member: int = 1) -> None:
    await life.do("room_take_part", code="k7fq", key=str(member))


def test_a_piece_is_the_runs_own_map_and_numbers() -> None:
    """Witness: the trainer asked directly; and the piece survives its way."""
    trainer = Trainer(RunSpec.model_validate(SPEC))
    trainer.advance(40)
    board = {"of": "loss(train)", "best": "least", "limit": "parameters() <= 20"}
    task = {"wanted": "loss(train) < 100", "measures": {}}
    piece = read_piece(piece_of(2, trainer, task, board, None).written())
    found = trainer.unit_maps(GRID, slice(-1, None))
    assert found is not None and np.array_equal(piece.arrays["map"], found.maps[0]) and piece.arrays["map"].shape == (16, 16)
    split = "test" if len(trainer.dataset.splits["test"].x) else "train"
    assert piece.value == trainer.evaluate(split).accuracy and piece.number["title"] == f"{split} accuracy"
    assert (piece.seed, piece.step, piece.met, piece.over) == (3, 40, True, False)
    assert piece.board == trainer.evaluate("train").loss and trainer.machine.theta.size <= 20
    trainer.advance(40)
    later = piece_of(2, trainer, {"wanted": "loss(train) < 0", "measures": {}}, board, piece)
    assert later.met is True, "once met it was met"
    assert later.board == min(piece.board, trainer.evaluate("train").loss)
    assert piece_of(2, trainer, task, board, replace(piece, board=1e-9)).board == 1e-9, "the best so far"
    beyond = piece_of(2, trainer, task, board | {"limit": "parameters() <= 2"}, None)
    assert beyond.board is None and len(piece.written()) < 1200


def test_a_run_of_no_plane_is_a_curve_on_the_wall() -> None:
    trainer = Trainer(RunSpec.model_validate({"data": {"name": "sine"}}))
    trainer.advance(30)
    piece = piece_of(1, trainer, None, None, None)
    line = trainer.series.columns()["train_loss"]
    assert piece.arrays["curve"].shape == (32,) and piece.met is None
    assert piece.arrays["curve"][[0, -1]] == pytest.approx(np.log10(line[[0, -1]]), rel=1e-6)


def test_pieces_come_while_they_are_wanted_and_only_when_something_changed() -> None:
    async def check() -> None:
        async with classes() as (life,):
            pieces: list[bytes] = []
            life.bus.subscribe("room:a-room:pieces", pieces.append)
            await takes_part(life)
            await life.do("step", count=2)
            assert not pieces, "nobody looks at the wall"
            life.rooms.change(wall="joined")
            await life.until(lambda: len(pieces) == 1)
            assert read_piece(pieces[0]).step == 2 and life.rooms.kept[1] == pieces[0]
            await life.do("step", count=1)
            await life.do("step", count=1)
            await life.until(lambda: len(pieces) == 2)
            assert read_piece(pieces[1]).step == 4 and read_piece(pieces[1]).when - read_piece(pieces[0]).when > 1.8
            assert life.part.wait(life.part._at + 2.5) > 10, "then it rests"

    asyncio.run(check())


def test_votes_of_others_wake_no_session() -> None:
    async def check() -> None:
        async with classes() as (life,):
            await takes_part(life)
            await life.rest()
            await asyncio.sleep(0.1)
            turns = life.session.turns
            for _ in range(20):
                life.rooms.change(question={"number": 1})
                await asyncio.sleep(0)
            assert life.session.turns == turns
            life.rooms.change(eyes_up="Eyes up")
            await life.until(lambda: life.session.turns > turns)

    asyncio.run(check())


def test_it_is_still_while_a_vote_is_open_and_while_eyes_are_up() -> None:
    async def check() -> None:
        async with classes() as (life,):
            await takes_part(life)
            await life.do("play", speed={"unit": "steps", "rate": 20})
            life.rooms.change(phase="vote")
            await life.until(lambda: not life.run.moving)
            for command in ("step", "play", "share", "race", "look"):
                refused = await life.refusal(command)
                assert refused.code == "locked" and "vote" in refused.message
            step = life.trainer.steps_done
            life.rooms.change(phase="talk", eyes_up="Eyes up")
            assert (await life.refusal("step")).message == "Eyes up"
            info = life.own.info()
            assert (info.eyes_up, info.vote, info.state, info.name) == ("Eyes up", False, "in", "learner 1")
            life.rooms.change(eyes_up=None)
            await life.do("step", count=1)
            assert life.trainer.steps_done == step + 1

    asyncio.run(check())


def test_in_a_turn_with_seeds_each_run_begins_from_its_own_once() -> None:
    """Witness: a trainer of the same spec with that seed."""

    async def check() -> None:
        async with classes(2) as lives:
            life = lives[0]
            life.rooms.change(turn=TURN, seed_of=lambda member: 2000 + member)
            for number, each in enumerate(lives, 1):
                await each.do("configure", spec=SPEC)
                await takes_part(each, number)
                await each.until(lambda each=each, number=number: each.trainer.spec.seed == 2000 + number)  # type: ignore[misc]
                witness = Trainer(RunSpec.model_validate(SPEC | {"seed": 2000 + number}))
                assert each.trainer.machine.theta.tobytes() == witness.machine.theta.tobytes()
                assert np.array_equal(each.trainer.dataset.splits["train"].raw, witness.dataset.splits["train"].raw)
                assert each.own.info().seed == 2000 + number and each.own.info().controls == ["optimizer.lr"]
            await life.until(lambda: not life.run.moving)
            await life.do("configure", spec=SPEC | {"seed": 9})
            life.rooms.change(eyes_up="Eyes up")
            life.rooms.change(eyes_up=None)
            await takes_part(life)
            await life.do("step", count=1)
            assert life.trainer.spec.seed == 9, "what one begins then is one's own"

    asyncio.run(check())


def test_the_teachers_session_gathers_the_wall_and_the_board() -> None:
    async def check() -> None:
        board = {"title": "least loss", "of": "loss(train)", "best": "least", "limit": None}
        async with classes(3) as (teacher, *learners):
            rooms: FakeRooms = teacher.rooms
            await teacher.do("room_lead", code="K7FQ", key=KEY)
            for number, life in enumerate(learners, 1):
                await life.do("configure", spec=SPEC | {"seed": number})
                await life.do("step", count=10 * number)
                await takes_part(life, number)
            rooms.change(wall="joined", board=board)
            await teacher.until(lambda: len(teacher.walls) > 0 and len(decode(teacher.walls[-1])[0]["meta"]["pieces"]) == 2)
            header, arrays = decode(teacher.walls[-1])
            assert header["channel"] == "wall" and arrays["maps"].shape == (2, 16, 16)
            for row, life in zip(header["meta"]["pieces"], learners, strict=True):
                found = life.trainer.unit_maps(GRID, slice(-1, None))
                assert found is not None and np.array_equal(arrays["maps"][row["member"] - 1], found.maps[0])
                assert row["seed"] == row["member"] and row["step"] == 10 * row["member"]
            assert [row["offered"] for row in header["meta"]["pieces"]] == [True, False]
            await teacher.until(lambda: bool(rooms.info and rooms.info.get("board")))
            assert rooms.info is not None
            losses = {n: life.trainer.evaluate("train").loss for n, life in enumerate(learners, 1)}
            rows = rooms.info["board"]["rows"]
            assert [(row["member"], row["value"]) for row in rows] == sorted(losses.items(), key=lambda pair: pair[1])
            shown = await teacher.ask("put_up", member=1)
            assert shown["seed"] == 1 and shown["link"].startswith("#s=")
            with pytest.raises(CommandError, match="not of the class"):
                await asking.ask(teacher.bus, "a-room:2", "anything else")

    asyncio.run(check())


def test_outcomes_are_counted_of_runs_that_ended() -> None:
    pieces = [Piece(n, NUMBER, value=n / 10, over=n != 4, met=n > 1) for n in range(1, 5)]
    room = FakeRooms()
    room.change(turn={"needs": {"ask": "Find it", "wanted": "", "measures": {}}}, wall="joined", collect=True)
    told = wall_info(pieces, room.now)
    assert told["task"] == {"ask": "Find it", "met": 3, "of": 4} and told["number"] == NUMBER
    assert (told["collected"]["found"], told["collected"]["of"]) == (3, 4), "who met it is counted before the run's end"
    plain = collected(pieces, of_task=False)
    assert (plain["of"], sum(plain["counts"]), plain["edges"][0], plain["edges"][-1]) == (3, 3, 0.1, 0.3)
    ranked = board_info([*pieces, Piece(9, NUMBER, board=2.0, board_of="x")], {"of": "x", "best": "most", "limit": "y < 1"})
    assert ranked == {"limit": "y < 1", "rows": [{"member": 9, "value": 2.0, "met_limit": True}], "without": 4}


def test_a_stranger_takes_no_part_and_an_offer_is_the_rooms_matter() -> None:
    async def check() -> None:
        async with classes() as (life,):
            assert (await life.refusal("room_take_part", code="K7FQ", key="none")).code == "unknown_room"
            assert (await life.refusal("room_offer", offered=True)).code == "not_entered"
            await takes_part(life, 2)
            await life.do("room_offer", offered=True)
            assert life.rooms.offers == {2: True}
            await life.until(lambda: 2 in life.rooms.heard_of)
            await life.rest()
            kept = life.book.kept()
            second = Class(life.rooms, life.bus, kept)
            await second.until(lambda: second.own.part is not None)
            assert second.part.member == 2
            await second.end()
            await life.do("room_part")
            assert life.own.info().role is None

    asyncio.run(check())
