"""Studies of a race over the wire: the engine's own numbers; they tell how far they are, may be left, end where they fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live_server import Live
from network_pages import SPEC, alone, begun, newest, studied
from pages import Page

from engine.race import NetworkRace, Race
from engine.race.gradient_noise import gradient_noise
from engine.race.path.sharpness import network_sharpness
from engine.race.seeds import SeedRace
from engine.race.spec import LaneSpec
from engine.race.sweep import basins
from server.race.network.studies.study import Study


def test_studies_of_the_network(live: Live) -> None:
    lanes = [{"optimizer": {"name": "adam", "lr": 0.05}}, {"optimizer": {"name": "sgd", "lr": 0.05}}]
    with Page(live.socket) as page:
        begun(page, lanes)
        meta, arrays = studied(page, "study_seeds", seeds=5, first=7, steps=60, threshold=0.4)
        made = SeedRace(SPEC, lanes, range(7, 12), 60).finish()
        assert np.array_equal(arrays["last"], made.losses[:, :, -1]) and arrays["endings"].shape == (2, 5, 24, 24)
        assert np.array_equal(arrays["median"][1], made.band(1).median) and np.array_equal(arrays["high"][0], made.band(0).high)
        assert [lane["share"] for lane in meta["lanes"]] == [made.share_below(row, 0.4) for row in (0, 1)]
        assert [lane["wins"] for lane in meta["lanes"]] == made.wins().tolist()

        meta, arrays = studied(page, "study_rates", lanes=[2], rates=3, low=0.01, high=1.0, seeds=2, steps=40)
        for column, rate in enumerate((0.01, 0.1, 1.0)):
            for seed in (0, 1):
                lone = alone(40, optimizer={"name": "sgd", "lr": rate}, seed=seed)
                assert arrays["losses"][0, seed, column] == pytest.approx(lone.loss("train"), rel=1e-9)
        assert meta["words"] == "3 rates × 2 seeds, 40 steps"
        assert meta["lanes"][0]["best"] == pytest.approx(arrays["rates"][arrays["median"][0].argmin()])

        page.do("network_step", count=50)
        found = gradient_noise(alone(50, optimizer=lanes[0]["optimizer"]).evaluator, 2, 9)
        meta, arrays = studied(page, "study_compass", lane=1, weights=[2, 9], batch_size=6, number=3)
        assert np.array_equal(arrays["samples"], found.samples) and np.array_equal(arrays["rows"], found.draw(6, 3))
        assert np.array_equal(arrays["mean"], found.mean(arrays["rows"])) and meta["spread"] == found.spread(6)
        assert arrays["spread"][-1] == 0.0 and arrays["sizes"][-1] == 30
        _, redrawn = studied(page, "study_compass", lane=1, weights=[2, 9], batch_size=6, number=4)
        assert not np.array_equal(redrawn["rows"], arrays["rows"]) and np.array_equal(redrawn["full"], arrays["full"])

        meta, arrays = studied(page, "study_point")
        adam, sgd = meta["lanes"]
        assert (
            sgd["bound"]["rate"] == pytest.approx(2 / sgd["largest"])
            and sgd["rate"] == 0.05
            and "<math" in sgd["bound"]["mathml"]
        )
        assert sgd["unbounded"] is None is adam["unbounded"]
        assert adam["bound"]["frozen"] and adam["phase"] is None and sgd["phase"]["momentum"] == 0.0
        assert arrays["growth2"].shape == (81, 81)
        assert sgd["gradient_norm"] == pytest.approx(
            np.linalg.norm(alone(50, optimizer=lanes[1]["optimizer"]).evaluator.gradient("train")), rel=1e-12
        )


def test_the_edge_of_stability(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, [{"optimizer": {"name": "sgd", "lr": 0.05}}, {"optimizer": {"name": "adam", "lr": 0.02}}])
        assert page.ask("study_edge", on="race", lane=2)["field"] == "lane"
        page.do("network_step", count=40)
        for lane in (1, 2):
            meta, arrays = studied(page, "study_edge", on="race", lane=lane, points=5)
            race = NetworkRace({"run": SPEC, "lanes": [{"optimizer": {"name": "sgd", "lr": 0.05}}] * 2})
            race.replace(2, LaneSpec.model_validate({"optimizer": {"name": "adam", "lr": 0.02}}))
            race.seek(40)
            direct = network_sharpness(race, lane, 5)
            assert arrays["steps"].tolist() == [0, 10, 20, 30, 40] and np.array_equal(arrays["losses"], direct.losses)
            for name in ("largest", "felt", "limit"):
                assert np.array_equal(arrays[name], getattr(direct, name), equal_nan=True)
            assert meta["lane"] == lane and meta["rate"] == direct.rates[-1] and meta["about"]["steps"] == 40
        # What is run for it, where there need be no race: it comes to 2/η and stays about it.
        meta, arrays = studied(page, "study_edge")
        assert meta["lane"] is None and meta["rate"] == 0.2 and np.allclose(arrays["limit"], 10.0)
        assert arrays["steps"].tolist() == list(range(401)), "at the edge every second step is alike"
        late = arrays["largest"][200:]
        assert 9.5 < np.median(late) < 11.0 and late.min() < 10.0 < late.max()
        first = meta["crossed"]
        assert 0 < first < 200 and arrays["largest"][first] > 10.0 >= arrays["largest"][:first].max()
        assert meta["beyond"] == np.mean(arrays["largest"][first:] > 10.0)
        meta, arrays = studied(page, "study_edge", rate=0.01, steps=20, points=3)
        assert meta["crossed"] is None is meta["beyond"] and np.allclose(arrays["limit"], 200.0)


def test_studies_of_the_surface_and_one_that_is_left(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page)
        rule = {"optimizer": {"name": "sgd", "lr": 0.005}}
        page.do("race", spec={"surface": {"name": "himmelblau"}, "lanes": [rule]})
        meta, arrays = studied(page, "study_basins", lane=1, side=10, steps=800)
        expected = basins({"surface": "himmelblau"}, rule, 10, 800)
        assert np.array_equal(arrays["minimum"], expected.minimum) and sum(meta["counts"]) + meta["nowhere"] == 100
        assert len(meta["minima"]) == 4 == len(Race({"surface": "himmelblau"}).surface.minima)
        meta, arrays = studied(page, "study_rates", on="surface", rates=5, seeds=3, steps=100)
        assert arrays["losses"].shape == (1, 1, 5)  # without noise one seed says it all

        number = page.do("study_seeds", seeds=64, steps=40_000)["result"]["study"]
        page.frame("study", lambda h: h["meta"]["study"]["number"] == number and h["meta"]["study"]["share"] > 0)
        page.do("network_step", count=5)  # the race goes on meanwhile
        assert newest(page, "network_state")["step"] == 5
        page.do("study_cancel")
        header, _ = page.frame("study", lambda h: h["meta"]["study"]["state"] != "running")
        assert header["meta"]["study"]["state"] == "cancelled"
        page.do("study_cancel")

        # Who comes back sees the last of each kind, and no more than that.
        with Page(live.socket, page.attached["session"]) as again:
            again.run_info()
            again.do("subscribe", channels=["study"])
            again.frame("study", lambda h: h["meta"]["study"]["number"] == number)
            told = [h["meta"]["study"] for h, _ in again.frames["study"]]
            assert [(study["kind"], study["state"]) for study in told] == [
                ("basins", "done"),
                ("rates", "done"),
                ("seeds", "cancelled"),
            ]
            assert np.array_equal(again.frames["study"][1][1]["losses"], arrays["losses"])
            again.do("subscribe", channels=["study"])
            new, _ = studied(again, "study_rates", on="surface", rates=3, seeds=1, steps=50)
            assert new["study"]["number"] == number + 1
            assert {h["meta"]["study"]["kind"] for h, _ in again.frames["study"][3:]} == {"rates"}


@pytest.mark.parametrize(
    ("error", "words"), [(ValueError("points: they lie on one line"), "points"), (RuntimeError("x"), "failed on")]
)
def test_a_study_that_fails_says_so_and_ends(error: Exception, words: str) -> None:
    def making() -> Any:
        yield 0.5
        raise error

    study = Study("point", 7, making(), {"lanes": [1]})
    study.advance(1.0)
    told = study.picture().meta["study"]
    assert (told["state"], told["share"], told["number"]) == ("failed", 0.5, 7) and words in told["message"]
    study.cancel()
    assert study.picture().meta["study"]["state"] == "failed"
