"""Optimizers: rows, dialects and their maths in words, a file for each family. Kernels: `engine.kernels.optimizers.dispatch`.

An optimizer has two dialects where the textbooks and PyTorch differ (torch.optim's documentation). Every formula is
theta <- theta - something, with g the gradient of the objective on the mini-batch.
"""

from engine.optimizers.adam import ADAM_FAMILY
from engine.optimizers.adam_variants import ADAM_VARIANTS
from engine.optimizers.classic import CLASSIC
from engine.optimizers.muon import OF_MATRICES_AND_THE_REST
from engine.optimizers.row import DIALECTS, PYTORCH, TEXTBOOK, Optimizer
from engine.optimizers.scaled import SCALED_BY_PAST
from engine.optimizers.signs import SIGNS
from engine.rows.row import by_name

__all__ = ["DIALECTS", "OPTIMIZERS", "PYTORCH", "TEXTBOOK", "Optimizer"]

OPTIMIZERS = by_name((*CLASSIC, *SCALED_BY_PAST, *ADAM_FAMILY, *ADAM_VARIANTS, *SIGNS, *OF_MATRICES_AND_THE_REST))
