"""What one anonymous client may try against all others, each as long as it is let: python tests/bench/attacks.py NAME ws://…/ws

`bench_load.py --attack NAME` starts it as a process of its own beside twenty learners. Whatever is refused is tried again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import time
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

LARGEST = {"network": {"layers": [{"units": 1000}, {"units": 1000}, {"units": 900}]}}
"""Some 1.9 million parameters."""
SGD = {"optimizer": {"name": "sgd", "lr": 0.01}}
COUNTS: dict[str, int] = {}
"""What became of what was tried."""

Attack = Callable[[str], Awaitable[None]]


class Hostile:
    """A page that asks for what it likes."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self._ids = socket, itertools.count(1)

    async def send(self, type: str, **fields: Any) -> int:
        id = next(self._ids)
        await self.socket.send(json.dumps({"type": type, "id": id, **fields}))
        return id

    async def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        id = await self.send(type, **fields)
        async for message in self.socket:
            if isinstance(message, str) and f'"id":{id}' in message[:200]:
                answer: dict[str, Any] = json.loads(message)
                if answer.get("id") == id:
                    count(f"{type}: {answer.get('code', 'done')}")
                    return answer
        raise ConnectionError


def count(what: str) -> None:
    COUNTS[what] = COUNTS.get(what, 0) + 1


async def page(url: str) -> Hostile:
    hostile = Hostile(await connect(url, max_size=None, compression=None, open_timeout=5, ping_interval=None))
    await hostile.ask("attach")
    return hostile


async def again(attempt: Attack, url: str) -> None:
    """For ever, whatever is done against it."""
    while True:
        with contextlib.suppress(ConnectionClosed, InvalidHandshake, OSError, EOFError, TimeoutError):
            await attempt(url)
        await asyncio.sleep(0.05)


async def export(url: str) -> None:
    """A race of a wide network as a page, again and again."""
    own = await page(url)
    await own.ask("configure", spec={"network": {"layers": [{"units": 300}, {"units": 100}]}})
    await own.ask("network", lanes=[SGD] * 4)
    await own.ask("network_step", count=50)
    while True:
        await own.ask("network_export", format="html", theme="light")


