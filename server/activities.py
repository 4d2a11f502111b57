"""The activities that sessions host, a line each. Only this names them all; another is added by `register`."""

from __future__ import annotations

from server.lab.activity import LAB
from server.lessons.activity import LESSONS
from server.microscope.activity import MICROSCOPE
from server.mirror.activity import MIRROR
from server.protocol.vocabulary import Vocabulary
from server.race.network.activity import NETWORK
from server.race.surface.activity import SURFACE
from server.room.session.activity import ROOM
from server.run.activity import RUN
from server.session.activity import Kind
from server.session.hosting import Hosting

_kinds: list[Kind] = [
    RUN,
    MICROSCOPE,
    SURFACE,
    NETWORK,
    LESSONS,
    LAB,
    ROOM,
    MIRROR,
]


def registered() -> tuple[Kind, ...]:
    """In the order in which the schema lists what they have, and in which they are restored."""
    return tuple(_kinds)


def register(kind: Kind) -> None:
    """Another activity, from now on; in a server with several workers it is to be said in each, so where its main module is
    imported."""
    if kind not in _kinds:
        _kinds.append(kind)


def vocabulary() -> Vocabulary:
    """What the wire of a server with these activities knows."""
    return Hosting(registered()).vocabulary
