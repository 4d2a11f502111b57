"""A Redis of the tests' own: on a free port of this machine, keeping nothing, gone when they end."""

from __future__ import annotations

import socket
import subprocess
import time
from typing import Self

import install_redis
import pytest

STARTS = 30.0
"""Seconds that the server is given to answer."""


class RedisServer:
    """Listens from entering on; can be stopped, and started again on the same port."""

    def __init__(self, *options: str) -> None:
        program = install_redis.find()
        if program is None:
            pytest.fail(f"There is no Redis to test with. Run tests/server/install_redis.py, or: {install_redis.ADVICE}")
        self._program: str = program
        self._options = options
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        own = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"]
        silent = subprocess.DEVNULL
        self._process = subprocess.Popen([self._program, *own, *self._options], stdout=silent, stderr=silent, cwd="/")
        deadline = time.monotonic() + STARTS
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < deadline, "redis-server does not start"
            time.sleep(0.02)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1.0) as line:
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
