"""Logarithmic axes: two labelled decades at least, or 1-2-5 in full; and which axis it is can be seen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from train_page import Train

CASES: list[tuple[float, float, dict[str, Any]]] = [
    (0.003, 0.7, {"dtick": 1}),  # two decades in view: 0.01, 0.1
    (1e-9, 1.0, {"dtick": 3}),
    (0.12, 0.9, {"dtick": "D2"}),  # 0.2, 0.5
    (0.25, 0.44, {"dtick": "D1"}),  # 0.3, 0.4
    (0.684, 0.693, {"tickvals": [0.684, 0.693]}),  # a run that hardly moves
    (0.5, 0.5, {"tickvals": [0.5]}),
    (4.351e11, 4.539e11, {"ticktext": ["4.4·10¹¹", "4.5·10¹¹"]}),  # fifty layers that blow up: with a power, not twelve digits
    (1.4e-7, 6e-7, {"ticktext": ["2·10⁻⁷", "5·10⁻⁷"]}),
]


def test_where_the_numbers_stand(train: Train) -> None:
    for low, high, wanted in CASES:
        found = train.page.evaluate(
            "async ([low, high]) => (await import('/src/toolkit/log-ticks.js')).logTicks(low, high, 4)", [low, high]
        )
        assert {key: found[key] for key in wanted} == wanted, (low, high, found)
    for low, high in ((0, 1), (-1, 1), (1, "Infinity")):
        told = "async ([low, high]) => (await import('/src/toolkit/log-ticks.js')).logTicks(Number(low), Number(high), 4)"
        assert train.page.evaluate(told, [low, high]) is None


NAMED_WITHIN = """() => {
  const names = [...document.querySelectorAll(".curve .annotation-text")];
  const plot = document.querySelector(".curve .nsewdrag")?.getBoundingClientRect();
  if (!plot || names.length !== 1) return false;
  const { top, bottom } = names[0].getBoundingClientRect();
  return top >= plot.top && bottom <= plot.bottom;
}"""
ONE = """async (values) => {
  const { withLogTicks } = await import("/src/toolkit/log-ticks.js");
  return withLogTicks({ yaxis: { type: "log", nticks: 4 } }, [{ y: values }, { y: [9], visible: false }]).yaxis;
}"""


@pytest.mark.slow(seconds=4)
def test_a_single_value_stands_in_the_middle(train: Train, page: Page) -> None:
    """As the first loss of a run without other points does: its name is within the plot, not below it."""
    axis = page.evaluate(ONE, [0.01])
    assert axis["range"] == [-2.5, -1.5] and axis["autorange"] is False
    assert "range" not in page.evaluate(ONE, [0.01, 0.02])
    path = "data.test_fraction"
    page.locator(f"[data-field='{path}'] input").first.press("Home")
    train.settle(0)
    page.wait_for_function(NAMED_WITHIN)


@pytest.mark.slow(seconds=4)
def test_a_loss_that_has_not_fallen_a_decade_is_numbered_in_full(train: Train, page: Page) -> None:
    train.hook("forward").click()
    train.settle(1)
    losses = [float(value or "nan") for value in train.numbers().values() if value][:2]
    page.wait_for_function(
        """([low, high]) => {
          const texts = [...document.querySelectorAll(".curve .ytick text")].map((each) => Number(each.textContent));
          return texts.length >= 2 && texts.every((value) => value >= low && value <= high);
        }""",
        arg=[min(losses) / 10, 10 * max(losses)],
    )
    axis = train.hook("loss-axis")
    expect(axis).to_have_text("log axis")
    expect(axis).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("l")
    expect(axis).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("l")
