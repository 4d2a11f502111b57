"""Update rules taken apart: each declared formula is the compiled update, bit for bit, now and in every update replayed."""

import numpy as np
import problems
import pytest

from engine.microscope import dissect
from engine.microscope.expressions.arithmetic import FormulaError, as_tree, names_in, on_arrays
from engine.microscope.expressions.expression import Number


def started(rule, dialect, options=None, **fields):
    made = problems.golden_problem("classes")
    optimizer = {"name": rule, "dialect": dialect, "lr": 0.02} | (options or {})
    return made.trainer(optimizer=optimizer, batch_size=5, **fields)


def test_the_last_fifty_values_are_those_of_the_run():
    trainer = started("adam", "textbook", shuffle=True)
    seen = []
    for _ in range(60):
        trainer.step(1)
        state = trainer.optimizer_state
        seen.append((trainer.named_parameters["W1"][1, 0], state["m"]["W1"][1, 0], state["v"]["W1"][1, 0]))
    before = problems.bits(trainer)
    found = dissect(trainer, "W1", (1, 0))
    assert problems.bits(trainer) == before and trainer.steps_done == 60
    assert found.updates == tuple(range(11, 62))
    history = {part.name: part.history for part in found.parts}
    assert list(zip(history["theta_new"], history["m_new"], history["v_new"], strict=True))[:-1] == seen[10:]
    assert next(part for part in found.inputs if part.name == "theta").history[1:] == history["theta_new"][:-1]


def test_it_follows_edits_of_rule_and_rate():
    trainer = started("sgd", "textbook")
    trainer.step(5)
    trainer.edit({"kind": "set", "path": "optimizer.name", "value": "adam"})
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.5})
    trainer.step(5)
    found = dissect(trainer, "b2", (0,))
    assert found.rule == "adam" and len(found.updates) == 11
    trainer.step(1)
    assert found.parts[-1].value == trainer.named_parameters["b2"][0]
    assert [np.isnan(value) for value in next(p for p in found.parts if p.name == "m_new").history[:6]] == [True] * 5 + [False]


def test_momentum_by_hand():
    """v = 0.9 · 0 + g; the step is η v."""
    found = dissect(started("momentum", "textbook"), "W1", (0, 0))
    values = {part.name: part.value for part in (*found.inputs, *found.parts)}
    assert values["v_new"] == values["g"]
    assert values["step"] == 0.02 * values["g"]
    assert values["theta_new"] == values["theta"] - values["step"]
    assert [part.symbol for part in found.parts] == ["v'", r"\Delta", r"\theta'"]
    assert found.parts[1].formula == r"\eta\, v'"


@pytest.mark.parametrize(
    ("name", "index", "problem"),
    [
        ("W9", (0, 0), "name: no parameter 'W9'; allowed: W1, b1"),
        ("W1", (0,), r"index: \[0\] is outside W1; allowed: within"),
        ("W1", (0, 99), r"index: \[0, 99\] is outside W1; allowed: within"),
    ],
)
def test_no_such_entry(name, index, problem):
    with pytest.raises(ValueError, match=problem):
        dissect(started("sgd", "textbook"), name, index)


def test_formulas_read_only_arithmetic():
    values = {"a": np.array([1.0, -2.0]), "b": 3.0}
    assert list(on_arrays("max(a, 0) + sqrt(b * b) if a > 0 else -sign(a) / b", values)) == [4.0, 1 / 3]
    assert names_in("sqrt(x) + y * x") == {"x", "y"}
    tree = as_tree("a * b - abs(c)", {name: Number(name, value) for name, value in (("a", 2.0), ("b", 3.0), ("c", -1.0))})
    assert tree.value == 5.0
    for text in ("__import__('os')", "a.real", "a[0]", "lambda: 1", "a @ b", "a if b else 1"):
        with pytest.raises(FormulaError):
            on_arrays(text, values)
