"""Work that gives way: however it is cut, and wherever it is left, the bits are those of one compiled call."""

from __future__ import annotations

import gc
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine import RunSpec, Trainer, pool
from engine.kernels import codes
from engine.kernels.optimizers.muon import PARTS
from engine.machine import work
from engine.parts import LeftOff, give_way, giving_way, unbroken
from engine.pausable import Pausable
from engine.race import NetworkRace

RUNS: dict[str, dict[str, Any]] = {
    "plain": {"optimizer": {"name": "adam", "lr": 0.02}, "batch_size": 16},
    "norms and masks": {
        "network": {"layers": [{"units": 6, "norm": "batch", "dropout": 0.3}, {"units": 5, "activation": "relu", "skip": 1}]},
        "optimizer": {"name": "nesterov", "lr": 0.05},
        "regularization": {"l1": 1e-4, "l2": 1e-3},
        "clip": {"norm": 0.5},
        "batch_size": 24,
        "eval_every": 3,
    },
    "regression": {"data": {"name": "sine", "samples": 90, "validation_fraction": 0.2}, "batch_size": "full"},
    "early": {
        "data": {"name": "moons", "samples": 80, "noise": 0.4, "validation_fraction": 0.3},
        "batch_size": 8,
        "stop": {"patience": 2},
        "schedule": {"name": "plateau"},
    },
    "matrices": {"network": {"layers": [{"units": 9}, {"units": 4}]}, "optimizer": {"name": "muon"}, "batch_size": 16},
    "gone": {"optimizer": {"name": "sgd", "lr": 1e6}, "network": {"layers": [{"units": 6, "activation": "relu"}]}},
}
HERE = 23
RATE = {"kind": "set", "path": "optimizer.lr", "value": 0.1}
DECAY = {"kind": "set", "path": "regularization.l2", "value": 0.01}


def made(**changes: Any) -> Trainer:
    spec = {"data": {"name": "spiral", "samples": 120, "validation_fraction": 0.2}, "network": {"layers": [{"units": 7}]}}
    return Trainer(RunSpec.model_validate(spec | changes))


def told(trainer: Trainer) -> dict[str, Any]:
    """All there is to know of where it stands."""
    machine = trainer.machine
    found: dict[str, Any] = {name: getattr(machine, name).copy() for name in ("theta", "grad", "change", "state", "rules")}
    maps = trainer.unit_maps(20)
    found |= {"maps": None if maps is None else maps.maps, "series": trainer.series.points.copy()}
    found |= {"gradient": trainer.evaluator.gradient("train"), "objective": trainer.objective("train")}
    found |= {"flow": np.concatenate([trainer.flow().h, trainer.flow().delta]), "stopped": repr(trainer.stopped)}
    found["float_state"] = np.delete(machine.float_state, codes.KEPT_LOSS)  # where the kernel lays the loss while it measures
    return found | {"step": trainer.steps_done}


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, value in expected.items():
        assert np.array_equal(found[name], value, equal_nan=isinstance(value, np.ndarray)), name


