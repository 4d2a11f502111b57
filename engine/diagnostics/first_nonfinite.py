"""Where a run first went non-finite: op, unit, sample or weight, and the numbers that went into it.

The update that failed is run again from the state before it, op by op, in the machine's own buffers, which are put back after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.machine.tape import Op
from engine.machine.trace import value_of
from engine.parts import give_way
from engine.script.edit_checks import number


@dataclass(frozen=True)
class Operand:
    """What the offending op read: `largest` its largest finite |value| among those that feed the entry, and where it stands."""

    name: str
    largest: float
    index: tuple[int, ...]


@dataclass(frozen=True)
class FirstNonfinite:
    """The first entry that is not finite. Indices are 1-based. `unit` of `layer`; `column` of the mini-batch and the training
    `sample` in it, for values that belong to samples; `entry` of the tensor otherwise. `value` is NaN, inf or -inf."""

    update: int
    op: str
    tensor: str
    layer: int
    unit: int | None
    column: int | None
    sample: int | None
    entry: tuple[int, ...]
    value: float
    count: int
    operands: tuple[Operand, ...]
    words: str


def find_first_nonfinite(machine: Machine) -> FirstNonfinite | None:
    """The first value that is not finite in the update that comes next; None where there is none. The machine is left as it
    was."""
    kept = machine.copy_buffers()
    machine.abandon_update()
    machine.record_nothing()
    try:
        with np.errstate(all="ignore"):
            for index, op in enumerate(machine.tape.words):
                code = int(machine.tape.ops[index, codes.CODE])
                before = {name: value_of(machine, name) for name in _names(machine, code, op.reads)}
                machine.one_op()
                found = _judge(machine, code, op, before)
                if found is not None or machine.int_state[codes.STATUS] == codes.NON_FINITE:
                    return found
                give_way()
    finally:
        machine.restore_buffers(kept)
    return None


def _names(machine: Machine, code: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those and, for the update, the optimizer's state of the same parameters."""
    if code not in (codes.UPDATE, codes.LOOK_AHEAD):
        return names
    parameters = [slot.name for slot in machine.tape.slots]
    return (*names, *(f"{state}.{name}" for state in machine.state_tensors for name in names if name in parameters))


def _judge(machine: Machine, code: int, op: Op, before: dict[str, Array]) -> FirstNonfinite | None:
    for name in _names(machine, code, op.writes):
        values = value_of(machine, name)
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            return _nonfinite(machine, op, name, values, tuple(int(i) for i in bad[0]), len(bad), before)
    if code == codes.CLIP and not np.isfinite(machine.float_state[codes.GRADIENT_NORM]):
        value = machine.float_state[codes.GRADIENT_NORM : codes.GRADIENT_NORM + 1]
        return _nonfinite(machine, op, "norm", value, (0,), 1, before)
    return None


def _nonfinite(
    machine: Machine, op: Op, name: str, values: Array, at: tuple[int, ...], count: int, before: dict[str, Array]
) -> FirstNonfinite:
    value = float(values[at])
    column = at[-1] if _of_samples(machine, name, values) else None
    unit = None if name in ("losses", "norm") else at[0] + 1
    operands = tuple(_operand(machine, name, key, operand, at) for key, operand in before.items() if operand.size)
    entry = tuple(i + 1 for i in at)
    update = machine.step + 1
    sample = None if column is None else _sample(machine, column) + 1
    where, cause = _where(name, op, unit, sample, entry), _cause(name, operands, before, at)
    return FirstNonfinite(
        update=update,
        op=op.name,
        tensor=name,
        layer=op.layer,
        unit=unit,
        column=None if column is None else column + 1,
        sample=sample,
        entry=entry,
        value=value,
        count=count,
        operands=operands,
        words=f"update {update}: {where} became {_kind(value)}{cause}",
    )


def _sample(machine: Machine, column: int) -> int:
    """Row of the training set that stands in a column of the mini-batch."""
    row = int(machine.int_state[codes.CURSOR]) + column
    return int(machine.order[row]) if machine.int_state[codes.SHUFFLE] else row


def _of_samples(machine: Machine, name: str, values: Array) -> bool:
    """Whether a value of the workspace has one column a sample."""
    return name in machine.tape.layout.offsets and values.shape[-1] == int(machine.int_state[codes.BATCH])


