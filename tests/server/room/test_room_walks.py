"""Random walks over a room, with a slow witness beside it: a model of dictionaries that knows nothing of states, versions or
tables. After each step all that is told to each role is compared."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from server.keeping.database import Database
from server.protocol.room import VOCABULARY, commands
from server.room import state as states
from server.room.kept import store
from server.room.kept.answers import Ballot
from server.room.state import RoomState
from server.room.telling.told import me_event, room_event
from server.settings import Settings
from server.wire.errors import CommandError

LEARNERS = 4
TEXTS = ["a", "b", "c"]


class Witness:
    """What a class does, in the words of the brief: each question is a list of rounds, a round maps learners to answers."""

    def __init__(self) -> None:
        self.questions: list[dict[str, Any]] = []
        self.doing = "follow"
        self.ended = False

    @property
    def open(self) -> dict[str, Any]:
        return self.questions[-1]

    def may(self, what: str) -> bool:
        if self.ended:
            return what == "end"
        round = len(self.open["rounds"]) if self.questions and self.doing != "follow" else 0
        return {
            "ask": self.doing in ("follow", "revealed"),
            "twin": self.doing in ("voted", "revealed") and bool(self.questions) and not self.open["twin"],
            "close_vote": self.doing == "vote",
            "vote_again": self.doing == "talk",
            "more_time": self.doing in ("vote", "talk"),
            "reveal": self.doing in ("talk", "voted"),
            "drop_question": True,
            "end": True,
            "vote": self.doing == "vote" and round > 0,
        }[what]

    def do(self, what: str) -> None:
        if what in ("ask", "twin"):
            before = self.open if what == "twin" and self.doing == "voted" else None
            self.questions.append({"rounds": [{}], "of": 1 if what == "twin" else 2, "twin": what == "twin", "before": before})
            self.doing = "vote"
        elif what == "close_vote":
            self.doing = "talk" if len(self.open["rounds"]) < self.open["of"] else "voted"
        elif what == "vote_again":
            self.open["rounds"].append({})
            self.doing = "vote"
        elif what == "reveal":
            self.doing = "revealed"
        elif what == "drop_question":
            self.doing = "follow"
        elif what == "end":
            self.ended = True


MODELS: dict[str, type[commands.RoomCommand]] = {
    "close_vote": commands.CloseVote,
    "vote_again": commands.VoteAgain,
    "more_time": commands.MoreTime,
    "reveal": commands.RevealAnswer,
    "drop_question": commands.DropQuestion,
    "end": commands.End,
}


def step(connection: Connection, what: str, rng: random.Random, witness: Witness) -> bool:
    """Do it to the room; whether it was allowed."""
    if what == "vote":
        return vote(connection, rng, witness)
    try:
        if what in ("ask", "twin"):
            ask(connection, what)
        else:
            command = MODELS[what]()
            store.change(connection, "room", lambda state, now: states.obeyed(state, command, now))
    except CommandError as refused:
        assert refused.code in ("not_now", "ended")
        return False
    return True


def ask(connection: Connection, what: str) -> None:
    def open_(state: RoomState, now: float) -> RoomState:
        if what == "twin":
            return states.twin_asked(state, now, seconds=None)
        return states.asked(state, now, seconds=30, has_twin=True)

    number = store.change(connection, "room", open_).asked
    votes = 1 if what == "twin" else 2
    content = {"number": number, "kind": "choose", "ask": what, "texts": TEXTS, "votes": votes, "twin": what == "twin"}
    truth = {"value": None, "truth": 1, "said": "b", "judge": {"truth": 1}}
    store.put_question(connection, "room", number, content | {"source": "card", "has_twin": votes == 2, "truth": truth})


def vote(connection: Connection, rng: random.Random, witness: Witness) -> bool:
    """By one who may be none, on a question or a round that may not be open, several at a time."""
    asked = len(witness.questions)
    round = len(witness.open["rounds"]) if asked else 1
    ballots = [
        Ballot(
            "room",
            max(1, asked - (rng.random() < 0.2)),
            rng.choice([round, round, round, 1, 2]),
            rng.randint(1, LEARNERS + 1),
            answer,
        )
        for answer in rng.choices([0, 1, 2, None], k=3)
    ]
    refusals = store.vote(connection, ballots)
    for ballot, refusal in zip(ballots, refusals, strict=True):
        counts = witness.may("vote") and not witness.ended and ballot.member <= LEARNERS
        counts = counts and (ballot.question, ballot.round) == (asked, len(witness.open["rounds"]))
        assert (refusal is None) == counts, (ballot, refusal and refusal.message)
        if counts:
            witness.open["rounds"][-1][ballot.member] = ballot.answer
    return witness.may("vote")


def compare(connection: Connection, witness: Witness) -> None:
    room = store.read(connection, "room")
    assert room is not None and room.phase == witness.doing and room.ended == witness.ended
    following = witness.doing == "follow"
    rounds = [] if following else witness.open["rounds"]
    for group in ("learner", "screen", "remote", "outside"):
        told = room_event(room, group)  # type: ignore[arg-type]
        VOCABULARY.events.validate_python(json.loads(told.model_dump_json()))
        if group == "outside":
            assert told.question is None and told.phase == "follow" and told.answered == 0
            continue
        assert told.answered == (len(rounds[-1]) if rounds else 0) and told.round == len(rounds)
        assert (told.question is None) == following
        assert (told.counts is not None) == (group == "remote" and witness.doing in ("vote", "talk", "voted"))
        assert (told.reveal is not None) == (witness.doing == "revealed")
        if told.counts is not None:
            assert told.counts.of.counts == tally(rounds[-1]) and told.counts.round == len(rounds)
        if told.reveal is not None:
            assert [each.counts for each in told.reveal.rounds] == [tally(each) for each in rounds]
            assert [each.unknown for each in told.reveal.rounds] == [list(each.values()).count(None) for each in rounds]
            before = witness.open["before"]
            assert (told.before is not None) == (before is not None)
            if before is not None and told.before is not None:
                assert [each.counts for each in told.before.rounds][: len(before["rounds"])] == [
                    tally(each) for each in before["rounds"]
                ]
    for number, member in room.members.items():
        me = me_event(room, member)
        assert {mine.round: mine.answer for mine in me.mines} == {
            place: each[number] for place, each in enumerate(rounds, 1) if number in each
        }


def tally(votes: dict[int, Any]) -> list[int]:
    return [list(votes.values()).count(choice) for choice in range(len(TEXTS))]


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database(Settings(database_url="sqlite://"))
    yield database
    database.close()


STEPS = ["ask", "twin", "close_vote", "vote_again", "more_time", "reveal", "drop_question"]
WEIGHTS = [4.0, 4.0, 4.0, 5.0, 1.0, 3.0, 0.5]


def chosen(rng: random.Random, witness: Witness) -> str:
    """Mostly something that may be done."""
    weights = [weight * (1.0 if witness.may(name) else 0.1) for name, weight in zip(STEPS, WEIGHTS, strict=True)]
    return "vote" if rng.random() < 0.4 else rng.choices(STEPS, weights)[0]


def walk(database: Database, seed: int, steps: int) -> Witness:
    rng, witness = random.Random(seed), Witness()
    with database.writing() as connection:
        store.forget(connection, ["room"])
        store.add(connection, "room", "K7FQ", f"digest {seed}", RoomState())
        for number in range(1, LEARNERS + 1):
            store.add_member(connection, "room", f"digest {seed} {number}", f"name {number}", "in")
    for number in range(steps):
        what = "end" if number == steps - 3 else chosen(rng, witness)
        with database.writing() as connection:
            allowed = witness.may(what)
            assert step(connection, what, rng, witness) == allowed, what
            if allowed:
                witness.do(what)
            compare(connection, witness)
    return witness


def test_walks_agree_with_a_witness(database: Database) -> None:
    done = [walk(database, seed, 40) for seed in range(5)]
    asked = [question for witness in done for question in witness.questions]
    assert any(question["twin"] and question["before"] for question in asked), "twins before their reveal were met"
    assert any(len(question["rounds"]) == 2 for question in asked) and sum(bool(q["rounds"][0]) for q in asked) > 10


@pytest.mark.slow(seconds=8)
def test_many_walks_agree_with_a_witness(database: Database) -> None:
    for seed in range(100, 125):
        walk(database, seed, 80)


def test_who_writes_on_what_was_changed_meanwhile_reads_again(tmp_path: Any) -> None:
    """Of two that read the same state one writes; the other is told, and nothing of the first is lost."""
    database = Database(Settings(database_url=f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"))
    with database.writing() as connection:
        store.add(connection, "room", "K7FQ", "digest", RoomState())

        def late(state: RoomState, now: float) -> RoomState:
            store.change(connection, "room", lambda state, now: states.obeyed(state, commands.Names(on=True), now))
            return states.obeyed(state, commands.Admit(how="nod"), now)

        with pytest.raises(store.ConflictError):
            store.change(connection, "room", late)
        store.change(connection, "room", lambda state, now: states.obeyed(state, commands.Admit(how="nod"), now))
        room = store.read(connection, "room")
    assert room is not None and room.version == 3 and room.state.names and room.state.admit == "nod"
    database.close()
