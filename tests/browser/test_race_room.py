"""The Race room in Chromium: eight lanes, their start dragged, a rate changed on the way, read exactly, taken away."""

from __future__ import annotations

import base64
import csv
import math
import re
from pathlib import Path

import pytest
from looks import looks_well, problems
from playwright.sync_api import Page, expect
from race_page import SIZES, RaceRoom
from scene_page import ScenePage

from engine.race import Race

EIGHT = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adadelta", "amsgrad")


@pytest.fixture
def room(page: Page, server_url: str) -> RaceRoom:
    return RaceRoom(page).open(server_url)


ARRIVED = """([x, y]) => {
  // The start lies where it was let go, and the engine knows.
  const start = document.querySelector("[data-testid=race-origin]");
  const box = start.getBoundingClientRect();
  const told = start.getAttribute("aria-label").replaceAll("\u2212", "-").match(/-?[0-9.]+/g).map(Number);
  const known = start.dataset.value.split(",").map(Number);
  const near = Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) < 6;
  return near && told.every((number, i) => Math.abs(number - known[i]) < 0.02);
}"""


def twin(rows: list[dict], max_steps: int = 1000) -> Race:
    """The engine's own race under the rules and the start that the page shows."""
    lanes = [{"optimizer": {"name": name, "lr": float(row["rate"])}} for name, row in zip(EIGHT, rows, strict=False)]
    return Race({"surface": "rosenbrock", "start": [-1.3, 1.6], "lanes": lanes, "max_steps": max_steps})


PIXEL = """async ([picture, x, y]) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.drawImage(image, -Math.round(x), -Math.round(y));
  return [...context.getImageData(0, 0, 1, 1).data];
}"""
INK = """() => {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--ink");
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
}"""


