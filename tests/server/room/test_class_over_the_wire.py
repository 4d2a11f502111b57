"""A lesson led from end to end, over both sockets: what the room tells is what the engine measures in the teacher's session."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from live_server import Live
from pages import Page
from room_pages import Class, RoomPage

from engine import RunSpec, Trainer
from server.lessons.library import library
from server.room.lead.links import unpacked
from server.room.lead.pictures import GRID
from server.wire.frames import decode

SPEC: dict[str, Any] = {"data": {"name": "xor"}, "network": {"layers": [{"units": 4}]}, "seed": 3}


def card_with_a_twin() -> tuple[str, int]:
    for id in (id for course in library().courses for id in course.lessons):
        for place, card in enumerate(library().read(id).lesson.cards):
            asked = card.question
            if (
                asked is not None
                and asked.twin
                and asked.kind == "choose"
                and card.situation is not None
                and card.situation.run
            ):
                return id, place
    raise AssertionError("no such card")


def leads(page: Page, room: Class) -> None:
    page.run_info()
    assert page.do("room_lead", code=room.code, key=room.key)["result"] == {"room": room.room}
    room.screen.do("show", view={"room": "train", "title": "", "words": "", "link": ""})
    room.screen.told(lambda told: told["line"] == "lead")


def follow(page: RoomPage, wanted: Any) -> Any:
    """The newest picture that a learner was sent, once it is as wanted."""
    while True:
        for frame in reversed(page.frames):
            header, arrays = decode(frame)
            if header["channel"] == "follow" and wanted(header):
                return header, arrays
        page.receive()


def test_a_question_of_a_lesson_is_voted_on_twice_and_then_its_twin(live: Live) -> None:
    lesson, place = card_with_a_twin()
    with Class(live) as room, Page(live.socket) as page, Page(live.socket) as alone:
        leads(page, room)
        page.do("lesson", lesson=lesson, card=place)
        alone.run_info()
        alone.do("lesson", lesson=lesson, card=place)
        truth = alone.do("lesson_answer", answer=None)["result"]["truth"]
        number = room.screen.do("ask", source="card")["question"]
        one, two = room.learners
        for learner in (one, two):
            learner.told(lambda told: told["phase"] == "vote")
        wrong = (truth + 1) % len(one.room["question"]["texts"])
        one.do("vote", question=number, round=1, answer=truth)
        two.do("vote", question=number, round=1, answer=wrong)
        assert page.ask("lesson_answer", answer=None)["code"] == "locked", "the teacher's page does not tell it either"
        room.screen.do("close_vote")
        room.screen.do("vote_again")
        two.told(lambda told: told["round"] == 2)
        two.do("vote", question=number, round=2, answer=truth)
        one.do("vote", question=number, round=2, answer=truth)
        room.screen.do("close_vote")
        assert not any(
            '"truth":' in text and f'"truth":{truth}' in text for text in (*one.texts, *two.texts, *room.screen.texts)
        )
        room.screen.do("reveal")
        reveal = one.told(lambda told: told["reveal"] is not None)["reveal"]
        assert reveal["truth"] == truth and [each["right"] for each in reveal["rounds"]] == [0.5, 1.0]
        told = page.until(lambda event: event["type"] == "lesson" and event["verdict"] is not None)
        assert told["verdict"]["truth"] == truth and told["verdict"]["said"] and not told["locked"]
        room.screen.do("twin")
        one.told(lambda told: told["phase"] == "vote" and told["question"]["twin"])
        room.screen.do("close_vote")
        room.screen.do("reveal")
        reveal = one.told(lambda told: told["reveal"] is not None and told["reveal"]["question"]["twin"])["reveal"]
        assert reveal["truth"] is not None


def test_a_learner_follows_goes_on_alone_and_takes_its_turn(live: Live) -> None:
    with Class(live) as room, Page(live.socket) as page, Page(live.socket) as own:
        leads(page, room)
        page.do("configure", spec=SPEC)
        page.do("step", count=30)
        witness = Trainer(RunSpec.model_validate(SPEC))
        witness.advance(30)
        header, arrays = follow(room.learners[0], lambda header: header["step"] == 30)
        found = witness.unit_maps(GRID, slice(-1, None))
        assert found is not None and np.array_equal(arrays["map"], found.maps[0])
        assert header["meta"]["train_loss"] == witness.evaluate("train").loss
        # Own screen: the same state.
        learner, key = room.learners[0], room.entered[0]["key"]
        fields = dict(parse_qsl(learner.do("own")["link"][1:]))
        assert fields["class"] == room.code
        own.run_info()
        own.do("load", script=unpacked(fields["s"]))
        own.do("subscribe", channels=["parameters"])
        _, parameters = own.frame("parameters", lambda header: header["step"] == 30)
        assert all(np.array_equal(parameters[name], value) for name, value in witness.named_parameters.items())
        own.do("room_take_part", code=room.code, key=key)
        # Eyes up: it is still.
        room.screen.do("eyes_up", on=True)
        own.until(lambda event: event["type"] == "room_part_info" and event["eyes_up"] is not None)
        assert own.ask("step")["code"] == "locked" and learner.refused("own") == "locked"
        room.screen.do("eyes_up", on=False)
        own.until(lambda event: event["type"] == "room_part_info" and event["eyes_up"] is None)
        # Your turn, with seeds: the run begins from its own.
        room.screen.do("your_turn", on=True, seeds=True)
        told = own.until(lambda event: event["type"] == "room_part_info" and event["seed"] is not None)
        own.until(lambda event: event["type"] == "run" and event["spec"]["seed"] == told["seed"])
        assert learner.told_me(lambda me: me["seed"] is not None)["seed"] == told["seed"]
        # The wall: its piece, and put up once it is offered.
        room.screen.do("wall", on=True)
        number = room.entered[0]["member"]
        pieces: list[dict[str, Any]] = []
        while not pieces or pieces[-1]["seed"] != told["seed"]:
            room.screen.receive()
            pieces += [
                row
                for frame in room.screen.frames
                if decode(frame)[0]["channel"] == "wall"
                for row in decode(frame)[0]["meta"]["pieces"]
            ]
        assert pieces[-1]["member"] == number
        assert room.screen.refused("put_up", member=number) == "not_offered"
        own.do("room_offer", offered=True)
        room.screen.do("put_up", member=number)
        shown = room.screen.told(lambda told: told["put_up"] is not None)["put_up"]
        assert shown["seed"] == told["seed"] and shown["link"].startswith("#s=")


@pytest.mark.parametrize("kind", ["number", "sign"])
def test_a_number_in_view_is_asked_and_revealed(live: Live, kind: str) -> None:
    with Class(live) as room, Page(live.socket) as page:
        leads(page, room)
        page.do("configure", spec=SPEC)
        page.do("step", count=5)
        witness = Trainer(RunSpec.model_validate(SPEC))
        witness.advance(5)
        loss = witness.evaluate("train").loss
        number = room.screen.do("ask", source="number", of="loss(train)", ask="How large is the loss?", kind=kind)["question"]
        one, two = room.learners
        for learner, answer in ((one, loss if kind == "number" else 1), (two, -1)):
            learner.told(lambda told: told["phase"] == "vote")
            learner.do("vote", question=number, round=1, answer=answer)
        room.screen.do("close_vote")
        room.screen.do("reveal")
        reveal = two.told(lambda told: told["reveal"] is not None)["reveal"]
        assert reveal["value"] == loss and reveal["rounds"][0]["right"] == 0.5
