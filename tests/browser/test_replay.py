"""Files that play by themselves: taken along from the page, opened out of a folder and in a learning platform's sandbox, led by
keys, with the page's own numbers in them; nothing is asked of any server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from course_page import Course
from looks import looks_well
from network_page import NetworkRoom
from pages import Page as Client
from playwright.sync_api import Page, expect
from race_page import RaceRoom
from replay_page import Replay
from step_page import Step, number
from train_page import Train

from engine.export.replay.recording import Recording
from server.replay.page import replay_file

MOST = 3_000_000
SECONDS = "60"
LANES = "(all) => all.map(({ dataset }) => [dataset.netloss, dataset.value])"
TABLES = """(tables) => Object.fromEntries(tables.map((table) => [table.dataset.name,
  [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")].map((cell) => cell.title))]))"""


def saved(page: Page, press: Callable[[], None], folder: Path) -> Path:
    with page.expect_download() as download:
        press()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    print(f"{path.name}: {path.stat().st_size:,} bytes")
    assert path.stat().st_size <= MOST
    return path


def everywhere(page: Page, path: Path, look: Callable[[Replay], None]) -> None:
    """Out of a folder, and framed by another origin's page without any right but to run scripts."""
    for sandboxed in (False, True):
        asked: list[str] = []
        other = page.context.new_page()
        with Course() as course:
            if sandboxed:
                replay = Replay.sandboxed(other, course.origin, path, asked)
                assert replay.frame.evaluate("() => origin") == "null"
                assert asked == [f"{course.origin}/uploaded.html"]
            else:
                replay = Replay.file(other, path, asked)
                assert asked == [path.as_uri()]
            first = len(asked)
            look(replay)
            assert len(asked) == first, asked
        other.close()


def test_a_run_is_replayed_anywhere(train: Train, tmp_path: Path) -> None:
    page = train.page
    train.speed("1 epoch/s")
    train.play()
    train.pass_step(20)
    train.pause()
    end = train.settle()
    final = train.numbers()
    page.keyboard.press("Home")
    train.settle(0)
    page.keyboard.press("ArrowRight")
    train.settle(1)
    early = train.numbers()
    page.keyboard.press("End")
    train.settle(end)
    train.hook("export").click()
    page.get_by_role("menuitem", name="Replay").click()
    expect(train.hook("replay-last")).to_have_value(str(end))
    # What is no stretch is said beside its field, and nothing is saved.
    train.hook("replay-last").fill(str(end + 1))
    train.hook("replay-start").click()
    expect(train.hook("replay-refused")).to_contain_text(f"Allowed: 1 to {end}")
    expect(train.hook("replay-last")).to_have_attribute("aria-invalid", "true")
    train.hook("replay-first").fill("2.5")
    train.hook("replay-start").click()
    expect(train.hook("replay-refused")).to_have_text("A whole number is needed.")
    train.hook("replay-first").fill("0")
    train.hook("replay-last").fill(str(end))
    train.hook("replay-seconds").select_option(SECONDS)
    path = saved(page, train.hook("replay-start").click, tmp_path)
    assert path.name == f"chainrule-spiral-replay-0-to-{end}.html"
    expect(train.hook("replay-said")).to_contain_text(f"Saved as {path.name}")
    expect(train.hook("replay-refused")).to_be_hidden()

    def look(replay: Replay) -> None:
        def numbers() -> dict[str, float]:
            names = ("train-loss", "test-loss", "test-accuracy")
            return {name: replay.exactly(replay.hook(f"number-{name.replace('-', '_')}")) for name in names}

        expect(replay.hook("replay-where")).to_have_text("after update 0 · epoch 0")
        replay.hook("replay-line").focus()
        replay.press("End", replay.frames - 1)
        assert numbers() == {name: float(value or "nan") for name, value in final.items()}
        weight = replay.frame.locator('[data-entry="W1 0 0"]')
        after = replay.exactly(weight)
        replay.press("Home", 0)
        assert replay.exactly(weight) != after
        assert replay.frames == end + 1, "every update is a frame"
        replay.press("ArrowRight", 1)
        assert numbers() == {name: float(value or "nan") for name, value in early.items()}
        replay.press("ArrowLeft", 0)
        # It plays and pauses by the space bar, and stays where it is then.
        replay.hook("replay-speed").select_option("4")
        replay.hook("replay-line").focus()
        replay.page.keyboard.press(" ")
        expect(replay.hook("replay-play")).to_have_attribute("aria-label", "Pause (Space)")
        expect(replay.hook("replay-line")).not_to_have_value("0")
        replay.page.keyboard.press(" ")
        expect(replay.hook("replay-play")).to_have_attribute("aria-label", "Play (Space)")
        replay.hook("replay-digits").check()
        shown = replay.hook("number-train_loss")
        assert shown.inner_text() == shown.get_attribute("title")

    everywhere(page, path, look)


def test_a_recording_says_why_there_is_none_and_can_be_left(train: Train) -> None:
    page = train.page
    train.hook("export").click()
    page.get_by_role("menuitem", name="Replay").click()
    expect(train.hook("replay-said")).to_contain_text("Nothing has been trained up to here yet")
    expect(train.hook("replay-start")).to_be_disabled()
    page.keyboard.press("Escape")
    train.layers(32, 32)
    train.speed("flat out")
    train.play()
    train.pass_step(5000)
    train.pause()
    end = train.settle()
    train.hook("export").click()
    page.get_by_role("menuitem", name="Replay").click()
    train.hook("replay-seconds").select_option("30")
    train.hook("replay-start").click()
    expect(train.hook("replay-cancel")).to_be_focused()
    train.hook("replay-cancel").click()
    expect(train.hook("replay-said")).to_have_text("Cancelled: nothing was saved.")
    expect(train.hook("replay-start")).to_be_focused()
    page.keyboard.press("Escape")
    assert train.settle() == end


@pytest.mark.slow(seconds=6)
def test_a_race_is_replayed_anywhere(page: Page, server_url: str, tmp_path: Path) -> None:
    room = RaceRoom(page).open(server_url)
    room.hook("race-forward").click()
    room.settle(1)
    room.speed("flat out")
    room.hook("race-play").click()
    page.wait_for_function("() => Number(document.querySelector('[data-testid=race-step]').dataset.value) > 300")
    if room.transport.get_attribute("data-status") == "playing":
        room.hook("race-play").click()
    room.settle()
    room.seek(300)
    there = {row["id"]: float(row["loss"]) for row in room.lanes()}
    order = [row["id"] for row in room.lanes()]
    room.hook("race-export").click()
    page.get_by_role("menuitem", name="Replay").click()
    expect(room.hook("race-replay-last")).to_have_value("300")
    room.hook("race-replay-last").fill("301")
    room.hook("race-replay-start").click()
    expect(room.hook("race-replay-refused")).to_contain_text("Allowed: 1 to 300")
    room.hook("race-replay-last").fill("300")
    room.hook("race-replay-seconds").select_option(SECONDS)
    path = saved(page, room.hook("race-replay-start").click, tmp_path)

    def look(replay: Replay) -> None:
        assert replay.frames == 301
        rows = replay.frame.locator("[data-lane]")
        start = replay.exactly(rows.first.locator("td").nth(1))
        replay.hook("replay-line").focus()
        replay.press("End", 300)
        found = rows.evaluate_all("(rows) => rows.map((row) => Number(row.dataset.lane))")
        assert found == order
        for lane, loss in there.items():
            assert replay.exactly(replay.frame.locator(f'[data-entry="{lane} 0"]')) == loss
        replay.press("Home", 0)
        assert replay.exactly(rows.first.locator("td").nth(1)) == start
        expect(replay.hook("replay-where")).to_contain_text("at step 0")

    everywhere(page, path, look)


@pytest.mark.slow(seconds=9)
def test_a_race_on_the_network_is_replayed_anywhere(page: Page, server_url: str, tmp_path: Path) -> None:
    room = NetworkRoom(page).open(server_url)
    page.keyboard.press("ArrowRight")
    room.settle(1)
    room.seek(75)  # the end of an epoch: there a loss is recorded
    lanes = page.locator("[data-netloss]").evaluate_all(LANES)
    room.hook("network-export").click()
    page.get_by_role("menuitem", name="Replay").click()
    expect(room.hook("network-replay-last")).to_have_value("75")
    room.hook("network-replay-first").fill("75")
    room.hook("network-replay-start").click()
    expect(room.hook("network-replay-refused")).to_contain_text("Allowed: 0 to 74")
    room.hook("network-replay-first").fill("0")
    path = saved(page, room.hook("network-replay-start").click, tmp_path)

    def look(replay: Replay) -> None:
        replay.hook("replay-line").focus()
        replay.press("End", 75)
        for lane, loss in lanes:
            loss_there, _, recorded, *_, kept = (
                replay.exactly(replay.frame.locator(f'[data-entry="{lane} {column}"]')) for column in range(7)
            )
            assert (loss_there, recorded, kept) == (float(loss), 75, 75)
        replay.press("ArrowLeft", 74)
        recorded = replay.frame.locator(f'[data-entry="{lanes[0][0]} 2"]')
        assert replay.exactly(recorded) == 50, "it is said of which step a loss is"
        replay.press("Home", 0)
        starts = {replay.exactly(replay.frame.locator(f'[data-entry="{lane} 0"]')) for lane, _ in lanes}
        assert len(starts) == 1, "all begin from one start"

    everywhere(page, path, look)


def test_an_update_is_replayed_anywhere(train: Train, tmp_path: Path) -> None:
    page = train.page
    step = Step.enter(train)
    told = []
    for micro in range(1, 7):
        step.press("ArrowRight", micro)
        told.append((step.hook("step-title").inner_text(), step.cells()))
    step.hook("take").click()
    path = saved(page, step.hook("take-replay").click, tmp_path)

    def look(replay: Replay) -> None:
        replay.hook("replay-line").focus()
        for micro, (title, cells) in enumerate(told, start=1):
            replay.press("ArrowRight", micro)
            expect(replay.hook("replay-title")).to_have_text(title)
            titles = replay.frame.locator("[data-name]").evaluate_all(TABLES)
            compared = 0
            for place, _, value in cells:
                name, row, column = place.split(":")
                table = titles.get(name)
                if table is None or int(row) >= len(table) or len(table[0]) == 1 < int(column) + 1:
                    continue
                assert number(table[int(row)][int(column)]) == number(value), (title, place)
                compared += 1
            assert compared or not cells, title
        # Another entry is chosen, and its sum is there.
        before = replay.hook("replay-sum").inner_html()
        entries = replay.hook("replay-results").locator("button")
        if entries.count() > 1:
            entries.nth(1).click()
            expect(entries.nth(1)).to_have_attribute("aria-pressed", "true")
            assert replay.hook("replay-sum").inner_html() != before
        replay.hook("replay-line").focus()
        replay.press("End", replay.frames - 1)
        expect(replay.hook("replay-where")).to_contain_text(f"micro-step {replay.frames} of {replay.frames}")

    everywhere(page, path, look)


def test_a_file_is_printed_as_it_stands(train: Train, tmp_path: Path) -> None:
    page = train.page
    train.hook("forward").click()
    train.settle(1)
    train.hook("export").click()
    page.get_by_role("menuitem", name="Replay").click()
    path = saved(page, train.hook("replay-start").click, tmp_path)
    other = page.context.new_page()
    replay = Replay.file(other, path, [])
    replay.hook("theme").click()
    expect(replay.frame.locator("html")).to_have_attribute("data-theme", re.compile("light|dark"))
    replay.hook("replay-line").focus()
    replay.press("End", replay.frames - 1)
    other.emulate_media(media="print")
    expect(replay.hook("replay-line")).to_be_hidden()
    expect(replay.hook("theme")).to_be_hidden()
    expect(replay.frame.get_by_role("heading", level=1)).to_be_visible()
    expect(replay.hook("replay-where")).to_have_text("after update 1 · epoch 0")
    expect(replay.hook("number-train_loss")).to_be_visible()
    expect(replay.hook("replay-link")).to_be_visible()
    expect(replay.frame.locator(".printed")).to_be_visible()
    # Before it is printed it is made light, and afterwards it is as it was.
    theme = other.evaluate("() => document.documentElement.dataset.theme")
    other.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    expect(replay.frame.locator("html")).to_have_attribute("data-theme", "light")
    other.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(replay.frame.locator("html")).to_have_attribute("data-theme", theme)


def test_a_damaged_file_says_so(page: Page, tmp_path: Path) -> None:

    text = replay_file("x", Recording("run", "title", np.arange(3, dtype=np.int32), 5.0), "light")["text"]
    path = tmp_path / "damaged.html"
    path.write_text(re.sub(r'id="recording">[^<]{20}', 'id="recording">', text), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.get_by_test_id("replay-failed")).to_contain_text("the file is damaged")


@pytest.mark.looks(seconds=12)
def test_replays_look_well(train: Train, server_url: str, tmp_path: Path) -> None:
    page = train.page
    train.hook("forward").click()
    train.settle(1)
    train.hook("export").click()
    page.get_by_role("menuitem", name="Replay").click()
    looks_well(page, "dialog[open]")
    with Client(f"{server_url.replace('http', 'ws', 1)}/ws") as client:
        client.run_info()
        client.do("step", count=30)
        client.do("race")
        client.do("race_step", count=30)
        client.do("network", lanes=[{"optimizer": {"name": name}} for name in ("adam", "sgd")])
        client.do("network_step", count=30)
        taken = {
            "run": client.do("replay"),
            "race": client.do("race_export", format="replay"),
            "network": client.do("network_export", format="replay", theme="dark"),
            "update": client.do("take_away", format="replay"),
        }
    for name, answer in taken.items():
        path = tmp_path / f"{name}.html"
        path.write_text(answer["result"]["text"], encoding="utf-8")
        page.goto(path.as_uri())
        expect(page.get_by_test_id("replay-line")).to_be_visible()
        page.get_by_test_id("replay-line").fill("12")
        looks_well(page, what=name)
