"""Rooms in the database: statements, each within the transaction of its caller, by which any process changes a room."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server.keeping.tables import Now, Room, RoomMember, RoomPiece, RoomQuestion, RoomVote
from server.room import state as states
from server.room.kept import answers
from server.room.kept.answers import Ballot
from server.room.kept.snapshot import Member, Snapshot
from server.room.state import RoomState
from server.wire.errors import CommandError

OF_A_ROOM: tuple[Any, ...] = (RoomVote, RoomPiece, RoomQuestion, RoomMember)
"""The tables with rows of a room, besides its own."""
COUNTED = ("in", "left")
"""Members whose votes count: not those who were removed."""


UNIQUE: tuple[str, ...] = ("room", "question", "round", "member")
"""Of a vote: there is one of each."""


class ConflictError(Exception):
    """Another process wrote the room meanwhile: read it again."""


class Found(NamedTuple):
    """A room, as it is looked for."""

    id: str
    code: str
    key_digest: str
    state: RoomState


# Rooms ----------------------------------------------------------------------------------------------------------------


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(Room)) or 0


def add(connection: Connection, id: str, code: str, key_digest: str, state: RoomState) -> bool:
    """A room that there was not before; false where another has the code."""
    values = {"id": id, "code": code, "key_digest": key_digest, "version": 1, "state": state.written(), "info": b"{}"}
    times = {"lead_until": 0.0, "remote_until": 0.0, "created": Now(), "used": Now(), "expires": None}
    dialect = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    added = dialect(Room).values(**values, **times).on_conflict_do_nothing().returning(Room.id)
    return connection.scalar(added) is not None  # PostgreSQL's driver counts no rows that are inserted


def find(connection: Connection, *, code: str | None = None, id: str | None = None, key: str | None = None) -> Found | None:
    """By its code, its id, or the digest of its teacher's key."""
    by = Room.code == code if code is not None else Room.id == id if id is not None else Room.key_digest == key
    row = connection.execute(select(Room.id, Room.code, Room.key_digest, Room.state).where(by)).one_or_none()
    return None if row is None else Found(row.id, row.code, row.key_digest, states.read(row.state))


def change(connection: Connection, room: str, how: Callable[[RoomState, float], RoomState], **columns: Any) -> RoomState:
    """Read, change, write back; raises `ConflictError` where somebody else wrote in between, and LookupError where it is
    gone."""
    row = connection.execute(select(Room.version, Room.state, Now().label("now")).where(Room.id == room)).one_or_none()
    if row is None:
        raise LookupError(room)
    new = how(states.read(row.state), row.now)
    written = (
        update(Room)
        .where(Room.id == room, Room.version == row.version)
        .values(version=row.version + 1, state=new.written(), used=Now(), **columns)
    )
    if connection.execute(written).rowcount != 1:
        raise ConflictError
    return new


def hold(connection: Connection, room: str) -> RoomState | None:
    """The state of a room that nobody else writes until the transaction ends."""
    text = connection.scalar(select(Room.state).where(Room.id == room).with_for_update())
    return None if text is None else states.read(text)


def say(connection: Connection, room: str, until: float, info: Mapping[str, Any] | None) -> bool:
    """The teacher's session is there for so many seconds more, and says this of itself; whether that is news."""
    row = connection.execute(select(Room.info, (Room.lead_until > Now()).label("lead")).where(Room.id == room)).one_or_none()
    if row is None:
        return False
    text = row.info if info is None else json.dumps(info).encode()
    connection.execute(update(Room).where(Room.id == room).values(lead_until=Now() + until, info=text))
    return bool(row.lead != (until > 0) or text != row.info)


def remote_here(connection: Connection, room: str, seconds: float) -> None:
    connection.execute(update(Room).where(Room.id == room).values(remote_until=Now() + seconds))


