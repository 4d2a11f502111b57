"""What a room's readers are told of it: one text for all of a group, and a learner's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from server.protocol.room.events import (
    Board,
    BoardRow,
    Counts,
    MeEvent,
    MemberNow,
    Mine,
    PutUpNow,
    Reveal,
    RoomEvent,
    RoomQuestion,
    Seen,
    Turn,
    Wall,
)
from server.room.kept.snapshot import Member, Snapshot
from server.room.telling.counting import counted

Group = Literal["learner", "outside", "screen", "remote"]
"""`outside`: learners who wait to be let in, and those who were removed."""
HINT, TALK = 0.3, 0.7
"""Shares of right answers: below the first a hint helps, above the second no talk is needed."""
OF_QUESTION = frozenset(RoomQuestion.model_fields)
OPEN = ("vote", "talk", "voted")


def group_of(member: Member) -> Group:
    return "learner" if member.status == "in" else "outside"


def room_event(room: Snapshot, group: Group, joined_by: str = "") -> RoomEvent:
    """How it stands, for a group."""
    state = room.state
    role: Any = "learner" if group == "outside" else group
    stands: Any = "ended" if room.ended else "in"
    code = room.code if state.open_code else None
    if group == "outside":
        return RoomEvent(version=0, code=None, title=state.title, role=role, state=stands)
    teacher = group in ("screen", "remote")
    question = room.question
    told: dict[str, Any] = {}
    if question is not None:
        told |= {"question": _asked(question), "answered": _answered(room, question), "round": state.round}
        if state.phase == "revealed":
            told |= {"reveal": _reveal(room, question)}
            if state.before is not None and state.before in room.questions:
                told |= {"before": _reveal(room, room.questions[state.before])}
        elif group == "remote":
            told |= _counts(room, question)
    if state.closes is not None:
        told["closes_in"] = round(state.closes - room.now, 1)
    if state.turn is not None:
        told["turn"] = Turn(**{key: state.turn[key] for key in ("link", "seeds", "task")})
    if state.seen is not None:
        told["seen"] = Seen(**state.seen, info=room.info.get("seen") or {})
    if state.wall is not None:
        told["wall"] = _wall(room)
    if state.board is not None:
        told["board"] = _board(room, teacher)
    if state.put_up is not None:
        told["put_up"] = PutUpNow(**state.put_up if teacher else {**state.put_up, "link": None})
    if teacher:
        told |= {"members": _members(room), "joined_by": joined_by}
    return RoomEvent(
        version=room.version,
        code=code,
        title=state.title,
        role=role,
        state=stands,
        here=room.here,
        line="lead" if room.lead else "away",
        phase=state.phase,
        eyes_up=state.eyes_up,
        admit=state.admit,
        names=state.names,
        remotes=int(room.remote),
        **told,
    )


def me_event(room: Snapshot, member: Member) -> MeEvent:
    """A learner's own."""
    state = room.state
    stands: Any = "ended" if room.ended and member.status == "in" else member.status
    if member.status != "in":
        return MeEvent(name=member.name, member=member.member, state="waiting" if stands == "waiting" else "removed")
    mines: list[Mine] = []
    if state.question is not None:
        rounds = room.votes.get(state.question, {})
        own = {number: votes[member.member] for number, votes in sorted(rounds.items()) if member.member in votes}
        mines = [Mine(round=number, answer=answer) for number, answer in own.items()]
    present = next((each for each in mines if each.round == state.round), None)
    return MeEvent(
        name=member.name,
        member=member.member,
        state=stands,
        mine=None if present is None else present.answer,
        mine_known=present is not None,
        mines=mines,
        offered=member.offered,
        seed=room.seed_of(member.member),
    )


def me_known(room: Snapshot, member: Member) -> object:
    """What `me_event` is made of, cheaply: where it is equal, so is the event."""
    number = room.state.question
    rounds = {} if number is None else room.votes.get(number, {})
    own = {each: votes[member.member] for each, votes in rounds.items() if member.member in votes}
    return member._replace(here=True), room.ended, room.round, own, room.seed_of(member.member)


def _asked(question: Mapping[str, Any]) -> RoomQuestion:
    """Without what is kept of it beside."""
    return RoomQuestion(**{name: question[name] for name in OF_QUESTION if name in question})


def _answered(room: Snapshot, question: Mapping[str, Any]) -> int:
    by_hand: int = sum(question.get("by_hand", {}).get(str(room.round), []))
    return len(room.answers(question["number"], room.round)) + by_hand


def _counts(room: Snapshot, question: Mapping[str, Any]) -> dict[str, Any]:
    """For the teacher's phone: how the vote stands, and what to do after the first of two."""
    if room.phase not in OPEN:
        return {}
    found = counted(question, room.round, room.answers(question["number"], room.round))
    told: dict[str, Any] = {"counts": Counts(round=room.round, of=found)}
    if found.right is not None and room.phase != "voted" and room.round < room.state.votes:
        told["advice"] = "hint" if found.right < HINT else "talk" if found.right <= TALK else "reveal"
    return told


def _reveal(room: Snapshot, question: Mapping[str, Any]) -> Reveal:
    number = question["number"]
    votes = room.votes.get(number, {})
    last = room.round if number == room.state.question else question["votes"]
    rounds = [counted(question, each, votes.get(each, {})) for each in range(1, last + 1)]
    first, second = votes.get(1, {}), votes.get(2, {})
    changed = sum(second[member] != answer for member, answer in first.items() if member in second) if last > 1 else None
    truth = question.get("truth") or {}
    told = {key: truth.get(key) for key in ("value", "truth", "curve")}
    return Reveal(question=_asked(question), said=truth.get("said") or "", rounds=rounds, changed=changed, **told)


def _wall(room: Snapshot) -> Wall:
    said = dict(room.info.get("wall") or {})
    if not room.collect:
        said["collected"] = None
    return Wall(**{**said, "sort": room.wall})


def _board(room: Snapshot, teacher: bool) -> Board:
    """Names only where the teacher shows them; whose a row is the teacher alone is told."""
    state, said = room.state.board or {}, room.info.get("board") or {}
    best = state["best"]
    inside = {member.member for member in room.members.values() if member.status == "in"}
    found = [row for row in said.get("rows", []) if row["member"] in inside]
    found.sort(key=lambda row: (row["value"] if best == "least" else -row["value"], row["member"]))
    rows = [
        BoardRow(
            rank=rank,
            value=row["value"],
            name=room.members[row["member"]].name if room.state.names else None,
            member=row["member"] if teacher else None,
            met_limit=row.get("met_limit", True),
        )
        for rank, row in enumerate(found, 1)
    ]
    limit = said.get("limit") or state["limit"]
    return Board(title=state["title"], best=best, limit=limit, rows=rows, here=room.here, without=said.get("without", 0))


def _members(room: Snapshot) -> list[MemberNow]:
    state = room.state
    voted = room.answers(state.question, state.round) if state.question is not None and state.phase == "vote" else None
    own = set(room.info.get("own") or ())
    return [
        MemberNow(
            member=each.member,
            name=each.name,
            state="in" if each.status == "in" else "waiting",
            here=each.here,
            answered=None if voted is None else each.member in voted,
            offered=each.offered,
            own=each.member in own,
        )
        for each in room.members.values()
        if each.status in ("in", "waiting")
    ]
