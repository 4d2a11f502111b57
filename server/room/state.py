"""What a room is doing, and how a teacher's command changes it: pure, so that any process may do it. The present state is read,
changed and written back where nobody else has written meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from server.protocol.room import commands
from server.wire.errors import CommandError

SECONDS = 60
"""On the clock of a vote where nothing is said."""
TALKING = 120
"""On that of a talk."""
EYES_UP = "Eyes up: look at the screen in front."


@dataclass(frozen=True, slots=True)
class RoomState:
    """As it is kept. Its keys are those on disk; one that is missing there has its default."""

    title: str = ""
    phase: str = "follow"
    round: int = 0
    question: int | None = None
    """The number of the present one."""
    asked: int = 0
    """How many were asked."""
    votes: int = 0
    """Rounds that the present question has."""
    twin: bool = False
    has_twin: bool = False
    before: int | None = None
    """The question whose twin is asked before its own reveal."""
    closes: float | None = None
    """When the clock runs out, by the database's; it closes nothing."""
    eyes_up: str | None = None
    turn: dict[str, Any] | None = None
    turns: int = 0
    seen: dict[str, Any] | None = None
    wall: str | None = None
    """How it is sorted, where it is on."""
    put_up: dict[str, Any] | None = None
    collect: bool = False
    board: dict[str, Any] | None = None
    admit: str = "open"
    open_code: bool = True
    names: bool = False
    ended: bool = False

    @property
    def locked(self) -> bool:
        """Whether a learner's own screen is: it could compute the answer, or eyes are up."""
        return self.phase == "vote" or self.eyes_up is not None

    def takes(self, question: int, round: int) -> bool:
        """Whether a vote counts now."""
        return not self.ended and self.phase == "vote" and (self.question, self.round) == (question, round)

    def written(self) -> bytes:
        return json.dumps(asdict(self)).encode()


KEYS = frozenset(each.name for each in fields(RoomState))


def read(text: bytes) -> RoomState:
    return RoomState(**{key: value for key, value in json.loads(text).items() if key in KEYS})


def refused(message: str, allowed: str | None = None) -> CommandError:
    """Of a command that has no meaning where the room stands."""
    return CommandError("not_now", message, None, allowed)


def check_goes_on(state: RoomState) -> None:
    if state.ended:
        raise CommandError("ended", "The room has ended")


def check_can_ask(state: RoomState) -> None:
    check_goes_on(state)
    if state.phase not in ("follow", "revealed"):
        raise refused("A question is open already", "reveal it or drop it first")


def check_can_ask_twin(state: RoomState) -> None:
    check_goes_on(state)
    if state.phase not in ("voted", "revealed") or not state.has_twin or state.twin:
        raise refused("There is no twin to ask now", "after the votes on a question of a lesson that has one")


def asked(state: RoomState, now: float, *, seconds: int | None, has_twin: bool) -> RoomState:
    """The first vote of another question opens."""
    check_can_ask(state)
    return _opened(replace(state, before=None), now, seconds, votes=2, twin=False, has_twin=has_twin)


def twin_asked(state: RoomState, now: float, *, seconds: int | None) -> RoomState:
    """The one vote on the twin of the present question opens."""
    check_can_ask_twin(state)
    before = state.question if state.phase == "voted" else None
    return _opened(replace(state, before=before), now, seconds, votes=1, twin=True, has_twin=False)


def _opened(state: RoomState, now: float, seconds: int | None, **question: Any) -> RoomState:
    number = state.asked + 1
    return replace(
        state, phase="vote", round=1, question=number, asked=number, closes=now + (seconds or SECONDS), put_up=None, **question
    )


def obeyed(state: RoomState, command: commands.RoomCommand, now: float) -> RoomState:
    """The state after a teacher's command that asks nothing of anybody else; raises `CommandError` where it may not be."""
    change: Callable[[RoomState, Any, float], RoomState] | None = CHANGES.get(type(command))
    if change is None:
        raise TypeError(type(command))
    if not isinstance(command, commands.End):
        check_goes_on(state)
    return change(state, command, now)


