"""The published 2-2-2 example, stepped through by the keyboard: the page's numbers are the trace's, and the published ones."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect
from step_page import Step, number, open_script
from train_page import Train

from engine import Trainer
from engine.microscope import PRESETS, next_update
from engine.microscope import Step as MicroStep

PRESET = PRESETS["two_two_two"]


def check(step: Step, told: MicroStep) -> list[float]:
    """Title, place and every number on the screen against the micro-step of the engine; the numbers."""
    expect(step.hook("step-title")).to_have_text(told.title)
    known: dict[str, set[float]] = {}
    for value in (*told.operands, *(told.results if told.of_sample is None else (told.of_sample(0),))):
        for row, line in enumerate(value.array):
            for column, entry in enumerate(line):
                known.setdefault(f"{value.name}:{row}:{column}", set()).add(float(entry))
    cells = step.cells()
    assert cells or not known
    for place, shown, exact in cells:
        assert number(exact) in known[place], (told.title, place)
        assert number(shown) == pytest.approx(number(exact), rel=5.001e-4), (told.title, place)
    if told.terms is not None:
        outcome = step.hook("outcome").locator(".number")
        assert number(outcome.get_attribute("data-value") or "") == told.result().array[0, 0]
    return [number(exact) for _, _, exact in cells]


@pytest.mark.slow(seconds=15)
def test_the_example_is_walked_through_from_end_to_end_and_back(train: Train) -> None:
    open_script(train, json.dumps(PRESET.script))
    direct = Trainer.from_script(PRESET.script)
    update = next_update(direct)
    step = Step.enter(train)
    seen: list[float] = []
    last = len(update.steps) - 1
    for told in update.steps:
        step.at(told.index, 0)
        seen += check(step, told)
        expect(step.hook("step-where")).to_contain_text(f"micro-step {told.index + 1} of {last + 1}")
        expect(step.hook("step-where")).to_contain_text("before update 1")
        if told.index < last:
            step.page.keyboard.press("ArrowRight" if told.index % 2 else "PageDown")
    for what, after, value in PRESET.published:
        if after <= 1 and "wrong" not in what:  # what updating in place would give stands in a panel of its own
            digits = len(str(value).partition(".")[2])
            assert any(round(found, digits) == value for found in seen), what
    assert number(step.hook("step-loss").get_attribute("data-value") or "") == update.mean_loss
    for told in reversed(update.steps):
        step.at(told.index, 0)
        check(step, told)
        if told.index:
            step.page.keyboard.press("ArrowLeft" if told.index % 2 else "PageUp")

    # Past the last micro-step the run makes the update; before the first it goes back.
    step.press("End", last)
    step.press("ArrowRight", 0, 1)
    direct.step(1)
    check(step, next_update(direct).steps[0])
    step.press("End", last)
    check(step, next_update(direct).steps[-1])
    step.press("Home", 0)
    step.press("ArrowLeft", last, 0)
    check(step, update.steps[-1])
    # Before the run there is nothing.
    step.press("Home", 0, 0)
    step.page.keyboard.press("ArrowLeft")
    step.press("ArrowRight", 1, 0)
    # Escape goes back to where one came from, which stands where the microscope left it.
    step.page.keyboard.press("Escape")
    expect(step.room).to_be_hidden()
    train.settle(0)
