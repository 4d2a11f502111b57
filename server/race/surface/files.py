"""A race on a surface to take away: every step of every lane as a table, a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from server.race.files import page_file, table_file
from server.race.surface.figures import told_of, whole
from server.wire.limits import beyond

if TYPE_CHECKING:
    from engine.export.csv_table import Cell
    from engine.race import Race
    from engine.race.on_surface import Lane
    from server.race.surface.controller import SurfaceRaceController


def check(races: SurfaceRaceController) -> None:
    """Every point of every lane is a row."""
    race = races.present()
    points, most = len(race.lanes) * (race.step + 1), races.host.settings.max_export_rows
    if points > most:
        words = f"format: {points} points of the race are too many for a file; go back to an earlier step"
        allowed = f"at most {most} points, so up to step {most // len(race.lanes) - 1}"
        raise beyond("max_export_rows", words, "format", allowed)


def table(races: SurfaceRaceController) -> dict[str, Any]:
    """Every step of every lane up to the present one: the full doubles, and how many gradients it had asked for."""
    race = races.present()
    return table_file(race.spec.surface.name, race.step, ["x", "y", "loss", "evaluations"], _rows(race))


def _rows(race: Race) -> Iterator[tuple[Lane, int, list[Cell]]]:
    from engine.kernels.solvers.codes import GRADIENTS

    for lane in race.lanes:
        points, losses = race.trail(lane.id).tolist(), race.losses(lane.id).tolist()
        slopes = race.evaluations(lane.id)[:, GRADIENTS].tolist()
        for step, ((x, y), loss, count) in enumerate(zip(points, losses, slopes, strict=True)):
            yield lane, step, [x, y, loss, count]


def page(races: SurfaceRaceController, theme: str) -> dict[str, Any]:
    """Surface and trails, loss curves, the standings."""
    race = races.present()
    return page_file(race.spec.surface.name, race.step, whole(races, theme), theme, told_of(races, theme))
