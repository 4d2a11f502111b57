"""A class beside its teacher: so many followers of one training session, and what each of them gets (`bench_load.py --room`).

Printed are pictures a second and follower, how many were encoded for all, the server's processor time a picture and reader
(above what one follower's class takes) apart from this tool's own, memory a follower, how long the teacher's commands take, how
soon a vote by all is complete, and what the joining page weighs as it is sent.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import random
import re
import statistics
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from bench_load import Learner
    from server_process import Server

PICTURES, COST, COMMANDS, VOTES, COMPLETE, MEMORY, PAGE = 2.0, 60.0, 150.0, 2.0, 1.0, 1.0, 60_000
"""Wanted: pictures a second, µs a picture and reader, ms for 99 % of commands, within so many seconds all vote and so soon the
teacher knows, MB a follower, bytes of the joining page."""
LINK = re.compile(rb"""(?:src|href)=["']([^"'#]+)["']|(?:import|from)\s*\(?\s*["'](\.[^"']+)["']|url\(["']?([^"')]+)["']?\)""")

Event = dict[str, Any]


class Member:
    """One socket of a room, a learner's or the teacher's."""

    def __init__(self) -> None:
        self.room: Event = {}
        self.pictures = self.bytes = 0
        self.seen: set[bytes] = set()
        self.errors: list[str] = []
        self.closed = False
        self._ids = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Event]] = {}
        self._news: asyncio.Future[None] | None = None

    async def open(self, url: str, first: str, **fields: Any) -> Event:
        self.socket: ClientConnection = await connect(url, compression=None, max_size=None, ping_interval=None)
        self._reader = asyncio.create_task(self._read())
        return await self.do(first, **fields)

    async def do(self, type: str, **fields: Any) -> Event:
        """A command that is obeyed; its result."""
        id = next(self._ids)
        self._asked[id] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"type": type, "id": id, **fields}))
        answer = await self._asked[id]
        if answer["type"] == "error":
            self.errors.append(f"{type}: {answer['message']}")
        return answer.get("result") or {}

    async def until(self, condition: Callable[[Event], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition(self.room):
                self._news = asyncio.get_running_loop().create_future()
                await self._news

    async def leave(self) -> None:
        self._reader.cancel()
        await self.socket.close()

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                message = await self.socket.recv()
                self.bytes += len(message)
                if isinstance(message, bytes):
                    self.pictures += 1
                    self.seen.add(message)
                    continue
                event = json.loads(message)
                if event["type"] == "room":
                    self.room = event
                    if self._news is not None and not self._news.done():
                        self._news.set_result(None)
                elif event.get("id") in self._asked:
                    self._asked.pop(event["id"]).set_result(event)
        self.closed = True


async def follow(url: str, server: Server | None, teacher: Learner, count: int, seconds: float) -> None:
    """`teacher` has a session that plays; it opens a room, and so many learners come."""
    rooms = url.removesuffix("/ws") + "/room"
    screen = Member()
    opened = await screen.open(rooms, "open", title="load")
    own = {"code": opened["code"], "key": opened["key"]}
    await teacher.ask("room_lead", **own)
    await screen.do("show", view={"room": "train", "title": "", "words": "", "link": ""})
    first = Member()
    await first.open(rooms, "enter", code=own["code"], **{"as": "learner"})
    base = server.resident if server else 0.0
    followers = [Member() for _ in range(count - 1)]
    begun = time.perf_counter()
    for some in range(0, len(followers), 20):
        await asyncio.gather(
            *(each.open(rooms, "enter", code=own["code"], **{"as": "learner"}) for each in followers[some : some + 20])
        )
    print(f"{count} followers: joined in {time.perf_counter() - begun:.2f} s")
    followers.append(first)
    await teacher.ask("play", speed=teacher.speed)
    await asyncio.sleep(2.0)
    together = await _watched(followers, seconds, server)
    rates, used, elapsed = together
    ok = _verdict(min(rates) >= PICTURES)
    print(f"  pictures/s: {min(rates):.2f} at least, {statistics.median(rates):.2f} median ({ok}, wanted {PICTURES:g})")
    different = set[bytes]().union(*(each.seen for each in followers))
    print(
        f"  {len(different)} different pictures were sent {sum(each.pictures for each in followers)} times in {elapsed:.1f} s"
    )
    memory = (server.resident - base) / (count - 1) if server else 0.0
    print(f"  memory: {memory:.2f} MB a follower ({_verdict(memory <= MEMORY)}, wanted {MEMORY:g})")
    await _commands(teacher, screen, seconds)
    await _vote(screen, followers)
    weight = page_bytes(url.replace("ws://", "http://").removesuffix("/ws") + "/join")
    print(f"  the joining page: {weight:,} bytes as sent ({_verdict(weight <= PAGE)}, wanted {PAGE:,})")
    lost = sum(each.closed for each in followers)
    errors = {error for each in (*followers, screen) for error in each.errors}
    print(f"  {lost} sockets lost; refused: {errors or 'nothing'}")
    for each in followers[:-1]:
        await each.leave()
    await teacher.ask("play", speed=teacher.speed)  # as when all followed
    await asyncio.sleep(1.0)
    alone = await _watched([first], seconds, server)
    if server:
        more = (sum(rates) - sum(alone[0])) * elapsed
        cost = (used / elapsed - alone[1] / alone[2]) * elapsed / more * 1e6 if more else float("nan")
        print(f"  the server: {used / elapsed:.3f} of a processor, {alone[1] / alone[2]:.3f} with one follower,", end=" ")
        print(f"who saw {alone[0][0]:.2f} pictures/s;", end=" ")
        print(f"{cost:.0f} µs a picture and reader ({_verdict(cost <= COST)}, wanted {COST:g})")
    await screen.do("delete")
    await first.leave()
    await screen.leave()


async def _watched(followers: list[Member], seconds: float, server: Server | None) -> tuple[list[float], float, float]:
    """Pictures a second of each; the server's seconds of a processor, and how long it was."""
    for each in followers:
        each.pictures, each.seen = 0, set()
    began, own, used = time.perf_counter(), time.process_time(), server.seconds if server else 0.0
    await asyncio.sleep(seconds)
    elapsed = time.perf_counter() - began
    rates = [each.pictures / elapsed for each in followers]
    print(f"  {len(followers)} over {elapsed:.1f} s: this tool {(time.process_time() - own) / elapsed:.2f} of a processor")
    return rates, (server.seconds - used) if server else 0.0, elapsed


async def _commands(teacher: Learner, screen: Member, seconds: float) -> None:
    """The teacher's, of the room and of its session, one after the other while all follow."""
    waits: list[float] = []
    slow: dict[str, float] = {}
    until = time.perf_counter() + seconds
    turns = itertools.cycle(("show", "pause", "eyes_up", "play"))
    while time.perf_counter() < until:
        turn, sent = next(turns), time.perf_counter()
        if turn == "show":
            await screen.do("show", view={"room": "train", "title": str(sent), "words": "", "link": ""})
        elif turn == "eyes_up":
            await screen.do("eyes_up", on=len(waits) % 8 < 4)
        else:
            await teacher.ask(turn, **({"speed": teacher.speed} if turn == "play" else {}))
        waits.append(time.perf_counter() - sent)
        slow[turn] = max(slow.get(turn, 0.0), waits[-1])
        await asyncio.sleep(max(0.0, 0.15 - waits[-1]))
    await screen.do("eyes_up", on=False)
    ordered = sorted(waits)
    slowest = ordered[int(0.99 * len(ordered))] * 1e3
    middle = statistics.median(waits) * 1e3
    print(
        f"  the teacher's commands: p50 {middle:.0f}, p99 {slowest:.0f} ms of {len(waits)} ({_verdict(slowest <= COMMANDS)},",
        end=" ",
    )
    print(f"wanted {COMMANDS:g}); at most", ", ".join(f"{name} {most * 1e3:.0f}" for name, most in slow.items()))


async def _vote(screen: Member, followers: list[Member]) -> None:
    """By all, within two seconds; none is lost, none is counted twice."""
    chance, count = random.Random(1), len(followers)
    await screen.do("ask", source="words", ask="Which?", choices=["one", "two", "three"], right=1)
    await asyncio.gather(*(each.until(lambda room: room.get("phase") == "vote") for each in followers))
    answers = [chance.randrange(3) for _ in followers]
    last = 0.0

    async def vote(member: Member, answer: int) -> None:
        nonlocal last
        await asyncio.sleep(chance.random() * VOTES)
        last = max(last, time.perf_counter())
        question = member.room["question"]["number"]
        await member.do("vote", question=question, round=1, answer=answer)

    voting = asyncio.gather(*(vote(*each) for each in zip(followers, answers, strict=True)))
    await asyncio.sleep(VOTES)
    await screen.until(lambda room: room["answered"] >= count)
    took = time.perf_counter() - last
    await voting
    print(f"  a vote by {count} within {VOTES:g} s: complete {took:.2f} s after the last ({_verdict(took <= COMPLETE)})")
    await screen.do("close_vote")
    await screen.do("reveal")
    await screen.until(lambda room: room["reveal"] is not None)
    counts = screen.room["reveal"]["rounds"][0]["counts"]
    wanted = [answers.count(choice) for choice in range(3)]
    print(f"  counted {counts}, given {wanted}: {_verdict(counts[:3] == wanted)}")
    await screen.do("drop_question")


def page_bytes(url: str) -> int:
    """Of the page and all that it loads, as they are sent: the bodies, packed where the server packs them."""
    waiting, seen, total = [url], set(), 0
    while waiting:
        address = waiting.pop()
        if address in seen or not address.startswith(url.removesuffix("/join")):
            continue
        seen.add(address)
        asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip, br"})
        try:
            with urllib.request.urlopen(asked) as answer:
                body, packed, kind = answer.read(), answer.headers.get("Content-Encoding"), answer.headers.get_content_type()
                here = answer.geturl()
        except OSError:
            continue
        total += len(body)
        text = gzip.decompress(body) if packed == "gzip" else body
        if kind.startswith("text/") or "javascript" in kind:
            for found in LINK.finditer(text):
                if found[0].startswith((b"import(", b"import (")):
                    continue  # loaded only where it is wanted
                name = next(group for group in found.groups() if group).decode()
                if not name.startswith("data:"):
                    waiting.append(urljoin(here, name))
    return total


def _verdict(holds: bool) -> str:
    return "holds" if holds else "DOES NOT HOLD"
