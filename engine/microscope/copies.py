"""Copies of a run to look back on: the run itself is left alone."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from engine.kernels import codes
from engine.machine import Machine
from engine.probe import Probe

if TYPE_CHECKING:
    from engine.trainer import Trainer

NEVER = 2**62


def copy_at(trainer: Trainer, step: int) -> Trainer:
    """The run as it stood after update `step`, with the edits in force there, on buffers of its own; its series are not kept."""
    made = copy.copy(trainer)
    made.script = copy.deepcopy(trainer.script)
    made.checkpoints = copy.deepcopy(trainer.checkpoints)
    made.machine = Machine(trainer.spec, trainer.dataset)
    made.probe = Probe(made.machine)
    made.stopped = None
    made._restore(made.checkpoints.nearest(made.script.lineage(max(0, step - 1))) or made._start)
    made.machine.counters[codes.RECORD_AFTER] = NEVER
    made.step(step - made.steps_done)
    return made
