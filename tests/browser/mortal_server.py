"""A server that is stopped or killed under its pages, and begun anew."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from ports import lasting_port
from real_server import ROOT, wait_for_health


class Mortal:
    """A server on one port and one database file, as often as it is started, with these arguments."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "CHAINRULE_DATABASE_URL": f"sqlite:///{(folder / 'kept.sqlite3').as_posix()}",
        }
        self.port, self._arguments = lasting_port(), arguments
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "server", "--port", str(self.port), "--no-browser", *self._arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = next(word for word in self.process.stdout.readline().split() if word.startswith("http://")).rstrip("/")
        wait_for_health(self.url, self.process)

    def end(self, by: signal.Signals) -> None:
        self.process.send_signal(by)
        self.process.wait(60)
