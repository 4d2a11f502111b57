"""Everybody's runs, as the teacher's session gathers them: the pieces of the wall, who has met the task, what all seeds came
to, who is best. Pieces come over the bus as learners' sessions make them, and from the database where this session comes
late."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.room import topics
from server.room.lead.leading import Leading
from server.room.session.needs import RoomSeen
from server.room.session.piece import Piece, read_piece
from server.wire.errors import CommandError
from server.wire.frames import encode

APART, WHOLE = 1.0, 5.0
"""Seconds between two frames of what changed, and between two of all there is."""
BINS = 12
WIDE = 30.0
"""From which ratio on outcomes are counted on a logarithmic axis."""


class Everybody:
    def __init__(self, lead: Leading) -> None:
        self._lead = lead
        self._pieces: dict[int, Piece] = {}
        self._news: set[int] = set()
        self._gone: set[int] = set()
        self._told = self._told_whole = -math.inf
        self._stop: Callable[[], None] | None = None
        self._on = False

    def begin(self) -> None:
        self._stop = self._lead.bus.subscribe(pieces_topic(self._lead.room), self._heard)
        self._lead.spawn(self._kept())

    def end(self) -> None:
        if self._stop is not None:
            self._stop()

    async def _kept(self) -> None:
        with contextlib.suppress(CommandError):
            for member, content in (await self._lead.rooms.pieces(self._lead.room)).items():
                if member not in self._pieces:
                    self._heard(content)

    def _heard(self, content: bytes) -> None:
        piece = read_piece(content)
        self._pieces[piece.member] = piece
        self._news.add(piece.member)
        self._lead.host.poke()

    def changed(self, snapshot: RoomSeen) -> None:
        """Who left takes its piece along."""
        gone = [number for number in self._pieces if number in snapshot.members and snapshot.members[number].status != "in"]
        for member in gone:
            del self._pieces[member]
        self._gone |= set(gone)
        if self._on != (snapshot.wall is not None):
            self._on = snapshot.wall is not None
            self._told_whole = -math.inf

    # The wall ---------------------------------------------------------------------------------------------------------

    def wait(self, now: float) -> float:
        """Seconds until pieces are to be told."""
        if not self._on or not self._pieces:
            return math.inf
        return max(0.0, (self._told + APART if self._news or self._gone else self._told_whole + WHOLE) - now)

    def tell(self, now: float) -> None:
        """What changed, or all of it, to the teacher's screens."""
        if self.wait(now) > 0:
            return
        whole = now >= self._told_whole + WHOLE
        members = sorted(self._pieces if whole else self._news & self._pieces.keys())
        frame = wall_frame([self._pieces[each] for each in members], self._lead.snapshot, gone=sorted(self._gone), whole=whole)
        self._news, self._gone, self._told = set(), set(), now
        if whole:
            self._told_whole = now
        self._lead.publish(topics.wall(self._lead.room), frame)

    # In words and numbers ---------------------------------------------------------------------------------------------

    def info(self) -> dict[str, Any]:
        """For the room's row: `wall` and `board` as its event tells them, where they are on."""
        snapshot = self._lead.snapshot
        if snapshot is None:
            return {}
        pieces = [self._pieces[member] for member in sorted(self._pieces)]
        told: dict[str, Any] = {"own": [each.member for each in pieces if time.time() - each.when < OWN]}
        if snapshot.wall is not None:
            told["wall"] = wall_info(pieces, snapshot)
        if snapshot.board is not None:
            told["board"] = board_info(pieces, snapshot.board)
        return told


OWN = 20.0
"""Seconds for which a learner's own screen that said nothing is held to be open."""


def pieces_topic(room: str) -> str:
    return f"room:{room}:pieces"


