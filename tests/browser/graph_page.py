"""The Graph room as a person uses it.

Its hooks:

==========================  ==================================================================================================
``data-testid``             ``graph-room graph graph-text graph-read graph-caption graph-error graph-error-place graph-state``
                            (the room), ``graph-start graph-back graph-play graph-forward graph-line graph-where`` (its
                            transport), ``graph-share`` (bar)
``data-at``, ``-state``     on ``graph``: how many nodes have computed or passed back; empty, loading, done, refused, failed
``data-node``, ``-adjoint`` a node's value and derivative in the picture, by its id; ``data-edge`` a local one, ``to:from``
``data-gradient``           a derivative told, by its input; ``data-meet`` a sum over paths, by its node
``data-ready``              a ready expression, by its name; ``data-slide`` an input's slider
==========================  ==================================================================================================
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class Graph:
    """A page with the Graph room open."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str) -> Graph:
        self.page.goto(url)
        expect(self.hook("graph-room")).to_be_visible()
        return self

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def at(self, place: int) -> None:
        expect(self.hook("graph")).to_have_attribute("data-at", str(place))

    def press(self, key: str, place: int) -> None:
        self.page.keyboard.press(key)
        self.at(place)

    def type(self, text: str) -> None:
        self.hook("graph-text").fill(text)
        self.hook("graph-text").press("Enter")

    def value(self, kind: str, name: str | int) -> float:
        """Of what is drawn or told: all its digits."""
        return float(self.page.locator(f"[data-{kind}='{name}']").get_attribute("data-value") or "nan")
