"""A batch over several machines: each shard's gradient by the same tape on its rows, and what their means make of them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.evaluation.clones import clone_on_rows
from engine.kernels import codes
from engine.lab.experiment import ChoiceError
from engine.machine.machine import Machine
from engine.parts import give_way
from engine.spec import RunSpec

MOST_ROWS = 4096
LEAST = 2
"""Samples of a shard: of one alone batch norm has no variance."""


@dataclass(frozen=True)
class Sharded:
    """Gradients (P,) of the whole and of each shard (K, P), without dropout; `sizes` are their samples, `losses` (K,) without
    penalties."""

    sizes: tuple[int, ...]
    whole: Array
    own: Array
    losses: Array

    @property
    def weights(self) -> Array:
        return np.array(self.sizes) / sum(self.sizes)

    @property
    def weighted(self) -> Array:
        """The mean that counts each shard by its samples, summed from the first on."""
        total = np.zeros(len(self.whole))
        for weight, gradient in zip(self.weights, self.own, strict=True):
            total += weight * gradient
        return total

    @property
    def plain(self) -> Array:
        mean: Array = self.own.mean(axis=0)
        return mean

    def error(self, mean: Array) -> float:
        """How far a mean is from the whole's gradient, in lengths of that."""
        return float(np.linalg.norm(mean - self.whole) / np.linalg.norm(self.whole))


def sizes_of(rows: int, count: int, equal: bool) -> tuple[int, ...]:
    """Samples of each shard: all alike, what is left over is left out; or growing as 1, 2, 3, …"""
    if rows < LEAST * count:
        raise ChoiceError("machines", f"{rows} training samples are too few for {count}", f"2 to {max(2, rows // LEAST)}")
    if equal:
        return (rows // count,) * count
    free, parts = rows - LEAST * count, np.arange(1, count + 1)
    sizes = LEAST + free * parts // parts.sum()
    sizes[-1] += rows - sizes.sum()
    return tuple(int(size) for size in sizes)


def sharded(machine: Machine, sizes: Sequence[int]) -> Generator[None, None, Sharded]:
    """The first training samples, one shard behind the other."""
    total = sum(sizes)
    whole = clone_on_rows(machine, np.arange(total)).gradient("train")
    yield
    own, losses, first = [], [], 0
    for size in sizes:
        evaluator = clone_on_rows(machine, np.arange(first, first + size))
        own.append(evaluator.gradient("train"))
        losses.append(evaluator.loss_and_outputs(*evaluator.rows("train"), codes.STATISTICS)[0])
        first += size
        yield
    give_way()
    return Sharded(tuple(sizes), whole, np.array(own), np.array(losses))


def with_norm(machine: Machine, norm: bool) -> Machine:
    """The same weights with batch norm in every hidden layer, or in none; scales are 1 and shifts 0 where they are new."""
    spec = machine.spec
    layers = tuple(layer.model_copy(update={"norm": _norm(layer.norm, norm)}) for layer in spec.network.layers)
    if layers == spec.network.layers:
        return machine
    changed: RunSpec = spec.model_copy(update={"network": spec.network.model_copy(update={"layers": layers})})
    made = Machine(changed, machine.dataset)
    known = {slot.name: slot for slot in machine.tape.slots}
    for slot in made.tape.slots:
        if slot.name in known:
            slot.view(made.theta)[...] = known[slot.name].view(machine.theta)
    return made


def _norm(own: str | None, norm: bool) -> str | None:
    return "batch" if norm else (None if own == "batch" else own)
