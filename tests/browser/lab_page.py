"""The lab as a person uses it: the gallery, an experiment with its choices, its picture, its numbers.

Its hooks:

===================  =========================================================================================================
``data-experiment``  on a card: the experiment that it opens; on the stage: the one that is open
``data-status``      on the stage: ``idle running done cancelled failed``; ``data-number`` counts what was begun, and
                     ``data-found`` says whether there is something to see
``data-drawn``       on a figure: how often it was drawn
``data-field``       of a choice: ``lab.<name>``
``data-testid``      ``lab lab-again`` (gallery), ``lab-stage lab-title lab-all lab-progress lab-status lab-cancel lab-run
                     lab-drawer lab-choices lab-about lab-figures lab-more lab-said lab-formula lab-why lab-table`` (stage),
                     ``lab-share lab-export`` (bar), ``lab-start lab-back lab-play lab-forward lab-line lab-where`` (transport)
===================  =========================================================================================================
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

LONG = 90_000
"""Milliseconds that an experiment may take on a machine that has others to serve."""

DRAWN = """() => [...document.querySelectorAll("[data-testid=lab-figures] .js-plotly-plot")]
  .map((plot) => plot.data.map(({ type, name, x, y, z }) =>
    ({ type, name, x: [...x], y: [...y], z: z?.map((row) => [...row]) })))"""
"""What Plotly was given to draw."""


class Lab:
    """A page with the Lab room."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stage = page.get_by_test_id("lab-stage")

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def enter(self) -> Lab:
        """The gallery, by its door."""
        self.page.locator("[data-door=lab]").click()
        self.in_gallery()
        return self

    def in_gallery(self) -> None:
        expect(self.page.locator(".lab-card").first).to_be_visible()
        expect(self.stage).to_be_hidden()

    def card(self, name: str) -> Locator:
        return self.page.locator(f".lab-card[data-experiment='{name}']")

    def open(self, name: str) -> Lab:
        """From the gallery, by its card."""
        self.card(name).click()
        expect(self.stage).to_have_attribute("data-experiment", name)
        expect(self.stage).to_be_visible()
        return self

    def until(self, *status: str) -> None:
        """Until it is so, and what it found is drawn."""
        expect(self.stage).to_have_attribute("data-status", re.compile(f"^({'|'.join(status)})$"), timeout=LONG)

    def done(self) -> Lab:
        self.until("done")
        expect(self.stage).to_have_attribute("data-found", "true")
        expect(self.hook("lab-said")).not_to_be_empty()
        expect(self.hook("lab-table").locator("tbody tr").first).to_be_attached()
        self.drawn()
        return self

    def drawn(self) -> None:
        """Until every figure that can be seen is drawn."""
        self.page.wait_for_function(
            """() => [...document.querySelectorAll("[data-testid=lab-stage] .lab-figure")]
              .every((figure) => !figure.checkVisibility() || figure.dataset.drawn)"""
        )

    @property
    def number(self) -> int:
        return int(self.stage.get_attribute("data-number") or 0)

    def begun_after(self, number: int) -> None:
        """Until another has begun."""
        self.page.wait_for_function(
            "(number) => Number(document.querySelector('[data-testid=lab-stage]').dataset.number) > number", arg=number
        )

    def field(self, name: str) -> Locator:
        return self.page.locator(f"[data-field='lab.{name}']")

    def show_choices(self) -> None:
        """On a phone, or while presenting, they are a drawer."""
        if self.hook("lab-drawer").is_visible() and not self.hook("lab-choices").is_visible():
            self.hook("lab-drawer").click()

    def change(self, parameter: dict[str, Any]) -> None:
        """A choice to another that is allowed, as a person would."""
        self.show_choices()
        field, name = self.field(parameter["name"]), parameter["name"]
        if parameter["choices"]:
            select = field.locator("select")
            now = select.input_value()
            select.select_option(next(str(value) for value in parameter["choices"] if str(value) != now))
        elif parameter["kind"] == "bool":
            field.locator("input").click()
        else:
            low, high, usual = parameter["minimum"], parameter["maximum"], parameter["default"]
            more = usual + 1 if parameter["kind"] == "int" else usual * 1.25 or 0.5
            less = usual - 1 if parameter["kind"] == "int" else usual * 0.75
            value = less if high is not None and more > high else more
            assert low is None or value >= low, f"{name} has no other value"
            field.locator("input[type=text]").fill(str(value))
            field.locator("input[type=text]").press("Enter")

    def export(self, kind: str) -> Path:
        """A file, by the menu: CSV, HTML or PNG."""
        with self.page.expect_download() as download:
            self.hook("lab-export").click()
            self.page.locator("#lab-export-menu .menu-item", has=self.page.get_by_text(kind, exact=True)).click()
        return Path(download.value.path())

    def figures(self) -> list[list[dict[str, Any]]]:
        found: list[list[dict[str, Any]]] = self.page.evaluate(DRAWN)
        return found