async def undo(url: str) -> None:
    """Back and forth over thousands of updates."""
    own = await page(url)
    await own.ask("configure", spec={"data": {"name": "digits"}, "network": {"layers": [{"units": 64}, {"units": 32}]}})
    await own.ask("step", count=8000)
    await own.ask("seek", step=10)
    await own.ask("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.02})
    await own.ask("step", count=8000)
    while True:
        await own.ask("undo")
        await own.ask("redo")


async def refused(url: str) -> None:
    """As many cells that are no numbers as fit into a message."""
    own = await page(url)
    data = {"name": "inline", "task": "regression", "train_x": [[0.5]], "train_y": ["a"] * 1_900_000}
    while True:
        await own.ask("configure", spec={"data": data})


async def silent(url: str) -> None:
    """More connections than a process may have files open, none of which says anything."""
    where = urlsplit(url)
    held: list[asyncio.StreamWriter] = []
    try:
        while True:
            for _ in range(100):
                with contextlib.suppress(OSError, TimeoutError):
                    async with asyncio.timeout(1):
                        held.append((await asyncio.open_connection(where.hostname, where.port))[1])
                        count("connected")
            held = [writer for writer in held if not writer.transport.is_closing()]
            await asyncio.sleep(0.05 if len(held) < 3000 else 1.0)
    finally:
        for writer in held:
            writer.transport.abort()


async def memory(url: str) -> None:
    """Sessions of the largest network whose pages go at once, and messages that never come whole."""
    for _ in range(8):
        own = await page(url)
        await own.ask("configure", spec=LARGEST)
        own.socket.transport.abort()
    held = []
    for _ in range(40):
        socket = await connect(url, compression=None, open_timeout=5)
        held.append(socket)
        socket.transport.write(b"\x81\xff" + (7_900_000).to_bytes(8, "big") + bytes(4) + bytes(7_000_000))
        count("begun")
    await asyncio.sleep(1.0)
    for socket in held:
        socket.transport.abort()


async def keep(url: str) -> None:
    """Ever other experiments, two hundred a second."""
    own = await page(url)
    while True:
        await own.ask("step", count=1)
        await own.ask("keep")


async def abandoned(url: str) -> None:
    """Long work, begun and left: after ten seconds some forty sessions' at a time."""
    for command, fields in (
        ("study_seeds", {"seeds": 64, "steps": 50_000}),
        ("check_gradient", {"weights": 20_000, "samples": 10_000}),
        ("step", {"count": 100_000}),
    ):
        own = await page(url)
        await own.ask("configure", spec={"network": {"layers": [{"units": 64}, {"units": 64}]}})
        await own.ask("network", lanes=[SGD] * 2)
        await own.send(command, **fields)
        await own.ask("ping")
        own.socket.transport.abort()
        count(f"{command} left")
        await asyncio.sleep(1.0)


async def upload(url: str) -> None:
    """A large table, again and again, and some of which a byte comes now and then."""
    where = urlsplit(url)
    table = b"a,b,c,d,e\n" + b"0.123456,0.234567,0.345678,0.456789,x\n" * 120_000
    head = f"POST /api/table HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: text/csv\r\n"

    async def one(body: bytes, length: int, pause: float) -> None:
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        answer = asyncio.create_task(reader.read(60))
        became = "under way at the end"
        try:
            writer.write(f"{head}Content-Length: {length}\r\n\r\n".encode() + body)
            async with asyncio.timeout(60):
                while pause and not answer.done():
                    writer.write(b"1")
                    await asyncio.wait([answer], timeout=pause)
                became = (await answer)[9:12].decode() or "no answer"
        except (OSError, TimeoutError) as error:
            became = type(error).__name__
            raise
        finally:
            count(f"{'trickled' if pause else 'whole'}: {became}")
            answer.cancel()
            writer.transport.abort()

    async def trickle(_: str) -> None:
        await one(b"a,b\n", 100_000, 0.5)

    async def whole(_: str) -> None:
        await one(table, len(table), 0.0)

    await asyncio.gather(*(again(trickle, url) for _ in range(14)), *(again(whole, url) for _ in range(2)))


async def lab(url: str) -> None:
    """The experiments of the lab, one after the other, each to its end."""
    own = await page(url)
    await own.ask("configure", spec={"network": {"layers": [{"units": 16}, {"units": 16}]}})
    await own.ask("subscribe", channels=["lab"])
    with urllib.request.urlopen(f"http://{urlsplit(url).netloc}/api/lab") as answer:
        names = [row["name"] for row in json.load(answer)["experiments"]]
    for experiment in names:
        number = (await own.ask("lab_begin", experiment=experiment, choices={}))["result"]["number"]
        async for message in own.socket:
            if isinstance(message, bytes):
                size = int.from_bytes(message[:4], "little")
                header = json.loads(message[4 : 4 + size])
                await own.send("acknowledge", channel=header["channel"], frame=header["frame"])
                continue
            told = json.loads(message)
            if told["type"] == "lab" and told["number"] == number and told["status"] != "running":
                count(f"{experiment}: {told['status']}")
                break


ATTACKS: dict[str, tuple[Attack, int]] = {
    "export": (export, 2),
    "undo": (undo, 2),
    "refused": (refused, 2),
    "silent": (silent, 1),
    "memory": (memory, 1),
    "keep": (keep, 4),
    "abandoned": (abandoned, 4),
    "upload": (upload, 1),
    "lab": (lab, 2),
}
"""Each with how many do it at a time."""


async def attack(name: str, url: str, seconds: float) -> None:
    attempt, together = ATTACKS[name]
    tasks = [asyncio.create_task(again(attempt, url)) for _ in range(together)]
    await asyncio.wait(tasks, timeout=seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=ATTACKS)
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, default=3600.0)
    options = parser.parse_args()
    began = time.perf_counter()
    try:
        asyncio.run(attack(options.name, options.url, options.seconds))
    finally:
        print(f"  the attacker, over {time.perf_counter() - began:.1f} s: {COUNTS}", flush=True)


if __name__ == "__main__":
    main()
