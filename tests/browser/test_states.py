"""Every state the Train view can be in, led through three sizes and both themes: legible, in order, by the rules of
accessibility.

States that a test cannot wait for are brought about on the wire: what the server says is passed on with a word changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from complaints import Complaints
from looks import looks_well
from playwright.sync_api import Page, WebSocketRoute, expect
from train_page import Train

EARLY = (
    "stopped early at step 81250: 10 measurements in a row without a new best validation loss; the best, 0.123456, is at step"
    " 80750"
)


def rewriting(page: Page, change: Callable[[dict], dict | None]) -> None:
    """Pass on what the server says with `change` made to every event; None holds an event back."""

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if isinstance(message, bytes):
                socket.send(message)
                return
            event = change(json.loads(message))
            if event is not None:
                socket.send(json.dumps(event))

        server.on_message(pass_on)

    page.route_web_socket("**/ws", connect)


@pytest.mark.looks(seconds=30)
def test_empty_then_paused(page: Page, server_url: str) -> None:
    train = Train(page).open(server_url)
    train.settle(0)
    expect(train.hook("notice")).to_contain_text("Nothing learned yet")
    looks_well(page)
    train.hook("forward").click()
    train.settle(1)
    looks_well(page)


@pytest.mark.looks(seconds=30, sweep=True)
def test_training(train: Train) -> None:
    train.layers(64, 64)  # large enough not to be at its end before all is seen
    train.speed("flat out")
    train.play()
    train.pass_step(100)
    looks_well(train.page)
    train.pause()


@pytest.mark.looks(seconds=30, sweep=True)
def test_other_data(train: Train) -> None:
    for dataset in ("digits", "breast_cancer", "blobs", "sine"):
        train.choose(dataset)
        train.hook("forward").click()
        train.settle(1)
        looks_well(train.page, what=dataset)


@pytest.mark.looks(seconds=30, sweep=True)
def test_warming_up(page: Page, server_url: str) -> None:
    rewriting(
        page, lambda event: event | {"done": 12, "total": 49, "current": "affine"} if event["type"] == "warmup" else event
    )
    page.goto(server_url)
    expect(page.get_by_test_id("notice")).to_contain_text("12 of 49")
    looks_well(page)


@pytest.mark.looks(seconds=30, sweep=True)
def test_the_engine_is_starting(page: Page, server_url: str) -> None:
    rewriting(page, lambda event: event if event["type"] in ("attached", "done") else None)
    page.goto(server_url)
    expect(page.get_by_test_id("notice")).to_contain_text("starting")
    looks_well(page)


RARE = pytest.mark.slow(seconds=30)


@pytest.mark.parametrize(
    ("status", "stop", "words"),
    [
        ("stopped", {"kind": "non_finite", "step": 1, "op": "affine 2", "message": "not finite"}, "affine 2"),
        pytest.param("finished", {"kind": "finished", "step": 1, "op": None, "message": "finished"}, "Finished", marks=RARE),
        pytest.param(
            "stopped",
            {"kind": "early", "step": 81250, "best": 80750, "op": None, "message": EARLY},
            "Stopped early at step",
            marks=RARE,
        ),
    ],
)
@pytest.mark.looks(seconds=30, sweep=True)
def test_stopped(page: Page, server_url: str, status: str, stop: dict, words: str) -> None:
    def change(event: dict) -> dict:
        if event["type"] == "state" and event["step"] == 1:
            event |= {"status": status, "stop": stop, "max_steps": 1 if status == "finished" else event["max_steps"]}
        return event

    rewriting(page, change)
    train = Train(page).open(server_url)
    train.hook("forward").click()
    expect(train.hook("notice")).to_contain_text(words)
    looks_well(page)


@pytest.mark.looks(seconds=30, sweep=True)
def test_seeking(page: Page, server_url: str) -> None:
    def change(event: dict) -> dict:
        return event | {"status": "seeking", "seek": [0, 90_000]} if event["type"] == "state" and event["step"] == 1 else event

    rewriting(page, change)
    train = Train(page).open(server_url)
    train.hook("forward").click()
    expect(train.hook("notice")).to_contain_text("going to step")
    looks_well(page)


@pytest.mark.looks(seconds=30, sweep=True)
def test_disconnected(page: Page, server_url: str, complaints: Complaints) -> None:
    complaints.expect("WebSocket")
    lines: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        if lines:
            socket.close(code=1011, reason="down")
            return
        lines.append(socket)
        socket.connect_to_server()

    page.route_web_socket("**/ws", connect)
    train = Train(page).open(server_url)
    train.settle(0)
    lines[0].close(code=1011, reason="down")
    expect(train.hook("notice")).to_contain_text("The connection is lost")
    looks_well(page)
