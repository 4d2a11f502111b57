"""What several recipes of the backward pass read: the error signal before the activation, the activation's input."""

from __future__ import annotations

from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import constant
from engine.microscope.recipes.builder import Builder
from engine.microscope.values import Value

ONE = constant("1", 1.0)
COUPLED = (
    "Under batch norm the samples of a mini-batch act on each other: a column of δ is B·∂𝓛/∂z, "
    "and no gradient of that sample alone."
)


def activation_input(b: Builder, layer: int) -> str:
    """The name of what φ was taken of."""
    return f"u{layer}" if layer < b.names.last and b.tape.norms[layer - 1] else f"z{layer}"


def signal_before_activation(b: Builder, step: MicroStep, layer: int) -> Value:
    """The operand that lies where δ will, not yet through the activation: ∂ℓ/∂h (or ∂ℓ/∂a)."""
    return b.value(f"g{layer}", step.operands[f"delta{layer}"])
