"""A race to take away: a table of its lanes, a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from server.race.names import name_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from engine.export.csv_table import Cell
    from server.race.lanes import LaneOfRace


def table_file(on: str, step: int, columns: list[str], rows: Iterable[tuple[LaneOfRace, int, list[Cell]]]) -> dict[str, Any]:
    """A line for each lane and step: who it is, by which optimizer and rate it goes there, and what `columns` say."""
    from engine.export.csv_table import csv_text

    def lines() -> Iterator[list[Cell]]:
        for lane, step_of_row, cells in rows:
            optimizer = lane.spec.in_force(step_of_row)[0]
            yield [lane.id, name_of(lane), optimizer.name, optimizer.lr, step_of_row, *cells]

    return _file(on, step, "csv", csv_text(["lane", "name", "optimizer", "rate", "step", *columns], lines()))


def page_file(on: str, step: int, figure: Figure) -> dict[str, Any]:
    """One file that needs nothing else: Plotly itself is within. Nothing else runs in it, and it fetches nothing."""
    from engine.export.standalone import with_policy

    config = {"displaylogo": False, "responsive": True}
    return _file(
        on, step, "html", with_policy(figure.to_html(include_plotlyjs=True, full_html=True, config=config), styled=True)
    )


def _file(on: str, step: int, ending: str, text: str) -> dict[str, Any]:
    return {"name": f"chainrule-race-{on}-step-{step}.{ending}", "type": f"text/{ending}", "text": text}
