"""Who may do what in a room, and what is told to whom."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from live_server import Live
from room_pages import Class, Event, RoomPage

from server.protocol.base import name_of
from server.protocol.room import commands
from server.room import tries
from server.settings import Settings
from server.wire import limits

VALID: dict[str, dict[str, Any]] = {
    "enter": {"code": "AAAA"},
    "rename": {"name": "somebody"},
    "vote": {"question": 1, "round": 1, "answer": 0},
    "offer": {"offered": True},
    "show": {"view": {"room": "train"}},
    "ask": {"source": "words", "ask": "Which?", "choices": ["this", "that"]},
    "counts_by_hand": {"round": 1, "counts": [1, 2, 3]},
    "eyes_up": {"on": True},
    "your_turn": {"on": True},
    "wall": {"on": True},
    "collect": {"on": True},
    "board": {"on": True, "title": "Best", "of": "test_loss"},
    "admit": {"how": "closed"},
    "let_in": {"member": 1},
    "remove": {"member": 1},
    "names": {"on": True},
    "play": {"on": True},
    "results": {"format": "csv"},
}
"""Fields with which a command is valid."""
MODELS = {name_of(model): model for model in commands.COMMANDS}


@pytest.fixture
def hurried(serve: Callable[[Settings], Live]) -> Live:
    """A server on which nobody is too fast."""
    return serve(Settings(database_url="sqlite://", max_room_rate=1000))


def test_a_learner_gives_no_command_of_the_teacher(hurried: Live) -> None:
    with Class(hurried) as group:
        learner, before = group.learners[0], group.screen.told(lambda room: room["here"] == 2)
        teachers = [name for name, model in MODELS.items() if "remote" in model.of or "screen" in model.of]
        for name in teachers:
            if name != "ping":
                assert learner.refused(name, **VALID.get(name, {})) == "not_yours", name
        assert len(teachers) > 20
        group.screen.do("ping")
        assert group.screen.room == before, "nothing of it was done"


def test_a_teacher_does_not_vote_and_only_the_screen_shows(hurried: Live) -> None:
    with Class(hurried) as group:
        learners = [name for name, model in MODELS.items() if model.of == commands.LEARNER]
        assert len(learners) > 4
        for name in learners:
            assert group.remote.refused(name, **VALID.get(name, {})) == "not_yours", name
        assert group.remote.refused("show", **VALID["show"]) == "not_yours"
        group.screen.do("show", **VALID["show"])


def test_nothing_is_obeyed_before_one_has_entered(hurried: Live) -> None:
    with RoomPage(hurried) as page:
        for name in MODELS.keys() - {"open", "enter", "ping"}:
            assert page.refused(name, **VALID.get(name, {})) == "not_entered", name
        page.do("ping")
        assert page.room == {} and page.me == {}


def test_a_key_opens_what_it_was_given_for(live: Live) -> None:
    with Class(live) as group, Class(live) as other:
        own, foreign = group.entered[0]["key"], other.key
        for role in ("screen", "remote"):
            with RoomPage(live) as page:
                for key in (own, own[:-1], "x" * 22, group.code, ""):
                    given = {"key": key} if key else {}
                    assert page.refused("enter", code=group.code, **given, **{"as": role}) in ("unknown_room", "invalid")
        with RoomPage(live) as page:  # another room's teacher is that room's, whatever code it says
            assert page.do("enter", code=group.code, key=foreign, **{"as": "screen"})["room"] == other.room
        with RoomPage(live) as page:  # a teacher's key makes no learner
            assert page.do("enter", code=group.code, key=group.key)["member"] == 3
        with RoomPage(live) as page:  # who guesses a learner's key is a new one
            assert page.do("enter", code=group.code, key=own[:-1] + "A")["member"] in (1, 4)


def test_nobody_votes_twice_or_for_another(live: Live) -> None:
    with Class(live) as group:
        first, second = group.learners
        number = group.ask()
        with RoomPage(live) as again:  # another page of the same learner
            assert again.do("enter", code=group.code, key=group.entered[0]["key"])["member"] == 1
            for page, answer in ((first, 0), (again, 1), (first, 1), (again, 0)):
                page.do("vote", question=number, round=1, answer=answer)
            for extra in ({"member": 2}, {"key": group.entered[1]["key"]}, {"name": "x"}):
                assert first.refused("vote", question=number, round=1, answer=1, **extra) == "invalid"
            told = group.remote.told(lambda room: room["counts"] and room["counts"]["of"]["counts"] == [1, 0])
            assert told["answered"] == 1
            for wrong in (2, -1, 0.5, [0], [], 1e308, 2**40):
                assert second.refused("vote", question=number, round=1, answer=wrong) == "invalid", wrong
            assert second.refused("vote", question=number, round=2, answer=0) == "closed"
            assert second.refused("vote", question=number + 1, round=1, answer=0) == "closed"
            assert not second.told_me(lambda me: True)["mine_known"]


KNOWN = ("reveal", "before", "counts", "advice")
"""What is null until the reveal."""


def test_no_count_and_no_answer_is_told_before_the_reveal(live: Live) -> None:
    """Every message that any page but the phone was sent is walked."""
    with Class(live, learners=3) as group:
        number = group.ask("one", "two", "three", right=2)
        group.all_told(lambda room: room["phase"] == "vote")
        for page, answer in zip(group.learners, (2, 2, None), strict=True):
            page.do("vote", question=number, round=1, answer=answer)
        group.all_told(lambda room: room["answered"] == 3)
        group.remote.do("close_vote")
        group.all_told(lambda room: room["phase"] == "talk")
        group.remote.do("vote_again")
        group.all_told(lambda room: room["round"] == 2)
        for page, answer in zip(group.learners, (1, 2, 2), strict=True):
            page.do("vote", question=number, round=2, answer=answer)
        group.remote.do("counts_by_hand", round=2, counts=[4, 5, 6, 7])
        group.remote.do("close_vote")
        group.all_told(lambda room: room["phase"] == "voted")
        for place, page in enumerate((group.screen, *group.learners)):
            events = [json.loads(text) for text in page.texts]
            rooms = [event for event in events if event["type"] == "room" and event["question"]]
            assert {room["phase"] for room in rooms} == {"vote", "talk", "voted"}
            for room in rooms:
                assert all(room[name] is None for name in KNOWN)
                assert not {"truth", "right", "judge", "ref", "by_hand"} & room["question"].keys()
                assert room["answered"] <= 3 + 22
            mine = [event for event in events if event["type"] == "me"]
            assert all(event["member"] == place for event in mine) and bool(mine) == (page is not group.screen)
            others = {"name", "members"} if page is not group.screen else set()
            assert all(room.get(name) is None for room in rooms for name in others)
            names = [each["name"] for each in group.entered]
            for text in page.texts:
                if page is not group.screen:
                    assert not any(name in text for name in names if name != page.me["name"])
        group.screen.do("reveal")
        told = group.learners[0].told(lambda room: room["phase"] == "revealed")
        assert told["reveal"]["rounds"][1]["counts"] == [4, 6, 8] and told["counts"] is None


def test_who_waits_is_told_nothing_and_who_was_removed_is_out(live: Live) -> None:
    with Class(live, learners=1, title="A quiet room") as group:
        group.screen.do("admit", how="nod")
        group.screen.do("show", view={"room": "train", "words": "what all see"})
        number = group.ask()
        with RoomPage(live) as page:
            entered = page.do("enter", code=group.code)
            assert page.told_me(lambda me: True)["state"] == "waiting"
            assert (
                page.told(lambda room: True)["title"] == "A quiet room"
                and page.room["question"] is None
                and page.room["seen"] is None
            )
            assert page.room["code"] is None and "what all see" not in "".join(page.texts)
            for name in ("vote", "offer", "own"):
                assert page.refused(name, **VALID.get(name, {})) == "not_entered"
            told = group.screen.told(lambda room: any(each["state"] == "waiting" for each in room["members"]))
            assert [each["member"] for each in told["members"]] == [1, 2]
            group.remote.do("let_in", member=2)
            page.told(lambda room: room["question"] is not None and room["seen"]["words"] == "what all see")
            page.do("vote", question=number, round=1, answer=1)
            group.remote.told(lambda room: room["counts"] and room["counts"]["of"]["counts"] == [0, 1])
            group.remote.do("remove", member=2)
            page.told_me(lambda me: me["state"] == "removed")
            assert page.refused("vote", question=number, round=1, answer=1) == "not_entered"
            group.remote.told(lambda room: room["counts"] and room["counts"]["of"]["counts"] == [0, 0])
        with RoomPage(live) as page:
            assert page.refused("enter", code=group.code, key=entered["key"]) == "removed"
            group.screen.do("admit", how="closed")
            assert page.refused("enter", code=group.code) == "closed"
            assert page.do("enter", code=group.code, key=group.entered[0]["key"])["member"] == 1


HOSTILE = ("<script>alert(1)</script>", "a\u202eb", "x" * 25, "   ", "--", "a\nb\u0000", "a&b", '"', "=1+1", "\u200b")


def test_hostile_names_and_words_are_inert(live: Live) -> None:
    with Class(live, learners=2, title="<img src=x onerror=alert(1)>") as group:
        first, second = group.learners
        for name in HOSTILE:
            assert first.refused("rename", name=name) == "invalid", name
            time.sleep(0.05)
        assert first.do("rename", name="  Zo\u00eb   O'Neil-2 ")["name"] == "Zo\u00eb O'Neil-2"
        assert second.refused("rename", name="zo\u00cb o'neil-2") == "invalid", "two that look alike"
        group.ask("=HYPERLINK(1)", "<svg onload=alert(1)>", ask="</script><script>alert(1)</script>", right=None)
        told = first.told(lambda room: room["question"])["question"]
        assert "<" not in told["ask"] + "".join(told["texts"]) and told["texts"][1] == "&lt;svg onload=alert(1)&gt;"
        first.do("vote", question=1, round=1, answer=0)
        group.screen.do("close_vote")
        page = group.screen.do("results", format="page")["text"]
        body = page[page.index("</style>") :]
        assert "<script" not in page and "<svg" not in page and "<img" not in page and "&lt;img src=x" in body
        text = group.screen.do("results", format="csv")["text"]
        assert "'=HYPERLINK(1)" in text and "Zo\u00eb" not in text


def test_codes_are_not_found_by_trying(serve: Callable[[Settings], Live], monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty tries in vain at once; a class that comes in from the same address costs none."""
    now = [time.monotonic()]  # it stands still: one every six seconds comes back, however long this takes
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: now[0]))
    live = serve(Settings(database_url="sqlite://", max_room_rate=1000))
    with Class(live, learners=0) as group, RoomPage(live) as guesser:
        codes = [code for code in ("AAAA", "BBBB", "CCCC", "DDDD", "EEEE", "FFFF") if code != group.code]
        assert [guesser.refused("enter", code=codes[0]) for _ in range(20)] == ["unknown_room"] * 20
        monkeypatch.setattr(tries, "PATIENCE", 60.0)
        school = [group.page() for _ in range(40)]
        ids = [page.send("enter", code=group.code.lower()) for page in school]
        answers = [page.until(lambda event, id=id: event.get("id") == id) for page, id in zip(school, ids, strict=True)]
        assert sorted(answer["result"]["member"] for answer in answers) == list(range(1, 41)), "who come at once, too"
        key, member = answers[0]["result"]["key"], answers[0]["result"]["member"]
        monkeypatch.setattr(tries, "PATIENCE", 0.2)
        refusals = [guesser.refused("enter", code=codes[number % 5]) for number in range(16)]
        assert refusals == ["unknown_room"] * 10 + ["limit"] * 6, "30 in all"
        now[0] += 11.9
        refusals = [guesser.refused("enter", code=codes[number % 5]) for number in range(3)]
        assert refusals == ["unknown_room", "limit", "limit"], "and 10 a minute"
        assert group.page().refused("enter", code=group.code) == "limit"
        with RoomPage(live) as page:  # who has a key needs no try
            assert page.do("enter", code=group.code, key=key)["member"] == member
        with RoomPage(live) as page:
            assert page.do("enter", code=group.code, key=group.key, **{"as": "remote"})["room"] == group.room
        monkeypatch.setattr(tries, "PATIENCE", 60.0)
        late = group.page()
        id = late.send("enter", code=group.code)
        now[0] += 1.0
        answer = late.until(lambda event: event.get("id") == id)
        assert answer["result"]["member"] == 41, "a good code waits for a try, and comes in"


