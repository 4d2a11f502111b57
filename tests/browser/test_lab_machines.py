"""Many machines on the page: the ring is led through by keys, cell by cell as the engine has it; the pipeline has its waits.

Its hooks: ``machines`` (its part in ``data-part``), ``ring``, ``pipeline-equal``, ``pipeline-real``.
"""

from __future__ import annotations

import pytest
from lab_page import Lab
from playwright.sync_api import expect
from train_page import Train

from engine.lab import EXPERIMENTS, carried_out
from engine.lab.machines.row import PIPELINE, RING

CELLS = """(table) => [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => ({
  words: cell.innerText.replace(/\\s+/g, " "), came: cell.classList.contains("came"),
  goes: cell.classList.contains("goes"), whole: cell.classList.contains("whole") })))"""


def show(lab: Lab, part: str, name: str) -> None:
    lab.field("show").locator("select").select_option(part)
    expect(lab.hook("machines")).to_have_attribute("data-part", name)
    lab.done()


def ring_by_keys(machines: Lab) -> None:
    page = machines.page
    show(machines, RING, "ring")
    found = carried_out(EXPERIMENTS["machines"], show=RING)
    counts, sends, sent = (found.arrays[f"ring_{name}"] for name in ("counts", "sends", "sent"))
    count, steps = found.values["machines"], found.values["steps"]
    table, where = machines.hook("ring"), machines.page.locator(".lab-transport .where")
    machines.stage.get_by_test_id("lab-all").focus()
    for step in range(steps + 1):
        if step:
            page.keyboard.press("ArrowRight")
            half = "reduce-scatter" if step < count else "all-gather"
            expect(where).to_contain_text(f"{half} {step} of {steps}")
        # The transport's words and the table are painted at once.
        rows = table.evaluate(CELLS)
        for machine, row in enumerate(rows):
            for chunk, cell in enumerate(row[:-1]):
                assert f"{int(counts[step, machine, chunk])} of {count}" in cell["words"]
                assert cell["whole"] == (counts[step, machine, chunk] == count)
                assert cell["goes"] == (step < steps and sends[step, machine] == chunk)
                assert cell["came"] == (step > 0 and sends[step - 1, machine - 1] == chunk)
            assert row[-1]["words"].replace("\u202f", "").replace(" ", "") == str(int(sent[step, machine]))
    assert all(cell["whole"] for row in rows for cell in row[:-1])
    page.keyboard.press("Home")
    expect(where).to_contain_text("before the first step")


def pipeline_with_its_waits(machines: Lab) -> None:
    page = machines.page
    show(machines, PIPELINE, "pipeline")
    equal, real = machines.hook("pipeline-equal"), machines.hook("pipeline-real")
    expect(equal.locator(".pipeline-task")).to_have_count(64)
    expect(real.locator(".pipeline-task")).to_have_count(64)
    expect(equal).to_contain_text("27.3")
    boxes = equal.locator(".pipeline-line").evaluate_all(
        """(lines) => lines.map((line) => [...line.children].reduce((sum, task) => sum + parseFloat(task.style.width), 0))"""
    )
    assert boxes == [pytest.approx(100 * 8 / 11)] * 4, "what is not a task is the bubble"
    machines.stage.get_by_test_id("lab-all").focus()
    page.keyboard.press("ArrowRight")
    expect(machines.page.locator(".lab-transport .where")).to_contain_text("time 2 of 33: 2 at work, 2 wait")


def fewer_layers_than_devices(machines: Lab) -> None:
    machines.field("network").locator("select").select_option("present run")
    expect(machines.hook("lab-said")).to_contain_text("fewer than devices")
    expect(machines.hook("pipeline-real")).to_be_hidden()


def refused_at_its_control(machines: Lab) -> None:
    field = machines.field("micro")
    expect(field).not_to_contain_text("32")
    field.locator("input[type=text]").fill("33")
    field.locator("input[type=text]").press("Enter")
    expect(field).to_contain_text("32")


def test_ring_and_pipeline_are_led_through(train: Train) -> None:
    machines = Lab(train.page).enter().open("machines").done()
    ring_by_keys(machines)
    pipeline_with_its_waits(machines)
    fewer_layers_than_devices(machines)
    refused_at_its_control(machines)
