"""The microscope: one update of a running network, micro-step by micro-step, with every number and why it is what it is."""

from engine.microscope.anatomy import Dissection, Part, dissect
from engine.microscope.expression import Expression, Number, Operation, Writing, latex
from engine.microscope.notations import NOTATIONS, Notation
from engine.microscope.steps import Equation, Factor, Flow, Step
from engine.microscope.update_view import Update, look, tell
from engine.microscope.values import Axis, Symbol, Value

__all__ = [
    "NOTATIONS",
    "Axis",
    "Dissection",
    "Equation",
    "Expression",
    "Factor",
    "Flow",
    "Notation",
    "Number",
    "Operation",
    "Part",
    "Step",
    "Symbol",
    "Update",
    "Value",
    "Writing",
    "dissect",
    "latex",
    "look",
    "tell",
]
