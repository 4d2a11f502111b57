"""Takes the README's pictures from the real page: `python tests/browser/picture.py URL FOLDER` with a server at URL."""

from __future__ import annotations

import sys
from pathlib import Path

# Run as a script: the project, and what the tests share.
sys.path.extend(str(Path(__file__).resolve().parents[up] / name) for up, name in ((2, ""), (1, ""), (1, "server")))

from conftest import ARGUMENTS
from install_chromium import find
from lesson_page import Lessons
from playwright.sync_api import Page, expect, sync_playwright
from race_page import RaceRoom
from step_page import Step, configure
from train_page import Train


def training(page: Page, url: str) -> Train:
    """Two spirals, nearly apart."""
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
    return train


def stepping(train: Train) -> None:
    """Blame on its way back."""
    layers = [{"units": 4, "activation": "tanh"}, {"units": 3, "activation": "tanh"}]
    configure(train, {"data": {"name": "xor"}, "network": {"layers": layers}, "optimizer": {"name": "momentum", "lr": 0.05}})
    train.hook("forward").click()
    train.settle(1)
    step = Step.enter(train)
    step.go("Error signal back to layer 1, through the weights into layer 2")


def racing(page: Page, url: str) -> None:
    """Six optimizers in Rosenbrock's valley, at the end of their race."""
    page.goto("about:blank")
    race = RaceRoom(page).open(url)
    race.seek(1000)
    page.locator("[data-part=race-outcome]").scroll_into_view_if_needed()


def learning(page: Page, url: str) -> None:
    """A card whose question is answered, its task not met yet."""
    page.goto("about:blank")
    page.goto(f"{url}/#l=deep/ten-sigmoids.2")
    card = Lessons(page)
    card.opened(2)
    page.locator("[data-choice='2']").click()
    card.hook("lesson-submit").click()
    expect(card.hook("lesson-verdict")).to_be_visible()
    expect(card.hook("task-values")).not_to_be_empty()
    expect(page.locator(".ribbon .strip rect").first).to_be_attached()


def main(url: str, folder: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light", reduced_motion="reduce")
        train = training(page, url)
        page.screenshot(path=Path(folder, "train.png"))
        stepping(train)
        page.screenshot(path=Path(folder, "step.png"))
        racing(page, url)
        page.screenshot(path=Path(folder, "race.png"))
        learning(page, url)
        page.screenshot(path=Path(folder, "lesson.png"))
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
