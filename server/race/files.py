"""A race to take away: a table of its lanes, a page of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from server.race.names import name_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from server.race.lanes import LaneOfRace


def table_file(on: str, step: int, columns: list[str], rows: Iterable[tuple[LaneOfRace, int, list[str]]]) -> dict[str, Any]:
    """A line for each lane and step: who it is, by which optimizer and rate it goes there, and what `columns` say."""
    from engine.parts import giving_way_between

    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["lane", "name", "optimizer", "rate", "step", *columns])
    for lane, step_of_row, cells in giving_way_between(rows):
        optimizer = lane.spec.in_force(step_of_row)[0]
        table.writerow([lane.id, name_of(lane), optimizer.name, repr(optimizer.lr), step_of_row, *cells])
    return _file(on, step, "csv", out.getvalue())


def page_file(on: str, step: int, figure: Figure) -> dict[str, Any]:
    """One file that needs nothing else: Plotly itself is within."""
    config = {"displaylogo": False, "responsive": True}
    return _file(on, step, "html", str(figure.to_html(include_plotlyjs=True, full_html=True, config=config)))


def _file(on: str, step: int, ending: str, text: str) -> dict[str, Any]:
    return {"name": f"chainrule-race-{on}-step-{step}.{ending}", "type": f"text/{ending}", "text": text}
