"""Solvers as lanes over the wire: as the engine has them, without a rate, refused where they do not fit."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
from live_server import Live
from network_pages import begun
from pages import Page
from race_pages import RacePage

from engine.race import Race
from engine.solvers import SOLVERS

LANES = [{"optimizer": {"name": name}} for name in SOLVERS]
SGD = {"optimizer": {"name": "sgd", "lr": 1e-3}}
SPEC = {"surface": {"name": "rosenbrock"}, "lanes": [SGD, *LANES], "max_steps": 80}


def test_they_are_the_engines_and_come_back_from_a_script(live: Live) -> None:
    direct = Race(SPEC)
    direct.seek(80)
    with RacePage(live.socket) as page:
        page.begin(SPEC)
        page.do("race_seek", step=80)
        for number, (points, losses) in page.trails().items():
            assert np.array_equal(points, direct.trail(number)) and np.array_equal(losses, direct.losses(number))
        rows = {row["id"]: row for row in page.settled("race_standings")[0]["meta"]["lanes"]}
        assert [rows[number]["rate"] for number in (1, 2, 3, 4)] == [1e-3, None, None, None]
        assert all(rows[number]["bound"] is None and rows[number]["seconds"] > 0 for number in (2, 3, 4))
        page.do("subscribe", channels=["race_point"], lane=4)
        place = page.frame("race_point", lambda header: header["meta"]["lane"] == 4)[0]["meta"]
        assert place["bounded"] is False and place["unbounded"].startswith("L-BFGS has no bound of this kind: a line search")
        script = page.do("race_share")["result"]["script"]
        table = list(csv.DictReader(io.StringIO(page.do("race_export", format="csv")["result"]["text"])))
        told = {(row["name"], row["optimizer"], row["rate"]) for row in table}
        assert ("Newton's method", "newton", "") in told and ("gradient descent", "sgd", "0.001") in told
        for number in (1, 4):
            counts = [int(row["evaluations"]) for row in table if row["lane"] == str(number)]
            assert counts == direct.evaluations(number)[:, 1].tolist()
        assert "Newton's method" in page.do("race_export", format="html")["result"]["text"]
    with RacePage(live.socket) as other:
        other.do("race_load", script=script)
        assert [lane["optimizer"]["name"] for lane in other.info["lanes"]] == ["sgd", *SOLVERS]
        assert json.loads(other.do("race_share")["result"]["script"]) == json.loads(script)


def test_a_lane_is_retuned_to_one_and_back(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.begin({"lanes": [SGD | {"schedule": {"name": "exponential"}}], "max_steps": 60})
        page.do("race_seek", step=10)
        page.do("race_lane_retune", lane=1, optimizer={"name": "lbfgs", "history": 3})
        assert page.info["lanes"][0]["optimizer"]["history"] == 3 and page.info["lanes"][0]["schedule"]["name"] == "constant"
        page.do("race_seek", step=20)
        page.do("race_lane_retune", lane=1, optimizer={"name": "adam", "lr": 0.01})
        page.do("race_seek", step=60)
        direct = Race(page.info["spec"])
        direct.seek(60)
        assert np.array_equal(page.trails()[1][0], direct.trail(1))


def test_rates_pass_them_by(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.begin(SPEC)
        for how in ({"how": "same", "lr": 2e-3}, {"how": "defaults"}, {"how": "tuned", "rates": [1e-4, 1e-3], "steps": 20}):
            page.do("race_rates", **how)
            lanes = page.info["lanes"]
            assert lanes[0]["chosen"] in ("same", "default", "tuned")
            assert [lane["chosen"] for lane in lanes[1:]] == ["own"] * 3 and "lr" not in lanes[1]["optimizer"]
        page.begin({"lanes": LANES})
        assert page.ask("race_rates", how="defaults")["field"] == "how"


def test_refusals_name_the_field_and_what_is_allowed(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.begin(SPEC)
        told = page.ask("race_change", noise=0.1)
        assert told["field"] == "noise" and told["allowed"].startswith("0")
        told = page.ask("race_lane_retune", lane=2, schedule={"name": "cosine"})
        assert told["field"] == "schedule.name" and "no rate" in told["message"] and told["allowed"].startswith("constant")
        assert page.ask("race_lane_retune", lane=2, optimizer={"name": "newton", "lr": 1})["field"] == "optimizer.lr"
        assert "no update equations" in page.ask("race_dissect", lane=2, coordinate="x")["message"]
        page.do("race_change", surface={"name": "bowl"})
        page.do("race_lane_remove", lane=2)
        page.do("race_lane_remove", lane=3)
        page.do("race_lane_remove", lane=4)
        page.do("race_change", noise=0.1)
        told = page.ask("race_lane_add", lane=LANES[0])
        assert told["field"] == "lane.optimizer.name" and told["allowed"] == "any optimizer, or noise 0"
        told = page.ask("race_lane_retune", lane=1, optimizer={"name": "lbfgs"})
        assert told["field"] == "optimizer.name" and "noise" in told["message"]
        told = page.ask("edit", edit={"kind": "set", "path": "optimizer", "value": {"name": "newton"}})
        assert "only a race on a surface" in told["message"]
    with Page(live.socket) as network:
        begun(network)
        told = network.ask("network_lane_add", lane=LANES[0])
        assert told["field"] == "lane.optimizer.name" and "only a race on a surface" in told["message"]
        told = network.ask("network_lane_retune", lane=1, optimizer={"name": "newton"})
        assert told["field"] == "optimizer.name" and "only a race on a surface" in told["message"]
