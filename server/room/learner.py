"""What a learner may do in a room."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from server.protocol.room import commands
from server.room.kept import pseudonyms, store
from server.room.kept.answers import Ballot
from server.room.service import Rooms
from server.room.telling.reader import Reader
from server.wire.errors import CommandError

Result = dict[str, Any] | None


def _whose(reader: Reader) -> tuple[str, int]:
    assert reader.room is not None and reader.member is not None
    return reader.room, reader.member


async def rename(rooms: Rooms, reader: Reader, command: commands.Rename) -> Result:
    room, member = _whose(reader)

    def write(connection: Connection) -> str:
        store.hold(connection, room)
        names = store.names_of(connection, room)
        names.pop(member, None)
        name = pseudonyms.chosen(command.name, names.values())
        if not store.set_member(connection, room, member, "in", "waiting", name=name):
            raise CommandError("not_entered", "You are not in this room any more")
        return name

    name = await rooms.writing(write)
    await rooms.changed(room)
    return {"name": name}


async def vote(rooms: Rooms, reader: Reader, command: commands.Vote) -> Result:
    room, member = _whose(reader)
    answer = list(command.answer) if isinstance(command.answer, list | tuple) else command.answer
    refused = await rooms.votes.put(Ballot(room, command.question, command.round, member, answer))
    if refused is not None:
        raise refused
    return None


async def own(rooms: Rooms, reader: Reader, command: commands.Own) -> Result:
    room, member = _whose(reader)

    def locked(connection: Connection) -> bool:
        found = store.find(connection, id=room)
        return found is None or found.state.locked

    if await rooms.reading(locked):
        raise CommandError("locked", "Not now: a vote is open, or eyes are up")
    return await rooms.ask(room, "own", {"member": member})


async def offer(rooms: Rooms, reader: Reader, command: commands.Offer) -> Result:
    await rooms.set_offered(*_whose(reader), command.offered)
    return None


async def leave(rooms: Rooms, reader: Reader, command: commands.Leave) -> Result:
    room, member = _whose(reader)
    away = {"status": "left", "name": "", "offered": False, "here_until": 0.0}
    await rooms.writing(lambda connection: store.set_member(connection, room, member, "in", "waiting", **away))
    await rooms.changed(room)
    return None


HANDLERS: dict[type[commands.RoomCommand], Any] = {
    commands.Rename: rename,
    commands.Vote: vote,
    commands.Own: own,
    commands.Offer: offer,
    commands.Leave: leave,
}
OUTSIDE = (commands.Rename, commands.Leave)
"""What one may do who waits to be let in."""
