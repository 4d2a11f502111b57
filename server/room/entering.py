"""How one comes into a room: the teacher opens it, or comes back with its key; a learner comes by the code, or back by its
own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from server.protocol.room.commands import Enter, Open
from server.room.kept import keys, pseudonyms, store
from server.room.kept.snapshot import Member
from server.room.kept.store import Found
from server.room.service import Rooms, unknown_room
from server.room.state import RoomState
from server.room.telling.reader import Reader
from server.room.telling.told import group_of
from server.wire.errors import CommandError
from server.wire.limits import Bucket, beyond

ADDRESSES = 10_000
CODES = 60
"""Codes that are tried for a new room."""
ROWS = 5
"""Times as many learners as may be in a room may have been in it."""
HOUR = 3600.0


async def opened(rooms: Rooms, reader: Reader, command: Open) -> dict[str, Any]:
    """A new room, whose screen the reader is."""
    if rooms.refused is not None:
        raise CommandError("no_bus", rooms.refused)
    _pace(rooms, reader.address)
    key, room, most = keys.new_key(), keys.new_room(), rooms.settings.max_rooms
    first = RoomState(title=" ".join(command.title.split()))

    def made(connection: Connection) -> str:
        if store.count(connection) >= most:
            raise beyond("max_rooms", "This server keeps as many rooms as it may", None, f"at most {most} rooms")
        for _ in range(CODES):
            code = keys.new_code()
            if store.add(connection, room, code, keys.digest(key), first):
                return code
        raise CommandError("busy", "No code was free; try again")

    code = await rooms.writing(made)
    _is(reader, room, "screen")
    await rooms.join(reader)
    return {"code": code, "key": key, "room": room}


async def entered(rooms: Rooms, reader: Reader, command: Enter) -> dict[str, Any]:
    """Into a room there is; raises `CommandError`."""
    teacher = command.role != "learner"
    found = None if command.key is None else await (_teacher(rooms, command) if teacher else _back(rooms, command))
    if found is None:
        await rooms.tries.begin(reader.address)
        try:
            if teacher:
                raise unknown_room()
            found = await _new(rooms, command)
        except CommandError as refused:
            if refused.code == "unknown_room":
                await rooms.tries.vain()
            else:
                rooms.tries.good(reader.address)
            raise
        rooms.tries.good(reader.address)
    room, member, result = found
    _is(reader, room, command.role, member)
    await rooms.join(reader)
    return result


Came = tuple[str, Member | None, dict[str, Any]]


async def _teacher(rooms: Rooms, command: Enter) -> Came | None:
    """By the key alone: the code may be another one by now."""
    key = command.key or ""
    found = await rooms.reading(lambda connection: store.find(connection, key=keys.digest(key)))
    if found is None or not keys.same(key, found.key_digest):
        return None
    return found.id, None, {"code": found.code, "room": found.id}


async def _back(rooms: Rooms, command: Enter) -> Came | None:
    """A learner that was in the room; one whose key is for another room than the code comes into that as a new one."""
    key, code = command.key or "", keys.code_of(command.code)

    def look(connection: Connection) -> tuple[str, Member, Found | None, Found | None] | None:
        found = store.member_of(connection, keys.digest(key))
        if found is None:
            return None
        return *found, store.find(connection, id=found[0]), store.find(connection, code=code)

    found = await rooms.reading(look)
    if found is None:
        return None
    room, member, own, other = found
    if own is None or (other is not None and other.id != room and not other.state.ended):
        return None
    if member.status not in ("in", "waiting"):
        raise CommandError("removed", "You have left this room, or were taken out of it", "key", "enter without a key")
    return room, member, {"key": key, "name": member.name, "member": member.member}


async def _new(rooms: Rooms, command: Enter) -> Came:
    key, code, most = keys.new_key(), keys.code_of(command.code), rooms.settings.max_room_members

    def come(connection: Connection) -> Came:
        found = store.find(connection, code=code)
        state = None if found is None else store.hold(connection, found.id)
        if found is None or state is None or state.ended or not state.open_code:
            raise unknown_room()
        if state.admit == "closed":
            raise CommandError("closed", "The teacher lets nobody more into this room")
        names = store.names_of(connection, found.id)
        if len(names) >= most or store.members(connection, found.id) >= ROWS * most:
            raise beyond("max_room_members", "The room is full", None, f"at most {most} learners")
        status = "in" if state.admit == "open" else "waiting"
        name = pseudonyms.pseudonym(names.values())
        number = store.add_member(connection, found.id, keys.digest(key), name, status)
        return found.id, Member(number, name, status, False, False), {"key": key, "name": name, "member": number}

    return await rooms.writing(come)


def _is(reader: Reader, room: str, role: Any, member: Member | None = None) -> None:
    reader.room, reader.role = room, role
    reader.member = None if member is None else member.member
    reader.group = role if member is None else group_of(member)


def _pace(rooms: Rooms, address: str) -> None:
    most = rooms.settings.max_rooms_opened
    if len(rooms.opened) > ADDRESSES:
        rooms.opened.clear()
    if not rooms.opened.setdefault(address, Bucket(most / HOUR, most)).take():
        words = "Your address has opened as many rooms within an hour as it may"
        raise beyond("max_rooms_opened", words, None, f"at most {most} an hour")
