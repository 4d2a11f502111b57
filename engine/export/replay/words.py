"""What a run is called in a file to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.optimizers import OPTIMIZERS
from engine.rows.datasets import DATASETS

if TYPE_CHECKING:
    from engine.trainer import Trainer


def run_in_words(trainer: Trainer) -> str:
    """Data, shape and optimizer of a run, as the page's bar has them."""
    row = DATASETS.get(trainer.spec.data.name)
    shape = "–".join(map(str, trainer.machine.tape.sizes))
    return f"{row.title if row else 'own data'} · {shape} · {OPTIMIZERS[trainer.spec.optimizer.name].title}"
