"""A session: its numbers are the trainer's, bad input changes nothing, sessions are apart, and a stumble is not the end."""

from __future__ import annotations

import pytest
from live_server import Live
from pages import Page, parameters, same
from session_runs import FLAT, begun, trainer


def test_numbers_are_those_of_a_trainer_run_directly(live: Live) -> None:
    """Configure, step, edit, seek, fork, undo, redo, reset: every state bit for bit."""
    direct = trainer()
    rate = {"kind": "set", "path": "optimizer.lr", "value": 0.2}
    weight = {"kind": "weight", "name": "W1", "index": [1, 0], "value": -0.75}
    with Page(live.socket) as page:
        begun(page, "parameters")

        def agree() -> None:
            state = page.state
            assert (state["step"], state["branch"]) == (direct.steps_done, direct.branch)
            assert state["end"] == direct.end and state["epoch"] == direct.epoch
            assert same(parameters(page), direct.named_parameters)

        agree()
        for count in (1, 36, 500):
            page.do("step", count=count)
            direct.step(count)
            agree()
        page.do("edit", edit=rate)
        direct.edit(rate)
        page.do("step", count=100)
        direct.step(100)
        agree()
        for target in (537, 41, 600, 0, 637):
            page.do("seek", step=target)
            direct.seek(target)
            agree()
        page.do("seek", step=300)
        direct.seek(300)
        page.do("edit", edit=weight)
        direct.edit(weight)
        assert page.state["branch"] == direct.branch
        script = [event for event in page.events if event["type"] == "script"][-1]
        assert [edit["step"] for edit in script["edits"]] == [edit.step for edit in direct.edits]
        assert [edit["label"] for edit in script["edits"]] == [edit.describe() for edit in direct.edits]
        assert len(script["branches"]) == len(direct.branches) and script["can_undo"] is True
        page.do("step", count=50)
        direct.step(50)
        agree()
        for command in ("undo", "redo"):
            page.do(command)
            getattr(direct, command)()
            agree()
        page.do("reset")
        assert page.state["run"] == 3
        direct = trainer()
        agree()
        page.do("step", count=200)
        direct.step(200)
        agree()


def test_a_run_played_in_slices_is_the_run_made_at_once(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("play", speed=FLAT)
        page.until_state(lambda state: state["step"] > 20_000)
        page.do("pause")
        direct = trainer()
        direct.step(page.state["step"])
        assert same(parameters(page), direct.named_parameters)


def test_configure_with_a_bad_spec_changes_nothing(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("play", speed=FLAT)
        run = page.state["run"]
        assert page.ask("configure", spec={"optimizer": {"lr": "fast"}})["type"] == "error"
        before = page.state["step"]
        page.until_state(lambda state: state["step"] > before + 1000)
        assert page.state["run"] == run and page.state["status"] == "playing"


def test_an_edit_while_playing_takes_hold_and_play_goes_on(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("play", speed=FLAT)
        page.until_state(lambda state: state["step"] > 100)
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.01})
        script = [event for event in page.events if event["type"] == "script"][-1]
        at = script["edits"][0]["step"]
        assert script["spec"]["optimizer"]["lr"] == 0.01
        page.until_state(lambda state: state["step"] > at + 100)
        page.do("pause")
        direct = trainer()
        direct.step(at)
        direct.edit({"kind": "set", "path": "optimizer.lr", "value": 0.01})
        direct.step(page.state["step"] - at)
        assert same(parameters(page), direct.named_parameters)


def test_sessions_do_not_disturb_each_other(live: Live) -> None:
    with Page(live.socket) as one, Page(live.socket) as two:
        for page in (one, two):
            begun(page, "parameters", "maps")
        one.do("play", speed=FLAT)
        two.do("play", speed=FLAT)
        two.until_state(lambda state: state["step"] > 3000)
        one.until_state(lambda state: state["step"] > 3000)
        for page in (one, two):
            page.do("pause")
            direct = trainer()
            direct.step(page.state["step"])
            assert same(parameters(page), direct.named_parameters)


def test_a_session_that_stumbles_gets_up(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    with Page(live.socket) as page:
        begun(page, "parameters")
        with monkeypatch.context() as patch:
            patch.setattr("server.session.session.due", broken)
            page.send("play", speed=FLAT)
            error = page.until(lambda event: event["type"] == "error")
            assert error["code"] == "internal" and "secret" not in error["message"]
        page.do("step", count=5)
        assert page.state["status"] == "paused" and parameters(page)
