"""What a notebook shows is one object: cells and pages have it in turns, and each sees at once what the other did."""

from __future__ import annotations

import copy
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pages import PATIENCE, Page, parameters, same
from session_runs import trainer
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from engine import Trainer
from engine.race import NetworkRace, Race
from server.notebook import show
from server.notebook.gate import Gate
from server.notebook.places import HUB, proxied, way
from server.notebook.serving import Serving
from server.notebook.shared import GUARDED, share

LANES = [{"optimizer": {"name": "sgd", "lr": 0.001}}, {"optimizer": {"name": "adam"}}]


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    begun = Serving()
    yield begun
    begun.end()


def at(server: Serving, value: object) -> str:
    """The address of an object's socket."""
    shared = share(value)
    if shared.served is None:
        shared.served = server, server.install(shared)
    return f"ws://127.0.0.1:{server.port}{shared.served[1]}ws"


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def watched(page: Page) -> Page:
    page.run_info()
    page.do("subscribe", channels=["parameters"])
    return page


def test_what_a_cell_does_is_on_the_page(server: Serving) -> None:
    run = trainer()
    with watched(Page(at(server, run))) as page:
        run.step(10)
        page.until_state(lambda state: state["step"] == 10)
        assert same(parameters(page), run.named_parameters)
        run.edit({"kind": "weight", "name": "W1", "index": [0, 0], "value": 0.625})
        page.frame("parameters", lambda header: True)
        page.until(lambda event: event["type"] == "script" and len(event["edits"]) == 1)
        until_drawn(page, lambda arrays: arrays["W1"][0, 0] == 0.625)
        run.undo()
        page.until(lambda event: event["type"] == "script" and event["edits"] == [])
        run.seek(3)
        page.until_state(lambda state: state["step"] == 3)
        assert same(parameters(page), at_step(3).named_parameters)


def until_drawn(page: Page, wanted: Callable[[dict[str, np.ndarray]], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not wanted(page.frames["parameters"][-1][1]):
        page.receive(deadline - time.monotonic())


def at_step(step: int) -> Trainer:
    alone = trainer()
    alone.step(step)
    return alone


def test_what_the_page_does_is_so_in_the_cell(server: Serving) -> None:
    run = trainer()
    with watched(Page(at(server, run))) as page:
        page.do("step", count=7)
        assert run.steps_done == 7
        page.do("edit", edit={"kind": "weight", "name": "b1", "index": [1], "value": -2.5})
        assert run.named_parameters["b1"][1] == -2.5
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.5})
        assert run.rate == 0.5
        page.do("seek", step=2)
        assert same(run.named_parameters, at_step(2).named_parameters)


def test_another_run_of_the_page_is_the_cells(server: Serving) -> None:
    run = trainer()
    with watched(Page(at(server, run))) as page, watched(Page(at(server, run))) as other:
        spec = trainer(seed=9, network={"layers": [{"units": 2}]}).spec.as_plain()
        page.do("configure", spec=spec)
        assert run.spec.seed == 9 and run.named_parameters["W1"].shape == (2, 2)
        other.until(lambda event: event["type"] == "run" and event["spec"]["seed"] == 9)
        run.step(4)
        other.until_state(lambda state: state["step"] == 4)
        assert same(parameters(other), run.named_parameters)
        page.do("reset")
        assert run.steps_done == 0


def test_two_pages_of_one_run_move_it_together(server: Serving) -> None:
    run = trainer()
    with watched(Page(at(server, run))) as first, watched(Page(at(server, run))) as second:
        first.do("play", speed={"unit": "steps", "rate": 50})
        second.until_state(lambda state: state["status"] == "playing" and state["step"] > 2)
        second.do("pause")
        first.until_state(lambda state: state["status"] == "paused")
        here = run.steps_done
        second.do("step", count=1)
        assert run.steps_done == here + 1, "nobody else moved it"
        first.until_state(lambda state: state["step"] == here + 1)