def _operand(machine: Machine, result: str, name: str, values: Array, at: tuple[int, ...]) -> Operand:
    """The part of an operand that feeds the entry `at` of the result: of samples' values the sample's column, of a matrix the
    row that makes the unit (on the way back: the column), of a tensor of the same shape the entry; else all of it."""
    where: list[slice] = [slice(None)] * values.ndim
    if _of_samples(machine, name, values):
        if result in machine.tape.layout.offsets:
            where[-1] = slice(at[-1], at[-1] + 1)
        else:  # a gradient sums over the samples: dW[j, k] of unit j's δ and unit k's h
            unit = at[0] if name.startswith("delta") else at[-1]
            where[0] = slice(unit, unit + 1)
    elif len(at) == values.ndim and result.rpartition(".")[2].removeprefix("d") == name.rpartition(".")[2].removeprefix("d"):
        where = [slice(i, i + 1) for i in at]
    elif values.ndim == 2 and result.startswith("delta"):
        where[1] = slice(at[0], at[0] + 1)
    elif result in machine.tape.layout.offsets and at[0] < values.shape[0]:
        where[0] = slice(at[0], at[0] + 1)
    part = values[tuple(where)]
    finite = np.where(np.isfinite(part), np.abs(part), -1.0)
    position = np.unravel_index(int(np.argmax(finite)), part.shape)
    index = tuple(int(i) + (cut.start or 0) + 1 for i, cut in zip(position, where, strict=True))
    return Operand(name, float(np.max(finite)), index)


def _where(name: str, op: Op, unit: int | None, sample: int | None, entry: tuple[int, ...]) -> str:
    if name == "losses":
        return f"the loss of training sample {sample}"
    if name == "norm":
        return "the norm of the whole gradient"
    if sample is not None:
        kind = name.rstrip("0123456789")
        return f"{kind} of unit {unit} in layer {name[len(kind) :] or op.layer}, for training sample {sample},"
    at = ", ".join(str(i) for i in entry)
    owner, _, parameter = name.rpartition(".")
    return f"{f'{owner} of ' if owner else ''}{parameter}[{at}]"


def _cause(name: str, operands: tuple[Operand, ...], before: dict[str, Array], at: tuple[int, ...]) -> str:
    """The largest term of a sum of products, where the op is one; else the largest number that went in."""
    if not operands:
        return ""
    term = _largest_term(name, before, at)
    if term:
        return f": {term}"
    largest = max(operands, key=lambda operand: operand.largest)
    where = ", ".join(str(i) for i in largest.index)
    return f": the largest number that goes in is {largest.name}[{where}], {number(largest.largest)} in size"


def _largest_term(name: str, before: dict[str, Array], at: tuple[int, ...]) -> str | None:
    """z = W h, δ below = Wᵀ δ, dW = δ hᵀ."""
    weights = next((key for key in before if key[0] == "W"), None)
    signal = next((key for key in before if key[0] == "h" and name[0] in "zd"), None)
    delta = next((key for key in before if key.startswith("delta") and key != name), None)
    unit, other = at[0], at[-1]
    if weights and signal and name[0] == "z":
        left, right, product = before[weights][unit], before[signal][:, other], f"{weights}·{signal}"
        factors = (f"{weights}[{unit + 1}, {{0}}]", f"{signal}[{{0}}]")
    elif weights and delta and name.startswith("delta"):
        left, right, product = before[weights][:, unit], before[delta][:, other], f"{weights}ᵀ·{delta}"
        factors = (f"{weights}[{{0}}, {unit + 1}]", f"{delta}[{{0}}]")
    elif delta and signal and name.startswith("dW"):
        left, right, product = before[delta][unit], before[signal][other], f"{delta}·{signal}ᵀ"
        factors = (f"{delta} of column {{0}}", f"{signal} of column {{0}}")
    else:
        return None
    sizes = np.log10(np.maximum(np.abs(left), 1e-300)) + np.log10(np.maximum(np.abs(right), 1e-300))
    k = int(np.argmax(np.where(np.isnan(sizes), -np.inf, sizes)))
    first, second = (factor.format(k + 1) for factor in factors)
    return f"the largest term of {product} is {first} × {second}, {number(float(left[k]))} × {number(float(right[k]))}"


def _kind(value: float) -> str:
    return "not a number" if np.isnan(value) else "infinite" if value > 0 else "minus infinite"
