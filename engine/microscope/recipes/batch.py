"""What an update begins with: its mini-batch, its rate, and where the gradient is taken; in words and terms."""

from __future__ import annotations

from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import Expression, constant, difference, product
from engine.microscope.recipes.builder import Builder, recipe


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