def test_no_update_is_lost_while_a_page_plays(server: Serving) -> None:
    """Cells and a page that plays flat out make their updates in turns: the run is what as many of one alone make it."""
    run = trainer()
    with watched(Page(at(server, run))) as page:
        page.do("play", speed={"unit": "flat"})
        until(lambda: run.steps_done > 100)
        slowest = 0.0
        for _ in range(50):
            before = time.monotonic()
            run.step(3)
            slowest = max(slowest, time.monotonic() - before)
        page.do("pause")
        assert run.steps_done > 250
        assert same(run.named_parameters, at_step(run.steps_done).named_parameters)
        assert slowest < 10, "a cell waits for a slice, not for the end of the play"


def test_two_runs_are_two(server: Serving) -> None:
    one, two = trainer(), trainer(seed=6)
    with watched(Page(at(server, one))) as page:
        with watched(Page(at(server, two))) as other:
            page.do("step", count=5)
            other.do("step", count=2)
        assert (one.steps_done, two.steps_done) == (5, 2)


def test_a_race_on_a_surface(server: Serving) -> None:
    race = Race({"surface": {"name": "rosenbrock"}, "lanes": LANES, "max_steps": 500})
    with Page(at(server, race)) as page:
        page.until(lambda event: event["type"] == "race" and len(event["lanes"]) == 2)
        page.do("race_seek", step=40)
        assert race.step == 40
        race.advance(10)
        page.until(lambda event: event["type"] == "race_state" and event["step"] == 50)
        number = race.add({"optimizer": {"name": "rmsprop"}})
        told = page.until(lambda event: event["type"] == "race" and len(event["lanes"]) == 3)
        assert told["lanes"][2]["id"] == number
        page.do("race_lane_remove", lane=number)
        assert [lane.id for lane in race.lanes] == [1, 2]
        page.do("race", spec={"surface": {"name": "saddle"}, "lanes": LANES[:1]})
        assert race.spec.surface.name == "saddle" and len(race.lanes) == 1


def test_a_race_on_the_network(server: Serving) -> None:
    run = trainer().spec
    race = NetworkRace({"run": run, "lanes": [{"optimizer": {"name": "sgd"}}, {"optimizer": {"name": "adam"}}]})
    alone = NetworkRace({"run": run, "lanes": [{"optimizer": {"name": "sgd"}}, {"optimizer": {"name": "adam"}}]})
    with Page(at(server, race)) as page:
        page.until(lambda event: event["type"] == "network" and len(event["lanes"]) == 2)
        page.do("network_seek", step=12)
        assert race.step == 12
        race.advance(3)
        page.until(lambda event: event["type"] == "network_state" and event["step"] == 15)
        alone.seek(15)
        for lane, other in zip(race.lanes, alone.lanes, strict=True):
            assert same(lane.trainer.named_parameters, other.trainer.named_parameters)


# The door ---------------------------------------------------------------------------------------------------------------


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_only_who_has_the_key_comes_in(server: Serving) -> None:
    address = at(server, trainer())
    page = address.replace("ws://", "http://").removesuffix("ws")
    base = f"http://127.0.0.1:{server.port}"
    key = server.doors.key
    assert len(key) >= 22, "at least 128 bits"
    assert status(page) == 200
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
    for path in ("/", "/ws", "/api/catalog", f"/{wrong}/1/", f"/{key[:-1]}/1/", f"/{wrong}/alive", f"/{key}extra/1/", "//1/"):
        assert status(base + path) == 403, path
    assert status(f"{base}/healthz") == 200
    assert status(f"{base}/{key}/alive") == 204
    assert status(f"{base}/{key}/999/") == 404
    for path in ("/ws", f"/{wrong}/1/ws"):
        with pytest.raises(InvalidStatus) as refused:
            connect(f"ws://127.0.0.1:{server.port}{path}").close()
        assert refused.value.response.status_code == 403


def test_the_port_is_this_machines_alone(server: Serving) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"
    for address in {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}:
        with socket.socket() as tried:
            tried.settimeout(1)
            assert tried.connect_ex((address, server.port)) != 0, address


