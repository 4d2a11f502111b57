"""The limits of a server: one table of them, derived from the settings, and one way to refuse what is beyond one."""

from __future__ import annotations

import ipaddress
import logging
import time
from dataclasses import fields
from typing import Any

from server.settings import Settings, variable
from server.wire.errors import CommandError

log = logging.getLogger("chainrule")

QUIET = 60.0
"""Seconds between two lines in the log about one limit."""
_logged: dict[str, float] = {}


def table(settings: Settings) -> dict[str, Any]:
    """What `/api/limits` tells: every limit by name, its value, what it bounds in which unit, and the variable that sets it."""
    return {
        "limits": [
            {
                "name": entry.name,
                "value": getattr(settings, entry.name),
                "bounds": entry.metadata["bounds"],
                "unit": entry.metadata["unit"],
                "setting": variable(entry.name),
            }
            for entry in fields(settings)
            if "bounds" in entry.metadata
        ]
    }


def met(name: str) -> None:
    """A limit was met: worth a line, but not one for each message of a flood."""
    now = time.monotonic()
    if now - _logged.get(name, -QUIET) >= QUIET:
        _logged[name] = now
        log.warning("limit met: %s (%s)", name, variable(name))


def beyond(name: str, message: str, field: str | None, allowed: str) -> CommandError:
    """The refusal of what exceeds the limit of that name."""
    met(name)
    return CommandError("limit", message, field, allowed)


class Bucket:
    """Tokens that come back at a rate, up to a burst; each message takes one."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._at = burst, time.monotonic()

    def take(self) -> bool:
        """Whether there was one."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

    def give(self) -> None:
        """One back that was taken."""
        self._left = min(self._burst, self._left + 1.0)


def address_of(host: str | None) -> str:
    """Who is counted as one: an IPv4 address, or a network of IPv6 addresses as a household or a school is given it."""
    try:
        found = ipaddress.ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False))
