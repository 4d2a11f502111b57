"""The race's picture: contours by its own arithmetic, circles that are round, arrows that cross them squarely, names apart."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from complaints import Complaints
from playwright.sync_api import Page, expect
from race_page import RaceRoom

from engine.optimizers import OPTIMIZERS
from engine.race import Race
from engine.solvers import SOLVERS
from server.race.figures import LANES, OTHER_LANES, looks_of

SIZES = [(390, 844), (844, 390), (820, 1180), (1024, 768), (1280, 720), (1440, 900), (1920, 1080)]
GRID = """async ({side, given, values}) => {
  const { refined } = await import("/src/race/ground/refine.js");
  const { bandsOf, contourLines } = await import("/src/race/ground/contour-lines.js");
  const heights = Float64Array.from(given.split(","), Number); // a list would be handed over number by number
  const grid = refined({ heights, columns: side, rows: side });
  const lines = contourLines(grid, values, bandsOf(grid, values));
  const at = (each) => -2 + (4 * each) / (grid.columns - 1);
  return JSON.stringify(lines.map((line) => line.map(at)));
}"""


def lines_of(page: Page, f: Callable[..., Any], values: list[float], side: int = 181) -> list[np.ndarray]:
    """The contours of a function over [−2, 2]², in its own coordinates."""
    x, y = np.meshgrid(np.linspace(-2, 2, side), np.linspace(-2, 2, side))
    given = ",".join(map(repr, f(x, y).ravel().tolist()))
    found: str = page.evaluate(GRID, {"side": side, "given": given, "values": values})
    return [np.reshape(line, (-1, 2)) for line in json.loads(found)]


def test_contours_are_whole_and_where_they_belong(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/api/limits")  # a page of the server's, whose modules can be loaded
    levels = [0.2, 1.0, 5.0, 10.0, 50.0, 80.0, 150.0, 200.0, 400.0, 500.0, 1000.0, 1500.0, 2500.0]
    valley = lines_of(page, lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2, levels)
    lowest = [
        line for line in valley if abs(np.max((1 - line[:, 0]) ** 2 + 100 * (line[:, 1] - line[:, 0] ** 2) ** 2) - 0.2) < 0.02
    ]
    assert len(lowest) == 1, "the floor of a narrow valley is one, no chain of pools"
    for (x, y), value in ((line[0], 0.2) for line in lowest):
        assert (1 - x) ** 2 + 100 * (y - x * x) ** 2 == pytest.approx(value, abs=0.03)
    for line in valley:
        closed = np.array_equal(line[0], line[-1])
        assert closed or all(np.max(np.abs(end)) == pytest.approx(2.0) for end in (line[0], line[-1])), "a gap"
    # A bowl's are circles, to a thousandth, and an arrow of its gradient crosses them at a right angle.
    for line in lines_of(page, lambda x, y: (x * x + y * y) / 2, [0.05, 0.5, 1.5]):
        radii = np.hypot(line[:, 0], line[:, 1])
        assert np.ptp(radii) < 1e-3 and np.array_equal(line[0], line[-1])
    for line in lines_of(page, lambda x, y: (3 * x + y) ** 2 + (x - 2 * y) ** 2 / 3, [0.5, 4.0, 9.0]):
        middle, along = (line[1:] + line[:-1]) / 2, np.diff(line, axis=0)
        x, y = middle.T
        gradient = np.stack([6 * (3 * x + y) + 2 * (x - 2 * y) / 3, 2 * (3 * x + y) - 4 * (x - 2 * y) / 3])
        length = np.hypot(*along.T)
        some = length > 6e-3  # of the shortest pieces the direction is not exact
        cosine = np.abs(np.sum(gradient.T * along, axis=1)) / (length * np.hypot(*gradient))
        assert cosine[some].max() < math.sin(math.radians(2.0))
    # Where there is no number there is no line, and the others end beside it.
    holed = lines_of(page, lambda x, y: np.where(x * x + y * y < 0.3, np.nan, x), [0.0])
    assert len(holed) == 2 and all(np.allclose(line[:, 0], 0.0, atol=1e-9) for line in holed)
    # A saddle's two lines do not cross between the same four heights.
    assert len(lines_of(page, lambda x, y: x * y, [1e-6], side=4)) == 2
    assert lines_of(page, lambda x, y: 1.0 + 0 * x, [0.5]) == []


ARROWS = """async ({width, height, gradients, stretched}) => {
  const { fitted, planeOf } = await import("/src/race/plots/plane.js");
  const { downhill } = await import("/src/race/surface/overlay.js");
  const wanted = [[-2, 2], [-1, 3]];
  const shown = stretched ? wanted : fitted(wanted, width - 58, height - 32);
  const plane = planeOf({ l: 46, r: 12, t: 8, b: 24 }, width, height, ...shown);
  return {
    shown,
    unit: [plane.px(1) - plane.px(0), plane.py(0) - plane.py(1)],
    arrows: gradients.map(([x, y]) => downhill(plane, x, y, 5)),
  };
}"""


def test_a_unit_of_x_is_one_of_y_and_arrows_point_straight_downhill(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/api/limits")
    gradients = [[3.0, 4.0], [-1.0, 0.2], [0.0, -2.0]]
    for width, height in ((900, 300), (300, 500), (640, 640)):
        given = {"width": width, "height": height, "gradients": gradients, "stretched": False}
        found = page.evaluate(ARROWS, given)
        assert found["unit"][0] == pytest.approx(found["unit"][1], rel=1e-12)
        (x0, x1), (y0, y1) = found["shown"]
        assert x0 <= -2 and x1 >= 2 and y0 <= -1 and y1 >= 3, "the whole domain, and as much more as there is room for"
        for (gx, gy), arrow in zip(gradients, found["arrows"], strict=True):
            # Of a screen y points down. A contour is square to the gradient, so an arrow along it is square to the contour.
            turned = math.degrees(abs(math.atan2(arrow["dy"], arrow["dx"]) - math.atan2(gy, -gx)))
            assert min(turned, 360 - turned) < 2.0
            assert 16 <= math.hypot(arrow["dx"], arrow["dy"]) <= 46
        found = page.evaluate(ARROWS, given | {"stretched": True})
        assert found["shown"] == [[-2, 2], [-1, 3]]


LABELS = """async (labels) => {
  const { placeLabels } = await import("/src/race/ground/labels.js");
  const before = new Map();
  const frame = { x: 0, y: 0, width: 400, height: 300 };
  const taken = [{ x: 250, y: 260, width: 150, height: 40 }];
  const first = placeLabels(labels, 17, frame, taken, before);
  return [first, placeLabels(labels, 17, frame, taken, before)];
}"""


@pytest.mark.slow(seconds=3)
def test_names_are_apart_and_within_the_frame(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/api/limits")
    crowd = [{"id": i, "text": f"lane {i}", "x": 200 + 3 * i, "y": 150 - i, "width": 90} for i in range(12)]
    edges = [
        {"id": 20 + i, "text": "edge", "x": x, "y": y, "width": 80} for i, (x, y) in enumerate([(2, 2), (398, 4), (390, 280)])
    ]
    first, again = page.evaluate(LABELS, crowd + edges)
    assert first == again, "as long as nothing moves no name does"
    assert len(first) >= 12, "where there is room for it each has a name"
    boxes = [each["box"] for each in first] + [{"x": 250, "y": 260, "width": 150, "height": 40}]
    for i, a in enumerate(boxes):
        assert a["x"] >= 0 and a["y"] >= 0 and a["x"] + a["width"] <= 400 and a["y"] + a["height"] <= 300
        for b in boxes[i + 1 :]:
            across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
            down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
            assert min(across, down) <= 0, (a, b)


LOOKS = """async ([lanes, optimizers]) => {
  const { assignLooks, lookOf } = await import("/src/race/lanes/looks.js");
  const made = lanes.map(([slot, name]) => ({ slot, optimizer: { name } }));
  assignLooks(made, optimizers.map((name) => ({ name })));
  return made.map(lookOf);
}"""


def test_a_colour_belongs_to_the_optimizer(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/api/limits")
    rows = [f"rule {i}" for i in range(17)]
    both = page.evaluate(LOOKS, [[[0, "rule 6"], [1, "rule 1"]], rows])
    assert page.evaluate(LOOKS, [[[0, "rule 1"], [1, "rule 0"], [2, "rule 6"]], rows])[2] == both[0], "whatever slot it has"
    everyone = page.evaluate(LOOKS, [[[i, name] for i, name in enumerate(rows[:16])], rows])
    assert len({tuple(look.values()) for look in everyone}) == 16
    same = page.evaluate(LOOKS, [[[i, "rule 3"] for i in range(8)], rows])
    assert {look["colour"] for look in same} == {everyone[3]["colour"]}
    assert len({tuple(look.values()) for look in same}) == 8
    assert same[0] == everyone[3] and same[1]["other"] != same[0]["other"] and same[1]["dash"] != same[0]["dash"]
    # One that a repeated optimizer would take its look from keeps it.
    mixed = page.evaluate(LOOKS, [[[0, "rule 0"], [1, "rule 0"], [2, "rule 8"]], rows])
    assert mixed[2] == everyone[8] and mixed[1] not in (mixed[0], mixed[2])


RANGES = """async ([losses, log, finish]) => {
  const { lossRange } = await import("/src/race/plots/finish.js");
  return lossRange(losses.map((y) => ({ y })), log, finish);
}"""


def test_the_loss_axis_ends_below_the_finish(page: Page, server_url: str) -> None:
    """What is won at 10⁻²⁹ is won at the finish; and where nobody is near it the finish is in view."""
    page.goto(f"{server_url}/api/limits")
    low, high = page.evaluate(RANGES, [[[5.44, 1.0, 1e-29], [5.44, 3.0, 0.2]], True, 0.01])
    assert -4.5 < low < -4 and math.log10(5.44) < high < 1.2
    low, high = page.evaluate(RANGES, [[[5.44], [5.44]], True, 0.01])
    assert -2.6 < low < -2 and high > math.log10(5.44), "two decades at least, and both ends of the way"
    low, high = page.evaluate(RANGES, [[[5.44] * 20 + [1e6, 1e90]], True, 0.01])
    assert high < 4, "what left for the far away presses nobody flat"
    assert page.evaluate(RANGES, [[[-3.0, -5.0]], False, -4.9]) == pytest.approx([-5.1, -2.9])
    assert page.evaluate(RANGES, [[[]], True, 0.01]) is None


WORDS = """async ([cases, size]) => {
  const { lossLabels } = await import("/src/race/plots/loss-labels.js");
  const font = { family: "system-ui, sans-serif", size, color: "black" };
  const context = document.createElement("canvas").getContext("2d");
  context.font = `${size}px ${font.family}`;
  return cases.map(([finish, ends, sight]) =>
    lossLabels(finish, ends, sight, "light", font).map(({ x, y, text, xanchor }) => {
      const width = context.measureText(text.replace(/<[^>]*>/g, "")).width;
      return { text, left: x * sight.width - (xanchor === "right" ? width : 0), width, at: y * sight.height };
    }));
}"""


@pytest.mark.parametrize("size", [11, pytest.param(17, marks=pytest.mark.slow(seconds=3))])
def test_words_in_the_loss_curves_are_apart(page: Page, server_url: str, size: int) -> None:
    """The finish and the names at the lines' ends: at every size, for as many lanes as there may be, wherever they end."""
    page.goto(f"{server_url}/api/limits")
    random = np.random.default_rng(size)
    texts = ["finish: f − f* = 0.01, where f* = −0.5069", "finish: f − f* = 0.01", "finish"]
    cases = []
    for i in range(300):
        width, height = (int(each) for each in random.integers((60, 20), (1400, 400)))
        log = bool(i % 2)
        low, high = (-2.3, 1.5) if log else (-1.0, 3.0)
        # Some end on the finish, some at the edges, some half-way: what has diverged, or has evaluated less than others.
        place = random.choice([random.uniform(low - 1, high + 1), low, -2.0, 0.01], 16)
        ends = [
            {"name": f"lane {n}, AMSGrad"[: 3 + n], "colour": "red", "x": float(random.choice([500, random.uniform(0, 500)]))}
            | {"y": float(10 ** place[n] if log else place[n])}
            for n in range(i % 17)
        ]
        finish = float(10 ** random.uniform(low, high) if log else random.uniform(low, high))
        sight = {"width": width, "height": height, "x": [0, 500], "y": [low, high], "log": log}
        cases.append([{"value": finish, "texts": texts}, ends, sight])
    found = page.evaluate(WORDS, [cases, size])
    for (_, ends, sight), labels in zip(cases, found, strict=True):
        if sight["width"] > 400:
            assert any(each["text"].startswith("finish") for each in labels) or sight["height"] < 60
        room = (sight["height"] - 2 * (size + 3)) // (size + 3)
        assert len([each for each in labels if "●" in each["text"]]) >= min(len(ends), max(0, room)), sight
        for i, a in enumerate(labels):
            assert -size <= a["at"] <= sight["height"] + size, a
            for b in labels[i + 1 :]:
                across = min(a["left"] + a["width"], b["left"] + b["width"]) - max(a["left"], b["left"])
                assert across <= 0 or abs(a["at"] - b["at"]) >= size + 3 - 1e-6, (a, b, sight)
    # In the order of their lines, each where its line ends as long as there is room.
    rows = [
        {"name": n, "left": left, "right": left + 40, "at": at} for n, (left, at) in enumerate([(60, 52), (5, 48), (5, 20)])
    ]
    spread = page.evaluate(
        """async (rows) => {
          const { spread } = await import("/src/race/plots/loss-labels.js");
          return spread(rows, 100, 10, { left: 0, right: 50, at: 50 }).map(({ name, at }) => [name, at]);
        }""",
        rows,
    )
    assert spread == [[2, 20], [1, 40], [0, 52]]


