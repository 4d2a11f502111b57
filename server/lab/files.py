"""What an experiment found, to take away: its table with all digits, a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.lab.experiment import Asked
from server.lab.page import written
from server.protocol.lab import LabInfo

if TYPE_CHECKING:
    from engine.export.csv_table import Cell
    from engine.lab.experiment import Result
    from engine.spec import RunSpec


def table(name: str, result: Result) -> dict[str, Any]:
    """Its columns as they are called in the result, so that a reader finds them again whatever their titles become."""
    from engine.export.csv_table import csv_text

    columns = [column.name for column in result.table.columns]
    rows: list[list[Cell]] = [list(row) for row in result.table.rows]
    return _file(name, "csv", csv_text(columns, rows))


def page(asked: Asked, info: LabInfo, spec: RunSpec | None, result: Result, theme: str) -> dict[str, Any]:
    """`spec`: of the run that it is about."""
    from engine.lab import EXPERIMENTS

    return _file(asked.experiment, "html", written(EXPERIMENTS[asked.experiment], info, spec, result, theme))


def _file(name: str, ending: str, text: str) -> dict[str, Any]:
    return {"name": f"chainrule-lab-{name}.{ending}", "type": f"text/{ending}", "text": text}
