"""What a race on a surface refuses over the wire, by field and range; and its files."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from live_server import Live
from race_pages import CHANNELS, RacePage

from engine.race import Race
from engine.surfaces.function import SurfaceFunction
from server.race.figures import GROUND, grown, looks_of
from server.race.levels import contour_values
from server.race.surface.channels import SIDE


@pytest.mark.parametrize(
    ("command", "fields", "field", "allowed"),
    [
        ("race", {"spec": {"lanes": [{"optimizer": {"lr": -1}}]}}, "spec.lanes.0.optimizer.lr", "[0, 1e+09]"),
        ("race", {"spec": {"surface": "volcano"}}, "spec.surface.name", "rosenbrock"),
        ("race", {"threshold": 0}, "threshold", "above 0"),
        ("race_change", {"surface": {"name": "formula", "formula": "x%2"}}, "surface.formula", "numbers, x, y"),
        ("race_change", {"surface": {"name": "ravine", "kappa": 0.5}}, "surface.kappa", "1"),
        ("race_change", {"start": [1e9, 0], "threshold": 3.0}, "start", "finite"),
        ("race_change", {"noise": -1}, "noise", "[0, 1e+06]"),
        ("race_change", {"max_steps": 10**7}, "max_steps", "100000"),
        ("race_seek", {"step": 4000}, "step", "0 to 3000"),
        ("race_step", {"count": 0}, "count", "at least 1"),
        ("race_rates", {"how": "same"}, "lr", "above 0"),
        ("race_rates", {"how": "tuned", "rates": [0.1, -1]}, "rates.1", "above 0"),
        ("race_lane_add", {"lane": {"optimizer": {"name": "sgdd"}}}, "lane.optimizer.name", "sgd"),
        ("race_lane_add", {"lane": {"batch_size": 5}}, "lane.batch_size", "none"),
        ("race_lane_remove", {"lane": 99}, "lane", "1, 2, 3"),
        ("race_lane_retune", {"lane": 1, "optimizer": {"name": "adam", "beta1": 2}}, "optimizer.beta1", "[0, 1)"),
        ("race_lane_retune", {"lane": 1, "schedule": {"name": "plateau"}}, "schedule.name", "cosine"),
        ("race_lane_replace", {"lane": 1, "spec": {"seed": -1}}, "spec.seed", "0"),
        ("race_load", {"script": "{"}, "script", "race_share"),
        ("race_load", {"script": {"spec": {}, "step": 5000}}, "script.step", "0 to 1000"),
        ("race_export", {"format": "pdf"}, "format", "html"),
    ],
)
def test_refusals_name_field_and_range_and_change_nothing(
    racing: RacePage, command: str, fields: dict[str, Any], field: str, allowed: str
) -> None:
    before = racing.do("race_share")["result"]["script"]
    answer = racing.ask(command, **fields)
    assert answer["type"] == "error" and answer["code"] in ("invalid", "limit"), answer
    assert answer["field"] == field, answer
    assert allowed in answer["allowed"], answer
    assert racing.do("race_share")["result"]["script"] == before


@pytest.fixture(scope="module")
def racing(live: Live) -> Any:
    with RacePage(live.socket) as page:
        page.begin()
        yield page


def test_without_a_race_there_is_nothing_to_drive(live: Live) -> None:
    with RacePage(live.socket) as page:
        page.do("subscribe", channels=list(CHANNELS))
        assert page.ask("race_play")["code"] == "no_race"
        page.do("race")
        assert len(page.info["lanes"]) == 6 and page.info["spec"]["surface"]["name"] == "rosenbrock"
        again = RacePage(live.socket, page.attached["session"])
        with again:
            again.run_info()
            assert again.info["race"] == page.info["race"] and again.at["step"] == 0, "who comes back is told the race"


def test_files_hold_every_step_and_need_nothing_else(racing: RacePage) -> None:
    racing.do("race_seek", step=50)
    text = racing.do("race_export", format="csv")["result"]["text"]
    rows = list(csv.DictReader(io.StringIO(text)))
    race = Race(racing.info["spec"])
    race.seek(50)
    assert len(rows) == 8 * 51
    for lane in race.lanes:
        mine = [row for row in rows if row["lane"] == str(lane.id)]
        assert [float(row["loss"]) for row in mine] == race.losses(lane.id).tolist()
        assert [[float(row["x"]), float(row["y"])] for row in mine] == race.trail(lane.id).tolist()
    page = racing.do("race_export", format="html", theme="dark")["result"]
    assert page["name"] == "chainrule-race-rosenbrock-step-50.html" and page["type"] == "text/html"
    assert "Plotly.newPlot" in page["text"] and "<script src=" not in page["text"] and len(page["text"]) > 1_000_000
    # The page's own picture: colours between the very contours that are drawn there, their values on a bar, equal axes.
    drawn = page["text"].rsplit("Plotly.newPlot(", 1)[1]
    contours = contour_values(SurfaceFunction(race.spec.surface).grid(SIDE, SIDE, grown(race.surface.domain))[2])
    told = json.loads(re.findall(r'"contours":(\{[^}]*\})', drawn)[0])
    assert told == {"coloring": "heatmap", "start": 1.0, "end": float(len(contours)), "size": 1.0}
    shown = json.loads(re.findall(r'"ticktext":(\[[^]]*\])', drawn)[0])
    assert len(shown) >= 6 and {float(each) for each in shown} <= set(contours)
    assert '"scaleanchor":"x"' in drawn and all(color in drawn for color in GROUND["dark"])
    looks = looks_of("dark", race, {lane.id: lane.id - 1 for lane in race.lanes})
    assert all(look.color in drawn for look in looks.values()) and len(set(looks.values())) == 8
    assert '"text":"finish: 0.01"' in drawn and '"tickformat":"~g"' in drawn
