"""Batch and speed: what a larger mini-batch buys on this machine, in samples a second and in updates to a given loss, and where
BLAS overtakes loops."""

from engine.lab.batch.row import EXPERIMENT

__all__ = ["EXPERIMENT"]