@pytest.mark.slow(seconds=3)
def test_what_is_taken_away_has_the_same_looks(page: Page, server_url: str) -> None:
    """The page decides them by one algorithm, the server by the same: for every optimizer and solver, repeated and not."""
    page.goto(f"{server_url}/api/limits")
    rows = [*OPTIMIZERS, *SOLVERS]
    everyone = [{"optimizer": {"name": name, "lr": 0.01}} for name in OPTIMIZERS][:10]
    again = [{"optimizer": {"name": name, "lr": 0.01}} for name in ("adam", "sgd", "adam", "adamw")]
    race = Race({"lanes": [*again, *everyone, {"optimizer": {"name": "newton"}}]})
    slots = {lane.id: i for i, lane in enumerate(race.lanes)}
    names = [lane.spec.in_force(0)[0].name for lane in race.lanes]
    mine = page.evaluate(LOOKS, [[[i, name] for i, name in enumerate(names)], rows])
    theirs = looks_of("light", race, slots)
    for lane, look in zip(race.lanes, mine, strict=True):
        colors = (OTHER_LANES if look["other"] else LANES)["light"]
        assert theirs[lane.id] == (colors[look["colour"]], look["dash"])


# On the page ---------------------------------------------------------------------------------------------------------

RINGS = """() => {
  // At how many of eight directions from the middle of the bowl each contour is where a circle of its value would be.
  const canvas = document.querySelector("[data-testid=race-contour]");
  const density = canvas.width / canvas.clientWidth;
  const { drawn, contours } = document.querySelector(".race-surface").dataset;
  const [x0, x1, y0, y1] = drawn.split(",").map(Number);
  const box = { left: 46, top: 8, width: canvas.clientWidth - 46 - 12, height: canvas.clientHeight - 8 - 24 };
  const unit = box.width / (x1 - x0);
  const [px, py] = [box.left - x0 * unit, box.top + (y1 / (y1 - y0)) * box.height];
  const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const light = (x, y) => {
    const at = 4 * (Math.round(y * density) * width + Math.round(x * density));
    return data[at] + data[at + 1] + data[at + 2];
  };
  const most = Math.min(px - box.left, box.left + box.width - px, py - box.top, box.top + box.height - py) - 6;
  const radii = contours.split(",").map((value) => unit * Math.sqrt(2 * value)).filter((r) => r > 12 && r < most);
  return radii.map((r) => [0, 1, 2, 3, 4, 5, 6, 7].filter((turn) => {
    const [dx, dy] = [Math.cos((turn * Math.PI) / 4), Math.sin((turn * Math.PI) / 4)];
    const at = (by) => light(px + (r + by) * dx, py + (r + by) * dy);
    return Math.min(at(-1), at(0), at(1)) < Math.min(at(-4), at(4)) - 6;
  }).length);
}"""


