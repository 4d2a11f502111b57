"""The race in three dimensions: everything is where the engine says, seen through the camera; it is turned by hand, by fingers
and by keys; it says so where it cannot be drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from complaints import Complaints
from playwright.sync_api import Page, expect
from race_page import RaceRoom
from scene_page import ScenePage

from engine.race import Race
from server.race.levels import floor_of

STEP = 300
HEIGHT, GRID = 0.65, 181
NAMES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


@pytest.fixture
def room(page: Page, server_url: str) -> RaceRoom:
    return RaceRoom(page).open(server_url)


@pytest.fixture
def scene(room: RaceRoom, complaints: Complaints) -> ScenePage:
    found = ScenePage(room.page, "race-3d", complaints)
    room.seek(STEP)
    room.page.keyboard.press("3")
    found.drawn(STEP)
    return found


class Stated:
    """The box once more, from what a surface is: where f lies in it."""

    def __init__(self, race: Race) -> None:
        self.surface = race.surface
        f = self.surface.grid(GRID, GRID)[2]
        self.least = min([f.min(), *(minimum.value for minimum in self.surface.minima)])
        self.floor = floor_of(f - self.least)
        level = self.level(f)
        self.ends = level.min(), level.max()
        self.domain = np.array(self.surface.domain)
        spans = self.domain[:, 1] - self.domain[:, 0]
        self.half = np.maximum(0.5, spans / spans.max())

    def level(self, f: np.ndarray) -> np.ndarray:
        return np.log10(f - self.least + self.floor)

    def place(self, points: np.ndarray) -> np.ndarray:
        low, high = self.ends
        flat = (2.0 * (points - self.domain[:, 0]) / (self.domain[:, 1] - self.domain[:, 0]) - 1.0) * self.half
        return np.column_stack([flat, HEIGHT * (self.level(self.surface.at(points).value) - low) / (high - low)])

    def point(self, places: np.ndarray) -> np.ndarray:
        return self.domain[:, 0] + (places[:, :2] / self.half + 1.0) / 2.0 * (self.domain[:, 1] - self.domain[:, 0])


def seen(told: dict[str, Any], place: np.ndarray) -> tuple[float, float]:
    """Where a place lies on the screen, through the camera's matrix."""
    x, y, _, w = np.array(told["matrix"]).reshape(4, 4).T @ [*place, 1.0]
    return (0.5 + x / w / 2.0) * told["width"], (0.5 - y / w / 2.0) * told["height"]


def _apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    """In pixels."""
    return float(np.hypot(one["x"] - other["x"], one["y"] - other["y"]))


CAMERA = "return { matrix: [...scene.matrix], width: scene.width, height: scene.height, painted: scene.painted }"
MESH = """
  const { meshOf, NUMBERS } = await load("race/scene/webgl/mesh.js");
  const { vertices } = meshOf(scene.relief, () => [0, 0, 0], () => 0);
  return given.map((i) => [...vertices.slice(i * NUMBERS, i * NUMBERS + 6)]);
"""
POINTED = """
  const { projected } = await load("race/scene/matrices.js");
  return given.flatMap((i) => {
    const [column, row] = [i % scene.relief.columns, Math.floor(i / scene.relief.columns)];
    const place = [scene.relief.across[column], scene.relief.up[row], scene.relief.heights[i]];
    const edge = column < 2 || row < 2 || column > scene.relief.columns - 3 || row > scene.relief.rows - 3;
    if (edge || scene.relief.hides(place, scene.camera.eye)) return [];
    const { x, y } = projected(scene.matrix, place, scene.width, scene.height);
    return [[scene.groundAt(x, y) ?? [NaN, NaN], scene.box.below(place)]];
  });
"""
COLOUR = """
  scene.paint();
  const context = new OffscreenCanvas(3, 3).getContext("2d");
  const scale = scene.canvas.width / scene.width;
  context.drawImage(scene.canvas, given[0] * scale - 1, given[1] * scale - 1, 3, 3, 0, 0, 3, 3);
  const { data } = context.getImageData(0, 0, 3, 3);
  return [0, 1, 2].map((part) => data.reduce((sum, each, i) => (i % 4 === part ? sum + each : sum), 0) / 9);
"""


