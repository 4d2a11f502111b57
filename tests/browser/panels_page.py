"""What stands beside the equation of the Step room, as a person uses it."""

from __future__ import annotations

import re

import numpy as np
from looks import SIZES, looks_well
from playwright.sync_api import Locator, expect
from step_page import Step
from train_page import Train

from engine import Trainer
from engine.microscope import PRESETS, next_update

TWO = {name: SIZES[name] for name in ("desk", "phone")}


class Panels(Step):
    """The Step room, and what is beside its equation."""

    @classmethod
    def enter(cls, train: Train) -> Panels:
        """By its door."""
        train.page.locator("[data-door=step]").click()
        found = cls(train.page)
        expect(found.room).to_have_attribute("data-micro", re.compile("."))
        return found

    def leave(self) -> None:
        """Back to Train, by its key."""
        self.page.keyboard.press("Escape")
        expect(self.room).to_be_hidden()

    def open(self, example: str) -> Trainer:
        """A ready run, by its card; the same one here."""
        self.hook("examples").click()
        card = self.page.locator(f"[data-example={example}]")
        card.focus()
        card.press("Enter")
        expect(self.hook("examples-dialog")).to_be_hidden()
        direct = Trainer.from_script(PRESETS[example].script)
        kind, layer = PRESETS[example].look
        self.at(next_update(direct).find(kind, layer).index)
        return direct

    def panel(self, name: str) -> Locator:
        self.page.locator(f"[data-panel={name}]").click()
        return self.page.locator(f"#panel-{name}")

    def settled(self, hook: str, state: str = "done") -> Locator:
        found = self.hook(hook)
        expect(found).to_have_attribute("data-state", state)
        return found

    def pick(self, hook: str, name: str, *index: int) -> None:
        self.hook(f"{hook}-name").select_option(name)
        for field, at in zip(("row", "column"), index, strict=False):
            self.hook(f"{hook}-{field}").fill(str(at + 1))
            self.hook(f"{hook}-{field}").press("Tab")


def value(locator: Locator) -> float:
    return float(locator.get_attribute("data-value") or "nan")


def number(locator: Locator) -> float:
    """Of what stands in a cell."""
    return value(locator.locator(".told"))


def beside_looks_well(step: Panels, what: str) -> None:
    """The panels; on a phone they are a page of their own."""
    step.page.locator("[data-tab=step-panels]").evaluate("(tab) => tab.click()")
    looks_well(step.page, "[data-testid=step-panels]", what, TWO)


def js(number: float) -> str:
    """As the page writes a double."""
    text = repr(float(number))
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text.removesuffix(".0")
    if -7 < int(exponent) < 0:
        return np.format_float_positional(number, trim="-")
    return f"{mantissa}e{int(exponent):+d}"
