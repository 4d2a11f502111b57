"""Ten thousand malformed or hostile messages over twenty sessions: each is answered with a code, no session is lost, nothing
unhandled is in the log, and memory comes back to its level."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile_messages import Hostile, Wire
from pages import Page
from websockets.exceptions import ConnectionClosed

SESSIONS, EACH, AT_A_TIME, LONG = 20, 500, 50, 8
CODES = {"malformed", "invalid", "too_large", "limit", "no_race", "unknown_experiment"}
GROWTH = 24_000_000
"""Bytes that a server may keep, where it was sent some fifty million: what an allocator holds back in its smaller pieces."""


@dataclass
class Process:
    """A server in a process of its own, with its log."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    @property
    def memory(self) -> int:
        """Resident bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    def said(self) -> list[dict[str, str]]:
        """Its log so far: every line is an object."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextlib.contextmanager
def own_server(folder: Path) -> Iterator[Process]:
    environment = os.environ | {"CHAINRULE_DATABASE_URL": "sqlite://", "CHAINRULE_THREADS": "2"}
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "server", "--port", "0", "--no-browser"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    try:
        assert process.stdout is not None
        found = re.search(r"http://(127\.0\.0\.1:\d+)", process.stdout.readline())
        assert found is not None, (folder / "log").read_text()
        yield Process(process, f"ws://{found[1]}/ws", folder / "log")
    finally:
        process.terminate()
        process.wait(60)


def answers_of(page: Page, count: int) -> Counter[str]:
    """The codes of the next so many answers."""
    codes: Counter[str] = Counter()
    while codes.total() < count:
        event = page.receive()
        if event is not None and event["type"] in ("error", "done"):
            assert event["type"] == "error", event
            assert event["message"] and len(event["message"]) <= 600, event
            assert len(json.dumps(event)) < 4000, event
            assert "Traceback" not in event["message"] and "/work" not in event["message"] and ".py" not in event["message"]
            codes[event["code"]] += 1
    page.events.clear()
    return codes


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory of a process from /proc")
def test_ten_thousand_hostile_messages(tmp_path: Path) -> None:
    with own_server(tmp_path) as server, contextlib.ExitStack() as stack:
        pages = [stack.enter_context(Page(server.url)) for _ in range(SESSIONS)]
        for page in pages:
            page.run_info()
            page.do("race")
            page.do("step", count=2)
        supplies = [Hostile(seed) for seed in range(SESSIONS)]
        streams: list[Iterator[Wire]] = [iter(supply) for supply in supplies]
        codes: Counter[str] = Counter()

        def burst(count: int) -> None:
            for page, stream in zip(pages, streams, strict=True):
                for message in itertools.islice(stream, count):
                    page.socket.send(message)
            for page in pages:
                codes.update(answers_of(page, count))

        burst(AT_A_TIME)  # what is imported and made once is there now
        before = server.memory
        for _ in range(EACH // AT_A_TIME - 1):
            burst(AT_A_TIME)
        for page, supply in zip(pages[:LONG], supplies, strict=False):
            page.socket.send(supply.long())
            codes.update(answers_of(page, 1))
        assert codes.total() == SESSIONS * EACH + LONG
        assert set(codes) <= CODES and min(codes[code] for code in ("malformed", "invalid", "too_large", "limit")) > 0, codes

        for page in pages:  # no session is lost: each goes on from where it stood
            page.do("step")
            assert page.state["step"] == 3
        grown = server.memory - before
        print(f"\n{codes.total()} messages: {dict(codes)}; {grown / 1e6:+.1f} MB")
        assert grown < GROWTH
        for page in pages:
            page.do("play", speed={"unit": "steps", "rate": 1000})
            page.until_state(lambda state: state["step"] > 3)
            page.do("seek", step=1)
            assert (page.state["step"], page.state["run"]) == (1, 1)
        assert not [line for line in server.said() if line["level"] == "error" or "exception" in line]


def test_broken_frames_end_the_socket_and_not_the_session(tmp_path: Path) -> None:
    """Below the messages: text that is no UTF-8, frames that are none, a message larger than the wire takes."""
    with own_server(tmp_path) as server:
        with Page(server.url) as page:
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
            with Page(server.url, session) as page:
                page.socket.socket.sendall(raw)
                with contextlib.suppress(ConnectionClosed):
                    while True:
                        page.receive()
        with Page(server.url, session) as page:
            assert page.until_state(lambda state: state["step"] == 3)["run"] == 1
            page.do("step")
        assert not [line for line in server.said() if line["level"] == "error" or "exception" in line]
