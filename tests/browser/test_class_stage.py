"""What a class is asked and has answered, as it is projected: made-up rooms, so that every kind of answer is there."""

from __future__ import annotations

from typing import Any

import pytest
from looks import looks_well
from made_up_room import KEY, MadeUpRoom, question
from playwright.sync_api import Page, expect
from step_page import Step, configure
from train_page import Train
from waiting import until

from engine.lessons.building import build
from engine.lessons.measuring import Measurement
from engine.lessons.situation import Situation

VOTE = {"answered": 24, "unknown": 1, "right": 0.31, "counts": None, "powers": None, "histogram": None, "points": None}
EDGES = [-1.0, -0.1, 0.001, 0.01, 0.1, 1.0]
MEASURED: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "choose": ({"truth": 3}, [{"counts": [8, 9, 4, 3]}, {"counts": [2, 3, 3, 17]}]),
    "sign": ({"truth": -1, "value": -0.3}, [{"counts": [8, 9, 4]}, {"counts": [12, 3, 3]}]),
    "power": ({"truth": -6, "value": 1.8e-6}, [{"powers": [[-8, 1], [-3, 9]]}, {"powers": [[-6, 17], [-3, 4]]}]),
    "number": (
        {"truth": 0.031, "value": 0.031},
        [
            {"histogram": {"edges": EDGES, "counts": counts, "log": True, "zeros": 2}}
            for counts in ([1, 0, 3, 6, 4], [0, 0, 2, 15, 4])
        ],
    ),
    "place": (
        {"truth": [0.5, -0.2], "said": "(0.5, −0.2)"},
        [{"points": [[0.1, 1.0], [2.0, -1.0]]}, {"points": [[0.4, -0.1]]}],
    ),
    "sketch": (
        {"curve": [[0, 200, 400], [1, 0.1, "NaN"]], "said": "0.1 at step 200"},
        [{"curves": [[1.0] * 25, [0.5] * 25]}, {"curves": [[0.1] * 25]}],
    ),
    "order": ({"truth": [2, 1, 0], "said": "Adam, momentum, SGD"}, [{"counts": [8, 15]}, {"counts": [18, 6]}]),
}
DRAWN = {
    "choose": "[data-count]",
    "sign": "[data-count]",
    "power": ".class-column",
    "number": ".class-column",
    "place": ".class-dot",
    "sketch": ".class-curve",
    "order": "[data-right=true] li",
}
COUNT = {"choose": 8, "sign": 6, "power": 6, "number": 6, "place": 3, "sketch": 7, "order": 3}


def revealed(kind: str) -> dict[str, Any]:
    told, votes = MEASURED[kind]
    rounds = [{**VOTE, "curves": None, "byhand": 0, **each} for each in votes]
    told = {"value": None, "truth": None, "said": "", "curve": None, "changed": 9, **told}
    return {
        "phase": "revealed",
        "round": 2,
        "closes_in": None,
        "reveal": {"question": question(kind), "rounds": rounds, **told},
    }


def opened(page: Page, url: str) -> MadeUpRoom:
    room = MadeUpRoom(page)
    page.set_viewport_size({"width": 1280, "height": 720})
    Train(page).open(url).settle(0)
    page.keyboard.press("i")
    page.get_by_test_id("teach-open").click()
    expect(page.get_by_test_id("class-stage")).to_be_visible()
    return room


def test_every_kind_of_answer_is_shown_once_it_is_told(page: Page, server_url: str) -> None:
    room = opened(page, server_url)
    for kind in MEASURED:
        ask_and_reveal(page, room, kind)
    right = {"power": "10⁻⁶", "number": "0.01 …\n0.1"}
    for kind, text in right.items():
        room.tell(question=question(kind, number=2), **revealed(kind))
        expect(page.locator(".class-column[data-right=true] .class-column-text")).to_have_text(text)


@pytest.mark.looks(seconds=30, sweep=True)
@pytest.mark.parametrize("kind", MEASURED)
def test_every_kind_of_answer_looks_well(page: Page, server_url: str, kind: str) -> None:
    room = opened(page, server_url)
    if kind == "choose":
        looks_well(page, what="the way in")
    ask_and_reveal(page, room, kind, looks=True)


def ask_and_reveal(page: Page, room: MadeUpRoom, kind: str, looks: bool = False) -> None:
    stage = page.get_by_test_id("class-stage")
    room.tell(phase="vote", round=2, question=question(kind), answered=12, closes_in=24.0, reveal=None)
    expect(page.get_by_test_id("class-round")).to_have_text("second vote · 12 of 27 · counts are shown with the answer")
    expect(stage.locator(DRAWN[kind])).to_have_count(0)
    if looks:
        looks_well(page, what=f"{kind} asked")
    room.tell(**revealed(kind))
    expect(stage.locator(DRAWN[kind])).to_have_count(COUNT[kind])
    expect(page.get_by_test_id("class-legend")).to_contain_text("first vote: 24 answers, 31\u202f% right, 1 did not know")
    if looks:
        looks_well(page, what=f"{kind} revealed")


