"""The Step room as a person uses it.

Its hooks:

==========================  ==================================================================================================
``data-testid``             ``step-room step-title step-where step-why step-absent step-state strip step-sample notation depths
                            where-am-i rule symbols symbol-words matrices results written written-what written-symbols
                            written-numbers outcome terms term-count flow flow-caption unit-search-N step-panels`` (Step; N a
                            layer from 0), ``step-start step-back step-play step-forward pace loop step-update step-loss
                            step-sample-loss`` (its transport)
                            ``examples examples-dialog examples-back take take-dialog take-copy take-latex take-sheet take-json
                            taken`` (Step: its tools), ``next-step right right-check right-error right-entries change-linear
                            change-predicted change-actual hide hide-next questions judged score dont-know reveal samples
                            contributions chain-mean chain-penalty chain-penalized chain-clipped anatomy wrong wrong-switch
                            factors factor-list factors-value code code-lines code-copy code-said libraries``,
                            ``samples- anatomy- factors-`` with ``name row column``
                            (Step: its panels)
``data-micro``, ``-update`` on ``step-room``: what is painted, with ``data-depth``, ``-notation`` and ``-sample``; from 0. On a
                            chip of the strip its micro-step
``data-at``                 an entry in matrices and equation, ``name:row:column``; ``data-term`` a term, ``data-result`` what
                            is made, ``data-panel`` a panel's tab. In ``flow`` a unit is ``data-unit``; all from 0
``data-panel``, ``-state``  a panel's tab by its name; of what a panel shows: empty, loading, done, old, refused, failed
``data-question``           a number asked for, with its ``data-stage``; ``data-sign`` on the buttons of the first
``data-quantity``           of an optimizer's anatomy, by its name; ``data-entry`` of the wrong way, ``W1:0,1`` from 0
``data-array``, ``-step``   in a listing what a name in it is, and the micro-step that a line leads to; the line of the present
                            one is ``aria-current``; ``data-library`` whose listing it is
``data-example``, ``graph`` a ready run, an expression, by its name (opened in the Graph room: `graph_page`)
==========================  ==================================================================================================
"""

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
