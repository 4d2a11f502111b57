"""A line between page and server that can be cut, stalled and mended: a proxy of TCP connections, byte for byte."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self


class Line:
    """Listens on a port of its own and passes everything on. While it is cut, connections end at once; while it is stalled
    nothing passes and nothing ends, as when a laptop has left the room."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open = True
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._up, self._down = threading.Event(), threading.Event()
        self._up.set()
        self._down.set()
        self._came = threading.Condition()
        self.passed_up = 0
        """Pieces that came to the server."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cut()
        self._flow()
        self._listener.close()

    def stall(self, *, up: bool = True) -> None:
        """Let nothing through, or nothing to the page; what is underway is held back."""
        self._down.clear()
        if up:
            self._up.clear()

    def cut(self) -> None:
        """End every connection, and let none through from now on. What was held back is lost."""
        with self._lock:
            self._open = False
            ends = list(self._ends)
        for end in ends:
            hang_up(end)

    def mend(self) -> None:
        """Let everything through again, what was held back first."""
        with self._lock:
            self._open = True
        self._flow()

    def until_passed(self, pieces: int) -> None:
        """Until more than so many pieces have come to the server."""
        with self._came:
            assert self._came.wait_for(lambda: self.passed_up > pieces, timeout=60)

    def _flow(self) -> None:
        self._up.set()
        self._down.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = None
            if self._open:
                with contextlib.suppress(OSError):
                    far = socket.create_connection(self._target)
            if far is None:
                near.close()
                continue
            with self._lock:
                self._ends |= {near, far}
            for source, sink, flows in ((near, far, self._up), (far, near, self._down)):
                threading.Thread(target=self._pass, args=(source, sink, flows), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, flows: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                flows.wait()
                sink.sendall(piece)
                if flows is self._up:
                    with self._came:
                        self.passed_up += 1
                        self._came.notify_all()
        for end in (source, sink):
            hang_up(end)
            with self._lock:
                self._ends.discard(end)


def hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
