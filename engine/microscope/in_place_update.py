"""The update made in place, wrongly: each layer changes as soon as its gradient is there, so that δ goes back through changed
weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.machine.trace import trace_update, value_of
from engine.microscope.expressions.expression import plain
from engine.parts import giving_way_between

if TYPE_CHECKING:
    from engine.machine.machine import Machine
    from engine.trainer import Trainer

WORDS = (
    "Here every layer changes as soon as its gradient is known, and the error signal goes further back through the new "
    "weights. Every δ must use the weights that made the outputs: first all gradients, then the update."
)


@dataclass(frozen=True)
class InPlaceUpdate:
    """All parameters after the coming update, done `right` and done `wrong`, by name, each of its own shape; `differ`: names of
    those that are not the same."""

    right: dict[str, Array]
    wrong: dict[str, Array]
    differ: tuple[str, ...]
    words: str = WORDS

    def as_json(self) -> dict[str, Any]:
        def lists(named: dict[str, Array]) -> dict[str, Any]:
            return {name: [[plain(x) for x in row] for row in np.atleast_2d(values).tolist()] for name, values in named.items()}

        return {"right": lists(self.right), "wrong": lists(self.wrong), "differ": list(self.differ), "words": self.words}


def in_place(trainer: Trainer) -> InPlaceUpdate:
    """The coming update in both orders, by the same compiled ops in another order; the run is left alone.

    A ValueError where the gradient is clipped: the run does that once all of it is there.
    """
    machine = trainer.machine
    tape = machine.tape
    if codes.CLIP in tape.ops[:, codes.CODE]:
        field = "norm" if trainer.effective_spec.clip.norm is not None else "value"
        raise ValueError(f"clip.{field}: clipping needs the whole gradient before anything changes; allowed: None")
    trace = trace_update(machine)
    right = {
        name: values for step in trace.steps if step.op.startswith("update") for name, values in _own(step.results).items()
    }
    right = {slot.name: right.get(slot.name, slot.view(machine.theta).copy()) for slot in tape.slots}
    kept = machine.copy_buffers()
    machine.abandon_update()
    try:
        wrong = _run_wrongly(machine)
    finally:
        machine.restore_buffers(kept)
    compared = giving_way_between(right.items(), 1)
    differ = tuple(name for name, values in compared if not np.array_equal(values, wrong[name], equal_nan=True))
    return InPlaceUpdate(right, wrong, differ)


def _own(results: dict[str, Array]) -> dict[str, Array]:
    return {name: values for name, values in results.items() if "." not in name}


def _run_wrongly(machine: Machine) -> dict[str, Array]:
    tape = machine.tape
    kinds, layers = tape.ops[:, codes.CODE], tape.ops[:, codes.LAYER]
    order = [i for i, word in enumerate(tape.words) if word.phase in ("forward", "loss")]
    for i, word in enumerate(tape.words):
        if word.phase != "backward" or kinds[i] == codes.PENALTY:
            continue
        order.append(i)
        if kinds[i] == codes.GRADIENT:  # the last gradient of its layer: now everything of the layer changes
            for kind in (codes.PENALTY, codes.HOLD, codes.UPDATE):
                order += [j for j in range(len(kinds)) if kinds[j] == kind and layers[j] == layers[i]]
    for op in tape.ops[order]:
        machine.run_apart(np.vstack([op, NOTHING]))
    return {slot.name: value_of(machine, slot.name) for slot in giving_way_between(tape.slots, 1)}


NOTHING = np.zeros(codes.N_FIELDS, dtype=np.int64)
"""An op that does nothing: behind an update it keeps `run` from counting that as made."""
NOTHING[codes.CODE] = codes.HOLD
