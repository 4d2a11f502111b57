"""What of a kept session this server can read: one that a newer chainrule kept is neither restored nor written over."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from server.keeping.packing import unpack
from server.wire.errors import CommandError

PLACE_VERSION = 1
"""Of where a session stands: its run, its races, its questions. Raise it with any change that an older server would misread."""
RACE_VERSION = 1
"""Of the script of a kept race, on a surface or on a network."""
LESSON_VERSION = 1
"""Of the lesson that is open: its card, and how its question was answered."""
LAB_VERSION = 1
"""Of the experiment of the lab that is open: what was asked for."""
TIMELINE_VERSION = 2
"""Of the script of the run: what `engine.script.keeping.Timeline` says of itself."""
UNREADABLE = "unreadable_session"


def check(script: bytes, place: bytes) -> None:
    """Raise `CommandError` where a part is newer than this server, or damaged. What says no version is of the first."""
    try:
        newer = [part for part, version, known in _versions(script, place) if not _reads(version, known)]
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise unreadable("What was kept of this session cannot be read") from error
    if newer:
        told = f"This session was kept by a newer chainrule ({', '.join(newer)})"
        raise unreadable(told)


def unreadable(what: str) -> CommandError:
    return CommandError(UNREADABLE, f"{what}. It is left as it is, and a new one begins", "session")


def _versions(script: bytes, place: bytes) -> Iterator[tuple[str, Any, int]]:
    """Each part that has a version, what it says, and the one this server writes. The spec, which may be megabytes, has none of
    its own."""
    length = int.from_bytes(script[:8], "little")
    scripts, where = unpack(script[8 + length :]), unpack(place)
    yield "its run", scripts["timeline"].get("version", 1), TIMELINE_VERSION
    for name, race in (("its race", scripts.get("race")), ("its race on the network", scripts.get("network"))):
        if race is not None:
            yield name, race.get("version", 1), RACE_VERSION
    lesson = scripts.get("lesson")
    if lesson is not None:
        yield "its lesson", lesson.get("version", 1), LESSON_VERSION
    experiment = scripts.get("lab")
    if experiment is not None:
        yield "its experiment", experiment.get("version", 1), LAB_VERSION
    yield "its place", where.get("version", 1), PLACE_VERSION
    int(where["generation"])  # which is asked for before the session is made


def _reads(version: Any, known: int) -> bool:
    return type(version) is int and 1 <= version <= known
