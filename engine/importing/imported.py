"""What comes in: the run that it becomes, its numbers, and what is to be known about it. And what cannot come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.array import Array
from engine.run import Run
from engine.script.edits import MOST_ENTRIES, AnyEdit, Entries, FreezeEdit, LoadEdit
from engine.script.script_data import ScriptData
from engine.spec import RunSpec
from engine.warmup import fingerprint


class UnsupportedError(ValueError):
    """What cannot be brought in: where it is, what it is, and what is `allowed`. Nothing was made."""

    def __init__(self, where: str, problem: str, allowed: str) -> None:
        super().__init__(f"{where}: {problem}; allowed: {allowed}" if where else f"{problem}; allowed: {allowed}")
        self.where, self.problem, self.allowed = where, problem, allowed


@dataclass
class Tensors:
    """Numbers by the names of a run's tensors: `parameters`, batch norm's running `statistics`, the optimizer's `state` after
    so many `updates` of its own; `frozen` are parameters that no update changes."""

    parameters: dict[str, Array] = field(default_factory=dict)
    statistics: dict[str, Array] = field(default_factory=dict)
    state: dict[str, dict[str, Array]] = field(default_factory=dict)
    updates: int = 0
    product: float = 1.0
    frozen: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """A network from elsewhere as a run of this engine. `notes` are sentences that a user is to read."""

    source: str
    spec: RunSpec
    tensors: Tensors
    notes: tuple[str, ...] = ()

    @property
    def edits(self) -> tuple[AnyEdit, ...]:
        """What makes it of a run of its spec, before the first update."""
        own = self.tensors
        load = LoadEdit(
            source=self.source,
            parameters=_flat(own.parameters),
            statistics=_flat(own.statistics),
            state={name: _flat(tensors) for name, tensors in own.state.items()},
            updates=own.updates,
            product=own.product,
        )
        entries = [Entries(name=name, index=(None,) * own.parameters[name].ndim) for name in own.frozen]
        parts = [tuple(entries[first : first + MOST_ENTRIES]) for first in range(0, len(entries), MOST_ENTRIES)]
        return (load, *(FreezeEdit(entries=part) for part in parts))

    @property
    def script(self) -> ScriptData:
        """The run as a script, which a link, a file or a kept experiment holds."""
        return ScriptData(spec=self.spec, edits=self.edits, fingerprint=fingerprint())

    def run(self) -> Run:
        """It, standing before its first update."""
        run = Run(self.spec)
        for edit in self.edits:
            run.edit(edit, anew=True)
        run.notes = self.notes
        return run


def _flat(tensors: Mapping[str, Array]) -> dict[str, tuple[float, ...]]:
    return {name: tuple(values.ravel().tolist()) for name, values in tensors.items()}


def listed(names: Iterable[str]) -> str:
    """Names in words."""
    return ", ".join(names) or "none"
