"""A server that is measured from the outside."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """The process that is measured, and those that it started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    @property
    def _processes(self) -> list[str]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [str(self.pid), *children]

    @property
    def resident(self) -> float:
        """MB, all together."""
        found = [Path(f"/proc/{pid}/status").read_text() for pid in self._processes]
        return sum(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) for status in found) / 1024  # type: ignore[index]

    @property
    def seconds(self) -> float:
        """Of the processors, so far."""
        found = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self._processes]
        return sum(int(times[11]) + int(times[12]) for times in found) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def started(workers: int, bus: str = "") -> Iterator[tuple[str, Server]]:
    """A server on a free port, with room for all."""
    command = [sys.executable, "-m", "server", "--port", "0", "--no-browser", "--workers", str(workers)]
    with tempfile.TemporaryDirectory() as folder:
        room = dict.fromkeys(("MAX_SESSIONS", "MAX_SESSIONS_PER_ADDRESS", "MAX_SOCKETS_PER_ADDRESS"), "5000")
        room |= {"BUS_URL": bus} if bus else {}
        own = room | {"DATABASE_URL": f"sqlite:///{folder}/load.sqlite3", "LOG_LEVEL": "warning"}
        environment = {f"CHAINRULE_{name}": value for name, value in own.items()} | os.environ
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            assert process.stdout is not None
            found = re.search(r"http://(\S+)", process.stdout.readline())
            assert found is not None
            urllib.request.urlopen(f"http://{found[1]}/healthz").read()
            yield f"ws://{found[1]}/ws", Server(process.pid)
        finally:
            process.terminate()
            process.wait()
