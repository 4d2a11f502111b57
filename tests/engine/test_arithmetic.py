"""The one reader of arithmetic: it means what Python means, knows only what its user lists, and says where it stops."""

import ast
import doctest
import gc
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import arithmetic
from engine.arithmetic import Binary, Call, Choice, FormulaError, Grammar, Name, Number, Signed, parts
from engine.microscope.expressions.arithmetic import GRAMMAR as EQUATIONS
from engine.surfaces.formula import GRAMMAR as SURFACE

ROOT = Path(__file__).parents[2]
PLAIN = Grammar({"f": 1, "g": 2}, names=("a", "b"), constants={"e": math.e}, prefixes="+-", choices=True, allowed="a, b")
GIVEN = {"a": 1.7, "b": -0.4, "e": math.e, "f": math.sin, "g": math.hypot}


def value(tree):
    """What a tree is worth, at GIVEN: the meaning of each kind of part, once more."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Name):
        return GIVEN[tree.name]
    if isinstance(tree, Signed):
        return -value(tree.operand) if tree.sign == "-" else value(tree.operand)
    if isinstance(tree, Call):
        return GIVEN[tree.function](*map(value, tree.arguments))
    if isinstance(tree, Choice):
        left, right = value(tree.left), value(tree.right)
        holds = {">": left > right, "<": left < right, "!=": left != right}[tree.sign]
        return value(tree.then if holds else tree.otherwise)
    assert isinstance(tree, Binary)
    left, right = value(tree.left), value(tree.right)
    return {"+": left + right, "-": left - right, "*": left * right}.get(tree.sign, 0.0)


leaves = st.sampled_from(["a", "b", "e"]) | st.integers(0, 9).map(str) | st.floats(0.1, 9).map(lambda v: f"{v:.3g}")
texts = st.recursive(
    leaves,
    lambda inner: (
        st.tuples(inner, st.sampled_from([" + ", "-", " * "]), inner).map("".join)
        | st.tuples(inner, inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} > {t[2]} else {t[3]})")
        | st.tuples(st.sampled_from("-+"), inner).map(lambda t: f"{t[0]}({t[1]})")
        | inner.map(lambda t: f"f({t})")
        | st.tuples(inner, inner).map(lambda t: f"g({t[0]}, {t[1]})")
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_it_means_what_python_means(text):
    tree = PLAIN.read(text)
    assert value(tree) == pytest.approx(eval(text, {"__builtins__": {}}, GIVEN), rel=1e-12, abs=1e-12)
    assert PLAIN.read(tree.text).text == tree.text == ast.unparse(ast.parse(text, mode="eval"))
    for part in parts(tree):
        if isinstance(part, Number | Name):
            assert text[part.position - 1 :].startswith(part.text[0]) or part.text[0] == "0"


@pytest.mark.parametrize(
    ("text", "position", "kind"),
    [
        ("a + c", 5, "name"),
        ("  c", 3, "name"),
        ("a + h(b)", 5, "part"),
        ("f(a, b)", 1, "part"),
        ("g(a)", 1, "part"),
        ("g(*a)", 1, "part"),
        ("f(x=a)", 1, "part"),
        ("a % b", 4, "part"),
        ("a + b.real", 5, "part"),
        ("a if b else 1", 1, "part"),
        ("a if a < b < 1 else b", 1, "part"),
        ("a if a == b else b", 1, "part"),
        ("not a", 1, "part"),
        ("True", 1, "part"),
        ("a + 1e999", 5, "number"),
        ("a +", 3, "text"),
        ("", 1, "text"),
        ("(a", 1, "text"),
        ("a\0", 2, "text"),
    ],
)
def test_what_it_does_not_know_it_names(text, position, kind):
    with pytest.raises(FormulaError) as refused:
        PLAIN.read(text)
    assert (refused.value.position, refused.value.kind) == (position, kind)
    assert f"at character {position}; allowed: " in str(refused.value)
    assert bool(refused.value.part) == (kind != "text")


def test_a_grammar_bounds_what_comes_from_outside():
    bounded = Grammar({}, names="x", prefixes="-", deepest=5, longest=20, printable=True)
    for text, problem in (("x" * 21, "too long"), ("x + é", "'é' is not known"), ("-" * 9 + "x", "nested too deeply")):
        with pytest.raises(FormulaError, match=problem):
            bounded.read(text)
    assert bounded.value(bounded.read("-" * 9 + "1")) == -1.0, "a number with its signs is one part"
    assert bounded.read("x*x*x").text == "x * x * x"


def test_signs_and_choices_are_the_grammars():
    for text in ("a ** b", "+a", "a if a > b else b"):
        assert PLAIN.read(text)
        with pytest.raises(FormulaError):
            Grammar({}, names="ab", signs=("+",)).read(text)
    assert EQUATIONS.names is None and EQUATIONS.read("anything + x_1")
    assert SURFACE.value(SURFACE.read("-pi")) == -math.pi and SURFACE.value(SURFACE.read("x")) is None


def test_its_examples_are_true():
    assert doctest.testmod(arithmetic).failed == 0


def let_others_go_on(phase, info):
    time.sleep(0)


def test_threads_read_at_the_same_time():
    """Where the collector lets another thread go on in the middle of a tree, CPython miscounts its depth."""
    text = " + ".join(f"sin(x*{number})" for number in range(15))
    before = gc.get_threshold()
    gc.callbacks.append(let_others_go_on)
    gc.set_threshold(50)
    try:
        with ThreadPoolExecutor(4) as threads:
            read = list(threads.map(lambda _: SURFACE.read(text).text, range(40)))
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(let_others_go_on)
    assert set(read) == {read[0]}


def test_there_is_no_other_reader():
    """Nothing else takes formulas apart, or has Python evaluate text; Step's listing turns the engine's own lines
    into NumPy's."""
    reading = {
        path.relative_to(ROOT).as_posix()
        for folder in ("engine", "server")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(arithmetic.syntax_tree(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(name.name == "ast" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "ast")
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"))
    }
    own = {"engine/microscope/code/formulas.py", "engine/microscope/code/statements.py"}
    assert reading - own == {"engine/arithmetic.py"}
