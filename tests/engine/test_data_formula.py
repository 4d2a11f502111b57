"""A formula as data: what each means, what is left out, what is refused and in which words; the same bits wherever it goes."""

import contextlib
import doctest
import io
import json
import math

import numpy as np
import pytest
from pydantic import ValidationError

from engine import RunSpec, Trainer
from engine.arithmetic import FormulaError, Grammar
from engine.export import files as export
from engine.rows.datasets import DATASETS, formula
from engine.rows.datasets.formula import FUNCTIONS, OWN, read
from engine.spec import DataSpec, FormulaData

CLASSES = [
    # text, where class 1 is as stated here, and the names of both
    ("y = 2 * sin(x)", lambda x, y: y > 2 * np.sin(x), ("below", "above")),
    (" y==x^2/4 ", lambda x, y: y > x * x / 4, ("below", "above")),
    ("x = y^2 - 4", lambda x, y: x > y * y - 4, ("left", "right")),
    ("x*y = 1", lambda x, y: x * y > 1, ("less", "greater")),
    ("x^2 + y^2 < 9", lambda x, y: np.hypot(x, y) < 3, ("outside", "inside")),
    ("x^2 + y^2 - 9 < 0", lambda x, y: np.hypot(x, y) < 3, ("outside", "inside")),
    ("9 >= x**2 + y**2", lambda x, y: np.hypot(x, y) <= 3, ("outside", "inside")),
    ("abs(x) + abs(y) > 4", lambda x, y: np.abs(x) + np.abs(y) > 4, ("outside", "inside")),
    ("y > x", lambda x, y: y > x, ("below", "above")),
    ("y < -x^2 + 2", lambda x, y: y < 2 - x * x, ("above", "below")),
    ("-x^2 + y <= 2^-1^2", lambda x, y: y - x * x <= 0.5, ("outside", "inside")),
]
VALUES = [
    ("sin(x) * y / 6", lambda x, y: np.sin(x) * y / 6),
    ("-x^2 + e^(-y) * pi", lambda x, y: np.pi * np.exp(-y) - x * x),
    ("atan(x) + tanh(y) - cosh(x/4) ^ 2", lambda x, y: np.arctan(x) + np.tanh(y) - np.cosh(x / 4) ** 2),
    ("2", lambda x, y: np.full_like(x, 2.0)),
]


def trainer(text, **data):
    return Trainer(RunSpec.model_validate({"data": {"name": "formula", "formula": text, "noise": 0.0} | data}))


def samples(made):
    """Raw samples and targets of all splits."""
    splits = made.dataset.splits.values()
    return np.vstack([split.raw for split in splits]), np.concatenate([split.y[:, 0] for split in splits])


@pytest.mark.parametrize(("text", "is_one", "names"), CLASSES)
def test_classes(text, is_one, names):
    made = trainer(text, samples=2000)
    raw, labels = samples(made)
    assert made.dataset.task == "classification" and made.dataset.classes == names and made.dataset.note == ""
    assert np.array_equal(labels == 1, is_one(*raw.T))
    assert np.abs(raw).max() <= 6 and len(raw) == 2000


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_values(text, value):
    made = trainer(text)
    raw, targets = samples(made)
    assert made.dataset.task == "regression" and made.dataset.classes == () and made.dataset.formula.border().size == 0
    assert targets == pytest.approx(value(*raw.T), rel=1e-12, abs=1e-12)


