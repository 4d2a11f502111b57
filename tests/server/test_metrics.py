"""`/metrics`: what it counts, what it never tells, and that several workers are added up."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Callable

from live_server import Live
from pages import Page
from prometheus_client.parser import text_string_to_metric_families

from server.metrics import Answers
from server.settings import Settings

Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(live: Live) -> tuple[Numbers, str]:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request("GET", "/metrics")
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    assert response.status == 200 and response.headers["Content-Type"].startswith("text/plain; version=")
    assert response.headers["Content-Security-Policy"]
    return parsed(body), body


def parsed(text: str) -> Numbers:
    families = text_string_to_metric_families(text)
    return {(sample.name, frozenset(sample.labels.items())): sample.value for family in families for sample in family.samples}


def at(numbers: Numbers, name: str, **labels: str) -> float:
    return numbers.get((f"chainrule_{name}", frozenset(labels.items())), 0.0)


def rests(live: Live) -> bool:
    """Whether nobody is there and nothing plays."""
    numbers, _ = scrape(live)
    return all(at(numbers, "sessions", kind=kind) == 0 for kind in ("playing", "watched"))


def test_what_is_counted(live: Live, serve: Callable[[Settings], Live]) -> None:
    shared = live  # of this process, too: what a test before has left there playing is counted with it
    shared.until(lambda: rests(shared))
    live = serve(Settings(database_url="sqlite://"))
    before, _ = scrape(live)

    def grown(now: Numbers, name: str, **labels: str) -> float:
        return at(now, name, **labels) - at(before, name, **labels)

    with Page(live.socket) as page, Page(live.socket) as other:
        page.run_info()
        other.close()
        live.until(lambda: sum(session.viewer is not None for session in live.app.state.sessions) == 1)
        page.do("subscribe", channels=["parameters"])
        page.frame("parameters")
        page.do("step", count=7)
        page.do("race")
        page.do("race_step", count=5)
        assert page.ask("seek", step=-1)["code"] == "invalid"
        now, text = scrape(live)
        assert grown(now, "steps_total", of="run") == 7 and grown(now, "steps_total", of="lane") == 6 * 5
        assert at(now, "sessions", kind="all") == 2 and at(now, "sessions", kind="watched") == 1
        assert at(now, "sessions", kind="playing") == 0 and at(now, "sockets") - at(before, "sockets") == 1
        assert grown(now, "frames_sent_total", channel="parameters") >= len(page.frames["parameters"]) >= 1
        assert grown(now, "bytes_sent_total", kind="frame") > 100 and grown(now, "bytes_sent_total", kind="event") > 1000
        assert grown(now, "errors_total", code="invalid") == 1
        assert grown(now, "messages_received_total") >= 6
        for command in ("step", "race_step", "subscribe", "race"):
            assert grown(now, "command_seconds_count", command=command) == 1, command
        assert grown(now, "command_seconds_sum", command="step") > 0
        assert ("chainrule_engine_queue_depth", frozenset()) in now
        assert now[("process_resident_memory_bytes", frozenset())] > 1e6
        assert ("process_cpu_seconds_total", frozenset()) in now
        page.do("play", speed={"unit": "steps", "rate": 5})
        assert at(scrape(live)[0], "sessions", kind="playing") == 1
        for session in (page.attached["session"], other.attached["session"]):
            assert session[:6] not in text
        assert "127.0.0.1" not in text


def test_it_can_be_turned_off(serve: Callable[[Settings], Live]) -> None:
    live = serve(Settings(database_url="sqlite://", metrics=False))
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request("GET", "/metrics")
    response = connection.getresponse()
    assert response.status == 404 and b"chainrule" not in response.read()
    connection.close()


def test_the_times_of_commands_take_bounded_room() -> None:
    answers = Answers()
    for number in range(5000):
        answers.asked(number, "pause")
    assert len(answers._asked) == Answers.MOST
    answers.answered(3)
    answers.answered(3)
    answers.answered(None)
    assert len(answers._asked) == Answers.MOST - 1


PARENT = """
import subprocess, sys
from server import metrics
folder = metrics.for_several()
work = "from server import metrics; import sys; metrics.STEPS_OF_RUN.inc(int(sys.argv[1])); metrics.SOCKETS.inc(); "
work += "metrics.look([], lambda: 0); "
work += "print('ready', flush=True); sys.stdin.read()"
workers = [subprocess.Popen([sys.executable, "-c", work, n], stdin=-1, stdout=-1, text=True) for n in ("3", "4")]
for worker in workers:
    worker.stdout.readline()
print(metrics.text().decode())
print("# -")
workers[0].kill(); workers[0].wait()
metrics.worker_ended(workers[0].pid)
print(metrics.text().decode())
workers[1].communicate("")
print("#", folder)
"""


def test_several_workers_are_added_up_and_one_that_is_gone_holds_no_socket() -> None:
    done = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, timeout=120, check=True)
    both, one = (parsed(part) for part in done.stdout.split("# -\n"))
    assert at(both, "steps_total", of="run") == 7 and at(both, "sockets") == 2
    for name in ("chainrule_worker_resident_memory_bytes", "chainrule_worker_cpu_seconds"):
        each = [value for (found, labels), value in both.items() if found == name and dict(labels)["pid"]]
        assert len(each) == 2 and min(each) > 0, name
    assert at(one, "steps_total", of="run") == 7 and at(one, "sockets") == 1
    assert not os.path.exists(done.stdout.splitlines()[-1].removeprefix("# "))  # the folder went with the parent
