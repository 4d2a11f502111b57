"""The wire's vocabulary: commands from a page, events to a page, as pydantic unions on ``type``.

A socket carries commands and events as JSON text and frames as binary (see `server.frames`). The JSON Schema of both unions is
served at ``/api/protocol``. Non-finite numbers travel as the strings ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Channel = Literal[
    "data",
    "inputs",
    "series",
    "parameters",
    "gradients",
    "updates",
    "maps",
    "deltas",
    "evaluation",
    "health",
    "weights",
    "sample",
]
"""What a page may subscribe to; each is documented where it is made, in `server.channels`."""

Split = Literal["train", "validation", "test"]
SpeedUnit = Literal["steps", "epochs", "flat"]
Status = Literal["paused", "playing", "seeking", "finished", "stopped"]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings")


class Speed(Message):
    """How fast a run plays: so many updates or epochs a second, or flat out."""

    unit: SpeedUnit = "epochs"
    rate: float = Field(default=1.0, gt=0, le=1_000_000, allow_inf_nan=False)


# Commands -----------------------------------------------------------------------------------------------------------


class Command(Message):
    id: str | int | None = Field(default=None, description="echoed in the answer: a `done` or an `error`")


class Attach(Command):
    """The first command on a socket: join the session named, or a new one. The newest attach holds control."""

    type: Literal["attach"] = "attach"
    session: str | None = Field(default=None, max_length=64)


class Configure(Command):
    """Begin a new run from a spec (RUNS.md); absent fields take their defaults. The clock stops."""

    type: Literal["configure"] = "configure"
    spec: dict[str, Any]


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
    """Change the run from here on. `edit` is an `engine.script.Edit`; before the end of the run it forks a branch."""

    type: Literal["edit"] = "edit"
    edit: dict[str, Any]


class Undo(Command):
    type: Literal["undo"] = "undo"


class Redo(Command):
    type: Literal["redo"] = "redo"


class Load(Command):
    """Begin the run of a script that `share` gave, or of an experiment that `keep` keeps, and go to the step where it stood:
    `run` and `loaded` at once, `state` tells how far it is, `script` and `done` come at the end. A pause or a seek leaves it
    early, which is an `error`."""

    type: Literal["load"] = "load"
    script: dict[str, Any] | str | None = Field(
        default=None, description="an `engine.sharing.ScriptData`, or its JSON text, which keeps every bit"
    )
    experiment: str | None = Field(default=None, max_length=64, description="an id that `keep` gave, in place of a script")


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
    format: Literal["curves", "model", "torch", "script"]


class Compare(Command):
    """The recorded series of a branch, thinned. `done.result`: {branch, columns: {name: [numbers]}}."""

    type: Literal["compare"] = "compare"
    branch: int | None = Field(default=None, ge=0, description="absent: the present one")
    points: int = Field(default=500, ge=2, le=4000)


class SampleChoice(Message):
    """A sample of the present run."""

    split: Split
    index: int = Field(ge=0, lt=2**31, description="counted from 0")


class Subscribe(Command):
    """The channels this viewer wants from now on (the whole set, not an addition)."""

    type: Literal["subscribe"] = "subscribe"
    channels: list[Channel] = Field(max_length=16)
    grid: int = Field(default=50, ge=10, le=100, description="cells along a side of a unit map")
    sample: SampleChoice | None = Field(default=None, description="which one the channel sample follows")
    ahead: int = Field(default=0, ge=0, le=1, description="frames of a channel sent before the last is acknowledged")


class Acknowledge(Command):
    """Sent after painting a frame of `channel`, which stands for those before it too; the newest state of that channel
    follows. Has no answer."""

    type: Literal["acknowledge"] = "acknowledge"
    channel: Channel
    frame: int = Field(ge=0)


AnyCommand = Annotated[
    Attach
    | Configure
    | Load
    | Play
    | SetSpeed
    | Pause
    | Step
    | Seek
    | Reset
    | EditCommand
    | Undo
    | Redo
    | Share
    | Keep
    | Export
    | Compare
    | Subscribe
    | Acknowledge,
    Field(discriminator="type"),
]
COMMANDS: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)


# Events -------------------------------------------------------------------------------------------------------------


class Attached(Message):
    """The answer to attach. `generation` numbers the holders of control; an older socket is closed with 4001."""

    type: Literal["attached"] = "attached"
    id: str | int | None = None
    session: str
    generation: int
    resumed: bool
    fingerprint: str


class LayerInfo(Message):
    layer: int = Field(description="1-based; the last is the output layer")
    units: int
    activation: str


class RunInfo(Message):
    """A run begins (or is resumed): all that stays the same while it lasts."""

    type: Literal["run"] = "run"
    run: int = Field(description="counts the runs of a session; frames carry it")
    spec: dict[str, Any] = Field(description="complete: every default written out")
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
    data_digest: str | None = Field(default=None, description="of own data, SHA-256: script events refer to them by it")


class Stop(Message):
    """Why a run stopped: it is finished, a rule stopped it, or an op gave a non-finite value."""

    kind: Literal["finished", "non_finite", "early", "small_change"]
    step: int = Field(description="the number of updates done; a non-finite value arose in the update after it")
    op: str | None = None
    best: int | None = Field(default=None, description="stopped early: the step of the best validation loss")
    message: str


class State(Message):
    """Where a session stands. The newest overwrites older ones."""

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
    edit: dict[str, Any]


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


class WarmUp(Message):
    """Progress of compiling the kernels; `done == total` when everything is ready."""

    type: Literal["warmup"] = "warmup"
    done: int
    total: int
    current: str | None = None


class Done(Message):
    """A command took effect."""

    type: Literal["done"] = "done"
    id: str | int | None = None
    command: str
    result: dict[str, Any] | None = Field(default=None, description="of commands that ask for something")


class ErrorEvent(Message):
    """A command was refused; nothing changed and the session goes on."""

    type: Literal["error"] = "error"
    id: str | int | None = None
    code: str = Field(
        description="stable: malformed, invalid, too_large, not_attached, no_run, unknown_session, unknown_experiment, limit, "
        "internal"
    )
    field: str | None = Field(default=None, description="dotted path of the offending field, such as 'spec.optimizer.lr'")
    allowed: str | None = Field(default=None, description="the allowed range or choices")
    message: str


AnyEvent = Annotated[
    Attached | RunInfo | State | ScriptInfo | Loaded | WarmUp | Done | ErrorEvent,
    Field(discriminator="type"),
]
EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)

CLOSE_SUPERSEDED = 4001
"""A newer attach took control."""
CLOSE_OVERFLOW = 4002
"""The viewer did not read its ordered events; it may attach again."""
CLOSE_POLICY = 4003
"""The origin is not allowed, or the first command was no attach."""


def protocol_schema() -> dict[str, Any]:
    """JSON Schema of commands and events, as served at ``/api/protocol``."""
    return {"commands": COMMANDS.json_schema(), "events": EVENTS.json_schema(mode="serialization"), "frames": FRAMES}


FRAMES = {
    "layout": "u32 little-endian header length, UTF-8 JSON header, zero padding to a multiple of 8, payload",
    "header": "type, channel, frame, run, branch, step, meta, arrays: [{name, dtype, shape, offset}]; offsets are relative to "
    "the payload and multiples of 8",
    "dtypes": {"f64": 8, "f32": 4, "i32": 4, "u8": 1},
}