def test_ground_balls_and_what_is_pointed_at_are_the_engines(room: RaceRoom, scene: ScenePage) -> None:
    rows = sorted(room.lanes(), key=lambda row: row["id"])
    lanes = [{"optimizer": {"name": name, "lr": float(row["rate"])}} for name, row in zip(NAMES, rows, strict=True)]
    race = Race({"surface": "rosenbrock", "start": [-1.3, 1.6], "lanes": lanes})
    race.seek(STEP)
    stated = Stated(race)
    # The ground: sampled vertices are as high as f there, and face away from its slope.
    columns, rows_of_grid = scene.ask("return [scene.relief.columns, scene.relief.rows]")
    chosen = np.random.default_rng(0).choice(columns * rows_of_grid, 200, replace=False)
    vertices = np.array(scene.ask(MESH, chosen.tolist()))
    points = stated.point(vertices)
    expected = stated.place(points)
    assert np.abs(vertices[:, :3] - expected).max() < 1e-4
    there = stated.surface.at(points)
    steep = HEIGHT / (stated.ends[1] - stated.ends[0]) / np.log(10.0) / (there.value - stated.least + stated.floor)
    spans = (stated.domain[:, 1] - stated.domain[:, 0]) / (2.0 * stated.half)
    normals = np.column_stack([-there.gradient * spans * steep[:, None], np.ones(len(points))])
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    assert np.median(np.einsum("ij,ij->i", normals, vertices[:, 3:])) > 0.999
    # The balls: on the screen where the camera shows the lane's own place, on the ground, in the lane's colour.
    camera, heads = scene.ask(CAMERA), scene.heads()
    assert set(heads) == {row["id"] for row in rows}
    for row in rows:
        own, head = stated.place(race.trail(row["id"])[-1:])[0], heads[row["id"]]
        assert head["place"][:2] == pytest.approx(own[:2], abs=1e-9)
        assert own[2] - 1e-9 <= head["place"][2] < own[2] + 0.06, "lower than the grid shows it lies on what is drawn"
        assert (head["x"], head["y"]) == pytest.approx(seen(camera, head["place"]), abs=0.1)
        assert 0 < head["x"] < camera["width"] and 0 < head["y"] < camera["height"]
    last = max(heads, key=lambda lane: min(_apart(heads[lane], heads[other]) for other in heads if other != lane))
    sign = room.page.locator(f"[data-lane='{last}'] .lane-sign circle").get_attribute("fill") or ""
    wanted = np.array([float(each) for each in sign.removeprefix("rgb(").removesuffix(")").split()])
    found = np.array(scene.ask(COLOUR, [heads[last]["x"], heads[last]["y"] - 6]))
    assert found @ wanted / np.linalg.norm(found) / np.linalg.norm(wanted) > 0.96, (found, wanted)
    # What is pointed at is told exactly.
    box = scene.box
    room.page.mouse.move(box["x"] + heads[last]["x"], box["y"] + heads[last]["y"])
    tip = scene.part("tip")
    expect(tip).to_have_attribute("data-step", str(STEP))
    lane = int(tip.get_attribute("data-lane") or 0)
    told = [float(tip.get_attribute(f"data-{name}") or "nan") for name in ("x", "y", "loss")]
    assert told == [*race.trail(lane)[-1], race.losses(lane)[-1]]
    room.page.mouse.move(box["x"] + 5, box["y"] + 5)
    expect(tip).to_be_hidden()
    # A place of the ground that is in sight is the one that is pointed at there.
    seen_there = scene.ask(POINTED, chosen[:60].tolist())
    assert len(seen_there) > 20
    away = [np.hypot(x - there_x, y - there_y) for (x, y), (there_x, there_y) in seen_there]
    assert np.mean(np.array(away) < 0.02) > 0.9, "but for those just behind a ridge"
    # The picture to take away has it.
    share = scene.ask("""
      const { racePicture } = await load("race/plots/picture.js");
      const image = await createImageBitmap(await racePicture("a title"));
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, Math.round(2 * (40 + scene.height)));
      let blue = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i + 2] > data[i] + 8) blue++;
      return blue / (data.length / 4);
    """)
    assert share > 0.05, "the ground is not in the picture"


LABELS = "return scene.labels.map(({ label, left, top, width, height }) => [label.role, label.text, left, top, width, height])"


