"""Sequences of commands, valid and nearly so, drawn from the served schema, against a live server: whatever comes, each is
answered once, the session's state stays consistent, and it still plays in the end."""

from __future__ import annotations

import http.client
import itertools
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from live_server import Live
from pages import Page
from schema_strategies import Commands

from engine import RunSpec
from engine.script.replay import ScriptData
from server import activities

CODES = {"invalid", "limit", "too_large", "cancelled", "no_run", "no_race", "unknown_experiment"}
CODES |= {"no_lesson", "unknown_lesson", "locked", "unmeasured", "no_experiment", "unknown_room", "not_entered"}
NOT_HERE = {"attach", "acknowledge", "visible"}
"""Commands with a test of their own: of a socket rather than of a session."""

EVENTS = activities.vocabulary().events
CHANNELS = [row.name for kind in activities.registered() for row in kind.channels]
LANES = [{"optimizer": {"name": "sgd", "lr": 0.01}}, {"optimizer": {"name": "adam"}}]
PAUSES = ("pause", "race_pause", "network_pause", "study_cancel")


def schema_of(live: Live) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request("GET", "/api/protocol")
    found: dict[str, Any] = json.loads(connection.getresponse().read())["commands"]
    connection.close()
    return found


def machine_for(live: Live) -> type[RuleBasedStateMachine]:
    commands = Commands(schema_of(live))
    of_run = sorted(
        name for name in commands.commands if not name.startswith(("race", "network", "study")) and name not in NOT_HERE
    )
    of_races = sorted(name for name in commands.commands if name.startswith(("race", "network", "study")))
    assert len(of_run) > 20 and len(of_races) > 30

    class Learner(RuleBasedStateMachine):
        """One session."""

        def __init__(self) -> None:
            super().__init__()
            self.page = Page(live.socket)
            self.run = self.page.run_info()
            self.ids = itertools.count(1)
            self.asked: list[str] = []
            self.answers: Counter[str] = Counter()
            self.script: dict[str, Any] | None = None

        def send(self, command: dict[str, Any]) -> str:
            id = f"fuzz {next(self.ids)}"
            self.page.socket.send(json.dumps(command | {"id": id}))
            self.asked.append(id)
            return id

        def settle(self, *ids: str) -> None:
            """Until all are answered. What is under way is not waited for: a pause ends it, which is an answer too."""
            self.asked_for_pause = [
                self.send({"type": kind}) for kind in ("pause", "race_pause", "network_pause", "study_cancel")
            ]
            waiting = {*ids, *self.asked_for_pause}
            while waiting - set(self.answers):
                self.page.receive()
                self.look()

        def look(self) -> None:
            for event in self.page.events:
                EVENTS.validate_python(event)
                if event["type"] in ("done", "error"):
                    assert event["type"] == "done" or event["code"] in CODES, event
                    if event.get("id") is not None:
                        self.answers[event["id"]] += 1
                elif event["type"] == "run":
                    self.run = event
                elif event["type"] == "script":
                    self.script = event
            self.page.events.clear()

        @initialize(races=st.booleans(), channels=st.lists(st.sampled_from(CHANNELS), unique=True))
        def open(self, races: bool, channels: list[str]) -> None:
            """Most of what there is wants a race, and pictures are drawn while it all goes on."""
            self.send({"type": "subscribe", "channels": channels, "grid": 10})
            if races:
                self.send({"type": "race", "spec": {"lanes": LANES, "max_steps": 100}})
                self.send({"type": "race_step", "count": 5})
                self.send({"type": "network", "lanes": LANES})
                self.settle(self.send({"type": "network_step", "count": 5}))

        @rule(command=commands.valid(of_run))
        def run_command(self, command: dict[str, Any]) -> None:
            self.settle(self.send(command))

        @rule(command=commands.valid(of_races))
        def race_command(self, command: dict[str, Any]) -> None:
            self.settle(self.send(command))

        @rule(command=commands.near(of_run + of_races))
        def nearly(self, command: dict[str, Any]) -> None:
            self.settle(self.send(command))

        @rule(several=st.lists(commands.valid(of_run + of_races), min_size=2, max_size=5))
        def at_once(self, several: list[dict[str, Any]]) -> None:
            self.settle(*[self.send(command) for command in several])

        @rule()
        def play(self) -> None:
            self.settle(self.send({"type": "play", "speed": {"unit": "flat", "rate": 1}}))

        @rule(count=st.integers(1, 20))
        def step(self, count: int) -> None:
            id = self.send({"type": "step", "count": count})
            while id not in self.answers:
                self.page.receive()
                self.look()

        @rule()
        @precondition(lambda self: bool(self.page.state))
        def away_and_back(self) -> None:
            """The page is lost, and comes again."""
            session, state = self.page.attached["session"], self.page.state
            self.page.close()
            self.page = Page(live.socket, session)
            while not self.page.state:
                self.page.receive()
            self.look()
            assert {**self.page.state, "steps_per_second": None} == {**state, "steps_per_second": None}

        @invariant()
        def consistent(self) -> None:
            state = self.page.state
            if not state:
                return
            assert state["status"] != "playing" and state["run"] == self.run["run"]
            assert 0 <= state["step"] <= state["end"] <= max(state["max_steps"], state["end"])
            assert state["step"] <= state["max_steps"] or state["stop"] is None
            if self.script is not None and self.script["run"] == state["run"]:
                script = self.script
                assert script["branch"] == state["branch"] < len(script["branches"])
                assert [branch["branch"] for branch in script["branches"]] == list(range(len(script["branches"])))
                assert all(branch["fork"] <= branch["end"] for branch in script["branches"])
                assert [edit["step"] for edit in script["edits"]] == sorted(edit["step"] for edit in script["edits"])
                if self.run["spec"]["data"]["name"] != "inline":
                    RunSpec.model_validate(script["spec"])

        def teardown(self) -> None:
            try:
                self.settle()
                assert set(self.answers) == set(self.asked) and set(self.answers.values()) <= {1}, self.answers
                shared = self.page.ask("share")
                ScriptData.read(shared["result"]["script"])
                run = self.run["run"]
                self.page.do("configure", spec={"data": {"name": "xor"}})
                self.page.do("play", speed={"unit": "flat", "rate": 1})
                self.page.until_state(lambda state: state["run"] > run and state["step"] > 0)
            finally:
                self.page.close()

    return Learner


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("examples", [3, pytest.param(100, marks=pytest.mark.slow(seconds=30))])
def test_whatever_is_sent_is_answered_once_and_the_session_plays_on(live: Live, examples: int) -> None:
    run_state_machine_as_test(
        machine_for(live),
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            derandomize=True,
            database=None,
            deadline=None,
            # What fails is told as it is: making it shorter takes minutes, and is done where one looks for it.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
