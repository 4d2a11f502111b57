"""What the server leans on of uvicorn's insides: its version is pinned, and each thing that is used is tried here by itself.

Here: its supervisor, which `server.workers` overrides, and its server, which `server.commands.serve` does; its WebSocket, which
`server.wire.websocket_protocol` overrides, in `test_uvicorn_websocket`. Where one of these fails after uvicorn was raised, it
says what moved.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import re
import signal
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.middleware.proxy_headers import _TrustedHosts
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.supervisors import Multiprocess, multiprocess

from server import metrics
from server.commands.serve import UNWELL, Server, config
from server.settings import Settings
from server.wire.http_protocol import Http
from server.workers import Workers

ROOT = Path(__file__).resolve().parents[2]


def test_the_minor_version_is_pinned_and_is_the_one_that_is_here() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pin,) = (entry for entry in project["dependencies"] if entry.startswith("uvicorn"))
    found = re.fullmatch(r"uvicorn>=0\.(\d+)(?:\.\d+)?,<0\.(\d+)", pin)
    assert found and int(found[2]) == int(found[1]) + 1, f"{pin}: one minor version, whose insides the tests below hold"
    installed = importlib.metadata.version("uvicorn")
    assert installed.startswith(f"0.{found[1]}."), f"uvicorn {installed} is installed, pyproject.toml names {pin}"


# The supervisor: server.workers ---------------------------------------------------------------------------------------


class Worker:
    """As the supervisor sees one of its processes."""

    made: list[Worker]

    def __init__(self, config: uvicorn.Config, sockets: list[Any]) -> None:
        self.pid = 100 + len(self.made)
        self.exitcode: int | None = None
        self.done: list[str] = []
        self.dead = self.ready = False
        self.made.append(self)

    def start(self) -> None:
        self.done.append("start")

    def is_alive(self, timeout: float) -> bool:
        self.asked = timeout
        return not self.dead

    def is_ready(self, timeout: float) -> bool:
        return self.ready

    def kill(self) -> None:
        self.done.append("kill")

    def terminate(self) -> None:
        self.done.append("terminate")

    def join(self) -> None:
        self.done.append("join")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Worker]]:
    """The workers that a supervisor makes; the signals that it takes are given back."""
    handlers = {number: signal.getsignal(number) for number in multiprocess.SIGNALS}
    workers: list[Worker] = []
    monkeypatch.setattr(Worker, "made", workers, raising=False)
    monkeypatch.setattr(multiprocess, "Process", Worker)
    yield workers
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def options() -> uvicorn.Config:
    return config(Settings(workers=2), "server.workers:worker")


def test_a_process_has_what_is_asked_of_it() -> None:
    """Of uvicorn's own class, for which `Worker` stands in below."""
    process = multiprocess.Process(config(Settings(workers=2), "server.workers:worker"), [])
    assert process.pid is None, "a process that was not started has a number"
    for method in (process.is_ready, process.is_alive):
        assert list(inspect.signature(method).parameters) == ["timeout"], f"{method.__name__}(timeout) takes other arguments"
    assert process.is_ready(timeout=0.01) is False, "one that does not answer is not ready"


def test_the_supervisor_is_made_and_overridden_as_it_was() -> None:
    assert list(inspect.signature(Multiprocess).parameters) == ["config", "sockets"], "Multiprocess takes other arguments"
    method = vars(Multiprocess).get("keep_subprocess_alive")
    assert method is not None and list(inspect.signature(method).parameters) == ["self"], "keep_subprocess_alive moved"


