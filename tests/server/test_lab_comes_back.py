"""What was asked of the lab outlives the server: it is begun again, about the run where that stands; what was ended stays so.
And beside an experiment under way, other sessions have their turns."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from lab_pages import COUNTED, DIFFERENCES, begun, ended, found, newest, registered, told
from live_server import Live, serving
from pages import Page
from session_runs import SPEC, trainer

from server.settings import Settings

SLOW = {"points": 100_000}


@pytest.fixture(autouse=True)
def rows() -> Iterator[None]:
    with registered():
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}")


def begins_again(settings: Settings, session: str, check_before: str) -> None:
    with serving(settings) as live, Page(live.socket, session) as page:
        page.do("subscribe", channels=["lab"])
        news = newest(page)
        assert (news["experiment"], news["number"], news["choices"]["steps"]) == ("descent", 2, 5), "a page knows it at once"
        news = ended(page, 2)
        assert news["status"] == "done" and news["on"] == {"run": news["on"]["run"], "step": 9}
        _, arrays = found(page, 2)
        alone = trainer()
        alone.step(14)
        assert np.array_equal(arrays["theta"], alone.machine.theta)


def test_what_was_found_is_found_again(settings: Settings) -> None:
    with serving(settings) as live, Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        page.do("step", count=9)
        begun(page, "differences", points=4)
        ended(page, begun(page, "descent", steps=5))
        session = page.attached["session"]
    begins_again(settings, session, "done")
    begins_again(settings, session, "twice")  # the number is the same however often


def test_what_was_under_way_is_begun_again_and_what_was_ended_is_not(settings: Settings) -> None:
    with serving(settings) as live, Page(live.socket) as page, Page(live.socket) as other, Page(live.socket) as third:
        begun(page, "differences", **SLOW)
        number = begun(other, "differences", **SLOW)
        other.do("lab_cancel")
        begun(third, "differences", points=4)
        third.do("lab_leave")
        sessions = [each.attached["session"] for each in (page, other, third)]
    with serving(settings) as live:
        with Page(live.socket, sessions[0]) as page:
            page.do("subscribe", channels=["lab"])
            page.frame("lab", lambda h: h["run"] == 1 and h["meta"]["lab"]["share"] > 0)
            assert newest(page)["status"] == "running" and newest(page)["choices"]["points"] == 100_000
        with Page(live.socket, sessions[1]) as page:
            news = page.events[-1] if page.events[-1]["type"] == "lab" else ended(page, number)
            assert (news["status"], news["experiment"], news["number"]) == ("cancelled", "differences", number)
        with Page(live.socket, sessions[2]) as page:
            page.run_info()
            page.do("subscribe", channels=["lab"])
            assert newest(page)["experiment"] is None and "lab" not in page.frames


def test_one_that_is_searched_goes_on_from_what_was_found(settings: Settings) -> None:
    """No cell is computed twice, and none is left out."""
    COUNTED.clear()
    with serving(settings) as live, Page(live.socket) as page:
        page.run_info()
        begun(page, "cells", cells=400, repeats=50_000)
        told(page, lambda event: event["share"] > 0.02)
        session = page.attached["session"]
    before = len(COUNTED)
    assert 0 < before < 400
    with serving(settings) as live, Page(live.socket, session) as page:
        told(page, lambda event: event["share"] > before / 400)
        page.do("lab_cancel")
    assert COUNTED[before] in (before - 1, before), "a cell whose end was not kept is computed again"
    COUNTED.clear()
    with serving(settings) as live, Page(live.socket) as page:
        page.run_info()
        page.do("subscribe", channels=["lab"])
        number = begun(page, "cells", cells=30)
        ended(page, number)
        session = page.attached["session"]
    with serving(settings) as live, Page(live.socket, session) as page:
        page.do("subscribe", channels=["lab"])
        header, arrays = found(page, number)
        assert header["meta"]["values"] == {"resumed": True} and np.allclose(arrays["roots"] ** 2, np.arange(1, 31))
    assert list(range(30)) == COUNTED, "what is done is there at once"


def test_one_that_is_no_more_says_so(settings: Settings) -> None:
    with serving(settings) as live, Page(live.socket) as page:
        begun(page, "differences", points=4)
        session = page.attached["session"]
    from engine.lab import EXPERIMENTS

    del EXPERIMENTS["differences"]
    with serving(settings) as live, Page(live.socket, session) as page:
        news = ended(page, 1)
        assert news["status"] == "failed" and "there is none called 'differences'" in news["message"]
        page.do("step", count=1)


def test_others_have_their_turns_beside_it(live: Live) -> None:
    """With every thread of the server at work on experiments another's run plays on, and its pictures come."""
    with Page(live.socket) as first, Page(live.socket) as second, Page(live.socket) as other:
        for page in (first, second):
            page.run_info()
            page.do("subscribe", channels=["lab"])
            begun(page, "differences", **SLOW)
        other.run_info()
        other.do("configure", spec=SPEC)
        other.do("subscribe", channels=["parameters"])
        other.do("play", speed={"unit": "steps", "rate": 50})
        longest, steps, last = 0.0, set(), time.monotonic()
        while len(steps) < 20:
            other.frames.clear()
            header, _ = other.frame("parameters")
            steps.add(header["step"])
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        assert longest < 5.0, "seconds between two pictures, on a machine that is busy with others"
        for page in (first, second):
            page.do("ping")
            assert newest(page)["status"] == "running"
            page.do("lab_cancel")


def test_a_reader_sees_it_too_and_one_who_comes_late(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        number = begun(page, "differences", points=6)
        ended(page, number)
        page.do("subscribe", channels=["lab"])
        assert found(page, number)[0]["meta"]["lab"]["experiment"] == DIFFERENCES.name
