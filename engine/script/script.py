"""A run is its script: a spec and the edits made to it. Branches keep the futures that an edit in the past left behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.machine.machine import Snapshot
from engine.recording.series import Series
from engine.script.edits import AnyEdit, target
from engine.script.script_data import ScriptData
from engine.spec import RunSpec
from engine.warmup import fingerprint

CHECKPOINT_BYTES = 2_000_000
SERIES_BYTES = 2_000_000
"""Of all branches' recorded series; beyond it those that were left behind are thinned, the longest first …"""
FEWEST_POINTS = 32
"""… but keep as many as a curve needs."""


@dataclass
class Branch:
    """A line of the run: its parent's until `fork`, then its own. `edits` is the whole list, `end` the furthest step."""

    index: int
    parent: int | None
    fork: int
    edits: tuple[AnyEdit, ...]
    end: int
    series: Series = field(default_factory=Series, repr=False)

    def edits_at(self, step: int) -> tuple[AnyEdit, ...]:
        return tuple(edit for edit in self.edits if edit.step == step)

    def last_edit(self, step: int) -> int:
        """The last step up to `step` that edits precede; 0 where there is none."""
        return max((edit.step for edit in self.edits if edit.step <= step), default=0)

    def next_edit(self, step: int) -> int | None:
        """The first step beyond `step` that edits precede."""
        return min((edit.step for edit in self.edits if edit.step > step), default=None)


class Script:
    """Spec, edits, branches, and which branch is the present one. Undo and redo walk between an edit's two sides."""

    def __init__(self, spec: RunSpec) -> None:
        self.spec = spec
        self.branches = [Branch(0, None, 0, (), 0)]
        self.current = 0
        self._undone: list[int] = []

    @property
    def branch(self) -> Branch:
        return self.branches[self.current]

    def as_json(self, step: int) -> dict[str, Any]:
        """The present branch as plain data, standing at a step: `Trainer.from_script` follows it to the same bits."""
        return ScriptData(spec=self.spec, edits=self.branch.edits, step=step, fingerprint=fingerprint()).as_json()

    def add(self, edit: AnyEdit, *, anew: bool = False) -> None:
        """Fork a branch at the edit's step. The same target at the same step, with nothing run since, is changed in place,
        unless the branch is to be made `anew`."""
        old = self.branch
        self._undone.clear()
        fresh = not anew and old.parent is not None and old.fork == edit.step and old.end == edit.step
        if fresh and old.edits and target(old.edits[-1]) == target(edit) and old.edits[-1].step == edit.step:
            old.edits = (*old.edits[:-1], edit)
            return
        kept = tuple(known for known in old.edits if known.step <= edit.step)
        self.branches.append(
            Branch(len(self.branches), self.current, edit.step, (*kept, edit), edit.step, old.series.until(edit.step))
        )
        self.current = len(self.branches) - 1
        self._thin()

    def _thin(self) -> None:
        """Keep the series of what was left behind within their budget."""
        total = sum(branch.series.points.nbytes for branch in self.branches)
        while total > SERIES_BYTES:
            longest = max(self.branches[:-1], key=lambda branch: len(branch.series))
            if len(longest.series) <= FEWEST_POINTS:
                return
            total -= longest.series.points.nbytes
            longest.series.thin()
            total += longest.series.points.nbytes

    @property
    def undone(self) -> tuple[int, ...]:
        """The branches that redo leads back to, the next one last."""
        return tuple(self._undone)

    @undone.setter
    def undone(self, branches: Iterable[int]) -> None:
        self._undone = list(branches)

    @property
    def can_undo(self) -> bool:
        return self.branch.parent is not None

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def undo(self) -> int:
        """To before the last edit; the step to stand at."""
        branch = self.branch
        if branch.parent is None:
            raise ValueError("undo: there is no edit to take back")
        self._undone.append(self.current)
        self.current = branch.parent
        return branch.fork

    def redo(self) -> int:
        """To after the edit last undone; the step to stand at."""
        if not self._undone:
            raise ValueError("redo: nothing was undone")
        self.current = self._undone.pop()
        return self.branch.fork

    def lineage(self, step: int) -> Iterator[tuple[int, int]]:
        """Branches whose states are this branch's too, nearest first, each with the last step that is shared."""
        index: int | None = self.current
        while index is not None:
            yield index, step
            branch = self.branches[index]
            step = min(step, branch.fork)
            index = branch.parent


class Checkpoints:
    """Snapshots at multiples of a spacing, under a budget of bytes: where it is reached the spacing doubles."""

    def __init__(self, spacing: int, budget: int = CHECKPOINT_BYTES) -> None:
        self.spacing = spacing
        self.budget = budget
        self.bytes = 0
        self._kept: dict[tuple[int, int], Snapshot] = {}

    def due(self, step: int) -> int:
        """The next step beyond `step` at which one is taken."""
        return (step // self.spacing + 1) * self.spacing

    def should_keep(self, branch: int, step: int) -> bool:
        return step > 0 and step % self.spacing == 0 and (branch, step) not in self._kept

    def keep(self, branch: int, snapshot: Snapshot) -> None:
        if snapshot.bytes > self.budget:
            return
        self._kept[branch, snapshot.step] = snapshot
        self.bytes += snapshot.bytes
        while self.bytes > self.budget:
            self.spacing *= 2
            for key in [key for key in self._kept if key[1] % self.spacing]:
                self.bytes -= self._kept.pop(key).bytes

    def nearest(self, lineage: Iterator[tuple[int, int]]) -> Snapshot | None:
        """The latest snapshot on a lineage."""
        for branch, limit in lineage:
            steps = [step for (owner, step) in self._kept if owner == branch and step <= limit]
            if steps:
                return self._kept[branch, max(steps)]
        return None
