"""TCP connections: silent ones keep nobody out, at the server's limits somebody goes who waits, and the log stays short."""

from __future__ import annotations

import contextlib
import errno
import http.client
import io
import itertools
import logging
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from live_server import Live
from pages import PATIENCE, Page

from server import logs
from server.memory import open_files
from server.settings import Settings
from server.wire import connections
from server.wire.fair_listener import Listener

Serve = Callable[[Settings], Live]
HALF = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


@contextlib.contextmanager
def opened(port: int, count: int, said: bytes = b"") -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            found.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)))
            if said:
                found[-1].sendall(said)
        yield found


def ended(connection: socket.socket) -> bool:
    """Whether the server closes it, however it does."""
    try:
        return connection.recv(1000) == b""
    except ConnectionResetError:
        return True


def answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    asked.request("GET", "/healthz")
    status = asked.getresponse().status
    asked.close()
    return status == 200


def test_silent_connections_keep_nobody_out(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """More of them than may wait: those that came first go, and whoever speaks is heard."""
    monkeypatch.setattr(connections, "WAITING", 20)
    live = serve(Settings(database_url="sqlite://"))
    with opened(live.port, 60) as silent:
        assert all(ended(connection) for connection in silent[:35])
        assert answers(live.port)
        with Page(live.socket) as page:
            assert page.attached
        silent[-1].sendall(HALF + b"1\r\n\r\n")
        assert silent[-1].recv(100).startswith(b"HTTP/1.1 200"), "one that waits its turn is served"


@pytest.mark.parametrize("said", [b"", HALF], ids=["nothing", "half a header"])
def test_who_does_not_say_what_it_wants_goes(serve: Serve, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(connections, "LOOK", 0.05)
    live = serve(Settings(database_url="sqlite://", header_timeout=0.2))
    with opened(live.port, 1, said) as (silent,), opened(live.port, 1) as (trickling,):
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            for letter in itertools.cycle(HALF):  # a letter now and then is no sign of life
                assert time.monotonic() - began < PATIENCE, "it goes on as long as it trickles"
                trickling.sendall(bytes([letter]))
                trickling.settimeout(0.02)
                with contextlib.suppress(TimeoutError):
                    assert trickling.recv(1) == b""
                    break
        assert ended(silent)


def test_after_an_answer_the_rest_of_a_body_is_not_waited_for(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LOOK", 0.05)
    live = serve(Settings(database_url="sqlite://", header_timeout=0.3))
    begun = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n"
    with opened(live.port, 1, begun) as (connection,):
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        with pytest.raises(ConnectionError):
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                connection.sendall(b"x")
                time.sleep(0.02)


def test_one_address_has_so_many_connections_and_a_trusted_proxy_more(serve: Serve) -> None:
    """Sockets do not wait, so where they are at the limit it is the newest that goes."""
    for trusted, reached in ((("192.0.2.1",), True), (("127.0.0.1",), False)):
        live = serve(Settings(database_url="sqlite://", max_connections_per_address=2, trusted_proxies=trusted))
        with Page(live.socket), Page(live.socket), opened(live.port, 1) as (third,):
            third.sendall(HALF + b"1\r\n\r\n")
            if reached:
                assert ended(third)
            else:
                assert third.recv(100).startswith(b"HTTP/1.1 200")


def test_unfinished_messages_are_bounded_in_all(serve: Serve) -> None:
    """Of sockets that attach to nothing, too: who holds the most goes, and the others are served."""
    live = serve(Settings(database_url="sqlite://", max_unfinished_bytes=3_000_000))
    key = b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    key += b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    frame = b"\x81\xff" + (8_000_000).to_bytes(8, "big") + bytes(4)  # begun, and never ended
    with Page(live.socket) as page, opened(live.port, 4, key) as hostile:
        for connection in hostile:
            assert connection.recv(1000).startswith(b"HTTP/1.1 101")
        for size, connection in enumerate(hostile):
            with contextlib.suppress(ConnectionError):
                connection.sendall(frame + bytes(1_000_000 + 10_000 * size))
        gone, end = set[int](), time.monotonic() + PATIENCE
        while len(gone) < 2 and time.monotonic() < end:
            for number, connection in enumerate(hostile):
                connection.settimeout(0.1)
                with contextlib.suppress(TimeoutError):
                    gone |= {number} if ended(connection) else set()
        assert len(gone) >= 2
        page.do("step", count=1)


def test_where_files_are_short_a_connection_is_turned_away_and_not_left_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """asyncio would log a trace for each, and try again at once: 139 MB of them."""
    taken = [True, False]

    def accept(self: socket.socket) -> tuple[int, object]:
        if taken.pop(0):
            raise OSError(errno.EMFILE, "Too many open files")
        return real(self)

    with Listener() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        real = socket.socket._accept  # type: ignore[attr-defined]
        monkeypatch.setattr(socket.socket, "_accept", accept)
        taken += [False] * 100
        with opened(listener.getsockname()[1], 1) as (connection,):
            with pytest.raises(BlockingIOError):
                listener.accept()
            assert ended(connection)
        with opened(listener.getsockname()[1], 1):
            accepted = listener.accept()[0]
            accepted.close()


def test_as_many_files_may_be_open_as_the_system_lets_one() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    code = (
        "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (64, r.getrlimit(r.RLIMIT_NOFILE)[1]));"
        "from server.memory import open_files; print(open_files(), open_files(raise_to_most=True))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ).stdout
    assert said.split() == ["64", str(hard)] and open_files() > 0


def test_at_the_systems_limit_one_that_waits_makes_room(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "open_files", lambda: connections.SPARE + 16)
    live = serve(Settings(database_url="sqlite://"))
    with opened(live.port, 16) as silent, Page(live.socket) as page:
        assert ended(silent[0])
        page.do("step", count=1)


def test_the_log_has_so_many_lines_of_a_kind_and_says_how_many_it_left_out() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    bounded = logs.Bounded(most=3, period=60.0)
    handler.addFilter(bounded)
    log = logging.getLogger("chainrule.test_of_bounds")
    log.propagate = False
    log.addHandler(handler)
    for number in range(1000):
        log.warning(f"connection {number} failed")
        log.error("another kind\n%s", "trace " * 10)
    bounded.tell()
    lines = [line for line in stream.getvalue().splitlines() if "trace" not in line]
    assert len(lines) == 8
    assert "997 more lines like this were left out: connection  failed" in lines
    log.warning("connection 5 failed")
    assert stream.getvalue().endswith("connection 5 failed\n"), "another minute, other lines"
