"""How sure: dropout at prediction time and an ensemble of seeds, and whether their bands keep what they promise."""

from engine.lab.uncertainty.experiment import EXPERIMENT

__all__ = ["EXPERIMENT"]
