"""The server's limits and allowances, read from ``CHAINRULE_*`` environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from server.memory import machine_memory

YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def limit(value: float, bounds: str, unit: str, *, most: float | None = None) -> Any:
    """A field that bounds something: `server.wire.limits` reports each. `most`: what the engine itself allows."""
    return field(default=value, metadata={"bounds": bounds, "unit": unit, "most": most})


def one_of(*choices: str) -> Any:
    """A field that is one of some words, the first where nothing is said."""
    return field(default=choices[0], metadata={"choices": choices})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every field may be set by an environment variable: ``max_sessions`` by ``CHAINRULE_MAX_SESSIONS``, and so on."""

    origins: tuple[str, ...] = ()
    """Further origins that may open the socket, such as ``https://class.example``; the page's own host always may."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1",)
    """Addresses or networks of proxies whose word on where a request comes from is believed; ``*`` believes all."""
    workers: int = 1
    """Processes that serve, on one socket; they need a database that all of them reach."""
    threads: int = 0
    """Threads of a process that run kernels; by default the workers share the processors."""
    slice_seconds: float = 0.004
    """Length aimed at for one stretch of training; pausing waits for at most one."""
    session_expiry: float = 3600.0
    """Seconds without a viewer after which a session leaves memory; it is kept, and comes back to whoever attaches."""
    kept_session_expiry: float = 30 * 86400.0
    """Seconds after which a session that nobody came back to is deleted; a named experiment never is."""
    unwatched_pause: float = 10.0
    """Seconds after which what plays rests, where no page is attached or it is hidden: it goes on when somebody looks again."""
    stalled_seconds: float = 15.0
    """Seconds for which a page may take nothing of what is sent to it before it is detached."""
    header_timeout: float = 10.0
    """Seconds within which a connection is to say what it wants, at first and after each answer."""
    attach_within: float = 60.0
    """Seconds that a socket may stay without attaching to a session."""
    database_url: str = ""
    """Where sessions and experiments are kept, as SQLAlchemy's URL: ``sqlite:////…`` or ``postgresql://…``; empty: a SQLite
    file in the user's data folder."""
    log_level: str = one_of("info", "debug", "warning", "error")
    log_format: str = one_of("auto", "json", "text")
    """Of the lines on stderr; auto: text in a terminal, else one JSON object a line."""
    metrics: bool = True
    """Whether ``/metrics`` answers."""

    # How many there may be
    max_memory: int = limit(
        int(0.6 * machine_memory()),
        "memory of all workers together; by default a part of the machine's, or of its container's",
        "bytes",
    )
    max_sessions: int = limit(256, "sessions of each worker", "sessions")
    max_sessions_per_address: int = limit(
        200, "sessions of a worker begun from one address: a class behind one router is one address", "sessions"
    )
    max_sockets_per_address: int = limit(400, "sockets of a worker open to one address", "sockets")
    max_connections_per_address: int = limit(
        1000, "connections of a worker to one address, sockets among them; trusted proxies aside", "connections"
    )
    max_uploads: int = limit(16, "tables that a worker reads, or that wait to be read, at a time", "tables")
    max_kept_sessions: int = limit(
        10_000, "sessions kept on this server: of more, those go first of which one address has most", "sessions"
    )
    max_experiments: int = limit(1000, "experiments kept on this server", "experiments")
    max_keeps: int = limit(120, "experiments that one address may keep within a minute", "experiments a minute")

    # What a message may be
    max_message_bytes: int = limit(1_000_000, "any other command", "bytes")
    max_inline_bytes: int = limit(8_000_000, "a configure, load or network_load: they may carry own data", "bytes")
    max_message_rate: float = limit(2000.0, "messages of a socket, on average", "messages a second")
    max_message_burst: int = limit(4000, "messages of a socket at once", "messages")
    max_unfinished_bytes: int = limit(128_000_000, "messages of all sockets of a worker that have not come whole yet", "bytes")
    max_pending_commands: int = limit(64, "commands of a session that wait; with as many its socket is not read", "commands")
    max_pending_events: int = limit(256, "ordered events that a page may leave unread before it is detached", "events")

    max_pending_bytes: int = limit(
        2_000_000, "ordered events that a page may leave unread before it is detached, their longest aside", "bytes"
    )

    # How large a run may be
    max_parameters: int = limit(2_000_000, "parameters of a network, and of all lanes of a race on it together", "parameters")
    max_units: int = limit(1024, "the width of a hidden layer", "units", most=1024)
    max_layers: int = limit(50, "hidden layers", "layers", most=50)
    max_samples: int = limit(20_000, "samples of a data set, all splits together, made or own", "samples", most=20_000)
    max_batch: int = limit(100_000, "a mini-batch asked for by number; a full one is bounded by its data", "samples")
    max_work: int = limit(
        4_000_000_000, "parameters times samples: what one look at the whole data set multiplies", "multiplications"
    )
    max_workspace_bytes: int = limit(
        128_000_000, "what the layers hold of one mini-batch, and of all lanes of a race together", "bytes"
    )
    max_history: int = limit(1000, "edits of a run, each with the future it replaced, and changes of a race's lanes", "edits")
    max_lanes: int = limit(16, "lanes of a race, on a surface or on a network", "lanes", most=16)
    max_race_steps: int = limit(100_000, "steps of a race on a surface", "steps", most=100_000)
    max_grid: int = limit(100, "cells along a side of a unit map", "cells", most=100)
    max_study_steps: int = limit(20_000_000, "updates of a study, all its runs together", "updates")
    max_export_rows: int = limit(200_000, "points of a race that a file may hold", "rows")

    # How large a file may be
    max_table_bytes: int = limit(5_000_000, "a table of own data", "bytes")
    max_table_rows: int = limit(20_000, "rows of a table", "rows", most=20_000)
    max_table_columns: int = limit(1024, "columns of a table", "columns", most=1024)
    max_experiment_bytes: int = limit(4_000_000, "a script that is kept, packed", "bytes")

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
            name = variable(entry.name)
            text = environment.get(name)
            if text is not None:
                values[entry.name] = _parse(name, text.strip(), str(entry.type), entry.metadata)
        return cls(**values)


def variable(name: str) -> str:
    """The environment variable that sets a field."""
    return f"CHAINRULE_{name.upper()}"


def _parse(name: str, text: str, kind: str, metadata: Mapping[str, Any]) -> Any:
    if kind.startswith("tuple"):
        return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    if kind == "str":
        return _word(name, text, metadata.get("choices"))
    if kind == "bool":
        return _word(name, text, (*YES, *NO)) in YES
    try:
        number = int(text) if kind == "int" else float(text)
    except ValueError:
        raise ValueError(f"{name} should be a number, not {text!r}") from None
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} should be above 0, not {text!r}")
    most = metadata.get("most")
    if most is not None and number > most:
        raise ValueError(f"{name} should be at most {most}, not {text!r}")
    return number


def _word(name: str, text: str, choices: tuple[str, ...] | None) -> str:
    if choices is None:
        return text
    if text.lower() not in choices:
        raise ValueError(f"{name} should be one of {', '.join(choices)}, not {text!r}")
    return text.lower()
