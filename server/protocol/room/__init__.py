"""The vocabulary of ``WS /room``: a class that follows its teacher, votes, takes its turn. Apart from that of ``/ws``: no
session is behind this socket. Its JSON Schema is served at ``/api/room-protocol``."""

from __future__ import annotations

from typing import Any

from server.protocol.room.commands import COMMANDS
from server.protocol.room.events import MeEvent, RoomEvent
from server.protocol.vocabulary import Vocabulary

VOCABULARY = Vocabulary(COMMANDS, [RoomEvent, MeEvent], [], own_commands={}, own_events={})


def schema() -> dict[str, Any]:
    """As served at ``/api/room-protocol``."""
    return VOCABULARY.schema()
