"""The forward pass and the loss, op by op, in words and terms."""

from __future__ import annotations

from engine.array import Array
from engine.kernels import codes
from engine.kernels.ops.activations import LEAKY_SLOPE
from engine.kernels.ops.norms import EPS, MOMENTUM
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import (
    Expression,
    Number,
    call,
    constant,
    difference,
    negative,
    product,
    quotient,
    root,
    total,
)
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.steps import Factor, Flow
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES

EPSILON = constant(r"\varepsilon", EPS)
FUNCTIONS = {
    "tanh": r"\tanh",
    "sigmoid": r"\sigma",
    "gelu": r"\operatorname{GELU}",
    "elu": r"\operatorname{ELU}",
    "softplus": r"\operatorname{softplus}",
    "silu": r"\operatorname{SiLU}",
    "softmax": r"\operatorname{softmax}",
}


@recipe(codes.GATHER)
def mini_batch(b: Builder, step: MicroStep) -> None:
    x, y = b.results(step, "h0", "y")
    count = x.array.shape[1]
    b.add(
        step,
        "mini-batch",
        title="The mini-batch",
        why=f"An update looks at {count} sample{'s' if count > 1 else ''}: each is a column, from here to its loss and back.",
        rule=f"{x.symbol},\\; {y.symbol}",
        results=(x, y),
    )


@recipe(codes.AUGMENT)
def augmentation(b: Builder, step: MicroStep) -> None:
    before, after = b.operand(step, "h0"), b.result(step, "h0")
    b.add(
        step,
        "augmentation",
        title="The inputs are moved a little",
        why="Each time the network meets slightly other samples, so that it cannot learn them by heart.",
        rule=rf"{after.symbol} \leftarrow {after.symbol} + \text{{noise}}",
        operands=(before,),
        results=(after,),
    )


@recipe(codes.RATE)
def rate(b: Builder, step: MicroStep) -> None:
    eta = b.named("eta", step.results["eta"])
    b.add(
        step,
        "rate",
        title="The rate of this update",
        why="How far a step goes; a schedule may change it from update to update.",
        rule=r"\eta",
        results=(eta,),
    )


@recipe(codes.LOOK_AHEAD)
def look_ahead(b: Builder, step: MicroStep) -> None:
    names = [name for name in step.results if "." not in name]
    before = {name: b.value(name, step.operands[name], "before") for name in names}
    velocity = {name: b.state("v", name, step.operands[f"v.{name}"]) for name in names}
    after = [b.value(name, step.results[name], "looking ahead") for name in names]
    beta = float(b.spec.optimizer.parameters["beta"])

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        ahead = product(constant(r"\beta", beta), b.entry(velocity[name], row, column))
        return difference(b.entry(before[name], row, column), product(constant(r"\eta", step.numbers["eta"]), ahead))

    b.add(
        step,
        "look ahead",
        title="Look ahead along the velocity",
        why="Nesterov takes the gradient where the velocity is about to carry the parameters, not where they are.",
        rule=r"\theta^{\mathrm{ahead}} = \theta - \eta \beta v",
        operands=(*before.values(), *velocity.values()),
        results=after,
        terms=terms,
    )


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

    what = "the inputs" if layer == 1 else f"what layer {layer - 1} hands on"
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


@recipe(codes.NORM)
def norm(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    z, gamma, beta = b.operands(step, f"z{layer}", f"gamma{layer}", f"beta{layer}")
    mean, var, xhat, u = b.results(step, f"mean{layer}", f"var{layer}", f"xhat{layer}", f"u{layer}")
    batch = b.tape.norms[layer - 1] == "batch"
    over = "the samples of the mini-batch, unit by unit" if batch else "the units of the layer, sample by sample"

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


@recipe(codes.ACTIVATION)
def activation(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    z, out = b.operand(step, next(iter(step.operands))), b.result(step, next(iter(step.results)))
    kind = b.tape.activations[layer - 1]
    slopes = b.operand(step, f"alpha{layer}") if kind == "prelu" else None

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        at, value = b.entry(z, row, column), float(out.array[row, column])
        if kind == "identity":
            return at
        if kind == "softmax":
            return call(rf"{FUNCTIONS[kind]}_{{{row + 1}}}", value, *(b.entry(z, j, column) for j in range(len(z.array))))
        if kind in ("relu", "leaky_relu", "prelu"):
            if at.value > 0.0:
                return at
            below = {"relu": constant("0", 0.0), "leaky_relu": constant(r"\alpha", LEAKY_SLOPE)}
            slope = b.entry(slopes, row, 0) if slopes is not None else below[kind]
            return product(slope, at)
        return call(FUNCTIONS[kind], value, at)

    row_of = ACTIVATIONS[kind]
    b.add(
        step,
        "activation",
        title=f"Forward through {b.layer_name(layer)}: the bend",
        why=row_of.summary if kind != "identity" else "There is no bend here: the output is the sum itself.",
        rule=f"{out.symbol} = {b.n.phi}({z.symbol})",
        operands=(z,) if slopes is None else (z, slopes),
        results=(out,),
        matrix=(f"{b.n.phi}", "(", Factor(z.name), ")", "=", Factor(out.name)),
        terms=terms,
        nodes=out.name,
        extra=((b.n.phi, f"the activation function of {b.layer_name(layer)}: {row_of.title}"),),
    )


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
        why=f"Each unit is silent with probability {share:g}, drawn anew at every update: no unit can rely on another.",
        rule=rf"{out.symbol} = {mask.symbol} \odot {a.symbol}",
        operands=(mask, a),
        results=(out, mask),
        matrix=(Factor(mask.name), "⊙", Factor(a.name), "=", Factor(out.name)),
        terms=terms,
        nodes=out.name,
    )


@recipe(codes.SKIP)
def skip(b: Builder, step: MicroStep) -> None:
    layer = step.layer
    own, source, *rest = (b.operand(step, name) for name in step.operands)
    out = b.result(step, f"h{layer}")
    matrix = rest[0] if rest else None

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        if matrix is None:
            return total((b.entry(own, row, column), b.entry(source, row, column)), main=True)
        led = [product(b.entry(matrix, row, k), b.entry(source, k, column)) for k in range(len(source.array))]
        return total((b.entry(own, row, column), *led), main=True)

    along = f"{matrix.symbol}\\, {source.symbol}" if matrix else source.symbol
    led = (Factor(matrix.name), "·", Factor(source.name)) if matrix else (Factor(source.name),)
    b.add(
        step,
        "skip",
        title=f"The skip into layer {layer}",
        why="What an earlier layer said is added unchanged: a short way forward, and on the way back a short way for blame.",
        rule=f"{out.symbol} = {own.symbol} + {along}",
        operands=(own, source, *rest),
        results=(out,),
        matrix=(Factor(own.name), "+", *led, "=", Factor(out.name)),
        terms=terms,
        nodes=out.name,
    )


@recipe(codes.LOSS)
def loss(b: Builder, step: MicroStep) -> None:
    last = step.layer
    z, h, y = b.operands(step, f"z{last}", f"h{last}", "y")
    losses, mean = b.result(step, "losses"), b.named("loss", step.results["loss"])
    kind, output = b.tape.loss, b.tape.activations[-1]
    half = constant(r"\tfrac{1}{2}", 0.5)

    def logarithm(row: int, column: int, missing: bool) -> Expression:
        at: Expression = b.entry(h, row, column)
        shown = difference(constant("1", 1.0), at) if missing else at
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
                each.append(negative(product(difference(constant("1", 1.0), target), logarithm(k, column, True))))
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
