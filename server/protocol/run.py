"""What a page asks of the run."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Command, Link, Message, Token
from server.protocol.shapes import EditData, FormulaDataSpec, RunSpecData, ScriptData

SpeedUnit = Literal["steps", "epochs", "flat"]


class Speed(Message):
    """How fast a run plays: so many updates or epochs a second, or flat out."""

    unit: SpeedUnit = "epochs"
    rate: float = Field(default=1.0, gt=0, le=1_000_000, allow_inf_nan=False)


class Configure(Command):
    """Begin a new run from a spec (RUNS.md); absent fields take their defaults. The clock stops."""

    long: ClassVar[bool] = True
    type: Literal["configure"] = "configure"
    spec: RunSpecData


class Play(Command):
    type: Literal["play"] = "play"
    speed: Speed | None = Field(default=None, description="absent: as before")


class SetSpeed(Command):
    type: Literal["speed"] = "speed"
    speed: Speed


class Pause(Command):
    type: Literal["pause"] = "pause"


class Step(Command):
    """Pause, then make `count` updates."""

    type: Literal["step"] = "step"
    count: int = Field(default=1, ge=1, le=100_000)


class Seek(Command):
    """Pause, then go to the state after update `step`, forwards or backwards. Changes nothing in the script."""

    type: Literal["seek"] = "seek"
    step: int = Field(ge=0, le=1_000_000_000)


class Reset(Command):
    """Begin the same spec anew, without its edits: the same start, bit for bit."""

    type: Literal["reset"] = "reset"


class EditCommand(Command):
    """Change the run from here on. `edit` is an `engine.script.script.Edit`; before the end of the run it forks a branch."""

    holds: ClassVar[str] = "edit"
    type: Literal["edit"] = "edit"
    edit: EditData


class Undo(Command):
    type: Literal["undo"] = "undo"


class Redo(Command):
    type: Literal["redo"] = "redo"


class Load(Command):
    """Begin the run of a script that `share` gave, or of an experiment that `keep` keeps, and go to the step where it stood:
    `run` and `loaded` at once, `state` tells how far it is, `script` and `done` come at the end. A pause or a seek leaves it
    early, which is an `error`."""

    holds: ClassVar[str] = "script"
    long: ClassVar[bool] = True
    type: Literal["load"] = "load"
    script: ScriptData | str | None = Field(
        default=None, description="an `engine.script.replay.ScriptData`, or its JSON text, which keeps every bit"
    )
    experiment: Token | None = Field(default=None, description="an id that `keep` gave, in place of a script")


class Share(Command):
    """The present branch as a script. `done.result`: {script: JSON text}. Session ids are no part of it."""

    type: Literal["share"] = "share"


class Keep(Command):
    """Keep the present branch's script on the server. `done.result`: {experiment, lasting}: the id to load it by, in any
    session, and whether it outlives the server."""

    type: Literal["keep"] = "keep"


class Export(Command):
    """The run as a file. `done.result`: {name, type, text}, a file name, a media type and what is in it."""

    type: Literal["export"] = "export"
    format: Literal["curves", "batch_losses", "model", "torch", "script"]


class Replay(Command):
    """Pause, then record the updates from `first` to `last` on a copy of the run, frame by frame, as a file that plays by
    itself for so many `seconds` (`engine.export.replay`). The run is left alone. `trial` tells how far it is and ends as
    `find_rate` does; `done.result`: {name, type, text}, as `export`."""

    type: Literal["replay"] = "replay"
    first: int = Field(default=0, ge=0, le=1_000_000_000)
    last: int | None = Field(default=None, ge=1, le=1_000_000_000, description="absent: where the run stands")
    seconds: int = Field(default=30, ge=5, le=60)
    theme: Literal["light", "dark"] = "light"
    link: Link = None


class Compare(Command):
    """The recorded series of a branch, thinned. `done.result`: {branch, columns: {name: [numbers]}}."""

    type: Literal["compare"] = "compare"
    branch: int | None = Field(default=None, ge=0, description="absent: the present one")
    points: int = Field(default=500, ge=2, le=4000)


class FindRate(Command):
    """Pause, then raise the rate on a copy of the run, one update each, and see what the loss does
    (`engine.diagnostics.finder`). The run is left alone. `trial` tells how far it is; `done.result` is the `RateTest` as
    JSON. Whatever moves or changes the run, a pause and `cancel` end it early, which is an `error` with code cancelled."""

    type: Literal["find_rate"] = "find_rate"
    low: float = Field(default=1e-6, gt=0, le=1e9, allow_inf_nan=False)
    high: float = Field(default=10.0, gt=0, le=1e9, allow_inf_nan=False)
    updates: int | None = Field(default=None, ge=10, le=5000, description="absent: 200, or as many as smoothing asks for")


class CheckGradient(Command):
    """Pause, then compare the gradient at the present parameters with central differences
    (`engine.diagnostics.gradient_check`). The run is left alone. `trial` tells how far it is and ends as `find_rate` does;
    `done.result` is described in `server.run.trials`."""

    type: Literal["check_gradient"] = "check_gradient"
    weights: int = Field(default=2000, ge=1, le=20_000, description="checked at most; of larger networks some of each tensor")
    samples: int = Field(default=1000, ge=1, le=10_000, description="of the training set, at most")


class Cancel(Command):
    """End the finder or the check that is under way; where there is none, nothing."""

    type: Literal["cancel"] = "cancel"


class Predict(Command):
    """What the network answers to a sample of one's own, as it stands. `done.result`: {step, outputs, predicted, by_class}: for
    classes the index of the class predicted, and the output that speaks for each; for a regression both are null. The run is
    left alone."""

    type: Literal["predict"] = "predict"
    x: list[Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]] = Field(
        min_length=1, max_length=1024, description="a raw sample, a number for each of the run's columns"
    )


class Sketch(Command):
    """The data that a formula would give, while it is typed. `done.result`: {formula, task, classes, counts, note, x, y,
    border}: how many samples of each class, some of the samples with their targets, and where classes meet as pieces of lines
    (from x, y to x, y). The run is left alone."""

    holds: ClassVar[str] = "data"
    type: Literal["sketch"] = "sketch"
    data: FormulaDataSpec
