"""Forward or reverse."""

from engine.lab.modes.experiment import EXPERIMENT

__all__ = ["EXPERIMENT"]
