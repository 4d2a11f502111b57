"""The lab on the wire: an experiment is begun with its choices, goes on by slices, is ended, left, taken along. The channel
`lab` tells what it finds, as it comes; `/api/lab` lists the experiments."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Command, Message

ExperimentName = Annotated[str, Field(max_length=40, description="as `/api/lab` lists them")]
ChoiceName = Annotated[str, Field(max_length=40)]
Number = Annotated[int, Field(ge=-(2**53), le=2**53)] | Annotated[float, Field(allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=200)]
Choice = bool | Number | Text | Annotated[list[Number], Field(max_length=2)] | None


class LabBegin(Command):
    """Begin an experiment, in place of the one under way. It answers when it begins: the event `lab` and the channel `lab` tell
    the rest. What is about a run is about the present one as it stands now, which is left alone."""

    holds: ClassVar[str] = "choices"
    type: Literal["lab_begin"] = "lab_begin"
    experiment: ExperimentName
    choices: dict[ChoiceName, Choice] = Field(
        default_factory=dict, max_length=32, description="by the names of the experiment's parameters; absent: their defaults"
    )
    of: Literal["run"] | None = Field(
        default=None, description="about the present run, also where the experiment does not need one"
    )


class LabCancel(Command):
    """End the experiment under way; what it has found so far stays. Where there is none, nothing."""

    type: Literal["lab_cancel"] = "lab_cancel"


class LabLeave(Command):
    """Back to the gallery: the experiment is ended, and what it found let go."""

    type: Literal["lab_leave"] = "lab_leave"


class LabExport(Command):
    """What was found as a file: its table with all digits, or a page of its own with the figures. `done.result`: {name, type,
    text}."""

    type: Literal["lab_export"] = "lab_export"
    format: Literal["csv", "html"]
    theme: Literal["light", "dark"] = "light"


class LabRun(Message):
    """The run that an experiment is about, after its update `step`; what it has become since changes nothing."""

    run: int
    step: int


class LabInfo(Message):
    """The experiment that is open; `experiment` null: the gallery is. `choices` are all of them, as they are taken; `updates`
    those of runs that it makes in all; `seconds` it has worked. What it found is told by the channel alone, which a lesson's
    open question may withhold."""

    latest: ClassVar[bool] = True
    type: Literal["lab"] = "lab"
    number: int = Field(default=0, description="counts the experiments of a session; frames carry it as their run")
    experiment: str | None = None
    choices: dict[str, Any] = Field(default_factory=dict)
    on: LabRun | None = None
    status: Literal["idle", "running", "done", "cancelled", "failed"] = "idle"
    share: float = Field(default=0.0, description="that is done, 0 to 1")
    message: str = Field(default="", description="why it was ended or failed")
    seconds: float = 0.0
    updates: int = 0
