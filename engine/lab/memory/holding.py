"""The ops of an update with each value in an array of its own, which is gone as soon as it is dropped: what is held is what
NumPy holds. The same compiled ops run that train; they find their operands, and nothing else but NaNs, in a small workspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.lab.memory.schedule import Entry, in_workspace
from engine.machine.machine import Machine
from engine.parts import give_way

OPERANDS: dict[int, tuple[int, ...]] = {
    codes.GATHER: (codes.OUTPUT, codes.OTHER),
    codes.AUGMENT: (codes.OUTPUT,),
    codes.AFFINE: (codes.INPUT, codes.OUTPUT),
    codes.NORM: (codes.INPUT, codes.OUTPUT, codes.OTHER, codes.MORE, codes.VARIANCE),
    codes.ACTIVATION: (codes.INPUT, codes.OUTPUT),
    codes.DROPOUT: (codes.INPUT, codes.OTHER, codes.OUTPUT),
    codes.SKIP: (codes.INPUT, codes.OTHER, codes.OUTPUT),
    codes.LOSS: (codes.INPUT, codes.OTHER, codes.OUTPUT),
    codes.OUTPUT_DELTA: (codes.INPUT, codes.OTHER, codes.OUTPUT),
    codes.GRADIENT: (codes.INPUT, codes.OTHER),
    codes.BACK_PRODUCT: (codes.INPUT, codes.OUTPUT),
    codes.KEEP: (codes.INPUT, codes.OUTPUT),
    codes.BACK_SKIP: (codes.INPUT, codes.OUTPUT),
    codes.SKIP_GRADIENT: (codes.INPUT, codes.OTHER),
    codes.BACK_DROPOUT: (codes.OTHER, codes.OUTPUT),
    codes.SLOPE_GRADIENT: (codes.INPUT, codes.OTHER),
    codes.BACK_ACTIVATION: (codes.INPUT, codes.OTHER, codes.OUTPUT),
    codes.BACK_NORM: (codes.OTHER, codes.OUTPUT, codes.VARIANCE),
    codes.RUNNING_STATISTICS: (codes.MORE, codes.VARIANCE),
}
"""Of each op the fields that say where in the workspace something lies."""
WITH_OUTPUT = (codes.LOSS, codes.OUTPUT_DELTA)
"""Ops whose COLS leads from z to h."""


@dataclass
class Held:
    """Bytes held while each op ran, (ops,), and of each layer's values, (layers + 1, ops): layer 0 is the mini-batch."""

    total: Array
    by_layer: Array
    names: dict[int, list[str]] = field(default_factory=dict)
    """What was held after the forward pass, by layer."""
    cached: Array = field(default_factory=lambda: np.zeros(0))
    """And its bytes, (layers + 1,)."""

    @property
    def peak(self) -> int:
        return int(self.total.max())


class Holding:
    """`machine` is one's own: its parameters, gradient and state are worked on, its workspace is replaced."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.tape = machine, machine.tape
        state = machine.int_state
        self.columns = int(min(state[codes.BATCH_SIZE], state[codes.TRAIN_ROWS] - state[codes.CURSOR]))
        self.values: dict[str, Array] = {}
        layout = self.tape.layout
        self.sizes = {
            name: units * (1 if name in layout.fixed else self.columns) for name, units in self.tape.layout.units.items()
        }
        self.names = {offset: name for name, offset in layout.offsets.items()}
        self.layer = {name: layer_of(name, len(self.tape.sizes) - 1) for name in self.sizes}
        most = max(sum(self.sizes[name] for name in self._operands(index)) for index in range(len(self.tape.words)))
        self.pairs = most
        places = self.tape.frozen.places
        machine.work = np.full(most + 2 * len(places), np.nan)
        machine.work[most::2] = places

    def _operands(self, index: int) -> tuple[str, ...]:
        reads, writes = in_workspace(self.tape, self.tape.words[index])
        return tuple(dict.fromkeys((*reads, *writes))) if self.tape.ops[index, codes.CODE] in OPERANDS else ()

    def carry_out(self, entries: Sequence[Entry]) -> Iterator[int]:
        """Run them one after the other; yields how many are done, while everything that the op needed or made is held."""
        for done, entry in enumerate(entries, 1):
            self._one(entry.op)
            yield done
            for name in entry.drops:
                self.values.pop(name, None)
            give_way()

    def _one(self, index: int) -> None:
        op, work = self.tape.ops[index].copy(), self.machine.work
        names = self._operands(index)
        places, end = {}, 0
        for name in names:
            places[name] = end
            end += self.sizes[name]
        work[: self.pairs] = np.nan
        reads, writes = in_workspace(self.tape, self.tape.words[index])
        for name in reads:
            work[places[name] : places[name] + self.sizes[name]] = self.values[name]
        code = int(op[codes.CODE])
        if code in WITH_OUTPUT:
            h = self.names[int(op[codes.INPUT] + op[codes.COLS])]
            op[codes.COLS] = places[h] - places[self.names[int(op[codes.INPUT])]]
        for place in OPERANDS.get(code, ()):
            op[place] = places[self.names[int(op[place])]]
        if op[codes.FROZEN_COUNT]:
            op[codes.FROZEN] += self.pairs - self.tape.frozen.at
        self.machine.run_apart(op)
        for name in writes:
            self.values[name] = work[places[name] : places[name] + self.sizes[name]].copy()

    @property
    def bytes(self) -> int:
        return sum(array.nbytes for array in self.values.values())

    def by_layer(self) -> Array:
        found = np.zeros(len(self.tape.sizes))
        for name, array in self.values.items():
            found[self.layer[name]] += array.nbytes
        return found


def layer_of(name: str, last: int) -> int:
    """The layer of a workspace value; targets and losses go with the output's."""
    digits = name.lstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) if digits else last


def measured(machine: Machine, entries: Sequence[Entry]) -> Iterator[Held]:
    """Carry them out, and tell at every op what is held; yields the same record again and again, whole at the end."""
    holding = Holding(machine)
    held = Held(np.zeros(len(entries)), np.zeros((len(machine.tape.sizes), len(entries))))
    for done in holding.carry_out(entries):
        entry = entries[done - 1]
        own = holding.by_layer()
        held.by_layer[:, done - 1], held.total[done - 1] = own, holding.bytes
        if machine.tape.words[entry.op].phase == "loss":
            kept = {name: array for name, array in holding.values.items() if name not in entry.drops}
            held.cached = np.zeros(len(own))
            for name, array in kept.items():
                held.cached[holding.layer[name]] += array.nbytes
                held.names.setdefault(holding.layer[name], []).append(name)
        yield held
