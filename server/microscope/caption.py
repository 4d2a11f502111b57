"""The micro-step in a caption, as those read it who have no room for the whole microscope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.mathml import inline, prose
from server.microscope.place import equations_of, place_of
from server.microscope.scope import Sight

if TYPE_CHECKING:
    from engine import Trainer

TERMS = 6
"""Of a sum that are written out."""


def caption(trainer: Trainer, sight: Sight) -> dict[str, Any]:
    """`micro` of `steps`, `phase`, `layer`, `title`; `why` and what follows are HTML: the `rule`, and of the entry that is
    looked at its `formula` and the same in `numbers`, empty where it has none or where some of them are asked for."""
    from engine.microscope import Writing

    scope, key, look = sight
    update = scope.update(trainer, key, look.notation)
    place = place_of(update, look)
    step, found = place.step, equations_of(place, look)
    formula = numbers = ""
    if found is not None:
        equation = found[1]
        formula = inline(equation.latex(Writing(terms=TERMS)))
        if not scope.withheld:
            numbers = inline(equation.latex(Writing(numbers=True, terms=TERMS)))
    return {
        "micro": step.index,
        "steps": len(update.steps),
        "phase": step.phase,
        "layer": step.layer,
        "title": step.title,
        "why": prose(step.why),
        "rule": inline(step.rule),
        "formula": formula,
        "numbers": numbers,
    }
