"""Records on their way to the database, and found there again. Statements are within the transaction of their caller, who holds
the sessions' leases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from server.keeping.records import Kept, Piece, Record
from server.keeping.tables import Base, KeptPart, KeptPiece

PARTS = ("script", "place", "snapshot")


def merged(earlier: Record | None, later: Record) -> Record:
    """Two records as one: a later part wins, a piece follows those before it or stands in the place of its branch's."""
    if earlier is None:
        return later
    anew = {piece.branch for piece in later.series if piece.start == 0}
    return Record(
        script=earlier.script if later.script is None else later.script,
        place=later.place,
        snapshot=earlier.snapshot if later.snapshot is None else later.snapshot,
        series=(*(piece for piece in earlier.series if piece.branch not in anew), *later.series),
        written=(*earlier.written, *later.written),
    )


def write(connection: Connection, records: Mapping[str, Record]) -> None:
    """What is new of these sessions, in a statement for each kind."""
    parts: list[dict[str, Any]] = []
    pieces: list[dict[str, Any]] = []
    replaced: list[dict[str, Any]] = []
    for session, record in records.items():
        for name in PARTS:
            content = getattr(record, name)
            if content is not None:
                parts.append({"session": session, "name": name, "content": content})
        for piece in record.series:
            if piece.start == 0:
                replaced.append({"old_session": session, "old_branch": piece.branch})
            pieces.append({"session": session, **piece._asdict()})
    if parts:
        connection.execute(_put(connection, KeptPart, ("session", "name"), ("content",)), parts)
    if replaced:
        old = KeptPiece.session == bindparam("old_session"), KeptPiece.branch == bindparam("old_branch")
        connection.execute(delete(KeptPiece).where(*old), replaced)
    if pieces:
        connection.execute(_put(connection, KeptPiece, ("session", "branch", "start"), ("revision", "points")), pieces)


def words(connection: Connection, session: str) -> tuple[bytes, bytes] | None:
    """Script and place alone: small beside the numbers."""
    parts = _parts(connection, session, PARTS[:2])
    return (parts["script"], parts["place"]) if len(parts) == 2 else None


def _parts(connection: Connection, session: str, names: Sequence[str]) -> dict[str, bytes]:
    wanted = KeptPart.session == session, KeptPart.name.in_(names)
    rows = connection.execute(select(KeptPart.name, KeptPart.content).where(*wanted))
    return {row.name: row.content for row in rows}


def find(connection: Connection, session: str) -> Kept | None:
    """All that is kept of a session; None of one of which nothing was written yet."""
    parts = _parts(connection, session, PARTS)
    if "script" not in parts or "place" not in parts:
        return None
    columns = KeptPiece.branch, KeptPiece.revision, KeptPiece.start, KeptPiece.points
    pieces = select(*columns).where(KeptPiece.session == session).order_by(KeptPiece.branch, KeptPiece.start)
    series = tuple(Piece(*row) for row in connection.execute(pieces))
    return Kept(parts["script"], parts["place"], parts.get("snapshot") or None, series)


def _put(connection: Connection, table: type[Base], key: Sequence[str], values: Sequence[str]) -> Any:
    """Insert, or overwrite what has the same key: both databases can, each in an SQLAlchemy dialect of its own."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    return statement.on_conflict_do_update(index_elements=list(key), set_={name: statement.excluded[name] for name in values})
