"""The server's settings and limits: one table, with what each is for, its range and its default, read from ``CHAINRULE_*``
environment variables."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from server.hosts import frame_source, host_of, origin_of, path_of
from server.memory import machine_memory

PREFIX = "CHAINRULE_"
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
LONG = 10 * 365 * 86400.0
"""Seconds: longer than any span of time that is meant."""
BIG = 2**53
"""A whole number above which none is meant."""
OTHERS = {f"{PREFIX}IMAGE_KERNELS": None, f"{PREFIX}HOST": "--host", f"{PREFIX}PORT": "--port"}
"""Variables of other hands, and what looks like one and is an option of the command."""
INJECTED = re.compile(rf"{PREFIX}(\w+_)?(SERVICE_HOST|SERVICE_PORT\w*|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?|NAME)")
"""What Kubernetes and Docker tell of a service or a link that is called chainrule."""


class SecretError(ValueError):
    """What was given makes no sense, and is not quoted: there may be a password in it."""


def setting(value: Any, words: str, *, read: Callable[[str], Any] | None = None, **range_: Any) -> Any:
    """A field: `words` say what it is for, `read` makes one entry of a list of a text or raises ValueError in words; the
    range is named by `up_to` and `unit`."""
    return field(default=value, metadata={"words": words, "read": read, **range_})


def limit(value: float, bounds: str, unit: str, *, most: float | None = None) -> Any:
    """A field that bounds something: `server.wire.limits` reports each. `most`: what the engine itself allows."""
    return field(default=value, metadata={"bounds": bounds, "unit": unit, "most": most})


def one_of(*choices: str, words: str) -> Any:
    """A field that is one of some words, the first where nothing is said."""
    return field(default=choices[0], metadata={"words": words, "choices": choices})


def _origin(text: str) -> str:
    if origin_of(text) is None:
        raise ValueError("an origin is http:// or https:// and a host, such as https://class.example")
    return text


def _host(text: str) -> str:
    found = host_of(text.removeprefix("*."))
    if text != "*" and (found is None or found.port is not None):
        raise ValueError("a host is a name or an address without a port, such as learn.school.example or *.school.example")
    return text.lower()


def _bus(text: str) -> str:
    write = "a bus is redis://host:port or rediss://host:port, such as redis://:password@10.0.0.10:6379"
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not re.fullmatch(r"/?\d*", parts.path):
        raise SecretError(write)
    return text


def _scheduler(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("a scheduler is a host and a port, such as 10.0.0.7:8786")
    return text


def _proxy(text: str) -> str:
    try:
        return "*" if text == "*" else str(ipaddress.ip_network(text) if "/" in text else ipaddress.ip_address(text))
    except ValueError as problem:
        raise ValueError(f"a proxy is an address or a network, such as 10.0.0.5 or 10.0.0.0/8, or * ({problem})") from None


@dataclass(frozen=True, slots=True)
class Settings:
    """Every field may be set by an environment variable: ``max_sessions`` by ``CHAINRULE_MAX_SESSIONS``, and so on."""

    origins: tuple[str, ...] = setting(
        (), "further origins that may open the socket, such as https://class.example; the page's own always may", read=_origin
    )
    dask: str = setting(
        "",
        "the scheduler of a Dask cluster that searches of the lab spread their runs over, such as 10.0.0.7:8786",
        read=_scheduler,
    )
    frame_ancestors: tuple[str, ...] = setting(
        (),
        "pages that may show this one in a frame, such as https://moodle.school.example, https://*.school.example or 'self'; "
        "it drives its sessions from its own origin all the same",
        read=frame_source,
    )
    allowed_hosts: tuple[str, ...] = setting(
        (),
        "further names that pages may call this server by, such as learn.school.example or *.school.example; * allows all. The "
        "machine's own names and addresses always do",
        read=_host,
    )
    trusted_proxies: tuple[str, ...] = setting(
        ("127.0.0.1",),
        "addresses or networks of proxies whose word on where a request comes from is believed; * believes all",
        read=_proxy,
    )
    root_path: str = setting(
        "",
        "the path of its host below which a proxy has this server, such as /tools/chainrule; whether the proxy takes it off a "
        "request or leaves it on does not matter",
        read=path_of,
    )
    only_root_path: bool = setting(
        False, "whether outside the root path nothing but /healthz is answered, where it is a secret"
    )
    workers: int = setting(
        1, "processes that serve, on one socket; they need a database that all of them reach", unit="processes", up_to=64
    )
    threads: int = setting(
        0, "threads of a process that run kernels; by default the workers share the processors", unit="threads", up_to=1024
    )
    slice_seconds: float = setting(
        0.004, "length aimed at for one stretch of training; pausing waits for at most one", unit="seconds", up_to=1.0
    )
    room_expiry: float = setting(
        86400.0, "so long after its end, or since anybody did anything in it, a room is deleted", unit="seconds", up_to=LONG
    )
    session_expiry: float = setting(
        3600.0,
        "after so long without a viewer a session leaves memory; it is kept, and comes back to whoever attaches",
        unit="seconds",
        up_to=LONG,
    )
    kept_session_expiry: float = setting(
        30 * 86400.0,
        "after so long a session that nobody came back to is deleted; a named experiment never is",
        unit="seconds",
        up_to=LONG,
    )
    unwatched_pause: float = setting(
        10.0,
        "after so long what plays rests, where no page is attached or it is hidden: it goes on when somebody looks again",
        unit="seconds",
        up_to=LONG,
    )
    stalled_seconds: float = setting(
        15.0, "so long a page may take nothing of what is sent to it before it is detached", unit="seconds", up_to=LONG
    )
    header_timeout: float = setting(
        10.0, "so long a connection may take to say what it wants, at first and after each answer", unit="seconds", up_to=LONG
    )
    attach_within: float = setting(60.0, "so long a socket may stay without attaching to a session", unit="seconds", up_to=LONG)
    database_url: str = setting(
        "",
        "where sessions and experiments are kept: sqlite:////path/of/a/file, postgresql://user:password@host/name, or "
        "sqlite:// for nowhere; by default a SQLite file in the user's data folder",
    )
    bus_url: str = setting(
        "",
        "the Redis over which several workers, or several machines, tell each other what happens in a class: "
        "redis://:password@host:6379, or rediss:// for TLS; one process needs none",
        read=_bus,
    )
    log_level: str = one_of("info", "debug", "warning", "error", words="least weight of the lines on stderr")
    log_format: str = one_of(
        "auto", "json", "text", words="of the lines on stderr; auto: text in a terminal, else one JSON object a line"
    )
    metrics: bool = setting(True, "whether /metrics answers")

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
    max_lessons: int = limit(1000, "lessons of one's own kept on this server", "lessons")
    max_keeps: int = limit(
        120, "experiments that one address may keep within a minute, and as many lessons", "experiments a minute"
    )

    # A class
    max_rooms: int = limit(500, "rooms kept on this server", "rooms")
    max_rooms_opened: int = limit(60, "rooms that one address may open within an hour", "rooms an hour")
    max_room_members: int = limit(200, "learners of a room", "learners")
    max_room_questions: int = limit(200, "questions asked in a room", "questions")
    max_room_words: int = limit(500, "a question, or a choice, that is typed in a room", "characters")
    max_room_rate: float = limit(5.0, "commands of a learner in a room, on average; at once five times as many", "a second")
    max_room_sockets_per_address: int = limit(
        1000, "sockets of rooms that a worker has open to one address, apart from those of sessions", "sockets"
    )
    max_code_tries: int = limit(30, "codes of rooms that one address may try in vain at once", "codes")
    max_code_tries_per_minute: float = limit(10.0, "such tries of one address later on", "codes a minute")

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
    max_table_bytes: int = limit(5_000_000, "a table of own data, unpacked; a workbook's parts twelve times that", "bytes")
    max_table_rows: int = limit(20_000, "rows taken of a table, at random of up to ten times as many", "rows", most=20_000)
    max_table_columns: int = limit(1024, "columns of a table", "columns", most=1024)
    max_reader_bytes: int = limit(
        1_000_000_000, "memory of the process in which a worker reads tables and long messages", "bytes"
    )
    max_experiment_bytes: int = limit(4_000_000, "a script that is kept, packed", "bytes")
    max_lesson_bytes: int = limit(60_000, "a lesson of one's own that is kept, packed", "bytes")

    def __post_init__(self) -> None:
        if not self.threads:
            object.__setattr__(self, "threads", max(1, (os.cpu_count() or 1) // self.workers))

    @property
    def max_wire_bytes(self) -> int:
        """What the socket itself refuses, by closing: well above what is answered by an error."""
        return 2 * max(self.max_message_bytes, self.max_inline_bytes)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables; raises ValueError, naming the variable, where one makes no sense or is no setting."""
        known = {variable(entry.name): entry for entry in fields(cls)}
        for name in environment:
            if name not in known and (problem := _stranger(name, environment[name], list(known))) is not None:
                raise ValueError(problem)
        return cls(
            **{known[name].name: _parse(known[name], environment[name].strip()) for name in known if name in environment}
        )


