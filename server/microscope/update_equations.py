"""An update rule taken apart, as it is sent: of a parameter of the network, and of a lane on a surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.mathml import inline

if TYPE_CHECKING:
    from engine.microscope import Dissection, Writing


def told(found: Dissection, how: Writing) -> dict[str, Any]:
    """With MathML in each part; `how` its numbers are written."""
    from engine.microscope import latex

    whole = found.as_json()
    for kind, parts in (("inputs", found.inputs), ("parts", found.parts)):
        for part, row in zip(parts, whole[kind], strict=True):
            numbers = latex(part.expression, how) if part.numbers else ""
            row |= {"numbers": numbers, "symbol_mathml": inline(part.symbol)}
            row |= {"formula_mathml": inline(part.formula), "numbers_mathml": inline(numbers)}
    return whole
