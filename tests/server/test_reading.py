"""The process that reads tables and long messages: lazily begun, bounded, killed and begun anew, fair, gone with its server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from processes import runs

from server.reading.reader import Reader, ReadingError

PATIENCE = 30.0
ROOM = 1_000_000_000

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@asynccontextmanager
async def reading(**options: Any) -> AsyncIterator[Reader]:
    reader = Reader(ROOM, **options)
    try:
        yield reader
    finally:
        reader.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


def test_it_is_begun_when_needed_and_anew_when_it_died_or_hangs() -> None:
    async def story() -> None:
        async with reading(within=0.7) as reader:
            assert reader.pid is None
            first = await reader.call("a", os.getpid)
            assert first == reader.pid != os.getpid()
            with pytest.raises(ValueError, match="invalid literal"):
                await reader.call("a", int, "x")
            assert await reader.call("a", os.getpid) == first
            os.kill(first, signal.SIGKILL)
            await until(lambda: not runs(first))
            second = await reader.call("a", os.getpid)
            assert second != first
            with pytest.raises(ReadingError, match=r"longer than 0\.7 seconds"):
                await reader.call("a", time.sleep, PATIENCE)
            await until(lambda: not runs(second))
            third = await reader.call("a", os.getpid)
            with pytest.raises(ReadingError, match=r"longer than 0\.7 seconds"):
                await reader.call("a", pow, 3, 10**8)  # one that computes ends by itself, and sooner
            await until(lambda: not runs(third))
            with pytest.raises(ReadingError, match="more memory"):
                await reader.call("a", bytearray, 4 * ROOM)
            with pytest.raises(ReadingError, match="fails"):  # tried twice
                await reader.call("a", os._exit, 3)
            last = await reader.call("a", os.getpid)
        assert not runs(last)

    asyncio.run(story())


def test_what_it_takes_to_begin_is_no_part_of_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that is busy with much else the process once was killed before it had read anything."""
    (tmp_path / "sitecustomize.py").write_text("import time; time.sleep(2.0)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("server.reading.reader.GRACE", 0.1)

    async def story() -> int:
        async with reading(within=0.4) as reader:
            return await reader.call("a", os.getpid)

    assert asyncio.run(story()) != os.getpid()


def test_addresses_take_turns() -> None:
    """Who sends a hundred waits for all of them; who sends one, for one of theirs."""

    async def story() -> list[str]:
        order: list[str] = []
        async with reading() as reader:

            async def ask(address: str) -> None:
                await reader.call(address, time.sleep, 0.002)
                order.append(address)

            asks: list[Coroutine[Any, Any, None]] = [*(ask("greedy") for _ in range(30)), ask("modest"), ask("modest")]
            await asyncio.gather(*asks)
        return order

    order = asyncio.run(story())
    assert [index for index, address in enumerate(order) if address == "modest"][-1] <= 5, order


def test_it_gives_its_memory_back_when_there_is_nothing_to_read() -> None:
    async def story() -> None:
        async with reading(idle=0.05) as reader:
            pid = await reader.call("a", os.getpid)
            await until(lambda: not runs(pid))
            assert await reader.call("a", os.getpid) != pid

    asyncio.run(story())


def test_what_waits_when_the_server_ends_is_given_up() -> None:
    async def story() -> None:
        async with reading() as reader:
            pid = await reader.call("a", os.getpid)
            asks = [asyncio.create_task(reader.call("a", time.sleep, PATIENCE)) for _ in range(3)]
            await asyncio.sleep(0)
        results = await asyncio.gather(*asks, return_exceptions=True)
        assert all(isinstance(result, ReadingError | asyncio.CancelledError) for result in results), results
        assert not runs(pid)

    asyncio.run(story())


def test_it_ends_with_a_server_that_was_killed_however_busy_it_is() -> None:
    program = """
import asyncio, time
from server.reading.reader import Reader

async def story():
    reader = Reader(1_000_000_000)
    await reader.call("a", len, "begun")
    print(reader.pid, flush=True)
    await reader.call("a", time.sleep, 25)

asyncio.run(story())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        assert runs(pid)
        server.kill()
    asyncio.run(until(lambda: not runs(pid)))


def children(pid: int) -> list[int]:
    """Processes that read for one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and b"server.reading.process" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found
