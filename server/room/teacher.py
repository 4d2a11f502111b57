"""What the teacher may do in a room, from its screen or its second device."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from server.keeping.tables import Now
from server.protocol.room import commands
from server.room import questions
from server.room import state as states
from server.room.kept import keys, store
from server.room.service import Rooms
from server.room.state import RoomState
from server.room.telling import results
from server.room.telling.reader import Reader
from server.wire.errors import CommandError

Result = dict[str, Any] | None
CODES = 60


def _room(reader: Reader) -> str:
    assert reader.room is not None
    return reader.room


async def _changed(rooms: Rooms, reader: Reader, command: commands.RoomCommand) -> Result:
    """What needs only the state."""
    await rooms.change(_room(reader), lambda state, now: states.obeyed(state, command, now))
    return None


async def ask(rooms: Rooms, reader: Reader, command: commands.Ask) -> Result:
    return await questions.asked(rooms, _room(reader), command)


async def twin(rooms: Rooms, reader: Reader, command: commands.Twin) -> Result:
    return await questions.twin_asked(rooms, _room(reader), command)


async def by_hand(rooms: Rooms, reader: Reader, command: commands.CountsByHand) -> Result:
    await questions.by_hand(rooms, _room(reader), command)
    return None


async def reveal(rooms: Rooms, reader: Reader, command: commands.RevealAnswer) -> Result:
    """Once what is right is known; where the teacher's session cannot tell, the votes alone."""
    room = _room(reader)
    found = await rooms.reading(lambda connection: store.find(connection, id=room))
    if found is not None:
        states.obeyed(found.state, command, 0.0)
        for number in (found.state.question, found.state.before):
            if number is not None:
                with contextlib.suppress(CommandError):
                    await questions.measured(rooms, room, number, questions.AT_REVEAL)
    return await _changed(rooms, reader, command)


async def your_turn(rooms: Rooms, reader: Reader, command: commands.YourTurn) -> Result:
    turn: dict[str, Any] | None = None
    if command.on:
        said = await rooms.ask(_room(reader), "turn", {"seeds": command.seeds, "task": command.task})
        turn = {**said, "seeds": command.seeds, "task": command.task}
    more = 1 if command.on else 0
    await rooms.change(_room(reader), lambda state, now: replace(state, turn=turn, turns=state.turns + more))
    return None


async def put_up(rooms: Rooms, reader: Reader, command: commands.PutUp) -> Result:
    """Only what its owner offered."""
    room, member = _room(reader), command.member
    shown: dict[str, Any] | None = None
    if member is not None:
        await rooms.reading(lambda connection: _offered(connection, room, member))
        said = await rooms.ask(room, "put_up", {"member": member})
        shown = {key: said.get(key) for key in ("value", "seed", "met", "link")}
        shown |= {"member": member, "title": said.get("title", "")}

    def write(connection: Connection) -> None:
        if member is not None:
            _offered(connection, room, member)
        store.change(connection, room, lambda state, now: replace(state, put_up=shown))

    await rooms.writing(write)
    await rooms.changed(room)
    return None


def _offered(connection: Connection, room: str, member: int) -> None:
    found = store.member(connection, room, member)
    if found is None or found.status != "in" or not found.offered:
        raise CommandError("not_offered", "Its owner has not offered this run", "member", "a learner who offers its run")


async def admit(rooms: Rooms, reader: Reader, command: commands.Admit) -> Result:
    """Where all may come in, those who wait do."""

    def write(connection: Connection) -> None:
        store.change(connection, _room(reader), lambda state, now: states.obeyed(state, command, now))
        if command.how == "open":
            store.let_all_in(connection, _room(reader))

    await rooms.writing(write)
    await rooms.changed(_room(reader))
    return None


async def let_in(rooms: Rooms, reader: Reader, command: commands.LetIn) -> Result:
    return await _set(rooms, reader, command.member, ("waiting",), status="in")


async def remove(rooms: Rooms, reader: Reader, command: commands.Remove) -> Result:
    return await _set(rooms, reader, command.member, ("in", "waiting"), status="removed", name="", offered=False)


async def _set(rooms: Rooms, reader: Reader, member: int, statuses: tuple[str, ...], **values: Any) -> Result:
    room = _room(reader)

    def write(connection: Connection) -> None:
        if not store.set_member(connection, room, member, *statuses, **values):
            raise CommandError("no_member", "There is no such learner in this room", "member", "one of `members`")
        if values["status"] == "removed":
            store.change(connection, room, lambda state, now: _without(state, member))

    await rooms.writing(write)
    await rooms.changed(room)
    return None


def _without(state: RoomState, member: int) -> RoomState:
    return replace(state, put_up=None) if state.put_up and state.put_up["member"] == member else state


async def new_code(rooms: Rooms, reader: Reader, command: commands.NewCode) -> Result:
    def write(connection: Connection) -> str:
        for _ in range(CODES):
            code = keys.new_code()
            if store.find(connection, code=code) is None:
                store.change(connection, _room(reader), lambda state, now: replace(state, open_code=True), code=code)
                return code
        raise CommandError("busy", "No code was free; try again")

    code = await rooms.writing(write)
    await rooms.changed(_room(reader))
    return {"code": code}


async def lead(rooms: Rooms, reader: Reader, command: commands.Next | commands.Play) -> Result:
    """What the teacher's session does."""
    about = {"by": command.by} if isinstance(command, commands.Next) else {"on": command.on}
    return await rooms.ask(_room(reader), command.type, about)


async def told_results(rooms: Rooms, reader: Reader, command: commands.Results) -> Result:
    return await rooms.reading(lambda connection: results.of(connection, _room(reader), command))


async def end(rooms: Rooms, reader: Reader, command: commands.End) -> Result:
    """Nobody answers any more; what is kept is deleted later, or at once."""
    expires = Now() + rooms.settings.room_expiry
    await rooms.change(_room(reader), lambda state, now: states.obeyed(state, command, now), expires=expires)
    if not command.keep:
        await rooms.delete(_room(reader))
    return None


async def delete(rooms: Rooms, reader: Reader, command: commands.Delete) -> Result:
    await rooms.delete(_room(reader))
    return None


HANDLERS: dict[type[commands.RoomCommand], Any] = {
    **dict.fromkeys(states.CHANGES, _changed),
    commands.Ask: ask,
    commands.Twin: twin,
    commands.CountsByHand: by_hand,
    commands.RevealAnswer: reveal,
    commands.YourTurn: your_turn,
    commands.PutUp: put_up,
    commands.Admit: admit,
    commands.LetIn: let_in,
    commands.Remove: remove,
    commands.NewCode: new_code,
    commands.Next: lead,
    commands.Play: lead,
    commands.Results: told_results,
    commands.End: end,
    commands.Delete: delete,
}
AFTER_END = (commands.Results, commands.End, commands.Delete)
"""What still has a meaning then."""
