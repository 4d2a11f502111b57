"""Batch and layer norm, forward and back, in words and terms."""

from __future__ import annotations

from engine.kernels import codes
from engine.kernels.ops.norms import EPS, MOMENTUM
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, Number, constant, difference, product, quotient, root, total
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.recipes.means import mean_of_columns
from engine.microscope.recipes.signals import COUPLED, ONE
from engine.microscope.steps import Factor
from engine.rows.norms import NORMS

EPSILON = constant(r"\varepsilon", EPS)


@recipe(codes.NORM)
def norm(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    z, gamma, beta = b.operands(step, f"z{layer}", f"gamma{layer}", f"beta{layer}")
    mean, var, xhat, u = b.results(step, f"mean{layer}", f"var{layer}", f"xhat{layer}", f"u{layer}")
    batch = b.tape.norms[layer - 1] == "batch"
    over = NORMS[b.tape.norms[layer - 1] or ""].over

    def along(row: int, column: int) -> list[Number]:
        if batch:
            return [b.entry_at(z, row, n) for n in range(z.array.shape[1])]
        return [b.entry(z, j, column) for j in range(len(z.array))]

    def centre(row: int, column: int) -> Number:
        return b.entry(mean, row if batch else 0, 0 if batch else column)

    def statistics(name: str, row: int, column: int, sample: int) -> Expression:
        each = along(row, column)
        count = constant(str(len(each)), float(len(each)))
        if name == mean.name:
            return quotient(total(each, main=True), count)
        apart = [difference(one, centre(row, column)) for one in each]
        return quotient(total((product(one, one) for one in apart), main=True), count)

    def standard(name: str, row: int, column: int, sample: int) -> Expression:
        spread = root(total((b.entry(var, row if batch else 0, 0 if batch else column), EPSILON)))
        apart = difference(b.entry(z, row, column), centre(row, column))
        return product(apart, quotient(constant("1", 1.0), spread)) if batch else quotient(apart, spread)

    def scaled(name: str, row: int, column: int, sample: int) -> Expression:
        return total((product(b.entry(gamma, row, 0), b.entry(xhat, row, column)), b.entry(beta, row, 0)))

    m, v, z_, x_ = mean.symbol, var.symbol, z.symbol, xhat.symbol
    b.add(
        step,
        "norm statistics",
        title=f"Norm of layer {layer}: mean and variance",
        why=f"They are taken over {over}"
        + (", so that each sample's result depends on all the others." if batch else "; no sample depends on another."),
        rule=rf"{m} = \operatorname{{mean}}({z_}),\quad {v} = \operatorname{{mean}}\left(({z_} - {m})^2\right)",
        operands=(z,),
        results=(mean, var),
        terms=statistics,
    )
    b.add(
        step,
        "norm",
        title=f"Norm of layer {layer}: centre and scale",
        why="Whatever size the sums had, now they have mean 0 and variance 1: no unit starts out saturated.",
        rule=rf"{x_} = \frac{{{z_} - {m}}}{{\sqrt{{{v} + \varepsilon}}}}",
        operands=(z, mean, var),
        results=(xhat,),
        terms=standard,
        extra=(("\\varepsilon", f"{EPS:g}, keeps the quotient finite"),),
    )
    b.add(
        step,
        "norm scale",
        title=f"Norm of layer {layer}: scale and shift",
        why="The network may choose another spread and middle for each unit: both are learned.",
        rule=rf"{u.symbol} = {gamma.symbol} \odot {x_} + {beta.symbol}",
        operands=(gamma, xhat, beta),
        results=(u,),
        matrix=(Factor(gamma.name), "⊙", Factor(xhat.name), "+", Factor(beta.name), "=", Factor(u.name)),
        terms=scaled,
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
        ("scale", "of the error signal times the normalized value", (before, xhat), dgamma),
        ("shift", "of the error signal", (before,), dbeta),
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
        why="Mean and variance depend on every value, so the gradient flows through them too: "
        "what all values have in common is subtracted.",
        rule=rule,
        operands=(before, xhat, var, gamma),
        results=(after,),
        terms=terms,
        nodes=after.name,
        note=COUPLED if b.tape.coupled else "",
    )


@recipe(codes.RUNNING_STATISTICS)
def running(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    before = {
        kind: b.value(f"run_{kind}{layer}", step.operands[f"running_{kind}{layer}"], "before") for kind in ("mean", "var")
    }
    after = [b.value(f"run_{kind}{layer}", step.results[f"running_{kind}{layer}"], "after") for kind in ("mean", "var")]
    mean, var = b.operands(step, f"mean{layer}", f"var{layer}")
    count = len(b.names.samples.names)
    share = constant(f"{MOMENTUM:g}", MOMENTUM)

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        kind = "mean" if "mean" in name else "var"
        old = b.entry(before[kind], row, 0)
        new: Expression = b.entry(mean if kind == "mean" else var, row, 0)
        if kind == "var":
            new = product(quotient(constant(str(count), float(count)), constant(str(count - 1), count - 1.0)), new)
        return total((old, product(share, difference(new, old))))

    b.add(
        step,
        "running statistics",
        title=f"Running statistics of layer {layer}",
        why="At inference there is no mini-batch: these slow means of its statistics (variance unbiased) take their place.",
        rule=rf"{after[0].symbol} \leftarrow {after[0].symbol} + 0.1\,({mean.symbol} - {after[0].symbol})",
        operands=(*before.values(), mean, var),
        results=after,
        terms=terms,
    )
