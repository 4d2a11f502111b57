"""The server's limits and allowances, read from ``CHAINRULE_*`` environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """Every field may be set by an environment variable: ``max_sessions`` by ``CHAINRULE_MAX_SESSIONS``, and so on."""

    origins: tuple[str, ...] = ()
    """Further origins that may open the socket, such as ``https://class.example``; the page's own host always may."""
    workers: int = 1
    """Processes that serve, on one socket; they need a database that all of them reach."""
    threads: int = 0
    """Threads of a process that run kernels; by default the workers share the processors."""
    slice_seconds: float = 0.004
    """Length aimed at for one stretch of training; pausing waits for at most one."""
    max_sessions: int = 64
    session_expiry: float = 3600.0
    """Seconds without a viewer after which a session leaves memory; it is kept, and comes back to whoever attaches."""
    kept_session_expiry: float = 30 * 86400.0
    """Seconds after which a session that nobody came back to is deleted; a named experiment never is."""
    unwatched_pause: float = 10.0
    """Seconds without a viewer after which a playing session pauses its clock."""
    max_message_bytes: int = 1_000_000
    """The longest command."""
    max_inline_bytes: int = 8_000_000
    """The longest `configure` or `load`: it may carry a data set of one's own."""
    max_parameters: int = 8_000_000
    max_batch: int = 100_000
    """The largest mini-batch asked for by number (a full batch is bounded by the data)."""
    max_grid: int = 100
    """Cells along a side of a unit map."""
    max_pending_commands: int = 64
    """Commands of a session that wait; the socket is not read while there are as many."""
    database_url: str = ""
    """Where sessions and experiments are kept, as SQLAlchemy's URL: ``sqlite:////…`` or ``postgresql://…``; empty: a SQLite
    file in the user's data folder."""
    max_experiment_bytes: int = 4_000_000
    """The longest script that is kept, packed."""
    max_experiments: int = 1000
    max_pending_events: int = 256
    """Ordered events that a viewer may leave unread before it is detached."""

    def __post_init__(self) -> None:
        if not self.threads:
            object.__setattr__(self, "threads", max(1, (os.cpu_count() or 1) // self.workers))

    @property
    def max_wire_bytes(self) -> int:
        """What the socket itself refuses, by closing: well above what is answered by an error."""
        return 2 * max(self.max_message_bytes, self.max_inline_bytes)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables; raises ValueError, naming the variable, where one makes no sense."""
        values: dict[str, Any] = {}
        for entry in fields(cls):
            name = f"CHAINRULE_{entry.name.upper()}"
            text = environment.get(name)
            if text is not None:
                values[entry.name] = _parse(name, text, str(entry.type))
        return cls(**values)


def _parse(name: str, text: str, kind: str) -> Any:
    if kind.startswith("tuple"):
        return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    if kind == "str":
        return text.strip()
    try:
        number = int(text) if kind == "int" else float(text)
    except ValueError:
        raise ValueError(f"{name} should be a number, not {text!r}") from None
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} should be above 0, not {text!r}")
    return number