@pytest.mark.looks(seconds=30, sweep=True)
def test_eight_lanes_from_a_dragged_start_to_a_link_that_replays_them(room: RaceRoom, server_url: str, tmp_path: Path) -> None:
    page = room.page
    room.settle(0)
    expect(page.locator(".lane")).to_have_count(6)
    for count in (7, 8):
        room.hook("race-add").click()
        expect(page.locator(".lane")).to_have_count(count)
        expect(page.locator(".lane").last.get_by_test_id("race-editor")).to_be_visible()
    page.keyboard.press("Escape")
    expect(room.hook("race-editor")).to_be_hidden()
    page.keyboard.press("Escape")
    # Play, pause, one step on, one back: all lanes together.
    room.speed("60/s")
    room.hook("race-play").click()
    room.status("playing")
    page.wait_for_function("() => Number(document.querySelector('[data-testid=race-step]').dataset.value) > 60")
    room.hook("race-play").click()
    room.status("paused")
    stood = room.settle()
    page.keyboard.press("ArrowRight")
    room.settle(stood + 1)
    page.keyboard.press("ArrowLeft")
    room.settle(stood)
    room.seek(300)
    rows = sorted(room.lanes(), key=lambda row: row["id"])
    race = twin(rows)
    race.seek(300)
    assert [float(row["loss"]) for row in rows] == [float(race.losses(row["id"])[-1]) for row in rows]
    assert [row["rank"] for row in room.lanes()] == list(range(1, 9)), "at rest the least loss is first"
    # On a beamer what is set folds away, and six of the eight lanes are in sight.
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("p")
    expect(page.locator("[data-field='race.start.0']")).to_be_hidden()
    expect(page.locator(".lane").nth(5)).to_be_in_viewport(ratio=0.9)
    assert problems(page) == []
    page.keyboard.press("p")
    page.set_viewport_size({"width": 1440, "height": 900})
    leader = min(rows, key=lambda row: float(row["loss"]))
    expect(page.locator("[data-part=point]")).to_have_attribute("data-of", str(leader["id"]))
    # Its next update taken apart: the last quantity is where the race goes, bit for bit; a step on, and it is the next one's.
    page.keyboard.press("o")
    apart = room.hook("race-anatomy")
    race.seek(302)
    trail = race.trail(leader["id"])
    for update, i in ((301, 0), (301, 1), (302, 1)):
        expect(apart).to_contain_text(f"update {update}.")
        expect(apart.locator("[data-quantity=theta]")).to_contain_text(f"{'xy'[i]}, the coordinate")
        expect(apart).to_have_attribute("data-state", "done")
        for name, step in (("theta", update - 1), ("theta_new", update)):
            told = apart.locator(f"[data-quantity={name}] .told").get_attribute("data-value")
            assert float(told or "nan") == trail[step, i]
        line = apart.locator("[data-quantity=theta_new] .sparkline")
        expect(line).to_have_attribute("aria-label", re.compile("over 51 updates"))
        if i == 0:
            page.locator("[data-coordinate=y]").click()
            looks_well(page, "dialog[open]", sizes=SIZES)
        elif update == 301:
            page.keyboard.press("ArrowRight")
            room.settle(301)
    page.keyboard.press("Escape")
    expect(apart).to_be_hidden()
    # A race that plays is paused to be looked at.
    room.hook("race-play").click()
    room.status("playing")
    page.keyboard.press("o")
    room.status("paused")
    expect(apart).to_have_attribute("data-state", "done")
    page.keyboard.press("Escape")
    room.seek(300)
    # Drag the start, and move it with the arrows.
    start = room.hook("race-origin")
    box = start.bounding_box()
    assert box
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 40, steps=8)
    page.mouse.move(box["x"] + 172, box["y"] + 92, steps=8)
    page.mouse.up()
    page.wait_for_function(ARRIVED, arg=[box["x"] + 172, box["y"] + 92])
    dragged = start.get_attribute("data-value") or ""
    assert dragged != "-1.3,1.6"
    start.focus()
    page.keyboard.press("ArrowUp")
    expect(start).not_to_have_attribute("data-value", dragged)
    # A rate in the middle of the race: from here on, and marked on the time line.
    room.settle(300)
    before = {row["id"]: row["loss"] for row in room.lanes()}
    page.locator("[data-edit='1']").click()
    room.set("lane.optimizer.lr", "0.003")
    expect(page.locator("[data-lane='1'] .lane-how")).to_have_attribute("data-value", "0.003")
    assert {row["id"]: row["loss"] for row in room.lanes()} == before, "what was is as it was"
    expect(room.transport.locator(".mark-edit")).to_have_count(1)
    room.set("lane.optimizer.lr", "-1")
    expect(room.hook("race-editor").get_by_role("alert").filter(visible=True)).to_contain_text("[0, 1e+09]")
    expect(page.locator("[data-lane='1'] .lane-how")).to_have_attribute("data-value", "0.003")
    room.hook("race-duplicate").click()
    expect(page.locator(".lane")).to_have_count(9)
    room.hook("race-remove").click()
    expect(page.locator(".lane")).to_have_count(8)
    room.seek(450)
    # Closer to the leader by a key: the same shades on a finer grid; and back to all of it.
    whole = page.locator(".race-surface").get_attribute("data-drawn")
    page.keyboard.press("+")
    expect(page.locator(".race-surface")).not_to_have_attribute("data-drawn", str(whole))
    page.locator(".race-surface").dblclick(position={"x": 500, "y": 200})
    expect(page.locator(".race-surface")).to_have_attribute("data-drawn", str(whole))
    # The exact numbers of a step, under the pointer.
    tip = room.hook("race-tip")
    x, y = (float(value) for value in (start.get_attribute("data-value") or "").split(","))
    place = start.bounding_box()
    assert place
    found = None
    for turn in range(72):
        reach, angle = 16 + 8 * (turn // 18), 2 * math.pi * turn / 18
        page.mouse.move(place["x"] + 12 + reach * math.cos(angle), place["y"] + 12 + reach * math.sin(angle))
        found = {key: tip.get_attribute(f"data-{key}") for key in ("lane", "step", "x", "y", "loss")}
        if tip.is_visible() and found["step"] != "0":
            break
    assert found is not None and int(found["step"]) > 0
    expect(tip).to_contain_text(f"step {found['step']} x {found['x']}".replace("-", "−"))
    # Taken away: the table has that very step, and the link the very race.
    with page.expect_download() as saved:
        room.hook("race-export").click()
        page.get_by_role("menuitem", name="Every step").click()
    table = tmp_path / "race.csv"
    saved.value.save_as(table)
    with table.open() as file:
        steps = {(row["lane"], row["step"]): row for row in csv.DictReader(file)}
    exact = steps[(found["lane"], found["step"])]
    assert [float(exact[key]) for key in ("x", "y", "loss")] == [float(found[key]) for key in ("x", "y", "loss")]
    assert (float(exact["x"]) - x) ** 2 + (float(exact["y"]) - y) ** 2 < 4
    for kind, ending, least in (("Page with", ".html", 1_000_000), ("Picture", ".png", 20_000)):
        with page.expect_download() as saved:
            room.hook("race-export").click()
            page.get_by_role("menuitem", name=kind).click()
        assert saved.value.suggested_filename.endswith(f"step-450{ending}")
        assert Path(saved.value.path()).stat().st_size > least
        saved.value.save_as(tmp_path / f"race{ending}")
    # The start, which is a button on the page, is in the picture too.
    box, origin = page.locator(".race-surface").bounding_box(), room.hook("race-origin").bounding_box()
    assert box and origin
    place = [2 * (24 + origin["x"] + 12 - box["x"] + 5), 2 * (40 + origin["y"] + 12 - box["y"])]
    taken = base64.b64encode((tmp_path / "race.png").read_bytes()).decode()
    assert page.evaluate(PIXEL, [taken, *place]) == page.evaluate(INK)
    # The page that was taken away draws by itself, out of a folder, and has nothing to complain of.
    alone = page.context.new_page()
    alone.goto((tmp_path / "race.html").as_uri())
    expect(alone.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(alone.locator(".outcome h1")).to_have_text(room.hook("race-why-title").inner_text())
    expect(alone.locator(".outcome p")).to_have_text(room.hook("race-why").inner_text())
    there = sorted((row for row in room.lanes() if row["diverged"] is None), key=lambda row: row["rank"])
    expect(alone.locator(".podium li strong")).to_have_text(
        [row["name"] for row in there[: alone.locator(".podium li").count()]]
    )
    expect(alone.locator(".annotation-text", has_text="start")).to_have_count(1)
    alone.close()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    room.hook("race-share").click()
    expect(room.hook("notice")).to_contain_text("The link is copied")
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert "view=race" in link and "r=" in link
    mine = sorted(room.lanes(), key=lambda row: row["id"])
    other = RaceRoom(page.context.new_page()).open(server_url, link.split("#")[1])
    other.settle(450)
    theirs = sorted(other.lanes(), key=lambda row: row["id"])
    assert [(row["loss"], row["rate"]) for row in theirs] == [(row["loss"], row["rate"]) for row in mine], "bit for bit"
    expect(other.transport.locator(".mark-edit")).to_have_count(1)
    assert "r=" not in other.page.url


@pytest.mark.looks(seconds=30, sweep=True)
def test_surfaces_formulas_presets_and_lanes_that_leave(room: RaceRoom, complaints) -> None:
    page = room.page
    # A preset makes its point: one of two lanes leaves, and is marked.
    room.hook("race-preset").select_option("speed_limit")
    expect(room.hook("race-claim")).to_contain_text("0.0201 diverges")
    room.status("playing")
    room.speed("flat out")
    room.status("finished")
    room.settle(5000)
    below, above = room.lanes()
    assert (below["name"], below["diverged"]) == ("just below", None) and above["name"] == "just above"
    assert float(below["bound"]) == pytest.approx(0.02, rel=1e-12) and float(above["loss"]) > 1e6 * float(below["loss"])
    # No update is left to be taken apart, and which are is said.
    room.hook("race-open").click()
    apart = room.hook("race-anatomy")
    expect(apart).to_have_attribute("data-state", "refused")
    expect(apart).to_contain_text("The race is at its end, step 5000. Allowed: 0 to 4999")
    page.keyboard.press("Escape")
    # The rate's slider is marked at 2/λ_max (moment 6).
    page.locator(f"[data-edit='{below['id']}']").click()
    mark = room.hook("race-editor").locator(".slider-mark")
    expect(mark).to_be_visible()
    assert float(mark.get_attribute("data-value") or 0) == float(below["bound"])
    room.looks_well("a lane beyond the frame")
    page.keyboard.press("Escape")
    # A surface with a parameter, which has a range.
    room.hook("race-surface").select_option("ravine")
    room.set("race.surface.kappa", "0.1")
    expect(page.locator("[data-field='race.surface.kappa'] .field-error")).to_contain_text("[1, 10000]")
    room.set_and_settle("race.surface.kappa", "1000", 5000)
    assert all(row["diverged"] for row in room.lanes()), "both rates are above 2/1000"
    expect(page.locator("[data-lane] .lane-loss").first).to_contain_text("diverged at")
    # A formula of one's own: refused by character, then raced on.
    room.hook("race-surface").select_option("formula")
    own = room.hook("race-own-formula")
    expect(own).to_be_visible()
    for text, words in (("x + import", "allowed"), ("log(-1 - x**2)", "no value")):
        own.fill(text)
        own.press("Enter")
        expect(room.hook("race-formula-error")).to_contain_text(words)
    own.fill("(x**2 + y**2) / 2 + cos(3*x)")
    own.press("Enter")
    expect(room.hook("race-formula-error")).to_be_hidden()
    expect(room.hook("subject")).to_contain_text("your own formula")
    room.settle(0)
    # Rates chosen in one way; more lanes than colours; a noise of one's own is badged.
    for count in range(page.locator(".lane").count() + 1, 17):
        room.hook("race-add").click()
        expect(page.locator(".lane")).to_have_count(count)
    expect(room.hook("race-add")).to_be_disabled()
    page.locator("[data-rates=tuned]").click()
    expect(room.hook("race-rates")).to_contain_text("rates × 1 seed", timeout=60_000)
    room.hook("race-more").locator("summary").click()
    room.set("race.noise", "0.3")
    room.set("lane.seed", "7")
    expect(page.locator(".lane-badge")).to_have_text(["own noise"])
    room.hook("race-editor").get_by_role("button", name="close").click()
    page.locator("[data-abscissa=time]").click()
    room.seek(400)
    room.looks_well("sixteen lanes")
    # In three dimensions, by one key, with sixteen lanes.
    scene = ScenePage(page, "race-3d", complaints)
    page.keyboard.press("3")
    scene.drawn(400)
    assert len(scene.ask("return scene.labels.filter(({ label }) => label.role === 'name')")) == 16
    page.keyboard.press("3")
    # No lane at all, and back to the run that was left alone.
    room.hook("race-preset").select_option("ravine")
    expect(page.locator(".lane")).to_have_count(2)
    for left in (1, 0):
        page.locator("[data-edit]").first.click()
        room.hook("race-remove").click()
        expect(page.locator(".lane")).to_have_count(left)
    expect(room.hook("race-empty")).to_be_visible()
    page.keyboard.press("o")
    expect(apart).to_have_attribute("data-state", "empty")
    expect(apart).to_contain_text("There is no lane yet")
    page.keyboard.press("Escape")
    page.locator("[data-door=train]").click()
    expect(room.hook("step")).to_have_attribute("data-value", "0")
    expect(page.locator("main.train, .train").first).to_be_visible()


def test_a_damaged_link_says_so(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/#view=race&r=nonsense")
    expect(page.get_by_test_id("notice")).to_contain_text("This link is damaged")
    expect(page.locator("main.race[data-ready=true]")).to_be_visible()
    assert not re.search(r"[#&]r=", page.url)


@pytest.mark.slow(seconds=6)
def test_what_is_told_of_a_place_is_so(room: RaceRoom) -> None:
    """|x| + |y| has no bound, and no rate is promised to do; a formula's minimum is found, and contours are told as f."""
    room.hook("race-surface").select_option("formula")
    own = room.hook("race-own-formula")
    for formula in ("x**2 + y**2 - 30", "abs(x) + abs(y)"):
        own.fill(formula)
        before = room.change
        own.press("Enter")
        expect(room.page.locator("main.race")).not_to_have_attribute("data-change", before)
        room.settle(0)
        expect(room.page.locator("[data-part=standings]")).to_contain_text("reached minimum + 0.01 at step")
        expect(room.hook("race-contour")).to_have_attribute(
            "aria-label", re.compile("f = −29.9" if "30" in formula else "f = 0.[0-9]")
        )
    expect(room.hook("race-verdict")).to_contain_text("at a kink, a rate may be too high")
    expect(room.page.locator("[data-fact=kind]")).not_to_contain_text("minimum")
