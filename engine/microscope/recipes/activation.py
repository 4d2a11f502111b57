"""The activation, forward and back, and the gradient of learned slopes, in words and terms."""

from __future__ import annotations

from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, call, constant, product
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.recipes.means import mean_of_columns
from engine.microscope.recipes.signals import COUPLED, activation_input, signal_before_activation
from engine.microscope.steps import Factor
from engine.rows.activations import ACTIVATIONS


@recipe(codes.ACTIVATION)
def activation(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    z, out = b.operand(step, next(iter(step.operands))), b.result(step, next(iter(step.results)))
    row_of = ACTIVATIONS[b.tape.activations[layer - 1]]
    slopes = b.operand(step, f"alpha{layer}") if row_of.learned_slopes else None

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        at, value = b.entry(z, row, column), float(out.array[row, column])
        if row_of.below_zero is not None:
            slope = b.entry(slopes, row, 0) if slopes is not None else constant(*row_of.below_zero)
            return at if at.value > 0.0 else product(slope, at)
        if not row_of.symbol:
            return at
        if not row_of.elementwise:
            return call(rf"{row_of.symbol}_{{{row + 1}}}", value, *(b.entry(z, j, column) for j in range(len(z.array))))
        return call(row_of.symbol, value, at)

    b.add(
        step,
        "activation",
        title=f"Forward through {b.layer_name(layer)}: activation",
        why=row_of.summary
        if row_of.symbol or row_of.below_zero
        else "A linear layer has no activation function: the output is the weighted sum itself.",
        rule=f"{out.symbol} = {b.n.phi}({z.symbol})",
        operands=(z,) if slopes is None else (z, slopes),
        results=(out,),
        matrix=(f"{b.n.phi}", "(", Factor(z.name), ")", "=", Factor(out.name)),
        terms=terms,
        nodes=out.name,
        extra=((b.n.phi, f"the activation function of {b.layer_name(layer)}: {row_of.title}"),),
    )


@recipe(codes.BACK_ACTIVATION)
def back_activation(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    normed = b.tape.norms[layer - 1] is not None
    g, slope = signal_before_activation(b, step, layer), b.operand(step, f"slope{layer}")
    at = b.operand(step, activation_input(b, layer))
    result = b.value(f"delta{layer}", step.results[f"delta{layer}"])
    previous = b.steps[-1]
    whole = previous.terms if previous.kind == "back product" else None

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        arrived = whole(previous.results[0].name, row, column, sample) if whole else b.entry(g, row, column)
        return product(arrived, b.entry(slope, row, column))

    weights = f"W{layer + 1}"
    recursion = whole is not None and not normed
    left = (
        rf"\left({{{b.names.symbol(weights)}}}^\top\, {b.names.symbol(f'delta{layer + 1}')}\right)" if recursion else g.symbol
    )
    target = result.symbol if not normed else rf"\frac{{\partial {b.n.loss}}}{{\partial {at.symbol}}}"
    row = ACTIVATIONS[b.tape.activations[layer - 1]]
    b.add(
        step,
        "back through activation" if normed else "delta",
        title=f"Backward through {b.layer_name(layer)}: derivative of the activation",
        why="The error signal times the activation's derivative φ′(z): where the activation is flat, almost nothing passes.",
        rule=rf"{target} = {left} \odot {slope.symbol}",
        operands=(g, slope, at),
        results=(result,),
        matrix=(Factor(g.name), "⊙", Factor(slope.name), "=", Factor(result.name)),
        terms=terms,
        nodes=result.name,
        note=COUPLED if b.tape.coupled else "",
        extra=((f"{b.n.phi}'", f"the derivative of {row.title}"),),
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
        title=f"Gradient of the slopes below zero of layer {layer}",
        why="A slope acts only where its unit is below zero: there its gradient is the error signal times what it multiplied.",
        below_zero=True,
    )
