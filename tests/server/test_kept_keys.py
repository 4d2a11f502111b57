"""What is kept has keys, columns and a layout of its own: other names in the code, and other orders, do not make it another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from test_restoring import Life, bits, live_through

from engine import RunSpec, Trainer, warm_up
from engine.kernels import codes
from engine.recording.series import FIRST_COLUMNS, Series
from engine.script import keeping
from engine.script.keeping import BUFFERS, LAYOUT, numbers
from server.keeping.packing import lines, pack, pack_numbers, pack_points, unpack, unpack_numbers
from server.keeping.records import Kept, Piece
from server.microscope.prediction.hidden import Question, Questions


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    warm_up()


def come_back(change: Callable[[Kept], Kept], check: Callable[[Life, Life], None], *, soon: bool = True) -> None:
    """A session that lived, what is kept of it changed, and the one that is made of that; `soon`: it stands on the numbers that
    were kept, else it is replayed from its beginning."""
    stood: list[bool] = []

    def watched(*given: Any) -> bool:
        stood.append(stand(*given))
        return stood[-1]

    async def play() -> None:
        first = Life()
        await live_through(first)
        await first.rest()
        await first.end()
        with patch.object(keeping, "_stand", watched):
            second = Life(change(first.book.kept()))
            await second.until(lambda: second.run.trainer is not None)
        assert stood == [soon]
        await second.rest()
        check(first, second)
        await second.end()

    stand = keeping._stand
    asyncio.run(play())


def same(first: Life, second: Life) -> None:
    assert bits(second.trainer) == bits(first.trainer)


def without(kept: Kept) -> Kept:
    """As sessions were kept before there were layouts, names of columns and versions."""
    place, numbers = unpack(kept.place), unpack_numbers(kept.snapshot or b"")
    assert place.pop("version") == 1 and tuple(place.pop("columns")) == Series.names
    assert int(numbers.pop(LAYOUT)[0]) == codes.LAYOUT
    return kept._replace(place=pack(place), snapshot=pack_numbers(numbers))


@pytest.mark.skipif(codes.LAYOUT != 1, reason="numbers without a layout are of the first")
def test_what_was_kept_before_is_gone_on_with() -> None:
    assert tuple(FIRST_COLUMNS) == Series.names, "columns are others now: this test needs numbers that were recorded then"
    come_back(without, same)


def test_numbers_of_another_layout_are_not_stood_on() -> None:
    """They have the same shapes: put into the buffers they would be other things."""

    def another(kept: Kept) -> Kept:
        numbers = {key: array.copy() for key, array in unpack_numbers(kept.snapshot or b"").items()}
        numbers[LAYOUT] += 1
        numbers["theta"] += 1.0
        return kept._replace(snapshot=pack_numbers(numbers))

    come_back(another, same, soon=False)


def test_series_are_read_by_the_names_of_their_columns() -> None:
    def rearranged(kept: Kept) -> Kept:
        place = unpack(kept.place)
        columns = place["columns"]
        place["columns"] = [*reversed(columns), "something"]
        pieces = []
        for piece in kept.series:
            points = lines([piece._replace(start=0)], columns)[piece.branch]
            other = np.column_stack([points[:, ::-1], np.full(len(points), 7.0)])
            pieces.append(piece._replace(points=pack_points(other)))
        return kept._replace(place=pack(place), series=tuple(pieces))

    come_back(rearranged, same)


def test_a_column_that_was_not_kept_is_empty_and_without_steps_there_is_no_line() -> None:
    points = np.arange(6.0).reshape(3, 2)
    found = Series.arranged(points, ("test_loss", "step"))
    at = {name: found[:, i] for i, name in enumerate(Series.names)}
    assert at["test_loss"].tolist() == [0, 2, 4] and at["step"].tolist() == [1, 3, 5]
    assert all(np.isnan(values).all() for name, values in at.items() if name not in ("test_loss", "step"))

    def stepless(kept: Kept) -> Kept:
        place = unpack(kept.place)
        place["columns"] = ["stride" if name == "step" else name for name in place["columns"]]
        return kept._replace(place=pack(place))

    def begun(first: Life, second: Life) -> None:
        assert all(np.array_equal(each, other) for each, other in zip(parameters(first), parameters(second), strict=True))
        assert len(second.trainer.series) < len(first.trainer.series)

    come_back(stepless, begun)


def parameters(life: Life) -> list[Any]:
    return list(life.trainer.named_parameters.values())


def test_pieces_of_another_width_than_is_said_are_left_out() -> None:
    piece = Piece(0, 0, 0, pack_points(np.zeros((3, 5))))
    assert lines([piece], ("step", "epoch")) == {}


def test_whole_numbers_come_back_whole() -> None:
    found = numbers(Trainer(RunSpec.model_validate({})))
    assert found is not None
    back = unpack_numbers(pack_numbers(found))
    assert {key: array.dtype for key, array in back.items()} == {key: array.dtype for key, array in found.items()}
    assert {each.key for each in BUFFERS if each.whole} == {"counters"}


def test_questions_have_keys_of_their_own() -> None:
    """The numbers asked for, as they have been kept since there are any."""
    questions = Questions().at("an update")
    asked = questions.ask(Question(0, 3, "W1", 1, 2, 0.123456, "w_{12}", "a weight"))
    questions.answer(asked, 1.0)
    kept = questions.kept()
    assert kept == {
        "open": [
            {
                "id": 1,
                "micro": 3,
                "name": "W1",
                "row": 1,
                "column": 2,
                "value": 0.123456,
                "symbol": "w_{12}",
                "words": "a weight",
                "stage": "order",
                "answers": [["sign", True, asked.truth]],
            }
        ],
        "score": {"right": 1, "wrong": 0, "unknown": 0, "revealed": 0},
        "made": 1,
    }
    again = Questions()
    again.take_up(unpack(pack(kept)), "an update")
    assert again.open == questions.open and again.score == questions.score and again.kept() == kept


PLACE = {"version", "columns", "at", "run", "changes", "generation", "plays", "speed", "questions", "race", "network"}


def test_the_parts_of_a_session_have_the_keys_they_had() -> None:
    """What was kept before is read by them; new ones may come, which that has not."""

    def check(first: Life, second: Life) -> None:
        kept = first.book.kept()
        length = int.from_bytes(kept.script[:8], "little")
        script = unpack(kept.script[8 + length :])
        assert set(unpack(kept.place)) >= PLACE and set(script) >= {"run", "timeline", "race", "network"}
        assert set(unpack_numbers(kept.snapshot or b"")) >= {each.key for each in BUFFERS} | {LAYOUT}
        assert "spec" not in script["timeline"] and unpack(kept.script[8 : 8 + length])["data"]["name"]

    come_back(lambda kept: kept, check)
