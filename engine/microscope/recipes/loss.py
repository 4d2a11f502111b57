"""The loss of each sample, their mean, and the error signal at the output, in words and terms."""

from __future__ import annotations

import math

import numpy as np

from engine.array import Array
from engine.evaluation.curves import curve
from engine.kernels import codes
from engine.kernels.ops.activations import NEAR_ITS_END
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, call, constant, difference, negative, product, quotient, total
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.recipes.signals import COUPLED, ONE
from engine.microscope.steps import Factor, Parts
from engine.microscope.values import Value
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
                apart = _apart(b, z, h, y, k, column)
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

    def others(k: int, column: int) -> Expression:
        return _others(b, h, k, column)

    def apart(k: int, column: int) -> Expression:
        return _apart(b, z, h, y, k, column)

    def of_bce_of_softmax(k: int, column: int) -> Expression:
        """u ⊙ g′ with the quotients by outputs that may be 0 cancelled, as the kernel has it."""
        at, target = b.entry(h, k, column), b.entry(y, k, column)
        each: list[Expression] = []
        if target.value != 1.0:
            each.append(product(difference(ONE, target), at))
        if target.value != 0.0:
            each.append(negative(product(target, others(k, column))))
        for j in range(len(h.array)):
            its_target = b.entry(y, j, column)
            if j != k and its_target.value != 0.0:
                each.append(product(its_target, at))
            if j != k and its_target.value != 1.0:
                share = quotient(at, others(j, column))
                if math.isnan(share.value):  # 0 / 0: beside an output of 1 the others' shares are known by their logits alone
                    share = constant("q", _share(z.array[:, column], k, j))
                each.append(negative(product(difference(ONE, its_target), b.entry(h, j, column), share)))
        return total(each, main=True)

    def by_output(k: int, column: int) -> Expression:
        """u_k = ∂ℓ/∂ŷ_k, as the kernel has it."""
        at, target = b.entry(h, k, column), b.entry(y, k, column)
        if loss == "mse":
            return apart(k, column)
        if naive:
            first: Expression = quotient(negative(target), at)
            return total((first, quotient(difference(ONE, target), difference(ONE, at)))) if loss == "bce" else first
        return difference(quotient(difference(ONE, target), others(k, column)), quotient(target, at))

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        if matched:
            return apart(row, column)
        sure = bool(h.array[:, column].max() > NEAR_ITS_END)  # then an output may be 0, which u would be divided by
        if whole_column and loss == "bce" and sure and not naive:
            return of_bce_of_softmax(row, column)
        if whole_column and sure and not naive:  # beside the largest output the others' part would be lost
            apart_by = [
                product(b.entry(h, k, column), difference(by_output(row, column), by_output(k, column)))
                for k in range(len(h.array))
                if k != row
            ]
            return product(b.entry(h, row, column), total(apart_by, main=True))
        if whole_column:
            each = [product(b.entry(h, k, column), by_output(k, column)) for k in range(len(h.array))]
            return product(b.entry(h, row, column), difference(by_output(row, column), total(each, main=True)))
        if loss == "cross_entropy" and not naive:
            below = negative(b.entry(z, row, column))
            missing = call(ACTIVATIONS[output].symbol, float(curve(output, [below.value]).value[0]), below)
            return product(negative(b.entry(y, row, column)), missing)
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
        title="Error signal at the output",
        why="How the loss changes with an output's pre-activation: positive where it is too large, negative where too small.",
        rule=rule,
        operands=(h, y, z) if slope is None else (h, y, z, slope),
        results=(delta,),
        matrix=parts,
        terms=terms,
        nodes=delta.name,
        note=COUPLED if b.tape.coupled else "",
    )


def _others(b: Builder, h: Value, k: int, column: int) -> Expression:
    """1 − ŷ_k of a softmax, without the cancellation."""
    each = [b.entry(h, j, column) for j in range(len(h.array)) if j != k]
    return total(each) if each else constant("0", 0.0)


def _apart(b: Builder, z: Value, h: Value, y: Value, k: int, column: int) -> Expression:
    """ŷ_k − y_k; near the end of the range, where the kernel takes it from z, so too."""
    output, at, target = b.tape.activations[-1], b.entry(h, k, column), b.entry(y, k, column)
    if target.value == 1.0 and at.value > NEAR_ITS_END and b.spec.numerics != "naive":
        if output == "softmax":
            return negative(_others(b, h, k, column))
        if output == "sigmoid":
            below = negative(b.entry(z, k, column))
            return negative(call(ACTIVATIONS[output].symbol, float(curve(output, [below.value]).value[0]), below))
    return difference(at, target)


def _share(z: Array, k: int, without: int) -> float:
    """Output k of the softmax of the logits z (units,) `without` one."""
    rest = np.delete(z, without)
    powers = np.exp(rest - rest.max())
    return float(np.exp(z[k] - rest.max()) / powers.sum())
