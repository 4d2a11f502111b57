"""A room that the page has never heard of is a folder and one line in `rooms.js`: it has a door, keys, help, a stylesheet, a
number of its own in the page's state, an event, a channel and a command. The server's part is played by the line in between."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect
from rooms import ROOMS
from waiting import until

FOLDER = Path(__file__).parent / "counter"
LINE = 'import "./counter/room.js";\n'
TYPES = {".js": "text/javascript", ".css": "text/css"}


def frame(number: int, count: int) -> bytes:
    """A binary frame of the channel `counter`."""
    arrays = [{"name": "count", "dtype": "f64", "shape": [1], "offset": 0}]
    told = {"channel": "counter", "frame": number, "run": 1, "branch": 0, "step": count, "meta": {}, "arrays": arrays}
    header = json.dumps(told).encode()
    start = struct.pack("<I", len(header)) + header
    return start + bytes(-len(start) % 8) + struct.pack("<d", count)


class Counter:
    """An activity that counts, in front of a server that knows none: it keeps to itself what is meant for it."""

    def __init__(self) -> None:
        self.count = 0
        self.most = 3
        self.lines = 0
        self.acknowledged: list[int] = []
        self.watched: list[bool] = []
        self.swallows = False
        self.swallowed = 0
        self.page: WebSocketRoute | None = None

    def join(self, page: WebSocketRoute) -> None:
        self.page = page
        self.lines += 1
        self.watched.clear()
        server = page.connect_to_server()
        page.on_message(lambda message: self.command(page, server, json.loads(message)))
        server.on_message(lambda message: self.told(page, message))

    def told(self, page: WebSocketRoute, message: str | bytes) -> None:
        page.send(message)
        if isinstance(message, str) and json.loads(message)["type"] == "attached":
            page.send(json.dumps({"type": "counter", "count": self.count}))

    def command(self, page: WebSocketRoute, server: WebSocketRoute, command: dict[str, Any]) -> None:
        if command["type"] == "subscribe":
            mine = "counter" in command["channels"]
            self.watched.append(mine)
            if mine:
                page.send(frame(self.count, self.count))
            command["channels"] = [name for name in command["channels"] if name != "counter"]
        elif command["type"] == "acknowledge" and command["channel"] == "counter":
            self.acknowledged.append(command["frame"])
            return
        elif command["type"] == "count":
            if self.swallows:
                self.swallowed += 1
            else:
                self.answer(page, command)
            return
        server.send(json.dumps(command))

    def answer(self, page: WebSocketRoute, command: dict[str, Any]) -> None:
        if self.count == self.most:
            refusal = {"code": "limit", "field": "count", "allowed": f"at most {self.most}", "message": "it counts no further"}
            page.send(json.dumps({"type": "error", "id": command["id"], **refusal}))
            return
        self.count += 1
        page.send(json.dumps({"type": "counter", "count": self.count}))
        page.send(json.dumps({"type": "done", "id": command["id"], "command": "count", "result": None}))
        page.send(frame(self.count, self.count))


@pytest.fixture
def counter(page: Page) -> Iterator[Counter]:
    """The page with the room: a folder, and one line."""

    def listed(route: Route) -> None:
        response = route.fetch()
        assert "register" not in response.text()
        route.fulfill(response=response, body=response.text() + LINE)

    def own(route: Route) -> None:
        file = FOLDER / route.request.url.rsplit("/", 1)[-1]
        route.fulfill(content_type=TYPES[file.suffix], body=file.read_text())

    found = Counter()
    page.route("**/src/rooms.js", listed)
    page.route("**/src/counter/*", own)
    page.route_web_socket("**/ws", found.join)
    yield found
    page.unroute_all()


@pytest.mark.slow(seconds=12)
def test_a_room_is_a_folder_and_a_line(page: Page, server_url: str, counter: Counter) -> None:
    page.goto(server_url)
    expect(page.locator("main.train[data-ready=true]")).to_be_visible()
    doors = page.locator("[data-door]")
    assert [door.get_attribute("data-door") for door in doors.all()] == [*ROOMS, "counter"]
    assert not any(counter.watched), "what is not on the screen is not watched"
    # By its door: its view, its subject, its channel, its stylesheet.
    page.locator("[data-door=counter]").click()
    number, drawn = page.get_by_test_id("count"), page.get_by_test_id("count-drawn")
    expect(page.locator("main.counter")).to_be_visible()
    expect(page.locator("main.train")).to_be_hidden()
    expect(page.locator("main.counter")).to_have_css("outline-color", "rgb(1, 2, 3)")
    expect(number).to_have_text("0")
    expect(drawn).to_have_text("0")
    expect(page).to_have_url(re.compile("view=counter"))
    until(page, lambda: counter.watched[-1:] == [True])
    # By its key: a command, an event, a frame that is acknowledged once it is painted.
    page.keyboard.press("Space")
    expect(number).to_have_text("1")
    expect(drawn).to_have_text("1")
    expect(page.get_by_test_id("subject")).to_have_text("counter: 1")
    expect(page.locator(".notice-place [role=status]")).to_have_text("Counted to 1.")
    until(page, lambda: counter.acknowledged[-1:] == [1])
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("count one more")
    page.keyboard.press("Escape")
    # What is refused is told as everywhere.
    for count in (2, 3):
        page.get_by_role("button", name="count", exact=True).click()
        expect(number).to_have_text(str(count))
    page.keyboard.press("Space")
    expect(page.get_by_test_id("notice")).to_contain_text("it counts no further; allowed: at most 3")
    page.keyboard.press("Escape")  # back to where one came from
    expect(page.locator("main.train")).to_be_visible()


@pytest.mark.slow(seconds=10)
def test_a_line_that_breaks_costs_such_a_room_nothing(page: Page, server_url: str, counter: Counter) -> None:
    page.goto(f"{server_url}/#view=counter")
    number = page.get_by_test_id("count")
    expect(number).to_have_text("0")
    counter.swallows = True  # its answer is lost with the line, and it is harmless: the page sends it again
    page.keyboard.press("Space")
    until(page, lambda: counter.swallowed == 1)
    counter.swallows = False
    assert counter.page is not None
    counter.page.close(code=1012, reason="")
    expect(number).to_have_text("1")
    assert (counter.lines, counter.swallowed, counter.count) == (2, 1, 1)
