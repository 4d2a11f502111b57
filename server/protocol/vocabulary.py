"""What a server's wire knows: the commands, events and channels of the session itself and of the activities it hosts, as two
pydantic unions on ``type``, and their JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, Union

from pydantic import Field, TypeAdapter, create_model

from server.protocol.base import Command, Message, name_of
from server.protocol.commands import Acknowledge, Attach, Ping, Subscribe, Visible
from server.protocol.events import Attached, Done, ErrorEvent, Keeping, Pace, WarmUp

M = TypeVar("M", bound=type[Message])
OWN_COMMANDS: Mapping[type[Command], int] = {Attach: 0, Subscribe: 19, Visible: 20, Ping: 21, Acknowledge: 34}
"""The session's own commands, and where among all the schema has listed them from the first …"""
OWN_EVENTS: Mapping[type[Message], int] = {Attached: 0, WarmUp: 5, Pace: 7, Keeping: 8}
"""… so with its events …"""
LAST_EVENTS: tuple[type[Message], ...] = (Done, ErrorEvent)
"""… of which these stand last."""
FRAMES = {
    "layout": "u32 little-endian header length, UTF-8 JSON header, zero padding to a multiple of 8, payload",
    "header": "type, channel, frame, run, branch, step, meta, arrays: [{name, dtype, shape, offset}]; offsets are relative to "
    "the payload and multiples of 8",
    "dtypes": {"f64": 8, "f32": 4, "i32": 4, "u8": 1},
}


class Vocabulary:
    """`models` are the commands by their names, `long` those that may carry a learner's own data."""

    def __init__(
        self,
        commands: Iterable[type[Command]],
        events: Iterable[type[Message]],
        channels: Sequence[str],
        *,
        most: int = 32,
        own_commands: Mapping[type[Command], int] = OWN_COMMANDS,
        own_events: Mapping[type[Message], int] = OWN_EVENTS,
    ) -> None:
        name: Any = Literal[tuple(channels)]
        naming = {Subscribe: (list[name], Field(max_length=most)), Acknowledge: (name, ...)}
        own = {_naming(model, naming.get(model)): place for model, place in own_commands.items()}
        told = _woven(own, commands)
        self.models: Mapping[str, type[Command]] = {name_of(model): model for model in told}
        if len(self.models) < len(told) or len(set(channels)) < len(channels):
            raise ValueError("Two commands, or two channels, have the same name")
        self.long = frozenset(name for name, model in self.models.items() if model.long)
        self.commands: TypeAdapter[Any] = _union(told)
        self.events: TypeAdapter[Any] = _union([*_woven(own_events, events), *LAST_EVENTS])

    def schema(self) -> dict[str, Any]:
        """JSON Schema of commands and events, as served at ``/api/protocol``."""
        events = self.events.json_schema(mode="serialization")
        return {"commands": self.commands.json_schema(), "events": events, "frames": FRAMES}


def _woven(own: Mapping[M, int], others: Iterable[M]) -> list[M]:
    found = list(others)
    for model, place in own.items():
        found.insert(place, model)
    return found


def _union(models: Sequence[type[Message]]) -> TypeAdapter[Any]:
    members: Any = Union[tuple(models)]  # noqa: UP007  known when the server starts
    return TypeAdapter(Annotated[members, Field(discriminator="type")])


def _naming(model: type[Command], channels: Any) -> type[Command]:
    """The same command, of these channels where it names any."""
    if channels is None:
        return model
    field = "channels" if model is Subscribe else "channel"
    made: type[Command] = create_model(model.__name__, __base__=model, __doc__=model.__doc__, **{field: channels})
    return made
