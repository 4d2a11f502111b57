"""Skip connections, forward and back, and the gradient of their matrices, in words and terms."""

from __future__ import annotations

from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, product, total
from engine.microscope.recipes.affine import outer
from engine.microscope.recipes.builder import Builder, recipe
from engine.microscope.steps import Factor


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
        why="The output of an earlier layer is added: a short path forward for activations, and backward for the error signal.",
        rule=f"{out.symbol} = {own.symbol} + {along}",
        operands=(own, source, *rest),
        results=(out,),
        matrix=(Factor(own.name), "+", *led, "=", Factor(out.name)),
        terms=terms,
        nodes=out.name,
    )


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
        title=f"Error signal back along the skip into layer {above}",
        why="What was added going forward is added going backward: an error signal that no layer in between has shrunk.",
        rule=rf"{after.symbol} \leftarrow {before.symbol} + {along}",
        operands=(before, g, *((matrix,) if matrix else ())),
        results=(after,),
        matrix=(Factor(before.name), "+", *led, "=", Factor(after.name)),
        terms=terms,
        nodes=after.name,
    )


@recipe(codes.SKIP_GRADIENT)
def skip_gradient(b: Builder, step: MicroStep) -> None:
    g, source = (b.operand(step, name) for name in step.operands)
    outer(b, step, g, source, b.result(step, f"dP{step.layer}"), f"P{step.layer}")
