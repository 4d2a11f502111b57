"""What an experiment found, taken along: all digits in a table, and a page that needs nothing else."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import numpy as np
import pytest
from lab_pages import begun, ended, errors, registered
from live_server import Live
from pages import Page
from session_runs import SPEC

from engine.lab.charts import Axis, Chart, Heat, Series
from server.figure_theme import LANES, THEMES
from server.lab.figures import drawn
from server.mathml import prose


@pytest.fixture(autouse=True)
def rows() -> Iterator[None]:
    with registered():
        yield


def test_a_table_has_all_digits(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        ended(page, begun(page, "differences", points=8, kind="forward"))
        file = page.do("lab_export", format="csv")["result"]
        assert (file["name"], file["type"]) == ("chainrule-lab-differences.csv", "text/csv")
        head, *lines = csv.reader(io.StringIO(file["text"]))
        assert head == ["place", "step", "error"]
        sizes = 10.0 ** -np.linspace(0.0, 12.0, 8)
        assert [float(line[1]) for line in lines] == sizes.tolist()
        assert [float(line[2]) for line in lines] == errors("forward", sizes).tolist()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_needs_nothing_else(live: Live, theme: str) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        page.do("step", count=3)
        answer = page.do("lab_begin", experiment="differences", choices={"points": 8}, of="run")
        ended(page, answer["result"]["number"])
        file = page.do("lab_export", format="html", theme=theme)["result"]
    text = file["text"]
    assert file["name"].endswith(".html") and "default-src 'none'" in text
    outside = re.sub(r"<script[^>]*>.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"<(script|link|img|iframe)[^>]* (src|href)=", outside), "nothing is fetched"
    assert THEMES[theme].panel in text and text.count("Plotly.newPlot(") == 2 and text.count("plotly.js v") == 1
    assert "&amp; &lt;so&gt; on" in outside and "Rounding divides by <math" in outside and "<figcaption>A map" in outside
    assert f'title="{errors("central", 10.0 ** -np.linspace(0.0, 12.0, 8))[3].item()!r}"' in outside
    assert "after update 3" in outside and "&quot;moons&quot;" in outside and "<dt>Points</dt><dd>8</dd>" in outside


def test_what_is_not_done_says_so(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("subscribe", channels=["lab"])
        assert page.ask("lab_export", format="html")["code"] == "no_experiment"
        begun(page, "differences", points=100_000)
        page.frame("lab", lambda h: len(h["meta"]["values"]) > 0)
        page.do("lab_cancel")
        assert "It was ended before it was done" in page.do("lab_export", format="html")["result"]["text"]
        answer = page.ask("lab_export", format="pdf")
        assert answer["field"] == "format" and "'csv'" in answer["allowed"]


def test_figures_are_drawn_as_they_are_told() -> None:
    x, y = np.array([1.0, 10.0, 100.0]), np.array([2.0, np.nan, 8.0])
    band = Series("band", x, y, low=y / 2, high=y * 2, colour=9)
    points = Series("points", x, y, "points", low=y - 1, high=y + 1)
    axes = Axis("n", "units", "log", range=(1.0, 100.0)), Axis("t")
    figure = drawn(Chart("a", "A", *axes, (band, points, Series("bars", x, y, "bars", dashed=True)), stacked=True), "light")
    low, high, line, whiskers, bars = figure.data
    assert high.fill == "tonexty" and np.array_equal(low.y, y / 2, equal_nan=True) and line.line.color == LANES["light"][1]
    assert np.array_equal(line.y, y, equal_nan=True) and whiskers.mode == "markers"
    assert whiskers.error_y.arrayminus[0] == 1.0 and whiskers.marker.color == THEMES["light"].ink
    assert bars.marker.pattern.shape == "/" and figure.layout.barmode == "stack"
    assert figure.layout.xaxis.type == "log" and figure.layout.xaxis.range == (0.0, 2.0)
    assert figure.layout.xaxis.title.text == "n, units"
    values = np.array([[-2.0, np.nan], [0.0, 1.0]])
    labelled = Axis("x", labels=("p", "q")), Axis("y", labels=("r", "s"))
    figure = drawn(Heat("h", "H", *labelled, values, signed=True), "dark")
    (heat,) = figure.data
    assert (heat.zmin, heat.zmax) == (-2.0, 2.0) and heat.x is None and np.array_equal(heat.z, values, equal_nan=True)
    assert (figure.layout.xaxis.tickvals, figure.layout.xaxis.ticktext) == ((0, 1), ("p", "q"))
    powers = np.array([[1.0, 1000.0], [0.0, 10.0]])
    logs = drawn(Heat("h", "H", Axis("x"), Axis("y"), powers, log=True, written=True), "dark").data[0]
    assert np.array_equal(logs.z, [[0.0, 3.0], [np.nan, 1.0]], equal_nan=True) and logs.text[0][1] == "1e+03"
    assert logs.colorbar.ticktext == ("1", "10", "100", "1000")


def test_words_with_formulas() -> None:
    assert prose("a < b & $x_1$ c") == f"a &lt; b &amp; {prose('$x_1$')} c" and prose("$x_1$").startswith("<math")
    assert prose("it costs 5 $") == "it costs 5 $" and prose("$a$ and 5 $").endswith(" and 5 $") and prose("") == ""
