"""A race on the network to take away: every recorded step of every lane as a table, a page of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from server.race.files import page_file, table_file
from server.race.network.figures import told_of, whole
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.export.csv_table import Cell
    from engine.race import NetworkRace
    from engine.race.on_network import NetworkLane
    from server.race.network.controller import NetworkRaceController


SPLITS = ("train", "validation", "test")


def check(races: NetworkRaceController) -> None:
    if not races.present().lanes:
        raise CommandError("invalid", "lanes: the race has none to take away", "lanes", "at least one lane")


def table(races: NetworkRaceController) -> dict[str, Any]:
    """What was recorded of each lane, and where it stands: the full doubles, empty where there is none."""
    from engine.export.files import largest_classes, with_largest_classes

    race = races.present()
    trainer = race.lanes[0].trainer
    columns = with_largest_classes([name for name in race.lanes[0].recorded if name != "step"], largest_classes(trainer))
    return table_file(_name(race), race.step, columns, _rows(race, columns))


def _rows(race: NetworkRace, columns: list[str]) -> Iterator[tuple[NetworkLane, int, list[Cell]]]:
    from engine.export.files import largest_classes

    for lane in race.lanes:
        recorded, shares = lane.recorded, largest_classes(lane.trainer)
        lines = [{name: float(values[place]) for name, values in recorded.items()} for place in range(len(recorded["step"]))]
        if lane.trainer.steps_done > lines[-1]["step"]:
            lines.append(_standing(lane))
        for line in ({**line, **shares} for line in lines):
            known = [name in line and not math.isnan(line[name]) for name in columns]
            cells: list[Cell] = [line[name] if there else None for name, there in zip(columns, known, strict=True)]
            yield lane, int(line["step"]), cells


def _standing(lane: NetworkLane) -> dict[str, float]:
    """A lane where it stands, which lies between two recorded steps as a rule."""
    trainer = lane.trainer
    found = {"step": float(trainer.steps_done), "epoch": float(trainer.epoch)}
    for name, rows in zip(SPLITS, trainer.dataset.rows, strict=True):
        if rows:
            found[f"{name}_loss"] = float(trainer.loss(name))
            if trainer.dataset.task == "classification":
                found[f"{name}_accuracy"] = float(trainer.accuracy(name))
    return found


def page(races: NetworkRaceController, theme: str) -> dict[str, Any]:
    """The plane at its finest with the lanes' trajectories, loss curves, the standings."""
    races.plane.paint_all()
    race = races.present()
    return page_file(_name(race), race.step, whole(races, theme), theme, told_of(races, theme))


def _name(race: NetworkRace) -> str:
    return race.spec.run.data.name
