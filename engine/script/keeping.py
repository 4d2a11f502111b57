"""A whole run as plain data and arrays, and back: every branch with its recorded series, and the numbers it stands on.

What a server keeps, so that a run goes on after the server was gone. A link holds the present branch alone
(`engine.script.script_data`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.array import Array, copied
from engine.kernels import codes
from engine.parts import give_way, giving_way_between
from engine.recording.series import Series
from engine.recording.stops import Stop, stop_reason
from engine.run import Run
from engine.script.edit_checks import check, frozen_by
from engine.script.edits import AnyEdit, ScriptEdit, with_edit
from engine.script.script import Branch
from engine.spec import MAX_STEPS, RunSpec
from engine.trainer import Trainer
from engine.warmup import fingerprint

Step = Annotated[int, Field(ge=0, le=MAX_STEPS)]
Index = Annotated[int, Field(ge=0)]


class Buffer(NamedTuple):
    """One of a machine's buffers as it is kept. Its `key` is on disk and never changes, whatever the attribute comes to be
    called."""

    key: str
    attribute: str
    whole: bool = False
    """Whether its numbers are whole ones; on disk all are doubles."""


BUFFERS = (
    Buffer("counters", "int_state", whole=True),
    Buffer("hyper", "float_state"),
    Buffer("theta", "theta"),
    Buffer("change", "change"),
    Buffer("grad", "grad"),
    Buffer("state", "state"),
    Buffer("rules", "rules"),
)
"""What the next update and the pictures depend on; the other buffers are made again from it."""
NUMBERS = tuple(buffer.key for buffer in BUFFERS)
LAYOUT = "layout"
"""The key under which `codes.LAYOUT` is kept beside them; numbers without it are of layout 1."""
WHOLE = frozenset({LAYOUT, *(buffer.key for buffer in BUFFERS if buffer.whole)})


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class KeptBranch(_Kept):
    """A line of the run: its parent's until `fork`, then its own. Its edits are the first so many of its parent's, and then
    `edits`: each edit makes a branch, and a thousand whole lists would be half a million edits."""

    parent: Index | None
    fork: Step
    shared: Index = 0
    edits: tuple[ScriptEdit, ...]


class Timeline(_Kept):
    """What changes with an edit, and only then. Its `version` rises with every change that an older engine would misread: that
    leaves alone what it does not know (`server.keeping.versions`)."""

    version: Literal[1, 2] = 2
    """In the first each branch had the whole list of its edits, as with none `shared`."""
    fingerprint: str = Field(max_length=400)
    spec: RunSpec
    branches: tuple[KeptBranch, ...] = Field(min_length=1)
    current: Index
    undone: tuple[Index, ...]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        count = len(self.branches)
        if self.current >= count or any(index >= count for index in self.undone):
            raise ValueError("current, undone: there is no such branch")
        lengths: list[int] = []
        for index, branch in enumerate(self.branches):
            if (index == 0) != (branch.parent is None) or (branch.parent is not None and branch.parent >= index):
                raise ValueError(f"branches.{index}.parent: a branch forks from one before it")
            if branch.shared > (0 if branch.parent is None else lengths[branch.parent]):
                raise ValueError(f"branches.{index}.shared: its parent has not so many edits")
            lengths.append(branch.shared + len(branch.edits))
        return self

    def edits(self) -> list[tuple[AnyEdit, ...]]:
        """The whole list of each branch."""
        found: list[tuple[AnyEdit, ...]] = []
        for branch in self.branches:
            before = () if branch.parent is None else found[branch.parent][: branch.shared]
            found.append((*before, *branch.edits))
        return found


class KeptStop(_Kept):
    """Why the run has stopped. The first value that is not finite is found again, by making the update that failed."""

    kind: Literal["finished", "non_finite", "early", "small_change"]
    step: Step
    message: str
    best: Step | None = None


class Cursor(_Kept):
    """Where the run stands, how far each branch goes, and how often the interval of its series was doubled."""

    step: Step
    ends: tuple[Step, ...]
    doublings: tuple[Index, ...]
    stop: KeptStop | None = None


def timeline(trainer: Trainer) -> Timeline:
    """The script with all its branches."""
    script = trainer.script
    return Timeline(
        fingerprint=fingerprint(),
        spec=script.spec,
        branches=tuple(_kept(each, script.branches) for each in giving_way_between(script.branches)),
        current=script.current,
        undone=script.undone,
    )


def _kept(branch: Branch, branches: Sequence[Branch]) -> KeptBranch:
    theirs = () if branch.parent is None else branches[branch.parent].edits
    shared = min(len(theirs), len(branch.edits))
    while branch.edits[:shared] != theirs[:shared]:
        shared -= 1
    return KeptBranch(parent=branch.parent, fork=branch.fork, shared=shared, edits=branch.edits[shared:])


def cursor(trainer: Trainer) -> Cursor:
    stop = trainer.stopped
    kept = None if stop is None else KeptStop(kind=stop.kind, step=stop.step, message=stop.message, best=stop.best)
    branches = trainer.script.branches
    return Cursor(
        step=trainer.steps_done,
        ends=tuple(branch.end for branch in branches),
        doublings=tuple(branch.series.doublings for branch in branches),
        stop=kept,
    )


def numbers(trainer: Trainer) -> dict[str, NDArray[Any]] | None:
    """Copies of the buffers by key, and the layout they are in; None in the middle of an update, which is no place to go on
    from."""
    if trainer.machine.next_op:
        return None
    copies = {buffer.key: copied(getattr(trainer.machine, buffer.attribute)) for buffer in giving_way_between(BUFFERS, 1)}
    give_way()
    return copies | {LAYOUT: np.array([codes.LAYOUT])}


def layout_of(buffers: Mapping[str, NDArray[Any]]) -> int:
    """The layout of kept numbers: what `codes.LAYOUT` was where they were taken."""
    return int(buffers[LAYOUT][0]) if LAYOUT in buffers else 1


def resume(line: Timeline, at: Cursor, buffers: Mapping[str, NDArray[Any]] | None, points: Mapping[int, Array]) -> Trainer:
    """The run as it was kept, bit for bit. `buffers` are its `numbers`, `points` its recorded series by branch.

    It stands where its numbers were taken, at `at.step` or before. Without any, or with those of an engine whose buffers had
    another shape or another layout, it stands at its beginning. From either, seeking to `at.step` leads to the state that was
    kept.
    """
    trainer = Trainer(line.spec)
    script, begun = trainer.script, trainer.series
    script.branches = [
        Branch(index, each.parent, each.fork, edits, end, Series(points[index], 0, doublings))
        if index in points
        else Branch(index, each.parent, each.fork, edits, end, begun.until(each.fork))
        for index, (each, edits, end, doublings) in enumerate(
            zip(line.branches, line.edits(), at.ends, at.doublings, strict=True)
        )
    ]
    script.current, script.undone = line.current, line.undone
    for edit in script.branch.edits:
        check(edit, trainer.machine)  # raises where this network has no such weight
    if buffers is None or not _stand(trainer.run, at.step, buffers):
        trainer.restart()
    elif at.stop is not None and trainer.steps_done == at.step:
        _stop(trainer.run, at.stop)
    return trainer


def _stand(run: Run, furthest: int, buffers: Mapping[str, NDArray[Any]]) -> bool:
    """Put the numbers into the buffers; false where they do not fit, or are of a later step."""
    machine, spec = run.machine, run.script.spec
    if layout_of(buffers) != codes.LAYOUT or any(key not in buffers for key in NUMBERS):
        return False
    if buffers["counters"].shape != machine.int_state.shape:
        return False
    step = int(buffers["counters"][codes.STEP])
    made = [edit for edit in run.script.branch.edits if edit.step <= step]
    for edit in made:
        spec = with_edit(spec, edit)
    machine.adopt(spec)
    machine.freeze(frozen_by(made, machine))
    if step > furthest or any(buffers[each.key].shape != getattr(machine, each.attribute).shape for each in BUFFERS):
        return False
    run.resume({each.attribute: buffers[each.key] for each in BUFFERS})
    return True


def _stop(run: Run, stop: KeptStop) -> None:
    if stop.kind == "non_finite":
        run.advance(1)
    else:
        run.stopped = stop_reason(run.machine) or Stop(stop.kind, stop.step, None, stop.message, stop.best)
