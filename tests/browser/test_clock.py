"""Time: play, pause, one step, one back, the time line; a run that meets a NaN, and one that a rule stops."""

from __future__ import annotations

import json
import time

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from train_page import Train
from waiting import painted

from engine import RunSpec, Trainer


def test_forward_back_and_scrubbing_show_the_same_numbers(train: Train) -> None:
    seen = {0: train.numbers()}
    for step in range(1, 6):
        train.hook("forward").click()
        train.settle(step)
        seen[step] = train.numbers()
    assert len({numbers["train-loss"] for numbers in seen.values()}) == 6
    for step in range(4, 1, -1):
        train.hook("back").click()
        train.settle(step)
        assert train.numbers() == seen[step]
    scrub(train, 5)
    train.settle(5)
    assert train.numbers() == seen[5]
    scrub(train, 1)
    train.settle(1)
    assert train.numbers() == seen[1]
    train.hook("start").click()
    train.settle(0)
    assert train.numbers() == seen[0]


@pytest.mark.slow(seconds=6)
def test_scrubbing_through_a_long_run(train: Train) -> None:
    train.speed("flat out")
    train.play()
    train.pass_step(2000)
    train.pause()
    end = train.settle()
    at_end = train.numbers()
    for step in (end // 2, end // 3, end // 5, 7):
        scrub(train, step)  # faster than they are answered: only the last one counts
    train.settle(7)
    train.page.keyboard.press("End")
    train.settle(end)
    assert train.numbers() == at_end


@pytest.mark.slow(seconds=6)
def test_pause_stands_still(train: Train) -> None:
    train.speed("flat out")
    train.page.keyboard.press("Space")
    train.status("playing")
    expect(train.hook("rate")).to_contain_text("steps/s")
    train.pass_step(100)
    train.page.keyboard.press("Space")
    train.status("paused")
    stood = train.settle()
    train.hook("forward").click()
    train.settle(stood + 1)
    train.hook("back").click()
    assert train.settle(stood) == stood


def test_speeds_are_a_ladder(train: Train) -> None:
    rungs = train.page.get_by_role("radiogroup", name="Speed").get_by_role("radio")
    expect(rungs).to_have_text(["1 step/s", "1 epoch/s", "10 epochs/s", "100 epochs/s", "flat out"])
    expect(rungs.nth(1)).to_have_attribute("aria-checked", "true")
    train.speed("1 step/s")
    began = time.monotonic()
    train.play()
    train.pass_step(0)
    train.pause()
    assert train.settle() <= time.monotonic() - began + 2


def test_what_is_pressed_while_a_run_begins_is_meant_for_it(page: Page, server_url: str) -> None:
    """Between a new run and its first state there is no clock: there is no moment in which a press is lost."""
    lines: list[WebSocketRoute] = []
    held: list[str | bytes] = []
    holding = False

    def connect(line: WebSocketRoute) -> None:
        lines.append(line)

        def pass_on(message: str | bytes) -> None:
            waits = holding and isinstance(message, str) and json.loads(message)["type"] == "state"
            held.append(message) if waits else line.send(message)

        line.connect_to_server().on_message(pass_on)

    page.route_web_socket("**/ws", connect)
    train = Train(page).open(server_url)
    train.settle(0)
    holding = True
    page.locator("[data-dataset=blobs]").click()
    expect(train.transport).to_have_attribute("data-status", "connecting")
    page.get_by_role("radio", name="flat out").click()
    train.hook("play").click()
    holding = False
    for message in held:
        lines[0].send(message)
    train.status("playing")
    expect(page.get_by_role("radio", name="flat out")).to_have_attribute("aria-checked", "true")
    train.pass_step(100)
    train.pause()


def test_a_run_that_meets_a_nan_says_so_and_recovers(train: Train) -> None:
    train.choose("plane")
    train.layers(8, 8, activation="relu")
    train.input("optimizer.name").select_option("sgd")
    expect(train.hook("subject")).to_contain_text("gradient descent")
    train.type(train.input("optimizer.lr"), "1000000")
    expect(train.input("optimizer.lr")).to_have_value("1000000")
    train.speed("flat out")
    train.hook("play").click()
    train.status("stopped")
    notice = train.hook("notice")
    expect(notice).to_contain_text("Stopped in update")
    expect(notice).to_contain_text("lower the rate")
    painted(train.page)
    stopped = train.step
    notice.get_by_role("button", name="go back one").click()
    train.settle(max(0, stopped - 1))
    train.status("paused")
    expect(notice).not_to_contain_text("Stopped in update")
    train.hook("start").click()
    train.settle(0)
    train.type(train.input("optimizer.lr"), "0.01")
    train.speed("100 epochs/s")  # flat out it may be at its last step before it is seen
    train.play()
    train.pass_step(stopped + 100)
    train.pause()


@pytest.mark.slow(seconds=6)
def test_a_run_that_stops_early_says_so_and_goes_on(page: Page, server_url: str) -> None:
    """The script comes by a link: noisy data, and a validation loss that soon rises."""
    data = {"name": "moons", "samples": 60, "noise": 2.5, "test_fraction": 0.0, "validation_fraction": 0.5}
    spec = RunSpec.model_validate({"data": data, "optimizer": {"name": "adam", "lr": 0.05}, "stop": {"patience": 8}})
    direct = Trainer(spec)
    direct.step(100_000)
    stop = direct.stopped
    assert stop is not None and stop.best is not None
    page.goto(server_url)
    script = json.dumps({"version": 1, "spec": spec.model_dump(mode="json")})
    packed = page.evaluate("(text) => import('/src/link.js').then((link) => link.pack(text))", script)
    page.goto("about:blank")
    train = Train(page).open(f"{server_url}/#s={packed}")
    train.settle(0)
    train.speed("flat out")
    train.hook("play").click()
    train.status("stopped")
    train.settle(stop.best)
    notice = train.hook("notice")
    expect(notice).to_contain_text(f"Stopped early at step {stop.step}")
    expect(notice).to_contain_text("Its parameters are back")
    page.keyboard.press("End")
    train.settle(stop.step)
    notice.get_by_role("button", name=f"go to step {stop.best}").click()
    train.settle(stop.best)
    train.hook("play").click()
    train.status("stopped")
    notice.get_by_role("button", name="go on without this rule").click()
    train.status("paused")
    expect(notice).not_to_contain_text("Stopped early")
    train.play()
    train.pass_step(stop.step + 100)


def test_an_edit_in_the_middle_is_told_and_taken_back(train: Train) -> None:
    for step in range(1, 4):
        train.hook("forward").click()
        train.settle(step)
    rate = train.input("optimizer.lr").input_value()
    train.type(train.input("optimizer.lr"), "0.5")
    notice = train.hook("notice")
    expect(notice).to_contain_text("From step 3: ")
    notice.get_by_role("button", name="undo").click()  # at once: what is told is gone after a while
    expect(train.input("optimizer.lr")).to_have_value(rate)
    train.type(train.input("optimizer.lr"), "0.5")
    expect(train.page.locator(".room-transport .mark-edit").filter(visible=True)).to_have_count(1)
    train.hook("forward").click()
    train.settle(4)
    train.hook("undo").click()
    expect(train.input("optimizer.lr")).to_have_value(rate)


def scrub(train: Train, step: int) -> None:
    """Drags the time line: a range input tells every place it passes."""
    train.hook("timeline").evaluate(
        """(line, step) => {
          line.value = String(step);
          line.dispatchEvent(new Event("input", { bubbles: true }));
          line.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        step,
    )
