"""Everybody's runs on the teacher's projected page: their order, which of them may be put up, what is said where there is none;
the leader board, and all starts counted."""

from __future__ import annotations

from typing import Any

import pytest
from looks import looks_well
from playwright.sync_api import Locator, Page, expect
from room_in_hand import WALL, FakeRoom
from waiting import becomes, until

SIZES = {"laptop": (1280, 720), "full": (1920, 1080), "small": (1024, 768)}
KEPT = """localStorage.setItem("chainrule.teach", JSON.stringify({ code: "K7FQ", key: "k".repeat(22) }))"""


class Stage:
    """The teacher's page, with a wall on it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.set_viewport_size({"width": 1280, "height": 720})
        self.room = FakeRoom(page, "screen")
        page.add_init_script(KEPT)
        page.goto(url)
        expect(self.hook("class-strip")).to_be_visible()
        self.room.tell(wall=WALL)
        expect(self.hook("wall")).to_be_visible()

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    @property
    def pieces(self) -> Locator:
        return self.hook("wall-grid").locator(".wall-piece")

    def shows(self, *members: int) -> None:
        """Pieces of these members, in this order."""
        self.page.wait_for_function(
            "(wanted) => [...document.querySelectorAll('.wall-piece')].map(({ dataset }) => dataset.member).join() === wanted",
            arg=",".join(map(str, members)),
        )

    def sort(self, order: str) -> None:
        self.room.tell(wall={**self.room.fields["wall"], "sort": order})

    def sent(self, name: str, *fields: dict[str, Any]) -> None:
        """Commands of that name, all there were."""
        becomes(self.page, lambda: self.room.of(name), list(fields))
        expect(self.hook("wall-status")).to_have_text("")


@pytest.fixture
def stage(page: Page, server_url: str) -> Stage:
    return Stage(page, server_url)


ROWS: list[dict[str, Any]] = [
    {"member": 1, "value": 0.7, "seed": 30, "met": False},
    {"member": 2, "value": 0.95, "seed": 10, "met": True, "offered": False},
    {"member": 3, "value": None, "seed": 20, "met": None},
    {"member": 4, "value": 0.5, "seed": None, "met": True},
]


def test_the_wall_of_a_class(stage: Stage) -> None:
    hook, room = stage.hook, stage.room
    expect(hook("wall-empty")).to_contain_text("Nobody’s run is here yet")
    room.pieces(ROWS)
    stage.shows(1, 2, 3, 4)
    expect(hook("wall-empty")).to_be_hidden()
    expect(stage.pieces.first.locator(".wall-value")).to_have_attribute("data-value", "0.7")
    expect(stage.pieces.first.locator(".wall-value")).to_contain_text("70")
    expect(hook("wall-told")).to_contain_text(
        "test accuracy · one seed each · press one to put it on the screen · names hidden"
    )
    # An order is the room's: it is asked for, and told.
    hook("wall-sort").select_option("best")
    stage.sent("wall", {"on": True, "sort": "best"})
    for order, members in (("best", (2, 1, 4, 3)), ("worst", (4, 1, 2, 3)), ("seed", (2, 3, 1, 4)), ("met", (2, 4, 1, 3))):
        stage.sort(order)
        stage.shows(*members)
    # What was refused is not so, and is said.
    room.refusals["wall"] = {"code": "invalid", "message": "The room has ended."}
    hook("wall-sort").select_option("worst")
    expect(hook("wall-status")).to_have_text("The room has ended.")
    expect(hook("wall-sort")).to_have_value("met")


def test_one_is_put_up_where_its_owner_offered_it(stage: Stage) -> None:
    hook, room = stage.hook, stage.room
    room.pieces(ROWS)
    stage.shows(1, 2, 3, 4)
    stage.pieces.nth(1).click(force=True)  # pressed all the same, it says why not
    expect(hook("wall-status")).to_contain_text("Its owner has not offered this run")
    expect(stage.pieces.nth(1)).to_have_attribute("aria-disabled", "true")
    assert room.of("put_up") == []
    stage.pieces.nth(0).click()
    stage.sent("put_up", {"member": 1})
    room.tell(put_up={"member": 1, "value": 0.7, "seed": 30, "link": "#e=abc"})
    expect(hook("put-up-value")).to_have_attribute("data-value", "0.7")
    expect(hook("put-up")).to_contain_text("test accuracy · seed 30")
    expect(stage.pieces.nth(0)).to_have_attribute("aria-pressed", "true")
    # It is live, as its piece is.
    room.pieces([{**ROWS[0], "value": 0.8}], whole=False)
    expect(hook("put-up-value")).to_have_attribute("data-value", "0.8")
    hook("take-down").click()
    stage.sent("put_up", {"member": 1}, {"member": None})
    room.tell(put_up=None)
    expect(hook("put-up")).to_be_hidden()
    # With the teacher's phone there, what is projected has no controls.
    room.tell(remotes=1)
    expect(hook("wall-sort")).to_be_hidden()


@pytest.mark.slow(seconds=4)
def test_only_what_changed_is_drawn(stage: Stage) -> None:
    """Two hundred pieces; a piece that comes anew draws itself, and leaves the order as it is under one who points at it."""
    room, page = stage.room, stage.page
    stage.sort("best")
    many = [{"member": i, "value": (200 - i) / 200, "offered": True} for i in range(1, 201)]
    room.pieces(many)
    stage.shows(*range(1, 201))
    page.evaluate("""() => {
      window.drawn = [];
      const put = CanvasRenderingContext2D.prototype.putImageData;
      CanvasRenderingContext2D.prototype.putImageData = function (...given) {
        const piece = this.canvas.closest(".wall-piece");
        if (piece) window.drawn.push(Number(piece.dataset.member));
        return put.apply(this, given);
      };
    }""")
    stage.pieces.nth(150).focus()
    room.pieces([{"member": 180, "value": 0.99}, {"member": 7, "value": 0.96}], whole=False)
    value = page.locator("[data-member='180'] .wall-value")
    expect(value).to_have_attribute("data-value", "0.99")
    becomes(page, lambda: sorted(page.evaluate("() => window.drawn")), [7, 180])
    stage.shows(*range(1, 201))
    # It takes its place when nobody is at the wall any more.
    stage.pieces.nth(150).evaluate("(piece) => piece.blur()")
    page.mouse.move(1, 1)
    stage.shows(1, 2, 180, *(i for i in range(3, 201) if i != 180))
    # Who has left is gone.
    room.pieces(many[:3])
    stage.shows(1, 2, 3)


def test_by_keys_alone(stage: Stage) -> None:
    room, page = stage.room, stage.page
    room.pieces([{"member": i, "value": 0.5} for i in range(1, 61)])
    stage.shows(*range(1, 61))
    stage.hook("wall-sort").focus()
    page.keyboard.press("Tab")
    focused = page.locator(".wall-piece:focus")
    expect(focused).to_have_attribute("data-member", "1")
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("data-member", "2")
    columns = page.evaluate(
        "() => getComputedStyle(document.querySelector('.wall-grid')).gridTemplateColumns.split(' ').length"
    )
    page.keyboard.press("ArrowDown")
    expect(focused).to_have_attribute("data-member", str(2 + columns))
    page.keyboard.press("End")
    expect(focused).to_have_attribute("data-member", "60")
    page.keyboard.press("Home")
    expect(focused).to_have_attribute("aria-label", "run 1, test accuracy 50\u202f%, seed 1, can be put on the screen")
    page.keyboard.press("Enter")
    stage.sent("put_up", {"member": 1})
    # One of them is in the order of Tab.
    assert page.locator(".wall-piece[tabindex='0']").count() == 1


def test_tasks_starts_and_places(stage: Stage) -> None:
    hook, room = stage.hook, stage.room
    collected = {"title": "starts found XOR", "found": 0, "of": 0}
    task = {"ask": "<p>test loss below <strong>0.05</strong></p>", "met": 2, "of": 4}
    room.tell(wall={**WALL, "task": task, "collected": collected}, board={"title": "Best test loss", "best": "least"})
    room.pieces(ROWS)
    expect(hook("wall-task")).to_have_text("2 of 4 have met the task: test loss below 0.05")
    expect(stage.pieces.locator(".wall-met:visible")).to_have_count(2)
    expect(hook("collected")).to_have_text("No start has ended yet.")
    expect(hook("board-empty")).to_have_text("No run has a value yet.")
    ended = collected | {"found": 12, "of": 27, "edges": [0.0, 0.1, 0.2, 0.3], "counts": [12, 5, 10]}
    rows = [{"rank": i, "value": i / 100, "member": i} for i in range(1, 13)]
    board = {"title": "Best test loss", "best": "least", "limit": "parameters <= 20", "rows": rows, "without": 3}
    room.tell(wall={**WALL, "collected": ended}, board=board)
    expect(hook("collected")).to_have_text("12 of 27 starts found XOR")
    expect(stage.page.locator(".collected-bar")).to_have_count(3)
    bars = stage.page.locator(".collected-bar")
    heights = bars.evaluate_all("(bars) => bars.map((bar) => Number(bar.getAttribute('height')))")
    assert [round(height / heights[0], 3) for height in heights] == [1, round(5 / 12, 3), round(10 / 12, 3)]
    expect(hook("board-rows").locator("tr")).to_have_count(10)
    expect(hook("board-rest")).to_contain_text("2 more · 3 have no value yet, or are beyond the limit")
    expect(hook("board").locator("th")).to_have_text(["place", "value"])
    room.tell(names=True, board=board | {"rows": [rows[0] | {"name": "<i>Quiet</i> Otter"}]})
    expect(hook("board").locator("th")).to_have_text(["place", "name", "value"])
    expect(hook("board-rows")).to_contain_text("<i>Quiet</i> Otter")


@pytest.mark.slow(seconds=4)
def test_curves_and_a_lost_line(stage: Stage) -> None:
    room, hook = stage.room, stage.hook
    room.tell(wall={**WALL, "shape": "curve", "number": {"title": "test loss", "form": "number", "best": "least"}})
    room.pieces([{"member": i, "value": 0.123456} for i in range(1, 4)], curves=True)
    expect(hook("wall-told")).to_contain_text("loss along the run, log scale; test loss")
    expect(stage.pieces.first.locator(".wall-value")).to_have_text("0.123")
    ink = """(canvas) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
      copy.drawImage(canvas, 0, 0);
      return copy.getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
    }"""
    until(stage.page, lambda: stage.pieces.first.locator("canvas").evaluate(ink))
    room.cut()
    expect(hook("wall-status")).to_have_text("The line is lost: these are the last pictures that came.")


@pytest.mark.looks(seconds=20, sweep=True)
def test_the_wall_looks_well(stage: Stage) -> None:
    room, page = stage.room, stage.page
    looks_well(page, "[data-testid=class-stage]", "empty", SIZES)
    room.tell(
        wall={**WALL, "task": {"ask": "<p>test loss below <strong>0.05</strong></p>", "met": 2, "of": 4}},
        put_up={"member": 1, "value": 0.7, "seed": 30},
    )
    room.pieces(ROWS + [{"member": i, "name": "Quiet Otter"} for i in range(5, 28)])
    expect(stage.pieces).to_have_count(27)
    looks_well(page, "[data-testid=class-stage]", "a class", SIZES)
    rows = [{"rank": i, "value": i / 100, "name": "Quiet Otter"} for i in range(1, 9)]
    room.tell(
        wall={
            **WALL,
            "collected": {"title": "starts found XOR", "found": 1, "of": 2, "edges": [0.0, 0.5, 1.0], "counts": [1, 1]},
        },
        board={"title": "Best test loss", "best": "least", "limit": "at most 20 weights", "rows": rows, "without": 3},
        put_up=None,
    )
    room.pieces([{"member": i} for i in range(1, 201)])
    expect(stage.pieces).to_have_count(200)
    looks_well(page, "[data-testid=class-stage]", "a hall", SIZES)


def test_the_board_is_turned_on(stage: Stage) -> None:
    hook, room = stage.hook, stage.room
    room.tell(wall=None)
    hook("class-strip").get_by_test_id("class-menu").click()
    expect(hook("board-off")).to_be_hidden()
    hook("board-on").click()
    expect(hook("board-error")).to_contain_text("What is measured?")
    assert room.of("board") == []
    hook("board-of").fill("loss(test)")
    hook("board-limit").fill("parameters <= 20")
    expect(hook("board-error")).to_be_hidden()
    room.refusals["board"] = {"code": "invalid", "field": "limit", "message": "limit: unknown measurement parameters"}
    hook("board-on").click()
    expect(hook("board-error")).to_have_text("Unknown measurement parameters")
    expect(hook("board-limit")).to_have_attribute("aria-invalid", "true")
    del room.refusals["board"]
    hook("board-limit").fill("")
    hook("board-best").select_option("most")
    hook("board-on").click()
    expect(hook("board-limit")).not_to_have_attribute("aria-invalid", "true")
    room.tell(board={"title": "loss(test)", "best": "most"})
    hook("board-off").click()
    room.tell(board=None)
    expect(hook("board-off")).to_be_hidden()
    asked = {"on": True, "title": "loss(test)", "of": "loss(test)", "best": "most"}
    becomes(stage.page, lambda: room.of("board"), [asked, {"on": False}])
