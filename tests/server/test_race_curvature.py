"""The channels of curvature along a lane's path and of what solvers evaluate: the engine's own numbers."""

from __future__ import annotations

import numpy as np
from live_server import Live
from race_pages import RacePage

from engine.race import Race
from engine.race.path.components import components
from engine.race.path.sharpness import surface_sharpness

LANES = [
    {"optimizer": {"name": "sgd", "lr": 1e-3}},
    {"optimizer": {"name": "rmsprop", "lr": 0.01}},
    {"optimizer": {"name": "lbfgs"}},
    {"optimizer": {"name": "newton"}},
]
SPEC = {"surface": {"name": "rosenbrock"}, "lanes": LANES, "max_steps": 300}
CHANNELS = ["race_curvature", "race_evaluations"]


def same(arrays: dict[str, np.ndarray], found: object, names: tuple[str, ...]) -> bool:
    return all(np.array_equal(arrays[name], getattr(found, name), equal_nan=True) for name in names)


def test_curvature_along_a_lanes_path_is_the_engines(live: Live) -> None:
    race = Race(SPEC)
    race.seek(250)
    with RacePage(live.socket) as page:
        page.begin(SPEC)
        page.do("race_seek", step=250)
        for number in (2, 1):
            page.do("subscribe", channels=CHANNELS, lane=number)
            header, arrays = page.frame("race_curvature", lambda told: told["meta"]["lane"] == number and told["step"] == 250)  # noqa: B023
            sharp, parts = surface_sharpness(race, number, 100), components(race, number, points=400)
            assert same(arrays, sharp, ("steps", "losses", "rates", "largest", "felt", "limit")), number
            assert same(arrays, parts, ("eigenvalues", "vectors", "error", "gradient", "step")), number
            assert np.array_equal(arrays["component_steps"], parts.steps) and len(arrays["steps"]) == 100
            assert header["meta"]["at"] == "minimum" and header["meta"]["minimum"]["x"] == 1.0
            assert header["meta"]["factors"] == (None if number == 2 else parts.factors.tolist())
        page.do("race_change", surface={"name": "formula", "formula": "x + y^2"})
        page.do("race_seek", step=5)
        header, arrays = page.frame("race_curvature", lambda told: told["meta"]["at"] == "point" and told["step"] == 5)
        assert header["meta"]["minimum"] is None and np.isnan(arrays["error"]).all()


def test_a_race_without_lanes_draws_none(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.begin({"lanes": []})
        page.do("subscribe", channels=CHANNELS)
        header, arrays = page.frame("race_evaluations")
        assert header["meta"]["lanes"] == [] and arrays["evaluations"].shape == (0, 3)
        assert "race_curvature" not in page.frames or not page.frames["race_curvature"]


def test_evaluations_are_told_up_to_where_a_lane_rests(live: Live) -> None:
    race = Race(SPEC)
    race.seek(250)
    with RacePage(live.socket) as page:
        page.begin(SPEC)
        page.do("subscribe", channels=CHANNELS)
        page.do("race_seek", step=250)
        header, arrays = page.frame("race_evaluations", lambda told: told["step"] == 250)
        parts = header["meta"]["lanes"]
        assert [part["id"] for part in parts] == [3, 4]
        first = 0
        for part in parts:
            counts, told = race.evaluations(part["id"]), arrays["evaluations"][first : first + part["count"]]
            assert np.array_equal(told, counts[: part["count"]]) and (counts[part["count"] :] == told[-1]).all()
            assert 5 < part["count"] < 60
            first += part["count"]
        assert first == len(arrays["evaluations"])
