"""A page of screenshots for whoever reviews how it looks: `python tests/browser/screenshots.py FOLDER` writes an index.html.

Every room and its main dialogs, on a desk, a laptop and a phone (there each page of a room), light and dark, from a server of
its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

# Run as a script: the project, the tests, and what starts a server.
sys.path.extend(str(Path(__file__).resolve().parents[up] / name) for up, name in ((2, ""), (1, ""), (1, "server")))

from conftest import ARGUMENTS
from install_chromium import find
from live_server import serving
from looks import SIZES, STILL, THEMES
from picture import training
from playwright.sync_api import Page, expect, sync_playwright
from rooms import DIALOGS, ROOMS, each_page, enter, opened

from engine import warm_up
from server.settings import Settings

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>chainrule, as it looks</title><style>
body { font: 14px system-ui; margin: 24px; background: #eee } h2 { margin: 32px 0 8px }
section { display: flex; flex-wrap: wrap; gap: 16px; align-items: start }
figure { margin: 0 } figcaption { padding: 4px 0 }
img { display: block; max-height: 420px; max-width: 100%; border: 1px solid #999 }
</style><h1>chainrule, as it looks</h1>"""


def pictures(page: Page, folder: Path) -> Iterator[tuple[str, str, str]]:
    """What each shows, at which size and in which theme, and its file."""

    def taken(what: str, size: str, theme: str) -> tuple[str, str, str]:
        page.evaluate(STILL)
        name = f"{what}-{size}-{theme}.png".replace(" ", "-").replace(",", "").lower()
        page.screenshot(path=folder / name)
        return what, f"{size}, {theme}", name

    for theme in THEMES:
        if page.locator("html").get_attribute("data-theme") != theme:
            page.get_by_test_id("theme").evaluate("(button) => button.click()")
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for room in ROOMS:
                enter(page, room)
                for part in each_page(page):
                    yield taken(f"{room}, {part}" if part else room, size, theme)
                if room == "train":
                    page.keyboard.press("b")
                    expect(page.get_by_test_id("kept-side")).to_be_visible()
                    yield taken("train, two runs", size, theme)
                    page.keyboard.press("Escape")
                for dialog in DIALOGS[room]:
                    with opened(page, room, dialog):
                        yield taken(f"{room}, {dialog}", size, theme)


def index(taken: list[tuple[str, str, str]]) -> str:
    """One section for each thing that is shown."""
    sections: dict[str, list[str]] = {}
    for what, where, name in taken:
        picture = f'<a href="{name}"><img src="{name}" alt="{escape(what)}" loading="lazy"></a>'
        figure = f"<figure>{picture}<figcaption>{where}</figcaption></figure>"
        sections.setdefault(what, []).append(figure)
    parts = (f"<h2>{escape(what)}</h2><section>{''.join(figures)}</section>" for what, figures in sections.items())
    return HEAD + "".join(parts)


def main(out: str) -> None:
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    warm_up()
    with serving(Settings(database_url="sqlite://")) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light", reduced_motion="reduce")
        training(page, f"http://127.0.0.1:{live.port}/")
        taken = list(pictures(page, folder))
        browser.close()
    (folder / "index.html").write_text(index(taken), encoding="utf-8")
    print(f"{len(taken)} pictures: {(folder / 'index.html').resolve()}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
