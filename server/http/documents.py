"""The catalog and the figures as JSON, each made once. Their formulas become MathML here: the page has no TeX of its own."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from server.http.output_curves import output_curves
from server.http.page import Packed
from server.mathml import block
from server.wire.frames import finite

if TYPE_CHECKING:
    from server.http.assets import PlotlyJs
    from server.warmup import Kernels

log = logging.getLogger("chainrule")


class Documents:
    """Call from worker threads: the first call of each takes a moment."""

    def __init__(
        self, plotly: PlotlyJs, figures: Sequence[Callable[[], dict[str, Any]]], others: Mapping[str, Callable[[], Any]]
    ) -> None:
        """`figures` and `others`, by their paths: what activities have of their own."""
        self._plotly, self._of_activities, self._others = plotly, figures, others
        self._lock = threading.Lock()
        self._catalog: Packed | None = None
        self._figures: Packed | None = None
        self._curves: Packed | None = None
        self._made: dict[str, Packed] = {}

    def prepare(self, kernels: Kernels) -> None:
        """Make everything ahead of the first request, once the kernels leave the processor to others."""
        try:
            self.catalog()
            self.figures()
            for path in self._others:
                self.other(path)
            kernels.join()
            self._plotly.load()
        except Exception:
            log.exception("preparing documents failed; they are made when asked for")

    def catalog(self) -> Packed:
        """``/api/catalog``: every row of the engine's catalog, formulas in LaTeX and MathML."""
        with self._lock:
            if self._catalog is None:
                from engine import catalog

                self._catalog = _json(with_mathml(catalog()))
            return self._catalog

    def figures(self) -> Packed:
        """``/api/figures``: where plotly.js is, and every figure in both themes."""
        with self._lock:
            if self._figures is None:
                figures = {name: figure for make in self._of_activities for name, figure in make().items()}
                self._figures = _json({"plotly": self._plotly.path, "figures": figures})
            return self._figures

    def curves(self) -> Packed:
        """``/api/output-curves``: δ of an output over z. Its kernels are compiled where they are not yet."""
        with self._lock:
            if self._curves is None:
                self._curves = _json(output_curves())
            return self._curves

    def other(self, path: str) -> Packed:
        """What an activity serves under a path."""
        with self._lock:
            if path not in self._made:
                self._made[path] = _json(self._others[path]())
            return self._made[path]


def with_mathml(value: Any) -> Any:
    """The same, with ``mathml`` beside each ``formula``, and so for ``formulas``, ``derivative``, ``delta``.

    A preset's script is left alone: a race takes it as it is."""
    if isinstance(value, list | tuple):
        return [with_mathml(item) for item in value]
    if not isinstance(value, dict):
        return value
    row = {key: item if key == "script" else with_mathml(item) for key, item in value.items()}
    if isinstance(row.get("formula"), str):
        row["mathml"] = block(row["formula"])
    for name in ("derivative", "delta"):
        if isinstance(row.get(name), str):
            row[f"{name}_mathml"] = block(row[name])
    if isinstance(row.get("formulas"), dict):
        row["mathmls"] = {name: block(latex) for name, latex in row["formulas"].items()}
    return row


def _json(value: Any) -> Packed:
    text = json.dumps(finite(value), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Packed(text.encode(), "application/json")