@pytest.fixture
def room(page: Page, server_url: str) -> RaceRoom:
    return RaceRoom(page).open(server_url)


def bowl(room: RaceRoom) -> None:
    room.hook("race-surface").select_option("bowl")
    expect(room.hook("subject")).to_contain_text("bowl")
    room.set("race.surface.kappa", "1")
    expect(room.page.locator("[data-testid=race-surface-formula]")).to_be_visible()


@pytest.mark.parametrize("sizes", [SIZES[::4], pytest.param(SIZES, marks=pytest.mark.slow(seconds=15), id="all")])
def test_a_round_bowl_is_drawn_as_circles(room: RaceRoom, complaints: Complaints, sizes: list[tuple[int, int]]) -> None:
    complaints.expect("willReadFrequently")
    page = room.page
    bowl(room)
    for width, height in sizes:
        drawn = page.locator(".race-surface").get_attribute("data-drawn")
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".race-surface")).not_to_have_attribute("data-drawn", str(drawn))
        # In up to three directions the bar of colours may lie over it; it is drawn anew until its size stands.
        page.wait_for_function(f"() => {{ const found = ({RINGS})(); return found.length >= 2 && Math.min(...found) >= 5; }}")
    page.keyboard.press("e")
    expect(room.hook("race-equal")).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("() => document.querySelector('.race-surface').dataset.drawn === '-2,2,-2,2'")
    assert np.mean(page.evaluate(RINGS)) < 4.5, "stretched, it is an ellipse"


