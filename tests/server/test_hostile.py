"""Ten thousand malformed or hostile messages over twenty sessions: each is answered with a code, no session is lost, nothing
unhandled is in the log, and memory comes back to its level."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_messages import Hostile, Wire
from pages import Page
from processes import ServerProcess
from websockets.exceptions import ConnectionClosed

from server.http.assets import web_folder

AT_A_TIME, LONG = 50, 8
CODES = {"malformed", "invalid", "too_large", "limit", "no_race", "cancelled"}
HERE = str(Path(web_folder()).parent)
GROWTH = 40_000_000
"""Bytes that a server may keep, four thousand a message: what an allocator holds back in its smaller pieces."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory of a process from /proc")


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("sqlite://") as process:
        yield process


def memory(server: ServerProcess) -> int:
    """Resident bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def faults(server: ServerProcess) -> list[dict[str, str]]:
    """What its log, of which every line is an object, says of errors and exceptions."""
    lines = [json.loads(line) for line in server.said.splitlines()]
    return [line for line in lines if line["level"] == "error" or "exception" in line]


def answers_of(page: Page, count: int) -> Counter[str]:
    """The codes of the next so many answers."""
    codes: Counter[str] = Counter()
    while codes.total() < count:
        event = page.receive()
        if event is not None and event["type"] in ("error", "done"):
            assert event["type"] == "error", event
            assert event["message"] and len(event["message"]) <= 600, event
            assert len(json.dumps(event)) < 4000, event
            assert not any(told in json.dumps(event) for told in ("Traceback", "site-packages", HERE)), event
            codes[event["code"]] += 1
    page.events.clear()
    return codes


@pytest.mark.parametrize(("sessions", "each"), [(8, 100), pytest.param(20, 500, marks=pytest.mark.slow(seconds=15))])
def test_thousands_of_hostile_messages(server: ServerProcess, sessions: int, each: int) -> None:
    with contextlib.ExitStack() as stack:
        pages = [stack.enter_context(Page(server.socket)) for _ in range(sessions)]
        for page in pages:
            page.run_info()
            page.do("race")
            page.do("step", count=2)
        supplies = [Hostile(seed) for seed in range(sessions)]
        streams: list[Iterator[Wire]] = [iter(supply) for supply in supplies]
        codes: Counter[str] = Counter()

        def burst(count: int) -> None:
            for page, stream in zip(pages, streams, strict=True):
                for message in itertools.islice(stream, count):
                    page.socket.send(message)
            for page in pages:
                codes.update(answers_of(page, count))

        burst(AT_A_TIME)  # what is imported and made once is there now
        before = memory(server)
        for _ in range(each // AT_A_TIME - 1):
            burst(AT_A_TIME)
        for page, supply in zip(pages[:LONG], supplies, strict=False):
            page.socket.send(supply.long())
            codes.update(answers_of(page, 1))
        assert codes.total() == sessions * each + LONG
        assert set(codes) <= CODES and min(codes[code] for code in ("malformed", "invalid", "too_large", "limit")) > 0, codes

        for page in pages:  # no session is lost: each goes on from where it stood
            page.do("step")
            assert page.state["step"] == 3
        grown = memory(server) - before
        print(f"\n{codes.total()} messages: {dict(codes)}; {grown / 1e6:+.1f} MB")
        assert grown < GROWTH
        for page in pages:
            page.do("play", speed={"unit": "steps", "rate": 1000})
            page.until_state(lambda state: state["step"] > 3)
            page.do("seek", step=1)
            assert (page.state["step"], page.state["run"]) == (1, 1)
        assert not faults(server)


def test_broken_frames_end_the_socket_and_not_the_session(server: ServerProcess) -> None:
    """Below the messages: text that is no UTF-8, frames that are none, a message larger than the wire takes."""
    with Page(server.socket) as page:
        page.run_info()
        page.do("step", count=3)
        session = page.attached["session"]
    masked = b"\x85\x00\x00\x00\x00"  # five bytes, under a mask of zeros
    for raw in (
        b"\x81" + masked + b"\xff\xfe\xfd\xfc\xfb",  # text, and no UTF-8
        b"\x83" + masked + b"hello",  # an opcode that there is not
        b"\xf1" + masked + b"hello",  # reserved bits
        b"\x81\x05hello",  # not masked
        b"\x81\xff" + b"\x7f" * 8 + b"\x00" * 4,  # nine quintillion bytes to come
        b"\x80" + masked + b"hello",  # goes on, and nothing was begun
        os.urandom(1000),
    ):
        with Page(server.socket, session) as page:
            page.socket.socket.sendall(raw)
            with contextlib.suppress(ConnectionClosed):
                while True:
                    page.receive()
    with Page(server.socket, session) as page:
        assert page.until_state(lambda state: state["step"] == 3)["run"] == 1
        page.do("step")
    assert not faults(server)
