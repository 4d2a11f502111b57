"""From where a page looks to the micro-step, the sample and the entry that it sees."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

from server.microscope.scope import Scope
from server.protocol.microscope import Look
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine import Trainer
    from engine.microscope import Equation, Step, Update, Value


class Place(NamedTuple):
    """An entry of a result of a micro-step. `sample`: the training row shown, None for the whole mini-batch; `absent`: the row
    that was asked for and is not in it; `sample_column`: the sample's column, or that of the sample which stands for all."""

    step: Step
    sample: int | None
    absent: int | None
    sample_column: int
    value: Value | None
    row: int
    column: int
    term: int


def place_of(update: Update, look: Look) -> Place:
    """What is seen, as close to what is asked for as this update has it."""
    steps, micro = update.steps, look.micro or 0
    step = steps[min(max(micro + len(steps) if micro < 0 else micro, 0), len(steps) - 1)]
    wanted = update.samples[0] if look.sample == "first" else look.sample
    column = update.samples.index(wanted) if wanted is not None and wanted in update.samples else None
    seen, absent = (wanted, None) if column is not None else (None, wanted)
    value = result_of(step, look.name, column or 0)
    if value is None:
        return Place(step, seen, absent, column or 0, None, 0, 0, 0)
    rows, columns = value.array.shape
    row, chosen = look.row if look.row < rows else 0, look.column if look.column < columns else 0
    per_sample = value.columns.kind == "sample"
    if per_sample and column is not None:
        chosen = column
    shown = column if column is not None else chosen if per_sample else 0
    return Place(step, seen, absent, shown, value, row, chosen, look.term)


def result_of(step: Step, name: str | None, column: int) -> Value | None:
    """The result of that name, else the first; none where a micro-step has no numbers."""
    if step.of_sample is not None:
        return step.result(sample=column)
    named = next((value for value in step.results if value.name == name), None)
    return named or next(iter(step.results), None)


def equations_of(place: Place, look: Look) -> tuple[Equation, Equation] | None:
    """The equation of the entry, and at depth edge of one of its terms."""
    if place.value is None:
        return None
    at, name, column = (place.row, place.column), place.value.name, place.sample_column
    whole = place.step.equation(*at, name=name, sample=column)
    if look.depth != "edge":
        return whole, whole
    term = place.term if place.term < whole.terms else 0
    return whole, place.step.equation(*at, depth="edge", term=term, name=name, sample=column)


def look_at(scope: Scope, trainer: Trainer, key: Hashable, look: Look) -> None:
    """In a worker: refuse a look beyond what there is, naming the field and its range."""
    from engine.microscope import NOTATIONS

    if look.notation not in NOTATIONS:
        raise _beyond("notation", f"There is no notation '{look.notation}'", ", ".join(NOTATIONS))
    _refuse_beyond(scope.update(trainer, key, look.notation), look, len(trainer.dataset.splits["train"]))


def _refuse_beyond(update: Update, look: Look, samples: int) -> None:
    count = len(update.steps)
    if look.micro is not None and not -count <= look.micro < count:
        raise _beyond("micro", f"This update has {count} micro-steps", f"0 to {count - 1}, or −{count} to −1 from the end")
    if isinstance(look.sample, int) and look.sample >= samples:
        raise _beyond("sample", f"There are {samples} training samples", f"0 to {samples - 1}")
    place = place_of(update, look)
    names = [value.name for value in place.step.results] or ([place.value.name] if place.value else [])
    if look.name is not None and look.name not in names:
        raise _beyond("name", f"'{place.step.title}' has no result '{look.name}'", ", ".join(dict.fromkeys(names)) or "null")
    if place.value is None:
        return
    rows, columns = place.value.array.shape
    if look.row >= rows:
        raise _beyond("row", f"'{place.value.name}' has {rows} rows", f"0 to {rows - 1}")
    of_sample = place.sample is not None and place.value.columns.kind == "sample"
    if look.column >= columns and not of_sample:
        raise _beyond("column", f"'{place.value.name}' has {columns} columns", f"0 to {columns - 1}")
    if look.depth == "edge":
        whole = place.step.equation(place.row, place.column, name=place.value.name, sample=place.sample_column)
        if look.term >= whole.terms:
            raise _beyond("term", f"This entry has {whole.terms} terms", f"0 to {whole.terms - 1}")


def _beyond(field: str, message: str, allowed: str) -> CommandError:
    return CommandError("invalid", f"{field}: {message}", field, allowed)
