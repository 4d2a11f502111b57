"""The chain rule on a small expression: its graph, forward values, and adjoints by reverse mode, node by node.

In one variable the chain rule is a product along a path; in several it is a sum over paths: an adjoint adds up what arrives
along every edge. Values and derivatives are exact (rules of differentiation, no differences).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.arithmetic import Binary, Call, FormulaError, Grammar, Name, Number, Signed, Tree
from engine.evaluation.curves import curve
from engine.microscope.expressions.expression import digits_of, plain
from engine.rows.activations import ACTIVATIONS


def _activation(name: str) -> tuple[str, Any, Any]:
    """An activation's LaTeX, φ and φ′, as the kernels compute them."""
    row = ACTIVATIONS[name]
    latex = row.symbol or rf"\operatorname{{{row.title}}}"
    return latex, lambda x: float(curve(name, [x]).value[0]), lambda x, v: float(curve(name, [x]).slope[0])


FUNCTIONS: dict[str, tuple[str, Any, Any]] = {
    # name: LaTeX, value, derivative by (argument, value)
    "sin": (r"\sin", math.sin, lambda x, v: math.cos(x)),
    "cos": (r"\cos", math.cos, lambda x, v: -math.sin(x)),
    "exp": (r"\exp", math.exp, lambda x, v: v),
    "ln": (r"\ln", math.log, lambda x, v: 1.0 / x),
    "sqrt": (r"\operatorname{sqrt}", math.sqrt, lambda x, v: 0.5 / v),
    **{name: _activation(name) for name in ("tanh", "sigmoid", "relu")},
}
SIGNS = {"+": "+", "-": "−", "*": "·", "/": "/", "**": "^"}
UNDERSTOOD = f"+ - * / ^, {', '.join(FUNCTIONS)}"
FACTORS = "; write * between factors"
MOST_NODES = 60
MOST_CHARACTERS = 200


@dataclass(frozen=True)
class Edge:
    """To an operand of its node: `local` is the derivative of the node by it, in symbols `rule`; `share` what it sends, the
    node's adjoint times local."""

    source: int
    local: float
    rule: str
    share: float


@dataclass(frozen=True)
class Node:
    """One step of the calculation. `op`: "input", "number", a sign or a function; `symbol` its name in LaTeX (inputs as given,
    others v_1, v_2, …); `adjoint` is ∂out/∂node."""

    id: int
    op: str
    symbol: str
    text: str
    value: float
    adjoint: float
    edges: tuple[Edge, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "op": self.op,
            "symbol": self.symbol,
            "text": self.text,
            "value": plain(self.value),
            "adjoint": plain(self.adjoint),
            "edges": [
                {"source": edge.source, "local": plain(edge.local), "rule": edge.rule, "share": plain(edge.share)}
                for edge in self.edges
            ],
        }


@dataclass(frozen=True)
class Graph:
    """Nodes in the order of the forward pass; the last one is the result. Backward runs through them the other way."""

    text: str
    inputs: dict[str, float]
    nodes: tuple[Node, ...]

    @property
    def value(self) -> float:
        return self.nodes[-1].value

    @property
    def gradient(self) -> dict[str, float]:
        """∂out/∂input of every named input; 0 for one that does not occur."""
        found = {node.symbol: node.adjoint for node in self.nodes if node.op == "input"}
        return {name: found.get(name, 0.0) for name in self.inputs}

    def paths(self, name: str) -> list[tuple[tuple[int, ...], float]]:
        """The chain rule in several variables: every path from the result back to an input, and its product of locals. Their
        sum is the input's derivative."""
        found: list[tuple[tuple[int, ...], float]] = []

        def walk(at: int, so_far: tuple[int, ...], product: float) -> None:
            node = self.nodes[at]
            if node.op == "input" and node.symbol == name:
                found.append((so_far, product))
            for edge in node.edges:
                walk(edge.source, (*so_far, edge.source), product * edge.local)

        walk(len(self.nodes) - 1, (len(self.nodes) - 1,), 1.0)
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "inputs": {name: plain(value) for name, value in self.inputs.items()},
            "nodes": [node.as_json() for node in self.nodes],
            "gradient": {name: plain(value) for name, value in self.gradient.items()},
            "paths": {name: [{"nodes": list(way), "product": plain(x)} for way, x in self.paths(name)] for name in self.inputs},
        }

    @classmethod
    def read(cls, text: str, inputs: Mapping[str, float]) -> Graph:
        """The graph of an expression of + - * / ^ (or **), functions, numbers and the named inputs, at their values.

        Raises ValueError naming what is not understood, or where a value does not exist.
        """
        return _Reader(text, dict(inputs)).graph()


