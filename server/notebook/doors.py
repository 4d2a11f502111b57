"""Many pages on one port: each object that is shown has an application of its own, behind a path that carries a key."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from server.settings import Settings
from server.wire import connections
from server.wire.connections import Connections

KEY_BYTES = 24
"""Of chance in a key: 192 bits."""
REFUSED = "There is nothing here without its key: a notebook shows this page, and only the notebook knows its address."
ALIVE = "alive"


@dataclass
class Door:
    """One application, open until it is told to end."""

    app: FastAPI
    state: dict[str, Any] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Doors:
    """An ASGI application. `open` is called in its loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.key = secrets.token_urlsafe(KEY_BYTES).replace("-", "_").strip("_") + "k"
        self._doors: dict[str, Door] = {}

    def root(self, name: str) -> str:
        """The path below which a door's application is."""
        return f"/{self.key}/{name}"

    async def open(self, name: str, app: FastAPI) -> None:
        """Let an application begin, and be found by its name."""
        door, ready = Door(app), asyncio.get_running_loop().create_future()
        door.task = asyncio.create_task(self._keep(door, ready), name=f"notebook {name}")
        await ready
        self._doors[name] = door

    @staticmethod
    async def _keep(door: Door, ready: asyncio.Future[None]) -> None:
        try:
            async with door.app.router.lifespan_context(door.app) as state:
                door.state.update(state or {})
                ready.set_result(None)
                await door.over.wait()
        except BaseException as failed:
            if not ready.done():
                ready.set_exception(failed)
            raise

    async def close(self) -> None:
        for door in self._doors.values():
            door.over.set()
        tasks = [door.task for door in self._doors.values() if door.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        found = self._found(scope["path"])
        if isinstance(found, Door):
            await found.app(dict(scope, state=dict(found.state), app=found.app), receive, send)
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(found)
        else:
            answer: ASGIApp = found
            await answer(scope, receive, send)

    def _found(self, path: str) -> Door | Response:
        """What a path leads to. Whoever has no key learns of nothing but that a server is there."""
        key, _, rest = path.removeprefix("/").partition("/")
        if not hmac.compare_digest(key.encode(), self.key.encode()):
            return JSONResponse({"status": "ok"}) if path == "/healthz" else JSONResponse({"detail": REFUSED}, 403)
        if rest == ALIVE:  # asked by the notebook's page, whose address is another
            return Response(status_code=204, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"})
        return self._doors.get(rest.partition("/")[0]) or JSONResponse({"detail": "This is shown no longer."}, 404)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        scope["state"][connections.STATE] = Connections(self._settings)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})
