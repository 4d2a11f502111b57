"""What an experiment of the lab is: a row with its choices, and how it is carried out, in parts, with what is found so far."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.array import Array
from engine.lab.charts import Figure
from engine.lab.subject import Subject
from engine.parts import give_way
from engine.rows.row import Parameter, Row

Choices = Mapping[str, Any]
Cell = float | int | str | bool | None


class ChoiceError(ValueError):
    """A choice that is not allowed: which, why, and what is."""

    def __init__(self, field_: str, words: str, allowed: str) -> None:
        super().__init__(f"{field_}: {words}; allowed: {allowed}")
        self.field, self.words, self.allowed = field_, words, allowed


@dataclass(frozen=True)
class Column:
    """Of a table: its title, and the unit in which its numbers are told."""

    name: str
    title: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """The numbers of a result, to read and to take along; every number that a figure shows is in one of its rows or is told
    in `Result.values`."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Result:
    """What is found, or so far. `said`: one or two sentences with the measured numbers, and what in them is not as one would
    think. `values` is plain data and `arrays` are arrays for the experiment's own view."""

    said: str
    table: Table
    figures: tuple[Figure, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """The share that is done, from 0 to 1, and what there is to see so far, where that is news. `kept`, plain data ready for
    JSON, is what `Experiment.resume` goes on from; the newest holds all."""

    share: float
    so_far: Result | None = None
    kept: Mapping[str, Any] | None = None


Making = Generator[Progress, None, Result]
"""Between two yields others have their turn: pieces of some milliseconds, or work within that gives way (`engine.parts`)."""


@dataclass(frozen=True)
class Experiment(Row):
    """`title`; `summary` is the one sentence of the gallery; `formula` (LaTeX) with `why`, two lines in words; `parameters` are
    the choices. `rows`: the rows of COVERAGE.md that it shows. `on_run`: it is about the present run, and `make` needs one.

    `make(subject, choices)` raises `ChoiceError` at its first step for choices that do not fit the run. `updates` counts the
    updates of runs that it will make, `size` the bytes that it will hold: both are asked before it begins. `resume(subject,
    choices, kept)` goes on from what `Progress.kept` held; an experiment without it begins again."""

    make: Callable[[Subject | None, Choices], Making] = field(kw_only=True)
    why: str = field(kw_only=True)
    coverage: str = field(kw_only=True)
    on_run: bool = field(default=False, kw_only=True)
    updates: Callable[[Subject | None, Choices], int] = field(default=lambda subject, choices: 0, kw_only=True)
    size: Callable[[Subject | None, Choices], int] = field(default=lambda subject, choices: 1_000_000, kw_only=True)

    resume: Callable[[Subject | None, Choices, Mapping[str, Any]], Making] | None = field(default=None, kw_only=True)

    internal: ClassVar[tuple[str, ...]] = ("make", "updates", "size", "resume")


def chosen(experiment: Experiment, given: Choices) -> dict[str, Any]:
    """All choices of an experiment: those given, and the defaults of the others. Raises `ChoiceError`."""
    known: dict[str, Parameter] = {each.name: each for each in experiment.parameters}
    for name in given:
        if name not in known:
            raise ChoiceError(name, f"{experiment.title} has no such choice", ", ".join(known) or "none")
    found = {}
    for name, parameter in known.items():
        value = given.get(name, parameter.default)
        problem = parameter.problem(value)
        if problem is not None:
            raise ChoiceError(name, problem, parameter.allowed)
        found[name] = parameter.normalized(value)
    return found


def begun(experiment: Experiment, subject: Subject | None, given: Choices, kept: Mapping[str, Any] | None = None) -> Making:
    """The experiment with these choices, about a run where it is about one; gone on with from what was `kept`, where it can be.
    Raises `ChoiceError`."""
    if experiment.on_run and subject is None:
        raise ChoiceError("run", f"{experiment.title} is about a run, and there is none", "a run")
    choices = chosen(experiment, given)
    if kept is not None and experiment.resume is not None:
        return experiment.resume(subject, choices, kept)
    return experiment.make(subject, choices)


def carried_out(experiment: Experiment, subject: Subject | None = None, **choices: Any) -> Result:
    """All of it at once: what a notebook calls. Raises `ChoiceError`."""
    making = begun(experiment, subject, choices)
    while True:
        try:
            next(making)
        except StopIteration as end:
            found: Result = end.value
            return found
        give_way()
