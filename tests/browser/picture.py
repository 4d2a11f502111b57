"""Takes the README's picture from the real page: `python tests/browser/picture.py URL FILE` with a server at URL."""

from __future__ import annotations

import sys

from conftest import ARGUMENTS
from install_chromium import find
from playwright.sync_api import sync_playwright
from train_page import Train


def main(url: str, file: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
        train = Train(page).open(url)
        for feature in ("sin_x", "sin_y"):
            train.feature(feature)
        train.layers(8, 8)
        train.speed("10 epochs/s")
        train.play()
        train.reach("test-accuracy", 0.97)
        train.pass_step(2000)
        train.pause()
        train.settle()
        notice = page.get_by_role("button", name="Dismiss")
        if notice.is_visible():
            notice.click()
        page.locator("[data-dataset=spiral]").scroll_into_view_if_needed()
        page.mouse.move(720, 20)
        page.screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