def read(connection: Connection, room: str) -> Snapshot | None:
    """All that is told of it."""
    row = connection.execute(select(Room, Now().label("now")).where(Room.id == room)).mappings().one_or_none()
    if row is None:
        return None
    state, now = states.read(row["state"]), row["now"]
    numbers = [number for number in (state.question, state.before) if number is not None]
    members = {
        each.member: Member(each.member, each.name, each.status, each.offered, each.here_until > now)
        for each in connection.execute(
            select(RoomMember.member, RoomMember.name, RoomMember.status, RoomMember.offered, RoomMember.here_until)
            .where(RoomMember.room == room)
            .order_by(RoomMember.member)
        )
    }
    lead, remote = row["lead_until"] > now, row["remote_until"] > now
    return Snapshot(
        room,
        row["code"],
        row["version"],
        state,
        json.loads(row["info"]),
        lead,
        remote,
        now,
        members,
        questions(connection, room, numbers),
        votes(connection, room, numbers),
    )


def forget(connection: Connection, rooms: Iterable[str]) -> None:
    """All that is kept of them."""
    gone = list(rooms)
    for table in OF_A_ROOM:
        connection.execute(delete(table).where(table.room.in_(gone)))
    connection.execute(delete(Room).where(Room.id.in_(gone)))


def due(connection: Connection, unused: float, most: int) -> list[str]:
    """Rooms that are to be deleted: ended so long ago, or not used for so long."""
    old = or_(Room.expires < Now(), Room.used < Now() - unused)
    return list(connection.scalars(select(Room.id).where(old).order_by(Room.used).limit(most)))


# Members --------------------------------------------------------------------------------------------------------------


def member_of(connection: Connection, key_digest: str) -> tuple[str, Member] | None:
    """Whose key it is: the room, and the member."""
    found = connection.execute(
        select(RoomMember.room, RoomMember.member, RoomMember.name, RoomMember.status, RoomMember.offered).where(
            RoomMember.key_digest == key_digest
        )
    ).one_or_none()
    return None if found is None else (found.room, Member(found.member, found.name, found.status, found.offered, False))


def member(connection: Connection, room: str, number: int) -> Member | None:
    columns = RoomMember.member, RoomMember.name, RoomMember.status, RoomMember.offered
    row = connection.execute(select(*columns).where(RoomMember.room == room, RoomMember.member == number)).one_or_none()
    return None if row is None else Member(row.member, row.name, row.status, row.offered, False)


def names_of(connection: Connection, room: str) -> dict[int, str]:
    """Of those who are in, or wait."""
    rows = connection.execute(
        select(RoomMember.member, RoomMember.name).where(RoomMember.room == room, RoomMember.status.in_(("in", "waiting")))
    )
    return {row.member: row.name for row in rows}


def add_member(connection: Connection, room: str, key_digest: str, name: str, status: str) -> int:
    """Its number. The room is held (`hold`)."""
    number = (connection.scalar(select(func.max(RoomMember.member)).where(RoomMember.room == room)) or 0) + 1
    values = {"room": room, "member": number, "key_digest": key_digest, "name": name, "status": status}
    connection.execute(insert(RoomMember).values(**values, offered=False, here_until=0.0))
    connection.execute(update(Room).where(Room.id == room).values(used=Now()))
    return number


def set_member(connection: Connection, room: str, member: int, *statuses: str, **values: Any) -> bool:
    """Change a member that has one of these statuses; whether there is one."""
    whose = RoomMember.room == room, RoomMember.member == member, RoomMember.status.in_(statuses)
    return connection.execute(update(RoomMember).where(*whose).values(**values)).rowcount == 1


def let_all_in(connection: Connection, room: str) -> None:
    waiting = RoomMember.room == room, RoomMember.status == "waiting"
    connection.execute(update(RoomMember).where(*waiting).values(status="in"))


def present(connection: Connection, there: Mapping[str, Iterable[int]], seconds: float) -> None:
    """The pages of these members, by room, are open for so many seconds more; of none any longer: 0."""
    for room, members in there.items():
        until = Now() + seconds if seconds else 0.0
        whose = RoomMember.room == room, RoomMember.member.in_(list(members))
        connection.execute(update(RoomMember).where(*whose).values(here_until=until))


