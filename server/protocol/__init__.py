"""The wire's vocabulary: commands from a page, events to a page, as pydantic unions on ``type``.

A socket carries commands and events as JSON text and frames as binary (see `server.wire.frames`). The JSON Schema of both
unions is served at ``/api/protocol``. Non-finite numbers travel as the strings ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from server.protocol.base import (
    LONGEST_ID,
    Channel,
    Command,
    Message,
    SampleChoice,
    Speed,
    SpeedUnit,
    Split,
    Status,
)
from server.protocol.commands import (
    Acknowledge,
    Attach,
    Cancel,
    CheckGradient,
    Compare,
    Configure,
    EditCommand,
    Export,
    FindRate,
    Keep,
    Load,
    Pause,
    Ping,
    Play,
    Redo,
    Reset,
    Seek,
    SetSpeed,
    Share,
    Step,
    Subscribe,
    Undo,
    Visible,
)
from server.protocol.events import (
    Attached,
    BranchInfo,
    Done,
    EditInfo,
    ErrorEvent,
    LayerInfo,
    Loaded,
    OffenceInfo,
    Pace,
    RunInfo,
    ScriptInfo,
    State,
    Stop,
    Trial,
    WarmUp,
)
from server.protocol.microscope import Look
from server.protocol.microscope_queries import (
    Answer,
    Ask,
    Asked,
    ChainOfFactors,
    ChainOfSamples,
    Dissect,
    ReadGraph,
    Reveal,
    TakeAway,
    Verify,
    WrongSide,
)
from server.protocol.race import (
    RaceBegin,
    RaceChange,
    RaceCommand,
    RaceDissect,
    RaceExport,
    RaceInfo,
    RaceLane,
    RaceLaneAdd,
    RaceLaneDuplicate,
    RaceLaneRemove,
    RaceLaneReplace,
    RaceLaneRetune,
    RaceLoad,
    RacePause,
    RacePlay,
    RaceRates,
    RaceSeek,
    RaceShare,
    RaceSpeed,
    RaceSpeedCommand,
    RaceState,
    RaceStep,
)
from server.protocol.race_network import NetworkCommand, NetworkInfo, NetworkState

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
    | FindRate
    | CheckGradient
    | Cancel
    | Subscribe
    | Visible
    | Ping
    | Look
    | ChainOfSamples
    | Dissect
    | Verify
    | WrongSide
    | ChainOfFactors
    | ReadGraph
    | TakeAway
    | Ask
    | Answer
    | Reveal
    | Asked
    | Acknowledge
    | RaceCommand
    | NetworkCommand,
    Field(discriminator="type"),
]
COMMANDS: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
AnyEvent = Annotated[
    Attached
    | RunInfo
    | State
    | ScriptInfo
    | Loaded
    | WarmUp
    | Trial
    | Pace
    | RaceInfo
    | RaceState
    | NetworkInfo
    | NetworkState
    | Done
    | ErrorEvent,
    Field(discriminator="type"),
]
EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)

CLOSE_SUPERSEDED = 4001
"""A newer attach took control."""
CLOSE_OVERFLOW = 4002
"""The viewer left too many ordered events unread, or for too long took nothing at all; it may attach again."""
CLOSE_POLICY = 4003
"""The origin is not allowed, or the first command was no attach."""
CLOSE_MOVED = 4004
"""The session does not live in this process any more; attach again at once, and be led to where it does."""


def protocol_schema() -> dict[str, Any]:
    """JSON Schema of commands and events, as served at ``/api/protocol``."""
    return {"commands": COMMANDS.json_schema(), "events": EVENTS.json_schema(mode="serialization"), "frames": FRAMES}


FRAMES = {
    "layout": "u32 little-endian header length, UTF-8 JSON header, zero padding to a multiple of 8, payload",
    "header": "type, channel, frame, run, branch, step, meta, arrays: [{name, dtype, shape, offset}]; offsets are relative to "
    "the payload and multiples of 8",
    "dtypes": {"f64": 8, "f32": 4, "i32": 4, "u8": 1},
}

__all__ = [
    "CLOSE_MOVED",
    "CLOSE_OVERFLOW",
    "CLOSE_POLICY",
    "CLOSE_SUPERSEDED",
    "COMMANDS",
    "EVENTS",
    "FRAMES",
    "LONGEST_ID",
    "Acknowledge",
    "AnyCommand",
    "AnyEvent",
    "Attach",
    "Attached",
    "BranchInfo",
    "Cancel",
    "Channel",
    "CheckGradient",
    "Command",
    "Compare",
    "Configure",
    "Done",
    "EditCommand",
    "EditInfo",
    "ErrorEvent",
    "Export",
    "FindRate",
    "Keep",
    "LayerInfo",
    "Load",
    "Loaded",
    "Look",
    "Message",
    "NetworkCommand",
    "NetworkInfo",
    "NetworkState",
    "OffenceInfo",
    "Pace",
    "Pause",
    "Ping",
    "Play",
    "RaceBegin",
    "RaceChange",
    "RaceCommand",
    "RaceDissect",
    "RaceExport",
    "RaceInfo",
    "RaceLane",
    "RaceLaneAdd",
    "RaceLaneDuplicate",
    "RaceLaneRemove",
    "RaceLaneReplace",
    "RaceLaneRetune",
    "RaceLoad",
    "RacePause",
    "RacePlay",
    "RaceRates",
    "RaceSeek",
    "RaceShare",
    "RaceSpeed",
    "RaceSpeedCommand",
    "RaceState",
    "RaceStep",
    "Redo",
    "Reset",
    "RunInfo",
    "SampleChoice",
    "ScriptInfo",
    "Seek",
    "SetSpeed",
    "Share",
    "Speed",
    "SpeedUnit",
    "Split",
    "State",
    "Status",
    "Step",
    "Stop",
    "Subscribe",
    "Trial",
    "Undo",
    "Visible",
    "WarmUp",
    "protocol_schema",
]
