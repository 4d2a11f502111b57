"""What lies in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, LargeBinary, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement


class Base(DeclarativeBase):
    pass


class Schema(Base):
    """The version of all the tables here, in one row (`server.keeping.schema`). This table itself never changes: what says the
    version is to be readable in any."""

    __tablename__ = "chainrule_schema"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1: there is one row."""
    version: Mapped[int]


class Experiment(Base):
    """A script as it was kept: that is never changed, so the same script is kept once."""

    __tablename__ = "experiments"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created: Mapped[datetime]
    """When it was kept, or used last."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    script: Mapped[bytes] = mapped_column(LargeBinary)


class OwnLesson(Base):
    """A lesson's text as it was kept, once, as experiments are. Since schema 2."""

    __tablename__ = "own_lessons"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created: Mapped[datetime]
    """When it was kept, or used last."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)


class KeptSession(Base):
    """Whose a session is. It is written several times a second, so it is short; what the session holds lies in the others."""

    __tablename__ = "kept_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str | None] = mapped_column(String(32), index=True)
    """The process that runs it, by a random name; none: whoever wants it may have it."""
    process: Mapped[str | None] = mapped_column(String(160))
    """The same process as its machine knows it (`server.keeping.process`)."""
    fence: Mapped[int] = mapped_column(BigInteger)
    """Rises whenever the session changes hands; a write must name the present one."""
    expires: Mapped[float] = mapped_column(Double)
    """By the database's clock: from then on anybody may have it. Of one let go: since when nobody has."""
    wanted: Mapped[str | None] = mapped_column(String(32))
    """Another process that was asked for the session, and waits for this owner to let go."""


class KeptPart(Base):
    """A session's script, its place in it, its newest snapshot."""

    __tablename__ = "kept_parts"

    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class KeptPiece(Base):
    """A stretch of a branch's recorded series."""

    __tablename__ = "kept_pieces"

    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    branch: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    points: Mapped[bytes] = mapped_column(LargeBinary)


class Room(Base):
    """A class's room: its state as JSON, which whoever changes it reads and writes back where the version is still the same.
    The rooms' tables are there since schema 3."""

    __tablename__ = "rooms"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the teacher's key."""
    version: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    info: Mapped[bytes] = mapped_column(LargeBinary)
    """What the teacher's session says of itself, as JSON, …"""
    lead_until: Mapped[float] = mapped_column(Double)
    """… and until when it is held to be there, by the database's clock."""
    remote_until: Mapped[float] = mapped_column(Double)
    """The same of the teacher's second device."""
    created: Mapped[float] = mapped_column(Double)
    used: Mapped[float] = mapped_column(Double)
    """When somebody did something in it last."""
    expires: Mapped[float | None] = mapped_column(Double, index=True)
    """When it is deleted, by the database's clock; none: it has not ended."""


class RoomMember(Base):
    """A learner in a room, known by a pseudonym; the number counts them within the room."""

    __tablename__ = "room_members"

    room: Mapped[str] = mapped_column(String(32), primary_key=True)
    member: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(8))
    """in, waiting, removed, left."""
    offered: Mapped[bool]
    here_until: Mapped[float] = mapped_column(Double)


class RoomQuestion(Base):
    """A question that was asked in a room, with its answer where it was measured, as JSON."""

    __tablename__ = "room_questions"

    room: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RoomVote(Base):
    """One vote a question, round and member: whoever writes it twice writes over it."""

    __tablename__ = "room_votes"

    room: Mapped[str] = mapped_column(String(32), primary_key=True)
    question: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer: Mapped[bytes] = mapped_column(LargeBinary)


class RoomPiece(Base):
    """What a learner's own run looks like, on the wall."""

    __tablename__ = "room_pieces"

    room: Mapped[str] = mapped_column(String(32), primary_key=True)
    member: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    written: Mapped[float] = mapped_column(Double)


class Now(FunctionElement[float]):
    """Seconds by the database's clock, which all processes share; as it stands now, not where the transaction began."""

    type = Double()
    inherit_cache = True


@compiles(Now)
def _now(element: Now, compiler: Any, **_: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS double precision)"


@compiles(Now, "sqlite")
def _sqlite_now(element: Now, compiler: Any, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"
