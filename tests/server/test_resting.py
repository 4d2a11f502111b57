"""What nobody looks at costs nothing, and goes on by itself when somebody does."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from live_server import Live
from pages import Page

from engine import RunSpec, Trainer
from server.protocol.run import Speed
from server.run.work import Play, Stepper
from server.session.pacer import Slice
from server.session.session import Session
from server.settings import Settings

Serve = Callable[[Settings], Live]
FLAT = {"unit": "flat"}
SPEC = {"data": {"name": "moons", "samples": 80}, "network": {"layers": [{"units": 4}]}}
PAUSE = 0.1


@pytest.fixture(scope="module")
def quick() -> Any:
    """A server where what is not looked at rests soon."""
    from live_server import serving

    with serving(Settings(database_url="sqlite://", unwatched_pause=PAUSE)) as live:
        yield live


def session_of(live: Live, page: Page) -> Session:
    found: Session | None = live.app.state.sessions.find(page.attached["session"])
    assert found is not None
    return found


def idle(live: Live, still: Session) -> bool:
    """Whether a session is not woken while another, which plays, has a hundred turns; what it is in the middle of may end, and
    what it did may be kept before."""
    with Page(live.socket) as other:
        other.run_info()
        other.do("play", speed=FLAT)
        busy = session_of(live, other)

        def had(turns: int) -> None:
            begun = busy.turns
            live.until(lambda: busy.turns > begun + turns)

        had(10)
        live.until(lambda: still.offer is None or math.isinf(still.recorder.wait(still, time.monotonic())))
        had(10)
        before = still.turns
        had(100)
        found = still.turns == before
        other.do("pause")  # reads what came meanwhile
        return found


def begun(page: Page, kind: str) -> Callable[[], int]:
    """Something plays; a function that tells how far it is."""
    page.run_info()
    page.do("configure", spec=SPEC)
    if kind == "run":
        page.do("play", speed=FLAT)
        return lambda: page.state["step"]
    prefix, state = ("race", "race_state") if kind == "race" else ("network", "network_state")
    page.do(prefix, **({"spec": None} if kind == "race" else {}))
    page.do(f"{prefix}_play", speed={"unit": "steps", "rate": 20})
    return lambda: next(event["step"] for event in reversed(page.events) if event["type"] == state)


def status(page: Page, kind: str) -> str:
    name = {"run": "state", "race": "race_state", "network race": "network_state"}[kind]
    return str(next(event["status"] for event in reversed(page.events) if event["type"] == name))


KINDS = ("run", "race", "network race")


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_that_no_page_is_attached_to_rests_and_goes_on_when_one_is(quick: Live, kind: str) -> None:
    with Page(quick.socket, close_timeout=0.1) as page:
        begun(page, kind)
        session = session_of(quick, page)
    quick.until(lambda: session.resting)
    assert idle(quick, session) and not session.playing and session.moving
    with Page(quick.socket, page.attached["session"]) as again:
        again.run_info()
        again.until(lambda event: event["type"].endswith("state") and event["status"] == "playing")
        assert status(again, kind) == "playing" and session.playing
        name = {"run": "state", "race": "race_state", "network race": "network_state"}[kind]
        first = next(event["step"] for event in again.events if event["type"] == name)
        again.until(lambda event: event["type"] == name and event["step"] > first)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hidden_page_rests_and_goes_on_when_it_is_shown(quick: Live, kind: str) -> None:
    with Page(quick.socket) as page:
        far = begun(page, kind)
        session = session_of(quick, page)
        page.do("visible", visible=False)
        quick.until(lambda: session.resting)
        assert idle(quick, session)
        page.do("visible", visible=False)  # again: nothing new
        assert session.resting
        page.do("visible", visible=True)
        assert not session.resting
        stood = far()
        name = {"run": "state", "race": "race_state", "network race": "network_state"}[kind]
        page.until(lambda event: event["type"] == name and event["step"] > stood)
        assert status(page, kind) == "playing"


def test_a_rest_is_no_part_of_the_play(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock of our own: at a thousand steps a second, an hour of rest is followed by one step, not by a burst."""
    now = [50.0]
    monkeypatch.setattr("server.session.clock.time.monotonic", lambda: now[0])
    trainer, slice = Trainer(RunSpec.model_validate(SPEC)), Slice(1.0, guess=1000)
    speed = Speed(unit="steps", rate=1000)
    work = Play(Stepper(trainer), speed)
    for _ in range(20):
        now[0] += 0.01
        work.advance(slice)
    stood = trainer.steps_done
    assert stood == 201 and work.meter.rate == pytest.approx(1000, rel=0.1)
    now[0] += 3600.0
    work.go_on(speed)
    work.advance(slice)
    assert trainer.steps_done == stood + 1
    now[0] += 0.01
    work.advance(slice)
    assert trainer.steps_done == stood + 11 and work.meter.rate == pytest.approx(1000, rel=0.2)


def test_no_picture_is_made_for_a_hidden_page_and_the_newest_when_it_is_shown(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counting(make: Any, run: Any, want: Any) -> Any:
        made.append(run.present().steps_done)
        return make(run, want)

    live.drawing(monkeypatch, "parameters", counting)
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        page.do("subscribe", channels=["parameters"])
        page.frame("parameters")
        page.do("visible", visible=False)
        count = len(made)
        page.do("step", count=500)
        page.do("play", speed=FLAT)
        page.until_state(lambda state: state["step"] > 1500)
        page.do("pause")
        assert len(made) == count
        page.do("visible", visible=True)
        header, _ = page.frame("parameters", lambda header: header["step"] == page.state["step"])
        assert header["step"] > 1500 and len(made) == count + 1


def test_a_number_of_steps_is_made_though_nobody_looks(quick: Live) -> None:
    with Page(quick.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        session = session_of(quick, page)
        page.do("visible", visible=False)
        quick.until(lambda: session.resting)
        page.do("step", count=3000)
        page.do("seek", step=1000)
        assert page.state["step"] == 1000 and session.resting


def test_a_page_that_is_paused_costs_nothing(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        page.do("subscribe", channels=["parameters", "maps", "series"])
        page.do("play", speed=FLAT)
        page.until_state(lambda state: state["step"] > 100)
        page.do("pause")
        page.frame("parameters", lambda header: header["step"] == page.state["step"])
        assert idle(live, session_of(live, page))
