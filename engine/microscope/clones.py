"""Clones of a run to look back on: the run itself is left alone."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from engine.evaluation.evaluator import Evaluator
from engine.machine.machine import Machine

if TYPE_CHECKING:
    from engine.trainer import Trainer


def clone_at(trainer: Trainer, step: int) -> Trainer:
    """The run as it stood after update `step`, with the edits in force there, on buffers and a script of its own."""
    made = copy.copy(trainer)
    made.script = copy.deepcopy(trainer.script)
    made.checkpoints = copy.deepcopy(trainer.checkpoints)
    made.machine = Machine(trainer.spec, trainer.dataset)
    made.evaluator = Evaluator(made.machine)
    made.stopped = None
    made._go_to(step)
    return made
