"""What commands and events are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

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
    "rates",
    "flow",
    "preactivations",
    "findings",
    "microscope",
    "microstep",
    "race_surface",
    "race_trails",
    "race_standings",
    "race_point",
    "network_ways",
    "network_standings",
    "network_curves",
    "network_maps",
    "network_surface",
    "study",
]
"""What a page may subscribe to; each is documented where it is made, in `server.run.channels`, `server.race.surface.channels`
or `server.race.network.channels`."""

Split = Literal["train", "validation", "test"]
SpeedUnit = Literal["steps", "epochs", "flat"]
Status = Literal["paused", "playing", "seeking", "finished", "stopped"]


class Message(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )


class Speed(Message):
    """How fast a run plays: so many updates or epochs a second, or flat out."""

    unit: SpeedUnit = "epochs"
    rate: float = Field(default=1.0, gt=0, le=1_000_000, allow_inf_nan=False)


LONGEST_ID = 200
Id = Annotated[str, Field(max_length=LONGEST_ID)] | Annotated[int, Field(gt=-(2**53), lt=2**53)] | None


Token = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="as the server gave it")]
"""An unguessable id."""


class Command(Message):
    id: Id = Field(default=None, description="echoed in the answer: a `done` or an `error`")


class SampleChoice(Message):
    """A sample of the present run."""

    split: Split
    index: int = Field(ge=0, lt=2**31, description="counted from 0")
