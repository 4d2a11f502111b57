"""The microscope: one update of a running network, micro-step by micro-step, with every number and why it is what it is."""

from engine.microscope.code import Line, Listing, likeness, listing
from engine.microscope.expressions.expression import HIDDEN, Expression, Number, Operation, Withheld, Writing, latex
from engine.microscope.expressions.graph import GRAPHS, Graph, GraphExample
from engine.microscope.factors import Factors, factors
from engine.microscope.in_place_update import InPlaceUpdate, in_place
from engine.microscope.notations import NOTATIONS, Notation
from engine.microscope.presets import PRESETS, Preset
from engine.microscope.samples import SampleChain, sample_chain
from engine.microscope.sheet import sheet, step_latex
from engine.microscope.steps import Equation, Factor, Flow, Step
from engine.microscope.update_checks import Change, SlopeCheck, change, check
from engine.microscope.update_equations import Dissection, Part, dissect
from engine.microscope.update_view import Update, in_notation, next_update
from engine.microscope.values import Axis, Symbol, Value

__all__ = [
    "GRAPHS",
    "HIDDEN",
    "NOTATIONS",
    "PRESETS",
    "Axis",
    "Change",
    "Dissection",
    "Equation",
    "Expression",
    "Factor",
    "Factors",
    "Flow",
    "Graph",
    "GraphExample",
    "InPlaceUpdate",
    "Line",
    "Listing",
    "Notation",
    "Number",
    "Operation",
    "Part",
    "Preset",
    "SampleChain",
    "SlopeCheck",
    "Step",
    "Symbol",
    "Update",
    "Value",
    "Withheld",
    "Writing",
    "change",
    "check",
    "dissect",
    "factors",
    "in_notation",
    "in_place",
    "latex",
    "likeness",
    "listing",
    "next_update",
    "sample_chain",
    "sheet",
    "step_latex",
]
