"""The second picture: the shards' weighted gradients added up around a ring, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.lab.charts import Axis, Chart, Heat, Mark, Series
from engine.lab.experiment import Cell, ChoiceError, Choices, Column, Making, Progress, Result, Table
from engine.lab.machines.ring import Reduced, all_reduced, chunks_of, messages, most_sent
from engine.lab.machines.shards import MOST_ROWS, sharded, sizes_of
from engine.machine.machine import Machine

BYTES = 8
MOST_MACHINES = 16
COLUMNS = (
    Column("step", "Step"),
    Column("phase", "Phase"),
    Column("messages", "Sent: machine → machine, chunk"),
    Column("bytes", "Sent by the busiest so far", "B"),
    Column("whole", "Chunks that are whole"),
)


def made(machine: Machine, choices: Choices) -> Making:
    count = choices["machines"]
    if machine.theta.size < count:
        raise ChoiceError("machines", f"there are only {machine.theta.size} numbers to share out", f"2 to {machine.theta.size}")
    rows = min(MOST_ROWS, machine.dataset.rows[0])
    sizes = sizes_of(rows, count, choices["sizes"] == "equal")
    yield Progress(0.0)
    steps = sharded(machine, sizes)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found = end.value
            break
        yield Progress(0.5)
    if not np.isfinite(found.own).all():
        raise ChoiceError("network", "its gradient is not finite", "a run that has not diverged")
    reduced = all_reduced(found.weights[:, None] * found.own)
    yield Progress(0.9)
    alike = all(np.array_equal(reduced.held[0], each) for each in reduced.held)
    off = float(np.abs(reduced.held[0] - found.weighted).max())
    size, formula = int(machine.theta.size), 2 * (count - 1) / count * machine.theta.size * BYTES
    values = {
        "part": "ring",
        "machines": count,
        "sizes": list(sizes),
        "parameters": size,
        "steps": 2 * (count - 1),
        "chunks": [place.stop - place.start for place in chunks_of(size, count)],
        "shown": [int(place) for place in reduced.shown],
        "names": [name_of(machine, place) for place in reduced.shown],
        "sent": [int(each) for each in reduced.bytes],
        "formula": formula,
        "central": (count - 1) * size * BYTES,
        "alike": alike,
        "off": off,
    }
    arrays = {
        "ring_counts": reduced.counts,
        "ring_values": reduced.values,
        "ring_sends": reduced.sends,
        "ring_sent": reduced.sent,
    }
    figures = (traffic(size, count), first_machine(reduced))
    return Result(_said(values), table(reduced), figures, values, arrays)


def name_of(machine: Machine, place: int) -> str:
    """Of a parameter by its place in θ: "W2[3, 1]", from 1."""
    slot = next(slot for slot in machine.tape.slots if slot.offset <= place < slot.offset + slot.size)
    indices = np.unravel_index(place - slot.offset, slot.shape)
    return f"{slot.name}[{', '.join(str(int(index) + 1) for index in indices)}]"


def _said(values: dict[str, Any]) -> str:
    sent: list[int] = values["sent"]
    least, most = min(sent), max(sent)
    own = f"{most:,} bytes" if least == most else f"{least:,} to {most:,} bytes"
    alike = "all with the same bits" if values["alike"] else "not all with the same bits"
    exact = "" if least == most == values["formula"] else f" (the formula says {values['formula']:,.0f}: P has no equal chunks)"
    return (
        f"After ${values['steps']} = 2(K-1)$ steps each of the {values['machines']} machines has the mean, {alike}; the "
        f"largest difference from the mean summed in order is {values['off']:.0e}. Each sent {own}{exact}. "
        f"One machine that collects all gradients and sends the mean back would send {values['central']:,} bytes and receive "
        "as many, and the more machines, the more."
    )


def traffic(size: int, count: int) -> Chart:
    """Bytes through the busiest machine by the number of machines: counted from the messages."""
    x = np.arange(2.0, MOST_MACHINES + 1.0)
    ring = np.array([float(most_sent(size, int(machines))) for machines in x])
    central = (x - 1.0) * size * BYTES
    unit, name = (1e6, "MB") if central[-1] >= 1e6 else (1e3, "kB")
    series = (
        Series("ring", x, ring / unit, "line+points", colour=0),
        Series("one collects", x, central / unit, "line+points", colour=1),
    )
    title = "Sent by the busiest machine"
    marks = (Mark("x", float(count), "K"), Mark("y", 2.0 * size * BYTES / unit, "2 P"))
    return Chart("traffic", title, Axis("machines K"), Axis("sent", name), series, marks)


def first_machine(reduced: Reduced) -> Heat:
    """How many machines' numbers each chunk of machine 1 is the sum of, step by step."""
    counts = reduced.counts[:, 0, :].T
    axis = Axis("chunk", labels=tuple(str(chunk + 1) for chunk in range(len(counts))))
    steps = np.arange(float(counts.shape[1]))
    title = "Machine 1: how many machines' numbers are in each chunk"
    return Heat("first", title, Axis("step"), axis, counts, at_x=steps, measure="machines", written=True)


def table(reduced: Reduced) -> Table:
    machines = reduced.counts.shape[1]
    rows: list[tuple[Cell, ...]] = []
    for number, step in enumerate(messages(machines), 1):
        words = ", ".join(f"{each.sender + 1} → {each.receiver + 1}: {each.chunk + 1}" for each in step)
        phase = "reduce-scatter" if step[0].adds else "all-gather"
        whole = int((reduced.counts[number] == machines).sum())
        rows.append((number, phase, words, int(reduced.sent[number].max()), whole))
    return Table(COLUMNS, tuple(rows))
