"""The loss of each sample, their mean, and the error signal at the output, in words and terms."""

from __future__ import annotations

from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, call, constant, difference, negative, product, quotient, total
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.recipes.signals import COUPLED, ONE
from engine.microscope.steps import Factor, Parts
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES


@recipe(codes.LOSS)
def loss(b: Builder, step: MicroStep) -> None:
    last = step.layer
    z, h, y = b.operands(step, f"z{last}", f"h{last}", "y")
    losses, mean = b.result(step, "losses"), b.named("loss", step.results["loss"])
    kind, output = b.tape.loss, b.tape.activations[-1]
    half = constant(r"\tfrac{1}{2}", 0.5)

    def logarithm(row: int, column: int, missing: bool) -> Expression:
        at: Expression = b.entry(h, row, column)
        shown = difference(ONE, at) if missing else at
        return call(r"\ln", b.log_output(step, output, row, column, missing), shown)

    def sample(name: str, row: int, column: int, _: int) -> Expression:
        each: list[Expression] = []
        for k in range(len(h.array)):
            target = b.entry(y, k, column)
            if kind == "mse":
                apart = difference(b.entry(h, k, column), target)
                each.append(product(half, apart, apart))
                continue
            if target.value != 0.0:
                each.append(negative(product(target, logarithm(k, column, False))))
            if kind == "bce" and target.value != 1.0:
                each.append(negative(product(difference(ONE, target), logarithm(k, column, True))))
        return total(each or [constant("0", 0.0)], main=True)

    def average(name: str, row: int, column: int, _: int) -> Expression:
        count = losses.array.shape[1]
        each = [b.entry(losses, 0, n) for n in range(count)]
        return quotient(total(each, main=True), constant(str(count), float(count)))

    formula = LOSSES[kind].formula.partition("=")[2].strip()
    formula = formula.replace(r"\hat y", h.symbol) if b.n.output != r"\hat y" else formula
    b.add(
        step,
        "losses",
        title="The loss of each sample",
        why=LOSSES[kind].summary,
        rule=rf"{losses.symbol} = {formula}",
        operands=(h, y, z),
        results=(losses,),
        terms=sample,
    )
    b.add(
        step,
        "mean loss",
        title="The mean loss of the mini-batch",
        why="One number for the whole mini-batch: this is what the update tries to make smaller.",
        rule=rf"{mean.symbol} = \frac{{1}}{{B}} \sum_i {losses.symbol}_i",
        operands=(losses,),
        results=(mean,),
        terms=average,
        extra=(("B", "the number of samples in the mini-batch"),),
    )


@recipe(codes.OUTPUT_DELTA)
def output_delta(b: Builder, step: MicroStep) -> None:
    last = step.layer
    z, h, y = b.operands(step, f"z{last}", f"h{last}", "y")
    delta = b.result(step, f"delta{last}")
    loss, output = b.tape.loss, b.tape.activations[-1]
    whole_column = not ACTIVATIONS[output].elementwise
    naive = b.spec.numerics == "naive"
    matched = LOSSES[loss].matched == output and (loss == "mse" or not naive)
    slope = b.operand(step, f"slope{last}") if f"slope{last}" in step.operands and not matched else None

    def apart(k: int, column: int) -> Expression:
        return difference(b.entry(h, k, column), b.entry(y, k, column))

    def by_output(k: int, column: int) -> Expression:
        """u_k = ∂ℓ/∂ŷ_k, as the kernel has it."""
        at, target = b.entry(h, k, column), b.entry(y, k, column)
        if loss == "mse":
            return apart(k, column)
        if naive:
            first: Expression = quotient(negative(target), at)
            return total((first, quotient(difference(ONE, target), difference(ONE, at)))) if loss == "bce" else first
        others = total(b.entry(h, j, column) for j in range(len(h.array)) if j != k) if len(h.array) > 1 else constant("0", 0.0)
        return difference(quotient(difference(ONE, target), others), quotient(target, at))

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        if matched:
            return apart(row, column)
        if whole_column:
            each = [product(b.entry(h, k, column), by_output(k, column)) for k in range(len(h.array))]
            return product(b.entry(h, row, column), difference(by_output(row, column), total(each, main=True)))
        if loss == "cross_entropy" and not naive:
            return product(negative(b.entry(y, row, column)), difference(ONE, b.entry(h, row, column)))
        assert slope is not None
        return product(by_output(row, column), b.entry(slope, row, column))

    parts: Parts = ()
    if matched:
        rule = f"{delta.symbol} = {h.symbol} - {y.symbol}"
        parts = (Factor(h.name), "−", Factor(y.name), "=", Factor(delta.name))
    elif whole_column:
        slope_of = rf"\frac{{\partial {b.n.loss}}}{{\partial {h.symbol}}}"
        rule = rf"{delta.symbol} = {h.symbol} \odot (u - {{{h.symbol}}}^\top u),\quad u = {slope_of}"
    else:
        rule = rf"{delta.symbol} = \frac{{\partial {b.n.loss}}}{{\partial {h.symbol}}} \odot {b.names.symbol(f'slope{last}')}"
        parts = ("(", Factor(h.name), "−", Factor(y.name), ")", "⊙", Factor(f"slope{last}"), "=", Factor(delta.name))
        parts = parts if loss == "mse" else ()
    b.add(
        step,
        "output delta",
        title="Blame begins at the output",
        why="How much the loss would grow if an output's pre-activation grew: too much said is positive, too little negative.",
        rule=rule,
        operands=(h, y, z) if slope is None else (h, y, z, slope),
        results=(delta,),
        matrix=parts,
        terms=terms,
        nodes=delta.name,
        note=COUPLED if b.tape.coupled else "",
    )
