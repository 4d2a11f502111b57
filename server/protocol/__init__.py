"""The wire's vocabulary: commands from a page, events to a page, as pydantic models told apart by their ``type``.

Here is what any session has; what an activity has of its own stands in a module beside. A socket carries commands and events as
JSON text and frames as binary (see `server.wire.frames`). Which of them a server knows says its
`server.protocol.vocabulary.Vocabulary`, whose JSON Schema is served at ``/api/protocol``. Non-finite numbers travel as the
strings ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``.
"""

from __future__ import annotations

from server.protocol.base import LONGEST_ID, Command, Message, SampleChoice, Split, Status, name_of
from server.protocol.commands import Acknowledge, Attach, Ping, Subscribe, Visible
from server.protocol.events import Attached, Done, ErrorEvent, Keeping, Pace, WarmUp

CLOSE_SUPERSEDED = 4001
"""A newer attach took control."""
CLOSE_OVERFLOW = 4002
"""The viewer left too many ordered events unread, or for too long took nothing at all; it may attach again."""
CLOSE_POLICY = 4003
"""The origin is not allowed, or the first command was no attach."""
CLOSE_MOVED = 4004
"""The session does not live in this process any more; attach again at once, and be led to where it does."""

__all__ = [
    "CLOSE_MOVED",
    "CLOSE_OVERFLOW",
    "CLOSE_POLICY",
    "CLOSE_SUPERSEDED",
    "LONGEST_ID",
    "Acknowledge",
    "Attach",
    "Attached",
    "Command",
    "Done",
    "ErrorEvent",
    "Keeping",
    "Message",
    "Pace",
    "Ping",
    "SampleChoice",
    "Split",
    "Status",
    "Subscribe",
    "Visible",
    "WarmUp",
    "name_of",
]