# Questions, votes, pieces ---------------------------------------------------------------------------------------------


def members(connection: Connection, room: str) -> int:
    """How many there have been."""
    return connection.scalar(select(func.count()).select_from(RoomMember).where(RoomMember.room == room)) or 0


def put_question(connection: Connection, room: str, number: int, content: Mapping[str, Any]) -> None:
    _put(connection, RoomQuestion, {"room": room, "number": number}, {"content": json.dumps(content).encode()})


def questions(connection: Connection, room: str, numbers: Iterable[int] | None = None) -> dict[int, dict[str, Any]]:
    """Those of these numbers, or all."""
    wanted = select(RoomQuestion.number, RoomQuestion.content).where(RoomQuestion.room == room).order_by(RoomQuestion.number)
    if numbers is not None:
        wanted = wanted.where(RoomQuestion.number.in_(list(numbers)))
    return {row.number: json.loads(row.content) for row in connection.execute(wanted)}


def votes(connection: Connection, room: str, numbers: Iterable[int] | None = None) -> dict[int, dict[int, dict[int, Any]]]:
    """By question, round and member, of all whose votes count."""
    wanted = (
        select(RoomVote.question, RoomVote.round, RoomVote.member, RoomVote.answer)
        .join(RoomMember, (RoomMember.room == RoomVote.room) & (RoomMember.member == RoomVote.member))
        .where(RoomVote.room == room, RoomMember.status.in_(COUNTED))
    )
    if numbers is not None:
        wanted = wanted.where(RoomVote.question.in_(list(numbers)))
    found: dict[int, dict[int, dict[int, Any]]] = defaultdict(lambda: defaultdict(dict))
    for row in connection.execute(wanted):
        found[row.question][row.round][row.member] = json.loads(row.answer)
    return found


def vote(connection: Connection, ballots: Iterable[Ballot]) -> list[CommandError | None]:
    """Write those that are in time and answer their question; of each why it was not taken. No vote closes in between."""
    given = list(ballots)
    of_room: dict[str, list[Ballot]] = defaultdict(list)
    for each in given:
        of_room[each.room].append(each)
    refusals: dict[int, CommandError | None] = {}
    rows: dict[tuple[str, int, int, int], dict[str, Any]] = {}
    for room in sorted(of_room):  # in an order, so that two processes never wait for each other
        text = connection.scalar(select(Room.state).where(Room.id == room).with_for_update(read=True))
        state = None if text is None else states.read(text)
        asked = None if state is None or state.question is None else questions(connection, room, [state.question])
        inside = set(connection.scalars(select(RoomMember.member).where(RoomMember.room == room, RoomMember.status == "in")))
        for each in of_room[room]:
            question = (asked or {}).get(each.question)
            refusals[id(each)] = answers.refusal(each, state, question, each.member in inside)
            if refusals[id(each)] is None:
                answer = json.dumps(each.answer).encode()
                rows[each[:4]] = {**dict(zip(UNIQUE, each, strict=False)), "answer": answer}
    if rows:
        dialect = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        statement = dialect(RoomVote)
        written = statement.on_conflict_do_update(index_elements=list(UNIQUE), set_={"answer": statement.excluded.answer})
        connection.execute(written, list(rows.values()))
    return [refusals[id(each)] for each in given]


def put_piece(connection: Connection, room: str, member: int, content: bytes) -> None:
    _put(connection, RoomPiece, {"room": room, "member": member}, {"content": content, "written": Now()})


def pieces(connection: Connection, room: str) -> dict[int, bytes]:
    rows = connection.execute(select(RoomPiece.member, RoomPiece.content).where(RoomPiece.room == room))
    return {row.member: row.content for row in rows}


def _put(connection: Connection, table: Any, unique: dict[str, Any], values: dict[str, Any]) -> None:
    dialect = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = dialect(table).values(**unique, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(unique), set_=values))
