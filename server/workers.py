"""Several processes on one socket: started, started again when one dies, stopped together."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from socket import socket

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from uvicorn import Config
from uvicorn.supervisors import Multiprocess

from server import logs, metrics
from server.app import create_app
from server.keeping.database import Database, cause
from server.settings import Settings


class Workers(Multiprocess):
    """uvicorn's supervisor, and a word once the first process answers."""

    def __init__(self, config: Config, sockets: list[socket], greet: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._greet: Callable[[], None] | None = greet

    def keep_subprocess_alive(self) -> None:
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            if pid is not None:
                metrics.worker_ended(pid)
        if self._greet is not None and any(process.is_ready(timeout=1) for process in self.processes):
            self._greet()
            self._greet = None


def worker() -> FastAPI:
    """In a worker: its application, by the environment's settings. It goes when its supervisor is gone, however that went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_go_with, args=(parent.join,), name="supervisor", daemon=True).start()
    settings = Settings.from_environment()
    logs.configure(settings)
    return create_app(settings)


def shared(settings: Settings) -> str | None:
    """What keeps several processes from sharing the database of these settings; None where nothing does."""
    database = Database(settings)
    try:
        database.open()
    except (SQLAlchemyError, ImportError, OSError) as error:
        return cause(error)
    finally:
        database.close()
    return None if database.lasting else "it lies in memory"


def _go_with(wait: Callable[[], None]) -> None:
    wait()
    os.kill(os.getpid(), signal.SIGTERM)
