"""A server as a process of its own, to be killed, stopped and started again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Self

from ports import lasting_port
from sqlalchemy import create_engine, select

from server.keeping.tables import KeptSession

ROOT = Path(__file__).parents[2]


class ServerProcess:
    """Listens from entering on; what it says goes to a file."""

    def __init__(self, database: str, *, port: int = 0, workers: int = 1, program: tuple[str, ...] = ("-m", "server")) -> None:
        command = [sys.executable, *program, "--port", str(port or lasting_port()), "--no-browser", "--workers", str(workers)]
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "CHAINRULE_DATABASE_URL": database}
        self.database = database
        self._folder = tempfile.TemporaryDirectory(prefix="chainrule-server-")
        self._said = Path(self._folder.name) / "said"
        self.spawned = time.monotonic()
        with self._said.open("w") as said:
            self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said, text=True)
        assert self.process.stdout is not None
        greeting = self.process.stdout.readline()
        self.answers = time.monotonic()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", greeting)
        assert found, greeting + self.said
        self.port = int(found[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pids = [self.process.pid, *self.workers]
        self.process.kill()
        self.process.wait()
        for pid in pids[1:]:
            _signal(pid, signal.SIGKILL)
        self._folder.cleanup()

    @property
    def socket(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    @property
    def said(self) -> str:
        return self._said.read_text()

    @property
    def workers(self) -> list[int]:
        """The numbers of its workers."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"spawn_main" in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """As `kill -9` does, or a machine that fails."""
        self.process.kill()
        self.process.wait()


def kill(pid: int) -> None:
    _signal(pid, signal.SIGKILL)


def runs(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def owners(database: str) -> dict[str, int]:
    """Of each session that a process holds, the number of that process."""
    return {id: int(process.rsplit("/", 2)[1]) for id, process, _ in _rows(database) if process}


def fences(database: str) -> dict[str, int]:
    return {id: fence for id, _, fence in _rows(database)}


def busiest(database: str) -> int:
    """The process that holds the most sessions."""
    return Counter(owners(database).values()).most_common(1)[0][0]


def _rows(database: str) -> list[tuple[str, str | None, int]]:
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        rows = connection.execute(select(KeptSession.id, KeptSession.process, KeptSession.fence)).all()
    engine.dispose()
    return [(row.id, row.process, row.fence) for row in rows]


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
