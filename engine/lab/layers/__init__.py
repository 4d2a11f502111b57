"""What each layer does: the input space bent layer by layer, and what a linear probe reads at each."""

from engine.lab.layers.experiment import EXPERIMENT

__all__ = ["EXPERIMENT"]
