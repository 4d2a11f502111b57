"""Whose a session is: statements, each within the transaction of its caller.

A lease runs out by the database's clock, so that no two clocks have to agree. The fence rises whenever a session changes
hands: an owner that was stopped, or cut off, and does not know that its lease ran out, names an old one, and what it writes is
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from server.keeping.givers import Given, surplus
from server.keeping.tables import KeptPart, KeptPiece, KeptSession, Now

ID = 24
"""Bytes of a session's id."""
AT_A_TIME = 100
"""Sessions deleted in one transaction."""


class Holder(NamedTuple):
    """A process that holds leases."""

    owner: str
    process: str
    valid: float
    """Seconds that a lease is good for."""


class Held(NamedTuple):
    """A lease as another process finds it."""

    owner: str | None
    process: str | None
    fence: int


class Renewed(NamedTuple):
    fence: int
    wanted: bool


def add(connection: Connection, id: str, holder: Holder) -> int:
    """A session that there was not before; its fence."""
    values = {"owner": holder.owner, "process": holder.process, "fence": 1, "expires": Now() + holder.valid}
    connection.execute(insert(KeptSession).values(id=id, **values))
    return 1


def take(connection: Connection, id: str, holder: Holder, from_fence: int | None = None) -> int | None:
    """Take over a session that nobody holds, or one whose owner with that fence is known to be gone; its new fence."""
    free: ColumnElement[bool] = or_(KeptSession.owner.is_(None), KeptSession.expires < Now())
    if from_fence is not None:
        free = or_(free, KeptSession.fence == from_fence)
    taken = (
        update(KeptSession)
        .where(KeptSession.id == id, free)
        .values(
            owner=holder.owner,
            process=holder.process,
            fence=KeptSession.fence + 1,
            expires=Now() + holder.valid,
            wanted=None,
        )
        .returning(KeptSession.fence)
    )
    return connection.scalar(taken)


def look(connection: Connection, id: str) -> Held | None:
    row = connection.execute(
        select(KeptSession.owner, KeptSession.process, KeptSession.fence).where(KeptSession.id == id)
    ).one_or_none()
    return None if row is None else Held(*row)


def want(connection: Connection, id: str, holder: Holder, fence: int) -> None:
    """Ask the owner to let go."""
    asked = update(KeptSession).where(KeptSession.id == id, KeptSession.fence == fence).values(wanted=holder.owner)
    connection.execute(asked)


def wanted(connection: Connection, holder: Holder) -> dict[str, int]:
    """The sessions that others ask this process for, with their fences."""
    asked = select(KeptSession.id, KeptSession.fence).where(KeptSession.owner == holder.owner, KeptSession.wanted.is_not(None))
    return {row.id: row.fence for row in connection.execute(asked)}


def renew(connection: Connection, ids: Sequence[str], holder: Holder) -> dict[str, Renewed]:
    """Those still this process's: they remain so until the transaction ends, and then for as long as a lease is good."""
    renewal = (
        update(KeptSession)
        .where(KeptSession.owner == holder.owner, KeptSession.id.in_(ids))
        .values(expires=Now() + holder.valid)
        .returning(KeptSession.id, KeptSession.fence, KeptSession.wanted)
    )
    return {id: Renewed(fence, asked is not None) for id, fence, asked in connection.execute(renewal)}


def let_go(connection: Connection, id: str, fence: int, holder: Holder) -> bool:
    """Free a session for whoever wants it; false where it is not this process's any more."""
    freed = (
        update(KeptSession)
        .where(KeptSession.id == id, KeptSession.fence == fence, KeptSession.owner == holder.owner)
        .values(owner=None, process=None, wanted=None, expires=Now())
    )
    return connection.execute(freed).rowcount == 1


def forget(connection: Connection, seconds: float, most: int, spared: Callable[[str], bool] = lambda id: False) -> int:
    """Delete some sessions that nobody has held for so long, and where there are more than so many some that nobody holds, of
    the address that has most first, those of them that are not `spared`; with all that is kept of them. How many."""
    too_many = (connection.scalar(select(func.count()).select_from(KeptSession)) or 0) - most
    free = select(KeptSession.id).order_by(KeptSession.expires).with_for_update(skip_locked=True)
    ids = set(connection.scalars(free.where(KeptSession.expires < Now() - seconds).limit(AT_A_TIME)))
    if too_many > len(ids):
        rows = connection.execute(select(KeptSession.id, KeptSession.expires, (KeptSession.expires < Now()).label("free")))
        given = [Given(*row) for row in rows if row.id not in ids]
        going = list(surplus(given, min(too_many - len(ids), AT_A_TIME), ID, spared))
        ids |= set(connection.scalars(free.where(KeptSession.id.in_(going), KeptSession.expires < Now())))
    if ids:
        connection.execute(delete(KeptPiece).where(KeptPiece.session.in_(ids)))
        connection.execute(delete(KeptPart).where(KeptPart.session.in_(ids)))
        connection.execute(delete(KeptSession).where(KeptSession.id.in_(ids)))
    return len(ids)
