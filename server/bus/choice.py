"""Which bus the settings ask for, and whether it will do for their workers."""

from __future__ import annotations

from server.bus.bus import Bus
from server.bus.in_process import InProcess
from server.settings import Settings

NAMED = "CHAINRULE_BUS_URL"


def create(settings: Settings) -> Bus:
    """Raises what `unusable` says in words."""
    if not settings.bus_url:
        return InProcess()
    from server.bus.redis_bus import OverRedis  # of an extra

    return OverRedis(settings.bus_url)


def missing(settings: Settings) -> str | None:
    """Why no class can be taught on this server: its workers do not hear each other. None where one can."""
    if settings.workers == 1 or settings.bus_url:
        return None
    return (
        f"A class needs a bus where {settings.workers} workers serve, since they do not hear each other. "
        f"Let {NAMED} name a Redis, such as redis://127.0.0.1:6379, or use one worker."
    )


def unusable(settings: Settings) -> str | None:
    """Why the bus that the settings name can never be used, in a sentence; None where it can, or they name none. One that does
    not answer now is no reason: it may come later, and the log says so."""
    if not settings.bus_url:
        return None
    try:
        from server.bus import probe
    except ImportError:
        return f"{NAMED} needs a package that is not installed: pip install 'chainrule[redis]'."
    words = probe.refused(settings.bus_url)
    return None if words is None else f"{NAMED} names no bus that can be used: {words}."
