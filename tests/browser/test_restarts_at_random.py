"""Whatever room one is in and whatever was done a moment ago: a page whose server is stopped or killed, and comes back, shows
what it showed, at most two seconds of play behind."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable
from typing import Any

import pytest
from agreement import differences
from complaints import Complaints
from mortal_server import Mortal
from network_page import NetworkRoom
from playwright.sync_api import Page, TimeoutError, expect
from race_page import RaceRoom
from train_page import Train

RATE, BEHIND = 60, 2.0
"""Steps a second at which things play, and seconds of it that may be lost."""

FACTS = """(still) => {
  const told = ({ dataset, name, ariaLabel }) => dataset.testid ?? dataset.at ?? name ?? ariaLabel;
  const seen = (element) => element.offsetParent !== null;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
  const clock = all("[data-status]").map(({ dataset }) => dataset.status);
  return {
    where: [location.hash, ...all("[data-on][aria-pressed=true]").map(({ dataset }) => dataset.on)],
    fields: all("input:not([type=range]), select").map((each) => [told(each), each.value, each.checked ?? null]),
    lanes: all(".lane").map((row) => [
      JSON.stringify({ ...row.dataset, rank: null, diverged: null }), row.querySelector(".lane-name").textContent,
      row.querySelector("svg")?.outerHTML,
    ]).sort(),
    planes: all("[data-plane][aria-pressed=true], canvas[data-plane]").map(({ dataset }) => dataset.plane),
    marks: all(".mark-edit").map((element) => element.ariaLabel),
    clock: clock.map((status) => status === "playing"),
    step: all("[data-testid=step], [data-testid=race-step]").map(({ dataset }) => Number(dataset.value)),
    micro: all("[data-micro]").map(({ dataset }) => [dataset.micro, dataset.update]),
    values: still ? all("[data-value]").map((each) => [told(each), each.dataset.value]) : [],
  };
}"""
"""What is on the screen; `still`: every number, too."""

QUIET = f"""() => {{
  const now = JSON.stringify(({FACTS})(true));
  const before = (window.quiet ??= {{ now: "", times: 0 }});
  before.times = before.now === now ? before.times + 1 : 0;
  before.now = now;
  return before.times >= 6;
}}"""
THE_SAME = f"([still, facts]) => JSON.stringify(({FACTS})(still)) === JSON.stringify(facts)"
AS_IT_PLAYS = f"""([least, facts]) => {{
  const now = ({FACTS})(false);
  return now.step[0] >= least && JSON.stringify({{ ...now, step: [] }}) === JSON.stringify({{ ...facts, step: [] }});
}}"""


class Walk:
    """A page that is led about at random, by its own controls."""

    def __init__(self, page: Page, server: Mortal, dice: random.Random) -> None:
        self.page, self.server, self.dice = page, server, dice
        self.train, self.race, self.network = Train(page).open(server.url), RaceRoom(page), NetworkRoom(page)
        self.room = "train"
        self.log: list[str] = []

    def hook(self, name: str) -> Any:
        return self.page.get_by_test_id(name).filter(visible=True)

    def number(self) -> str:
        return f"{round(self.dice.uniform(0.001, 0.05), 4):g}"  # as the page writes it

    # Where one is ------------------------------------------------------------------------------------------------------

    def go(self, room: str) -> None:
        self.log.append(f"to {room}")
        self.room = room
        door = room if room in ("train", "step") else "race"
        self.page.locator(f"[data-door={door}]").click()
        if room == "train":
            self.train.settle()
        elif room == "step":
            expect(self.hook("step-room")).to_have_attribute("data-micro", "0")
        else:
            self.network.show("surface" if room == "surface" else "network")
            if room == "surface":
                expect(self.page.locator("main.race[data-ready=true]")).to_be_visible()
            else:
                self.network.ready()

    @property
    def button(self) -> str:
        return {"train": "play", "step": "step-play"}.get(self.room, "race-play")

    def playing(self) -> bool:
        return self.page.locator("[data-status=playing]").filter(visible=True).count() > 0

    def play(self) -> None:
        """At a pace that one can count by."""
        self.hook(self.button).click()
        expect(self.page.locator("[data-status=playing]").filter(visible=True)).to_have_count(1)

    # What is done ------------------------------------------------------------------------------------------------------

    def change(self) -> None:
        options = getattr(self, f"in_{self.room}")()
        name, act = self.dice.choice(sorted(options.items()))
        self.log.append(name)
        act()

    def typed(self, name: str, text: str) -> None:
        field = self.page.locator(f'[name="{name}"]').filter(visible=True)
        self.train.type(field, text)
        marks = ".mark-edit" if self.room == "train" else "body"
        expect(self.page.locator(marks).filter(visible=True).first).to_be_visible()
        expect(field).to_have_value(text)

    def stepped(self, name: str, button: str) -> None:
        before = self.hook(name).get_attribute("data-value")
        self.hook(button).click()
        expect(self.hook(name)).not_to_have_attribute("data-value", before or "")

    def in_train(self) -> dict[str, Callable[[], None]]:
        undo = {"undo": self.undo} if self.hook("undo").is_enabled() else {}
        return undo | {
            "rate": lambda: self.typed("optimizer.lr", self.number()),
            "penalty": lambda: self.typed("regularization.l2", self.number()),
            "forward": lambda: self.stepped("step", "forward"),
            "data": self.data,
        }

    def undo(self) -> None:
        before = self.page.evaluate(FACTS, False)
        self.hook("undo").click()
        self.page.wait_for_function(f"(facts) => !({THE_SAME})([false, facts])", arg=before)

    def data(self) -> None:
        tile = self.page.locator("[data-dataset][aria-pressed=false]").filter(visible=True).nth(self.dice.randrange(3))
        name = tile.get_attribute("data-dataset")
        tile.click()
        expect(self.page.locator(f"[data-dataset={name}]")).to_have_attribute("aria-pressed", "true")

    def in_step(self) -> dict[str, Callable[[], None]]:
        return {"micro-step": self.micro, "update": self.update}

    def micro(self) -> None:
        at = int(self.hook("step-room").get_attribute("data-micro") or 0)
        self.page.keyboard.press("ArrowRight")
        expect(self.hook("step-room")).not_to_have_attribute("data-micro", str(at))

    def update(self) -> None:
        """Past the last micro-step comes the next update."""
        here = self.hook("step-room").get_attribute("data-update")
        self.page.keyboard.press("End")
        self.page.keyboard.press("ArrowRight")
        expect(self.hook("step-room")).not_to_have_attribute("data-update", here or "")

    def lanes(self) -> int:
        return self.page.locator(".lane").filter(visible=True).count()

    def counted(self, act: Callable[[], None], by: int) -> None:
        before = self.lanes()
        act()
        expect(self.page.locator(".lane").filter(visible=True)).to_have_count(before + by)

    def edited(self, prefix: str) -> None:
        """The settings of a lane are open."""
        if not self.hook(f"{prefix}-remove").count():
            edits = self.page.locator(".lane .text-button").filter(visible=True)
            edits.nth(self.dice.randrange(edits.count())).click()
        expect(self.hook(f"{prefix}-remove")).to_be_visible()

    def lane(self, prefix: str) -> dict[str, Callable[[], None]]:
        options: dict[str, Callable[[], None]] = {"forward": lambda: self.stepped("race-step", "race-forward")}
        if self.lanes() < 7:
            options["add"] = lambda: self.counted(self.hook(f"{prefix}-add").click, 1)
        if self.lanes() > 2:
            options |= {"remove": lambda: self.remove(prefix), "retune": lambda: self.retune(prefix)}
        return options

    def remove(self, prefix: str) -> None:
        self.edited(prefix)
        self.counted(self.hook(f"{prefix}-remove").click, -1)

    def retune(self, prefix: str) -> None:
        self.edited(prefix)
        self.typed("lane.optimizer.lr" if prefix == "race" else "net.optimizer.lr", self.number())

    def in_surface(self) -> dict[str, Callable[[], None]]:
        return self.lane("race") | {"noise": self.noise}

    def noise(self) -> None:
        more = self.hook("race-more")
        if more.get_attribute("open") is None:
            more.locator("summary").click()
        self.race.set("race.noise", "0.1")

    def in_network(self) -> dict[str, Callable[[], None]]:
        kind = self.dice.choice(["weights", "random"])
        return self.lane("network") | {f"plane {kind}": lambda: self.network.plane(kind)}

    # What comes over it ------------------------------------------------------------------------------------------------

    def facts(self, *, still: bool) -> dict[str, Any]:
        if still:
            self.page.evaluate("() => delete window.quiet")
            self.page.wait_for_function(QUIET, polling=80)
        found: dict[str, Any] = self.page.evaluate(FACTS, still)
        return found

    def restart(self, by: signal.Signals) -> None:
        plays, still = self.playing(), self.dice.random() < 0.4
        self.log.append(f"{by.name} {'while it plays' if plays else 'while all is still' if still else 'at once'}")
        print(self.log)
        before = self.facts(still=True) if still and not plays else None
        if not still:
            self.page.wait_for_timeout(self.dice.uniform(0, 700))  # a moment that nobody chose
        self.server.end(by)
        expect(self.page.locator(".bar")).to_be_visible()
        before = before or self.facts(still=False)
        self.server.start()
        expect(
            self.hook("play" if self.room == "train" else "step-play" if self.room == "step" else "race-play")
        ).to_be_enabled()
        if plays:
            self.the_same(AS_IT_PLAYS, [before["step"][0] - RATE * BEHIND, before], before)
            self.hook(self.button).click()
            expect(self.page.locator("[data-status=paused]").filter(visible=True)).to_have_count(1)
        else:
            self.the_same(THE_SAME, [still, before], before)

    def the_same(self, script: str, arguments: list[Any], before: dict[str, Any]) -> None:
        try:
            self.page.wait_for_function(script, arg=arguments)
        except TimeoutError:
            now = self.page.evaluate(FACTS, bool(before["values"]))
            raise AssertionError("\n".join([f"after {self.log}", *differences(before, now)])) from None


@pytest.fixture
def walk(mortal: Mortal, page: Page, complaints: Complaints, request: pytest.FixtureRequest) -> Walk:
    complaints.expect("WebSocket connection")
    complaints.expect("ERR_")
    seed = os.environ.get("CHAINRULE_TEST_SEED") or request.node.name
    print(f"CHAINRULE_TEST_SEED={json.dumps(seed)}")
    page.set_viewport_size({"width": 1440, "height": 1000})
    found = Walk(page, mortal, random.Random(seed))
    return found


@pytest.mark.slow(seconds=18)
def test_a_race_is_there_again_after_its_server_was_killed(walk: Walk) -> None:
    walk.go("surface")
    walk.remove("race")
    walk.counted(walk.hook("race-add").click, 1)
    walk.stepped("race-step", "race-forward")
    walk.restart(signal.SIGKILL)


@pytest.mark.slow(seconds=30)
@pytest.mark.parametrize("part", range(17))
def test_what_was_shown_is_shown_after_any_restart(walk: Walk, part: int) -> None:
    dice = walk.dice
    for _ in range(3 if part else 2):
        if dice.random() < 0.5:
            walk.go(dice.choice(["train", "step", "surface", "network"]))
        for _ in range(dice.randrange(1, 4)):
            walk.change()
        if walk.room != "step" and dice.random() < 0.35:
            walk.play()
            walk.page.wait_for_timeout(dice.uniform(100, 900))
        walk.restart(dice.choice([signal.SIGKILL, signal.SIGTERM]))
