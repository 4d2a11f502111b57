"""An optimizer in the PyTorch script: its row's form with its options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.optimizers.torch_form import TorchOptimizer

if TYPE_CHECKING:
    from engine.spec import OptimizerSpec


def torch_optimizer(optimizer: OptimizerSpec) -> TorchOptimizer:
    """What the optimizer is in PyTorch. LookupError: its row says why it is nothing there."""
    form = optimizer.form.torch
    if isinstance(form, str):
        raise LookupError(f"{optimizer.row.title} ({optimizer.dialect}): {form}")
    return form({"lr": optimizer.lr, **optimizer.parameters}) if callable(form) else form


def optimizer_text(optimizer: OptimizerSpec, form: TorchOptimizer) -> str:
    """The lines that define `optimizer`. What switches a correction on or off is in the lines, and no option of them."""
    words = f"{optimizer.row.title}, the {optimizer.dialect} dialect's"
    options = {"lr": optimizer.lr, **optimizer.parameters}
    return form.text(words, {name: value for name, value in options.items() if name != optimizer.row.correction})
