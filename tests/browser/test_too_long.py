"""What is too long for the line is refused before it is sent, and what closed the line is not sent again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from complaints import Complaints
from playwright.sync_api import Page, WebSocketRoute, expect
from test_share_and_keep import open_file
from train_page import Train


class Fragile:
    """A line that closes under a `load`, with this code."""

    code = 1009

    def __init__(self) -> None:
        self.lines = 0
        self.loads: list[int] = []

    def join(self, page: WebSocketRoute) -> None:
        self.lines += 1
        server = page.connect_to_server()

        def up(message: str | bytes) -> None:
            if isinstance(message, str) and json.loads(message)["type"] == "load":
                self.loads.append(len(message))
                page.close(code=self.code)
            else:
                server.send(message)

        page.on_message(up)


def experiment(folder: Path, size: int) -> Path:
    file = folder / "experiment.json"
    file.write_text(json.dumps({"spec": {}, "edits": [], "fingerprint": "x" * size}))
    return file


@pytest.mark.slow(seconds=15)
def test_what_is_too_long_is_told_and_not_sent_again_and_again(
    page: Page, server_url: str, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.expect("WebSocket connection")
    line = Fragile()
    page.route_web_socket("**/ws", line.join)
    train = Train(page).open(server_url)
    for size, code, sent, words in (
        (17_000_000, 1009, 0, "script: it is too long for this server: 17 MB where 8.0 MB are allowed"),
        (200_000, 1009, 1, "script: it is too long for the line to the server"),  # as one of a proxy's may be
        (200_000, 1011, 2, "script: the connection broke twice while it was sent"),
    ):
        line.code, before = code, line.lines
        line.loads.clear()
        open_file(train, experiment(tmp_path, size))
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(words)
        assert len(line.loads) == sent
        dialog.press("Escape")
        step = train.step
        train.hook("forward").click()
        train.settle(step + 1)
        assert (len(line.loads), line.lines) == (sent, before + sent)
