"""Receipts: what was measured on a card, with the script that leads to it, as a file that anybody can check.

A receipt needs no lesson: it holds the situation with its edits and its step, what was wanted of it, the numbers measured, and
whether that is met. Checking it runs the script again. On a machine of the same fingerprint every number must come out to the
last bit. On another one last digits may differ, and a long run carries them further: there the numbers are taken at the
parameters that the receipt holds, where they must agree to `AT_CHECKPOINT`, and again at the end of the replay, to `REPLAYED`;
a run that leads further away is not accepted by a machine that cannot follow it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from engine.array import Array
from engine.dataset import prepare
from engine.lessons.building import Built, build
from engine.lessons.card import Condition as ConditionText
from engine.lessons.card import Measured, Name
from engine.lessons.measuring import Condition, MeasureError
from engine.lessons.scripts import UnmeasurableError, plain_of
from engine.lessons.situation import Situation
from engine.spec import RunSpec
from engine.spec.fields import Many, SpecModel
from engine.trainer import Trainer
from engine.warmup import fingerprint

FORMAT = "chainrule receipt"
MOST_BYTES = 4_000_000
MOST_PARAMETERS = 100_000
MOST_NUMBERS = 400_000
"""Of a checkpoint: parameters, running statistics and what the optimizer keeps."""
AT_CHECKPOINT = 1e-9
"""Relative: how far the numbers of another machine may be off where they are taken at the same parameters …"""
REPLAYED = 1e-3
"""… and at the end of a replay."""
NEAR_ZERO = 1e-12
"""What is smaller counts as this."""


class ReceiptError(ValueError):
    """What is no receipt, or is beyond what is checked."""


class Value(SpecModel):
    """One side of the condition: its text, and the number, as it is and to the last bit (hexadecimal)."""

    measurement: Measured
    value: float
    exact: str = Field(max_length=40)


class Checkpoint(SpecModel):
    """A run's parameters, and its state behind them, as base64 of little-endian doubles."""

    parameters: str
    state: str


class Receipt(SpecModel):
    """`card` counts from 1. `digest` is of all the rest."""

    format: Literal["chainrule receipt"] = "chainrule receipt"
    version: Literal[1] = 1
    lesson: str = Field(default="", max_length=120)
    card: int = Field(default=1, ge=1, le=100)
    title: str = Field(default="", max_length=300)
    situation: Situation
    names: dict[Name, Measured] = Field(default_factory=dict, max_length=12)
    wanted: ConditionText
    values: Annotated[Many[Value], Field(max_length=12)]
    met: bool
    fingerprint: str = Field(max_length=400)
    checkpoint: Checkpoint | None = None
    digest: str = Field(default="", max_length=64)

    @classmethod
    def of(
        cls,
        built: Built,
        wanted: str,
        names: dict[str, str] | None = None,
        *,
        lesson: str = "",
        card: int = 1,
        title: str = "",
    ) -> Receipt:
        """Of what is there: a run that is live (`Built.of`), or a situation. ValueError where it has no script, MeasureError
        where it cannot be measured."""
        condition = Condition.read(wanted, names)
        values = tuple(
            Value(measurement=text, value=value, exact=float(value).hex()) for text, value in condition.values(built)
        )
        made = cls(
            lesson=lesson,
            card=card,
            title=title,
            situation=built.situation,
            names=dict(names or {}),
            wanted=wanted,
            values=values,
            met=condition.holds(built),
            fingerprint=fingerprint(),
            checkpoint=_checkpoint(built),
        )
        return made.model_copy(update={"digest": made.own_digest})

    @classmethod
    def read(cls, text: str | bytes) -> Receipt:
        """Raises ReceiptError, which says what is wrong."""
        if len(text) > MOST_BYTES:
            raise ReceiptError(f"too large: up to {MOST_BYTES} bytes are read")
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise ReceiptError("no JSON") from problem
        if not isinstance(raw, dict) or raw.get("format") != FORMAT:
            raise ReceiptError("no receipt of chainrule's")
        if raw.get("version") != 1:
            raise ReceiptError("of another version of receipts")
        try:
            return cls.model_validate(raw)
        except ValidationError as problem:
            first = problem.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ReceiptError(f"{where}: {first['msg']}"[:300]) from problem
        except RecursionError as problem:
            raise ReceiptError("nested too deeply") from problem

    def as_json(self) -> str:
        """The file's text."""
        return json.dumps(self._plain() | {"digest": self.digest}, indent=1)

    @property
    def own_digest(self) -> str:
        """What `digest` is of a receipt that nobody changed."""
        return hashlib.sha256(json.dumps(self._plain(), sort_keys=True).encode()).hexdigest()

    def _plain(self) -> dict[str, Any]:
        told = self.model_dump(mode="json", exclude={"situation", "digest"})
        return told | {"situation": plain_of(self.situation)}


