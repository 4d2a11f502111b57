"""The run that an experiment is about: taken as it stands, so that the run itself is left alone and may go on."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dataset import Dataset
from engine.evaluation.clones import clone_machine
from engine.machine.machine import Machine, Snapshot
from engine.spec import RunSpec

PRESENT = "present run"
"""What the choice of a network is called where an experiment may be about the present run, or about another."""


@dataclass(frozen=True)
class Subject:
    """A run after update `step`: its spec, its data and its state. `machine()` is a machine of its own in that state."""

    spec: RunSpec
    dataset: Dataset
    snapshot: Snapshot

    @classmethod
    def of(cls, machine: Machine) -> Subject:
        """Of a machine as it stands; an update that is under way is completed first, in the copy."""
        clone = clone_machine(machine)
        return cls(clone.spec, clone.dataset, clone.snapshot())

    @property
    def step(self) -> int:
        return self.snapshot.step

    def machine(self) -> Machine:
        made = Machine(self.spec, self.dataset)
        made.restore(self.snapshot)
        made.record_nothing()
        return made
