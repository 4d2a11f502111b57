"""A race comes back as it was kept, and is told before the run is, so that nothing begins another in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from live_server import serving
from pages import Page

from server.settings import Settings

RUN: dict[str, Any] = {"data": {"name": "xor", "samples": 60}, "network": {"layers": [{"units": 3}]}, "seed": 2}
SURFACE: dict[str, Any] = {"surface": {"name": "himmelblau"}, "lanes": [{"optimizer": {"name": n}} for n in ("sgd", "adam")]}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}")


def told(page: Any, *types: str) -> list[dict[str, Any]]:
    """The newest event of each type, without what differs between two attaches."""
    newest = {event["type"]: event for event in page.events if event["type"] in types}
    return [newest[kind] for kind in types]


def pca_of_step_90(meta: dict[str, Any]) -> bool:
    """Whether it is the finest picture of the plane that was asked for."""
    return (meta["plane"], meta["centred"], meta["more"]) == ("pca", 90, False)


def test_races_and_studies_are_told_as_they_were_and_before_the_run(settings: Settings) -> None:
    with serving(settings) as before, Page(before.socket) as page:
        page.do("configure", spec=RUN)
        page.do("race", spec=SURFACE, threshold=0.2)
        for command in ("race", "network"):
            if command == "network":
                page.do("network", lanes=[{"optimizer": {"name": name}} for name in ("sgd", "adam", "lion")])
            page.do(f"{command}_lane_add", lane={"optimizer": {"name": "rmsprop"}})
            page.do(f"{command}_lane_remove", lane=1)
            page.do(f"{command}_seek", step=90)
        page.do("subscribe", channels=["network_surface", "study"])
        page.do("network_plane", kind="pca")
        page.do("network_seek", step=30)
        page.do("race_seek", step=40)
        page.do("study_rates", on="surface", steps=20)
        study = page.frame("study", lambda header: header["meta"]["study"]["state"] == "done")
        plane = page.frame("network_surface", lambda header: pca_of_step_90(header["meta"]))
        shown = told(page, "race", "race_state", "network", "network_state")
        session = page.attached["session"]
    with serving(settings) as after, Page(after.socket, session) as again:
        again.do("race", unless_there=True)
        again.do("network", unless_there=True)
        again.do("subscribe", channels=["network_surface", "study"])
        again.do("race_seek", step=40)
        again.do("network_seek", step=30)
        order = [event["type"] for event in again.events if event["type"] in {"race", "network", "run"}]
        assert order[:3] == ["race", "network", "run"]
        now = told(again, "race", "race_state", "network", "network_state")
        timed = [lane.pop("clock") for event in (shown[0], now[0]) for lane in event["lanes"]]
        assert len(timed) == 4 and now == shown
        assert [lane["id"] for lane in now[0]["lanes"]] == [2, 3] and now[1]["end"] == now[3]["end"] == 90
        header, arrays = again.frame("study", lambda header: header["meta"]["study"]["state"] == "done")
        assert header["meta"] == study[0]["meta"] and (arrays["losses"] == study[1]["losses"]).all()
        found = again.frame("network_surface", lambda header: pca_of_step_90(header["meta"]))
        assert (found[1]["f"] == plane[1]["f"]).all()
        assert again.do("race_lane_add", lane={"optimizer": {"name": "lion"}})["result"] == {"lane": 4}


def test_a_race_that_is_there_is_left_where_one_is_wanted_unless_there_is_one(settings: Settings) -> None:
    with serving(settings) as live, Page(live.socket) as page:
        page.do("race", unless_there=True)
        page.do("race_seek", step=7)
        before = told(page, "race", "race_state")
        page.do("race", spec=SURFACE, unless_there=True)
        assert told(page, "race", "race_state") == before
        page.do("race", spec=SURFACE)
        assert told(page, "race")[0]["race"] == before[0]["race"] + 1