class Checked(SpecModel):
    """What came of a check. `genuine`: the numbers come out; `exact`: to the last bit. `problem` says what does not."""

    receipt: Receipt | None = None
    genuine: bool
    exact: bool = False
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Genuine, and what was wanted is met."""
        return self.genuine and self.receipt is not None and self.receipt.met


def check(text: str | bytes) -> Checked:
    """A receipt's text, its script run again here."""
    try:
        receipt = Receipt.read(text)
    except ReceiptError as problem:
        return Checked(genuine=False, problem=str(problem))
    try:
        exact = _replay(receipt)
    except (ReceiptError, MeasureError, UnmeasurableError) as problem:
        return Checked(receipt=receipt, genuine=False, problem=str(problem))
    except ValueError as problem:  # a script that this engine does not build, as an edit of a weight that is not there
        return Checked(receipt=receipt, genuine=False, problem=f"its script cannot be run: {problem}"[:300])
    return Checked(receipt=receipt, genuine=True, exact=exact)


def _replay(receipt: Receipt) -> bool:
    """Whether all numbers come out to the last bit; raises where they do not come out."""
    if receipt.digest != receipt.own_digest:
        raise ReceiptError("it was changed after it was written")
    bounded(receipt.situation)
    condition = Condition.read(receipt.wanted, receipt.names)
    condition.check(receipt.situation.kind)
    told = {each.measurement: _exactly(each) for each in receipt.values}
    if list(told) != [each.text for each in condition.measurements]:
        raise ReceiptError("its numbers are not those that it is about")
    if condition.holds_for(told) != receipt.met:
        raise ReceiptError(f"its numbers say that it is {'not met' if receipt.met else 'met'}")
    built = build(receipt.situation)
    with built.budget.of_one():  # all of a file, however much it asks for
        found = dict(condition.values(built))
    own = receipt.fingerprint == fingerprint()
    if all(_same(told[text], found[text]) for text in told):
        if own and _checkpoint(built) != receipt.checkpoint:
            raise ReceiptError("its parameters are not those that its script leads to")
        return True
    if own:
        raise ReceiptError(_differ(told, found, "its script gives"))
    if receipt.checkpoint is not None and condition.live:
        there = dict(condition.values(_at_checkpoint(built, receipt.checkpoint)))
        if not all(_near(told[text], there[text], AT_CHECKPOINT) for text in told):
            raise ReceiptError(_differ(told, there, "its parameters give"))
    if not all(_near(told[text], found[text], REPLAYED) for text in told):
        raise ReceiptError(_differ(told, found, "written on another machine; here its script gives"))
    return False


def bounded(situation: Situation) -> None:
    """Refuse what is too large to be built for a file that anybody may have written."""
    if situation.run is not None:
        _bounded(situation.run, 1)
    if situation.network is not None:
        _bounded(situation.network.run, max(1, len(situation.network.lanes)))


def _bounded(spec: RunSpec, runs: int) -> None:
    split = prepare(spec).splits["train"]
    layers = spec.network.layers
    sizes = [split.x.shape[1], *(layer.units for layer in layers), split.y.shape[1]]
    count = sum((below + 4) * units for below, units in pairwise(sizes))  # with its bias, and what a norm scales and shifts
    count += sum(sizes[i - layer.skip] * layer.units for i, layer in enumerate(layers, 1) if layer.skip is not None)
    count *= runs
    if count > MOST_PARAMETERS:
        raise ReceiptError(f"too large: {count} parameters, and up to {MOST_PARAMETERS} are checked")


def _exactly(value: Value) -> float:
    try:
        exact = float.fromhex(value.exact)
    except (ValueError, OverflowError) as problem:
        raise ReceiptError(f"{value.measurement}: {value.exact} is no number") from problem
    if not _same(exact, value.value):
        raise ReceiptError(f"{value.measurement}: {value.value!r} is not {value.exact}")
    return exact


def _same(told: float, found: float) -> bool:
    return told == found or (math.isnan(told) and math.isnan(found))


def _near(told: float, found: float, tolerance: float) -> bool:
    if not (math.isfinite(told) and math.isfinite(found)):
        return _same(told, found)
    return abs(told - found) <= tolerance * max(abs(told), abs(found), NEAR_ZERO)


def _differ(told: dict[str, float], found: dict[str, float], words: str) -> str:
    text = next(text for text in told if not _same(told[text], found[text]))
    return f"{text} is {told[text]!r} in it, and {words} {found[text]!r}"


# Checkpoints ----------------------------------------------------------------------------------------------------------


def _checkpoint(built: Built) -> Checkpoint | None:
    """Of a run that is small enough to take along."""
    if built.kind != "run":
        return None
    machine = built.trainer.machine
    if machine.theta.size + machine.state.size > MOST_NUMBERS // 2:
        return None
    return Checkpoint(parameters=_written(machine.theta), state=_written(machine.state))


def _at_checkpoint(built: Built, checkpoint: Checkpoint) -> Built:
    trainer: Trainer = built.trainer.clone_at(built.step)
    machine = trainer.machine
    for values, text in ((machine.theta, checkpoint.parameters), (machine.state, checkpoint.state)):
        kept = _read(text)
        if kept.shape != values.shape:
            raise ReceiptError(f"its checkpoint has {kept.size} numbers where there are {values.size}")
        values[...] = kept
    return Built.of(trainer)


def _written(values: Array) -> str:
    return base64.b64encode(values.astype("<f8").tobytes()).decode()


def _read(text: str) -> Array:
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f8").astype(np.float64)
    except ValueError as problem:
        raise ReceiptError("its checkpoint cannot be read") from problem
