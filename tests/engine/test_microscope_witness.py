"""Every number that the microscope tells, held against a witness that shares nothing with it: arrays, edges, terms, symbols.

`witness_kinds` has a row for each kind of micro-step and a value for each name; what it has none for fails. Runs are witnessed
update by update from the first one, so that what an update starts from (θ, the gradients of all before) is witnessed too.
"""

import re

import numpy as np
import pytest
import witness_equations
import witness_kinds
from witness_cases import CASES, OPTIMIZERS, PAIRS, PICTURES, SCHEDULES, UPDATES
from witnessed import near, witnesses

from engine import optimizers
from engine.microscope import next_update
from engine.rows import activations, losses, norms, schedules

EXACT = ("mini-batch", "hold")
"""Nothing is calculated in their results."""


def vouched(made, step, sample=None):
    """The witness's operands and results of a micro-step; every value has one, and no witness is left over."""
    row = witness_kinds.KINDS[step.kind]
    read, results = row(made, step) if sample is None else row(made, step, sample)
    assert {value.name for value in step.operands} == set(read), step.title
    assert {value.name for value in step.results} == set(results), step.title
    return read, results


def hold_against(made, step, value, expected):
    """An array, entry by entry."""
    found, wanted = value.array, np.asarray(expected, dtype=float)
    if wanted.ndim == 0:
        wanted = np.full(found.shape, float(wanted))
    assert found.size == wanted.size, value.name
    wanted = wanted.reshape(found.shape)
    scale = max(float(np.max(np.abs(wanted))), made.floor(value.name))
    if step.kind in EXACT and any(value is each for each in step.results):
        assert np.array_equal(found, wanted), value.name
    else:
        assert np.all(near(found, wanted, scale)), (step.kind, value.name, found, wanted)
    return wanted


@pytest.mark.sampled(2, seconds=2)
@pytest.mark.parametrize("case", [*CASES, PICTURES], ids=str)
def test_every_array(case):
    """All operands and results of all micro-steps of the first updates, and what runs along the edges."""
    trainer = case.trainer()
    for made, update in witnesses(case, trainer):
        assert update.problem is None and list(update.samples) == made.rows
        assert near(update.mean_loss, made.losses.mean())
        for step in update.steps:
            for sample in range(made.count) if step.of_sample else (None,):
                read, results = vouched(made, step, sample)
                if sample in (None, 0):
                    for value in step.operands:
                        hold_against(made, step, value, read[value.name])
                for value in step.results:
                    own = step.result(value.name, sample or 0)
                    hold_against(made, step, own, results[value.name])
            edges(made, step)
            sentences(made, step)
        as_told(update)
        trace(made, update)


def trace(made, update):
    """The recording under it: every array is one that was witnessed in its micro-steps, or has a witness here; and so have the
    numbers that ops work with."""
    rate_known = clip_known = False
    for recorded in update.trace.steps:
        own = [step for step in update.steps if step.op == recorded.index]
        told = {value.array.tobytes() for step in own for value in (*step.operands, *step.results)}
        rate_known, clip_known = rate_known or recorded.op == "rate", clip_known or recorded.op == "clip"
        for group in (recorded.operands, recorded.results):
            for name, array in group.items():
                if array.tobytes() not in told:
                    wanted = witness_kinds.UNTOLD[recorded.op.rstrip("0123456789 ")](made, recorded, name)
                    assert np.all(near(array, wanted, np.max(np.abs(wanted)))), (recorded.op, name)
        numbers = witness_equations.numbers(made) if rate_known else {}
        for name, number in recorded.numbers.items():
            if name in numbers and (name != "norm" or clip_known):
                assert near(number, numbers[name]), (recorded.op, name, number)
        assert not numbers or set(recorded.numbers) == set(numbers)


