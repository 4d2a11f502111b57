"""The WebSocket: accept, validate, attach, two tasks, detach. All else is the session's and the viewer's matter."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from server.http.security import origin_allowed
from server.logs import of_session
from server.metrics import FRAME_BYTES, MESSAGES, SOCKETS, TEXT_BYTES
from server.protocol import CLOSE_OVERFLOW, CLOSE_POLICY, Acknowledge, Attach, Command, Done, Ping, long_json, name_of
from server.reading.reader import BusyError, Reader, ReadingError
from server.session.registry import Sessions
from server.session.session import Session
from server.session.viewer import Viewer
from server.settings import Settings
from server.wire import bounds, errors
from server.wire.bounds import Refusal, from_json, id_of
from server.wire.limits import Bucket, address_of, beyond, met

log = logging.getLogger("chainrule")

FAREWELL = 1.0
"""Seconds that a page which does not read is given to take the close frame."""

LONG = 50_000
"""Characters from which on a message is looked at in the process that reads, so that nobody else waits for it."""

BRIEF = 2_000
"""Characters up to which a message that came too fast is read for its id."""


class Connection:
    """One socket."""

    def __init__(self, socket: WebSocket, sessions: Sessions, settings: Settings, reader: Reader) -> None:
        self._socket, self._sessions, self._settings, self._reader = socket, sessions, settings, reader
        self._viewer = Viewer(settings.max_pending_events, settings.max_pending_bytes)
        self._session: Session | None = None
        self._vocabulary = sessions.hosting.vocabulary
        self._bounds = bounds.bounds_of(settings, self._vocabulary.long)
        self._watching: asyncio.TimerHandle | None = None
        self._bucket = Bucket(settings.max_message_rate, settings.max_message_burst)
        self._address = address_of(socket.client.host if socket.client else None)

    async def serve(self) -> None:
        """From the handshake to the end."""
        if not origin_allowed(self._socket.headers, self._settings.origins):
            await self._deny(403, "Another site may not open a socket here.")
            return
        open_sockets = self._sessions.sockets
        if open_sockets[self._address] >= self._settings.max_sockets_per_address:
            met("max_sockets_per_address")
            await self._deny(429, f"Your address has {self._settings.max_sockets_per_address} sockets open, as many as it may.")
            return
        open_sockets[self._address] += 1
        try:
            with SOCKETS.track_inprogress():
                await self._serve()
        finally:
            open_sockets[self._address] -= 1
            if not open_sockets[self._address]:
                del open_sockets[self._address]

    async def _deny(self, status: int, detail: str) -> None:
        """No socket, but an answer."""
        await self._socket.send_denial_response(JSONResponse({"detail": detail}, status))

    async def _serve(self) -> None:
        await self._socket.accept()
        patience = asyncio.get_running_loop().call_later(self._settings.attach_within, self._give_up)
        reader, writer = asyncio.create_task(self._read()), asyncio.create_task(self._write())
        closing = self._viewer.closing
        try:
            ends: set[asyncio.Future[Any]] = {reader, writer, closing}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
            if self._watching is not None:
                self._watching.cancel()
            if self._session is not None:
                self._session.detach(self._viewer)
                if closing.done():
                    log.info("viewer detached with code %d", closing.result(), extra={"session": self._session.id})
            for task in (reader, writer):
                task.cancel()
            about = {"session": self._session.id} if self._session is not None else {}
            for result in await asyncio.gather(reader, writer, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                    log.error("a socket's task failed", exc_info=result, extra=about)
            if closing.done():
                # Past a full buffer the close frame cannot be sent; the transport is closed all the same.
                with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
                    await asyncio.wait_for(self._socket.close(closing.result()), FAREWELL)
            self._viewer.close(1000)

    def _give_up(self) -> None:
        """A socket that attaches to nothing is in the way of others."""
        if self._session is None:
            self._viewer.close(CLOSE_POLICY)

    def _watch(self) -> None:
        """Let go of a page that takes nothing. Looked at once in a while and only while something is being sent."""
        self._watching = None
        since, allowed = self._viewer.sending_since, self._settings.stalled_seconds
        if since is None:
            return
        left = since + allowed - time.monotonic()
        if left <= 0:
            self._viewer.close(CLOSE_OVERFLOW)
        else:
            self._watching = asyncio.get_running_loop().call_later(left, self._watch)

    async def _write(self) -> None:
        loop, allowed = asyncio.get_running_loop(), self._settings.stalled_seconds
        async for message in self._viewer.messages():
            if self._watching is None:
                self._watching = loop.call_later(allowed, self._watch)
            if isinstance(message, str):
                TEXT_BYTES.inc(len(message))
                await self._socket.send_text(message)
            else:
                FRAME_BYTES.inc(len(message))
                await self._socket.send_bytes(message)

    async def _read(self) -> None:
        # No name here holds a message while the next one is waited for: it may have been megabytes.
        while await self._take(await self._socket.receive()):
            pass

    async def _take(self, message: Any) -> bool:
        """Obey a message; false at the end of the socket."""
        if message["type"] == "websocket.disconnect":
            return False
        MESSAGES.inc()
        if not self._bucket.take():
            self._too_fast(message)
            return True
        command = await self._parse(message)
        if command is None:
            return True
        self._viewer.answers.asked(command.id, name_of(command))
        if isinstance(command, Acknowledge):
            self._acknowledge(command)
        elif isinstance(command, Attach):
            await self._attach(command)
        elif self._session is None:
            refusal = errors.CommandError("not_attached", "Attach to a session first")
            await self._socket.send_text(refusal.event(command.id).model_dump_json())  # before the socket closes
            self._viewer.close(CLOSE_POLICY)
        elif isinstance(command, Ping):
            self._viewer.put(Done(id=command.id, command="ping"))
        else:
            await self._session.submit(self._viewer, command)
        return True

    def _acknowledge(self, command: Acknowledge) -> None:
        self._viewer.acknowledge(command.channel, command.frame)
        if self._session is not None:
            self._session.poke()

    def _too_fast(self, message: Any) -> None:
        """More messages than a page ever sends: each is answered, none is obeyed, but what was painted is noted."""
        text, id = message.get("text"), None
        if text is not None and len(text) < BRIEF:
            with contextlib.suppress(ValueError):
                raw = from_json(text)
                id = id_of(raw)
                command = self._vocabulary.commands.validate_python(raw) if isinstance(raw, dict) else None
                if isinstance(command, Acknowledge):
                    self._acknowledge(command)
        rate, burst = self._settings.max_message_rate, self._settings.max_message_burst
        allowed = f"at most {rate:g} a second, and {burst} at once"
        self._viewer.put(beyond("max_message_rate", "Messages come too fast; this one was left out", None, allowed).event(id))

    async def _attach(self, command: Attach) -> None:
        if self._session is not None:
            self._refuse("invalid", "This socket is attached already; open another", command.id)
            return
        try:
            self._session = await self._sessions.attach(self._viewer, command.session, command.id, self._address)
            of_session.set(self._session.id)
        except errors.CommandError as refusal:
            self._viewer.put(refusal.event(command.id))
        except Exception:
            log.exception("attaching failed")
            self._refuse("internal", "Attaching failed on the server", command.id)

    async def _parse(self, message: Any) -> Command | None:
        """The command, or None when it was answered by an error."""
        text = message.get("text")
        if text is None:
            self._refuse("malformed", "Commands are JSON text, not binary")
            return None
        refusal, raw = bounds.read(text, self._bounds) if len(text) < LONG else await self._read_aside(text)
        if refusal is not None:
            if refusal.limit is not None:
                met(refusal.limit)
            self._viewer.put(errors.refusal(refusal.id, refusal.code, refusal.field, refusal.allowed, refusal.message))
            return None
        try:
            command: Command = self._vocabulary.commands.validate_python(raw)
        except ValidationError as error:
            self._viewer.put(errors.from_command(error, id_of(raw), self._vocabulary.models))
            return None
        return command

    async def _read_aside(self, text: str) -> tuple[Refusal | None, Any]:
        """What may be megabytes of anything is looked at where nobody waits for it; what is refused is never data here."""
        try:
            refusal = await self._reader.call(self._address, bounds.judge, text, self._bounds)
        except ReadingError as error:
            code = "busy" if isinstance(error, BusyError) else "too_large"
            refusal = Refusal(code, f"The message was not read. {error}", id=bounds.id_at_an_end(text))
        return refusal, None if refusal is not None else await asyncio.to_thread(long_json.read, text)

    def _refuse(self, code: str, message: str, id: errors.Id = None, allowed: str | None = None) -> None:
        self._viewer.put(errors.CommandError(code, message, allowed=allowed).event(id))