def test_workers_are_in_processes_and_one_that_dies_is_made_again(
    made: list[Worker], options: uvicorn.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(metrics, "worker_ended", ended.append)
    workers = Workers(options, [], lambda: None)
    workers.init_processes()
    assert workers.processes == made and [worker.pid for worker in made] == [100, 101], "they are in processes no more"
    workers.keep_subprocess_alive()
    assert made[0].asked == UNWELL, "timeout_worker_healthcheck is how long a worker may be silent"
    assert ended == []
    made[0].dead = True
    workers.keep_subprocess_alive()
    assert [process.pid for process in workers.processes] == [102, 101], "a dead worker's place in processes is its successor's"
    assert ended == [100] and made[0].done == ["start", "kill", "join"] and made[2].done == ["start"]


def test_the_supervisor_looks_after_its_workers_and_greets_once(made: list[Worker], options: uvicorn.Config) -> None:
    """`run` calls `keep_subprocess_alive` again and again, on the class that overrides it, until it is told to end."""
    greeted: list[int] = []
    looked = 0

    class Watched(Workers):
        def keep_subprocess_alive(self) -> None:
            nonlocal looked
            looked += 1
            made[1].ready = looked >= 2
            super().keep_subprocess_alive()
            if looked == 4:
                self.should_exit.set()

    Watched(options, [], lambda: greeted.append(looked)).run()
    assert looked == 4, "run calls keep_subprocess_alive no more"
    assert greeted == [2], "it answers as soon as one worker is ready"
    assert all(worker.done == ["start", "terminate", "join"] for worker in made)


def test_a_signal_ends_the_supervisor(made: list[Worker], options: uvicorn.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def end() -> None:
        signal.raise_signal(signal.SIGTERM)

    workers = Workers(options, [], end)

    class Ready(Worker):
        def is_ready(self, timeout: float) -> bool:
            return True

    monkeypatch.setattr(multiprocess, "Process", Ready)
    workers.run()
    assert all(worker.done[-2:] == ["terminate", "join"] for worker in made) and len(made) == 2


# The server: server.commands.serve ------------------------------------------------------------------------------------------


def test_the_server_greets_when_it_answers() -> None:
    assert inspect.iscoroutinefunction(uvicorn.Server.startup), "startup is a coroutine that ends when the server answers"
    assert list(inspect.signature(uvicorn.Server.startup).parameters) == ["self", "sockets"]
    assert list(inspect.signature(uvicorn.Server.run).parameters) == ["self", "sockets"]
    from server.commands.serve import listen

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})

    listener = listen("127.0.0.1", 0)
    greeted: list[bool] = []

    def greet() -> None:
        greeted.append(server.started and bool(server.servers))
        server.should_exit = True

    server = Server(uvicorn.Config(app, interface="asgi3", log_config=None, lifespan="off"), greet)
    thread = threading.Thread(target=server.run, args=([listener],))  # this one's may have a browser's loop
    thread.start()
    thread.join(60)
    assert greeted == [True], "by the end of startup the sockets are listened at"


def test_every_option_that_is_set_is_taken() -> None:
    """A keyword that is no more would be a TypeError; one that came to mean something else is seen here."""
    options = config(Settings(workers=3), "server.workers:worker")
    told = {
        "factory": True,
        "workers": 3,
        "timeout_worker_healthcheck": UNWELL,
        "log_config": None,
        "proxy_headers": False,  # server.http.root_path believes proxies, and is told of their prefix as well
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": 3,
    }
    assert {name: getattr(options, name) for name in told} == told
    assert config(Settings(), "server.workers:worker").should_reload is False


# A connection: server.wire.http_protocol, server.wire.connections ------------------------------------------------------


def test_a_connection_has_what_is_asked_of_it() -> None:
    """That it is told when a request comes, is answered, or becomes a socket is tried over real connections, in
    `test_connections`."""
    options = config(Settings(), "server.workers:worker")
    assert options.http is Http and issubclass(Http, H11Protocol)
    for name, parameters in (
        ("connection_made", ["self", "transport"]),
        ("connection_lost", ["self", "exc"]),
        ("data_received", ["self", "data"]),
        ("on_response_complete", ["self"]),
        ("handle_websocket_upgrade", ["self", "event"]),
    ):
        assert list(inspect.signature(vars(H11Protocol)[name]).parameters) == parameters, f"{name} takes other arguments"
    assert {"app_state", "cycle", "transport"} <= set(H11Protocol.__init__.__code__.co_names)
    trusted = _TrustedHosts(["10.0.0.0/8", "192.0.2.1"])
    assert "10.1.2.3" in trusted and "192.0.2.1" in trusted and "192.0.2.2" not in trusted
