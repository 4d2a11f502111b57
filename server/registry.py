"""The sessions there are: found by an unguessable id, forgotten when nobody has watched for long."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time

from server.errors import CommandError
from server.protocol import WarmUp
from server.scheduler import Scheduler
from server.session import Session
from server.settings import Settings
from server.store import Store
from server.viewer import Viewer
from server.warmup import Kernels

ROOM_AFTER = 60.0
"""Where sessions are at their limit, one that nobody has watched for so many seconds makes room for a new one."""


class Sessions:
    """Belongs to one event loop."""

    def __init__(self, settings: Settings, scheduler: Scheduler, kernels: Kernels, store: Store) -> None:
        self._settings, self._scheduler, self._kernels, self._store = settings, scheduler, kernels, store
        self._sessions: dict[str, Session] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def find(self, session_id: str) -> Session | None:
        return self._sessions.get(session_id)

    async def attach(self, viewer: Viewer, session_id: str | None, id: str | int | None) -> Session:
        """Join the session named, or a new one; raises `CommandError`."""
        # Not in the pool of workers: at a cold start every one of them may be waiting for a kernel.
        fingerprint = await asyncio.to_thread(_fingerprint)
        session = self._create() if session_id is None else self.find(session_id)
        if session is None:
            raise CommandError("unknown_session", "There is no such session, or it has expired; attach without one", "session")
        session.attach(viewer, id, fingerprint)
        return session

    def _create(self) -> Session:
        if len(self._sessions) >= self._settings.max_sessions:
            self._make_room()
        session = Session(secrets.token_urlsafe(24), self._settings, self._scheduler, self._kernels, self._store)
        self._sessions[session.id] = session
        self._tasks[session.id] = asyncio.get_running_loop().create_task(session.live(), name=f"session {session.id[:6]}")
        return session

    def _make_room(self) -> None:
        idle = [session for session in self._sessions.values() if session.viewer is None]
        oldest = min(idle, key=lambda session: session.unwatched_since, default=None)
        if oldest is None or time.monotonic() - oldest.unwatched_since < ROOM_AFTER:
            allowed = f"at most {self._settings.max_sessions}"
            raise CommandError("limit", "The server has as many sessions as it may hold; try again later", "session", allowed)
        self._forget(oldest)

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

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for session in list(self._sessions.values()):
            self._forget(session)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)


def _fingerprint() -> str:
    from engine import fingerprint  # in a thread: importing the engine takes a moment

    return fingerprint()
