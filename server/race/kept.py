"""What of a session's two races outlives the server, and how they are taken up again: a race is its script."""

from __future__ import annotations

import json
import logging
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from server.keeping.versions import RACE_VERSION
from server.protocol import RaceSpeed
from server.race.network import commands as network_commands
from server.race.network.controller import Going
from server.race.network.controller import Playing as NetworkPlaying
from server.race.surface import commands, files
from server.race.surface.work import Playing

if TYPE_CHECKING:
    from server.session.session import Session

log = logging.getLogger("chainrule")


def key_of(session: Session) -> Hashable:
    """The scripts are others when this has changed."""
    desk, network = session.desk, session.network
    return desk.number, desk.changes, network.number, network.changes


def standing(session: Session) -> Hashable:
    """Where the races stand."""
    desk, network = session.desk, session.network
    return desk.race and desk.race.step, desk.speed, network.race and network.race.step, network.speed


def scripts(session: Session) -> dict[str, Any]:
    """In a worker: what changes with a command, and only then."""
    desk, network = session.desk, session.network
    return {
        "race": None if desk.race is None else _versioned(files.script(desk.race, desk)),
        "network": None if network.race is None else _versioned(network_commands.script(network.race, network.threshold)),
    }


def _versioned(script: str) -> dict[str, Any]:
    return {"version": RACE_VERSION, **json.loads(script)}


def places(session: Session) -> dict[str, Any]:
    """Where they stand, and whether they play."""
    desk, network = session.desk, session.network
    target = network.work.target if isinstance(network.work, Going) else network.race and network.race.step
    network_plays = isinstance(network.work, NetworkPlaying) or (isinstance(network.work, Going) and network.work.onward)
    return {
        "race": [desk.number, desk.race.step, isinstance(desk.work, Playing), desk.speed.model_dump()] if desk.race else None,
        "network": [network.number, target, network_plays, network.speed.model_dump()] if network.race else None,
    }


async def take_up(session: Session, scripts: dict[str, Any], places: dict[str, Any]) -> None:
    """Both races where they stood, playing where they played. One that cannot be taken up is not there."""
    for name, resume in (("race", _surface), ("network", _network)):
        if scripts.get(name) and places.get(name):
            try:
                number, step, plays, speed = places[name]
                await resume(session, scripts[name], number, step, plays, RaceSpeed.model_validate(speed))
            except Exception:
                log.exception("a kept race cannot be taken up")


async def _surface(session: Session, script: dict[str, Any], number: int, step: int, plays: bool, speed: RaceSpeed) -> None:
    desk = session.desk
    desk.number = number - 1
    await commands.lay_out(session, script)
    race, desk.speed = desk.present(), speed
    await session.call(race.seek, step)
    desk.work = Playing(race, speed) if plays else None
    desk.tell(session)


async def _network(session: Session, script: dict[str, Any], number: int, step: int, plays: bool, speed: RaceSpeed) -> None:
    network = session.network
    network.number = number - 1
    await network_commands.lay_out(session, script)
    network.speed = speed
    network.work = Going(network.present(), step, None, None, onward=plays)
    network.tell(session)
