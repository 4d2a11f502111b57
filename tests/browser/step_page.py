"""The Step room as a person uses it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect
from train_page import Train

CELLS = """(matrices) => [...matrices.querySelectorAll(".cell")].map(
  (cell) => [cell.dataset.at, cell.textContent, cell.dataset.value])"""


def number(text: str) -> float:
    """A number as the page writes it: a real minus, a power of ten in superscripts."""
    plain = text.replace("\u2212", "-").replace("Infinity", "inf")
    mantissa, _, power = plain.partition("·10")
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return float(mantissa + (f"e{power.translate(digits)}" if power else ""))


class Step:
    """A page with the Step room open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.room = page.get_by_test_id("step-room")

    @classmethod
    def enter(cls, train: Train) -> Step:
        """By its key, out of Train."""
        train.page.keyboard.press("s")
        step = cls(train.page)
        expect(step.room).to_have_attribute("data-micro", "0")
        return step

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def at(self, micro: int, update: int | None = None) -> None:
        """Until that micro-step is painted."""
        expect(self.room).to_have_attribute("data-micro", str(micro))
        if update is not None:
            expect(self.room).to_have_attribute("data-update", str(update))

    def press(self, key: str, micro: int, update: int | None = None) -> None:
        self.page.keyboard.press(key)
        self.at(micro, update)

    def go(self, title: str) -> None:
        """To the first micro-step of that title, by its place in the strip."""
        chip = self.hook("strip").get_by_role("button", name=title, exact=True).first
        chip.evaluate("(chip) => chip.click()")
        expect(self.hook("step-title")).to_have_text(title)

    def depth(self, depth: str) -> None:
        self.page.locator(f"[data-depth={depth}][role=radio]").click()
        expect(self.room).to_have_attribute("data-depth", depth)

    @property
    def micro(self) -> int:
        return int(self.room.get_attribute("data-micro") or -1)

    def cells(self) -> list[tuple[str, str, str]]:
        """Every number of the matrices: where it is, as it is shown, with all its digits."""
        return [tuple(cell) for cell in self.hook("matrices").evaluate(CELLS)]


def configure(train: Train, spec: dict[str, Any]) -> None:
    """Another run, as a link has it."""
    script = json.dumps({"version": 1, "spec": spec})
    open_script(train, script)


def open_script(train: Train, script: str) -> None:
    url = train.page.url.partition("#")[0]
    packed = train.page.evaluate("(text) => import('/src/link.js').then((link) => link.pack(text))", script)
    train.page.goto("about:blank")
    train.open(f"{url}#s={packed}")
    train.settle()
