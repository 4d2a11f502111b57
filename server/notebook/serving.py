"""The server of a notebook's kernel: begun when something is first shown, in a thread of the kernel's own process.

A thread, and no process beside it: what is shown is the very object that the notebook has in hand, and two processes would each
have their own. The engine's kernels let other threads run while they compute.
"""

from __future__ import annotations

import asyncio
import atexit
import itertools
import os
import socket
import threading
from dataclasses import replace
from functools import partial
from typing import Any

import uvicorn

from engine import Trainer
from engine.race import NetworkRace
from server import activities
from server.app import create_app
from server.commands.serve import config, listen
from server.notebook.doors import Doors
from server.notebook.race import SharedNetworkRace, SharedSurfaceRace
from server.notebook.run import RunOfRace, SharedRun
from server.notebook.shared import Shared
from server.session.activity import Kind
from server.settings import Settings

LOCAL = "127.0.0.1"
THREADS = 16
"""A session whose object a cell is using waits in a thread: there are more than one has widgets."""
BEGINS = 60.0
"""Seconds within which a server, or one page of it, has begun."""
ENDS = 3.0


class Serving(uvicorn.Server):
    """Belongs to the process it was begun in."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.settings = replace(
            Settings.from_environment(),
            database_url="sqlite://",  # the notebook keeps its objects itself
            bus_url="",
            workers=1,
            threads=THREADS,
            frame_ancestors=("*", "vscode-webview:"),  # whoever frames it has the key
            allowed_hosts=("*",),  # of a Jupyter server that hands requests on, too
        )
        self.doors = Doors(self.settings)
        self.socket: socket.socket = listen(LOCAL, 0)
        super().__init__(config(self.settings, self.doors))
        self._names = itertools.count(1)
        self._begun = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self.run, args=([self.socket],), name="notebook server", daemon=True)
        self._thread.start()
        if not self._begun.wait(BEGINS):
            raise RuntimeError(f"The server did not begin within {BEGINS:g} seconds")

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    @property
    def well(self) -> bool:
        """Whether it serves, in this process: a fork has the object, and no thread."""
        return self.process == os.getpid() and self._thread.is_alive() and not self.should_exit

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self._begun.set()

    def install(self, shared: Shared[Any]) -> str:
        """Begin a page for an object; its path."""
        name = str(next(self._names))
        root = self.doors.root(name)
        app = create_app(replace(self.settings, root_path=root, only_root_path=True), kinds_of(shared))
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self.doors.open(name, app), self._loop).result(BEGINS)
        return f"{root}/"

    def end(self) -> None:
        self.should_exit = True
        self._thread.join(ENDS)


def kinds_of(shared: Shared[Any]) -> list[Kind]:
    """All that a session hosts, of which one has the object."""
    if isinstance(shared.value, Trainer):
        own: dict[str, Any] = {"run": SharedRun}
    elif isinstance(shared.value, NetworkRace):
        own = {"run": RunOfRace, "network": SharedNetworkRace}
    else:
        own = {"race": SharedSurfaceRace}
    return [
        kind._replace(begin=partial(own[kind.name], shared=shared)) if kind.name in own else kind
        for kind in activities.registered()
    ]


_beginning = threading.Lock()
_serving: Serving | None = None


def serving() -> Serving:
    """The one of this process."""
    global _serving
    with _beginning:
        if _serving is None or not _serving.well:
            _serving = Serving()
            atexit.register(_serving.end)
        return _serving
