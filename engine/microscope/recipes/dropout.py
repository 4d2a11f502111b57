"""Dropout, forward and back, in words and terms."""

from __future__ import annotations

from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, product
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.recipes.signals import signal_before_activation
from engine.microscope.steps import Factor


@recipe(codes.DROPOUT)
def dropout(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    a = b.operand(step, next(iter(step.operands)))
    mask = b.result(step, f"mask{layer}")
    out = b.result(step, list(step.results)[-1])
    share = b.spec.network.layers[layer - 1].dropout

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        if name == mask.name:
            return b.entry(mask, row, column)
        return product(b.entry(mask, row, column), b.entry(a, row, column))

    b.add(
        step,
        "dropout",
        title=f"Dropout in layer {layer}",
        why=f"Each unit is dropped with probability {share:g}, drawn anew at every update: no unit can rely on another.",
        rule=rf"{out.symbol} = {mask.symbol} \odot {a.symbol}",
        operands=(mask, a),
        results=(out, mask),
        matrix=(Factor(mask.name), "⊙", Factor(a.name), "=", Factor(out.name)),
        terms=terms,
        nodes=out.name,
    )


@recipe(codes.BACK_DROPOUT)
def back_dropout(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    before, mask = signal_before_activation(b, step, layer), b.operand(step, f"mask{layer}")
    after = b.value(f"g{layer}", step.results[f"delta{layer}"])

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        return product(b.entry(before, row, column), b.entry(mask, row, column))

    b.add(
        step,
        "back through dropout",
        title=f"Error signal back through the dropout of layer {layer}",
        why="A unit that was dropped had no part in the loss: its error signal is 0.",
        rule=rf"{after.symbol} \leftarrow {mask.symbol} \odot {before.symbol}",
        operands=(mask, before),
        results=(after,),
        matrix=(Factor(mask.name), "⊙", Factor(before.name), "=", Factor(after.name)),
        terms=terms,
        nodes=after.name,
    )
