"""A race to take away: a table of its lanes, a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from server.race.names import name_of
from server.race.told_outcome import ToldOutcome, above

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from engine.export.csv_table import Cell
    from server.race.lanes import LaneOfRace


LONG = 10_000
"""Characters of an array that is laid into a page after the rest is written, which is done in one go."""


def table_file(on: str, step: int, columns: list[str], rows: Iterable[tuple[LaneOfRace, int, list[Cell]]]) -> dict[str, Any]:
    """A line for each lane and step: who it is, by which optimizer and rate it goes there, and what `columns` say."""
    from engine.export.csv_table import csv_text

    def lines() -> Iterator[list[Cell]]:
        for lane, step_of_row, cells in rows:
            optimizer = lane.spec.in_force(step_of_row)[0]
            yield [lane.id, name_of(lane), optimizer.name, optimizer.lr, step_of_row, *cells]

    return _file(on, step, "csv", csv_text(["lane", "name", "optimizer", "rate", "step", *columns], lines()))


def page_file(on: str, step: int, figure: Figure, theme: str, told: ToldOutcome | None) -> dict[str, Any]:
    """One file that needs nothing else: Plotly itself is within. Nothing else runs in it, and it fetches nothing."""
    from plotly.io import to_html

    from engine.export.standalone import Insets, with_policy
    from engine.parts import give_way, giving_way_between

    config = {"displaylogo": False, "responsive": True}
    drawn = figure.to_dict()
    give_way()
    insets = Insets()
    for trace in drawn["data"]:
        for value in trace.values():
            if isinstance(value, dict) and len(value.get("bdata", "")) > LONG:
                value["bdata"] = insets.put(value["bdata"])
    text = to_html(drawn, include_plotlyjs=True, full_html=True, config=config, validate=False)
    give_way()
    page = with_policy(above(text, theme, told), styled=True, insets=insets)
    return _file(on, step, "html", "".join(giving_way_between(insets.pieces(page), 8)))


def _file(on: str, step: int, ending: str, text: str) -> dict[str, Any]:
    return {"name": f"chainrule-race-{on}-step-{step}.{ending}", "type": f"text/{ending}", "text": text}
