"""Experiments kept under an unguessable id until the end of days: a link names one."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import zlib
from datetime import UTC, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from server.keeping.database import Database, cause
from server.keeping.tables import Experiment
from server.settings import Settings
from server.wire.errors import CommandError
from server.wire.limits import beyond

log = logging.getLogger("chainrule")

UNFOLDED = 64_000_000
"""Bytes that a kept script may unfold to."""


class Experiments:
    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database

    @property
    def lasting(self) -> bool:
        """Whether what is kept outlives the server; known after the first use."""
        return self._database.lasting

    async def keep(self, script: str) -> str:
        """The id under which a script is kept; raises `CommandError` where there is no room for it."""
        packed, digest = await asyncio.to_thread(self._packed, script)
        try:
            try:
                return await self._database.call(self._keep, packed, digest)
            except IntegrityError:  # another process kept the same one at the same time
                return await self._database.call(self._keep, packed, digest)
        except SQLAlchemyError as error:
            log.error("An experiment could not be kept: %s", cause(error))
            why = self._database.trouble(error) or "The server's database does not answer"
            raise CommandError("unavailable", f"{why}: the run cannot be kept for a link now") from error

    async def script(self, id: str) -> str:
        """The script kept under an id; raises `CommandError` where there is none."""
        packed = await self._database.call(self._script, id)
        return await asyncio.to_thread(_unfolded, packed)

    # In a thread ------------------------------------------------------------------------------------------------------

    def _packed(self, script: str) -> tuple[bytes, str]:
        whole = script.encode()
        packed = zlib.compress(whole)
        most = self._settings.max_experiment_bytes
        if len(packed) > most or len(whole) > UNFOLDED:
            allowed = f"at most {most} bytes packed"
            raise CommandError("too_large", "The run is too long to be kept on this server", allowed=allowed)
        return packed, hashlib.sha256(whole).hexdigest()

    def _keep(self, packed: bytes, digest: str) -> str:
        with self._database.writing() as connection:
            known = connection.scalar(select(Experiment.id).where(Experiment.digest == digest))
            if known is not None:
                return known
            room = self._settings.max_experiments
            if (connection.scalar(select(func.count()).select_from(Experiment)) or 0) >= room:
                words = "This server keeps as many experiments as it may"
                raise beyond("max_experiments", words, None, f"at most {room} experiments")
            id = secrets.token_urlsafe(16)
            connection.execute(insert(Experiment).values(id=id, created=datetime.now(UTC), digest=digest, script=packed))
            return id

    def _script(self, id: str) -> bytes:
        with self._database.reading() as connection:
            found = connection.scalar(select(Experiment.script).where(Experiment.id == id))
        if found is None:
            message = "There is no such experiment on this server: it was made on another one, or is no longer kept"
            raise CommandError("unknown_experiment", message, "experiment")
        return found


def _unfolded(packed: bytes) -> str:
    return zlib.decompressobj().decompress(packed, UNFOLDED).decode()
