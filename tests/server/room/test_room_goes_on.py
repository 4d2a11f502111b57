"""A class goes on: who comes late, reloads, or finds the server killed and started again loses no vote; none counts twice."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kept_databases import sql
from live_server import Live
from processes import ServerProcess, kill
from room_pages import Class, RoomPage
from sqlalchemy import event

from server.bus.in_process import InProcess
from server.keeping.database import Database
from server.room.kept import store
from server.room.kept.answers import Ballot
from server.room.service import Rooms
from server.room.state import RoomState
from server.settings import Settings


def test_who_comes_late_lands_on_what_is_asked(live: Live) -> None:
    with Class(live, learners=1) as group:
        number = group.ask("one", "two")
        group.learners[0].do("vote", question=number, round=1, answer=1)
        with RoomPage(live) as late:
            late.do("enter", code=f" {group.code.lower()} ")
            room = late.told(lambda room: room["phase"] == "vote" and room["here"] == 2)
            assert room["question"]["texts"] == ["one", "two"] and room["answered"] == 1
            assert not late.told_me(lambda me: True)["mine_known"]
            late.do("vote", question=number, round=1, answer=None)
            assert late.told_me(lambda me: me["mine_known"])["mine"] is None
        group.screen.told(lambda room: room["here"] == 1 and room["answered"] == 2)


def test_who_reloads_is_the_same_and_keeps_its_vote(live: Live) -> None:
    with Class(live, learners=1) as group:
        number = group.ask()
        group.learners[0].do("vote", question=number, round=1, answer=1)
        group.screen.do("new_code")
        with RoomPage(live) as again:
            entered = again.do("enter", code=group.code, key=group.entered[0]["key"])
            assert entered["member"] == 1 and entered["name"] == group.entered[0]["name"]
            again.told_me(lambda me: me["mine"] == 1)
            again.do("vote", question=number, round=1, answer=0)
        with RoomPage(live) as teacher:
            entered = teacher.do("enter", code=group.code, key=group.key, **{"as": "screen"})
            assert entered["code"] != group.code
            told = teacher.told(lambda room: room["answered"] == 1 and room["code"] == entered["code"])
            assert told["phase"] == "vote"
            group.learners[0].do("leave")
            teacher.told(lambda room: room["members"] == [])
        with RoomPage(live) as stranger:
            assert stranger.refused("enter", code=group.code) == "unknown_room"
            assert stranger.refused("enter", code=group.code, key=group.entered[0]["key"]) == "removed"
            group.screen.do("expire_code")
            assert stranger.refused("enter", code=entered["code"]) == "unknown_room"


def back(port: int, page: dict[str, Any], code: str, **more: Any) -> RoomPage:
    found = RoomPage(SimpleNamespace(port=port))  # type: ignore[arg-type]
    found.do("enter", code=code, key=page["key"], **more)
    return found


@pytest.mark.slow(seconds=10)
def test_a_server_killed_between_two_votes_loses_none(tmp_path: Path) -> None:
    """And one in the midst of a vote: what was answered was written."""
    url = f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"
    with ServerProcess(url) as server:
        group = Class(SimpleNamespace(port=server.port), learners=3)  # type: ignore[arg-type]
        number = group.ask("one", "two", right=1)
        for page, answer in zip(group.learners, (0, 1, 1), strict=True):
            page.do("vote", question=number, round=1, answer=answer)
        group.screen.do("close_vote")
        group.screen.do("vote_again")
        group.learners[0].do("vote", question=number, round=2, answer=1)
        group.learners[1].send("vote", question=number, round=2, answer=0)  # which may or may not have been written
        server.kill()
    with ServerProcess(url) as server:
        screen = back(server.port, {"key": group.key}, group.code, **{"as": "screen"})
        learners = [back(server.port, each, group.code) for each in group.entered]
        told = learners[0].told(lambda room: room["phase"] == "vote")
        assert told["round"] == 2 and told["answered"] in (1, 2)
        learners[0].told_me(lambda me: me["mines"] == [{"round": 1, "answer": 0}, {"round": 2, "answer": 1}])
        for page, answer in zip(learners[1:], (1, 1), strict=True):
            page.do("vote", question=number, round=2, answer=answer)
        screen.do("close_vote")
        screen.do("reveal")
        reveal = learners[2].told(lambda room: room["phase"] == "revealed")["reveal"]
        assert [each["counts"] for each in reveal["rounds"]] == [[1, 2], [0, 3]] and reveal["changed"] == 1
        for page in (screen, *learners):
            page.close()
        server.send(signal.SIGTERM)
        kill(server.process.pid)
    group.__exit__()


def test_a_class_of_two_hundred_votes_in_few_transactions(url: str) -> None:
    """All within two seconds is complete within one: printed. Each is written when it is answered, and counts once."""
    asyncio.run(_two_hundred(url))


async def _two_hundred(url: str) -> None:
    database = Database(Settings(database_url=url))
    rooms = Rooms(Settings(), database, InProcess())
    begun: list[object] = []
    try:
        await rooms.writing(_class_of(200))
        event.listen(database.open(), "begin", begun.append)
        start = time.perf_counter()
        waiting = [rooms.votes.put(Ballot("room", 1, 1, member, member % 3)) for member in range(1, 201) for _ in range(2)]
        refusals = await asyncio.gather(*waiting)
        spent = time.perf_counter() - start
        print(f"\n{url.partition(':')[0]}: 400 votes of 200 learners written in {spent:.3f} s, {len(begun)} transactions")
        assert refusals == [None] * 400 and len(begun) <= 4
        assert (await rooms.votes.put(Ballot("room", 1, 2, 1, 0))) is not None, "of a round that is not open"
        assert (await rooms.votes.put(Ballot("room", 1, 1, 999, 0))) is not None, "of nobody"
        assert sql(url, "SELECT count(*) FROM room_votes") == [(200,)]
        found = await rooms.reading(lambda connection: store.read(connection, "room"))
        assert found is not None and found.answers(1, 1) == {member: member % 3 for member in range(1, 201)}
    finally:
        await rooms.close()
        database.close()


def _class_of(learners: int) -> Callable[[Any], None]:
    def made(connection: Any) -> None:
        state = RoomState(phase="vote", round=1, question=1, asked=1, votes=2)
        store.add(connection, "room", "K7FQ", "digest", state)
        store.put_question(
            connection, "room", 1, {"number": 1, "kind": "choose", "ask": "", "texts": ["a", "b", "c"], "votes": 2}
        )
        for number in range(1, learners + 1):
            store.add_member(connection, "room", f"digest {number}", f"name {number}", "in")

    return made


@pytest.mark.sqlite_first(seconds=6)
def test_two_processes_obey_one_room(serve: Callable[[Settings], Live], url: str) -> None:
    """They have no bus between them here: each looks by itself, a few seconds later; nothing is done twice."""
    one, other = (serve(Settings(database_url=url)) for _ in range(2))
    with Class(one, learners=1) as group, RoomPage(other) as remote, RoomPage(other) as learner:
        remote.do("enter", code=group.code, key=group.key, **{"as": "remote"})
        member = learner.do("enter", code=group.code)["member"]
        number = group.ask()
        learner.told(lambda room: room["phase"] == "vote")
        learner.do("vote", question=number, round=1, answer=1)
        group.learners[0].do("vote", question=number, round=1, answer=0)
        told = remote.told(lambda room: room["answered"] == 2 and room["here"] == 2)
        assert member == 2 and told["counts"]["of"]["counts"] == [1, 1]
        remote.do("close_vote")
        assert group.screen.refused("close_vote") == "not_now"
        group.screen.do("reveal")
        remote.told(lambda room: room["phase"] == "revealed")
