"""Many starts of one lane over the wire: the engine's own paths, again when the race is another."""

from __future__ import annotations

import numpy as np
from live_server import Live
from race_pages import CHANNELS, RacePage

from engine.race import Race
from engine.race.fan import fan

STARTS = [[-1.3, 1.6], [0.5, 2.0], [1.5, -0.5]]


def test_a_fan_follows_the_race(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.do("race", surface="rosenbrock")
        page.do("subscribe", channels=[*CHANNELS, "race_fan"])
        assert page.settled("race_fan")[0]["meta"]["lane"] is None
        page.do("race_fan", lane=6, starts=STARTS)

        def told() -> dict[str, np.ndarray]:
            header, arrays = page.frame("race_fan", lambda found: found["meta"]["lane"] == 6 and current(found))
            assert header["meta"]["change"] == page.info["change"]
            return arrays

        def current(found: dict) -> bool:
            return found["meta"]["change"] == page.info["change"] and found["run"] == page.info["race"]

        for change in (None, {"max_steps": 300}, {"surface": "himmelblau"}):
            if change:
                page.do("race_change", **change)
            direct = Race(page.info["spec"])
            expected = fan(direct.spec, direct.lanes[5].spec, [tuple(start) for start in STARTS], page.info["threshold"])
            arrays = told()
            assert np.array_equal(arrays["points"], expected.points.astype(np.float32))
            assert np.array_equal(arrays["steps"], expected.steps) and np.array_equal(arrays["reaches"], expected.reaches)
        # The lane goes, and its paths with it; another race has none.
        page.do("race_lane_remove", lane=6)
        assert page.frame("race_fan", current)[0]["meta"]["lane"] is None
        page.do("race_fan", lane=1, starts=STARTS)
        page.do("race", surface="bowl")
        assert page.frame("race_fan", current)[0]["meta"]["lane"] is None


def test_what_is_refused(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.do("race", surface={"name": "formula", "formula": "log(x) + y**2", "domain": [[0.1, 3.0], [-1.0, 1.0]]})
        assert page.ask("race_fan", lane=99, starts=STARTS)["field"] == "lane"
        refused = page.ask("race_fan", lane=1, starts=[[1.0, 0.0], [-1.0, 0.0]])
        assert refused["field"] == "starts" and "finite" in refused["allowed"]
        assert page.ask("race_fan", lane=1, starts=[[1.0, 0.0]] * 201)["field"].startswith("starts")
        assert page.ask("race_fan", lane=1, starts=[[1.0]])["field"].startswith("starts")
        page.do("race_fan", lane=1, starts=[])
