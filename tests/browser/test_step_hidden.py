"""Predict, then reveal: what is asked for is nowhere on the page, in what it receives or in what it saves until it is told."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from panels_page import Panels, beside_looks_well, js
from playwright.sync_api import Page, WebSocket, expect
from train_page import Train
from waiting import until

from engine.microscope import PRESETS, next_update


class Received:
    """What the page is sent."""

    def __init__(self, page: Page) -> None:
        self.frames: list[str | bytes] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.frames.append(frame))

    def tells(self, number: float) -> bool:
        """Whether a double, of either sign, is in it: as text to a dozen digits, or as its bytes."""
        packed = [struct.pack("<d", sign * number) for sign in (1, -1)] + [struct.pack("<f", abs(number))]
        text = digits(number)
        return any(text in frame if isinstance(frame, str) else any(p in frame for p in packed) for frame in self.frames)


def digits(number: float) -> str:
    return repr(abs(number))[:12]


@pytest.mark.looks(seconds=30, sweep=True)
def test_a_number_is_hidden_everywhere_until_it_is_told(page: Page, server_url: str, tmp_path: Path) -> None:
    received = Received(page)
    train = Train(page).open(server_url)
    step = Panels.enter(train)
    direct = step.open("two_two_two")
    update = next_update(direct)
    blame = update.find("delta", 1).index
    hidden = float(update.steps[blame].result("delta1").array[0, 0])
    # It is not yet on the page: hide it before it is seen.
    for _ in range(blame - 1 - update.find(*PRESETS["two_two_two"].look).index):
        page.keyboard.press("ArrowRight")
    step.at(blame - 1)
    received.frames.clear()
    step.hook("hide-next").click()
    question = page.locator("[data-question]")
    expect(question).to_have_count(1)
    expect(question).to_contain_text("δ of layer 1")
    page.keyboard.press("ArrowRight")
    step.at(blame)
    cell = page.locator("[data-at='delta1:0:0']").last
    expect(cell).to_have_text("?")
    # Nor in what lies beside it, nor in what is saved.
    for panel, hook in (("samples", "samples"), ("optimizer", "anatomy"), ("wrong", "wrong"), ("factors", "factors")):
        step.panel(panel)
        if panel == "wrong":
            step.hook("wrong-switch").check()
        expect(step.hook(hook)).to_have_attribute("data-state", re.compile("done|refused"))
    step.panel("step")
    for depth in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        page.keyboard.press(depth)
    expect(step.room).to_have_attribute("data-depth", "layer")
    saved = [save(step, kind, tmp_path) for kind in ("latex", "sheet", "json")]
    shown = page.content()
    assert not received.tells(hidden), "received"
    assert digits(hidden) not in shown and f"{hidden:.4g}" not in shown
    assert all(digits(hidden) not in text and f"{hidden:.4g}" not in text for text in saved)
    assert all("?" in text for text in saved)
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+|http-equiv", "", saved[1]) and "<script" not in saved[1]
    assert json.loads(saved[2])["steps"][blame]["results"][0]["array"][0][0] == "?"
    beside_looks_well(step, "a question")
    # A second one, by key, on the entry that is pointed at.
    page.keyboard.press("ArrowLeft")
    step.at(blame - 1)
    page.locator("[data-at='g1:1:0']").last.hover()
    page.keyboard.press("h")
    expect(question).to_have_count(2)
    expect(page.locator("[data-at='g1:1:0']").last).to_have_text("?")
    page.keyboard.press("ArrowRight")
    step.at(blame)
    # Sign, order, digits: each is judged.
    order = int(np.floor(np.log10(abs(hidden))))
    question.first.locator(f"[data-sign='{int(np.sign(hidden))}']").click()
    expect(step.hook("judged")).to_contain_text("Right")
    question.first.locator("[name=order]").select_option(str(order + 1))
    question.first.locator("[name=order]").press("Enter")
    expect(step.hook("judged")).to_contain_text("Wrong")
    question.first.locator("[name=digits]").fill("some")
    question.first.locator("[name=digits]").press("Enter")
    expect(question.first).to_contain_text("enter a number")
    assert not received.tells(hidden)
    question.first.locator("[name=digits]").fill(f"{hidden:.2g}".replace("-", "−"))
    question.first.locator("[name=digits]").press("Enter")
    expect(step.hook("judged")).to_contain_text("Right: it is")
    expect(question).to_have_count(1)
    expect(cell).to_have_attribute("data-value", js(hidden).replace("-", "−"))
    until(page, lambda: received.tells(hidden))
    expect(step.hook("score")).to_have_text("2 right · 1 wrong · 0 not known")
    question.first.get_by_test_id("dont-know").click()
    expect(step.hook("score")).to_have_text("2 right · 1 wrong · 1 not known")
    question.first.get_by_test_id("reveal").click()
    expect(question).to_have_count(0)
    expect(step.hook("score")).to_have_text("2 right · 1 wrong · 1 not known · 1 revealed")
    # Questions end with their update; a page that comes anew still knows those that are open.
    step.hook("hide").click()
    expect(question).to_have_count(1)
    page.reload()
    expect(step.room).to_have_attribute("data-micro", re.compile("."))
    expect(question).to_have_count(1)
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(step.room).to_have_attribute("data-update", "1")
    expect(question).to_have_count(0)


def test_after_a_click_the_arrows_are_the_transports(train: Train) -> None:
    step = Panels.enter(train)
    update = next_update(step.open("two_two_two"))
    page, micro = train.page, step.micro
    wrong = -int(np.sign(chosen_value(step)))
    step.hook("hide").click()
    page.locator(f"[data-question] [data-sign='{wrong}']").click()
    expect(page.locator("[data-question]")).to_contain_text(f"✗ wrong: the sign is {'negative' if wrong > 0 else 'positive'}")
    order = page.locator("[data-question] [name=order]")
    chosen = order.input_value()
    page.keyboard.press("ArrowRight")
    step.at(micro + 1)
    assert order.input_value() == chosen
    assert micro + 1 < len(update.steps)


def chosen_value(step: Panels) -> float:
    """The number that is picked."""
    return float((step.hook("matrices").locator(".picked").first.get_attribute("data-value") or "nan").replace("−", "-"))


def save(step: Panels, kind: str, folder: Path) -> str:
    """A file, as it is saved."""
    step.hook("take").click()
    with step.page.expect_download() as waiting:
        step.hook(f"take-{kind}").click()
    expect(step.hook("taken")).to_contain_text("Saved as")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    step.page.keyboard.press("Escape")
    return path.read_text(encoding="utf-8")
