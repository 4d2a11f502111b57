"""The vocabulary of measurements, a row each, by its name."""

from __future__ import annotations

from engine.lessons.vocabulary import costs, curvature, graph, lab, layers, lengths, race, run, seeds, times, update
from engine.lessons.vocabulary.row import Measure

MODULES = (run, layers, update, curvature, costs, times, seeds, race, lengths, graph, lab)
MEASURES: dict[str, Measure] = {
    row.name: row for module in MODULES for row in vars(module).values() if isinstance(row, Measure)
}
