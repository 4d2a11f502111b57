"""What the page says of its line, as the server closes it or turns the page away; and that it comes back whatever is said."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from complaints import Complaints
from looks import SIZES, looks_well
from playwright.sync_api import Page, WebSocketRoute, expect
from train_page import Train
from waiting import until

FULL = {
    "type": "error",
    "id": None,
    "code": "limit",
    "field": "session",
    "allowed": "at most 2 sessions",
    "message": "The server has as many sessions as it may hold; try again later",
}


HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Doorman:
    """Between page and server: what each attempt meets is told beforehand, and else it is let through."""

    def __init__(self, page: Page) -> None:
        self.met: list[dict[str, Any]] = []
        """What the next attempts to attach are answered."""
        self.lines: list[WebSocketRoute] = []
        self.sent: list[dict[str, Any]] = []
        page.route_web_socket("**/ws", self._connect)

    @staticmethod
    def _paces(message: str | bytes) -> bool:
        """How fast pictures go is what the test says: the server's own view of a busy machine is kept from the page."""
        return isinstance(message, str) and json.loads(message)["type"] == "pace"

    def _connect(self, line: WebSocketRoute) -> None:
        self.lines.append(line)
        server = line.connect_to_server()

        def passed(message: str | bytes) -> None:
            command = json.loads(message)
            self.sent.append(command)
            if command["type"] == "attach" and self.met:
                line.send(json.dumps(self.met.pop(0)))
            else:
                server.send(message)

        line.on_message(passed)
        server.on_message(lambda message: None if self._paces(message) else line.send(message))

    def say(self, **event: Any) -> None:
        self.lines[-1].send(json.dumps(event))

    def close(self, code: int) -> None:
        self.lines[-1].close(code=code, reason="")


@pytest.mark.looks(seconds=30, sweep=True)
def test_each_way_a_line_ends_has_its_words(page: Page, server_url: str, complaints: Complaints) -> None:
    door = Doorman(page)
    train = Train(page).open(server_url)
    notice, forward = train.hook("notice"), train.hook("forward")
    forward.click()
    train.settle(1)
    # A page that did not read is told so when it is back; one whose session moved is told nothing.
    door.close(4002)
    expect(notice).to_contain_text("did not keep up")
    expect(forward).to_be_enabled()
    notice.get_by_role("button", name="Dismiss").click()
    attempts = len(door.lines)
    page.evaluate(
        """() => {
          window.said = [];
          const notice = document.querySelector("[data-testid=notice]");
          new MutationObserver(() => notice.hidden || window.said.push(notice.textContent)).observe(
            notice, { childList: true, subtree: true, characterData: true, attributes: true });
        }"""
    )
    door.close(4004)
    forward.click()  # at once: it is done where the session is now
    train.settle(2)
    assert len(door.lines) == attempts + 1
    assert page.evaluate("window.said.filter((words) => /connection|server|tries/i.test(words))") == []
    # A server that restarts is waited for calmly; one that is full says how many it takes, and is tried again.
    door.met = [FULL] * 99
    door.close(1012)
    expect(notice).to_contain_text("at most 2 sessions")
    expect(notice).to_contain_text("this page tries again by itself")
    looks_well(page, sizes={"phone": SIZES["phone"]})
    door.met.clear()
    notice.get_by_role("button", name="try now").click()
    expect(forward).to_be_enabled()
    expect(notice).not_to_contain_text("sessions")
    train.settle(2)


@pytest.mark.slow(seconds=5)
def test_a_slow_line_what_is_not_kept_and_a_hidden_page_are_told_of(page: Page, server_url: str) -> None:
    door = Doorman(page)
    train = Train(page).open(server_url)
    train.hook("forward").click()
    train.settle(1)
    notice = train.hook("notice")
    train.play()
    door.say(type="pace", slow=True)
    expect(notice).to_have_text(re.compile("^(The line is slow|This machine is busy): pictures come less often\\.$"))
    train.pause()
    expect(notice).not_to_contain_text("come less often")  # of what stands still none is missed
    train.play()
    expect(notice).to_contain_text("come less often")
    door.say(type="pace", slow=False)
    expect(notice).not_to_contain_text("come less often")
    train.pause()
    door.say(type="keeping", kept=False, message="The server's disk is full: what you do now is lost when the server stops.")
    expect(notice).to_contain_text("disk is full")
    door.say(type="keeping", kept=True, message=None)
    expect(notice).to_contain_text("kept again")
    for hidden in (True, False):
        door.sent.clear()
        page.evaluate(HIDE, hidden)
        until(page, lambda: any(command["type"] == "visible" for command in door.sent))
        assert [command["visible"] for command in door.sent if command["type"] == "visible"] == [not hidden]
    # One that comes back while nobody sees it says so, too.
    page.evaluate(HIDE, True)
    door.sent.clear()
    door.close(1011)
    until(page, lambda: any(command["type"] == "visible" for command in door.sent))
    assert door.sent[0]["type"] == "attach"
    assert [command["visible"] for command in door.sent if command["type"] == "visible"] == [False]
    page.evaluate(HIDE, False)
    expect(train.hook("forward")).to_be_enabled()


LATENESS = """
  // The page's own watch on how late its timers come is driven by the test.
  const [every, now] = [window.setInterval.bind(window), performance.now.bind(performance)];
  let ahead = 0;
  performance.now = () => now() + ahead;
  window.setInterval = (tick, delay, ...more) => {
    if (delay !== 250) return every(tick, delay, ...more);
    window.ticks = (late, times) => { for (let i = 0; i < times; i++) { ahead += 250 + late; tick(); } };
    return 0;
  };
"""


def test_a_busy_machine_is_told_from_a_slow_line(page: Page, server_url: str) -> None:
    page.add_init_script(LATENESS)
    door = Doorman(page)
    train = Train(page).open(server_url)
    notice = train.hook("notice")
    for late, words in ((0, "The line is slow"), (400, "This machine is busy"), (0, "The line is slow")):
        page.evaluate("(late) => window.ticks(late, 30)", late)
        train.play()
        door.say(type="pace", slow=True)
        expect(notice).to_have_text(f"{words}: pictures come less often.")
        door.say(type="pace", slow=False)
        train.pause()
