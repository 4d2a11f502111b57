"""Gradients of the parameters, op by op: of each sample, and their mean over the mini-batch."""

from __future__ import annotations

from engine.array import Array
from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, constant, product, quotient, total
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.recipes.signals import COUPLED, ONE, activation_input, signal_before_activation
from engine.microscope.steps import Factor, Flow
from engine.microscope.values import Value


@recipe(codes.GRADIENT)
def gradient(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    delta, h = b.operands(step, f"delta{layer}", f"h{layer - 1}")
    outer(b, step, delta, h, b.result(step, f"dW{layer}"), f"W{layer}")
    mean_of_columns(
        b,
        step,
        b.result(step, f"db{layer}"),
        (delta,),
        rf"{b.names.symbol(f'db{layer}')} = \frac{{1}}{{B}} \sum_i {{{delta.symbol}}}^{{\langle i \rangle}}",
        title=f"Gradient of the biases of {b.layer_name(layer)}",
        why="A bias is a weight from a source that is always 1: its gradient is the mean of the blame itself.",
    )


@recipe(codes.SKIP_GRADIENT)
def skip_gradient(b: Builder, step: MicroStep) -> None:
    g, source = (b.operand(step, name) for name in step.operands)
    outer(b, step, g, source, b.result(step, f"dP{step.layer}"), f"P{step.layer}")


def outer(b: Builder, step: MicroStep, delta: Value, h: Value, gradient: Value, parameter: str) -> None:
    """Two micro-steps: each sample's gradient of a matrix, δ times its source; and their mean."""
    layer, count = step.layer, delta.array.shape[1]
    own = b.names.symbol(parameter)
    share = quotient(ONE, constant(str(count), float(count)))
    symbol = rf"\frac{{\partial {b.n.loss}_i}}{{\partial {own}}}"
    whose = f"the skip into layer {layer}" if parameter.startswith("P") else f"the weights into {b.layer_name(layer)}"

    def of_sample(sample: int) -> Value:
        if not 0 <= sample < count:
            raise ValueError(f"sample: {sample} given; allowed: 0 to {count - 1}")
        product_ = delta.array[:, sample, None] * h.array[None, :, sample] + 0.0  # −0 is 0
        words = f"the gradient that this sample alone gives {parameter}: blame times source"
        return Value(f"d{parameter}_i", symbol, words, product_, gradient.rows, gradient.columns, "sample")

    def of_one(name: str, row: int, column: int, sample: int) -> Expression:
        return product(b.entry(delta, row, sample), b.entry(h, column, sample))

    def mean(name: str, row: int, column: int, sample: int) -> Expression:
        each = [product(b.entry_at(delta, row, n), b.entry_at(h, column, n)) for n in range(count)]
        return product(share, total(each, main=True))

    def edges(sample: int | None) -> Array:
        return gradient.array if sample is None else of_sample(sample).array

    source = int(h.name[1:])
    b.add(
        step,
        "sample gradients",
        title=f"What each sample asks of {whose}",
        why="Source times blame: a weight answers for what it carried (the source) and for where it carried it (the blame). "
        "A source of 0 carried nothing and gets exactly 0.",
        rule=rf"{symbol} = {{{delta.symbol}}}^{{\langle i \rangle}}\, {{{{{h.symbol}}}^{{\langle i \rangle}}}}^\top",
        operands=(delta, h),
        results=(of_sample(0),),
        of_sample=of_sample,
        matrix=(Factor(delta.name), "·", Factor(h.name, True), "=", Factor(f"d{parameter}_i")),
        terms=of_one,
        flow=Flow("δ·h", layer, source, True, delta.name, edges),
        note=COUPLED if b.tape.coupled else "",
    )
    b.add(
        step,
        "mean gradient",
        title=f"Gradient of {whose}: the mean over the mini-batch",
        why="Samples disagree; the update follows their mean, which is the gradient of the mean loss.",
        rule=rf"{gradient.symbol} = \frac{{1}}{{B}}\, {delta.symbol}\, {{{h.symbol}}}^\top",
        operands=(delta, h),
        results=(gradient,),
        matrix=(r"1/B", "·", Factor(delta.name), "·", Factor(h.name, True), "=", Factor(gradient.name)),
        terms=mean,
        flow=Flow("δ·h", layer, source, True, delta.name, edges),
        extra=(("B", "the number of samples in the mini-batch"),),
    )


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
        extra=(("B", "the number of samples in the mini-batch"),),
    )


@recipe(codes.SLOPE_GRADIENT)
def slope_gradient(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    g, u = signal_before_activation(b, step, layer), b.operand(step, activation_input(b, layer))
    inside = rf"{{{g.symbol}}}^{{\langle i \rangle}} \min(0, {{{u.symbol}}}^{{\langle i \rangle}})"
    mean_of_columns(
        b,
        step,
        b.result(step, f"dalpha{layer}"),
        (g, u),
        rf"{b.names.symbol(f'dalpha{layer}')} = \frac{{1}}{{B}} \sum_i {inside}",
        title=f"Gradient of the slopes of layer {layer}",
        why="A slope acts only where its unit is below zero: there it answers with what it multiplied.",
        below_zero=True,
    )