@pytest.mark.looks(seconds=60, sweep=True)
def test_the_row_above_the_bar_and_the_dialogs(page: Page, server_url: str) -> None:
    room = opened(page, server_url)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("class-stage")).to_be_hidden()
    looks_well(page, what="following")
    room.tell(remotes=1)
    expect(page.get_by_test_id("class-strip-remote")).to_be_visible()
    looks_well(page, what="the controls elsewhere")
    room.tell(remotes=0, members=[{"member": 1, "name": "calm fox", "state": "waiting", "here": True}])
    expect(page.get_by_test_id("class-state")).to_contain_text("1 waits to be let in")
    page.keyboard.press("i")
    page.get_by_test_id("class-remote-show").click()
    expect(page.get_by_test_id("class-remote-link")).to_have_value(f"http://learn.school.example/join#remote=K7FQ.{KEY}")
    looks_well(page, "[data-testid=class-menu-dialog]", "menu")
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    for source in ("number", "words", "card"):
        page.locator(f"[data-testid=class-ask-source] [data-value={source}]").click()
        looks_well(page, "[data-testid=class-ask-dialog]", f"ask {source}")
    page.get_by_test_id("class-ask-go").click()
    expect(page.get_by_test_id("class-ask-error")).to_contain_text("There is no card’s question to ask.")


@pytest.mark.slow(seconds=4)
def test_a_room_that_cannot_be_opened_and_a_line_that_breaks(page: Page, server_url: str) -> None:
    room = MadeUpRoom(page)
    words = "A class needs a bus where several processes serve: set CHAINRULE_BUS_URL"
    room.refusals["open"] = {"code": "no_bus", "message": words, "allowed": "redis://host"}
    Train(page).open(server_url).settle(0)
    page.get_by_test_id("teach").click()
    page.get_by_test_id("teach-open").click()
    expect(page.get_by_test_id("teach-error")).to_have_text(f"{words}; allowed: redis://host.")
    room.refusals.clear()
    page.get_by_test_id("teach-open").click()
    expect(page.get_by_test_id("class-stage")).to_be_visible()
    page.keyboard.press("Escape")
    # A question that is refused says why in its dialog, and what was written stays.
    room.refusals["ask"] = {"message": "of: there is no measurement losss", "allowed": "loss, accuracy"}
    page.keyboard.press("q")
    page.get_by_test_id("class-number-of").fill("losss(train)")
    page.get_by_test_id("class-number-ask").fill("How large?")
    page.get_by_test_id("class-ask-go").click()
    expect(page.get_by_test_id("class-ask-error")).to_have_text("of: there is no measurement losss; allowed: loss, accuracy.")
    expect(page.get_by_test_id("class-number-of")).to_have_value("losss(train)")
    page.keyboard.press("Escape")
    before = len(room.commands("enter"))
    room.cut()
    page.get_by_test_id("class-code").click()  # which shows the way in, on whatever line
    expect(page.get_by_test_id("class-stage")).to_be_visible()
    until(page, lambda: len(room.commands("enter")) > before)
    assert room.commands("enter")[before:] == [{"type": "enter", "code": "K7FQ", "key": KEY, "as": "screen"}]


def test_a_number_is_picked_on_the_page_and_is_what_the_engine_measures(page: Page, server_url: str) -> None:
    room = opened(page, server_url)
    page.keyboard.press("Escape")
    train = Train(page)
    spec = {"data": {"name": "xor"}, "network": {"layers": [{"units": 2, "activation": "tanh"}]}, "batch_size": 4}
    configure(train, spec)
    expect(page.get_by_test_id("train-loss")).to_have_attribute("data-measure", "loss(train)")
    expect(page.get_by_test_id("class-strip")).to_be_visible()  # the page is back in its class
    page.keyboard.press("q")
    page.get_by_test_id("class-pick").click()
    expect(page.get_by_test_id("class-picking")).to_be_visible()
    page.get_by_test_id("test-accuracy").click()
    expect(page.get_by_test_id("class-number-of")).to_have_value("accuracy(test)")
    # By keys: the first number has the focus, Tab leads to the next ones.
    page.get_by_test_id("class-pick").press("Enter")
    expect(page.locator("[data-measure]:focus")).to_have_count(1)
    while page.evaluate("() => document.activeElement.dataset.measure") != "loss(train)":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("class-number-ask")).to_have_value(
        "Which power of ten is nearest to the loss on the train set now?"
    )
    page.get_by_test_id("class-number-kind").get_by_text("its sign").click()
    page.get_by_test_id("class-ask-go").click()
    expect(page.get_by_test_id("class-ask-dialog")).to_be_hidden()
    [asked] = room.commands("ask")
    ask = "Which sign has the loss on the train set now?"
    assert asked == {"type": "ask", "source": "number", "of": "loss(train)", "ask": ask, "kind": "sign", "seconds": 60}

    measured = numbers(page)
    step = Step.enter(train)
    for micro in range(1, 20):
        measured |= numbers(page)
        if any(of.startswith("gradient(W1") for of in measured):
            break
        step.press("ArrowRight", micro)
    built = build(Situation.model_validate({"run": spec}))
    for of, value in measured.items():
        assert Measurement.read(of).value(built) == pytest.approx(float(value), rel=1e-9, abs=1e-12), of
    kinds = {of.partition("(")[0] for of in measured}
    assert kinds >= {"loss", "accuracy", "rate", "weight", "preactivation", "activation", "signal", "gradient"}


def numbers(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('[data-measure]')].filter((each) => each.checkVisibility()"
        " && Number.isFinite(Number(each.dataset.value))).map((each) => [each.dataset.measure, each.dataset.value]))"
    )
    return found
