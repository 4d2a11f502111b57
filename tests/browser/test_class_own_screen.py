"""A learner's own screen in a class: the strip and the way back, the curtain while eyes are up or a vote is open, locks.

The session is the server's; what it is told of the class is in the test's hand, and comes when the test says so.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from complaints import Complaints
from looks import looks_well
from playwright.sync_api import Locator, Page, WebSocketRoute, expect
from waiting import becomes, until

KEY = "k" * 22
JOINED = f"""localStorage.setItem("chainrule.class", JSON.stringify({{ code: "K7FQ", key: "{KEY}", name: "Quiet Otter" }}))"""
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "laptop": (1280, 720)}


class OwnScreen:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[dict[str, Any]] = []
        self.refusals: dict[str, str] = {}
        self.part: dict[str, Any] = {"type": "room_part_info", "code": "K7FQ", "name": "Quiet Otter", "role": "learner"} | {
            "state": "in",
            "eyes_up": None,
            "vote": False,
            "seed": None,
            "offered": False,
            "task": None,
            "controls": None,
        }
        self._sockets: list[WebSocketRoute] = []
        page.set_viewport_size({"width": 390, "height": 844})
        page.route_web_socket("**/ws", self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        self._sockets.append(socket)
        server = socket.connect_to_server()

        def heard(text: str | bytes) -> None:
            command = json.loads(text)
            name = command["type"]
            if not name.startswith("room_"):
                server.send(text)
                return
            self.said.append(command)
            answer: dict[str, Any] = {"id": command["id"], "type": "done", "command": name, "result": None}
            if name in self.refusals:
                answer = {"id": command["id"], "type": "error", "code": "unknown_room", "field": None, "allowed": None}
                answer["message"] = self.refusals[name]
            socket.send(json.dumps(answer))
            if name == "room_take_part" and name not in self.refusals:
                self.tell()

        socket.on_message(heard)

    def open(self, url: str, joined: bool = True) -> OwnScreen:
        if joined:
            self.page.add_init_script(JOINED)
        self.page.goto(f"{url}/#class=K7FQ")
        expect(self.page.locator("main[data-ready=true]")).to_be_visible()
        expect(self.hook("own-strip")).to_be_visible()
        return self

    def tell(self, **changes: Any) -> None:
        self.part |= changes
        self._sockets[-1].send(json.dumps(self.part))

    def cut(self) -> None:
        self._sockets[-1].close(code=1012)

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)


@pytest.fixture
def own(page: Page, server_url: str) -> OwnScreen:
    found = OwnScreen(page).open(server_url)
    expect(found.hook("own-words")).to_have_text("your own screen")
    return found


def test_the_strip_and_the_way_back(own: OwnScreen) -> None:
    hook = own.hook
    assert [{key: said[key] for key in said if key != "id"} for said in own.said] == [
        {"type": "room_take_part", "code": "K7FQ", "key": KEY}
    ]
    expect(hook("own-back")).to_have_attribute("href", re.compile("^http.*/join$"))
    expect(hook("own-seed")).to_be_hidden()
    expect(hook("own-task")).to_be_hidden()
    own.tell(seed=7, task={"ask": "<p>test loss below <strong>0.05</strong></p>", "met": False})
    expect(hook("own-seed")).to_have_text("your seed: 7")
    expect(hook("own-task")).to_have_text("task: test loss below 0.05")
    own.tell(task={"ask": "<p>test loss below <strong>0.05</strong></p>", "met": True})
    expect(hook("own-task")).to_have_text("✓ task met: test loss below 0.05")
    hook("own-offer").check()
    until(own.page, lambda: own.said[-1].get("offered") is True)  # it is answered as it comes: before it is refused
    own.refusals["room_offer"] = "The class has ended."
    hook("own-offer").click()
    expect(hook("own-refused")).to_have_text("The class has ended.")
    expect(hook("own-offer")).to_be_checked()
    assert [said["offered"] for said in own.said[1:]] == [True, False]
    # After a line that broke it takes part again by itself.
    own.part["seed"] = 8
    own.cut()
    expect(hook("own-seed")).to_have_text("your seed: 8")
    assert [said["type"] for said in own.said].count("room_take_part") == 2
    own.tell(state="ended")
    expect(hook("own-words")).to_have_text("the class has ended: this screen stays yours")
    expect(hook("own-offer")).to_be_hidden()


def test_it_waits_while_eyes_are_up_and_while_a_vote_is_open(own: OwnScreen) -> None:
    hook, page = own.hook, own.page
    curtain = hook("own-curtain")
    expect(curtain).to_be_hidden()
    own.tell(eyes_up="Look at the <b>left</b> weight.")
    expect(curtain).to_be_visible()
    expect(hook("own-curtain-words")).to_have_text("Look at the <b>left</b> weight.")
    expect(hook("own-vote")).to_be_hidden()
    # It takes no input: not by keys, and Escape does not take it away.
    for key in ("Escape", "Escape", "Space", "ArrowRight", "t"):
        page.keyboard.press(key)
    expect(curtain).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(hook("step")).to_have_attribute("data-value", "0")
    own.tell(eyes_up="", vote=True)
    expect(hook("own-curtain-words")).to_have_text("Eyes up: please look at the front.")
    own.tell(eyes_up=None)
    expect(hook("own-curtain-words")).to_contain_text("A vote is open")
    expect(hook("own-vote")).to_have_attribute("href", re.compile("^http.*/join$"))
    own.tell(vote=False)
    expect(curtain).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(hook("step")).to_have_attribute("data-value", "1")


def test_what_the_card_leaves_open(own: OwnScreen) -> None:
    locked = "(field) => field.closest('[inert]')?.title ?? ''"
    rate, noise = (own.page.locator(f"[data-field='{name}']").first for name in ("optimizer.lr", "data.noise"))
    assert noise.evaluate(locked) == ""
    own.tell(controls=["optimizer.lr"])
    own.page.wait_for_function("() => document.querySelector('[data-field=\"data.noise\"]').closest('[inert]') !== null")
    becomes(own.page, lambda: noise.evaluate(locked), "locked by your teacher")
    assert rate.evaluate(locked) == ""
    own.tell(controls=None)
    own.page.wait_for_function("() => document.querySelector('[data-field=\"data.noise\"]').closest('[inert]') === null")


def test_who_is_not_in_that_class(page: Page, server_url: str, complaints: Complaints) -> None:
    own = OwnScreen(page).open(server_url, joined=False)
    expect(own.hook("own-refused")).to_have_text("This browser has not joined that class.")
    expect(own.hook("own-words")).to_have_text("this screen is not in the class")
    expect(own.hook("own-back")).to_have_attribute("href", re.compile("^http.*/join#K7FQ$"))
    assert own.said == []
    own.refusals["room_take_part"] = "There is no class with this code."
    page.add_init_script(JOINED)
    page.reload()
    expect(own.hook("own-refused")).to_have_text("There is no class with this code.")
    # The screen stays a screen: the run goes on.
    page.keyboard.press("ArrowRight")
    expect(own.hook("step")).to_have_attribute("data-value", "1")


@pytest.mark.looks(seconds=40, sweep=True)
def test_it_looks_well(own: OwnScreen) -> None:
    own.tell(seed=7, task={"ask": "<p>test loss below <strong>0.05</strong></p>", "met": True})
    expect(own.hook("own-task")).to_be_visible()
    looks_well(own.page, None, "the strip", SIZES)
    own.tell(vote=True)
    expect(own.hook("own-curtain")).to_be_visible()
    looks_well(own.page, "[data-testid=own-curtain]", "a vote", SIZES)
    own.tell(eyes_up="Everybody, please look at the front for a moment.")
    expect(own.hook("own-vote")).to_be_hidden()
    looks_well(own.page, "[data-testid=own-curtain]", "eyes up", SIZES)
