"""The order in which an update's ops run where only checkpoints are kept, and which values each of them lets go of."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernels import codes
from engine.machine.tape import Op, Tape

PRODUCTS = (codes.AFFINE, codes.BACK_PRODUCT, codes.GRADIENT)


@dataclass(frozen=True)
class Entry:
    """An op by its index on the tape. `again`: its values were there once and are made a second time. `drops`: the workspace
    values that nothing after it reads before they are written anew."""

    op: int
    again: bool
    drops: tuple[str, ...]


@dataclass(frozen=True)
class Segment:
    """Layers `first` … `last` between two checkpoints: their forward ops, and their backward ops."""

    first: int
    last: int
    forward: tuple[int, ...]
    backward: tuple[int, ...]


def segments(tape: Tape, every: int) -> list[Segment]:
    """Of so many layers each, from the input on; the last may have fewer."""
    layers = len(tape.sizes) - 1
    behind, present = {}, layers
    for index, word in enumerate(tape.words):
        if word.phase == "backward":
            behind[index] = present
            if tape.ops[index, codes.CODE] == codes.BACK_PRODUCT:
                present = word.layer - 1
    found = []
    for first in range(1, layers + 1, every):
        last = min(first + every - 1, layers)
        forward = tuple(i for i, word in enumerate(tape.words) if word.phase == "forward" and first <= word.layer <= last)
        found.append(Segment(first, last, forward, tuple(i for i, layer in behind.items() if first <= layer <= last)))
    return found


def schedule(tape: Tape, every: int | None = None) -> list[Entry]:
    """The ops of one update up to its gradient, then batch norm's running statistics, once. None: nothing is made again, every
    value is held until its last use. Else only what a segment of `every` layers takes from before it is held on the way
    forward; going backward a segment's values are made again. The last segment's are still there."""
    parts = segments(tape, every or len(tape.sizes))
    running = [i for i, code in enumerate(tape.ops[:, codes.CODE]) if code == codes.RUNNING_STATISTICS]
    order = [(i, False) for i, word in enumerate(tape.words) if word.phase in ("forward", "loss")]
    for place in reversed(range(len(parts))):
        part = parts[place]
        if place < len(parts) - 1:
            order += [(i, True) for i in made_again(tape, part, parts[place + 1 :], running)]
        order += [(i, False) for i in part.backward]
    return _with_drops(tape, order + [(i, False) for i in running])


def made_again(tape: Tape, part: Segment, later: list[Segment], running: list[int]) -> list[int]:
    """The forward ops of a segment without which its backward ops lack a value. What later segments take from it is a
    checkpoint, and needs none."""
    words = tape.words
    own = {name for i in part.forward for name in words[i].writes}
    checkpoints = {name for each in later for i in (*each.forward, *each.backward) for name in words[i].reads}
    missing = {name for i in (*part.backward, *running) for name in words[i].reads} & own - checkpoints
    found = []
    for i in reversed(part.forward):
        if missing.intersection(words[i].writes):
            found.append(i)
            missing |= own.intersection(words[i].reads) - checkpoints
    return found[::-1]


def in_workspace(tape: Tape, op: Op) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What an op reads and what it writes of the workspace, each name once."""
    known = tape.layout.offsets
    return (
        tuple(dict.fromkeys(name for name in op.reads if name in known)),
        tuple(dict.fromkeys(name for name in op.writes if name in known)),
    )


def _with_drops(tape: Tape, order: list[tuple[int, bool]]) -> list[Entry]:
    alive: set[str] = set()
    found = []
    for index, again in reversed(order):
        reads, writes = in_workspace(tape, tape.words[index])
        touched = dict.fromkeys((*reads, *writes))
        found.append(Entry(index, again, tuple(name for name in touched if name not in alive)))
        alive = alive.difference(writes).union(reads)
    return found[::-1]


def products(tape: Tape, index: int) -> int:
    """Multiplications by weights that an op makes for one sample."""
    op = tape.ops[index]
    learned = op[codes.CODE] in (codes.SKIP, codes.BACK_SKIP) and op[codes.KIND] == 1
    counts = learned or op[codes.CODE] in (*PRODUCTS, codes.SKIP_GRADIENT)
    return int(op[codes.ROWS] * op[codes.COLS]) if counts else 0
