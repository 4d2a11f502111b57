"""How rates are chosen on the network, over the wire: tuned within a declared budget, once for a race; told and shared."""

from __future__ import annotations

import json
from typing import Any

import pytest
from live_server import Live
from network_pages import SPEC, begun, newest
from pages import Page

from engine.race import NetworkRace
from engine.race.sweep import NETWORK_RATES, network_tuned
from server.race.network import tuning

LANES: list[dict[str, Any]] = [
    {"optimizer": {"name": "adam"}},
    {"optimizer": {"name": "sgd", "lr": 0.05}, "seed": 5, "label": "slow"},
]


def rates(page: Page) -> list[float]:
    return [lane["optimizer"]["lr"] for lane in newest(page, "network")["lanes"]]


def chosen(page: Page) -> list[str]:
    return [lane["chosen"] for lane in newest(page, "network")["lanes"]]


def test_rates_tuned_alike_or_at_their_defaults(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, LANES)
        assert chosen(page) == ["default", "own"] and newest(page, "network")["rates"] == ""
        page.do("network_step", count=40)
        page.do("network_lane_retune", lane=1, optimizer={"name": "adam", "lr": 0.3})
        assert chosen(page) == ["own", "own"]
        words = page.do("network_rates", how="tuned", steps=120)["result"]["words"]
        direct = NetworkRace({"run": SPEC, "lanes": LANES})
        expected = [network_tuned(direct, lane.spec, 0.05, 120) for lane in direct.lanes]
        assert len(NETWORK_RATES) == 16 == tuning.GRID
        assert words == expected[0].words == "16 rates × 1 seed, 120 steps" == newest(page, "network")["rates"]
        assert rates(page) == [found.best for found in expected] and chosen(page) == ["tuned", "tuned"]
        told = newest(page, "network")["lanes"]
        assert told[0]["retunes"] == [] and told[1]["label"] == "slow" and told[1]["seed"] == 5
        # They run again, to where they stood.
        header, _ = page.frame(
            "network_standings", lambda h: h["step"] == 40 and h["meta"]["change"] == newest(page, "network")["change"]
        )
        direct = NetworkRace(
            {"run": SPEC, "lanes": [lane | {"optimizer": told[i]["optimizer"]} for i, lane in enumerate(LANES)]}
        )
        direct.seek(40)
        assert [row["loss"] for row in header["meta"]["lanes"]] == [found.train_loss for found in direct.standings(0.05)]
        # Shared, and kept: how they were chosen goes along; a lane of another past has a rate of its own.
        shared = json.loads(page.do("network_share")["result"]["script"])
        page.do("network_lane_retune", lane=2, optimizer={"name": "sgd", "lr": 0.2})
        assert chosen(page) == ["tuned", "own"]
        page.do("network_rates", how="same", lr=0.02)
        assert set(rates(page)) == {0.02} and chosen(page) == ["same", "same"]
        assert newest(page, "network")["rates"] == "the same η for all, 0.02"
        page.do("network_lane_duplicate", lane=2)
        assert chosen(page) == ["same"] * 3
        page.do("network_rates", how="defaults")
        assert set(chosen(page)) == {"default"} and rates(page) == [0.01] * 3
        page.do("network_load", script=shared)
        assert chosen(page) == ["tuned", "tuned"] and newest(page, "network")["rates"] == words


def test_the_same_race_is_tuned_once(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a lane's rate is and whatever it is called; another threshold or budget is another question."""
    from engine.race import sweep

    asked: list[str] = []

    def counted(race: NetworkRace, lane: Any, *more: Any) -> Any:
        asked.append(lane.optimizer.name)
        return network_tuned(race, lane, *more)

    monkeypatch.setattr(sweep, "network_tuned", counted)
    with Page(live.socket) as page:
        begun(page, LANES[:1], seed=11)
        page.do("network_rates", how="tuned", steps=30)
        tuned = rates(page)
        page.do("network_rates", how="same", lr=0.5)
        page.do("network_rates", how="tuned", steps=30)
        assert rates(page) == tuned and asked == ["adam"]
        page.do("network", lanes=[{"optimizer": {"name": "adam", "lr": 0.2}, "label": "another"}])
        page.do("network_rates", how="tuned", steps=30)
        assert rates(page) == tuned and asked == ["adam"]
        page.do("network_rates", how="tuned", steps=31)
        page.do("network", lanes=[{"optimizer": {"name": "adam"}, "batch_size": 7}])
        page.do("network_rates", how="tuned", steps=30)
        assert asked == ["adam"] * 3


def test_a_tuning_tells_how_far_it_is_and_is_ended_by_a_pause(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, LANES)
        before = rates(page)
        page.send("network_rates", id="t", how="tuned", steps=10_000)
        page.until(lambda event: event["type"] == "network_state" and event["tuning"] is not None)
        assert newest(page, "network_state")["tuning"] == [0, 2]
        page.send("network_pause")
        answer = page.until(lambda event: event.get("id") == "t")
        assert (answer["type"], answer["code"]) == ("error", "cancelled")
        assert newest(page, "network_state")["tuning"] is None and rates(page) == before
        refused = page.ask("network_rates", how="same")
        assert (refused["type"], refused["field"]) == ("error", "lr")
        for lane in (1, 2):
            page.do("network_lane_remove", lane=lane)
        assert page.ask("network_rates", how="defaults")["field"] == "how"
