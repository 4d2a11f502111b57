"""What an experiment found as a picture of the channel: figures as plain data with the names of their arrays, beside these."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from server.mathml import prose
from server.session.channel_types import Arrays, Picture

if TYPE_CHECKING:
    from engine.lab.charts import Axis, Chart, Figure, Heat
    from engine.lab.experiment import Result

CARRIED = {np.dtype("f8"), np.dtype("f4"), np.dtype("i4"), np.dtype("u1")}
"""Kinds of numbers that frames carry as they are."""


def picture(told: dict[str, Any], result: Result | None) -> Picture:
    """`told` says which experiment it is and how far. Each series of a chart has the names of its arrays in `x`, `y`, `low` and
    `high`, a heat map in `values`, `at_x` and `at_y`; what an experiment's own view needs goes by its own names."""
    if result is None:
        return Picture({"lab": told, "said": "", "table": None, "figures": [], "values": {}}, {})
    named = Named()
    figures = [_figure(figure, f"figure{place}", named) for place, figure in enumerate(result.figures)]
    for name, array in result.arrays.items():
        named.arrays[name] = carried(array)
    meta = {"lab": told, "said": prose(result.said), "table": asdict(result.table), "figures": figures}
    return Picture(meta | {"values": dict(result.values)}, named.arrays)


class Named:
    """Arrays by their names: one that several series share goes once."""

    def __init__(self) -> None:
        self.arrays: Arrays = {}
        self._names: dict[int, str] = {}

    def put(self, name: str, array: NDArray[Any] | None) -> str | None:
        if array is None:
            return None
        known = self._names.setdefault(id(array), name)
        if known == name:
            self.arrays[name] = carried(array)
        return known


def carried(array: NDArray[Any]) -> NDArray[Any]:
    """The same numbers as a frame carries them."""
    array = np.asarray(array)
    if array.dtype.newbyteorder("=") in CARRIED:
        return array
    return array.astype(np.uint8 if array.dtype == np.bool_ else np.float64)


def _figure(figure: Figure, name: str, named: Named) -> dict[str, Any]:
    return _chart(figure, name, named) if figure.kind == "chart" else _heat(figure, name, named)


def _chart(chart: Chart, name: str, named: Named) -> dict[str, Any]:
    series = []
    for place, each in enumerate(chart.series):
        arrays = {part: named.put(f"{name}.series{place}.{part}", getattr(each, part)) for part in ("x", "y", "low", "high")}
        series.append({"name": each.name, "kind": each.kind, "colour": each.colour, "dashed": each.dashed, **arrays})
    return {
        **_common(chart),
        "series": series,
        "marks": [asdict(mark) for mark in chart.marks],
        "stacked": chart.stacked,
    }


def _heat(heat: Heat, name: str, named: Named) -> dict[str, Any]:
    arrays = {part: named.put(f"{name}.{part}", getattr(heat, part)) for part in ("values", "at_x", "at_y")}
    own = {"measure": heat.measure, "signed": heat.signed, "log": heat.log, "written": heat.written}
    return {**_common(heat), **own, **arrays}


def _common(figure: Figure) -> dict[str, Any]:
    axes = {"x": _axis(figure.x), "y": _axis(figure.y)}
    return {"kind": figure.kind, "name": figure.name, "title": figure.title, **axes}


def _axis(axis: Axis) -> dict[str, Any]:
    return asdict(axis)
