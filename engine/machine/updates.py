"""What an optimizer needs besides its kernel: blocks of parameters, room to work in, fresh state, its numbers in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from engine.array import Array, zeros
from engine.kernels import codes
from engine.optimizers.row import Form
from engine.spec import OptimizerSpec


@dataclass(frozen=True)
class Block:
    """Parameters that lie one behind the other and follow one optimizer. `rows` and `cols` are a matrix's own."""

    form: Form
    names: tuple[str, ...]
    offset: int
    size: int
    rows: int
    cols: int
    decays: dict[str, int]

    @property
    def fields(self) -> dict[str, int]:
        """The fields of its UPDATE op, but for the scratch's place."""
        place = {"WEIGHTS": self.offset, "COUNT": self.size, "ROWS": self.rows, "COLS": self.cols}
        return {"KIND": self.form.code, "EXTRA": len(self.form.state)} | place | self.decays


def decay_fields(optimizer: OptimizerSpec) -> dict[str, int]:
    """The fields of a RATE or an UPDATE op that say which parameters are corrected decays, and which whether they are."""
    row = optimizer.row
    decays = {field: 1 + optimizer.place(name) for field, name in zip(("DECAY_1", "DECAY_2"), row.decays, strict=False)}
    return decays | ({"CORRECTION": 1 + optimizer.place(row.correction)} if row.correction else {})


def blocks(optimizer: OptimizerSpec, tensors: Sequence[tuple[str, int, tuple[int, ...]]]) -> list[Block]:
    """The blocks of tensors (name, offset, shape) that lie one behind the other: one, or each matrix by itself and the rest."""
    form, decays = optimizer.form, decay_fields(optimizer)
    found = []

    def part(index: int) -> int:
        matrix = form.rest is not None and len(tensors[index][2]) == 2
        return index if matrix else -1

    for index, group in groupby(range(len(tensors)), part):
        members = [tensors[i] for i in group]
        rows, cols = (members[0][2] if index >= 0 else (0, 0))[-2:]
        size = sum(int(np.prod(shape)) for _, _, shape in members)
        names = tuple(name for name, _, _ in members)
        found.append(Block(form.of(matrix=index >= 0), names, members[0][1], size, rows, cols, decays))
    return found


def scratch_size(parts: Sequence[Block]) -> int:
    """Numbers of scratch that the largest block needs: Newton-Schulz works on a copy, a product and two Gram matrices."""
    return max((2 * part.rows * part.cols + 2 * min(part.rows, part.cols) ** 2 for part in parts), default=0)


def fresh_state(optimizer: OptimizerSpec, count: int, rate: float, before: int = 0) -> Array:
    """Slots for `count` parameters and the clock, (tensors · count + N_CLOCK,), before the first update, whose rate is `rate`:
    under a schedule not the optimizer's own. Numbers that are to lie `before` them, 0 here, have their room."""
    state = zeros(before + len(optimizer.state) * count + codes.N_CLOCK)
    state[[codes.POWER_1 - codes.N_CLOCK, codes.POWER_2 - codes.N_CLOCK, codes.PRODUCT - codes.N_CLOCK]] = 1.0
    own = {"lr": rate, **optimizer.parameters}
    for name, parameter in optimizer.row.starts.items():
        state_of(optimizer, state, count)[name][...] = own[parameter]
    return state


def state_of(optimizer: OptimizerSpec, state: Array, count: int) -> dict[str, Array]:
    """Views of the state's tensors by name, (count,) each; they lie before the clock, at the end."""
    first = len(state) - codes.N_CLOCK - len(optimizer.state) * count
    return {name: state[first + i * count : first + (i + 1) * count] for i, name in enumerate(optimizer.state)}


def set_optimizer(float_state: Array, optimizer: OptimizerSpec) -> None:
    """The optimizer's rate and own parameters into `float_state` (N_HYPER,), where kernels look for them."""
    numbers = optimizer.numbers
    float_state[codes.LR] = optimizer.lr
    float_state[codes.OPTIMIZER : codes.OPTIMIZER + len(numbers)] = numbers
