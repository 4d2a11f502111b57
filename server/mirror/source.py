"""The session that a class follows, in the process that has it: what its page is told and shown goes out over the bus, as long
as somebody wants it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from server.mirror.packing import Item, Parcel, Told
from server.mirror.shadow import Shadow, told_to_followers, written
from server.protocol import Message
from server.protocol.room.mirror import MirrorLook
from server.session.viewer import Viewer

BETWEEN = 1 / 10
"""Seconds between two parcels: a class reads no faster."""
LASTS = 15.0
"""Seconds that a wish lasts which nobody repeats."""
AWAY = 60.0
"""Seconds after which a session whose teacher's page is gone is looked at no more: nobody works at it."""

Publish = Callable[[Parcel], Awaitable[None]]


class Watched(Protocol):
    """What is asked of the session."""

    viewer: Viewer | None

    def watch(self, viewer: Viewer) -> None: ...
    def leave(self, viewer: Viewer) -> None: ...
    def introduction(self) -> list[Message]: ...


class Source:
    """Belongs to one event loop. Where nobody wants it, it does nothing."""

    def __init__(self, session: Watched, publish: Publish, changed: Callable[[], None] = lambda: None) -> None:
        """`changed`: somebody follows from now on, or nobody does any more."""
        self.id = secrets.token_hex(8)
        self._session, self._publish, self._changed = session, publish, changed
        self._shadow: Shadow | None = None
        self._task: asyncio.Task[None] | None = None
        self._something = asyncio.Event()
        self._number = 0
        self._whole = self._asked = False
        self._look: MirrorLook | None = None
        self._looked = False
        self._wanted = -LASTS
        self._seen = 0.0
        """When the teacher's page was there last."""

    @property
    def followed(self) -> bool:
        return self._task is not None

    def want(self, *, whole: bool) -> None:
        """Somebody follows, or still does; `whole`: has to be told all that there is."""
        self._wanted = _now()
        self._whole |= whole
        self._asked = True
        if self._task is None:
            self._seen = self._wanted
            self._task = asyncio.create_task(self._serve(), name="mirror")
            self._changed()
        self._something.set()

    def look(self, look: MirrorLook) -> None:
        """How the teacher's page looks at what it is shown."""
        self._look, self._looked = look, True
        self._something.set()

    def close(self) -> None:
        """The session is elsewhere from now on, or leads no more."""
        if self._task is not None:
            self._task.cancel()

    # ------------------------------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        self._shadow = Shadow(self._something.set)
        self._session.watch(self._shadow)
        try:
            while not self._over():
                self._something.clear()
                await self._tell()
                await asyncio.sleep(BETWEEN)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LASTS / 3):
                        await self._something.wait()
        finally:
            shadow, self._shadow, self._task = self._shadow, None, None
            self._session.leave(shadow)
            self._changed()

    def _over(self) -> bool:
        if self._session.viewer is not None:
            self._seen = _now()
        return _now() - self._wanted > LASTS or _now() - self._seen > AWAY

    async def _tell(self) -> None:
        assert self._shadow is not None
        news = (*self._shadow.news(), *self._looks())
        if news:
            await self._send("news", news)
        elif self._asked:
            await self._publish(Parcel("here", self.id, self._number))
        self._asked = False
        introduction = self._session.introduction() if self._whole else []
        if introduction:
            self._whole, self._looked = False, True
            pictures = [piece for pieces in self._shadow.pictures.values() for piece in pieces]
            told = [each for each in written(introduction) if told_to_followers(each.name)]
            await self._send("all", (*told, *self._looks(), *pictures))

    def _looks(self) -> tuple[Told, ...]:
        look, news, self._looked = self._look, self._looked, False
        if look is None or not news:
            return ()
        event: dict[str, Any] = {"type": "mirror_look", "look": look.look}
        return (Told("mirror_look", True, json.dumps(event)),)

    async def _send(self, kind: str, items: tuple[Item, ...]) -> None:
        self._number += 1
        await self._publish(Parcel(kind, self.id, self._number, False, items))


def _now() -> float:
    return asyncio.get_running_loop().time()
