"""An optimizer's formulas, as its equations have them, in NumPy."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from engine.arithmetic import parsed

FUNCTIONS = {"sqrt": "np.sqrt", "abs": "np.abs", "max": "np.maximum", "min": "np.minimum", "sign": "np.sign"}


class _InNumPy(ast.NodeTransformer):
    """Functions and cases become NumPy's, names what they are called, and what stands for a name already that name."""

    def __init__(self, names: Mapping[str, str], known: Mapping[str, str]) -> None:
        self.names, self.known = names, known

    def visit(self, node: ast.AST) -> ast.AST:
        found = self.known.get(ast.dump(node))
        return _expression(self.names.get(found, found)) if found else super().visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:  # ast's own spelling
        return _expression(self.names.get(node.id, node.id))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        assert isinstance(node.func, ast.Name)
        return ast.Call(_expression(FUNCTIONS.get(node.func.id, node.func.id)), [self._part(each) for each in node.args], [])

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return ast.Call(_expression("np.where"), [self._part(each) for each in (node.test, node.body, node.orelse)], [])

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        left, right = self._part(node.left), self._part(node.right)
        if isinstance(node.op, ast.Mult) and isinstance(left, ast.Name) and ast.dump(left) == ast.dump(right):
            return ast.BinOp(left, ast.Pow(), ast.Constant(2))
        return ast.BinOp(left, node.op, right)

    def _part(self, node: ast.expr) -> ast.expr:
        found = self.visit(node)
        assert isinstance(found, ast.expr)
        return found


def in_numpy(formula: str, names: Mapping[str, str], quantities: Mapping[str, str]) -> str:
    """A formula with its names as they are called, `names`; where an earlier one of the `quantities`, by name, stands written
    out in it, by that name."""
    known = {ast.dump(_expression(text)): name for name, text in quantities.items() if not text.isidentifier()}
    tree = _InNumPy(names, known).visit(_expression(formula))
    return ast.unparse(ast.fix_missing_locations(tree)).replace(" ** ", "**")


def names_of(expression: str) -> set[str]:
    """The names in an expression."""
    return {node.id for node in ast.walk(parsed(expression)) if isinstance(node, ast.Name)}


def _expression(text: str) -> ast.expr:
    return parsed(text).body