def in_order(scene: ScenePage) -> None:
    """Every lane is named, both axes too; no words leave the stage or lie over others."""
    width, height = scene.ask("return [scene.width, scene.height]")
    labels = scene.ask(LABELS)
    back, stage = scene.part("reset").bounding_box(), scene.box
    assert back
    button = "button", "reset", back["x"] - stage["x"], back["y"] - stage["y"], back["width"], back["height"]
    assert {text for role, text, *_ in labels if role == "title"} == {"x", "y", "f"}
    assert len([role for role, *_ in labels if role == "name"]) == len(NAMES)
    for i, (_, text, x, y, w, h) in enumerate(labels):
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height, text
        for _, other, ox, oy, ow, oh in [*labels[:i], button]:
            assert x >= ox + ow or ox >= x + w or y >= oy + oh or oy >= y + h, (text, other)


TURNED = """
  while (String([...scene.matrix]) === String(given)) await new Promise((resolve) => requestAnimationFrame(resolve));
  return [...scene.matrix];
"""
FRAMES = """(count) => new Promise((resolve) => {
  const next = () => (count-- > 0 ? requestAnimationFrame(next) : resolve());
  next();
})"""


@pytest.mark.slow(seconds=5)
def test_it_is_turned_and_put_back_and_rests_otherwise(room: RaceRoom, scene: ScenePage) -> None:
    page, devtools = room.page, room.page.context.new_cdp_session(room.page)
    begin = scene.ask(CAMERA)
    in_order(scene)
    page.evaluate(FRAMES, 5)
    assert scene.ask(CAMERA) == begin, "nothing is painted where nothing changes"
    middle = scene.box["x"] + scene.box["width"] / 2, scene.box["y"] + scene.box["height"] / 2

    def turned(before: list[float]) -> list[float]:
        found: list[float] = scene.ask(TURNED, before)
        return found

    # By dragging; arrows go on to step the race.
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 80, middle[1] + 20, steps=3)
    page.mouse.up()
    dragged = turned(begin["matrix"])
    page.keyboard.press("ArrowRight")
    room.settle(STEP + 1)
    scene.drawn(STEP + 1)
    assert scene.ask(CAMERA)["matrix"] == dragged, "what was turned stays as it was turned"
    in_order(scene)
    scene.part("reset").click()
    assert turned(dragged) == begin["matrix"]
    # By keys, once one comes to the stage by keys.
    page.keyboard.press("Shift+Tab")
    expect(scene.stage).to_be_focused()
    now = begin["matrix"]
    for key in ("ArrowLeft", "ArrowUp", "+", "-"):
        page.keyboard.press(key)
        now = turned(now)
    page.keyboard.press("0")
    assert turned(now) == begin["matrix"]
    room.settle(STEP + 1)

    # By one finger, and closer by two.
    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = middle
    touch("touchStart", middle)
    touch("touchMove", (x - 60, y))
    touch("touchEnd")
    now = turned(begin["matrix"])
    width = scene.ask("return scene.camera.pixel(scene.width, scene.height)")
    touch("touchStart", (x - 30, y), (x + 30, y))
    touch("touchMove", (x - 60, y), (x + 60, y))
    touch("touchEnd")
    turned(now)
    assert scene.ask("return scene.camera.pixel(scene.width, scene.height)") == pytest.approx(width / 2, rel=0.02)


def test_where_it_cannot_be_drawn_it_says_so(room: RaceRoom, scene: ScenePage, complaints: Complaints) -> None:
    page = room.page
    complaints.expect("CONTEXT_LOST_WEBGL")
    card = "scene.canvas.getContext('webgl2').getExtension('WEBGL_lose_context')"
    scene.ask(f"window.card = {card}; window.card.loseContext()")
    nothing = scene.part("nothing")
    expect(nothing).to_contain_text("the contour shows the same until then")
    expect(scene.stage).to_be_hidden()
    scene.stage.evaluate("() => window.card.restoreContext()")
    expect(nothing).to_be_hidden()
    expect(scene.stage).to_be_visible()
    heads = scene.heads()
    place = max(heads.values(), key=lambda head: head["x"])
    assert sum(scene.ask(COLOUR, [place["x"], place["y"] - 6])) > 0, "nothing is drawn again"
    # A browser that has none, from the beginning.
    page.add_init_script("""
      const own = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        return kind.startsWith("webgl") ? null : own.call(this, kind, ...more);
      };
    """)
    page.reload()
    expect(page.locator("main.race[data-ready=true]")).to_be_visible()
    page.keyboard.press("3")
    expect(nothing).to_contain_text("WebGL is missing or switched off")
    nothing.get_by_role("button").click()
    expect(page.locator(".race-surface")).to_be_visible()
    expect(nothing).to_be_hidden()


