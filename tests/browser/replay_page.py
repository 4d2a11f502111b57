"""A replay as it is opened, in a page or in a frame of one.

Its hooks: ``replay-where theme replay-start replay-back replay-play replay-forward replay-end replay-line replay-speed
replay-count replay-link replay-digits replay-failed``; of a run ``replay-plane replay-parameter replay-edit number-NAME`` and
``data-entry`` (NAME row column) on each parameter; of a race ``replay-ground replay-outcome`` and ``data-lane`` on its rows,
``data-entry`` (id column) in them; of an update ``replay-title replay-rule replay-sum
replay-results``, ``data-name`` on tables.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Frame, Locator, Page, expect
from step_page import number


class Replay:
    """The file as one plays it. Every request that it makes is noted."""

    def __init__(self, page: Page, frame: Frame) -> None:
        self.page, self.frame = page, frame

    @classmethod
    def file(cls, page: Page, path: Path, asked: list[str]) -> Replay:
        """Out of a folder."""
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return cls(page, page.main_frame).ready()

    @classmethod
    def sandboxed(cls, page: Page, origin: str, path: Path, asked: list[str]) -> Replay:
        """In a page of that origin, as a learning platform frames a file that was uploaded: it may run scripts, and no more."""
        address = f"{origin}/uploaded.html"
        page.route(address, lambda route: route.fulfill(body=path.read_text(encoding="utf-8"), content_type="text/html"))
        page.goto(origin)
        page.on("request", lambda request: asked.append(request.url))
        page.evaluate(
            """(src) => {
              const frame = Object.assign(document.createElement("iframe"), { src, width: 1000, height: 700 });
              frame.setAttribute("sandbox", "allow-scripts");
              document.body.append(frame);
            }""",
            address,
        )
        expect(page.frame_locator("iframe").get_by_test_id("replay-line")).to_be_visible()
        return cls(page, page.frames[-1]).ready()

    def ready(self) -> Replay:
        expect(self.hook("replay-line")).to_be_visible()
        return self

    def hook(self, name: str) -> Locator:
        return self.frame.get_by_test_id(name)

    @property
    def frames(self) -> int:
        return int(self.hook("replay-line").get_attribute("max") or 0) + 1

    def at(self, frame: int) -> None:
        """Until that frame is drawn."""
        expect(self.frame.locator("html")).to_have_attribute("data-frame", str(frame))

    def press(self, key: str, frame: int) -> None:
        self.page.keyboard.press(key)
        self.at(frame)

    def exactly(self, found: Locator) -> float:
        """A number with all its digits, as its title has it."""
        return number(found.get_attribute("title") or "")
