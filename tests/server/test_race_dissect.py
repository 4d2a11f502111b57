"""A lane's update taken apart over the wire: the engine's own numbers, MathML in every part, refusals by field and range."""

from __future__ import annotations

from typing import Any

import pytest
from live_server import Live
from race_pages import RacePage

from engine.race import Race, dissect_lane

LANES = [{"optimizer": {"name": name, "lr": rate}} for name, rate in (("nesterov", 1e-3), ("adam", 0.01), ("sgd", 10.0))]
SPEC: dict[str, Any] = {"surface": {"name": "rosenbrock"}, "noise": 0.05, "lanes": LANES, "max_steps": 300}


def test_it_is_the_engines_and_the_race_stays_as_it_is(live: Live) -> None:
    direct = Race(SPEC)
    with RacePage(live.socket) as page:
        assert page.ask("race_dissect", lane=1, coordinate="x")["code"] == "no_race"
        page.begin(SPEC)
        for step in (0, 70, 20):
            page.do("race_seek", step=step)
            direct.seek(step)
            for lane, coordinate in ((1, "x"), (1, "y"), (2, "y")):
                told = page.do("race_dissect", lane=lane, coordinate=coordinate)["result"]
                found = dissect_lane(direct, lane, coordinate).as_json()
                assert told["lane"] == lane
                for kind in ("inputs", "parts"):
                    for row, part in zip(told[kind], found[kind], strict=True):
                        assert row["symbol_mathml"].startswith("<math") and row["formula_mathml"].startswith("<math")
                        assert bool(row["numbers_mathml"]) == (kind == "parts")
                        assert {key: row[key] for key in part if key != "expression"} == {
                            key: value for key, value in part.items() if key != "expression"
                        }
                assert {key: told[key] for key in ("rule", "name", "step")} == {
                    key: found[key] for key in ("rule", "name", "step")
                }
                assert told["updates"] == found["updates"]
        # While it plays, it is of a step that the race was at.
        page.do("race_play", speed={"unit": "steps", "rate": 100})
        told = page.do("race_dissect", lane=1, coordinate="x")["result"]
        page.do("race_pause")
        direct.seek(told["step"] + 1)
        assert told["parts"][-1]["value"] == direct.trail(1)[-1, 0]


@pytest.mark.parametrize(
    ("step", "fields", "field", "allowed"),
    [
        (5, {"lane": 9, "coordinate": "x"}, "lane", "1, 2, 3"),
        (5, {"lane": 0, "coordinate": "x"}, "lane", "1"),
        (5, {"lane": 1, "coordinate": "z"}, "coordinate", "'x' or 'y'"),
        (100, {"lane": 3, "coordinate": "x"}, "lane", "a step before that"),
        (300, {"lane": 1, "coordinate": "y"}, "step", "0 to 299"),
    ],
)
def test_refusals_name_field_and_range(live: Live, step: int, fields: dict[str, Any], field: str, allowed: str) -> None:
    with RacePage(live.socket) as page:
        page.begin(SPEC)
        page.do("race_seek", step=step)
        answer = page.ask("race_dissect", **fields)
        assert (answer["type"], answer["code"], answer["field"]) == ("error", "invalid", field), answer
        assert allowed in answer["allowed"], answer
        assert page.do("race_dissect", lane=1, coordinate="x")["type"] == "done" if step < 300 else True
