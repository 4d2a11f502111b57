"""``chainrule`` with no subcommand: serve until told to stop."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from server import VERSION, commands, hosts, logs, metrics
from server.app import create_app
from server.bus import choice
from server.keeping.database import refusal, unusable
from server.memory import open_files
from server.settings import Settings, described
from server.wire.fair_listener import Listener, shared_by_turns
from server.wire.http_protocol import Http
from server.wire.websocket_protocol import Wire
from server.workers import Workers, shared

UNWELL = 15
"""Seconds without a sign of life after which a worker is started again; the sessions it had are taken over as pages attach."""
LAST_WORDS = 0.5
"""Seconds that a server which has ended waits for its threads."""
STALLED = 30_000
"""Milliseconds after which the system drops a connection whose reader takes nothing."""


class Server(uvicorn.Server):
    """uvicorn, with a word to the user once it answers, and a call when it has ended and all is kept."""

    def __init__(self, config: uvicorn.Config, greet: Callable[[], None], ended: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._greet, self._ended = greet, ended

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._greet()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._ended()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.force_exit = False  # told twice, it still keeps what there is: that is a moment


def main(arguments: Sequence[str], fragment: str = "") -> int:
    """Run the server until it is told to stop; the status to exit with. The page is opened with a `fragment` of its address."""
    parser = argparse.ArgumentParser(
        prog="chainrule",
        description="Watch a neural network learn: a server for this machine's browsers, or a class's.",
        epilog="\n".join(
            (
                "commands:",
                *(f"  {line}" for line in commands.described()),
                "",
                "settings, by environment variables:",
                *(f"  {line}" for line in described()),
            )
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"chainrule {VERSION}")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=port_number, default=8000, help="port to listen on, 0 for any free one (default: %(default)s)"
    )
    parser.add_argument("--workers", type=_workers, help="processes that serve, sharing sessions by the database (default: 1)")
    parser.add_argument("--root-path", metavar="PATH", help="the path below which a proxy has it, such as /tools/chainrule")
    parser.add_argument("--no-browser", action="store_true", help="do not open the page")
    options = parser.parse_args(arguments)
    if options.workers is not None:
        os.environ["CHAINRULE_WORKERS"] = str(options.workers)  # which each of them reads
    if options.root_path is not None:
        os.environ["CHAINRULE_ROOT_PATH"] = options.root_path
    if (named := hosts.host_of(options.host)) is not None and named.address is None:
        os.environ["CHAINRULE_ALLOWED_HOSTS"] = f"{os.environ.get('CHAINRULE_ALLOWED_HOSTS', '')},{named.name}"
    try:
        settings = Settings.from_environment()
    except ValueError as error:
        print(f"chainrule: {error}", file=sys.stderr)
        return 2
    if (refused := refusal(settings) or unusable(settings) or choice.unusable(settings)) is not None:
        print(f"chainrule: {refused}", file=sys.stderr)
        return 2
    if settings.workers > 1 and (problem := shared(settings)) is not None:
        print(
            "chainrule: several workers share their sessions by a database, and this one cannot be shared:",
            file=sys.stderr,
            end=" ",
        )
        print(f"{problem}. Let CHAINRULE_DATABASE_URL name another, or use one worker.", file=sys.stderr)
        return 2
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        print(f"chainrule: cannot listen on {options.host} port {options.port}: {error.strerror}.", file=sys.stderr, end=" ")
        print("Choose another with --port, or 0 for any free one.", file=sys.stderr)
        return 1
    url, words = address(options.host, listener, settings.root_path), greeting(options.host, listener, settings.root_path)
    if fragment:
        url = f"{url.removesuffix('/')}/{fragment}"
        words += f"\nthe run is at {url}"

    def greet() -> None:
        print(words, flush=True)
        if not options.no_browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    open_files(raise_to_most=True)  # of this process and of its workers: a connection is a file
    if (lacking := choice.missing(settings)) is not None:
        print(f"chainrule: {lacking} All else works.", file=sys.stderr)
    logs.configure(settings)  # of a process that serves; what was wrong before has been said in a sentence
    with contextlib.suppress(KeyboardInterrupt):
        if settings.workers > 1:
            metrics.for_several()
            Workers(config(settings, "server.workers:worker"), [shared_by_turns(listener)], greet).run()
        else:
            Server(config(settings, create_app(settings)), greet, end_soon).run([listener])
    return 0


def config(settings: Settings, app: ASGIApp | str) -> uvicorn.Config:
    """How uvicorn is to serve: an application, or the name of what makes one in each worker. Frames do not compress well and
    come often, so they travel as they are."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        timeout_worker_healthcheck=UNWELL,
        http=Http,
        ws=Wire,
        ws_per_message_deflate=False,
        ws_max_size=settings.max_wire_bytes,
        log_config=None,  # its records go where all others go
        log_level="warning",
        proxy_headers=False,  # the application looks at them itself, at one more than uvicorn knows
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. What goes wrong is known before anything starts, and port 0 has become a number."""
    family, kind, protocol, _, bound = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = Listener(family, kind, protocol)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED)  # accepted sockets inherit it
        listener.bind(bound)
        # Listening here finds out about a port in use at once, where reuse of the address lets two sockets bind.
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def address(host: str, listener: socket.socket, root: str = "") -> str:
    """The URL to open: a server that listens everywhere is reached on this machine. `root`: the path below which it is."""
    port = listener.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}{f'{root}/' if root else ''}"


def end_soon() -> None:
    """End the process, whatever a thread is still in the middle of: a call of the engine may take minutes, and Python waits for
    all threads. What is to be kept has been kept."""

    def end() -> None:
        time.sleep(LAST_WORDS)
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)

    threading.Thread(target=end, name="end", daemon=True).start()


def greeting(host: str, listener: socket.socket, root: str = "") -> str:
    """Where the page is; of a server that listens everywhere, also the addresses that learners can type."""
    port, told = listener.getsockname()[1], f"chainrule is at {address(host, listener, root)} (Ctrl+C stops it)"
    if not ip_address(listener.getsockname()[0]).is_unspecified:
        return told
    own = [each for each in hosts.own_addresses() if each.version == 4 or listener.family == socket.AF_INET6]
    below = f"{root}/" if root else ""
    urls = [f"http://{each}:{port}{below}" if each.version == 4 else f"http://[{each}]:{port}{below}" for each in own]
    return f"{told}\n" + (
        f"learners open {' or '.join(urls)}" if urls else "this machine is in no network: nobody else can open it"
    )


def _workers(text: str) -> int:
    workers = int(text)
    if not 1 <= workers <= 64:
        raise argparse.ArgumentTypeError(f"workers are from 1 to 64, not {text}")
    return workers


def port_number(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text}")
    return port
