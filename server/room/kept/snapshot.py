"""A room as it lies in the database at one time: read whole, never changed."""

from __future__ import annotations

from typing import Any, NamedTuple

from server.room.state import RoomState

SEEDS = 1000
"""Between the seeds of two turns; a room has fewer members."""


class Member(NamedTuple):
    member: int
    name: str
    status: str
    """in, waiting, removed, left."""
    offered: bool
    here: bool


class Snapshot(NamedTuple):
    id: str
    code: str
    version: int
    state: RoomState
    info: dict[str, Any]
    """What the teacher's session said of itself last."""
    lead: bool
    """Whether that is there."""
    remote: bool
    """Whether the teacher's second device is."""
    now: float
    """By the database's clock."""
    members: dict[int, Member]
    questions: dict[int, dict[str, Any]]
    """The present one, and that whose twin it is."""
    votes: dict[int, dict[int, dict[int, Any]]]
    """Of those: by question, round and member."""

    @property
    def phase(self) -> str:
        return self.state.phase

    @property
    def round(self) -> int:
        return self.state.round

    @property
    def ended(self) -> bool:
        return self.state.ended

    @property
    def locked(self) -> bool:
        return self.state.locked

    @property
    def eyes_up(self) -> str | None:
        return self.state.eyes_up

    @property
    def turn(self) -> dict[str, Any] | None:
        return self.state.turn

    @property
    def seen(self) -> dict[str, Any] | None:
        return self.state.seen

    @property
    def wall(self) -> str | None:
        return self.state.wall

    @property
    def collect(self) -> bool:
        return self.state.collect

    @property
    def board(self) -> dict[str, Any] | None:
        return self.state.board

    @property
    def line(self) -> str:
        return "lead" if self.lead else "away"

    @property
    def here(self) -> int:
        return sum(member.here and member.status == "in" for member in self.members.values())

    @property
    def question(self) -> dict[str, Any] | None:
        """The present one, with what nobody is told before its reveal."""
        return None if self.state.question is None else self.questions.get(self.state.question)

    def answers(self, number: int, round: int) -> dict[int, Any]:
        """By member."""
        return self.votes.get(number, {}).get(round, {})

    def seed_of(self, member: int) -> int | None:
        """Of one's own, in a turn where each has one."""
        if self.turn is None or not self.turn.get("seeds"):
            return None
        return SEEDS * self.state.turns + member
