"""A server that is killed in the midst of a vote: the teacher's session leads the room again by itself, and the lesson goes
on."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pages import Page
from processes import ServerProcess
from room_pages import RoomPage
from test_class_over_the_wire import card_with_a_twin


def page_of(server: ServerProcess) -> RoomPage:
    live: Any = SimpleNamespace(port=int(server.socket.rpartition(":")[2].partition("/")[0]))
    return RoomPage(live)


@pytest.mark.slow(seconds=20)
def test_the_session_leads_again_and_opens_its_card_at_the_reveal(tmp_path: Path) -> None:
    file = f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"
    lesson, place = card_with_a_twin()
    with ServerProcess(file) as first, Page(first.socket) as page, page_of(first) as screen, page_of(first) as learner:
        page.run_info()
        opened = screen.do("open")
        entered = learner.do("enter", code=opened["code"])
        page.do("room_lead", code=opened["code"], key=opened["key"])
        page.do("lesson", lesson=lesson, card=place)
        number = screen.do("ask", source="card")["question"]
        learner.do("vote", question=number, round=1, answer=0)
        time.sleep(3)  # so that what it was is kept
        session = page.attached["session"]
        first.kill()
    with (
        ServerProcess(file) as second,
        Page(second.socket, session) as page,
        page_of(second) as screen,
        page_of(second) as learner,
    ):
        told = page.until(lambda event: event["type"] == "room_part_info")
        assert told["role"] == "lead"
        screen.do("enter", code=opened["code"], key=opened["key"], **{"as": "screen"})
        learner.do("enter", code=opened["code"], key=entered["key"])
        screen.told(lambda told: told["line"] == "lead" and told["answered"] == 1)
        assert page.ask("lesson_answer", answer=None)["code"] == "locked"
        screen.do("close_vote")
        screen.do("reveal")
        assert learner.told(lambda told: told["reveal"] is not None)["reveal"]["truth"] is not None
        page.until(lambda event: event["type"] == "lesson" and event["verdict"] is not None)
        screen.do("drop_question")
        screen.do("your_turn", on=True, seeds=True)
        assert "s=" in learner.told(lambda told: told["turn"] is not None)["turn"]["link"]
