"""The line breaks while something is under way: page and server agree afterwards, and nobody had to press anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from agreement import agrees_with_a_new_page, agrees_with_the_server, shown
from complaints import Complaints
from cuttable_line import Line
from pages import Page as Client
from panels_page import Panels
from playwright.sync_api import Page, expect
from race_page import RaceRoom
from test_step_hidden import Received
from train_page import Train

from engine.microscope import next_update

LONG = {
    "network": {"layers": [{"units": 96}, {"units": 96}, {"units": 48}]},
    "batch_size": 64,
    "stop": {"max_steps": 10_000_000},
}
"""A run that is not at its end before the test is."""


@pytest.fixture
def line(server_url: str) -> Iterator[Line]:
    parts = urlsplit(server_url)
    with Line(parts.hostname or "127.0.0.1", parts.port or 80) as line:
        yield line


@pytest.fixture
def socket(server_url: str) -> str:
    return f"{server_url.replace('http', 'ws', 1)}/ws"


@pytest.fixture
def playing(page: Page, line: Line, socket: str, complaints: Complaints) -> Train:
    """A page over the line, with a long run that plays."""
    complaints.expect("WebSocket connection")
    complaints.expect("ERR_")
    with Client(socket) as client:
        client.do("configure", spec=LONG)
        session = client.attached["session"]
    page.add_init_script(f"sessionStorage['chainrule.session'] ??= '{session}'")
    train = Train(page).open(line.url)
    train.speed("100 epochs/s")
    train.play()
    train.pass_step(50)
    return train


@pytest.mark.slow(seconds=12)
def test_cut_while_it_trains_and_is_changed(playing: Train, line: Line, socket: str) -> None:
    train, page = playing, playing.page
    marks = page.locator(".room-transport .mark-edit").filter(visible=True)
    # A change that never arrives is made once the line is back; the run has played on meanwhile.
    line.stall()
    train.type(train.input("optimizer.lr"), "0.002")
    line.cut()
    expect(train.hook("notice")).to_contain_text("The connection is lost")
    expect(train.hook("forward")).to_be_disabled()
    line.mend()
    expect(marks).to_have_count(1)
    expect(train.input("optimizer.lr")).to_have_value("0.002")
    expect(train.hook("notice")).not_to_contain_text("The connection is lost")
    train.status("playing")
    train.pass_step(train.step)
    # One that arrived, and whose answer was lost, is not made twice.
    line.stall(up=False)
    passed = line.passed_up
    train.type(train.input("optimizer.lr"), "0.003")
    line.until_passed(passed)
    line.cut()
    line.mend()
    expect(marks).to_have_count(2)
    expect(train.input("optimizer.lr")).to_have_value("0.003")
    # A pause that is lost on the way pauses all the same.
    line.stall()
    page.get_by_role("button", name="Pause").click()
    line.cut()
    line.mend()
    train.status("paused")
    train.settle()
    expect(marks).to_have_count(2)
    agrees_with_a_new_page(page)
    with agrees_with_the_server(page, socket) as client:
        edits = [event for event in client.events if event["type"] == "script"][-1]["edits"]
        assert [edit["edit"]["value"] for edit in edits] == [0.002, 0.003]


@pytest.mark.slow(seconds=8)
def test_a_session_the_server_has_forgotten_begins_again_from_what_the_page_knows(playing: Train, line: Line) -> None:
    train, page = playing, playing.page
    marks = page.locator(".room-transport .mark-edit").filter(visible=True)
    train.type(train.input("optimizer.lr"), "0.002")
    expect(marks).to_have_count(1)
    train.pass_step(train.step + 100)
    label, subject = marks.get_attribute("aria-label"), train.hook("subject").text_content()
    line.cut()
    stood = train.step
    page.evaluate("() => void sessionStorage.setItem('chainrule.session', 'long-gone')")
    line.mend()
    expect(train.hook("notice")).to_contain_text("no longer had this session: the run is followed anew")
    # For a moment the new session's own first run is there.
    expect(train.hook("subject")).to_have_text(subject or "")
    expect(marks).to_have_attribute("aria-label", label or "")
    train.pass_step(stood + 100)
    train.status("playing")
    expect(train.input("optimizer.lr")).to_have_value("0.002")
    # A tab that has nothing to go by but its session is told so, kindly.
    page.evaluate("() => void sessionStorage.setItem('chainrule.session', 'long-gone')")
    page.reload()
    expect(train.hook("notice")).to_contain_text("no longer has this tab’s session, so a new one begins")
    train.settle(0)


@pytest.mark.slow(seconds=18)
def test_a_line_that_is_silently_dead_is_noticed(playing: Train, line: Line, socket: str) -> None:
    train = playing
    line.stall()
    expect(train.hook("notice")).to_contain_text("The connection is lost")
    line.mend()
    expect(train.hook("notice")).not_to_contain_text("The connection is lost")
    train.status("playing")
    train.pass_step(train.step)
    train.pause()
    train.settle()
    agrees_with_a_new_page(train.page)
    agrees_with_the_server(train.page, socket).close()


@pytest.mark.slow(seconds=10)
def test_cut_while_a_number_is_hidden_and_while_a_race_plays(page: Page, line: Line, complaints: Complaints) -> None:
    complaints.expect("WebSocket connection")
    complaints.expect("ERR_")
    received = Received(page)
    step = Panels.enter(Train(page).open(line.url))
    direct = step.open("two_two_two")
    update = next_update(direct)
    blame = update.find("delta", 1).index
    hidden = float(update.steps[blame].result("delta1").array[0, 0])
    step.hook("strip").get_by_role("button", name=update.steps[blame - 1].title, exact=True).first.evaluate(
        "(chip) => chip.click()"
    )
    step.at(blame - 1)
    received.frames.clear()
    step.hook("hide-next").click()
    expect(page.locator("[data-question]")).to_have_count(1)
    step.press("ArrowRight", blame)
    step.depth("unit")
    expect(page.locator("[data-at='delta1:0:0']").last).to_have_text("?")
    before = shown(page)
    line.cut()
    expect(step.hook("notice")).to_contain_text("The connection is lost")
    line.mend()
    expect(step.hook("notice")).not_to_contain_text("The connection is lost")
    assert shown(page) == before
    assert (step.micro, step.room.get_attribute("data-depth")) == (blame, "unit")
    assert not received.tells(hidden), "a line that broke tells what is hidden"
    # A race that plays, one lane looked at, part of the surface shown: it plays on, and stands where the pause reached it.
    page.locator("[data-door=race]").click()
    race = RaceRoom(page)
    expect(page.locator("main.race[data-ready=true]")).to_be_visible()
    race.speed("60/s")
    page.keyboard.press("+")
    name = page.locator(".lane-name").last  # not the leader's
    lane = name.evaluate("(name) => name.closest('[data-lane]').dataset.lane")
    name.click()
    page.keyboard.press(" ")
    race.status("playing")
    line.stall()
    page.keyboard.press(" ")
    line.cut()
    line.mend()
    race.status("paused")
    race.settle()
    expect(page.locator("[data-part=point]")).to_have_attribute("data-of", lane)
    seen = shown(page)
    surface = page.locator(".race-surface").get_attribute("data-drawn")
    with Client(line.url.replace("http", "ws", 1) + "/ws", page.evaluate("sessionStorage['chainrule.session']")) as client:
        client.do("subscribe", channels=["race_standings"])
        told = [event for event in client.events if event["type"] == "race_state"][-1]
        lanes = client.frame("race_standings", lambda header: header["step"] == told["step"])[0]["meta"]["lanes"]
    assert (told["status"], told["step"]) == ("paused", race.step) and told["step"] > 0
    losses = {lane["id"]: lane["loss"] for lane in lanes}
    assert {row["id"]: float(row["loss"]) for row in race.lanes()} == losses
    # Control comes back to the page, which shows what it showed.
    page.get_by_role("button", name="take control back").click()
    race.settle()
    assert shown(page) == seen and page.locator(".race-surface").get_attribute("data-drawn") == surface
    expect(step.room).to_be_hidden()
    assert re.search("delta1", str(before))


def test_an_attempt_waits_longer_each_time_and_never_the_same_time(page: Page, server_url: str) -> None:
    page.goto(server_url)
    delays = page.evaluate(
        """async () => {
          const { delayBefore } = await import("/src/reconnect/backoff.js");
          const draw = (tries, full) => Array.from({ length: 200 }, () => delayBefore(tries, full));
          return [draw(0, false), draw(3, false), draw(10, false), draw(100, false), draw(0, true)];
        }"""
    )
    first, fourth, later, last, full = ((min(each), max(each)) for each in delays)
    assert 0 <= first[0] < 50 and 200 < first[1] <= 250, "at once, but not all at once"
    assert 1000 <= fourth[0] < fourth[1] <= 2000
    assert 1500 <= later[0] < 1700 and 2800 < later[1] <= 3000, "a server that is back has its pages within seconds"
    assert last[0] >= 5000 and full[0] >= 5000 and max(last[1], full[1]) <= 10_000


def test_what_becomes_of_a_command_whose_answer_was_lost(page: Page, server_url: str) -> None:
    """Told by what the server says afterwards: done, or to be sent again, but never both."""
    page.goto(server_url)
    fates, caught = page.evaluate(
        """async () => {
          const { fates } = await import("/src/reconnect/unanswered.js");
          const { UNANSWERED, catchUp } = await import("/src/run/reconnect.js");
          const rooms = await Promise.all(["step", "race"].map((room) => import(`/src/${room}/reconnect.js`)));
          const rules = Object.assign({}, UNANSWERED, ...rooms.map((room) => room.UNANSWERED));
          const edit = (value, step) => ({ step, label: "", edit: { kind: "set", path: "optimizer.lr", value, step } });
          const state = (step, edits, { run = 1, status = "paused", change = 0 } = {}) => ({
            run: { run }, clock: { run, step, status, speed: { unit: "flat", rate: 1 } }, script: { run, branch: 0, edits },
            race: { race: 1, change }, raceClock: { race: 1, step: 0, status: "paused" }, network: null, networkClock: null });
          const before = state(5, [edit(0.1, 1)]);
          const set = (value) => ({ type: "edit", edit: { kind: "set", path: "optimizer.lr", value } });
          const told = (now, ...commands) => fates(commands.map((command) => ({ command, before })), now, rules).join(" ");
          const step = { type: "step", count: 1 };
          const [share, begin] = [{ type: "share" }, { type: "configure", spec: {} }];
          const race = (change, of = 1, more = {}) => ({
            ...before, race: of && { race: of, change, spec: {}, lanes: [] },
            raceClock: { race: of, step: 3, status: "paused" }, ...more });
          const made = (type, before, after) => ({ command: { type }, before, after, at: 0 });
          const caught = (catchUp, before, now, made = [], ...waiting) =>
            catchUp(before, now, { at: 0, made, waiting: new Set(waiting) });
          const [run, races] = [(...given) => caught(catchUp, ...given), (...given) => caught(rooms[1].catchUp, ...given)];
          const undone = made("undo", state(5, [edit(0.1, 1)]), state(5, []));
          const [added, begun] = [made("race_lane_add", race(1), race(2)), made("race", race(2), race(1, 2))];
          return [{
            "edit not made": told(state(9, [edit(0.1, 1)]), set(0.2)),
            "edit made": told(state(9, [edit(0.1, 1), edit(0.2, 7)]), set(0.2)),
            "first of two": told(state(9, [edit(0.1, 1), edit(0.2, 7)]), set(0.2), set(0.3)),
            "the same as before": told(state(9, [edit(0.1, 1)]), set(0.1)),
            "run begun": told(state(0, [], { run: 2 }), share, begin, begin),
            "step made": told(state(6, [edit(0.1, 1)]), step, step),
            "step while it plays": told(state(60, [edit(0.1, 1)], { status: "playing" }), step),
            "step back": told(state(4, [edit(0.1, 1)]), { type: "step", count: 1 }),
            "undo": told(state(5, []), { type: "undo" }),
            "lane": told(state(5, [edit(0.1, 1)], { change: 1 }), { type: "race_lane_add" }, { type: "race_lane_add" }),
            "looks": told(before, { type: "subscribe" }, { type: "look" }, { type: "seek", step: 1 }, { type: "look" }),
            "an answer": told(before, { type: "answer", question: 1 }),
          }, {
            "nothing lost": run(before, before),
            "played on": run(state(5, [], { status: "playing" }), state(3, [])),
            "paused later": run(state(5, [], { status: "playing" }), state(7, [])),
            "stood further on": run(before, state(3, [edit(0.1, 1)])),
            "a change lost": run(state(5, [edit(0.1, 1), edit(0.2, 4)]), state(3, [edit(0.1, 1)])),
            "another script": run(state(5, [edit(0.1, 1), edit(0.2, 4)]), state(5, [edit(0.3, 1)])),
            "another run": run(state(5, []), state(0, [], { run: 2 })),
            "an undo lost": run(state(5, []), state(5, [edit(0.1, 1)]), [undone]),
            "an undo under way": run(state(5, []), state(5, [edit(0.1, 1)]), [], "undo"),
            "a run lost": run(state(0, [], { run: 2 }), before, [made("reset", before, state(0, [], { run: 2 }))]),
            "no change of a race lost": races(race(2), race(2), [added]),
            "a lane lost": races(race(2), race(1), [added]).map(({ type }) => type),
            "a race lost": races(race(1, 2), race(1), [added, begun]).map(({ type }) => type),
            "all races lost": races(race(1, 2), race(0, null), []).map(({ type }) => type),
            "a later race": races(race(1), race(1, 2), []),
            "moved before": races(race(2), race(2, 1, { raceClock: { race: 1, step: 1, status: "playing" } })),
          }];
        }"""
    )
    assert fates == {
        "edit not made": "again",
        "edit made": "done",
        "first of two": "done again",
        "the same as before": "again",
        "run begun": "again done again",
        "step made": "done again",
        "step while it plays": "again",
        "step back": "again",
        "undo": "done",
        "lane": "done again",
        "looks": "lost lost again again",
        "an answer": "lost",
    }
    play = {"type": "play", "speed": {"unit": "flat", "rate": 1}}
    assert caught == {
        "nothing lost": [],
        "played on": [play],
        "paused later": [],
        "stood further on": [{"type": "seek", "step": 5}],
        "a change lost": [
            {"type": "seek", "step": 4},
            {"type": "edit", "edit": {"kind": "set", "path": "optimizer.lr", "value": 0.2}},
            {"type": "speed", "speed": {"unit": "flat", "rate": 1}},
            {"type": "seek", "step": 5},
        ],
        "another script": [],
        "another run": [],
        "an undo lost": [
            {"type": "undo"},
            {"type": "speed", "speed": {"unit": "flat", "rate": 1}},
            {"type": "seek", "step": 5},
        ],
        "an undo under way": [],
        "a run lost": [{"type": "reset"}, {"type": "speed", "speed": {"unit": "flat", "rate": 1}}, {"type": "seek", "step": 0}],
        "no change of a race lost": [],
        "a lane lost": ["race_lane_add", "race_speed", "race_seek"],
        "a race lost": ["race_lane_add", "race", "race_speed", "race_seek"],
        "all races lost": ["race_load", "race_speed", "race_seek"],
        "a later race": [],
        "moved before": [{"type": "race_seek", "step": 3}],
    }
