"""A run is kept, shared, compared with and taken along: the link opens to the last bit, what is exported is the run's own."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from train_page import Train
from waiting import becomes, painted

Open = Callable[[str], Train]


@pytest.fixture
def elsewhere(stranger: Callable[[], BrowserContext]) -> Open:
    """Opens an address in another browser, with a past of its own."""
    return lambda url: Train(stranger().new_page()).open(url)


def steps(train: Train, to: int) -> None:
    for step in range(train.step + 1, to + 1):
        train.hook("forward").click()
        train.settle(step)


def edit(train: Train, path: str, value: str) -> None:
    """A change of a number, told by the notice."""
    train.type(train.input(path), value)
    expect(train.input(path)).to_have_value(value)


def changed(train: Train) -> None:
    """Ten changes at several steps, and some more updates."""
    for index in range(5):
        steps(train, 3 * index + 2)
        edit(train, "optimizer.lr", str(0.02 + index / 100))
        steps(train, 3 * index + 3)
        edit(train, "regularization.l2", str((index + 1) / 1000))
    steps(train, 18)


def link(train: Train) -> str:
    """What "Share link" puts on the clipboard."""
    train.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    train.hook("share").click()
    expect(train.hook("notice")).to_contain_text("The link is copied")
    return str(train.page.evaluate("navigator.clipboard.readText()"))


def weights(train: Train) -> str:
    """Every weight as it is drawn, by its curve: colour and width."""
    return str(train.hook("diagram").locator(".edges").inner_html())


def test_the_same_link_gives_the_same_numbers_to_the_last_bit(train: Train, elsewhere: Open) -> None:
    changed(train)
    address = link(train)
    assert train.page.evaluate("sessionStorage.getItem('chainrule.session')") not in address
    other = elsewhere(address)
    other.settle(18)
    assert other.numbers() == train.numbers()
    expect(other.page).to_have_url(re.compile("^(?!.*s=)"))
    for step in (14, 6, 0):
        for page in (train, other):
            page.hook("timeline").evaluate(
                """(line, step) => {
                  line.value = String(step);
                  line.dispatchEvent(new Event("input", { bubbles: true }));
                  line.dispatchEvent(new Event("change", { bubbles: true }));
                }""",
                step,
            )
            page.settle(step)
        assert other.numbers() == train.numbers(), step
        becomes(other.page, lambda: weights(other) == weights(train), True)  # they may come a little later than the numbers
    other.page.reload()  # goes on with the session that was begun; the link is followed once
    other.settle(0)


@pytest.mark.slow(seconds=6)
def test_undo_after_ten_edits_returns_to_the_same_bits(train: Train) -> None:
    before: list[tuple[int, dict[str, str | None], str]] = []
    for index in range(10):
        steps(train, 2 * index + 1)
        train.settle()
        painted(train.page)
        before.append((train.step, train.numbers(), weights(train)))
        edit(train, "optimizer.lr", str(0.02 + index / 100))
    steps(train, 24)
    for step, numbers, drawn in reversed(before):
        train.page.locator("body").press("Control+z")
        train.settle(step)
        expect(train.hook("train-loss")).to_have_attribute("data-value", str(numbers["train-loss"]))
        assert train.numbers() == numbers
        becomes(train.page, lambda drawn=drawn: weights(train) == drawn, True)


@pytest.mark.slow(seconds=4)
def test_a_link_keeps_how_it_is_looked_at_and_opens_in_a_session_of_its_own(train: Train) -> None:
    steps(train, 3)
    address = link(train)
    own = train.page.evaluate("sessionStorage.getItem('chainrule.session')")
    train.page.goto(f"{address}&theme=dark")  # pasted into the same tab
    train.page.wait_for_function("(own) => ![null, own].includes(sessionStorage.getItem('chainrule.session'))", arg=own)
    train.settle(3)
    expect(train.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(train.page).to_have_url(re.compile("/#theme=dark$"))


SWEEP = pytest.mark.slow(seconds=3)


@pytest.mark.parametrize(
    "packed",
    [pytest.param("AAAA", marks=SWEEP), "q1YqLkpRslIqSa0oUdJRSi1KBQA", *(pytest.param(x, marks=SWEEP) for x in ("****", ""))],
)
def test_a_broken_link_says_so_and_begins_the_default_run(page: Page, server_url: str, packed: str) -> None:
    train = Train(page).open(f"{server_url}/#s={packed}")
    train.settle(0)
    expect(train.hook("notice")).to_contain_text("This link")
    expect(page).to_have_url(re.compile("^(?!.*#s=)"))
    steps(train, 1)


@pytest.mark.slow(seconds=6)
def test_a_script_that_cannot_be_made_names_the_field(page: Page, server_url: str) -> None:
    train = Train(page).open(server_url)
    packed = page.evaluate(
        "import('/src/link.js').then((link) => link.pack(JSON.stringify({ version: 1, spec: { batch_size: 0 } })))"
    )
    page.goto(f"{server_url}/#s={packed}")
    expect(train.hook("notice")).to_contain_text("batch_size")
    train.settle(0)


@pytest.mark.slow(seconds=7)
def test_where_the_clipboard_is_closed_the_link_is_shown(train: Train, elsewhere: Open) -> None:
    train.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    steps(train, 2)
    train.hook("share").click()
    expect(train.hook("link")).to_have_value(re.compile("#s="))
    address = train.hook("link").input_value()
    train.page.keyboard.press("Escape")
    expect(train.hook("link-dialog")).to_be_hidden()
    elsewhere(address).settle(2)


def own_data(rows: int) -> dict[str, Any]:
    """A script of own data that no compression makes small."""
    draw = random.Random(5)
    x = [[draw.gauss(0, 1), draw.gauss(0, 1)] for _ in range(rows)]
    data = {"name": "inline", "task": "classification", "train_x": x, "train_y": [int(a * b > 0) for a, b in x]}
    return {"spec": {"data": data, "network": {"layers": [{"units": 4}]}}}


@pytest.mark.slow(seconds=15)
def test_own_data_too_long_for_an_address_are_shared_by_a_link(train: Train, elsewhere: Open, tmp_path: Path) -> None:
    file = tmp_path / "experiment.json"
    file.write_text(json.dumps(own_data(1000)))
    assert file.stat().st_size > 8192
    open_file(train, file)
    expect(train.hook("subject")).to_contain_text("2–4")
    train.settle(0)
    steps(train, 3)
    edit(train, "optimizer.lr", "0.05")
    train.speed("flat out")
    train.play()
    train.pass_step(300)
    train.pause()
    step = train.settle()
    address = link(train)
    expect(train.hook("notice")).to_contain_text("this server keeps it")
    assert re.search(r"#e=[\w-]{20,}$", address)
    assert link(train) == address  # the same run is kept once
    other = elsewhere(address + "&theme=dark")
    other.settle(step)
    assert other.numbers() == train.numbers()
    becomes(other.page, lambda: weights(other) == weights(train), True)
    expect(other.page).to_have_url(re.compile("/#theme=dark$"))
    other.hook("undo").click()
    other.settle(3)
    expect(other.input("optimizer.lr")).not_to_have_value("0.05")
    other.layers(5, 3)  # a new run of the same samples, which came but once
    expect(other.hook("subject")).to_contain_text("2–5–3")
    other.settle(0)
    assert other.numbers()["train-loss"] != train.numbers()["train-loss"]


@pytest.mark.parametrize(
    "id",
    ["AAAAAAAAAAAAAAAAAAAAAA", pytest.param("", id="empty", marks=SWEEP), pytest.param("x" * 100, id="long", marks=SWEEP)],
)
def test_a_link_to_what_is_not_kept_says_so_and_begins_the_default_run(page: Page, server_url: str, id: str) -> None:
    train = Train(page).open(f"{server_url}/#e={id}")
    train.settle(0)
    expect(train.hook("notice")).to_contain_text("This link cannot be followed")
    expect(page).to_have_url(re.compile("^(?!.*#e=)"))
    steps(train, 1)


@pytest.mark.slow(seconds=6)
def test_what_is_too_long_to_be_kept_is_offered_as_a_file(train: Train, tmp_path: Path) -> None:
    script = own_data(8000)
    file = tmp_path / "experiment.json"
    file.write_text(json.dumps(script))
    open_file(train, file)
    expect(train.hook("subject")).to_contain_text("2–4")
    train.hook("share").click()
    expect(train.hook("link-dialog")).to_contain_text("too long for a link")
    expect(train.hook("link-dialog")).to_contain_text("too long to be kept on this server")
    with train.page.expect_download() as download:
        train.page.get_by_role("button", name="Save as a file").click()
    written = json.loads(Path(download.value.path()).read_text())
    assert written["spec"]["data"]["train_x"] == script["spec"]["data"]["train_x"]


def open_file(train: Train, file: Path) -> None:
    train.hook("experiments").click()
    with train.page.expect_file_chooser() as chooser:
        train.page.get_by_role("button", name="Open a file").click()
    chooser.value.set_files(file)


def exported(train: Train, name: str) -> tuple[str, bytes]:
    train.hook("export").click()
    with train.page.expect_download() as download:
        train.page.get_by_role("menuitem", name=name).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_exports(train: Train, tmp_path: Path) -> None:
    train.speed("flat out")
    train.play()
    train.pass_step(500)
    train.pause()
    step = train.settle()
    numbers = train.numbers()

    name, content = exported(train, "Curves")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert name == f"chainrule-spiral-curves-step-{step}.csv" and int(rows[-1]["step"]) <= step and float(rows[0]["epoch"]) == 0

    name, content = exported(train, "Mini-batch losses")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert name == f"chainrule-spiral-mini-batch-losses-step-{step}.csv" and len(rows) > 200 and int(rows[0]["step"]) == 0

    name, content = exported(train, "Picture")
    width, height = struct.unpack(">II", content[16:24])
    assert name.endswith(".png") and content[:8] == b"\x89PNG\r\n\x1a\n" and width > 1500 and height > 1000

    name, content = exported(train, "Model JSON")
    model = json.loads(content)
    assert model["sizes"] == [2, 8, 1] and model["step"] == step

    name, content = exported(train, "PyTorch")
    assert name.endswith(".py")
    compile(content, name, "exec")

    name, content = exported(train, "Experiment")
    file = tmp_path / name
    file.write_bytes(content)
    train.hook("start").click()
    train.settle(0)
    open_file(train, file)
    train.settle(step)
    assert train.numbers() == numbers
    file.write_text('{"spec": {"batch_size": 0}}')
    open_file(train, file)
    expect(train.hook("experiments-error")).to_contain_text("batch_size")


@pytest.mark.slow(seconds=6)
def test_the_export_menu_is_worked_by_keys(train: Train) -> None:
    train.hook("export").focus()
    train.page.keyboard.press("Enter")
    items = train.page.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    train.page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    train.page.keyboard.press("End")
    expect(items.last).to_be_focused()
    train.page.keyboard.press("Escape")
    expect(train.hook("export")).to_be_focused()
    expect(items.first).to_be_hidden()
    assert train.step == 0  # the keys were the menu's, not the clock's


def dialog(train: Train) -> None:
    train.hook("experiments").click()
    expect(train.hook("experiments-dialog")).to_be_visible()


def test_experiments_are_kept_opened_renamed_and_deleted(train: Train) -> None:
    dialog(train)
    kept = train.hook("experiments-list")
    expect(kept).to_contain_text("Nothing is kept yet")
    train.page.keyboard.press("Escape")
    steps(train, 4)
    edit(train, "optimizer.lr", "0.3")
    steps(train, 6)
    numbers = train.numbers()
    dialog(train)
    for count in (1, 2):
        train.hook("experiment-name").fill("slow start")
        train.page.keyboard.press("Enter")
        expect(kept.get_by_role("listitem")).to_have_count(count)
        expect(train.hook("experiment-name")).not_to_have_value("slow start")  # a name for the next is suggested
    expect(kept).to_contain_text("slow start 2")
    train.page.get_by_role("button", name="rename slow start 2").click()
    train.page.keyboard.type("another")
    train.page.keyboard.press("Enter")
    expect(kept).to_contain_text("another")
    train.page.get_by_role("button", name="delete another").click()
    train.page.get_by_role("button", name="delete another").click()
    expect(kept.get_by_role("listitem")).to_have_count(1)
    train.page.keyboard.press("Escape")
    train.choose("circle")
    dialog(train)
    train.page.get_by_role("button", name="open slow start").click()
    train.settle(6)
    assert train.numbers() == numbers
    expect(train.hook("subject")).to_contain_text("spiral")


@pytest.mark.slow(seconds=6)
def test_a_browser_without_room_says_so(train: Train) -> None:
    train.page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    dialog(train)
    train.hook("experiment-save").click()
    expect(train.hook("experiments-error")).to_contain_text("no room left")


@pytest.mark.slow(seconds=6)
def test_comparing_with_a_saved_run_and_with_a_branch(train: Train) -> None:
    train.speed("flat out")
    train.play()
    train.pass_step(500)
    train.pause()
    train.settle()
    dialog(train)
    train.hook("experiment-name").fill("baseline")
    train.page.keyboard.press("Enter")
    train.page.get_by_role("button", name="compare with baseline").click()
    compared = train.hook("compared")
    expect(compared).to_contain_text("baseline")
    expect(compared).to_contain_text("test")
    lines = train.page.locator("[data-testid=curves] .scatterlayer .trace path.js-line[style*=dasharray]")
    expect(lines).to_have_count(2)
    train.choose("circle")  # a saved run stays, whatever is run
    expect(compared).to_contain_text("baseline")
    compared.get_by_role("button", name="Stop comparing").click()
    expect(compared).to_be_hidden()

    steps(train, 2)
    edit(train, "optimizer.lr", "0.3")
    steps(train, 3)
    dialog(train)
    train.hook("branches-list").get_by_role("button", name="compare").click()
    expect(compared).to_contain_text("original run")
    train.choose("xor")  # a branch goes with its run
    expect(compared).to_be_hidden()


@pytest.mark.slow(seconds=6)
def test_a_run_of_another_machine_is_followed_and_says_so(train: Train, tmp_path: Path) -> None:
    file = tmp_path / "experiment.json"
    file.write_text(json.dumps({"version": 1, "spec": {}, "step": 12, "fingerprint": "another machine"}))
    open_file(train, file)
    train.settle(12)
    expect(train.hook("notice")).to_contain_text("its last digits may differ")