def variable(name: str) -> str:
    """The environment variable that sets a field."""
    return f"{PREFIX}{name.upper()}"


def described() -> Iterator[str]:
    """The table in words, a line each: variable, default, allowed values, what it is for."""
    for entry in fields(Settings):
        default = ", ".join(entry.default) if isinstance(entry.default, tuple) else entry.default
        shown = "on" if default is True else f"{default:.15g}" if isinstance(default, float) else default or "none"
        words = entry.metadata.get("words") or f"limit: {entry.metadata['bounds']}"
        yield f"{variable(entry.name)} ({_allowed(entry)}; default {shown}): {words}"


def _stranger(name: str, value: str, known: list[str]) -> str | None:
    """Why a variable that is no setting is a mistake; None where it is somebody else's."""
    plain = name.upper()
    if plain in OTHERS and not value.startswith(("tcp://", "udp://")):
        option = OTHERS[plain]
        return None if option is None else f"{name} is no setting: say {option} on the command line"
    if plain.startswith(PREFIX):
        if INJECTED.fullmatch(plain):
            return None
        nearest = difflib.get_close_matches(plain.removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in known], 1, 0.5)
        return f"{name} is no setting" + (f": is {PREFIX}{nearest[0]} meant?" if nearest else "; chainrule --help lists them")
    if plain.startswith("C") and (nearest := difflib.get_close_matches(plain, known, 1, 0.9)):
        return f"{name} is no setting: is {nearest[0]} meant?"
    return None


