"""The price of a gradient."""

from engine.lab.price.experiment import EXPERIMENT

__all__ = ["EXPERIMENT"]
