"""Without derivatives: evolution strategies beside backpropagation, one network, as many forward passes."""

from engine.lab.evolution.row import EXPERIMENT

__all__ = ["EXPERIMENT"]
