"""The WebSocket of a room: accept, validate, enter, obey; one task reads, one writes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from server.hosts import host_of, own_addresses
from server.http.security import origin_allowed
from server.metrics import ERRORS, MESSAGES, SOCKETS, TEXT_BYTES
from server.protocol import CLOSE_OVERFLOW, CLOSE_POLICY, Done, name_of
from server.protocol.room import VOCABULARY, commands
from server.room import entering, learner, teacher
from server.room.service import Rooms
from server.room.telling.reader import Reader
from server.wire import bounds, errors
from server.wire.bounds import id_of
from server.wire.broadcast import Outlet
from server.wire.limits import Bucket, address_of, beyond, met

log = logging.getLogger("chainrule")

LONGEST = 100_000
"""Characters of a message."""
FAREWELL = 1.0
SHOWS = 4.0
"""Views a second that a screen may show."""
TEACHERS = 20.0
"""Commands a second of a teacher, whose page shows and asks by itself."""


class RoomSocket:
    """One socket."""

    def __init__(self, socket: WebSocket, rooms: Rooms) -> None:
        self._socket, self._rooms, self._settings = socket, rooms, rooms.settings
        self._reader = Reader()
        self._reader.address = address_of(socket.client.host if socket.client else None)
        rate = self._settings.max_room_rate
        self._bucket, self._shows = Bucket(rate, 5 * rate), Bucket(SHOWS, SHOWS)
        self._obeying = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._watching: asyncio.TimerHandle | None = None

    async def serve(self) -> None:
        """From the handshake to the end."""
        if not origin_allowed(self._socket.headers, self._settings.origins):
            await self._deny(403, "Another site may not open a socket here.")
            return
        sockets, address = self._rooms.sockets, self._reader.address
        most = self._settings.max_room_sockets_per_address
        if sockets[address] >= most:
            met("max_room_sockets_per_address")
            await self._deny(429, f"Your address has {most} sockets of rooms open, as many as it may.")
            return
        sockets[address] += 1
        try:
            with SOCKETS.track_inprogress():
                await self._serve()
        finally:
            sockets[address] -= 1
            if not sockets[address]:
                del sockets[address]

    async def _deny(self, status: int, detail: str) -> None:
        await self._socket.send_denial_response(JSONResponse({"detail": detail}, status))

    async def _serve(self) -> None:
        await self._socket.accept()
        self._reader.outlet = Outlet(self._socket)
        closing = self._reader.closing
        patience = asyncio.get_running_loop().call_later(self._settings.attach_within, self._give_up)
        reading, writing = asyncio.create_task(self._read()), asyncio.create_task(self._write())
        try:
            ends: set[asyncio.Future[Any]] = {reading, writing, closing}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
            if self._watching is not None:
                self._watching.cancel()
            self._rooms.part(self._reader)
            for task in (reading, writing, *self._tasks):
                task.cancel()
            for result in await asyncio.gather(reading, writing, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                    log.error("a room's socket failed", exc_info=result)
            if closing.done():
                with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
                    await asyncio.wait_for(self._socket.close(closing.result()), FAREWELL)
            self._reader.close(1000)

    def _give_up(self) -> None:
        if self._reader.room is None:
            self._reader.close(CLOSE_POLICY)

    # Writing ----------------------------------------------------------------------------------------------------------

    async def _write(self) -> None:
        reader, loop, allowed = self._reader, asyncio.get_running_loop(), self._settings.stalled_seconds
        while True:
            message = await reader.next()
            reader.sending_since = time.monotonic()
            if self._watching is None:
                self._watching = loop.call_later(allowed, self._watch)
            TEXT_BYTES.inc(len(message))
            await self._socket.send_text(message)

    def _watch(self) -> None:
        """Let go of a page that takes nothing."""
        self._watching = None
        since = self._reader.sending_since
        if since is None:
            return
        left = since + self._settings.stalled_seconds - time.monotonic()
        if left <= 0:
            self._reader.close(CLOSE_OVERFLOW)
        else:
            self._watching = asyncio.get_running_loop().call_later(left, self._watch)

    # Reading ----------------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            MESSAGES.inc()
            command = self._parsed(message.get("text"))
            if command is None:
                continue
            if isinstance(command, commands.Ping):
                self._done(command, None)
                continue
            if len(self._tasks) >= self._settings.max_pending_commands:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            task = asyncio.create_task(self._obey(command))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _parsed(self, text: str | None) -> commands.RoomCommand | None:
        """The command, or None when it was answered by an error."""
        if text is None:
            self._refuse(errors.CommandError("malformed", "Commands are JSON text, not binary"), None)
            return None
        teaches = self._reader.role in commands.TEACHER
        if not self._bucket.take():
            id = bounds.id_at_an_end(text)
            allowed = f"at most {self._settings.max_room_rate * (TEACHERS / 5 if teaches else 1):g} a second"
            self._refuse(beyond("max_room_rate", "Commands come too fast; this one was left out", None, allowed), id)
            return None
        if len(text) > LONGEST:
            id = bounds.id_at_an_end(text)
            self._refuse(errors.CommandError("too_large", "The message is too long", None, f"at most {LONGEST} characters"), id)
            return None
        try:
            raw = bounds.from_json(text)
        except ValueError as error:
            self._refuse(errors.CommandError("malformed", f"Not JSON: {error}"), bounds.id_at_an_end(text))
            return None
        try:
            command: commands.RoomCommand = VOCABULARY.commands.validate_python(raw)
        except ValidationError as error:
            event = errors.from_command(error, id_of(raw), VOCABULARY.models)
            ERRORS.labels(event.code).inc()
            self._reader.answer(event.model_dump_json())
            return None
        return command

    # Obeying ----------------------------------------------------------------------------------------------------------

    async def _obey(self, command: commands.RoomCommand) -> None:
        """One after the other, but for a learner's votes and what waits for the teacher's session."""
        try:
            if isinstance(command, commands.Open | commands.Enter):
                async with self._obeying:
                    result = await self._enter(command)
            else:
                result = await self._handler(command)(self._rooms, self._reader, command)
        except errors.CommandError as refused:
            self._refuse(refused, command.id)
        except LookupError:
            self._refuse(errors.CommandError("unknown_room", "This room is gone"), command.id)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a command of a room failed: %s", name_of(command))
            self._refuse(errors.CommandError("internal", "This failed on the server"), command.id)
        else:
            self._done(command, result)
            if isinstance(command, commands.Leave):
                asyncio.get_running_loop().call_later(FAREWELL / 4, self._reader.close, 1000)

    async def _enter(self, command: commands.Open | commands.Enter) -> dict[str, Any]:
        self._reader.joined_by = address_to_join(self._socket)
        if self._reader.room is not None:
            raise errors.CommandError("invalid", "This socket has entered a room already; open another")
        if isinstance(command, commands.Open):
            result = await entering.opened(self._rooms, self._reader, command)
        else:
            result = await entering.entered(self._rooms, self._reader, command)
        if self._reader.role in commands.TEACHER:
            rate = self._settings.max_room_rate * TEACHERS / 5
            self._bucket = Bucket(rate, 5 * rate)
        return result

    def _handler(self, command: commands.RoomCommand) -> Any:
        """Who may; raises `CommandError`."""
        reader = self._reader
        if reader.room is None:
            raise errors.CommandError("not_entered", "Open or enter a room first")
        if reader.role not in command.of:
            whose = (
                "learners" if "learner" in command.of else "the teacher" if "remote" in command.of else "the teacher's screen"
            )
            raise errors.CommandError("not_yours", f"Only {whose} may do this")
        room = self._rooms.seen(reader.room)
        if reader.role == "learner":
            if reader.group == "outside" and not isinstance(command, learner.OUTSIDE):
                raise errors.CommandError("not_entered", "Wait until the teacher lets you in")
            if room is not None and room.ended and not isinstance(command, commands.Leave):
                raise errors.CommandError("ended", "The room has ended")
            return learner.HANDLERS[type(command)]
        if room is not None and room.ended and not isinstance(command, teacher.AFTER_END):
            raise errors.CommandError("ended", "The room has ended")
        if isinstance(command, commands.Show) and not self._shows.take():
            words = "The view changes too fast; this one was left out"
            raise errors.CommandError("limit", words, None, f"at most {SHOWS:g} a second")
        return teacher.HANDLERS[type(command)]

    # Answering --------------------------------------------------------------------------------------------------------

    def _done(self, command: commands.RoomCommand, result: dict[str, Any] | None) -> None:
        self._reader.answer(Done(id=command.id, command=name_of(command), result=result).model_dump_json())

    def _refuse(self, refused: errors.CommandError, id: errors.Id) -> None:
        ERRORS.labels(refused.code).inc()
        self._reader.answer(refused.event(id).model_dump_json())


def address_to_join(socket: WebSocket) -> str:
    """Where learners open the page: as the teacher does, but for a name that only this machine knows."""
    host = socket.headers.get("host", "")
    named = host_of(host)
    local = named is None or named.name == "localhost" or (named.address is not None and named.address.is_loopback)
    if local and (own := next(iter(own_addresses()), None)) is not None:
        port = "" if named is None or named.port is None else f":{named.port}"
        return f"{own}{port}/join" if own.version == 4 else f"[{own}]{port}/join"
    return f"{host}/join"
