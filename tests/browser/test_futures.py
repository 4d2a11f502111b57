"""What a run was before a change in its past: drawn faint without being asked, hidden on wish, gone when undo returns to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from train_page import Train

TRACES = """() => {
  const plot = document.querySelector('[data-testid=curves] .js-plotly-plot');
  return (plot?.data ?? []).filter((trace) => trace.visible !== false && trace.y.length > 0 && trace.uid !== "batch_loss")
    .map(({ uid, x, y, opacity }) => ({ uid, x: [...x], y: [...y], opacity: opacity ?? 1 }));
}"""
FAINT = f"() => ({TRACES})().filter((trace) => trace.uid.startsWith('future'))"

EPOCH = 25
"""Updates: the default data has 250 training samples, and 10 make a batch."""


def forked(train: Train) -> tuple[list[dict], int]:
    """A run of many epochs, changed in the middle; its curves as they were, and the step of the change."""
    train.choose("moons")
    train.speed("10 epochs/s")
    train.play()
    train.pass_step(20 * EPOCH)
    train.pause()
    end = train.settle()
    # Curves are drawn a few times a second; the last epoch recorded is to be on them.
    train.page.wait_for_function(f"(last) => ({TRACES})().some((trace) => trace.x.at(-1) === last)", arg=end // EPOCH)
    before = train.page.evaluate(TRACES)
    line = train.hook("timeline")
    line.focus()
    line.evaluate("(line, step) => { line.value = step; line.dispatchEvent(new Event('input', {bubbles: true})); }", end // 2)
    step = train.settle(end // 2)
    train.type(train.input("optimizer.lr").last, "0.05")
    expect(train.hook("futures")).to_contain_text("before the change at step")
    return before, step


def test_an_old_future_is_drawn_faint_and_can_be_hidden(train: Train) -> None:
    before, _ = forked(train)
    train.page.wait_for_function(f"(count) => ({FAINT})().length === count", arg=len(before))
    faint = train.page.evaluate(FAINT)
    assert {trace["uid"].split("-")[-1] for trace in faint} == {trace["uid"] for trace in before}
    for trace in faint:
        old = next(each for each in before if trace["uid"].endswith(each["uid"]))
        assert trace["opacity"] < 0.5
        known = dict(zip(old["x"], old["y"], strict=True))
        shared = [(known[x], y) for x, y in zip(trace["x"], trace["y"], strict=True) if x in known]
        assert len(shared) > 3 and all(abs(a - b) <= 1e-5 * abs(a) for a, b in shared)  # six digits travel
        assert trace["x"][-1] == old["x"][-1] and trace["x"][0] > old["x"][0]  # from the change to the old end
    futures = train.hook("futures")
    futures.get_by_role("button").click()
    train.page.wait_for_function(f"() => ({FAINT})().length === 0")
    expect(futures.get_by_role("button")).to_have_text("show")
    futures.get_by_role("button").click()
    train.page.wait_for_function(f"() => ({FAINT})().length > 0")


@pytest.mark.slow(seconds=5)
def test_undo_returns_to_the_old_future_and_redo_leaves_it_again(train: Train) -> None:
    forked(train)
    train.hook("undo").click()
    expect(train.hook("futures")).to_be_hidden()
    train.page.wait_for_function(f"() => ({FAINT})().length === 0")
    train.hook("redo").click()
    expect(train.hook("futures")).to_be_visible()
    train.page.wait_for_function(f"() => ({FAINT})().length > 0")
    train.choose("circle")
    expect(train.hook("futures")).to_be_hidden()


@pytest.mark.slow(seconds=3)
def test_a_change_at_the_end_leaves_no_old_future(train: Train) -> None:
    for _ in range(3):
        train.hook("forward").click()
    train.settle(3)
    train.type(train.input("optimizer.lr").last, "0.05")
    expect(train.page.locator(".mark-edit")).to_have_count(1)
    expect(train.hook("futures")).to_be_hidden()