@pytest.mark.slow(seconds=4)
def test_the_picture_can_be_moved_stretched_and_told(room: RaceRoom) -> None:
    page = room.page
    room.settle(0)
    surface, legend = page.locator(".race-surface"), room.hook("race-legend")
    equal, arrows = room.hook("race-equal"), room.hook("race-arrows")

    def aspect() -> float:
        x0, x1, y0, y1 = (float(each) for each in (surface.get_attribute("data-drawn") or "").split(","))
        box = room.hook("race-contour").bounding_box()
        assert box
        return ((x1 - x0) / (box["width"] - 58)) / ((y1 - y0) / (box["height"] - 32))

    whole = surface.get_attribute("data-drawn") or ""
    levels = surface.get_attribute("data-contours") or ""
    assert aspect() == pytest.approx(1.0, rel=1e-3)
    assert 12 <= len(levels.split(",")) <= 18
    expect(room.hook("race-contour")).to_have_attribute(
        "aria-label", f"The surface from above, contours at f = {levels.replace(',', ', ')}"
    )
    expect(equal).to_have_attribute("aria-pressed", "true")
    # Scrolled: closer to the pointer, the same aspect, other contours; a double click, and all of it.
    box = surface.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.mouse.wheel(0, -400)
    expect(surface).not_to_have_attribute("data-contours", levels)
    assert aspect() == pytest.approx(1.0, rel=1e-3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 3 + 20, steps=3)
    page.mouse.up()
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    expect(surface).to_have_attribute("data-drawn", whole)
    # Stretched by a key, and told; arrows are named once they are there.
    page.keyboard.press("e")
    expect(equal).to_have_attribute("aria-pressed", "false")
    expect(surface).not_to_have_attribute("data-drawn", whole)
    assert aspect() != pytest.approx(1.0, rel=1e-2)
    equal.click()
    expect(surface).to_have_attribute("data-drawn", whole)
    expect(legend).to_contain_text("a dot every step")
    expect(legend).not_to_contain_text("−∇f")
    page.keyboard.press("a")
    expect(arrows).to_have_attribute("aria-pressed", "true")
    expect(legend).to_contain_text("dashed: −∇f · thick: next step")
    page.keyboard.press("a")
    room.seek(400)
    expect(legend).to_contain_text("a dot every 50 steps")