# The object -------------------------------------------------------------------------------------------------------------


def test_what_is_shared_stays_what_it_was() -> None:
    run = trainer()
    before = run.named_parameters["W1"]
    shared = share(run)
    assert share(run) is shared
    assert isinstance(run, Trainer) and type(run).__name__ == "Trainer"
    assert np.shares_memory(run.named_parameters["W1"], before)
    for other in (copy.deepcopy(run), run.clone_at(0)):
        assert "_shared" not in vars(other), "a copy is shared with nobody"
        other.step(1)
    assert {Trainer, Race, NetworkRace} == set(GUARDED)


def test_the_gate_gives_turns_in_the_order_of_asking() -> None:
    gate, order = Gate(), []

    def come(name: int) -> None:
        with gate, gate:
            order.append(name)

    threads = []
    with gate:
        for name in range(5):
            threads.append(threading.Thread(target=come, args=(name,)))
            threads[-1].start()
            until(lambda: len(gate._waiting) == len(threads))
    for thread in threads:
        thread.join(PATIENCE)
    assert order == [0, 1, 2, 3, 4] and not gate.mine


def test_a_call_from_a_cell_waits_for_who_has_the_object() -> None:
    run = trainer()
    shared = share(run)
    done = threading.Event()
    calling = threading.Thread(target=lambda: (run.step(1), done.set()))
    with shared.gate:
        calling.start()
        until(lambda: len(shared.gate._waiting) == 1)
        assert run.steps_done == 0 and not done.is_set(), "to read where it stands waits for nobody"
    assert done.wait(PATIENCE) and run.steps_done == 1


# How it is asked for ----------------------------------------------------------------------------------------------------


def test_what_cannot_be_shown_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match=r"run: dict given; allowed: a Trainer, a Race or a NetworkRace"):
        show({})
    with pytest.raises(ValueError, match=r"height: 10 given; allowed: 200 to 4000 pixels"):
        show(trainer(), height=10)
    with pytest.raises(ValueError, match=r"through: 'ssh' given; allowed: auto, local, proxy, colab"):
        show(trainer(), through="ssh")


def test_the_way_to_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HUB, raising=False)
    assert way("auto") == "local" and way("proxy") == "proxy"
    assert proxied(8123, "/k/1/") == "proxy/8123/k/1/", "below where the notebook's page says that Jupyter is"
    monkeypatch.setenv(HUB, "/user/ada/")
    assert way("auto") == "proxy" and way("local") == "local"
    assert proxied(8123, "/k/1/") == "/user/ada/proxy/8123/k/1/"


def test_plain_python_opens_the_browser(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    run = trainer()
    shown = show(run)
    assert opened == [shown.address] and status(shown.address) == 200
    assert shown.address in capsys.readouterr().out
    assert show(run).address == shown.address, "one page, however often it is shown"
    with shown.alone():
        run.step(1)


def test_without_anywidget_a_notebook_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda url: None)
    monkeypatch.setitem(__import__("sys").modules, "anywidget", None)
    monkeypatch.setattr("server.notebook.showing._frames", [])
    data, _ = show(trainer())._repr_mimebundle_()
    assert "pip install 'chainrule[notebook]'" in data["text/plain"] and "restart the kernel" in data["text/html"]


def test_the_launcher_begins_a_server_that_only_jupyter_finds() -> None:
    from server.notebook.proxy import launcher

    told = launcher()
    root = told["command"][told["command"].index("--root-path") + 1]
    assert len(root) >= 33 and told["mappath"]("/x") == f"{root}/x"
    assert told["request_headers_override"] == {"X-Forwarded-Prefix": root}, "of sockets"
    assert told["environment"]["CHAINRULE_ONLY_ROOT_PATH"] == "on"
    assert launcher()["command"] != told["command"], "another key each time"
    with open(told["launcher_entry"]["icon_path"], encoding="utf-8") as icon:
        assert "<svg" in icon.read()
