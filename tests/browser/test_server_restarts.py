"""The server dies under a page that plays, or is stopped and begun anew: the page goes on by itself, with its history."""

from __future__ import annotations

import asyncio
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from agreement import SESSION, agrees_with_a_new_page, agrees_with_the_server
from complaints import Complaints
from learners import learners
from mortal_server import Mortal
from playwright.sync_api import Page, expect
from train_page import Train


class Class:
    """Eight other learners, in a thread of their own: playing once it is entered, and held against a replay at its end."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._play, self._end = threading.Event(), threading.Event()
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> None:
        self._work = self._thread.submit(lambda: asyncio.run(self._live()))
        while not self._play.wait(0.1) and not self._work.done():
            pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._end.set()
        if kind is None:
            self._work.result(60)
        self._thread.shutdown(wait=False)

    async def _live(self) -> None:
        async with asyncio.timeout(120), learners(self._socket, 8) as them:
            await asyncio.gather(*(learner.further(90) for learner in them))  # their changes are written by then
            self._play.set()
            await asyncio.to_thread(self._end.wait)
            for learner in them:
                await learner.until(lambda learner=learner: learner.returns and learner.returns[-1].back is not None)
                await learner.until(lambda learner=learner: learner.state["step"] > learner.returns[-1].last)
                assert learner.returns[-1].attached["resumed"] is True
            await asyncio.gather(*(learner.check() for learner in them))


@pytest.mark.slow(seconds=40)
def test_a_page_goes_on_by_itself_when_its_server_was_gone(mortal: Mortal, page: Page, complaints: Complaints) -> None:
    complaints.expect("WebSocket connection")
    complaints.expect("ERR_")
    train = Train(page).open(mortal.url)
    marks = page.locator(".room-transport .mark-edit").filter(visible=True)
    train.layers(64, 48)
    # A history: an update and a change, and that change undone by another in the past.
    train.hook("forward").click()
    train.settle(1)
    train.type(train.input("optimizer.lr"), "0.02")
    expect(marks).to_have_count(1)
    train.speed("flat out")
    train.play()
    train.pass_step(100)
    train.pause()
    train.settle()
    train.type(train.input("regularization.l2"), "0.001")
    expect(marks).to_have_count(2)
    session = page.evaluate(SESSION)

    def go_through(by: signal.Signals, words: str) -> None:
        train.play()
        train.pass_step(train.step + 100)
        mortal.end(by)
        expect(train.hook("notice")).to_contain_text(words)
        expect(train.hook("play")).to_be_disabled()
        mortal.start()
        expect(train.hook("play")).to_be_enabled()
        train.status("playing")
        train.pass_step(train.step + 100)
        expect(train.hook("notice")).not_to_contain_text(words)
        train.pause()
        train.settle()
        expect(marks).to_have_count(2)
        assert page.evaluate(SESSION) == session

    with Class(f"{mortal.url.replace('http', 'ws', 1)}/ws"):  # all of whom it happens to
        go_through(signal.SIGKILL, "connection is lost")
    go_through(signal.SIGTERM, "server is restarting")
    agrees_with_a_new_page(page)
    with agrees_with_the_server(page, f"{mortal.url.replace('http', 'ws', 1)}/ws") as client:
        script = [event for event in client.events if event["type"] == "script"][-1]
        assert [(edit["edit"]["path"], edit["edit"]["value"]) for edit in script["edits"]] == [
            ("optimizer.lr", 0.02),
            ("regularization.l2", 0.001),
        ]
