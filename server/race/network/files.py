"""A race on the network to take away: every recorded step of every lane as a table, a page of its own."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

from server.race.names import name_of
from server.race.network.figures import whole
from server.race.surface.files import file_of, html_of

if TYPE_CHECKING:
    from engine.race import NetworkRace
    from engine.race.on_network import NetworkLane
    from server.race.network.controller import NetworkDesk


SPLITS = ("train", "validation", "test")


def _name(race: NetworkRace) -> str:
    return race.spec.run.data.name


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


def table(race: NetworkRace) -> dict[str, Any]:
    """What was recorded of each lane, and where it stands: the full doubles, empty where there is none."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    own = [name for name in race.lanes[0].recorded if name != "step"]
    rows.writerow(["lane", "name", "optimizer", "rate", "step", *own])
    for lane in race.lanes:
        columns = lane.recorded
        lines = [{name: float(values[place]) for name, values in columns.items()} for place in range(len(columns["step"]))]
        if lane.trainer.steps_done > lines[-1]["step"]:
            lines.append(_standing(lane))
        for line in lines:
            step = int(line["step"])
            rule = lane.spec.in_force(step)[0]
            known = [name in line and not math.isnan(line[name]) for name in own]
            told = [repr(line[name]) if there else "" for name, there in zip(own, known, strict=True)]
            rows.writerow([lane.id, name_of(lane), rule.name, repr(rule.lr), step, *told])
    return file_of(_name(race), race.step, "csv", out.getvalue())


def page(race: NetworkRace, desk: NetworkDesk, theme: str) -> dict[str, Any]:
    """One file that needs nothing else: the plane with the lanes' ways, loss curves, the standings."""
    desk.paint_all()
    return file_of(_name(race), race.step, "html", html_of(whole(race, desk, theme)))
