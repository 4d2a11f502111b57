"""Weighted sums, forward and back, and the gradients of weights and biases, in words and terms."""

from __future__ import annotations

from engine.array import Array
from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, constant, product, quotient, total
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.recipes.means import NOT_FOLLOWED, mean_of_columns
from engine.microscope.recipes.signals import COUPLED, ONE
from engine.microscope.steps import Factor, Flow, Terms
from engine.microscope.values import Value


@recipe(codes.AFFINE)
def affine(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    w, h, bias = b.operands(step, f"W{layer}", f"h{layer - 1}", f"b{layer}")
    z = b.result(step, f"z{layer}")

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        products = [product(b.entry(w, row, k), b.entry(h, k, column)) for k in range(len(h.array))]
        return total((b.entry(bias, row, 0), *products), main=True)

    def edges(sample: int | None) -> Array:
        return w.array * (h.array.mean(axis=1) if sample is None else h.array[:, sample])

    what = "the inputs" if layer == 1 else f"the activations of layer {layer - 1}"
    b.add(
        step,
        "affine",
        title=f"Forward into {b.layer_name(layer)}: weighted sums",
        why=f"Each unit adds up {what}, each value times its own weight, and its bias.",
        rule=f"{z.symbol} = {w.symbol}\\, {h.symbol} + {bias.symbol}",
        operands=(w, h, bias),
        results=(z,),
        matrix=(Factor(w.name), "·", Factor(h.name), "+", Factor(bias.name), "=", Factor(z.name)),
        terms=terms,
        flow=Flow("W·h", layer, layer - 1, False, z.name, edges),
    )


@recipe(codes.BACK_PRODUCT)
def back_product(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    w, delta = b.operands(step, f"W{layer}", f"delta{layer}")
    g = b.value(f"g{layer - 1}", step.results[f"delta{layer - 1}"])

    def edges(sample: int | None) -> Array:
        return w.array * (delta.array.mean(axis=1) if sample is None else delta.array[:, sample])[:, None]

    b.add(
        step,
        "back product",
        title=f"Error signal back to layer {layer - 1}, through the weights into {b.layer_name(layer)}",
        why="Each unit collects the error signals of all units that it feeds, each times the weight of that connection.",
        rule=rf"{g.symbol} = {{{w.symbol}}}^\top\, {delta.symbol}",
        operands=(w, delta),
        results=(g,),
        matrix=(Factor(w.name, True), "·", Factor(delta.name), "=", Factor(g.name)),
        terms=through(b, w, delta),
        flow=Flow("W·δ", layer, layer - 1, True, g.name, edges),
        note=COUPLED if b.tape.coupled else "",
    )


def through(b: Builder, w: Value, delta: Value) -> Terms:
    """Σ_j w_jk δ_j."""

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        return total((product(b.entry(w, j, row), b.entry(delta, j, column)) for j in range(len(delta.array))), main=True)

    return terms


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
        why="A bias is a weight whose input is always 1: its gradient is the mean of the error signal itself.",
    )


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
        words = f"the gradient of this sample alone with respect to {parameter}: error signal times input"
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
        title=f"Per-sample gradient of {whose}",
        why="Error signal times input: how much the unit that a weight leads to is to blame for the loss, times what the "
        "weight multiplied. An input of 0 gives a gradient of exactly 0.",
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
        note=b.frozen_note(parameter, NOT_FOLLOWED),
        extra=(("B", "the number of samples in the mini-batch"),),
    )
