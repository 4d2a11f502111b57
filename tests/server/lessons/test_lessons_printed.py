"""A lesson on paper: the handout answers nothing, the teacher's sheet tells what was measured; both need nothing else."""

from __future__ import annotations

import http.client
import re

import numpy as np
import pytest
from lessons_of_tests import DEEP
from live_server import Live
from pages import Page

from engine.lessons.measuring import measured
from server.lessons.figures import exact, written
from server.lessons.printing.contours import pieces
from server.lessons.printing.pictures import network


def get(live: Live, path: str) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=120)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(), {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return found


@pytest.fixture(scope="module")
def kept(live: Live) -> str:
    with Page(live.socket) as page:
        return str(page.do("lesson_keep", text=DEEP)["result"]["lesson"])


def test_a_handout_has_questions_and_space_and_no_answers(live: Live, kept: str) -> None:
    status, text, headers = get(live, f"/lessons/{kept}/handout")
    assert status == 200 and headers["content-type"].startswith("text/html")
    assert "not from chainrule" in text and "Ten sigmoids" in text and text.count("<section>") == 3
    assert "about all" in text and "I don’t know" in text and "<svg" in text and "Your turn" in text
    assert "Each layer multiplies" not in text and "The training loss is ________" in text
    assert not re.search(r"<script|\ssrc=|\son\w+=|@import|url\(", text) and "@page" in text


def test_a_sheet_tells_what_is_measured(live: Live, kept: str) -> None:
    status, text, _ = get(live, f"/lessons/{kept}/sheet")
    run = {
        "data": {"name": "spiral", "samples": 100},
        "network": {"layers": [{"units": 4, "activation": "sigmoid"}] * 10, "initializer": {"name": "xavier_normal"}},
        "seed": 0,
    }
    ratio = measured("delta(1) / delta(10)", run=run)
    assert status == 200 and written(ratio) in text and '<li class="right">less than that' in text
    assert "Each layer multiplies" in text and "4 alone, 8 in class" in text and "relu" in text
    assert f'The training loss is <data value="{exact(measured("loss(train)", run=run))}">' in text


def test_what_is_not_there_is_not_found(live: Live) -> None:
    for path in ("/lessons/no/such/handout", "/lessons/nosuch/sheet", "/lessons/..%2f..%2fetc/passwd/sheet"):
        assert get(live, path)[0] == 404, path
    assert get(live, "/lessons/deep/ten-sigmoids/pdf")[0] in (404, 422)


def test_numbers_are_written_as_the_page_does() -> None:
    told = {1.8e-6: "1.80·10⁻⁶", -0.25: "−0.250", 234.0: "234", 0.0: "0", 1e7: "1.00·10⁷", 0.0364: "0.0364", 44.43: "44.4"}
    assert {value: written(value) for value in told} == told
    assert (written(float("inf")), exact(float("inf")), exact(float("nan"))) == ("∞", "Infinity", "NaN")


def test_a_surface_is_drawn_with_its_contours_and_its_start(live: Live) -> None:
    heights = np.add.outer(np.linspace(-1, 1, 49) ** 2, np.linspace(-1, 1, 49) ** 2)
    ends = 2.0 * pieces(heights, 0.25).reshape(-1, 2) - 1.0
    assert len(ends) > 100 and np.abs(np.hypot(*ends.T) - 0.5).max() < 0.005, "a circle of radius 0.5"
    angles = np.sort(np.arctan2(*ends.T))
    assert np.diff(angles).max() < 0.15, "without a gap, though it goes through points of the grid"
    heights[20:30, 20:30] = np.nan
    assert np.isfinite(pieces(heights, 0.25)).all()
    status, text, _ = get(live, "/lessons/downhill/saddles/handout")
    assert status == 200 and "Contours of the surface" in text and ">start<" in text
    paths = re.findall(r'<path d="([^"]*)" [^>]*stroke-opacity=".45"', text)
    numbers = [float(each) for path in paths for each in re.findall(r"[-\d.]+", path)]
    assert len(numbers) > 1000 and min(numbers) >= 8.0 and max(numbers[0::2]) <= 468.0 and max(numbers[1::2]) <= 166.0


def test_a_deep_network_is_drawn_short() -> None:
    drawn = network([2, *[900] * 50, 1])
    assert drawn.count("<circle") < 80 and ">…<" in drawn and ">900<" in drawn
