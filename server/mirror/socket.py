"""``WS /mirror``: of those who see the teacher's page as it is. Nothing that comes here reaches a session."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Annotated, Any

from fastapi import WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse
from pydantic import Field, TypeAdapter, ValidationError

from server.http.security import origin_allowed
from server.metrics import FRAME_BYTES, MESSAGES, TEXT_BYTES
from server.mirror.follower import Follower
from server.mirror.hub import Mirrors
from server.mirror.packing import Told
from server.protocol import CLOSE_OVERFLOW, CLOSE_POLICY, Command, Done, ErrorEvent
from server.protocol.room.mirror import MirrorFollow, MirrorPainted, MirrorPing
from server.settings import Settings
from server.wire import errors
from server.wire.bounds import from_json, id_of
from server.wire.limits import Bucket, address_of, met

log = logging.getLogger("chainrule")

LONGEST = 2_000
"""Characters of a message: whoever follows has little to say."""
FAREWELL = 1.0
"""Seconds that a page which does not read is given to take the close frame."""

COMMANDS: TypeAdapter[MirrorFollow | MirrorPainted | MirrorPing] = TypeAdapter(
    Annotated[MirrorFollow | MirrorPainted | MirrorPing, Field(discriminator="type")]
)
MODELS: dict[str, type[Command]] = {"follow": MirrorFollow, "acknowledge": MirrorPainted, "ping": MirrorPing}


class Following:
    """One socket."""

    def __init__(self, socket: WebSocket, mirrors: Mirrors, settings: Settings) -> None:
        self._socket, self._mirrors, self._settings = socket, mirrors, settings
        self._follower = Follower(settings.max_pending_events)
        self._room: str | None = None
        self._bucket = Bucket(settings.max_message_rate, settings.max_message_burst)
        self._address = address_of(socket.client.host if socket.client else None)

    async def serve(self) -> None:
        """From the handshake to the end."""
        if not origin_allowed(self._socket.headers, self._settings.origins):
            await self._socket.send_denial_response(JSONResponse({"detail": "Another site may not open a socket here."}, 403))
            return
        sockets, most = self._mirrors.rooms.sockets, self._settings.max_room_sockets_per_address
        if sockets[self._address] >= most:
            met("max_room_sockets_per_address")
            words = f"Your address has {most} sockets of classes open, as many as it may."
            await self._socket.send_denial_response(JSONResponse({"detail": words}, 429))
            return
        sockets[self._address] += 1
        try:
            await self._serve()
        finally:
            sockets[self._address] -= 1
            if not sockets[self._address]:
                del sockets[self._address]

    async def _serve(self) -> None:
        await self._socket.accept()
        patience = asyncio.get_running_loop().call_later(self._settings.attach_within, self._give_up)
        tasks = [asyncio.create_task(each) for each in (self._read(), self._write(), self._watch())]
        closing = self._follower.closing
        try:
            ends: set[asyncio.Future[Any]] = {*tasks, closing}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
            if self._room is not None:
                self._mirrors.leave(self._room, self._follower)
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                    log.error("a follower's task failed", exc_info=result)
            if closing.done():
                with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
                    await asyncio.wait_for(self._socket.close(closing.result()), FAREWELL)
            self._follower.close(1000)

    def _give_up(self) -> None:
        if self._room is None:
            self._follower.close(CLOSE_POLICY)

    async def _watch(self) -> None:
        """Let go of a page that takes nothing."""
        allowed = self._settings.stalled_seconds
        while True:
            await asyncio.sleep(allowed / 4)
            since = self._follower.sending_since
            if since is not None and time.monotonic() - since > allowed:
                self._follower.close(CLOSE_OVERFLOW)

    async def _write(self) -> None:
        async for message in self._follower.messages():
            if isinstance(message, str):
                TEXT_BYTES.inc(len(message))
                await self._socket.send_text(message)
            else:
                FRAME_BYTES.inc(len(message))
                await self._socket.send_bytes(message)

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            MESSAGES.inc()
            text = message.get("text")
            if text is None or len(text) > LONGEST:
                self._follower.close(CLOSE_POLICY)
                return
            if self._bucket.take():
                await self._take(text)

    async def _take(self, text: str) -> None:
        raw: Any = None
        try:
            raw = from_json(text)
            command = COMMANDS.validate_python(raw)
        except ValidationError as error:
            if any(each["type"] == "union_tag_invalid" for each in error.errors()):
                words = "You see the teacher's page as it is: only the teacher may do this"
                self._answer(ErrorEvent(id=id_of(raw), code="read_only", message=words))
            else:
                self._answer(errors.from_command(error, id_of(raw), MODELS))
            return
        except ValueError:
            self._answer(ErrorEvent(code="malformed", message="A command is JSON text"))
            return
        if isinstance(command, MirrorFollow):
            await self._follow(command)
        elif self._room is None:
            self._answer(ErrorEvent(id=command.id, code="not_entered", message="Say first whom you follow"))
        elif isinstance(command, MirrorPainted):
            self._follower.acknowledge(command.channel, command.frame)
        else:
            self._answer(Done(id=command.id, command="ping"))

    async def _follow(self, command: MirrorFollow) -> None:
        if self._room is not None:
            self._answer(ErrorEvent(id=command.id, code="invalid", message="This socket follows already; open another"))
            return
        try:
            room, member = await self._mirrors.rooms.check_member(command.code, command.key)
        except errors.CommandError as refusal:
            self._answer(refusal.event(command.id))
            return
        if not self._follower.closing.done():
            self._room, self._follower.member = room, member
            self._answer(Done(id=command.id, command="follow"))
            self._mirrors.join(room, self._follower)

    def _answer(self, event: Done | ErrorEvent) -> None:
        self._follower.tell(Told(event.type, False, event.model_dump_json()))
