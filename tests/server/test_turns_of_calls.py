"""A command that takes long stops nobody else, and whoever sent it may have it left."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable

import pytest
from live_server import Live
from network_pages import begun as race_begun
from pages import Page, parameters, same
from session_runs import begun, trainer

from engine.parts import give_way, giving_way
from server.protocol import Done
from server.race.network.plane import PlaneView
from server.race.surface.controller import SurfaceRaceController
from server.run import commands, sharing
from server.settings import Settings

RATE = {"kind": "set", "path": "optimizer.lr", "value": 0.01}


def test_an_export_stops_nobody_and_is_left_by_a_pause(
    serve: Callable[[Settings], Live], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two race pages on a server of one thread, the pictures never come to their end."""
    painting = threading.Semaphore(0)

    def endless(view: PlaneView) -> None:
        painting.release()
        while True:
            give_way()

    monkeypatch.setattr(PlaneView, "paint_all", endless)
    live = serve(Settings(database_url="sqlite://", threads=1))
    with Page(live.socket) as one, Page(live.socket) as two, Page(live.socket) as other:
        for page in (one, two):
            race_begun(page, [{"optimizer": {"name": "adam"}}])
            page.send("network_export", id=100, format="html")
            assert painting.acquire(timeout=60)
        begun(other, "parameters")
        for _ in range(5):
            other.do("step", count=10)
        assert other.state["step"] == 50 and other.frame("parameters", lambda header: header["step"] == 50)
        for page in (one, two):
            page.send("network_pause", id=101)
            assert page.until(lambda event: event.get("id") == 100)["code"] == "cancelled"
            assert page.until(lambda event: event.get("id") == 101)["type"] == "done"
            page.do("network_step", count=3)  # all is as it was


def test_a_quick_command_whose_turn_is_still_to_come_is_obeyed_before_a_pause(
    serve: Callable[[Settings], Live], monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked, go = threading.Event(), threading.Event()

    def blocking(run: object, format: str) -> str:
        blocked.set()
        assert go.wait(60)
        return ""

    monkeypatch.setattr(sharing, "_text", blocking)
    live = serve(Settings(database_url="sqlite://", threads=1))
    with Page(live.socket) as other, Page(live.socket) as page:
        begun(page, "parameters")
        page.do("step", count=3)
        page.do("edit", edit=RATE)
        session = live.app.state.sessions.find(page.attached["session"])
        other.send("export", format="curves")
        assert blocked.wait(60)
        page.send("undo", id=100)
        live.until(lambda: session._called is not None)
        page.send("pause", id=101)
        live.until(lambda: session._called is None or math.isfinite(session._called.left_after))  # the pause has come
        go.set()
        for id in (100, 101):
            assert page.until(lambda event, id=id: event.get("id") == id)["type"] == "done"
        page.do("redo")


def test_a_change_that_is_made_is_told_though_a_pause_comes_meanwhile(
    serve: Callable[[Settings], Live], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lane is there; that it takes long to tell of it is no reason to leave the page without."""
    describe, describing = SurfaceRaceController.describe, threading.Event()
    live = serve(Settings(database_url="sqlite://", threads=1))
    with Page(live.socket) as page:
        page.run_info()
        page.do("race")
        session = live.app.state.sessions.find(page.attached["session"])

        def slow(races: SurfaceRaceController) -> object:
            describing.set()
            job = session._called
            while job.left_after == math.inf or job.ran + time.monotonic() - job.since < 2 * job.left_after:
                give_way()
            give_way()
            return describe(races)

        monkeypatch.setattr(SurfaceRaceController, "describe", slow)
        lanes = len(session.find(SurfaceRaceController).present().lanes)
        page.send("race_lane_add", id=100, lane={"optimizer": {"name": "lion"}})
        assert describing.wait(60)
        page.send("race_pause", id=101)
        assert page.until(lambda event: event.get("id") == 100)["type"] == "done"
        assert page.until(lambda event: event.get("id") == 101)["type"] == "done"
        assert len(next(event for event in reversed(page.events) if event["type"] == "race")["lanes"]) == lanes + 1


def test_undo_redo_and_an_edit_that_take_long_are_seeks_with_the_same_bits(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "FLICKER", 0.0)  # nothing is soon done
    alone = trainer()
    alone.step(300)
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("step", count=300)
        for kind, fields in (
            ("edit", {"edit": RATE}),
            ("edit", {"edit": RATE | {"path": "regularization.l2"}}),
            ("undo", {}),
            ("undo", {}),
            ("redo", {}),
        ):
            page.do(kind, **fields)
            getattr(alone, kind)(*fields.values())
            assert page.state["step"] == alone.steps_done == 300 and page.state["branch"] == alone.branch
            assert same(parameters(page), dict(alone.named_parameters))
        assert any(event["type"] == "state" and event["status"] == "seeking" for event in page.events)


def test_an_edit_that_takes_long_lets_a_run_that_plays_play_on(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "FLICKER", 0.0)
    with Page(live.socket) as page:
        begun(page)
        page.do("step", count=100)
        page.do("edit", edit=RATE)
        page.do("play", speed={"unit": "steps", "rate": 0.01})  # one update now, the next in minutes
        page.do("edit", edit=RATE | {"path": "regularization.l2"})
        page.until_state(lambda state: state["status"] == "playing" and state["step"] >= 100)
        page.do("pause")


def test_a_long_answer_is_written_piece_by_piece_and_is_the_same() -> None:
    text = 'a "file" \\ of\nmany\u2028 lines, \x00 and \U0001f600\n' * 20_000
    done = Done(id="7", command="export", result={"name": "é.csv", "type": "text/csv", "text": text})
    assert done.long and not Done(command="step").long and not Done(command="share", result={"script": "{}"}).long
    pieces = 0

    def count() -> None:
        nonlocal pieces
        pieces += 1

    with giving_way(count):
        done.write()
    assert pieces >= 4
    assert json.loads(done.written()) == json.loads(done.model_dump_json())
    assert done.model_copy(update={"id": "8"}).model_dump_json() != done.written()
