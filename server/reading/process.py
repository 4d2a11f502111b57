"""The process that reads: a job at a time from its standard input, within a time and an amount of memory, the answer to its
standard output. It ends with the server, however that ended: then there is no more input.

Started by `server.reading.reader`. It imports what a job needs and no more.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import threading
from queue import SimpleQueue
from typing import IO, Any

HEAD = 8
"""Bytes that say how many follow."""
NICENESS = 5
"""The pictures of those who play go first."""


def receive(source: IO[bytes]) -> bytes | None:
    """The next message; None where there is none any more."""
    head = source.read(HEAD)
    if len(head) < HEAD:
        return None
    size = int.from_bytes(head, "little")
    body = source.read(size)
    return body if len(body) == size else None


def send(sink: IO[bytes], body: bytes) -> None:
    sink.write(len(body).to_bytes(HEAD, "little"))
    sink.write(body)
    sink.flush()


def main(memory: int) -> None:
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's is meant for the server, which ends this one
    gc.disable()  # data have no cycles, and a million lists would be gone through again and again
    _bound(memory)
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(source, jobs), daemon=True).start()
    while True:
        body = jobs.get()
        answer = _answer(body, sink)
        del body
        send(sink, answer)
        del answer


def _listen(source: IO[bytes], jobs: SimpleQueue[bytes]) -> None:
    with contextlib.suppress(MemoryError):
        while (body := receive(source)) is not None:
            jobs.put(body)
            del body
    os._exit(0)


def _answer(body: bytes, sink: IO[bytes]) -> bytes:
    """(whether it was done, its result or what it raised), as `pickle` writes it. What it takes to begin, with all that is
    imported, is no part of its time: an empty message tells that it has begun."""
    outcome: tuple[bool, Any]
    seconds, function, arguments = pickle.loads(body)
    send(sink, b"")
    _alarm(seconds)
    try:
        outcome = True, function(*arguments)
        answer = pickle.dumps(outcome)
    except MemoryError:
        answer = pickle.dumps((False, MemoryError()))
    except Exception as error:
        answer = pickle.dumps((False, error))
    finally:
        _alarm(0.0)
    return answer


def _alarm(seconds: float) -> None:
    """Ends the process when it has computed for so long, whatever it is in the middle of: nothing handles the signal. What
    others take of the processor meanwhile is no part of it; the server looks after one that merely waits."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _bound(memory: int) -> None:
    """A file that would take all there is fails here alone. Where a system has no such bound, the time has to do."""
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory, most))
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)


if __name__ == "__main__":
    main(int(sys.argv[1]))
