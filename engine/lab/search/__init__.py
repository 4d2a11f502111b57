"""Search: two knobs of the present run over a grid, and as many random draws beside it."""

from engine.lab.search.experiment import EXPERIMENT

__all__ = ["EXPERIMENT"]
