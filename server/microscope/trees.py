"""Equations as they are sent: a long sum by its first terms, and nothing of what is withheld."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from server.microscope.prediction.hidden import Withheld
from server.microscope.scope import Scope

if TYPE_CHECKING:
    from engine.microscope import Equation

MOST = 12
"""Terms of a sum that are sent; of a longer one the first, those looked at, and the last."""


def equation_json(entry: Equation, equation: Equation, scope: Scope, looked_at: int) -> dict[str, Any]:
    """`result`, `expression` and, at depth edge, `whole` (the sum that the term is of) are trees: {kind: "number", symbol,
    value, name, place} or {kind, symbol, value, main, parts}; in a long sum {kind: "more", count} stands for the terms left
    out, and parts have their index as `at`. A value that is withheld is null."""
    whole = {
        "depth": equation.depth,
        "result": equation.result.as_json(),
        "expression": _folded(equation.expression.as_json(), looked_at),
        "computed": equation.as_json()["computed"],
        "exact": equation.exact,
        "term": equation.term,
        "terms": equation.terms,
    }
    withheld = scope.withheld
    if equation.depth == "edge":
        whole["whole"] = _folded(entry.expression.as_json(), looked_at)
    trees = [whole[name] for name in ("expression", "whole") if name in whole]
    hidden = [_withhold(tree, withheld) for tree in trees]
    if _withhold(whole["result"], withheld):
        # What the terms add up to is that number too.
        for tree in trees if equation.terms == 1 else trees[-1:]:
            _withhold_sums(tree)
        hidden.append(True)
    if any(hidden):
        whole["computed"] = None
    return whole


def symbols(equation: dict[str, Any] | None) -> Iterator[str]:
    """Every symbol in an equation."""
    for name in ("result", "expression", "whole"):
        if equation is not None and name in equation:
            yield from _symbols(equation[name])


def _symbols(tree: dict[str, Any]) -> Iterator[str]:
    if tree.get("symbol"):
        yield tree["symbol"]
    for part in tree.get("parts", ()):
        yield from _symbols(part)


def _folded(tree: dict[str, Any], looked_at: int) -> dict[str, Any]:
    parts = tree.get("parts")
    if parts is None:
        return tree
    kept = list(range(len(parts)))
    if tree["kind"] == "sum" and len(parts) > MOST:
        kept = sorted({*range(MOST - 2), len(parts) - 1, *([looked_at] if tree["main"] and looked_at < len(parts) else [])})
    made: list[dict[str, Any]] = []
    before = -1
    for index in kept:
        if index > before + 1:
            made.append({"kind": "more", "count": index - before - 1})
        made.append({**_folded(parts[index], looked_at), "at": index})
        before = index
    return {**tree, "parts": made}


def _withhold_sums(tree: dict[str, Any]) -> None:
    """Take away what the whole comes to, down to its main sum; the terms stay."""
    tree["value"] = None
    if not tree.get("main"):
        for part in tree.get("parts", ()):
            if part["kind"] not in ("number", "more"):
                _withhold_sums(part)


def _withhold(tree: dict[str, Any], withheld: Withheld) -> bool:
    """Take the values away that are withheld, and those of whatever is made of them: True where something was."""
    if tree["kind"] == "more":
        return False
    if tree["kind"] == "number":
        row, column = tree["place"] or (-1, -1)
        hidden = isinstance(tree["value"], float) and withheld.entry(tree["name"], row, column, tree["value"])
    else:
        hidden = sum(_withhold(part, withheld) for part in tree["parts"]) > 0  # all of them, not only up to the first
        hidden = hidden or (isinstance(tree["value"], float) and withheld.value(tree["value"]))
    if hidden:
        tree["value"] = None
    return hidden
