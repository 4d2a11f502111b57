"""Optimizers: rows, dialects and their maths in words, a file for each family. Kernels: `engine.kernels.optimizers.dispatch`.

An optimizer has two dialects where the textbooks and PyTorch differ (torch.optim's documentation). Every formula is
theta <- theta - something, with g the gradient of the objective on the mini-batch.
"""

from engine.optimizers.adam import ADAM_FAMILY
from engine.optimizers.classic import CLASSIC
from engine.optimizers.newer import NEWER
from engine.optimizers.row import DIALECTS, PYTORCH, TEXTBOOK, Optimizer
from engine.rows.row import by_name

__all__ = ["DIALECTS", "OPTIMIZERS", "PYTORCH", "TEXTBOOK", "Optimizer"]

OPTIMIZERS = by_name((*CLASSIC, *ADAM_FAMILY, *NEWER))
