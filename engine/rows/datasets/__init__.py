"""Data sets: what a row is (`row`), those that are drawn (`drawn`, `formula`), and real ones, read when asked for (`real`)."""

from engine.rows.datasets.drawn import DRAWN
from engine.rows.datasets.formula import ROW as FORMULA
from engine.rows.datasets.real import REAL
from engine.rows.datasets.row import HALF_WIDTH, DatasetRow, Kind, Task
from engine.rows.row import by_name

__all__ = ["DATASETS", "HALF_WIDTH", "DatasetRow", "Kind", "Task"]

DATASETS = by_name((*DRAWN, FORMULA, *REAL))
