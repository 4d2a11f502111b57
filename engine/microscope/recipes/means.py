"""Gradients that are the mean over the mini-batch, unit by unit: biases, slopes, scale and shift."""

from __future__ import annotations

from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, constant, product, quotient, total
from engine.microscope.recipes.builder import Builder
from engine.microscope.recipes.signals import ONE
from engine.microscope.values import Value

NOT_FOLLOWED = "their gradient is what it is, and is not followed."
"""Of frozen entries, where their gradient arises."""


def mean_of_columns(
    b: Builder,
    step: MicroStep,
    gradient: Value,
    factors: tuple[Value, ...],
    rule: str,
    *,
    title: str,
    why: str,
    below_zero: bool = False,
) -> None:
    """A gradient that is the mean over the mini-batch of a product of columns' entries, unit by unit."""
    count = factors[0].array.shape[1]
    share = quotient(ONE, constant(str(count), float(count)))

    def mean(name: str, row: int, column: int, sample: int) -> Expression:
        def of(n: int) -> Expression:
            parts: list[Expression] = [b.entry_at(factor, row, n) for factor in factors]
            if below_zero and parts[1].value > 0.0:
                parts[1] = constant("0", 0.0)
            return product(*parts) if len(parts) > 1 else parts[0]

        return product(share, total((of(n) for n in range(count)), main=True))

    b.add(
        step,
        "mean gradient",
        title=title,
        why=why,
        rule=rule,
        operands=factors,
        results=(gradient,),
        terms=mean,
        nodes=factors[0].name,
        note=b.frozen_note(gradient.name.removeprefix("d"), NOT_FOLLOWED),
        extra=(("B", "the number of samples in the mini-batch"),),
    )
