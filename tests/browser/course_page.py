"""A course page of another origin, such as a Moodle: text, a field to write in, and frames."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from playwright.sync_api import FrameLocator, Page

WORDS = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Week 4</title><link rel="icon" href="data:,">
<body style="font: 16px system-ui; height: 4000px"><h1>Week 4</h1><input aria-label="Notes" autofocus><div id="frames"></div>"""
SANDBOX = "allow-scripts allow-same-origin"
ADD = """([src, sandbox]) => {
  const frame = Object.assign(document.createElement("iframe"), { src, width: 640, height: 400 });
  frame.setAttribute("sandbox", sandbox);
  document.querySelector("#frames").append(frame);
}"""
AROUND = """() => ({
  focus: document.activeElement.ariaLabel, written: document.querySelector("input").value,
  scrolled: scrollY, entries: history.length,
})"""


class Course:
    """Serves the page on a port of its own; `origin` is what a server has to allow."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(WORDS)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def open(self, page: Page) -> None:
        page.goto(self.origin)
        page.get_by_label("Notes").click()

    @staticmethod
    def add(page: Page, url: str, sandbox: str = SANDBOX) -> FrameLocator:
        """One frame more, below the others."""
        page.evaluate(ADD, [url, sandbox])
        return page.frame_locator("iframe").nth(page.locator("iframe").count() - 1)

    @staticmethod
    def around(page: Page) -> dict[str, object]:
        """What the page around the frames has of its own: its focus, how far it is scrolled, its history, what is written."""
        found: dict[str, object] = page.evaluate(AROUND)
        return found
