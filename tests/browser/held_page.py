"""The Train view on a screen or in a hand."""

from __future__ import annotations

from collections.abc import Sequence

from looks import looks_well
from playwright.sync_api import Page
from train_page import Train


class Held(Train):
    """A Train view on a screen or in a hand, and how it looks there. For what a person must be able to get to on either; for
    looks alone a page led through all sizes will do."""

    def __init__(self, page: Page, sizes: dict[str, tuple[int, int]]) -> None:
        super().__init__(page)
        self.sizes = sizes
        width, height = next(iter(sizes.values()))
        page.set_viewport_size({"width": width, "height": height})

    def looks_well(self, within: str | None = None, what: str = "", places: Sequence[str] = ()) -> None:
        looks_well(self.page, within, what, self.sizes, places)
