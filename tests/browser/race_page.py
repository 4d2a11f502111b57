"""The Race view as a person uses it: by its controls, waiting for what is on the screen and never for time.

Its hooks:

==========================  ==================================================================================================
``data-ready``              on the race's ``main``: the page knows its race and its surface
``race-…``                  hooks of the Race room: ``race-start -back -play -forward -timeline -step -rate`` (transport),
                            ``race-share race-export`` (bar), ``race-contour race-trails race-heads race-origin race-tip
                            race-3d race-loss`` (surface and curves; the origin is the start that is dragged),
                            ``race-preset race-claim race-surface race-surface-formula race-own-formula race-formula-error
                            race-more`` (settings), ``race-standings race-empty race-rates race-add race-editor race-formula
                            race-duplicate race-remove`` (lanes), ``race-point race-bound-formula race-verdict`` (a place)
``data-lane``               a lane's row, by its id, with ``data-rank`` and ``data-diverged``; in it ``data-pick``,
                            ``data-edit`` and ``data-loss``; ``data-fact`` a fact of a place; ``data-rates``, ``data-abscissa``,
                            ``data-look`` choices; on ``race-tip`` ``data-lane -step -x -y -loss`` of the step pointed at
``data-field``              a setting, by ``race.…``, and of a lane by ``lane.…``
==========================  ==================================================================================================
"""

from __future__ import annotations

from typing import Any

from looks import lasting, problems, walked
from playwright.sync_api import Locator, Page, expect

SIZES = {"desk": (1440, 900), "phone": (390, 844)}


class RaceRoom:
    """A page with the Race view open."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str, fragment: str = "view=race") -> RaceRoom:
        self.page.goto(f"{url}/#{fragment}")
        expect(self.page.locator("main.race[data-ready=true]")).to_be_visible(timeout=60_000)
        expect(self.hook("race-heads")).to_be_visible()
        expect(self.page.locator(".race-surface[data-drawn]")).to_be_visible()
        return self

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    @property
    def transport(self) -> Locator:
        return self.page.locator("[data-part=race-transport]")

    def status(self, status: str) -> None:
        expect(self.transport).to_have_attribute("data-status", status)

    @property
    def step(self) -> int:
        return int(self.hook("race-step").get_attribute("data-value") or -1)

    def settle(self, step: int | None = None) -> int:
        """Until the race stands and all that is told of it belongs to its step."""
        if step is not None:
            expect(self.hook("race-step")).to_have_attribute("data-value", str(step))
        self.page.wait_for_function(
            """() => {
              const step = document.querySelector("[data-testid=race-step]").dataset.value;
              const status = document.querySelector("[data-part=race-transport]").dataset.status;
              const { step: told, change } = document.querySelector("[data-part=standings] [data-step]").dataset;
              const point = document.querySelector("[data-part=point]");
              const loss = document.querySelector("[data-testid=race-loss]");
              const drawn = loss.offsetParent ? loss.dataset.drawn : step; // hidden on a phone's other page
              const rests = status !== "playing" && status !== "seeking";
              const present = change === document.querySelector("main.race").dataset.change;
              return rests && present && told === step && (point.hidden || (point.dataset.step === step && drawn === step));
            }"""
        )
        return self.step

    def seek(self, step: int) -> None:
        line = self.hook("race-timeline")
        line.evaluate(
            """(line, step) => {
              line.value = step;
              for (const kind of ["input", "change"]) line.dispatchEvent(new Event(kind));
            }""",
            step,
        )
        self.settle(step)

    def speed(self, label: str) -> None:
        rung = self.transport.get_by_role("radio", name=label)
        rung.click()
        expect(rung).to_have_attribute("aria-checked", "true")

    def lanes(self) -> list[dict[str, Any]]:
        """Every lane as the standings tell it, in their order; the numbers exactly."""
        found = self.page.locator(".lane").evaluate_all(
            """(rows) => rows.map((row) => ({
              id: Number(row.dataset.lane), name: row.querySelector(".lane-name").textContent,
              loss: row.querySelector(".lane-loss").dataset.value, rate: row.querySelector(".lane-how").dataset.value,
              words: row.querySelector(".lane-how").textContent, bound: row.querySelector(".lane-how").dataset.bound,
              rank: Number(row.dataset.rank), diverged: row.dataset.diverged ?? null,
            }))"""
        )
        return list(found)

    def set(self, name: str, value: str) -> None:
        field = self.page.locator(f'[name="{name}"]')
        field.fill(value)
        field.press("Enter")

    @property
    def change(self) -> str:
        """What was done to the race, counted."""
        return self.page.locator("main.race").get_attribute("data-change") or ""

    def set_and_settle(self, name: str, value: str, step: int) -> None:
        """Sets what makes it another race, and waits for that one: the old one may stand at the same step."""
        before = self.change
        self.set(name, value)
        expect(self.page.locator("main.race")).not_to_have_attribute("data-change", before)
        self.settle(step)

    def looks_well(self, what: str) -> None:
        """At the sizes and in the themes whose turn it is, on a phone each of its two pages."""
        for (width, height), other in walked([(size, other) for other in (False, True) for size in SIZES.values()]):
            self.page.set_viewport_size({"width": width, "height": height})
            if other:
                self.hook("theme").click()
            tabs = self.page.locator(".race-tabs [role=tab]").filter(visible=True)
            for index in range(max(1, tabs.count())):
                if tabs.count():
                    tabs.nth(index).click()
                    expect(tabs.nth(index)).to_have_attribute("aria-selected", "true")
                found = lasting(lambda: problems(self.page))
                assert found == [], f"{what} {width}: {found}"
            if other:
                self.hook("theme").click()
        self.page.set_viewport_size({"width": 1440, "height": 900})