def _allowed(entry: Field[Any]) -> str:
    """The values that a setting may have, in words."""
    kind, metadata = str(entry.type), entry.metadata
    if kind.startswith("tuple"):
        return "a list, separated by commas"
    if kind == "bool":
        return "on or off"
    if kind == "str":
        return ", ".join(metadata["choices"]) if "choices" in metadata else "text"
    most = _most(entry)
    bound = "" if most == BIG else f" and at most {most:.15g}"
    return f"{'a whole number' if kind == 'int' else 'a number'} above 0{bound}, of {metadata['unit']}"


def _most(entry: Field[Any]) -> float:
    """The engine's own bound, or that of a setting which bounds nothing."""
    return float(entry.metadata.get("most") or entry.metadata.get("up_to") or BIG)


def _parse(entry: Field[Any], text: str) -> Any:
    name, kind, metadata = variable(entry.name), str(entry.type), entry.metadata
    if kind.startswith("tuple"):
        return tuple(_each(name, part.strip().removesuffix("/"), metadata["read"]) for part in text.split(",") if part.strip())
    if kind == "str" and "choices" not in metadata:
        return _each(name, text, metadata["read"]) if text and metadata.get("read") else text
    if kind == "str" or kind == "bool":
        choices = metadata["choices"] if kind == "str" else (*YES, *NO)
        if text.lower() not in choices:
            raise ValueError(f"{name} should be one of {', '.join(choices)}, not {text!r}")
        return text.lower() if kind == "str" else text.lower() in YES
    try:
        number = int(text) if kind == "int" else float(text)
    except ValueError:
        number = float("nan")
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} should be {_allowed(entry)}, not {text!r}")
    if number > _most(entry):
        raise ValueError(f"{name} should be at most {_most(entry):.15g}, not {text!r}")
    return number


def _each(name: str, text: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(text)
    except SecretError as problem:
        raise ValueError(f"{name}: {problem}") from None
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}, not {text!r}") from None
