"""A script as plain data, and a run that follows it: replaying gives the same bits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from engine.machine.machine import Machine
from engine.recording.stops import Stop
from engine.script.edit_checks import check
from engine.script.edits import AnyEdit
from engine.script.script_data import ScriptData
from engine.spec import MAX_STEPS

__all__ = ["Replay", "ReplayError", "Replayable", "ScriptData", "follow"]


class ReplayError(ValueError):
    """A script that this machine cannot follow to its end: its numbers lead elsewhere here."""


class Replayable(Protocol):
    """What a replay asks of a run; a `Trainer` is one."""

    @property
    def machine(self) -> Machine: ...
    @property
    def steps_done(self) -> int: ...
    @property
    def stopped(self) -> Stop | None: ...
    def seeking(self, step: int, updates: int) -> Iterator[int]: ...
    def take_edit(self, edit: AnyEdit, *, anew: bool) -> int: ...


Run = TypeVar("Run", bound=Replayable)


class Replay(Generic[Run]):
    """Follows a script in a trainer of its spec, from the start: each edit is made where it was made, so all can be undone."""

    def __init__(self, trainer: Run, data: ScriptData) -> None:
        self.trainer, self.data = trainer, data
        self.made = 0
        for index, edit in enumerate(data.edits):
            check(edit, trainer.machine, f"edits.{index}.")

    def advance(self, updates: int) -> bool:
        """At most so many updates, or an edit; true at the end."""
        trainer, edits = self.trainer, self.data.edits
        if self.made == len(edits):
            reached = next(iter(trainer.seeking(self.data.step, updates=updates)), None)
            return reached is None or reached >= self.data.step or trainer.stopped is not None
        edit = edits[self.made]
        if trainer.steps_done < edit.step:
            next(iter(trainer.seeking(edit.step, updates=updates)), None)  # which does not leave a step where a rule stopped
        if trainer.steps_done == edit.step:
            trainer.take_edit(edit, anew=True)  # what follows seeks to where it was made
            self.made += 1
        elif trainer.stopped is not None:
            where = f"stops at step {trainer.steps_done} on this machine, before its edit of step {edit.step}"
            raise ReplayError(f"The run {where}: {trainer.stopped.message}")
        return False


def follow(trainer: Run, data: ScriptData) -> Run:
    """A trainer of the script's spec, from its start to the script's end."""
    replay = Replay(trainer, data)
    while not replay.advance(MAX_STEPS):
        pass
    return trainer
