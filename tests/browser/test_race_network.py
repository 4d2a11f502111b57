"""The Race room on the network in Chromium: lanes that are lone runs, planes and what they hide, a lane in the microscope, and
the studies; TEACHING.md moments 6, 7 and 8."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from network_page import NetworkRoom
from playwright.sync_api import Page, expect
from scene_page import ScenePage

from engine import RunSpec, Trainer
from engine.race.gradient_noise import gradient_noise
from engine.race.presets import PRESETS
from engine.race.seeds import SeedRace


@pytest.fixture
def room(page: Page, server_url: str) -> NetworkRoom:
    return NetworkRoom(page).open(server_url)


def alone(steps: int, **changes: object) -> Trainer:
    """The page's first run, which every lane trains, by a rule of its own."""
    trainer = Trainer(RunSpec.model_validate(changes))
    trainer.step(steps)
    return trainer


@pytest.mark.looks(seconds=30, sweep=True)
def test_lanes_planes_and_a_lane_in_the_microscope(room: NetworkRoom, complaints) -> None:
    page = room.page
    expect(page.locator("[data-netlane]")).to_have_count(4)
    expect(room.hook("race-share")).to_be_hidden()  # it would take the other race away
    # At the start there is no way yet, so no plane of most variance: the refusal says what it needs.
    page.locator("[data-plane=pca][aria-pressed]").click()
    expect(room.hook("network-plane-error")).to_contain_text("allowed: points that span a plane")
    expect(page.locator("[data-plane=random][aria-pressed]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    room.settle(1)
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    room.settle(3)
    page.keyboard.press("ArrowLeft")
    room.settle(2)
    room.seek(300)
    # A lane is a lone run, bit for bit; its distance off the plane and both losses stand beside it.
    momentum = alone(300, optimizer={"name": "momentum"})
    lane = page.locator("[data-netlane]").filter(has=page.get_by_role("button", name="momentum", exact=True))
    number = lane.get_attribute("data-netlane")
    assert room.value(f"[data-netloss='{number}']") == momentum.loss("train")
    room.plane("pca")
    expect(room.hook("network-plane-error")).to_be_hidden()
    where = f"[data-off='{number}']"
    page.wait_for_function("(selector) => Number(document.querySelector(selector).dataset.true) > 0", arg=where)
    assert room.value(where, "true") == momentum.objective("train")
    assert room.value(where) > 0 and 0 < room.value(where, "residual") < 1 and room.value(where, "slice") > 0
    assert 0.3 < room.value("[data-testid=network-explained]") < 1
    expect(room.hook("network-away")).to_contain_text("furthest off it")
    # What nobody else says is a line; the rest is there on demand, and over the losses.
    assert page.locator(".network-words summary").bounding_box()["height"] < 40
    expect(room.hook("network-minima")).to_be_hidden()
    page.locator(".network-words summary").click()
    expect(room.hook("network-minima")).to_contain_text("lowest point")
    expect(room.hook("network-minima")).to_be_visible()
    page.keyboard.press("Escape")
    expect(room.hook("network-minima")).to_be_hidden()
    # Exact under the pointer: some point of some way.
    box = page.locator(".network-surface").bounding_box()
    assert box
    tip = room.hook("network-tip")
    for i in range(24 * 12):
        page.mouse.move(box["x"] + box["width"] * (i % 24 + 0.5) / 24, box["y"] + box["height"] * (i // 24 + 0.5) / 12)
        if tip.is_visible():
            break
    expect(tip).to_be_visible()
    assert float(tip.get_attribute("data-off") or "nan") >= 0 and float(tip.get_attribute("data-slice_loss") or "nan") > 0
    # Each lane its own bound beside its rate, whenever the lanes stand.
    expect(page.locator("[data-testid=network-bounds] li")).to_have_count(4)
    sgd = alone(300, optimizer={"name": "sgd"})
    expect(page.locator("#network-lanes [data-fact=step]")).to_have_attribute("data-value", "300")
    told = {
        int(row["bound"]): (float(row["value"]), float(row["rate"]))
        for row in page.locator("[data-testid=network-bounds] li").evaluate_all(
            "(rows) => rows.map((row) => ({...row.dataset}))"
        )
    }
    names = page.locator("[data-netpick]").evaluate_all("(all) => all.map((each) => [each.textContent, each.dataset.netpick])")
    number_of = {name: int(value) for name, value in names}
    limit, rate = told[number_of["gradient descent"]]
    theta, gradient = sgd.machine.theta, sgd.evaluator.gradient
    assert rate == 0.01 and limit > 0
    v = np.random.default_rng(0).normal(size=theta.size)
    before = theta.copy()
    for _ in range(300):  # the largest curvature by plain power iteration on H + 5
        v /= np.linalg.norm(v)
        ends = []
        for sign in (1, -1):
            theta[...] = before + sign * 1e-4 * v
            ends.append(gradient("train"))
        theta[...] = before
        v, last = (ends[0] - ends[1]) / 2e-4 + 5.0 * v, v
    assert limit == pytest.approx(2.0 / (v @ last - 5.0), rel=1e-3)
    # Two weights, three points, random directions; a coarse picture is followed by finer ones.
    room.plane("weights")
    room.hook("network-weight-2").select_option("5")
    expect(room.hook("network-contour")).to_have_attribute(
        "aria-label", re.compile(r"W1\[1,1\].* and W1\[3,2\].*contours at f = ")
    )
    room.plane("points")
    room.hook("network-corner-3").select_option(index=1)
    expect(room.hook("network-plane-error")).to_contain_text("two that span a plane")
    room.hook("network-corner-3").select_option(index=3)
    expect(room.hook("network-plane-error")).to_be_hidden()
    expect(page.locator(".network-surface[data-plane=points][data-stride='1']")).to_be_visible()
    room.plane("random")
    room.hook("network-others").check()
    expect(page.locator(".network-words")).to_contain_text("of biases and norms each tensor as long as itself")
    # A lane of its own batch: badged, refused out of range, and running from the start to where the others are.
    room.hook("network-add").click()
    expect(page.locator("[data-netlane]")).to_have_count(5)
    editor = room.hook("network-editor")
    expect(editor).to_be_visible()
    field = page.locator("[name='net.batch_size']")
    field.fill("0")
    field.press("Enter")
    expect(editor.get_by_role("alert").filter(visible=True)).to_contain_text("whole number from 1")
    field.fill("3")
    field.press("Enter")
    expect(page.locator("[data-part=network-standings] .lane-badge")).to_have_text(["own batches"])
    room.settle(300)
    room.looks_well("a race on the network")
    # On a phone the picture begins below what lays the plane.
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(
        "() => document.querySelector('.network-own').getBoundingClientRect().bottom <= "
        "document.querySelector('.network-surface').getBoundingClientRect().top + 0.5"
    )
    # On a beamer what lays it folds away.
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("p")
    expect(page.locator(".network-own")).to_be_hidden()
    page.keyboard.press("p")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("Escape")
    expect(editor).to_be_hidden()
    page.keyboard.press("Escape")
    # The same link replays the same race: every loss bit for bit, in a session of its own.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    room.hook("network-share").click()
    expect(room.hook("notice")).to_contain_text("The link is copied")
    link = page.evaluate("() => navigator.clipboard.readText()")
    losses = "(all) => all.map((each) => [each.dataset.netloss, each.dataset.value])"
    mine = page.locator("[data-netloss]").evaluate_all(losses)
    other = NetworkRoom(page.context.new_page())
    other.page.goto(link)
    other.ready()
    other.settle(300)
    assert other.page.locator("[data-netloss]").evaluate_all(losses) == mine and len(mine) == 5
    expect(other.page.locator("[data-part=network-standings] .lane-badge")).to_have_text(["own batches"])
    other.page.close()
    # In three dimensions, by key and by button, and that is what the picture has; each head is as high as its own loss.
    scene = ScenePage(page, "network-3d", complaints)
    page.keyboard.press("3")
    solid = scene.stage
    scene.drawn(300)
    expect(page.locator(".network-surface")).to_be_hidden()
    expect(page.locator(".network-words")).to_contain_text("as high as its own loss")
    high = {str(lane): head["place"][2] for lane, head in scene.heads().items() if not head["beyond"]}
    ranked = sorted(mine, key=lambda each: room.value(f"[data-off='{each[0]}']", "true"), reverse=True)
    ordered = [high[lane] for lane, _ in ranked if lane in high]
    assert ordered == sorted(ordered, reverse=True) and len(set(ordered)) > 2
    # Taken away: the table ends with what the page shows; page and picture come whole.
    found = {}
    for kind, ending in (("Every recorded", "csv"), ("Page with", "html"), ("Picture", "png")):
        with page.expect_download() as saved:
            room.hook("network-export").click()
            page.get_by_role("menuitem", name=kind).click()
        assert saved.value.suggested_filename.endswith(f"step-300.{ending}")
        found[ending] = Path(saved.value.path())
    with found["csv"].open() as file:
        ends = {row["lane"]: row for row in csv.DictReader(file)}
    assert {lane: (float(row["train_loss"]), row["step"]) for lane, row in ends.items()} == {
        lane: (float(loss), "300") for lane, loss in mine
    }
    assert found["html"].stat().st_size > 1_000_000
    picture = found["png"].read_bytes()
    page.locator("[data-netlook=contour]").click()
    expect(page.locator(".network-surface")).to_be_visible()
    expect(solid).to_be_hidden()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) > 50_000
    # The chosen lane where it stands, in the session's own trainer; Escape comes back to the race.
    page.locator(f"[data-netpick='{number}']").click()
    room.hook("network-microscope").click()
    expect(page.locator("main.network-race")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("main.network-race")).to_be_visible()
    room.settle(300)
    page.locator("[data-door=train]").click()
    expect(room.hook("step")).to_have_attribute("data-value", "300")
    expect(room.hook("train-loss")).to_have_attribute("data-value", repr(float(momentum.loss("train"))))
    page.locator("[data-door=race]").click()
    # Emptied of lanes it says so, and begins anew on what the Train view has now.
    while count := page.locator("[data-netedit]").count():
        page.locator("[data-netedit]").first.click()
        room.hook("network-remove").click()
        expect(page.locator("[data-netedit]")).to_have_count(count - 1)
    expect(room.hook("network-empty")).to_be_visible()
    room.hook("network-begin").click()
    expect(page.locator("[data-netlane]")).to_have_count(4)
    room.rates("tuned", press=False)
    expect(page.locator("[data-netpick='1']")).to_have_text("momentum")  # the run that was opened is momentum's
    room.settle(0)


@pytest.mark.looks(seconds=30, sweep=True)
def test_studies_and_moments_seven_and_eight(room: NetworkRoom) -> None:
    page = room.page
    # Moment 8: one network, fifty starts. The preset runs them; the count on the page is the engine's.
    room.hook("network-preset").select_option("fifty_starts")
    expect(page.locator("main.studies")).to_be_visible()
    expect(page.locator(".studies [data-study=seeds][data-state=done]")).to_be_visible(timeout=60_000)
    script = PRESETS["fifty_starts"].script
    expected = SeedRace(script["run"], script["lanes"], 50, 2000, points=2).finish()
    count = room.value("[data-seeds]")
    assert count == round(50 * expected.share_below(0, 0.05)) and 31 <= count <= 39
    expect(page.locator("[data-seeds]")).to_have_text(f"{count:.0f} of 50")
    painted = room.hook("seeds-endings").evaluate(
        """(canvas) => {
          const copy = document.createElement("canvas");
          [copy.width, copy.height] = [canvas.width, canvas.height];
          const context = copy.getContext("2d", { willReadFrequently: true });
          context.drawImage(canvas, 0, 0);
          return new Set(new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer)).size;
        }"""
    )
    assert painted > 50, "fifty answers have many shades"
    # Refused by field and range; left in the middle.
    room.type("seeds-count", "65")
    room.hook("seeds-begin").click()
    expect(room.hook("study-error-seeds")).to_contain_text("seeds")
    expect(room.hook("study-error-seeds")).to_contain_text("at most 64")
    room.type("seeds-count", "64")
    room.type("seeds-steps", "50000")
    room.hook("seeds-begin").click()
    expect(page.locator(".studies [data-study=seeds]")).to_have_attribute("data-state", "running")
    room.hook("study-cancel-seeds").click()
    expect(page.locator(".studies [data-study=seeds]")).to_have_attribute("data-state", "cancelled")
    # On another run: the first one's data, at its step 60.
    room.show("network")
    room.hook("network-begin").click()
    expect(page.locator("[data-netlane]")).to_have_count(4)
    room.ready()
    room.rates("tuned", press=False)
    room.rates("defaults")
    room.seek(60)
    expect(page.locator("#network-lanes [data-fact=step]")).to_have_attribute("data-value", "60")
    room.show("studies")
    # Moment 7: a mean of disagreeing arrows. The full gradient stays, the batch's mean is another with each draw.
    room.open_study("compass")
    room.hook("compass-lane").select_option(label="gradient descent")
    room.hook("compass-second").select_option(label="b1[2]")
    room.study("compass", "compass-begin")
    lone = alone(60, optimizer={"name": "sgd"})
    second = 16 + 1  # W1 is 8 by 2, and b1 follows
    arrows = gradient_noise(lone.evaluator, 0, second)
    full = [room.value(f"[data-compass='full-{i}']") for i in (1, 2)]
    assert full == arrows.full.tolist()
    for number in (0, 1, 2):
        mean = arrows.mean(arrows.draw(10, number))
        expect(page.locator("[data-compass='mean-1']")).to_have_attribute("data-value", repr(float(mean[0])))
        assert room.value("[data-compass='mean-2']") == mean[1]
        page.keyboard.press("d")
    assert [room.value(f"[data-compass='full-{i}']") for i in (1, 2)] == full
    room.type("compass-batch", "999999")
    room.hook("compass-begin").click()
    expect(room.hook("study-error-compass")).to_contain_text("1 to 250")
    room.looks_well("the compass")
    # Moment 6 on the network: where a lane stands in rates and momenta, its bound, its factor a step.
    room.open_study("point")
    room.study("point", "phase-begin")
    room.hook("phase-lane").select_option(label="momentum")
    expect(room.hook("phase-plot")).to_have_attribute("data-momentum", "0.9")
    assert (
        room.value("[data-testid=phase-plot]", "rate") == 0.01 and 0 < room.value("[data-testid=phase-plot]", "growth") < 1.001
    )
    room.hook("phase-lane").select_option(label="Adam")
    expect(page.locator(".study[data-part=study-point] .study-empty")).to_contain_text("no place in this map")
    # Rates, on the network and on the surface; basins of the surface.
    room.open_study("rates")
    for hook, text in (("rates-count", "5"), ("rates-steps", "60"), ("rates-seeds", "2")):
        room.type(hook, text)
    room.study("rates", "rates-begin")
    expect(room.hook("rates-words")).to_contain_text("5 rates × 2 seeds, 60 steps")
    assert all(
        float(value) > 0 for value in page.locator("[data-best]").evaluate_all("(all) => all.map((e) => e.dataset.value)")
    )
    room.hook("rates-on").select_option("surface")
    room.study("rates", "rates-begin")
    expect(page.locator("[data-best]")).to_have_count(6)
    room.show("surface")
    room.hook("race-surface").select_option("himmelblau")
    room.show("studies")
    room.open_study("basins")
    room.type("basins-side", "12")
    room.study("basins", "basins-begin")
    counts = page.locator("[data-basin]").evaluate_all("(all) => all.map((each) => Number(each.dataset.value))")
    assert len(counts) == 6 and sum(counts) == 144 and sum(count > 10 for count in counts[:4]) == 4
    room.looks_well("basins")
    # Escape leads to the gallery, and from there to the network.
    page.keyboard.press("Escape")
    expect(page.locator("[data-studies=basins]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("main.network-race")).to_be_visible()


@pytest.mark.slow(seconds=6)
def test_moment_six_the_speed_limit(page: Page, server_url: str) -> None:
    """Ravine, κ = 100: each rate beside its bound 0.02; 0.0199 comes to a millionth in 687 steps, 0.0201 diverges."""
    page.goto(f"{server_url}/#view=race")
    expect(page.locator("main.race[data-ready=true]")).to_be_visible(timeout=300_000)
    page.get_by_test_id("race-preset").select_option("speed_limit")
    expect(page.get_by_test_id("race-claim")).to_contain_text("687")
    page.get_by_role("radio", name="flat out").click()
    expect(page.locator("[data-part=race-transport]")).to_have_attribute("data-status", "finished")
    expect(page.locator("[data-lane='1'] .lane-reached")).to_have_text("687")
    expect(page.locator("[data-lane='2'] .lane-loss")).to_contain_text("diverged")
    bound = float(page.locator("[data-lane='1'] .lane-how").get_attribute("data-bound") or "nan")
    assert bound == pytest.approx(0.02, rel=1e-12)