def numbers_in(text):
    return set(re.findall(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", text))


def sentences(made, step):
    """The numbers that its words say: all of those in its "why", and the ones that explain its symbols."""
    s = made.s
    bounds = [each for each in (s["clip"], s["clip_value"]) if each]
    why = {
        "mini-batch": lambda: [made.count],
        "dropout": lambda: [made.row(step.layer).dropout],
        "clip": lambda: [*bounds, float(f"{made.norm:.4g}")],
    }
    symbols = {"norm": [witness_equations.NORM_EPS], "penalty": [s["l1"], s["l2"]], "clip": bounds}
    if step.kind in why:
        assert numbers_in(step.why) == {f"{number:g}" for number in why[step.kind]()}
    told = {number for symbol in step.symbols for number in numbers_in(symbol.words)}
    assert {f"{number:g}" for number in symbols.get(step.kind, [])} <= told


def as_told(update):
    """The whole as JSON has the very same numbers."""
    told = update.as_json()
    assert (told["step"], told["epoch"], told["samples"], told["loss"]) == (
        update.step,
        update.epoch,
        list(update.samples),
        update.mean_loss,
    )
    for step, one in zip(update.steps, told["steps"], strict=True):
        for values, listed in ((step.operands, one["operands"]), (step.results, one["results"])):
            assert [(value.name, value.array.tolist()) for value in values] == [(v["name"], v["array"]) for v in listed]


def edges(made, step):
    """`flow.edges` of each sample and of their mean: (units of the layer, units of its source)."""
    flow = step.flow
    if flow is None or flow.edges is None:
        assert flow is None or flow.name == ""
        return
    assert flow.nodes in {value.name for value in (*step.operands, *step.results)}
    if flow.name == "δ·h":
        parameter = next(value.name for value in step.results)[1:].removesuffix("_i")
        _, blame, source = made.sources(parameter)
        each = blame[:, None, :] * made.named(source)[None, :, :]
    else:
        over = {"W·h": made.named(f"h{step.layer - 1}")[None, :, :], "W·δ": made.blame[f"delta{step.layer}"][:, None, :]}
        each = made.point[f"W{step.layer}"][:, :, None] * over[flow.name]
    whole = [*(each[:, :, n] for n in range(made.count)), each.mean(axis=2)]
    for sample, expected in zip((*range(made.count), None), whole, strict=True):
        found = flow.edges(sample)
        assert found.shape == expected.shape
        assert np.all(near(found, expected, np.max(np.abs(each)))), (step.title, sample)


@pytest.mark.sampled(2, seconds=1)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_equation(case):
    """Of every entry of every result: its value, each term of its sum, each symbol's number, and what they make together."""
    for number, (made, update) in enumerate(witnesses(case, case.trainer())):
        if number != UPDATES - 1:
            continue
        for step in update.steps:
            for sample in range(made.count) if step.of_sample else (0,):
                read, results = vouched(made, step, sample if step.of_sample else None)
                for value in step.results:
                    wanted = hold_against(made, step, step.result(value.name, sample), results[value.name])
                    one_array(made, step, value, wanted, read, results, sample)


def one_array(made, step, value, wanted, read, results, sample):
    scale = max(float(np.max(np.abs(wanted))), made.floor(value.name))
    read = {name: np.asarray(array, dtype=float) for name, array in read.items()}
    known = Known(made, step, value.name, read, results)
    for row, column in np.ndindex(wanted.shape):
        where = (step.kind, value.name, row, column)
        equation = step.equation(row, column, name=value.name, sample=sample)
        assert near(equation.result.value, wanted[row, column], scale), where
        assert near(equation.computed, wanted[row, column], scale), where
        assert equation.computed == equation.expression.value
        known.walk(equation.expression, row, column)
        terms = witness_equations.TERMS.get(step.kind)
        expected = terms(made, step, read, value.name, row, column) if terms else None
        expected = [float(equation.expression.value)] if expected is None else expected
        assert equation.terms == len(expected), where
        most = max(abs(term) for term in expected)
        for term, own in enumerate(expected):
            edge = step.equation(row, column, depth="edge", term=term, name=value.name, sample=sample)
            assert near(edge.expression.value, own, most), (*where, term)
            assert (edge.result.value, edge.computed) == (equation.result.value, equation.computed)


class Known:
    """What the symbols of a micro-step's equations stand for, and what a tree of them makes."""

    def __init__(self, made, step, name, read, results):
        self.made, self.step, self.name = made, step, name
        named = results | read if step.terms else read | results  # without terms a number stands for itself
        self.arrays = {key: np.asarray(array, dtype=float) for key, array in named.items()}
        self.inputs = None
        if step.kind == "update":
            own = step.results[0].name
            gradient = next(value.array for value in step.operands if value.name == f"d{own}")
            past = made.past(own, gradient.reshape(made.parameters[own].shape))
            self.inputs = witness_equations.rule_inputs(past)

    def leaf(self, number, row, column):
        """(its value, what is large beside it)"""
        if self.inputs is not None and number.name:
            array = np.asarray(self.inputs[number.name], dtype=float)
            if array.ndim == 0:
                return float(array), 0.0
            return float(array[(row, column)[: array.ndim]]), float(np.max(np.abs(array)))
        if number.position is None:
            return witness_equations.constant(self.made, self.step, number.symbol, row, column), 0.0
        array = self.arrays.get(number.name)
        if array is None:
            array = self.made.named(number.name)
        array = array.reshape(-1, 1) if array.ndim < 2 and number.name != "losses" else np.atleast_2d(array)
        return float(array[number.position]), max(float(np.max(np.abs(array))), self.made.floor(number.name))

    def walk(self, node, row, column):
        """Every number in it; returns what sums in it may have cancelled."""
        if not hasattr(node, "parts"):
            value, scale = self.leaf(node, row, column)
            assert near(node.value, value, scale), (self.step.kind, self.name, node)
            return
        for part in node.parts:
            self.walk(part, row, column)
        made, scale = witness_equations.evaluated(node.kind, node.symbol, [float(part.value) for part in node.parts])
        assert near(node.value, made, scale), (self.step.kind, self.name, node)


def test_every_kind_and_everything_else_is_there():
    """What there is to be told of is told of, in these cases; and no row of the witness is for nothing."""
    rows = [row for case in CASES for row in case.made.network.layers]
    assert {(case.rule, case.dialect) for case in CASES} == {(r, d) for r in optimizers.OPTIMIZERS for d in optimizers.DIALECTS}
    assert {str(case.options) for case in CASES} == {str(options) for _, _, options in OPTIMIZERS}
    pairs = {(loss, output) for loss, row in losses.LOSSES.items() for output in row.outputs}
    assert set(PAIRS) == pairs == {(case.made.network.loss, case.made.network.output) for case in CASES}
    assert {(c.made.network.loss, c.made.network.output) for c in CASES if c.naive} == pairs
    assert {row.activation for row in rows} == {name for name, row in activations.ACTIVATIONS.items() if row.hidden}
    assert {row.norm for row in rows} == {None, *norms.NORMS}
    assert {case.schedule["name"] for case in CASES} == {row["name"] for row in SCHEDULES} == set(schedules.SCHEDULES)
    kinds, gradients, flows = set(), set(), set()
    for case in (*CASES, PICTURES):
        trainer = case.trainer()
        trainer.step(1)
        for step in next_update(trainer).steps:
            kinds.add(step.kind)
            gradients |= {value.name.rstrip("0123456789") for value in step.results if step.kind == "mean gradient"}
            flows |= {step.flow.name} if step.flow else set()
    assert kinds == set(witness_kinds.KINDS)
    assert gradients == {f"d{kind}" for kind in ("W", "b", "gamma", "beta", "alpha", "P")}
    assert flows == {"", "W·h", "W·δ", "δ·h"}
    assert set(witness_equations.TERMS) <= kinds
