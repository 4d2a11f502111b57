"""The life of an experiment of the lab over the wire: begun, told as it comes, ended, replaced, left; what is refused, what
fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from lab_pages import AT, begun, ended, errors, found, newest, registered
from live_server import Live
from pages import Page
from session_runs import SPEC, trainer

SLOW = {"points": 100_000, "repeats": 1}


@pytest.fixture(autouse=True)
def rows() -> Iterator[None]:
    with registered():
        yield


def opened(live: Live) -> Page:
    page = Page(live.socket)
    page.run_info()
    page.do("subscribe", channels=["lab"])
    return page


def test_an_experiment_from_its_beginning_to_its_end(live: Live) -> None:
    with opened(live) as page:
        told = newest(page)
        assert (told["number"], told["experiment"], told["status"]) == (0, None, "idle")
        number = begun(page, "differences", points=12, repeats=30)
        told = ended(page, number)
        assert number == 1 and told["status"] == "done" and told["share"] == 1.0 and told["seconds"] > 0
        assert told["choices"] == {"kind": "central", "points": 12, "repeats": 30, "fails_at": 0, "refuses_at": 0}
        assert told["updates"] == 360 and told["on"] is None and told["message"] == ""
        header, arrays = found(page, number)
        meta = header["meta"]
        assert meta["said"].startswith("Least at <math") and meta["said"].endswith(" &amp; &lt;so&gt; on")
        assert meta["lab"] == {"number": 1, "experiment": "differences", "status": "done", "share": 1.0}
        chart, heat = meta["figures"]
        sizes = 10.0 ** -np.linspace(0.0, 12.0, 12)
        first, second = chart["series"]
        assert np.array_equal(arrays[first["x"]], sizes) and np.array_equal(arrays[first["y"]], errors("central", sizes))
        assert np.array_equal(arrays[first["high"]], 2 * errors("central", sizes))
        assert second["x"] == second["y"] == first["x"] and second["low"] is None, "one array goes once"
        assert (first["kind"], second["dashed"], chart["x"]["scale"]) == ("line+points", True, "log")
        assert chart["marks"] == [{"axis": "x", "at": meta["values"]["best"], "words": "least"}]
        assert heat["kind"] == "heat" and heat["written"] and heat["at_x"] is None and heat["y"]["labels"] == ["u", "v"]
        assert np.array_equal(arrays[heat["values"]], [[1.0, np.nan], [3.0, 4.0]], equal_nan=True)
        assert np.array_equal(arrays["sizes"], sizes) and arrays["odd"].dtype == np.uint8
        assert meta["table"]["rows"][3] == [3, sizes[3], errors("central", sizes)[3]] and meta["values"]["nothing"] == "NaN"
        assert meta["table"]["columns"][2] == {"name": "error", "title": "Error", "unit": "1"}


def test_what_is_found_so_far_is_told_on_the_way(live: Live) -> None:
    with opened(live) as page:
        number = begun(page, "differences", **SLOW)
        lengths: list[int] = []
        while len(lengths) < 3:
            header, arrays = page.frame("lab", lambda h: len(h["meta"]["values"]) > 0)
            page.frames["lab"].clear()
            assert header["meta"]["lab"]["status"] == "running" and 0 < header["meta"]["lab"]["share"] < 1
            lengths.append(len(arrays["sizes"]))
        assert lengths == sorted(set(lengths)), "more and more"
        page.do("lab_cancel")
        told = ended(page, number)
        assert told["status"] == "cancelled" and 0 < told["share"] < 1 and told["message"] != ""
        header, arrays = found(page, number, "cancelled")
        assert len(arrays["sizes"]) >= lengths[-1], "what was found stays"
        page.do("lab_cancel")
        assert newest(page) == told, "where there is none, nothing"


def test_another_takes_the_place_of_one_under_way(live: Live) -> None:
    with opened(live) as page:
        first = begun(page, "differences", **SLOW)
        second = begun(page, "differences", points=4)
        assert second == first + 1 and ended(page, second)["status"] == "done"
        numbers = [event["number"] for event in page.events if event["type"] == "lab"]
        assert numbers == sorted(numbers)
        page.do("lab_leave")
        told = newest(page)
        assert (told["experiment"], told["status"], told["number"]) == (None, "idle", second + 1)
        assert page.ask("lab_export", format="csv")["code"] == "no_experiment"


def test_one_about_the_run_leaves_the_run_alone(live: Live) -> None:
    with opened(live) as page:
        page.do("configure", spec=SPEC)
        page.do("step", count=7)
        number = begun(page, "descent", steps=5)
        told = ended(page, number)
        header, arrays = found(page, number)
        alone = trainer()
        alone.step(12)
        assert np.array_equal(arrays["theta"], alone.machine.theta) and header["step"] == 7
        assert told["on"] == {"run": page.state["run"], "step": 7} and page.state["step"] == 7
        assert [row[0] for row in header["meta"]["table"]["rows"]] == [*range(7, 13)]
        answer = page.do("lab_begin", experiment="differences", of="run")
        assert ended(page, answer["result"]["number"])["on"]["step"] == 7, "asked for, though it needs none"


@pytest.mark.parametrize(
    ("fields", "code", "field", "allowed"),
    [
        ({"experiment": "nothing"}, "invalid", "experiment", "differences, descent, cells"),
        ({"choices": {"points": 1}}, "invalid", "choices.points", "a whole number in [2, 100000]"),
        ({"choices": {"points": 2.5}}, "invalid", "choices.points", "a whole number in [2, 100000]"),
        ({"choices": {"points": 10**15}}, "invalid", "choices.points", "a whole number in [2, 100000]"),
        ({"choices": {"kind": "upward"}}, "invalid", "choices.kind", "forward, central"),
        ({"choices": {"kind": [1, 2]}}, "invalid", "choices.kind", "forward, central"),
        ({"choices": {"speed": 1}}, "invalid", "choices.speed", "kind, points, repeats, fails_at, refuses_at"),
        ({"choices": {"points": 3}}, "invalid", "choices.points", "an even number"),
        ({"choices": {"points": 100_000, "repeats": 1000}}, "limit", "choices", "at most 20,000,000 updates in all"),
        ({"of": "race"}, "invalid", "of", "'run'"),
    ],
)
def test_what_is_refused(live: Live, fields: dict[str, Any], code: str, field: str, allowed: str) -> None:
    with opened(live) as page:
        first = begun(page, "differences", **SLOW)
        answer = page.ask("lab_begin", **{"experiment": "differences"} | fields)
        assert (answer["type"], answer["code"], answer["field"]) == ("error", code, field)
        assert allowed in answer["allowed"] and answer["message"].startswith(field.partition(".")[0])
        assert newest(page)["number"] == first and newest(page)["status"] == "running", "what is under way goes on"
        page.do("lab_leave")


def test_without_a_run(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    from server.run.controller import RunController

    async def none(self: RunController) -> None:
        """No run is begun."""

    monkeypatch.setattr(RunController, "begin", none)
    with Page(live.socket) as page:
        answer = page.ask("lab_begin", experiment="descent")
        assert (answer["code"], answer["type"]) == ("no_run", "error")
        assert ended(page, begun(page, "differences"))["status"] == "done", "which is about none"


def test_one_that_fails_says_so_and_the_session_goes_on(live: Live) -> None:
    with opened(live) as page:
        number = begun(page, "differences", fails_at=10)
        told = ended(page, number)
        assert (told["status"], told["message"]) == ("failed", "The experiment failed on the server")
        _, arrays = found(page, number, "failed")
        assert len(arrays["sizes"]) == 8, "what it had found so far stays"
        told = ended(page, begun(page, "differences", refuses_at=10))
        assert (told["status"], told["message"]) == ("failed", "refuses_at: this far and no further; allowed: 0")
        assert page.ask("lab_begin", experiment="differences", choices={"fails_at": 1})["code"] == "internal"
        assert ended(page, begun(page, "differences"))["status"] == "done"
        page.do("step", count=2)


def test_the_gallery(live: Live) -> None:
    from server.lab.activity import document

    row = next(row for row in document()["experiments"] if row["name"] == "differences")
    assert row["mathml"].startswith("<math") and row["formula"] == r"\frac{f(x+h)-f(x)}{h}"
    assert row["why"].startswith("Rounding divides by <math") and "<math" in row["summary_html"]
    assert [each["name"] for each in row["parameters"]] == ["kind", "points", "repeats", "fails_at", "refuses_at"]
    assert row["parameters"][0]["choices"] == ("forward", "central") and row["on_run"] is False and "make" not in row
    served = httpx.get(f"http://127.0.0.1:{live.port}/api/lab")
    assert served.status_code == 200 and isinstance(served.json()["experiments"], list)


def test_the_point_of_the_difference() -> None:
    """The tests' own experiment is one: at its best a central difference agrees to ten digits."""
    assert errors("central", np.array([1e-5]))[0] < 1e-10 < errors("forward", np.array([1e-5]))[0] and AT == 1.0
