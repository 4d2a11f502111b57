"""What commands and events are made of."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

Split = Literal["train", "validation", "test"]
Status = Literal["paused", "playing", "seeking", "finished", "stopped"]


class Message(BaseModel):
    latest: ClassVar[bool] = False
    """Of an event: it tells where something stands, so that only the newest waits to be sent."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )

    _text: str | None = PrivateAttr(default=None)

    def written(self) -> str:
        """As it is sent."""
        return self.model_dump_json() if self._text is None else self._text

    def write(self) -> Self:
        """In a worker, of what is long: the loop, which sends it to whoever attaches, need not write it then."""
        self._text = self.model_dump_json()
        return self


LONGEST_ID = 200
Id = Annotated[str, Field(max_length=LONGEST_ID)] | Annotated[int, Field(gt=-(2**53), lt=2**53)] | None


Token = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="as the server gave it")]
"""An unguessable id."""


Link = Annotated[str, Field(max_length=12_000, pattern=r"^https?://[^\s\"<>]+$", description="opens the same, live")] | None
"""An address for a file to take along: the page knows its own."""


class Command(Message):
    holds: ClassVar[str] = "spec"
    """The field that holds what the engine checks: what it refuses is told with the path from there."""
    long: ClassVar[bool] = False
    """Whether it may carry a learner's own data."""

    id: Id = Field(default=None, description="echoed in the answer: a `done` or an `error`")


def name_of(message: Message | type[Message]) -> str:
    """The name of a command or an event on the wire: its ``type``."""
    model = message if isinstance(message, type) else type(message)
    return str(model.model_fields["type"].default)


class SampleChoice(Message):
    """A sample of the present run."""

    split: Split
    index: int = Field(ge=0, lt=2**31, description="counted from 0")
