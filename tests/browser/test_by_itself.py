"""What a page does by itself when it comes to a session, or comes back, changes nothing that is kept."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from complaints import Complaints
from cuttable_line import Line
from pages import Page as Client
from playwright.sync_api import Page, WebSocket, expect

READS = {
    "attach",
    "subscribe",
    "acknowledge",
    "visible",
    "ping",
    "look",
    "compare",
    "sample_chain",
    "dissect",
    "race_dissect",
    "questions",
}
"""Commands that only look, or say how one looks."""

ROOMS = {
    "view=train": "main[data-ready=true]",
    "view=step": "[data-testid=step-room][data-micro]",
    "view=race": "main.race[data-ready=true]",
}


class Sent:
    """All that pages send."""

    def __init__(self, page: Page) -> None:
        self.all: list[dict[str, object]] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda text: self.all.append(json.loads(text)))

    def changing(self) -> list[dict[str, object]]:
        return [command for command in self.all if command["type"] not in READS and not command.get("unless_there")]


@pytest.mark.slow(seconds=7)
@pytest.mark.parametrize("room", ROOMS)
def test_a_page_only_looks_by_itself(room: str, page: Page, server_url: str, complaints: Complaints) -> None:
    complaints.expect("WebSocket connection")
    complaints.expect("ERR_")
    parts = urlsplit(server_url)
    with Client(f"{server_url.replace('http', 'ws', 1)}/ws") as client, Line(parts.hostname or "", parts.port or 0) as line:
        client.do("race", spec={"surface": {"name": "himmelblau"}, "lanes": [{"optimizer": {"name": "lion"}}]})
        client.do("race_seek", step=9)
        client.do("network", lanes=[{"optimizer": {"name": "adam"}}])
        client.do("play", speed={"unit": "steps", "rate": 5})
        session = client.attached["session"]
        page.add_init_script(f"sessionStorage['chainrule.session'] ??= '{session}'")
        sent = Sent(page)
        page.goto(f"{line.url}/#{room}")
        shown = page.locator(ROOMS[room])
        expect(shown).to_be_visible()
        line.cut()
        expect(page.get_by_test_id("notice")).to_contain_text("The connection is lost")
        line.mend()
        expect(page.get_by_test_id("notice")).not_to_contain_text("The connection is lost")
        page.reload()
        expect(shown).to_be_visible()
        if room == "view=race":
            expect(page.get_by_test_id("race-step")).to_have_attribute("data-value", "9")
            expect(page.locator(".lane").filter(visible=True)).to_have_count(1)
        assert [command["type"] for command in sent.all].count("attach") >= 3 and sent.changing() == []
    with Client(f"{server_url.replace('http', 'ws', 1)}/ws", session) as after:
        after.run_info()
        while not {"race", "network"} <= (kinds := {event["type"]: event for event in after.events}).keys():
            after.until(lambda event: event["type"] in ("race", "network"))
        assert kinds["race"]["title"].startswith("Himmelblau") and len(kinds["network"]["lanes"]) == 1
        after.do("pause")