def test_the_example_is_true():
    assert doctest.testmod(formula) == (0, 1)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_that_of_its_name(name):
    at = np.array([[0.3, 0.0], [0.7, 0.0]])
    expected = [abs(x) if name == "abs" else getattr(math, name)(x) for x in at[:, 0]]
    assert read(f"{name}(x)").value(at) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "has_value"),
    [
        ("1 / (x * (abs(x) + x))", lambda x, y: x > 0),
        ("log(x) * y", lambda x, y: x > 0),
        ("y = sqrt(x^2 - 4)", lambda x, y: x * x >= 4),
        ("x^y < 1", lambda x, y: x > 0),
        ("exp(400 * x)", lambda x, y: 400 * x < 709.78),
        ("sqrt(x - 5.2)", lambda x, y: x >= 5.2),
    ],
)
def test_places_without_a_value_are_left_out_and_counted(text, has_value):
    """Others are drawn in their place: evenly where it has one."""
    made = trainer(text, samples=300)
    raw, targets = samples(made)
    assert len(raw) == 300 and has_value(*raw.T).all() and np.isfinite(targets).all()
    left_out, drawn = (int(made.dataset.note.split(" of ")[side].split()[0]) for side in (0, 1))
    assert made.dataset.note == f"{left_out} of {drawn} points were left out: the formula has no value there."
    assert drawn - left_out == 300
    grid = np.stack(np.meshgrid(*[np.linspace(-6, 6, 401)] * 2), axis=-1).reshape(-1, 2)
    share = has_value(*grid.T).mean()
    assert abs(300 - drawn * share) < 5 * math.sqrt(drawn * share * (1 - share)) + 1
    made.step(5)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("y = 2 * sin(z)", 13, "'z' is not known"),
        ("y = 2x", 6, "write * between factors"),
        ("y = 1e5 + 2.5e + x", 14, "write * between factors"),
        ("y = x^2 + foo(x)", 11, "unknown function foo"),
        ("x^2^ * y", 6, "cannot be read"),
        ("x^2 + xy", 7, "write * between"),
        ("y = ", 3, "nothing stands after '='"),
        ("< 3", 1, "nothing stands before '<'"),
        ("1 < x < 2", 7, "a second sign"),
        ("y =< 3", 4, "a second sign"),
        ("y != 3", 3, "cannot be read"),
        ("x if y else 2", 1, "no arithmetic"),
        ("__import__('os')", 1, "unknown function __import__"),
        ("x.real", 1, "no arithmetic"),
        ("x²", 2, "not known"),
        ("", 1, "empty"),
        ("x" + "+x" * 150, 201, "too long"),
        ("y = " + "1+(" * 42 + "x" + ")" * 42, None, "nested too deeply"),
    ],
)
def test_what_is_refused_names_the_place(text, position, words):
    with pytest.raises(FormulaError) as refused:
        read(text)
    assert words in refused.value.problem and refused.value.allowed
    assert position is None or refused.value.position == position
    with pytest.raises(ValidationError) as spec:
        RunSpec.model_validate({"data": {"name": "formula", "formula": text}})
    detail = spec.value.errors()[0]
    assert detail["loc"][-1] == "formula" and f"at character {refused.value.position}" in detail["msg"]
    assert refused.value.allowed in detail["msg"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"formula": "x^2 + y^2 < 100"}, "one class only: all 500 points are 'inside'; allowed: a border that parts"),
        ({"formula": "y = 7"}, "all 500 points are 'below'"),
        ({"formula": "3 > 2"}, "all 500 points are 'inside'"),
        ({"formula": "x^2 + y^2 < 1", "samples": 10}, "or more samples"),
        ({"formula": "log(-1 - x^2)"}, "has a value at too few places of the plane; allowed: a value at one place in 20"),
        ({"formula": "1/0"}, "too few places"),
        ({"formula": "y = sqrt(x - 5.99)"}, "too few places"),
        ({"formula": 3}, "string"),
    ],
)
def test_what_makes_no_data_is_refused_in_words(data, words):
    with pytest.raises(ValidationError, match=words.replace("(", r"\(").replace("^", r"\^")):
        RunSpec.model_validate({"data": {"name": "formula", "seed": 0} | data})


def test_no_other_data_set_has_a_formula_and_their_specs_are_as_they_were():
    with pytest.raises(ValidationError, match="Extra inputs"):
        RunSpec.model_validate({"data": {"name": "spiral", "formula": "x"}})
    assert "formula" not in RunSpec().model_dump()["data"]
    spec = RunSpec.model_validate({"data": {"name": "formula"}})
    assert isinstance(spec.data, FormulaData) and spec.data.formula == DATASETS[OWN].parameters[0].default
    assert spec.model_dump(mode="json")["data"] == DataSpec().model_dump(mode="json") | {
        "name": "formula",
        "formula": "y = 2 * sin(x)",
    }


def test_the_same_bits_from_a_script_and_in_pytorch():
    pytest.importorskip("torch")
    made = trainer("y = 2 * sin(x)", noise=0.2, samples=80, features=["x", "sin_x"], standardize=True, seed=3)
    made.step(50)
    text = json.dumps(made.as_script())
    again = Trainer.from_script(text)
    assert again.spec.data.formula == "y = 2 * sin(x)"
    assert all(np.array_equal(again.named_parameters[name], values) for name, values in made.named_parameters.items())
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(export.torch(made), "exported.py", "exec"), {"__name__": "__main__"})
    lines = [line.replace(",", "").split() for line in said.getvalue().splitlines() if line.startswith("update ")]
    assert len(lines) == export.UPDATES
    for words in lines:
        assert abs(float(words[3]) - made.step(1)) <= 1e-9


@pytest.mark.parametrize(("text", "is_one", "names"), CLASSES)
def test_the_border_lies_between_the_classes(text, is_one, names):
    pieces = read(text).border()
    middle, along = (pieces[:, :2] + pieces[:, 2:]) / 2, pieces[:, 2:] - pieces[:, :2]
    assert len(pieces) > 50 and np.abs(pieces).max() <= 6 + 1e-12
    length = np.linalg.norm(along, axis=1)
    assert length.max() <= math.hypot(12 / 80, 12 / 80) + 1e-9
    across = 0.02 * np.column_stack([-along[:, 1], along[:, 0]])[length > 1e-3] / length[length > 1e-3, None]
    sides = (is_one(*(middle[length > 1e-3] + sign * across).T) for sign in (1, -1))
    assert np.mean(np.not_equal(*sides)) > 0.98


def test_a_circles_border_is_as_long_as_it_is():
    pieces = read("x^2 + y^2 < 9").border()
    assert np.linalg.norm(pieces[:, 2:] - pieces[:, :2], axis=1).sum() == pytest.approx(6 * math.pi, rel=1e-3)
    assert np.hypot(pieces[:, 0], pieces[:, 1]) == pytest.approx(3, abs=2e-3)


def test_a_caret_is_a_power():
    """It binds as ** does, and what is refused behind one is named at its own place."""
    grammar = Grammar({}, names="xy")
    for text in ("x^2 + 1", "-x^2", "2^x^y", "x ^ -2", " x**2^y"):
        assert grammar.read(text).text == grammar.read(text.replace("^", "**")).text
    for text, position in (("x^2^2 + z", 9), (" x^2 + x^z", 10), ("x^2 + (z)", 8), ("x^2^2 $", 7)):
        with pytest.raises(FormulaError) as refused:
            grammar.read(text)
        assert refused.value.position == position