def test_who_sends_too_much_is_answered_and_not_obeyed(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: now))  # so that nothing is allowed anew meanwhile
    with Class(live, learners=1) as group:
        page = group.learners[0]
        ids = [page.send("offer", offered=bool(number % 2)) for number in range(80)]
        answers: dict[int, Event] = {}
        while len(answers) < len(ids):
            event = page.receive()
            if event is not None and event["type"] in ("done", "error"):
                answers[event["id"]] = event
        refused = [answer for answer in answers.values() if answer["type"] == "error"]
        assert answers.keys() == set(ids) and len(refused) > 30 and {answer["code"] for answer in refused} == {"limit"}


def test_rooms_have_limits(serve: Callable[[Settings], Live]) -> None:
    limits = {"max_rooms": 2, "max_room_members": 2, "max_room_questions": 1, "max_room_words": 20, "max_rooms_opened": 3}
    live = serve(Settings(database_url="sqlite://", max_room_sockets_per_address=12, **limits))
    with Class(live, learners=2) as group, Class(live, learners=0), RoomPage(live) as page:
        assert page.refused("enter", code=group.code) == "limit"
        assert page.refused("open") == "limit"
        answer = group.screen.ask("ask", source="words", ask="x" * 21, choices=["a", "b"])
        assert (answer["code"], answer["field"]) == ("limit", "ask") and "20" in answer["allowed"]
        answer = group.screen.ask("ask", source="words", ask="x", choices=["a", "b" * 21])
        assert answer["field"] == "choices.1"
        group.ask()
        group.screen.do("drop_question")
        assert group.screen.ask("ask", source="words", ask="x", choices=["a", "b"])["code"] == "limit"
        assert page.refused("open") == "limit", "three were opened within the hour"