class _Reader:
    """Reads, evaluates, and goes back."""

    def __init__(self, text: str, inputs: dict[str, float]) -> None:
        self.text, self.inputs = text, inputs
        numbers = {name: value for name, (_, value, _) in FUNCTIONS.items()}
        self.grammar = Grammar(dict.fromkeys(FUNCTIONS, 1), names=inputs, numbers=numbers, deepest=MOST_NODES)
        self.rows: list[tuple[str, str, str, float, list[tuple[int, float, str]]]] = []
        self.known: dict[str, int] = {}
        self.made = 0

    def graph(self) -> Graph:
        self.node(self.tree())
        adjoints = [0.0] * len(self.rows)
        adjoints[-1] = 1.0
        nodes: list[Node] = []
        for i in range(len(self.rows) - 1, -1, -1):
            op, symbol, text, value, edges = self.rows[i]
            led = []
            for source, local, rule in edges:
                share = adjoints[i] * local
                adjoints[source] += share
                led.append(Edge(source, local, rule, share))
            nodes.append(Node(i, op, symbol, text, value, adjoints[i], tuple(led)))
        return Graph(self.text, self.inputs, tuple(reversed(nodes)))

    def tree(self) -> Tree:
        """What the text says, every level of which is a step at least."""
        if len(self.text) > MOST_CHARACTERS:
            raise ValueError(f"text: {len(self.text)} characters given; allowed: up to {MOST_CHARACTERS}")
        try:
            return self.grammar.read(self.text)
        except FormulaError as problem:
            part, place = f"'{problem.part}'", f"at character {problem.position}"
            hint = FACTORS if FACTORS in problem.problem else ""
            refused = {
                "text": f"'{self.text}' is no expression {place}{hint}; allowed: {UNDERSTOOD}",
                "part": f"{part} {place} is not understood{hint}; allowed: {UNDERSTOOD}",
                "name": f"{part} {place} has no value{hint}; allowed: {', '.join(self.inputs)}",
                "number": f"{part} {place} is not finite here; allowed: where it is",
                "depth": f"more than {MOST_NODES} steps; allowed: up to {MOST_NODES}",
            }
            raise ValueError(f"text: {refused[problem.kind]}") from None

    def node(self, tree: Tree) -> int:
        text = tree.text
        if text in self.known:
            return self.known[text]
        try:
            row = self._row(tree, text)
        except (ArithmeticError, ValueError, TypeError) as problem:
            if str(problem).startswith("text:"):
                raise
            place = f"'{text}' at character {tree.position}"
            raise ValueError(f"text: {place} has no value here ({problem}); allowed: where it is defined") from problem
        if not math.isfinite(row[3]):
            raise ValueError(f"text: '{text}' at character {tree.position} is not finite here; allowed: where it is")
        if len(self.rows) >= MOST_NODES:
            raise ValueError(f"text: more than {MOST_NODES} steps; allowed: up to {MOST_NODES}")
        self.rows.append(row)
        self.known[text] = len(self.rows) - 1
        return self.known[text]

    def _row(self, tree: Tree, text: str) -> tuple[str, str, str, float, list[tuple[int, float, str]]]:
        if isinstance(tree, Name):
            return "input", tree.name, text, float(self.inputs[tree.name]), []
        if isinstance(tree, Number):
            return "number", digits_of(tree.value), text, tree.value, []
        if isinstance(tree, Signed):
            source = self.node(tree.operand)
            return "−", self._name(), text, -self.rows[source][3], [(source, -1.0, "-1")]
        if isinstance(tree, Call):
            latex, function, slope = FUNCTIONS[tree.function]
            source = self.node(tree.arguments[0])
            x = self.rows[source][3]
            value = function(x)
            return tree.function, self._name(), text, value, [(source, slope(x, value), rf"{latex}'")]
        assert isinstance(tree, Binary)
        return self._binary(tree, text)

    def _binary(self, tree: Binary, text: str) -> tuple[str, str, str, float, list[tuple[int, float, str]]]:
        left, right = self.node(tree.left), self.node(tree.right if tree.sign != "**" else self._exponent(tree))
        a, b = self.rows[left][3], self.rows[right][3]
        u, v = self.rows[left][1], self.rows[right][1]
        sign = SIGNS[tree.sign]
        if sign == "+":
            value, slopes = a + b, (1.0, 1.0, "1", "1")
        elif sign == "−":
            value, slopes = a - b, (1.0, -1.0, "1", "-1")
        elif sign == "·":
            value, slopes = a * b, (b, a, v, u)
        elif sign == "/":
            value, slopes = a / b, (1.0 / b, -a / (b * b), rf"\frac{{1}}{{{v}}}", rf"-\frac{{{u}}}{{{v}^2}}")
        else:
            slope = b * math.pow(a, b - 1.0) if b else 0.0
            value, slopes = math.pow(a, b), (slope, 0.0, rf"{v}\, {u}^{{{v} - 1}}", "0")
        edges = [(left, slopes[0], slopes[2])]
        if sign != "^":
            edges.append((right, slopes[1], slopes[3]))
        return sign, self._name(), text, value, edges

    def _exponent(self, tree: Binary) -> Tree:
        """A number, also where it is written as 1 + 1: nothing leads back to it."""
        right = tree.right
        value = self.grammar.folded(right)
        if value is None:
            place = f"'{tree.text}' at character {right.position}"
            raise ValueError(f"text: the exponent of {place} is no number; allowed: numbers")
        return right if isinstance(right, Number) else Number(right.position, f"({right.text})", value)

    def _name(self) -> str:
        self.made += 1
        return f"v_{{{self.made}}}"


@dataclass(frozen=True)
class GraphExample:
    """A ready expression with its inputs."""

    name: str
    title: str
    summary: str
    text: str
    inputs: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


GRAPHS = {
    example.name: example
    for example in (
        GraphExample("one", "one variable", "A chain: the derivative is the product along it.", "sin(x ** 2)", {"x": 1.5}),
        GraphExample(
            "several",
            "several variables",
            "x reaches the result along two paths, and its derivative is the sum of both products.",
            "(x + y) * x",
            {"x": 3.0, "y": -1.0},
        ),
        GraphExample(
            "neuron",
            "one neuron",
            "A sigmoid unit and its squared error: backpropagation is this and nothing else.",
            "0.5 * (sigmoid(w * x + b) - t) ** 2",
            {"w": 0.5, "x": 1.0, "b": 0.1, "t": 1.0},
        ),
    )
}
