"""Which bus the settings ask for, and whether it does for their workers."""

from __future__ import annotations

from server.bus.bus import Bus
from server.bus.in_process import InProcess
from server.settings import Settings


def create(settings: Settings) -> Bus:
    return InProcess()


def missing(settings: Settings) -> str | None:
    """Why no class can be taught on this server: its workers do not hear each other. None where one can."""
    if settings.workers == 1:
        return None
    return (
        f"A class needs a bus where {settings.workers} workers serve: they do not hear each other. "
        "Let CHAINRULE_BUS_URL name a Redis, such as redis://127.0.0.1:6379, or use one worker."
    )