FREE = """
  const { projected } = await load("race/scene/matrices.js");
  const { columns, rows, across, up, heights } = scene.relief;
  for (let i = 0; i < columns * rows; i += 37) {
    const place = [across[i % columns], up[Math.floor(i / columns)], heights[i]];
    const { x, y } = projected(scene.matrix, place, scene.width, scene.height);
    const inside = Math.abs(place[0]) < 0.8 && Math.abs(place[1]) < 0.6 && y > 50;
    if (inside && !scene.relief.hides(place, scene.camera.eye) && !scene.nearest(x, y, 30))
      return { x, y, point: scene.box.below(place) };
  }
"""
"""A place of the ground that is in sight, with no path near."""


@pytest.mark.slow(seconds=5)
def test_a_click_on_the_ground_is_a_start_and_many_starts_lie_on_it(room: RaceRoom, scene: ScenePage) -> None:
    page = room.page
    at, box = scene.ask(FREE), scene.box
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    fields = [page.locator(f"[name='race.start.{axis}']") for axis in (0, 1)]
    expect(fields[0]).not_to_have_value("−1.3")
    start = [float(field.input_value().replace("−", "-")) for field in fields]
    assert start == pytest.approx(at["point"], abs=0.05)
    room.settle(STEP)
    # Strokes of the brush are made on the flat picture.
    page.keyboard.press("3")
    page.keyboard.press("b")
    flat = page.locator(".race-surface").bounding_box()
    assert flat
    page.mouse.move(flat["x"] + flat["width"] * 0.4, flat["y"] + flat["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(flat["x"] + flat["width"] * 0.6, flat["y"] + flat["height"] * 0.5, steps=8)
    page.mouse.up()
    page.wait_for_function("() => Number(document.querySelector('[data-testid=race-fan]').dataset.paths) >= 8")
    page.keyboard.press("3")
    page.wait_for_function("(stage) => stage.offsetParent !== null", arg=scene.stage.element_handle())
    paths, ends, on_ground = scene.ask("""
      while (!scene.picture.many) await new Promise((resolve) => requestAnimationFrame(resolve));
      const { Fan } = await load("race/scene/fan.js");
      const { points, count, starts } = new Fan().of(scene.picture.many, scene.box, scene.relief);
      const off = Array.from({ length: count }, (_, i) =>
        Math.abs(points[4 * i + 2] - scene.relief.at(points[4 * i], points[4 * i + 1])));
      return [starts.length, points.filter((each, i) => i % 4 === 3 && each < 0).length, Math.max(...off)];
    """)
    assert paths >= 8 and ends >= paths and on_ground < 0.01


HOLE = """
  const [{ Box }, { Relief }, { meshOf }] = await Promise.all(
    ["race/scene/box.js", "race/scene/relief.js", "race/scene/webgl/mesh.js"].map(load));
  const level = Float64Array.from({ length: 25 }, (_, i) => (i === 12 ? NaN : i));
  const relief = new Relief(new Box([0, 4], [0, 4], [0, 24]), 5, 5, level);
  const { triangles, vertices } = meshOf(relief, () => [0, 0, 0], () => 0);
  return [[...triangles], [...vertices].every(Number.isFinite), relief.at(0, 0), relief.at(-1, -1), relief.at(2, 0)];
"""


@pytest.mark.slow(seconds=4)
def test_what_is_not_a_number_is_a_hole(scene: ScenePage) -> None:
    triangles, finite, middle, corner, outside = scene.ask(HOLE)
    ground = [each for each in triangles if each < 25]
    assert 12 not in ground and set(ground) == set(range(25)) - {12} and finite
    assert len(triangles) == 3 * (2 * 16 - 6 + 2 * 16), "six triangles meet in a point; of each edge four walls are two each"
    assert (middle, corner, outside) == (None, 0.0, None) or (str(middle), corner, str(outside)) == ("nan", 0.0, "nan")


@pytest.mark.looks(seconds=25)
def test_at_every_size(room: RaceRoom, scene: ScenePage) -> None:
    room.looks_well("in three dimensions")
    for width, height in ((390, 844), (844, 390), (1280, 720)):
        room.page.set_viewport_size({"width": width, "height": height})
        tab = room.page.locator("[data-tab=surface]").filter(visible=True)
        if tab.count():
            tab.click()
        scene.stage.scroll_into_view_if_needed()
        room.page.wait_for_function(
            "(stage) => Math.abs(stage.querySelector('canvas').width / Math.min(devicePixelRatio, 2) - stage.clientWidth) < 1",
            arg=scene.stage.element_handle(),
        )
        in_order(scene)
