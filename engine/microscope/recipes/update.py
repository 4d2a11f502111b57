"""Penalties, clipping and the update itself, in words and terms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, call, constant, product, quotient, total
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.update_equations import equations_for, inputs_of, quantities, symbols_of, tree, written_out
from engine.microscope.values import Value
from engine.optimizers.row import SAVED


@recipe(codes.PENALTY)
def penalty(b: Builder, step: MicroStep) -> None:
    name = next(iter(step.operands))
    weights, before = b.operands(step, name, f"d{name}")
    after = b.names.of_objective(b.result(step, f"d{name}"))
    l1, l2 = step.numbers["l1"], step.numbers["l2"]

    def terms(_: str, row: int, column: int, sample: int) -> Expression:
        w = b.entry(weights, row, column)
        sign = constant(rf"\operatorname{{sign}} {w.symbol}", float(np.sign(w.value)))
        pull = total((product(constant(r"\lambda", l2), w), product(constant(r"\lambda_1", l1), sign)))
        return total((b.entry(before, row, column), pull))

    pulls = [rf"\lambda {weights.symbol}"] if l2 else []
    pulls += [rf"\lambda_1 \operatorname{{sign}} {weights.symbol}"] if l1 else []
    b.add(
        step,
        "penalty",
        title=f"The penalty pulls on {name}",
        why="Large weights cost something: the gradient of that cost draws each weight towards 0. Biases are left alone.",
        rule=rf"{after.symbol} = {before.symbol} + {' + '.join(pulls)}",
        operands=(before, weights),
        results=(after,),
        terms=terms,
        extra=((r"\lambda", f"the weight of the squared penalty, {l2:g}"), (r"\lambda_1", f"of the absolute one, {l1:g}")),
    )


@recipe(codes.CLIP)
def clip(b: Builder, step: MicroStep) -> None:
    names = [name for name in step.results if name != "norm"]
    before = {name: b.names.of_objective(b.operand(step, name)) for name in names}
    after = [b.names.of_objective(b.result(step, name)) for name in names]
    norm = b.named("norm", step.results["norm"])
    most = step.numbers["clip_value"]
    limit, eps, size = step.numbers["clip"], step.numbers["clip_eps"], step.numbers["norm"]
    clipped = any(step.operands[name].tobytes() != step.results[name].tobytes() for name in names)

    def terms(name: str, row: int, column: int, sample: int) -> Expression:
        if name == "norm":
            return b.entry(norm, row, column)
        own = b.entry(before[name], row, column)
        scaled: Expression = own
        if limit > 0.0 and size > limit - eps:
            length: Expression = constant(norm.symbol, size)
            length = total((length, constant(r"\varepsilon", eps))) if eps else length
            scaled = product(own, quotient(constant("c", limit), length))
        if most > 0.0 and abs(scaled.value) > most:
            value = most if scaled.value > 0.0 else -most
            return call(r"\operatorname{clip}", value, scaled, constant("-c_1", -most), constant("c_1", most))
        return scaled

    rules = (
        [rf"\nabla {b.n.objective} \leftarrow \nabla {b.n.objective} \cdot \min\left(1, \frac{{c}}{{{norm.symbol}}}\right)"]
        if limit
        else []
    )
    rules += [r"g \leftarrow \max(-c_1, \min(g, c_1))"] if most else []
    bounds = [f"A gradient longer than c = {limit:g} would throw the parameters far off."] if limit else []
    bounds += [f"No entry goes beyond c₁ = {most:g} either way."] if most else []
    happened = f"Its length is {size:.4g}: " + ("it is too much." if clipped else "nothing is clipped.")
    b.add(
        step,
        "clip",
        title="Clipping: the gradient's length is bounded" if clipped else "Clipping: the gradient is short enough",
        why=f"{' '.join(bounds)} {happened}",
        rule=r",\quad ".join(rules),
        operands=tuple(before.values()),
        results=(*after, norm),
        terms=terms,
        short=r"\text{clip}",
        extra=(("c", f"the largest length that is let through, {limit:g}"), ("c_1", f"the largest entry, {most:g}")),
    )


@recipe(codes.HOLD)
def hold(b: Builder, step: MicroStep) -> None:
    name = next(iter(step.results))
    before, after = b.operand(step, name), b.names.of_objective(b.result(step, name))
    title = f"The biases of {b.layer_name(step.layer)} are held"
    why = "This network leaves its biases as they are: their gradient exists, and is not followed."
    rule = rf"{after.symbol} \leftarrow 0"
    frozen = int(b.tape.ops[step.index, codes.FROZEN_COUNT])
    if frozen:
        title = f"{frozen} of {after.array.size} entries of {name[1:]} {'is' if frozen == 1 else 'are'} frozen"
        why = "What is frozen is not trained: its gradient exists, as computed before; for clipping and the optimizer it is 0."
        rule = rf"{rule} \text{{ where frozen}}"
    b.add(
        step,
        "hold",
        title=title,
        why=why,
        rule=rule,
        operands=(before,),
        results=(after,),
    )


@recipe(codes.UPDATE)
def update(b: Builder, step: MicroStep) -> None:
    """A micro-step for each parameter tensor of the op."""
    optimizer = b.spec.optimizer
    for slot in b.tape.slots:
        if slot.name in step.results:
            frozen = b.tape.frozen.within(slot)
            tensor_update(b, step, slot.name, optimizer.row.formulas[optimizer.dialect], slot.matrix, frozen)


CHANGING = {
    "W": "weights",
    "b": "biases",
    "P": "skip's matrix",
    "alpha": "slopes",
    "gamma": "norm's scale",
    "beta": "norm's shift",
}
WHY = "All gradients use the old parameters; only now are they updated."


def tensor_update(b: Builder, step: MicroStep, name: str, formula: str, matrix: bool, frozen: NDArray[np.bool_]) -> None:
    """`frozen`: which entries stay as they are, of the parameter's shape."""
    note = b.frozen_note(name, "there Δ = 0, whatever the optimizer does.")
    optimizer, kind = b.spec.optimizer, name.rstrip("0123456789")
    title = f"The {CHANGING[kind]} of {b.layer_name(step.layer)} change{'' if kind in ('W', 'b', 'alpha') else 's'}"
    gradient = b.names.of_objective(b.operand(step, f"d{name}"))
    after = b.value(name, step.results[name], "after")
    reason = optimizer.form.of(matrix).equations
    if isinstance(reason, str):
        before = b.value(name, step.operands[name], "before")
        why = f"{WHY} The update is not written out: {reason}."
        b.add(step, "update", title=title, why=why, rule=formula, operands=(before, gradient), results=(after,), note=note)
        return
    equations = equations_for(optimizer, matrix=matrix)
    inputs, symbols = inputs_of(step, name, optimizer, equations), symbols_of(optimizer, equations)
    before = b.value(name, inputs["theta"], "before")

    def like(quantity: str, symbol: str, words: str, array: object) -> Value:
        filled = np.broadcast_to(np.asarray(array, dtype=np.float64), inputs["theta"].shape).copy()
        whole = filled.reshape(-1, 1) if filled.ndim == 1 else filled
        return Value(f"{quantity}.{name}", symbol, words, whole, after.rows, after.columns, "parameters", "during")

    made = quantities(equations, inputs)
    between = [
        like(quantity.name, quantity.symbol, quantity.words, made[quantity.name])
        for quantity in equations.quantities
        if quantity.becomes != "theta"
    ]
    state = [
        b.state(key.rpartition(".")[0], name, array)
        for key, array in step.operands.items()
        if key.endswith(f".{name}") and not key.startswith(f"{SAVED}.")
    ]

    def terms(result: str, row: int, column: int, sample: int) -> Expression:
        index = (row, column) if matrix else (row,)
        if result == name and frozen[index]:
            return b.entry(before, row, column)
        if result == name:
            return written_out(equations, inputs, index, symbols)
        return tree(equations, inputs, index, symbols)[result.rpartition(".")[0]]

    b.add(
        step,
        "update",
        title=title,
        why=WHY,
        rule=formula,
        operands=(before, gradient, *state),
        results=(after, *between),
        terms=terms,
        note=note,
        extra=optimizer.row.symbols,
    )