@contextmanager
def cut(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is so light that it is one compiled call."""
    with monkeypatch.context() as patch:
        patch.setattr(work, "HEAVY", 0)
        yield


class LeftAt:
    """Leaves the work at one of the places where it gives way."""

    def __init__(self, place: int) -> None:
        self.place, self.passed = place, 0

    def __call__(self) -> None:
        self.passed += 1
        if self.passed == self.place:
            raise LeftOff


@pytest.mark.parametrize("name", RUNS)
def test_pieces_have_the_bits_of_the_whole(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = made(**RUNS[name])
    whole.step(HERE)
    expected = told(whole)
    with cut(monkeypatch):
        pieces = made(**RUNS[name])
        pieces.step(HERE)
        same(told(pieces), expected)


@pytest.mark.parametrize("name", ["norms and masks", "early", "matrices"])
def test_wherever_a_run_is_left_it_goes_on_to_the_same_bits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = made(**RUNS[name])
    whole.step(HERE)
    expected = told(whole)
    with cut(monkeypatch):
        trainer, place = made(**RUNS[name]), 1
        while trainer.steps_done < HERE and trainer.stopped is None:
            place = place % 197 + 7  # somewhere within an update, or within a point of the series
            with giving_way(LeftAt(place)):
                try:
                    trainer.advance(HERE - trainer.steps_done)
                except LeftOff:
                    assert not trainer.machine.next_op
        for _ in trainer.returning():
            pass
        same(told(trainer), expected)


def test_undo_redo_and_edits_in_slices_have_the_bits_of_the_whole() -> None:
    def edited(take: Callable[[Trainer, str, Any], None]) -> list[dict[str, Any]]:
        trainer, found = made(**RUNS["plain"]), []
        trainer.step(HERE)
        steps: tuple[tuple[str, Any], ...] = (("edit", RATE), ("edit", DECAY), ("undo", None), ("undo", None), ("redo", None))
        for kind, edit in steps:
            take(trainer, kind, edit)
            found.append(told(trainer))
        return found

    def whole(trainer: Trainer, kind: str, edit: Any) -> None:
        getattr(trainer, kind)(*([] if edit is None else [edit]))

    def in_slices(trainer: Trainer, kind: str, edit: Any) -> None:
        target = getattr(trainer, f"take_{kind}")(*([] if edit is None else [edit]))
        while next(iter(trainer.seeking(target, updates=3)), None) is not None:  # begun anew each time
            pass
        assert trainer.steps_done == target == HERE

    def anew(*edits: dict[str, Any]) -> dict[str, Any]:
        """As if nothing had been undone."""
        trainer = made(**RUNS["plain"])
        trainer.step(HERE)
        for edit in edits:
            trainer.edit(edit)
        return told(trainer)

    expected = [anew(RATE), anew(RATE, DECAY), anew(RATE), anew(), anew(RATE)]
    for way in (in_slices, whole):
        for found, each in zip(edited(way), expected, strict=True):
            same(found, each)


def test_a_landscape_in_pieces_has_the_bits_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    run = {"data": {"name": "moons", "samples": 60}, "network": {"layers": [{"units": 5}]}, "batch_size": 8}
    run |= {"regularization": {"l1": 1e-3, "l2": 1e-2}}
    lanes = [{"optimizer": {"name": name}} for name in ("adam", "sgd", "momentum")]

    def numbers() -> list[np.ndarray]:
        race = NetworkRace({"run": run, "lanes": lanes})
        race.seek(40)
        race.seek(17)
        race.seek(30)
        plane, landscape = race.principal_plane(), race.landscape()
        points = np.concatenate([race.trajectory(lane.id)[1] for lane in race.lanes])
        picture = landscape.picture(plane, (-1.0, 1.0), (-1.0, 1.0), 9)
        return [points, landscape.at(points[:9]), picture.values, landscape.gradient(points[3])]

    whole = numbers()
    with cut(monkeypatch):
        for found, expected in zip(numbers(), whole, strict=True):
            assert np.array_equal(found, expected)


def test_a_call_pauses_where_it_gives_way_and_is_left_there() -> None:
    seen: list[int] = []

    def work() -> int:
        try:
            for number in range(5):
                seen.append(number)
                give_way()
        except LeftOff:
            seen.append(-1)
            raise
        return sum(seen)

    call = Pausable(work)
    for number in range(5):
        assert not call.go_on(0.0) and seen == list(range(number + 1))
    assert call.go_on(0.0) and call.found == 10 and call.go_on(0.0)
    seen.clear()
    left = Pausable(work)
    left.go_on(0.0)
    left.leave()
    assert left.go_on(0.0)

    def fail() -> None:
        give_way()
        raise ValueError("of its own")

    failing = Pausable(fail)
    while not failing.go_on(0.0):
        pass
    with pytest.raises(ValueError, match="of its own"):
        _ = failing.found


def test_a_paused_call_that_nobody_has_any_more_ends() -> None:
    over = threading.Event()

    def work() -> None:
        try:
            while True:
                give_way()
        finally:
            over.set()

    call = Pausable(work)
    assert not call.go_on(0.0)
    del call
    gc.collect()
    assert over.wait(60)


def test_what_is_not_to_be_broken_is_left_after_it() -> None:
    left = LeftAt(1)
    with giving_way(left), pytest.raises(LeftOff):
        with unbroken():
            give_way()
        left.place = 2
        give_way()
    assert left.passed == 2
    give_way()  # nobody is told: nothing happens
    assert left.passed == 2


def test_what_takes_long_on_the_pool_is_gone_on_with_where_it_may_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lanes that are left in the middle of a seek have the bits of those that are not."""
    run = {"data": {"name": "moons", "samples": 60}, "network": {"layers": [{"units": 5}]}, "batch_size": 8}
    lanes = [{"optimizer": {"name": "adam"}}, {"optimizer": {"name": "sgd", "lr": 1e5}}, {"optimizer": {"name": "momentum"}}]

    def numbers() -> list[np.ndarray]:
        race = NetworkRace({"run": run, "lanes": lanes})
        race.seek(90)
        race.seek(31)
        race.seek(60)
        return [values for lane in race.lanes for values in race.trajectory(lane.id)]

    whole = numbers()
    monkeypatch.setattr(pool, "LONG", 0.0)
    passed = LeftAt(0)
    with giving_way(passed):
        for found, expected in zip(numbers(), whole, strict=True):
            assert np.array_equal(found, expected)
    assert passed.passed > 100, "in this thread"


def test_an_update_by_matrices_gives_way_between_its_products(monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the batch is: two matrices are more than the batch of one sample."""
    with monkeypatch.context() as patch:
        patch.setattr(work, "HEAVY", 15 * 6**3)
        trainer = made(**RUNS["matrices"] | {"network": {"layers": [{"units": 8}, {"units": 8}]}, "batch_size": 1})
        trainer.step(1)
        with giving_way(counted := LeftAt(0)):
            trainer.step(1)
    assert counted.passed >= PARTS


def test_all_that_is_done_on_the_pool_is_left_together(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(pool, "time", SimpleNamespace(perf_counter=lambda: next(ticks) * pool.LONG / 20))
    looks = itertools.count()

    def work(item: int) -> int:
        for _ in range(50):
            if threading.current_thread().name.startswith("landscape"):
                next(looks)
            give_way()
        return item

    count = 8
    assert pool.side_by_side(work, range(count)) == list(range(count))
    assert next(looks) < 20 + 2 * count, "each is not let go on for as long as all of them"
