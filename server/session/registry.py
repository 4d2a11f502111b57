"""The sessions of this process: found by an unguessable id, here or in the database; put away when nobody watches for long."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Coroutine, Iterable, Iterator

from server.keeping import leases
from server.keeping.experiments import Experiments
from server.keeping.givers import new_id
from server.keeping.keeper import Keeper, Lost
from server.keeping.records import Kept
from server.keeping.versions import unreadable
from server.keeping.waiting import Lease
from server.memory import give_back_now
from server.protocol import CLOSE_MOVED, CLOSE_SUPERSEDED, ErrorEvent, Keeping, WarmUp
from server.session.hosting import Hosting
from server.session.recorder import memory_of
from server.session.scheduler import Scheduler
from server.session.session import Session
from server.session.viewer import Viewer
from server.settings import Settings
from server.warmup import Kernels
from server.wire.budget import SMALL, Budget, Owner
from server.wire.errors import CommandError
from server.wire.limits import beyond

log = logging.getLogger("chainrule")

ROOM_AFTER = 60.0
"""Where sessions are at their limit, one that nobody has watched for so many seconds makes room for a new one."""
UNTOLD = 1.0
"""Seconds that sessions wait for the database before their pages are told."""
GOODBYE = 5.0
"""Seconds within which a server that ends writes and lets go of all of them; a database that is away is not waited for."""
LAST, LAST_OF_ALL = 2.0, 0.7
"""Seconds that a session is given to end what it is in the middle of, and where the server ends; after that, it is kept as it
was offered last."""


class Sessions:
    """Belongs to one event loop. A session is here from when its lease was taken until it is let go of, or lost."""

    def __init__(
        self,
        settings: Settings,
        scheduler: Scheduler,
        kernels: Kernels,
        store: Experiments,
        keeper: Keeper,
        hosting: Hosting,
    ) -> None:
        self._settings, self._scheduler, self._kernels, self._store, self._keeper = settings, scheduler, kernels, store, keeper
        self.hosting = hosting
        self.budget = Budget(settings)
        self.budget.make_room = self._put_away_largest
        self._sessions: dict[str, Session] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leases: dict[str, Lease] = {}
        self._coming: dict[str, asyncio.Task[Session]] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._unreadable: set[str] = set()
        """Sessions that could not be made of what is kept of them."""
        self.sockets: Counter[str] = Counter()
        """Open ones, by address."""

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    def find(self, session_id: str) -> Session | None:
        """A session that is here."""
        return self._sessions.get(session_id)

    async def attach(self, viewer: Viewer, session_id: str | None, id: str | int | None, address: str = "unknown") -> Session:
        """Join the session named, or a new one, which is counted to the address it was begun from; raises `CommandError`."""
        # Not in the pool of workers: at a cold start every one of them may be waiting for a kernel.
        fingerprint = await asyncio.to_thread(_fingerprint)
        session = await self._known(session_id, address) if session_id is not None else await self._new(address)
        session.attach(viewer, id, fingerprint)
        return session

    # Coming -----------------------------------------------------------------------------------------------------------

    async def _new(self, address: str) -> Session:
        id = new_id(leases.ID, address)
        return await self._come(id, self._create(id, address))

    async def _known(self, id: str, address: str) -> Session:
        while True:
            if id in self._leaving:
                await asyncio.wait([self._leaving[id]])
            elif id in self._sessions:
                return self._sessions[id]
            else:
                session = await self._come(id, self._claim(id, address))
                if self._sessions.get(id) is session:  # and was not lost again before it could be told
                    return session

    async def _come(self, id: str, way: Coroutine[None, None, Session]) -> Session:
        """However many attach at once, a session comes once; and it comes even if the one who asked first is gone by then."""
        if id in self._coming:
            way.close()
        else:
            task = self._coming[id] = asyncio.create_task(way, name=f"coming {id[:6]}")
            task.add_done_callback(lambda task: self._coming.pop(id) if task.cancelled() or task.exception() else None)
        return await asyncio.shield(self._coming[id])

    async def _create(self, id: str, address: str) -> Session:
        self._make_room(address)
        await self.budget.find(SMALL)
        session = self._begin(id, address, await self._keeper.create(id), None)
        log.info("session created: there are %d", len(self._sessions))
        return session

    async def _claim(self, id: str, address: str) -> Session:
        if id in self._unreadable:
            raise unreadable("What was kept of this session cannot be read")
        self._make_room(address)
        claimed = await self._keeper.claim(id)
        if claimed is None:
            raise CommandError("unknown_session", "There is no such session, or it has expired; attach without one", "session")
        lease, kept = claimed
        try:
            await self.budget.find(SMALL if kept is None else memory_of(kept))
        except CommandError:
            await self._keeper.release(lease)
            raise
        session = self._begin(id, address, lease, kept)
        log.info("session restored: there are %d", len(self._sessions), extra={"session": id})
        return session

    def _begin(self, id: str, address: str, lease: Lease, kept: Kept | None) -> Session:
        common = self._settings, self._scheduler, self._kernels, self._store, self.hosting
        session = Session(id, *common, kept, address, self.budget)
        session.share.coming(SMALL if kept is None else memory_of(kept))
        if self._keeper.writes(lease):
            session.permit = lambda: self._permit(session, lease)
            session.offer = lambda record: self._keeper.put(lease, record)
            session.confirmed = True
            session.give_up = lambda: self._give_up(session)
            session.keeping = _keeping(self._keeper.trouble)
        del self._coming[id]
        self._sessions[id], self._leases[id] = session, lease
        self._tasks[id] = asyncio.create_task(session.live(), name=f"session {id[:6]}")
        return session

    async def _permit(self, session: Session, lease: Lease) -> None:
        """Wait until the session is surely this process's; where that takes long, its page is told why nothing moves."""
        if self._keeper.holds(lease):
            return
        try:
            async with asyncio.timeout(UNTOLD):
                await self._keeper.permit(lease)
        except TimeoutError:
            message = "The server's database does not answer. The run waits for it, and goes on by itself"
            session.report(ErrorEvent(code="unavailable", message=message))
            await self._keeper.permit(lease)

    def _make_room(self, address: str) -> None:
        """The one that is coming is counted already."""
        own = [session for session in self._sessions.values() if session.address == address]
        if len(own) >= self._settings.max_sessions_per_address:
            self._make_way(own, "max_sessions_per_address", "Your address has")
        if len(self._sessions) + len(self._coming) > self._settings.max_sessions:
            self._make_way(self._sessions.values(), "max_sessions", "The server has")

    def _make_way(self, among: Iterable[Session], limit: str, who: str) -> None:
        idle = [session for session in among if not session.watched_by]
        oldest = min(idle, key=lambda session: session.unwatched_since, default=None)
        if oldest is None or time.monotonic() - oldest.unwatched_since < ROOM_AFTER:
            words = f"{who} as many sessions as it may hold; try again later"
            raise beyond(limit, words, "session", f"at most {getattr(self._settings, limit)}")
        self._put_away(oldest)
        log.info("session put away to make room", extra={"session": oldest.id})

    async def _put_away_largest(self, owner: Owner) -> bool:
        """Of the sessions that nobody looks at the largest leaves memory, to make room; one that is kept nowhere only where
        nobody has come back to it for a while."""
        now = time.monotonic()
        idle = [
            session
            for session in self._sessions.values()
            if not session.watched_by
            and session.share.settled
            and session is not owner
            and (session.offer is not None or now - session.unwatched_since > ROOM_AFTER)
        ]
        largest = max(idle, key=lambda session: session.share.total, default=None)
        if largest is None or not self._keeper.well:
            return False
        self._put_away(largest)
        log.info("session put away, memory is short", extra={"session": largest.id})
        await asyncio.wait([self._leaving[largest.id]])
        await asyncio.to_thread(give_back_now)
        return True

    # Leaving ----------------------------------------------------------------------------------------------------------

    def _put_away(self, session: Session, code: int | None = None, last: float = LAST) -> None:
        """Let a session end what it is doing, write it, and let go of it; its page, where there is one, is told to go."""
        id = session.id
        del self._sessions[id]
        leaving = self._leaving[id] = asyncio.create_task(
            self._leave(session, self._tasks.pop(id), self._leases.pop(id), code, last), name=f"leaving {id[:6]}"
        )
        leaving.add_done_callback(lambda _: self._leaving.pop(id))

    async def _leave(self, session: Session, task: asyncio.Task[None], lease: Lease, code: int | None, last: float) -> None:
        session.end()
        await asyncio.wait([task], timeout=last)
        task.cancel()
        if code is not None:
            session.close_viewers(code)
        session.share.release()
        await self._keeper.release(lease)

    def _give_up(self, session: Session) -> bool:
        """What is kept of the session makes no run here. Another server may read it, so it stays; its page attaches again, and
        is told."""
        session.offer, session.confirmed = None, False
        self._unreadable.add(session.id)
        if self._sessions.get(session.id) is session:
            self._put_away(session, CLOSE_MOVED)
        return True

    def _hand_over(self, lease: Lease) -> None:
        """A page has attached to the session by another process: its newer attach wins, as it would have won here."""
        session = self._sessions.get(lease.id)
        if session is not None and self._leases[lease.id] is lease:
            self._put_away(session, CLOSE_SUPERSEDED)

    def _lose(self, lost: Lost) -> None:
        """The session is another process's: whatever was done to it here since is void. Who attached there controls it; where
        nobody holds it now, the page here may have it again."""
        id = lost.lease.id
        if self._leases.get(id) is not lost.lease:
            return
        session = self._sessions.pop(id)
        del self._leases[id]
        self._tasks.pop(id).cancel()
        session.share.release()
        session.close_viewers(CLOSE_SUPERSEDED if lost.taken else CLOSE_MOVED)

    # While it lasts ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._keeper.start(self._lose, self._hand_over, self._tell_keeping)

    def _tell_keeping(self, trouble: str | None) -> None:
        for session in self:
            session.tell_keeping(_keeping(trouble))

    def announce(self, progress: WarmUp) -> None:
        """Tell every page how far the kernels are."""
        for session in self._sessions.values():
            session.announce(progress)

    async def expire(self) -> None:
        """Put away what nobody has watched for as long as the settings say; until cancelled."""
        while True:
            await asyncio.sleep(min(30.0, self._settings.session_expiry / 4))
            now = time.monotonic()
            for session in list(self._sessions.values()):
                if not session.watched_by and now - session.unwatched_since > self._settings.session_expiry:
                    self._put_away(session)
                    log.info("session put away, unwatched for long", extra={"session": session.id})

    async def close(self) -> None:
        """Write and let go of every session; the sockets have been told by then."""
        for task in self._coming.values():
            task.cancel()
        for session in list(self._sessions.values()):
            self._put_away(session, last=LAST_OF_ALL)
        if self._leaving:
            await asyncio.wait(self._leaving.values(), timeout=GOODBYE)


def _keeping(trouble: str | None) -> Keeping:
    if trouble is None:
        return Keeping(kept=True)
    return Keeping(kept=False, message=f"{trouble}: what you do now is lost when the server stops. The run goes on.")


def _fingerprint() -> str:
    from engine import fingerprint  # in a thread: importing the engine takes a moment

    return fingerprint()
