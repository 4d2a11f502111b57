"""What a session does whose run or race is not its own: it looks again when others have used it, and who moves it last moves
it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from server.notebook.shared import Hold, Shared
from server.session.activity import Activity, Job

if TYPE_CHECKING:
    from server.session.clock import Work


class Together(Activity):
    """Mixed into a controller, before it."""

    shared: Shared[Any] | None = None
    _work: Work | None = None
    _stale = False

    def join(self, shared: Shared[Any]) -> None:
        """From the session's loop."""
        self._loop = asyncio.get_running_loop()
        self._known: Hashable = None
        self.shared = shared
        shared.sessions.append(self)
        self.host.alone = Hold(shared, self)

    def gone(self) -> None:
        super().gone()
        if self.shared is not None and self in self.shared.sessions:
            self.shared.sessions.remove(self)

    # What moves it -----------------------------------------------------------------------------------------------------

    @property
    def work(self) -> Work | None:
        return self._work

    @work.setter
    def work(self, work: Work | None) -> None:
        """Whoever was at work on the object makes way; all sessions are on one loop."""
        self._work = work
        for other in self.others():
            if work is not None:
                other.leave_off()
            other.notice()

    @property
    def underway(self) -> Work | None:
        """A page that only looks on says what is going on all the same, and its pause is a pause."""
        return self._work or next((other.work for other in self.others() if other.work is not None), None)

    def others(self) -> list[Together]:
        return [] if self.shared is None else [each for each in self.shared.sessions if each is not self]

    def leave_off(self) -> None:
        """What this session was at is over: another goes on."""
        work, self._work = self._work, None
        if work is not None:
            work.end()

    def others_leave_off(self) -> None:
        for other in self.others():
            other.leave_off()
            other.notice()

    # What others have done ---------------------------------------------------------------------------------------------

    def notice(self) -> None:
        """In any thread."""
        if self._stale:
            return
        self._stale = True
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self.host.poke)

    def point_of_script(self) -> Hashable:
        """What is the same while nothing but the step has changed."""
        raise NotImplementedError

    def learn(self) -> None:
        """In a worker, before `learned`."""

    async def learned(self) -> None:
        """Tell and draw anew what others have changed."""
        raise NotImplementedError

    def known(self) -> None:
        """What there is now has been told."""
        self._known = self.point_of_script()

    def wait(self, now: float) -> float:
        return 0.0 if self._stale else super().wait(now)

    def job(self, now: float) -> Job | None:
        if not self._stale:
            return super().job(now)
        self._stale = False
        if self.point_of_script() != self._known:
            return Job(self.learn, self._went_on, hurried=True)
        self.tell(hurry=False)
        return super().job(now)

    async def _went_on(self, result: Any, failed: Exception | None) -> None:
        if failed is not None:
            raise failed
        await self.learned()
