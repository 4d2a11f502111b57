"""The backward pass, op by op, in words and terms: the error signal δ from layer to layer."""

from __future__ import annotations

from engine.array import Array
from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, constant, difference, negative, product, quotient, root, total
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.recipes.forward import EPSILON
from engine.microscope.recipes.gradients import mean_of_columns
from engine.microscope.recipes.signals import COUPLED, ONE, activation_input, signal_before_activation
from engine.microscope.steps import Factor, Flow, Parts, Terms
from engine.microscope.values import Value
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES


@recipe(codes.OUTPUT_DELTA)
def output_delta(b: Builder, step: MicroStep) -> None:
    last = step.layer
    z, h, y = b.operands(step, f"z{last}", f"h{last}", "y")
    delta = b.result(step, f"delta{last}")
    loss, output = b.tape.loss, b.tape.activations[-1]
    naive = b.spec.numerics == "naive"
    matched = LOSSES[loss].matched == output and (loss == "mse" or not naive)
    slope = b.operand(step, f"slope{last}") if f"slope{last}" in step.operands and not matched else None

    def apart(k: int, column: int) -> Expression:
        return difference(b.entry(h, k, column), b.entry(y, k, column))

    def blame(k: int, column: int) -> Expression:
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
        if output == "softmax":
            each = [product(b.entry(h, k, column), blame(k, column)) for k in range(len(h.array))]
            return product(b.entry(h, row, column), difference(blame(row, column), total(each, main=True)))
        if loss == "cross_entropy" and not naive:
            return product(negative(b.entry(y, row, column)), difference(ONE, b.entry(h, row, column)))
        assert slope is not None
        return product(blame(row, column), b.entry(slope, row, column))

    parts: Parts = ()
    if matched:
        rule = f"{delta.symbol} = {h.symbol} - {y.symbol}"
        parts = (Factor(h.name), "−", Factor(y.name), "=", Factor(delta.name))
    elif output == "softmax":
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
        title=f"Blame reaches layer {layer - 1}, through the weights into {b.layer_name(layer)}",
        why="Each unit gets back the blame of all it fed, through the very weights that it fed them with.",
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


@recipe(codes.BACK_SKIP)
def back_skip(b: Builder, step: MicroStep) -> None:
    above = step.layer
    into = int(next(iter(step.results)).removeprefix("delta"))
    before, after = b.value(f"g{into}", step.operands[f"delta{into}"]), b.value(f"g{into}", step.results[f"delta{into}"])
    g = b.operand(step, f"g{above}")
    matrix = b.operand(step, f"P{above}") if f"P{above}" in step.operands else None

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        own: Expression = b.entry(before, row, column)
        if matrix is None:
            return total((own, b.entry(g, row, column)), main=True)
        led = [product(b.entry(matrix, j, row), b.entry(g, j, column)) for j in range(len(g.array))]
        return total((own, *led), main=True)

    along = rf"{{{matrix.symbol}}}^\top\, {g.symbol}" if matrix else g.symbol
    led = (Factor(matrix.name, True), "·", Factor(g.name)) if matrix else (Factor(g.name),)
    b.add(
        step,
        "back along skip",
        title=f"Blame comes back along the skip into layer {above}",
        why="What went forward unchanged comes back unchanged: blame that no layer in between has shrunk.",
        rule=rf"{after.symbol} \leftarrow {before.symbol} + {along}",
        operands=(before, g, *((matrix,) if matrix else ())),
        results=(after,),
        matrix=(Factor(before.name), "+", *led, "=", Factor(after.name)),
        terms=terms,
        nodes=after.name,
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
        title=f"Blame through the dropout of layer {layer}",
        why="A unit that was silent is not to blame.",
        rule=rf"{after.symbol} \leftarrow {mask.symbol} \odot {before.symbol}",
        operands=(mask, before),
        results=(after,),
        matrix=(Factor(mask.name), "⊙", Factor(before.name), "=", Factor(after.name)),
        terms=terms,
        nodes=after.name,
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
        title=f"Backward through {b.layer_name(layer)}: the slope of the bend",
        why="Blame passes as far as the activation function is steep there: where it is flat, the unit can change nothing.",
        rule=rf"{target} = {left} \odot {slope.symbol}",
        operands=(g, slope, at),
        results=(result,),
        matrix=(Factor(g.name), "⊙", Factor(slope.name), "=", Factor(result.name)),
        terms=terms,
        nodes=result.name,
        note=COUPLED if b.tape.coupled else "",
        extra=((f"{b.n.phi}'", f"the slope of {row.title}: ${row.derivative}$" if row.derivative else row.title),),
    )


@recipe(codes.BACK_NORM)
def back_norm(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    before, xhat, var, gamma = b.operands(step, f"delta{layer}", f"xhat{layer}", f"var{layer}", f"gamma{layer}")
    dgamma, dbeta = b.results(step, f"dgamma{layer}", f"dbeta{layer}")
    after = b.result(step, f"delta{layer}")
    batch = b.tape.norms[layer - 1] == "batch"
    units = len(before.array)
    shape = (
        ("scale", "of the blame times the normalized value", (before, xhat), dgamma),
        ("shift", "of the blame", (before,), dbeta),
    )
    for what, of, factors, gradient in shape:
        inside = r"\, ".join(rf"{{{factor.symbol}}}^{{\langle i \rangle}}" for factor in factors)
        mean_of_columns(
            b,
            step,
            gradient,
            factors,
            rf"{gradient.symbol} = \frac{{1}}{{B}} \sum_i {inside}",
            title=f"Gradient of the norm's {what} in layer {layer}",
            why=f"The mean over the mini-batch {of}, unit by unit.",
        )

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        spread = root(total((b.entry(var, row if batch else 0, 0 if batch else column), EPSILON)))
        if batch:
            means = difference(
                difference(b.entry(before, row, column), b.entry(dbeta, row, 0)),
                product(b.entry(xhat, row, column), b.entry(dgamma, row, 0)),
            )
            return product(quotient(b.entry(gamma, row, 0), spread), means)
        own = [product(b.entry(gamma, j, 0), b.entry(before, j, column)) for j in range(units)]
        count = constant(str(units), float(units))
        plain = quotient(total(own), count)
        along = quotient(total(product(v, b.entry(xhat, j, column)) for j, v in enumerate(own)), count)
        inside = difference(difference(own[row], plain), product(b.entry(xhat, row, column), along))
        return product(quotient(ONE, spread), inside)

    d, x = rf"\frac{{\partial {b.n.loss}}}{{\partial {b.names.symbol(f'u{layer}')}}}", xhat.symbol
    s = rf"\sqrt{{{var.symbol} + \varepsilon}}"
    if batch:
        common = rf"\overline{{{d}}} - {x}\, \overline{{{d} \odot {x}}}"
        rule = rf"{after.symbol} = \frac{{{gamma.symbol}}}{{{s}}} \left({d} - {common}\right)"
    else:
        rule = (
            rf"{after.symbol} = \frac{{1}}{{{s}}} \left(v - \overline{{v}} - {x}\, \overline{{v \odot {x}}}\right),\; "
            rf"v = {gamma.symbol} \odot {d}"
        )
    b.add(
        step,
        "delta",
        title=f"Backward through the norm of layer {layer}",
        why="Mean and variance moved with every value they were taken of, so that blame goes through them too: "
        "what all have in common is taken away.",
        rule=rule,
        operands=(before, xhat, var, gamma),
        results=(after,),
        terms=terms,
        nodes=after.name,
        note=COUPLED if b.tape.coupled else "",
    )
