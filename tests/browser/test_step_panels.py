"""The panels of the Step room: what they show are the engine's numbers, published ones among them; what waits, fails or is
refused says so; and all of it looks well."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from complaints import Complaints
from looks import looks_well
from panels_page import TWO, Panels, beside_looks_well, js, number, value
from playwright.sync_api import Page, WebSocketRoute, expect
from step_page import configure
from train_page import Train
from waiting import answered_here

from engine import RunSpec, Trainer
from engine.microscope import change, dissect, factors, in_place, next_update, sample_chain

SPEC = """async () => {
  // The spec of a new session's run, which is that of the page's own.
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws`);
  return await new Promise((resolve) => {
    socket.onopen = () => socket.send(JSON.stringify({ type: "attach", session: null }));
    socket.onmessage = ({ data }) => {
      const event = typeof data === "string" ? JSON.parse(data) : {};
      if (event.type === "run") { socket.close(); resolve(event.spec); }
    };
  });
}"""


@pytest.fixture
def step(train: Train) -> Panels:
    return Panels.enter(train)


@pytest.mark.looks(seconds=30)
def test_the_published_example_is_right_and_the_wrong_way_is_not(step: Panels) -> None:
    page = step.page
    direct = step.open("two_two_two")
    expected = change(direct)
    step.settled("right")
    assert value(step.hook("right-error")) < 1e-7
    for part in ("linear", "predicted", "actual"):
        assert value(step.hook(f"change-{part}")) == getattr(expected, part)
    assert abs(expected.predicted - expected.actual) < 0.1 * abs(expected.linear - expected.actual)
    step.hook("next-step").click()
    step.at(3)
    expect(step.hook("step-title")).to_contain_text(": activation")
    step.panel("wrong")
    expect(step.hook("wrong")).to_contain_text("Every δ uses the weights that made the outputs")
    page.keyboard.press("Tab")  # from its tab into the panel
    expect(step.hook("wrong-switch")).to_be_focused()
    page.keyboard.press("Space")
    wrong = step.settled("wrong")
    expect(wrong).to_contain_text("first all gradients, then the update")
    expect(wrong).to_contain_text("It changes W₁.")
    engine = in_place(direct)
    for name, right in engine.right.items():
        for index in np.ndindex(right.shape):
            row = wrong.locator(f"[data-entry='{name}:{','.join(map(str, index))}'] td")
            assert number(row.nth(1)) == right[index] and number(row.nth(2)) == engine.wrong[name][index]
    first = wrong.locator("[data-entry='W1:0,0'] td")
    assert number(first.nth(1)) == pytest.approx(0.149780716, abs=5e-10)
    assert number(first.nth(2)) == pytest.approx(0.14981764, abs=5e-9)
    expect(first.nth(1)).to_have_text("0.14978072")
    expect(first.nth(2)).to_have_text("0.14981764")
    beside_looks_well(step, "the wrong way")
    step.panel("factors")
    expect(step.settled("factors", "refused")).to_contain_text("one unit a layer")
    page.keyboard.press("End")
    step.panel("step")
    expect(page.get_by_text("This is the last micro-step")).to_be_visible()
    # The update comes as it was told.
    after = value(wrong.locator("[data-entry='W2:0,0'] td .told").nth(1))
    page.keyboard.press("ArrowRight")
    expect(step.room).to_have_attribute("data-update", "1")
    step.panel("optimizer")
    step.pick("anatomy", "W2", 0, 0)
    expect(step.settled("anatomy").locator("[data-quantity=theta] .value .told")).to_have_attribute("data-value", repr(after))


@pytest.mark.looks(seconds=30, sweep=True)
def test_the_optimizer_and_the_samples_of_a_running_network(train: Train) -> None:
    page = train.page
    spec = RunSpec.model_validate(page.evaluate(SPEC))
    direct = Trainer(spec)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    train.settle(3)
    direct.step(3)
    step = Panels.enter(train)
    update = next_update(direct)
    # Two rules and their dialects: each quantity is the engine's.
    for rule in ("adam", "rmsprop"):
        if rule != "adam":
            page.keyboard.press("Escape")
            train.input("optimizer.name").select_option(rule)
            expect(train.hook("subject")).to_contain_text("RMSProp")
            direct.edit({"kind": "set", "path": "optimizer.name", "value": rule})
            Panels.enter(train)
        step.panel("optimizer")
        step.pick("anatomy", "W1", 2, 1)
        found = dissect(direct, "W1", (2, 1))
        anatomy = step.settled("anatomy")
        for part in (*found.inputs, *found.parts):
            row = anatomy.locator(f"[data-quantity='{part.name}']")
            expect(row.locator(".value .told")).to_have_attribute("data-value", js(part.value))
            expect(row.get_by_role("img")).to_have_count(1)
        assert anatomy.locator("math").count() >= 3 * len(found.parts)
        if rule == "adam":
            beside_looks_well(step, "the optimizer")
    step.panel("samples")
    step.pick("samples", "W2", 0, 4)
    chain = sample_chain(next_update(direct), "W2", (0, 4))
    step.settled("samples")
    expect(step.hook("chain-mean")).to_have_attribute("data-value", js(chain.mean))
    expect(step.hook("chain-clipped")).to_have_attribute("data-value", js(chain.clipped))
    bars = step.hook("contributions").get_by_role("listitem")
    expect(bars).to_have_count(len(chain.largest))
    for bar, column in zip(bars.all(), chain.largest, strict=True):
        assert number(bar) == chain.gradients[column]
    beside_looks_well(step, "the samples")
    followed = chain.samples[chain.largest[0]]
    bars.first.get_by_role("button").click()
    expect(step.room).to_have_attribute("data-sample", str(followed))
    # Under batch norm no sample has a gradient of its own.
    step.leave()
    train.hook("layer-1").press("Enter")
    train.input("network.layers.0.norm").select_option("batch")
    train.settle(0)
    Panels.enter(train)
    expect(step.settled("samples", "refused")).to_contain_text("Under batch norm every sample’s loss".replace("’", "'"))
    assert update.step == 3


@pytest.mark.looks(seconds=30, sweep=True)
def test_the_chain_is_a_product_and_an_expression_opens_in_its_room(step: Panels) -> None:
    page = step.page
    step.hook("examples").click()
    expect(page.locator("[data-example]")).to_have_count(3)
    looks_well(page, "[data-testid=examples-dialog]", "examples", TWO)
    page.keyboard.press("Escape")
    direct = step.open("chain")
    step.panel("factors")
    step.pick("factors", "W1", 0, 0)
    expected = factors(next_update(direct), "W1")
    step.settled("factors")
    expect(step.hook("factors-value")).to_have_attribute("data-value", js(expected.value))
    rows = step.hook("factor-list").get_by_role("listitem")
    expect(rows).to_have_count(len(expected.factors))
    for row, (_, which, factor) in zip(rows.all(), expected.factors, strict=True):
        expect(row).to_contain_text(which)
        assert number(row) == factor
    step.hook("examples").click()
    step.hook("examples-back").click()
    expect(step.hook("subject")).to_contain_text("spiral")
    step.hook("examples").click()
    page.locator("[data-graph=several]").click()
    expect(step.hook("graph-room")).to_be_visible()
    expect(step.hook("graph")).to_have_attribute("data-at", "0")
    expect(page).to_have_url(re.compile(r"view=graph&.*f=%28x.*&x=3&y=-1$|f=%28x.*&x=3&y=-1&view=graph$"))
    page.keyboard.press("Escape")  # back to the microscope, and from there to where one came from
    expect(step.room).to_be_visible()
    expect(page).to_have_url(re.compile(r"^(?!.*\bf=)"))
    page.keyboard.press("Escape")
    expect(step.hook("regions")).to_be_visible()


class Between:
    """Stands between page and server: holds an answer back, or fails in the server's place."""

    def __init__(self, page: Page) -> None:
        self.failing: set[str] = set()
        self.holding: set[str] = set()
        self.held: list[str] = []
        self.sent: list[str] = []
        self._server: WebSocketRoute | None = None
        page.route_web_socket(re.compile("/ws$"), self._join)

    def _join(self, socket: WebSocketRoute) -> None:
        self._server = server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(message))

        def pass_on(message: str | bytes) -> None:
            command = json.loads(message)
            self.sent.append(command["type"])
            if command["type"] in self.failing:
                words = f"{command['type']} failed on the server"
                error = {"type": "error", "id": command["id"], "code": "internal", "field": None, "allowed": None}
                socket.send(json.dumps(error | {"message": words}))
            elif command["type"] in self.holding:
                self.held.append(str(message))
            else:
                server.send(message)

        socket.on_message(pass_on)

    def release(self) -> None:
        self.holding = set()
        for message in self.held:
            assert self._server is not None
            self._server.send(message)
        self.held.clear()


@pytest.mark.slow(seconds=12)
def test_what_waits_or_fails_says_so(page: Page, server_url: str, complaints: Complaints) -> None:
    between = Between(page)
    train = Train(page).open(server_url)
    # What is pressed before there is a picture is done once it is there.
    between.holding = {"subscribe"}
    for key in ("s", "ArrowRight", "End", "ArrowLeft", "Home", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    step = Panels(page)
    expect(step.hook("step-state")).to_have_text("The next update is being opened.")
    between.release()
    expect(step.room).to_have_attribute("data-depth", "unit")
    step.at(2)
    page.keyboard.press("ArrowUp")
    step.press("Home", 0)
    # Nothing is asked beside a micro-step that one only passes by. Time stands still here but for what is let pass.
    step.settled("right")
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    before = between.sent.count("verify")
    for key, micro in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("ArrowRight", 3)):
        step.press(key, micro)
        page.clock.run_for(20)
    expect(step.hook("right")).to_have_attribute("data-state", "loading")
    assert between.sent.count("verify") == before
    page.clock.resume()
    step.settled("right")
    assert between.sent.count("verify") == before + 1
    step.press("Home", 0)
    between.holding = {"dissect"}
    step.panel("optimizer")
    anatomy = step.hook("anatomy")
    expect(anatomy).to_have_attribute("data-state", "loading")
    expect(anatomy).to_contain_text("Computing")
    expect(anatomy).to_have_attribute("aria-busy", "")
    between.release()
    expect(anatomy).to_have_attribute("data-state", "done")
    between.failing = {"wrong_way", "ask"}
    step.panel("wrong")
    step.hook("wrong-switch").check()
    expect(step.settled("wrong", "failed")).to_contain_text("It failed: the server could not answer")
    between.failing = {"ask"}
    step.hook("wrong").get_by_role("button", name="try again").click()
    step.settled("wrong")
    # Arrows go from tab to tab, and leave the micro-step alone.
    page.locator("[data-panel=wrong]").focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-panel=step]")).to_be_focused()
    expect(page.locator("#panel-step")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-panel=samples]")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    step.at(0)
    step.hook("hide").click()
    expect(page.get_by_role("alert").filter(has_text="failed on the server")).to_be_visible()
    between.failing = set()
    step.hook("hide").click()
    expect(page.locator("[data-question]")).to_have_count(1)
    expect(page.get_by_role("alert").filter(has_text="failed on the server")).to_be_hidden()
    complaints.expect("status of 500")
    answered_here(page, "**/api/microscope", lambda route: route.fulfill(status=500, body=""))
    step.hook("examples").click()
    expect(step.hook("examples-dialog")).to_contain_text("The examples did not come")
    page.unroute("**/api/microscope")
    step.hook("examples-dialog").get_by_role("button", name="try again").click()
    expect(page.locator("[data-example]")).to_have_count(3)
    page.keyboard.press("Escape")
    # A large network is checked when that is asked for.
    configure(train, {"data": {"name": "digits"}, "network": {"layers": [{"units": 20}]}})
    Panels.enter(train)
    step.settled("right", "empty")
    step.hook("right-check").click()
    step.settled("right")
    assert value(step.hook("right-error")) < 1e-6
    expect(step.hook("right")).to_contain_text("entries of W")