def test_ten_quick_presses_move_the_start_ten_steps(room: RaceRoom) -> None:
    start = room.hook("race-origin")
    x, y = (float(each) for each in (start.get_attribute("data-value") or "").split(","))
    x0, x1, *_ = (float(each) for each in (room.page.locator(".race-surface").get_attribute("data-drawn") or "").split(","))
    start.focus()
    for _ in range(10):
        room.page.keyboard.press("ArrowRight")
    wanted = x
    for _ in range(10):
        wanted = round(wanted + (x1 - x0) / 100, 3)
    expect(start).to_have_attribute("data-value", f"{wanted:g},{y:g}")


def test_another_surface_comes_with_its_own_lanes(room: RaceRoom) -> None:
    """At no time are trails of one surface over the ground of another."""
    page = room.page
    room.seek(200)
    page.evaluate(
        """() => {
          window.seen = [];
          const surface = document.querySelector(".race-surface");
          const heads = document.querySelector("[data-testid=race-heads]");
          const look = () => {
            window.seen.push([surface.dataset.surface, heads.dataset.surface]);
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    before = page.locator(".race-surface").get_attribute("data-surface")
    room.hook("race-surface").select_option("himmelblau")
    expect(page.locator(".race-surface")).not_to_have_attribute("data-surface", str(before))
    room.settle()
    seen = page.evaluate("() => window.seen")
    assert len({ground for ground, _ in seen}) == 2 and all(ground == lanes for ground, lanes in seen)
