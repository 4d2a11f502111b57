"""A race to take away: a table of its lanes, a page of its own."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from server.race.names import name_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from server.race.lanes import LaneOfRace


LONG = 10_000
"""Characters of an array that is laid into a page after the rest is written, which is done in one go."""


def table_file(on: str, step: int, columns: list[str], rows: Iterable[tuple[LaneOfRace, int, list[str]]]) -> dict[str, Any]:
    """A line for each lane and step: who it is, by which optimizer and rate it goes there, and what `columns` say."""
    from engine.parts import giving_way_between

    lines: list[str] = []
    table = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\n")
    table.writerow(["lane", "name", "optimizer", "rate", "step", *columns])
    for lane, step_of_row, cells in giving_way_between(rows):
        optimizer = lane.spec.in_force(step_of_row)[0]
        table.writerow([lane.id, name_of(lane), optimizer.name, repr(optimizer.lr), step_of_row, *cells])
    return _file(on, step, "csv", "".join(lines))


def page_file(on: str, step: int, figure: Figure) -> dict[str, Any]:
    """One file that needs nothing else: Plotly itself is within."""
    from plotly.io import to_html

    from engine.parts import give_way, giving_way_between

    config = {"displaylogo": False, "responsive": True}
    told = figure.to_dict()
    give_way()
    arrays: list[str] = []
    for trace in told["data"]:
        for value in trace.values():
            if isinstance(value, dict) and len(value.get("bdata", "")) > LONG:
                arrays.append(value["bdata"])
                value["bdata"] = f"array {len(arrays) - 1} of this page"
    text = to_html(told, include_plotlyjs=True, full_html=True, config=config, validate=False)
    give_way()
    parts = re.split(r"array (\d+) of this page", text)
    parts[1::2] = [arrays[int(number)] for number in parts[1::2]]
    return _file(on, step, "html", "".join(giving_way_between(parts, 8)))


def _file(on: str, step: int, ending: str, text: str) -> dict[str, Any]:
    return {"name": f"chainrule-race-{on}-step-{step}.{ending}", "type": f"text/{ending}", "text": text}
