"""What the Step room asks about the coming update: from the engine's answer to what is sent, without what is withheld."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from server import mathml
from server.mathml import inline
from server.microscope.prediction.hidden import HIDDEN, Withheld
from server.microscope.refused import refusals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine import Trainer
    from engine.array import Array
    from engine.microscope import Listing, Update
    from server.protocol.microscope_queries import Entry

WRITTEN = 400
"""Entries of a tensor that the wrong way writes out; of a larger one those that differ the most."""
FLOOR = 1e-8


def chain_of_samples(update: Update, name: str, index: Sequence[int], withheld: Withheld) -> dict[str, Any]:
    """One parameter's gradient: each sample's own, their mean, penalty, clip."""
    from engine.microscope import sample_chain

    with refusals():
        found = sample_chain(update, name, tuple(index))
    told = found.as_json()
    told["bars"] = [
        {
            "column": column,
            "sample": found.samples[column] + 1,
            "gradient": told["gradients"][column],
            "share": told["shares"][rank],
        }
        for rank, column in enumerate(found.largest)
    ]
    return dict(withheld.json(told))


def dissection(trainer: Trainer, name: str, index: Sequence[int], withheld: Withheld) -> dict[str, Any]:
    """One parameter's update, quantity by quantity."""
    from engine.microscope import Writing, dissect

    with refusals():
        found = dissect(trainer, name, tuple(index))
    return dict(withheld.json(mathml.dissection(found, Writing(numbers=True, withheld=withheld.number))))


def verification(trainer: Trainer, entries: Sequence[Entry], withheld: Withheld) -> dict[str, Any]:
    """Slopes by finite differences beside the engine's own, and what the update does to J."""
    from engine.microscope import change, check

    with refusals():
        checks = check(trainer, [(entry.name, tuple(entry.index)) for entry in entries])
        changed = change(trainer)
    smooth = [found for found in checks if not found.kink]
    analytic, numeric = (np.array([getattr(found, side) for found in smooth]) for side in ("analytic", "numeric"))
    sizes = float(np.linalg.norm(analytic) + np.linalg.norm(numeric))
    telling = [found for found in smooth if not found.zero]
    told = {
        "entries": [found.as_json() for found in checks],
        "kinks": len(checks) - len(smooth),
        "error": float(np.linalg.norm(analytic - numeric)) / max(sizes, FLOOR) if smooth else None,
        "zero": bool(smooth) and not telling,
        "worst": max(telling or smooth, key=lambda found: found.error).as_json() if smooth else None,
        "change": changed.as_json(),
    }
    said = dict(withheld.json(told))
    for found in (*said["entries"], said["worst"]):
        if found is not None and found["analytic"] == HIDDEN:  # what it is compared with would tell it to eight digits
            found["numeric"] = HIDDEN
            found["zero"] = said["zero"] = False
    if HIDDEN in (said["change"]["before"], said["change"]["after"]):
        said["change"] |= {"actual": HIDDEN, "linear": HIDDEN, "quadratic": HIDDEN, "predicted": HIDDEN}
    return said


def wrong_way(trainer: Trainer, withheld: Withheld) -> dict[str, Any]:
    """Every parameter before the coming update, after it, and after it done in place."""
    from engine.microscope import in_place
    from engine.parts import giving_way_between

    with refusals():
        found = in_place(trainer)
    tensors = [
        _tensor(name, np.asarray(trainer.named_parameters[name]), right, found.wrong[name], name in found.differ, withheld)
        for name, right in giving_way_between(found.right.items(), 1)
    ]
    return {"words": found.words, "differ": list(found.differ), "tensors": tensors}


def largest_first(values: Array, count: int) -> NDArray[np.intp]:
    """The places of so many of the largest of more values than that, none of them NaN: the largest first, of equal ones the
    first. To sort a million takes ten times as long."""
    least = np.partition(values, -count)[-count]
    above = np.flatnonzero(values > least)
    found = np.sort(np.concatenate([above, np.flatnonzero(values == least)[: count - len(above)]]))
    return found[np.argsort(-values[found], kind="stable")]


def _tensor(name: str, before: Array, right: Array, wrong: Array, differs: bool, withheld: Withheld) -> dict[str, Any]:
    from engine.microscope.expressions.expression import plain

    gaps = np.abs(right - wrong).ravel()
    gaps = np.where(np.isnan(gaps), np.inf, gaps) if differs else np.zeros_like(gaps)
    order = np.arange(gaps.size) if gaps.size <= WRITTEN else largest_first(gaps, WRITTEN)
    entries = []
    for flat in order:
        index = [int(i) for i in np.unravel_index(int(flat), right.shape)]
        row, column = [*index, 0][:2]
        numbers = {side: float(array.flat[flat]) for side, array in (("before", before), ("right", right), ("wrong", wrong))}
        told = {side: HIDDEN if withheld.entry(name, row, column, x) else plain(x) for side, x in numbers.items()}
        if told["right"] == HIDDEN:  # the two are alike
            told["wrong"] = HIDDEN
        entries.append({"index": index, **told})
    largest = float(gaps.max()) if gaps.size else 0.0
    return {
        "name": name,
        "shape": list(right.shape),
        "differs": differs,
        "largest": plain(largest),
        "entries": entries,
        "more": int(gaps.size - len(order)),
    }


def code(found: Listing, rate: float, withheld: Withheld) -> dict[str, Any]:
    """The update as a listing. Where the rate is asked for, its number is no literal there either."""
    told = dict(withheld.json(found.as_json()))
    if any(question.name == "eta" for question in withheld.questions):
        literal = re.compile(rf"(?<![\w.]){re.escape(repr(rate))}(?![\w.])")
        for line in (*told["numpy"], *told["torch"]):
            line["parts"] = [literal.sub(HIDDEN, part) if isinstance(part, str) else part for part in line["parts"]]
    return told


def chain_of_factors(update: Update, name: str, sample: int, withheld: Withheld) -> dict[str, Any]:
    """One gradient as a product, in a chain of single units."""
    from engine.microscope import factors

    with refusals():
        found = factors(update, name, sample)
    numbers = found.latex(numbers=True, withheld=withheld.number)
    told = found.as_json() | {"numbers": numbers, "mathml": inline(found.latex()), "numbers_mathml": inline(numbers)}
    told["symbol_mathml"] = inline(found.symbol)
    for factor in told["factors"]:
        factor["symbol_mathml"] = inline(factor["symbol"])
    return dict(withheld.json(told))


def graph(text: str, inputs: dict[str, float]) -> dict[str, Any]:
    """An expression's graph. It is no part of the run, and nothing of it is withheld."""
    from engine.microscope import Graph

    with refusals():
        try:
            if not inputs:
                raise ValueError("inputs: the expression has no variable; allowed: at least one name with its value")
            told = Graph.read(text, inputs).as_json()
        except (RecursionError, MemoryError) as error:
            raise ValueError("text: the expression is nested too deeply; allowed: up to 60 steps") from error
    for node in told["nodes"]:
        node["mathml"] = inline(node["symbol"])
        for edge in node["edges"]:
            edge["mathml"] = inline(edge["rule"])
    return dict(told)