def wall_frame(pieces: list[Piece], snapshot: RoomSeen | None, *, gone: list[int], whole: bool) -> bytes:
    """A frame of the channel `wall`: `meta.pieces` and by their rows `maps` u8 (n, 16, 16), `classes` of the same form,
    `curves` f32 (n, 32). Where some have none it is zero, or NaN of a curve."""
    members = {} if snapshot is None else snapshot.members
    rows = []
    for piece in pieces:
        member = members.get(piece.member)
        told = {"member": piece.member, "value": piece.value, "met": piece.met, "seed": piece.seed, "step": piece.step}
        rows.append(told | {"offered": member is not None and member.offered, "name": None})
    arrays: dict[str, NDArray[Any]] = {}
    if pieces:
        for name, missing in (("map", 0), ("classes", 0), ("curve", math.nan)):
            found = [piece.arrays.get(name) for piece in pieces]
            form = next((each for each in found if each is not None), None)
            if form is not None:
                empty = np.full(form.shape, missing, dtype=form.dtype)
                arrays[PLURAL[name]] = np.stack([empty if each is None else each for each in found])
    meta: dict[str, Any] = {"whole": whole, "gone": gone, "pieces": rows}
    meta["classes"] = max((piece.classes for piece in pieces), default=0)
    head = {"type": "frame", "channel": "wall", "frame": 0, "run": 0, "branch": 0, "step": 0, "meta": meta}
    return encode(head, arrays)


PLURAL = {"map": "maps", "classes": "classes", "curve": "curves"}


def wall_info(pieces: list[Piece], snapshot: RoomSeen) -> dict[str, Any]:
    number = pieces[0].number if pieces else {"title": "", "form": "share", "best": "most"}
    needs = (snapshot.turn or {}).get("needs")
    task = None
    if needs is not None:
        task = {"ask": needs["ask"], "met": sum(each.met is True for each in pieces), "of": len(pieces)}
    shape = "curve" if pieces and all("curve" in each.arrays for each in pieces) else "map"
    told = {"number": number, "shape": shape, "task": task, "pieces": len(pieces), "collected": None}
    return told | ({"collected": collected(pieces, task is not None)} if snapshot.collect else {})


def collected(pieces: list[Piece], of_task: bool) -> dict[str, Any]:
    """What all runs that ended came to: how many met the task, or how their numbers lie."""
    over = [piece for piece in pieces if piece.over or (of_task and piece.met)]
    values = [piece.value for piece in over if piece.value is not None and math.isfinite(piece.value)]
    edges, counts, log_axis = histogram(values)
    title = pieces[0].number["title"] if pieces else ""
    told = {"title": title, "found": len(over), "of": len(over), "edges": edges, "counts": counts, "log": log_axis}
    if of_task:
        told |= {"title": "starts that met the task", "found": sum(piece.met is True for piece in over)}
    return told


def histogram(values: list[float]) -> tuple[list[float], list[int], bool]:
    """Edges and counts; on a logarithmic axis where they are above zero and far apart.

    >>> histogram([0.5, 0.5])[1]
    [2]
    """
    if not values:
        return [], [], False
    low, high = min(values), max(values)
    if low == high:
        return [low, high], [len(values)], False
    log_axis = low > 0 and high / low > WIDE
    edges = np.geomspace(low, high, BINS + 1) if log_axis else np.linspace(low, high, BINS + 1)
    edges[0], edges[-1] = low, high
    counts, _ = np.histogram(values, edges)
    return edges.tolist(), counts.tolist(), log_axis


def board_info(pieces: list[Piece], board: dict[str, Any]) -> dict[str, Any]:
    """The best that each has had, of those that keep to the limit; the others are counted."""
    least = board["best"] == "least"
    rows = [
        {"member": piece.member, "value": piece.board, "met_limit": True}
        for piece in pieces
        if piece.board is not None and piece.board_of == board["of"]
    ]
    rows.sort(key=lambda row: row["value"] if least else -row["value"])
    return {"limit": board.get("limit"), "rows": rows, "without": len(pieces) - len(rows)}