def _close_vote(state: RoomState, command: commands.CloseVote, now: float) -> RoomState:
    if state.phase != "vote":
        raise refused("No vote is open")
    if state.round < state.votes:
        return replace(state, phase="talk", closes=now + TALKING)
    return replace(state, phase="voted", closes=None)


def _vote_again(state: RoomState, command: commands.VoteAgain, now: float) -> RoomState:
    if state.phase != "talk":
        raise refused("A second vote follows a first one that has closed")
    return replace(state, phase="vote", round=state.round + 1, closes=now + (command.seconds or SECONDS))


def _more_time(state: RoomState, command: commands.MoreTime, now: float) -> RoomState:
    if state.closes is None or state.phase not in ("vote", "talk"):
        raise refused("No clock runs")
    return replace(state, closes=max(state.closes, now) + command.seconds)


def _reveal(state: RoomState, command: commands.RevealAnswer, now: float) -> RoomState:
    if state.phase not in ("talk", "voted"):
        raise refused("There is nothing to reveal", "after a vote has closed")
    return replace(state, phase="revealed", closes=None)


def _drop(state: RoomState, command: commands.DropQuestion, now: float) -> RoomState:
    dropped = {"question": None, "round": 0, "votes": 0, "twin": False, "has_twin": False, "before": None, "closes": None}
    return replace(state, phase="follow", **dropped)  # type: ignore[arg-type]


def _eyes_up(state: RoomState, command: commands.EyesUp, now: float) -> RoomState:
    return replace(state, eyes_up=(command.words.strip() or EYES_UP) if command.on else None)


def _show(state: RoomState, command: commands.Show, now: float) -> RoomState:
    return replace(state, seen=command.view.model_dump(exclude={"id"}))


def _wall(state: RoomState, command: commands.WallOn, now: float) -> RoomState:
    return replace(state, wall=command.sort if command.on else None, collect=state.collect and command.on)


def _collect(state: RoomState, command: commands.Collect, now: float) -> RoomState:
    if command.on and state.wall is None:
        raise refused("Outcomes are collected on the wall", "while the wall is on")
    return replace(state, collect=command.on)


def _board(state: RoomState, command: commands.BoardOn, now: float) -> RoomState:
    if not command.on:
        return replace(state, board=None)
    if not command.of_number.strip():
        raise CommandError("invalid", "of: a board needs a measurement", "of", "a measurement, such as test_loss")
    told = {"title": command.title, "of": command.of_number, "best": command.best, "limit": command.limit}
    return replace(state, board=told)


def _admit(state: RoomState, command: commands.Admit, now: float) -> RoomState:
    return replace(state, admit=command.how)


def _names(state: RoomState, command: commands.Names, now: float) -> RoomState:
    return replace(state, names=command.on)


def _expire_code(state: RoomState, command: commands.ExpireCode, now: float) -> RoomState:
    return replace(state, open_code=False)


def _end(state: RoomState, command: commands.End, now: float) -> RoomState:
    return replace(state, ended=True, eyes_up=None, turn=None, wall=None, board=None, put_up=None, closes=None)


CHANGES: dict[type[commands.RoomCommand], Callable[[RoomState, Any, float], RoomState]] = {
    commands.CloseVote: _close_vote,
    commands.VoteAgain: _vote_again,
    commands.MoreTime: _more_time,
    commands.RevealAnswer: _reveal,
    commands.DropQuestion: _drop,
    commands.EyesUp: _eyes_up,
    commands.Show: _show,
    commands.WallOn: _wall,
    commands.Collect: _collect,
    commands.BoardOn: _board,
    commands.Admit: _admit,
    commands.Names: _names,
    commands.ExpireCode: _expire_code,
    commands.End: _end,
}
"""What needs only the state. The others also write a question, a member or a code, or ask the teacher's session."""
