"""Of an expression: the values of its steps, and the derivatives that go back through it."""

from __future__ import annotations

from engine.lessons.building import Built
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.row import GRAPH, Count, Word, measure
from engine.microscope.expressions.graph import Node

RESULT = "f"


def _node(built: Built, name: str) -> Node:
    """By its name: an input, v1, v2, …, or f, the result."""
    nodes = built.graph.nodes
    if name == RESULT and name not in built.graph.inputs:
        return nodes[-1]
    known = {node.symbol.replace("_{", "").rstrip("}"): node for node in nodes}
    if name not in known:
        raise UnmeasurableError(f"there is no {name}", f"{RESULT}, {', '.join(known)}")
    return known[name]


@measure(kinds=GRAPH, latex="{name}")
def node(built: Built, name: Word) -> float:
    """The value of a step of the expression: f, the result, or v1, v2, … in the order of the forward pass, or an input.

    >>> measured("node(f)", graph={"text": "(x + y) * x", "inputs": {"x": 3, "y": -1}})
    6.0
    """
    return _node(built, name).value


@measure(kinds=GRAPH, latex=r"\partial f/\partial {name}")
def slope(built: Built, name: Word) -> float:
    """The derivative of the expression by one of its inputs, or by a step v1, v2, ….

    >>> measured("slope(x)", graph={"text": "(x + y) * x", "inputs": {"x": 3, "y": -1}})
    5.0
    """
    if name in built.graph.inputs:
        return built.graph.gradient[name]
    return _node(built, name).adjoint


@measure(kinds=GRAPH)
def paths(built: Built, name: Word) -> float:
    """How many paths lead from the result back to an input.

    >>> measured("paths(x)", graph={"text": "(x + y) * x", "inputs": {"x": 3, "y": -1}})
    2.0
    """
    return float(len(_paths(built, name)))


@measure(kinds=GRAPH)
def path(built: Built, name: Word, number: Count) -> float:
    """The product of the derivatives along one of the paths back to an input, counted from 1.

    >>> measured("path(x, 1) + path(x, 2)", graph={"text": "(x + y) * x", "inputs": {"x": 3, "y": -1}})
    5.0
    """
    found = _paths(built, name)
    if number > len(found):
        raise UnmeasurableError(f"there is no path {number} to {name}", f"1 to {len(found)}")
    return found[number - 1]


MOST_PATHS = 1000


def _paths(built: Built, name: str) -> list[float]:
    graph = built.graph
    if name not in graph.inputs:
        raise UnmeasurableError(f"there is no input {name}", ", ".join(graph.inputs))
    reach = [0] * len(graph.nodes)
    reach[-1] = 1
    for each in reversed(graph.nodes):  # how many lead to each: there may be 2⁵⁰ of them
        for edge in each.edges:
            reach[edge.source] += reach[each.id]
    total = sum(reach[each.id] for each in graph.nodes if not each.edges)
    if total > MOST_PATHS:
        raise UnmeasurableError(f"there are {total} paths", f"up to {MOST_PATHS}")
    return [product for _, product in graph.paths(name)]
