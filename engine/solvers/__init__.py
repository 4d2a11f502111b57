"""Solvers: rows of methods that races on a surface have beside the optimizers of networks."""

from engine.solvers.row import Solver
from engine.solvers.rows import SOLVERS

__all__ = ["SOLVERS", "Solver"]
