"""What a page is told of the run."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from server.protocol.base import Message, Status
from server.protocol.long_json import MARK, written
from server.protocol.run import Speed
from server.protocol.shapes import RunSpecData, ScriptEditData


class LayerInfo(Message):
    layer: int = Field(description="1-based; the last is the output layer")
    units: int
    activation: str


class RunInfo(Message):
    """A run begins (or is resumed): all that stays the same while it lasts."""

    type: Literal["run"] = "run"
    run: int = Field(description="counts the runs of a session; frames carry it")
    spec: RunSpecData = Field(description="complete: every default written out")
    task: Literal["classification", "regression"]
    kind: Literal["plane", "line", "table", "image"] = Field(description="of a sample: two coordinates, one, a row, a picture")
    columns: list[str] = Field(description="names of a raw sample's columns")
    inputs: list[str] = Field(description="names of the network's inputs, d_0 of them")
    outputs: list[str] = Field(description="names of the outputs, d_L of them")
    classes: list[str] = Field(description="empty for regression")
    image_shape: tuple[int, int] | None
    domain: list[tuple[float, float]] = Field(description="the range drawn: a pair for each column of a plane or line")
    layers: list[LayerInfo]
    output_activation: str
    loss: str
    parameter_count: int
    samples: dict[str, int] = Field(description="train, validation, test")
    note: str = Field(default="", description="what is to be known of the samples, in words")
    data_digest: str | None = Field(default=None, description="of own data, SHA-256: script events refer to them by it")

    def write(self) -> Self:
        """Own data a piece at a time."""
        brief = self.model_copy(update={"spec": self.spec | {"data": MARK}})
        self._text = brief.model_dump_json().replace(f'"{MARK}"', written(self.spec["data"]), 1)
        return self


class OffenceInfo(Message):
    """The first value of a run that was not finite. All is counted from 1; `unit` belongs to `layer`."""

    update: int
    op: str
    tensor: str = Field(description="by its name in the trace: z1, delta2, dW1, W1, losses …")
    layer: int = Field(description="0 where it belongs to none")
    unit: int | None = None
    sample: int | None = Field(default=None, description="of the training set, for values that belong to samples")
    entry: list[int] = Field(description="where in the tensor")
    value: str = Field(description="NaN, Infinity or -Infinity")
    count: int = Field(description="values of the tensor that are not finite")


class Stop(Message):
    """Why a run stopped: it is finished, a rule stopped it, or an op gave a non-finite value."""

    kind: Literal["finished", "non_finite", "early", "small_change"]
    step: int = Field(description="the number of updates done; a non-finite value arose in the update after it")
    op: str | None = None
    best: int | None = Field(default=None, description="stopped early: the step of the best validation loss")
    message: str
    detail: str | None = Field(default=None, description="the first value that was not finite, in words")
    offence: OffenceInfo | None = None


class State(Message):
    """Where a session stands. The newest overwrites older ones."""

    latest: ClassVar[bool] = True
    type: Literal["state"] = "state"
    run: int
    status: Status
    step: int
    end: int = Field(description="the furthest step of this branch")
    max_steps: int
    epoch: int = Field(description="epochs begun, minus one: 0 during the first")
    steps_per_epoch: int
    branch: int
    speed: Speed
    steps_per_second: float | None = Field(description="measured over the last second of play; null while not playing")
    stop: Stop | None = None
    seek: tuple[int, int] | None = Field(default=None, description="from and to, while a seek is under way")


class EditInfo(Message):
    step: int
    label: str = Field(description="in words, such as 'rate 0.01 to 0.1'")
    edit: ScriptEditData = Field(description="as it was made; a large network that was loaded without its numbers")


class BranchInfo(Message):
    branch: int
    parent: int | None
    fork: int
    end: int


class ScriptInfo(Message):
    """The edits that lead to the present branch, and the branches there are. Own data do not change while a run lasts and may
    be megabytes, so they come once, in `run`: here `spec.data` is without its samples (``train_x``, ``train_y``, and so on),
    which are those of the run with the same `data_digest`. What `share`, `keep` and `export` give has them."""

    type: Literal["script"] = "script"
    run: int
    branch: int
    edits: list[EditInfo]
    branches: list[BranchInfo]
    can_undo: bool
    can_redo: bool
    spec: dict[str, Any] = Field(description="the spec with the edits in force at the present step, own samples left out")
    data_digest: str | None = None


class Loaded(Message):
    """A script is being followed. Recorded under another fingerprint, its numbers may differ in their last digits."""

    type: Literal["loaded"] = "loaded"
    run: int
    step: int = Field(description="where it stands in the end")
    edits: int
    fingerprint: str | None = Field(description="of the machine that recorded it")
    same_bits: bool


class Trial(Message):
    """How far the finder, the check or the recording is: `done` of `total` updates, weights or frames. The newest overwrites
    older ones."""

    latest: ClassVar[bool] = True
    type: Literal["trial"] = "trial"
    command: Literal["find_rate", "check_gradient", "replay"]
    done: int
    total: int
