"""The sessions there are: found by an unguessable id, forgotten when nobody has watched for long."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor

from server.errors import CommandError
from server.limits import beyond
from server.protocol import WarmUp
from server.session import Session
from server.settings import Settings
from server.store import Store
from server.viewer import Viewer
from server.warmup import Kernels

log = logging.getLogger("chainrule")

ROOM_AFTER = 60.0
"""Where sessions are at their limit, one that nobody has watched for so many seconds makes room for a new one."""


class Sessions:
    """Belongs to one event loop."""

    def __init__(self, settings: Settings, pool: Executor, kernels: Kernels, store: Store) -> None:
        self._settings, self._pool, self._kernels, self._store = settings, pool, kernels, store
        self._sessions: dict[str, Session] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.sockets: Counter[str] = Counter()
        """Open ones, by address."""

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    def find(self, session_id: str) -> Session | None:
        return self._sessions.get(session_id)

    async def attach(self, viewer: Viewer, session_id: str | None, id: str | int | None, address: str = "unknown") -> Session:
        """Join the session named, or a new one, which is counted to the address it was begun from; raises `CommandError`."""
        # Not in the pool of workers: at a cold start every one of them may be waiting for a kernel.
        fingerprint = await asyncio.to_thread(_fingerprint)
        session = self._create(address) if session_id is None else self.find(session_id)
        if session is None:
            raise CommandError("unknown_session", "There is no such session, or it has expired; attach without one", "session")
        session.attach(viewer, id, fingerprint)
        return session

    def _create(self, address: str) -> Session:
        own = [session for session in self._sessions.values() if session.address == address]
        if len(own) >= self._settings.max_sessions_per_address:
            self._make_room(own, "max_sessions_per_address", "Your address has")
        if len(self._sessions) >= self._settings.max_sessions:
            self._make_room(self._sessions.values(), "max_sessions", "The server has")
        session = Session(secrets.token_urlsafe(24), self._settings, self._pool, self._kernels, self._store, address)
        self._sessions[session.id] = session
        self._tasks[session.id] = asyncio.get_running_loop().create_task(session.live(), name=f"session {session.id[:6]}")
        log.info("session created: there are %d", len(self._sessions))
        return session

    def _make_room(self, among: Iterable[Session], limit: str, who: str) -> None:
        idle = [session for session in among if session.viewer is None]
        oldest = min(idle, key=lambda session: session.unwatched_since, default=None)
        if oldest is None or time.monotonic() - oldest.unwatched_since < ROOM_AFTER:
            words = f"{who} as many sessions as it may hold; try again later"
            raise beyond(limit, words, "session", f"at most {getattr(self._settings, limit)}")
        self._forget(oldest)
        log.info("session forgotten to make room", extra={"session": oldest.id})

    def _forget(self, session: Session) -> None:
        del self._sessions[session.id]
        self._tasks.pop(session.id).cancel()

    def announce(self, progress: WarmUp) -> None:
        """Tell every page how far the kernels are."""
        for session in self._sessions.values():
            if session.viewer is not None:
                session.viewer.put(progress)

    async def expire(self) -> None:
        """Forget what nobody has watched for as long as the settings say; until cancelled."""
        while True:
            await asyncio.sleep(min(30.0, self._settings.session_expiry / 4))
            now = time.monotonic()
            for session in list(self._sessions.values()):
                if session.viewer is None and now - session.unwatched_since > self._settings.session_expiry:
                    self._forget(session)
                    log.info("session expired", extra={"session": session.id})

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for session in list(self._sessions.values()):
            self._forget(session)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)


def _fingerprint() -> str:
    from engine import fingerprint  # in a thread: importing the engine takes a moment

    return fingerprint()
