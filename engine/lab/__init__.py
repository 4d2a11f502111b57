"""The lab: what it costs, and what else one could do. Each experiment is a row (`engine.lab.rows`); a notebook carries one out
with `carried_out(EXPERIMENTS["batch"], …)`."""

from engine.lab.experiment import ChoiceError, Choices, Experiment, carried_out
from engine.lab.rows import EXPERIMENTS
from engine.lab.subject import Subject

__all__ = ["EXPERIMENTS", "ChoiceError", "Choices", "Experiment", "Subject", "carried_out"]
