"""`chainrule doctor`: each line from a machine on which just that is wrong."""

from __future__ import annotations

import json
import socket
import sqlite3
import sys
import threading
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from redis_server import RedisServer

from server import VERSION, hosts
from server.__main__ import main
from server.commands import doctor
from server.commands.examined import computing, keeping, reaching
from server.commands.examined.finding import Finding
from server.settings import Settings

NAMES = ["settings", "Python", "kernels", "threads", "browser", "port", "network", "database", "bus"]


@pytest.fixture(autouse=True)
def a_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """With a browser, in a network, and with a data folder of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("firefox"))
    monkeypatch.setattr(hosts, "own_addresses", lambda: [ip_address("192.0.2.7")])
    return tmp_path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def of(found: Finding) -> tuple[str, str]:
    return found.name, found.state


def test_a_machine_that_lacks_nothing(capsys: pytest.CaptureFixture[str], a_machine: Path) -> None:
    from engine import warm_up

    warm_up()
    assert main(["doctor", "--json", "--compile", "--port", str(free_port())]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["version"] == VERSION
    assert [(check["name"], check["state"]) for check in said["checks"]] == [(name, "ok") for name in NAMES], said
    assert "a run begins after" in said["checks"][2]["words"]
    assert not (a_machine / "data").exists(), "it makes nothing"


def test_lines_say_what_to_do_and_what_is_bad_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAINRULE_MAX_SESSIONS", "many")
    monkeypatch.setattr(webbrowser, "get", raising(webbrowser.Error("none")))
    monkeypatch.setattr(computing, "kernels", lambda compile_now: Finding("kernels", "ok", "all"))
    assert main(["doctor", "--port", str(free_port())]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"chainrule {VERSION}"
    assert lines[1].startswith("bad   settings  CHAINRULE_MAX_SESSIONS") and lines[2].lstrip().startswith("→ correct it")
    browser = next(place for place, line in enumerate(lines) if line.startswith("warn  browser"))
    assert "--no-browser" in lines[browser + 1]


def raising(error: Exception):  # type: ignore[no-untyped-def]
    def raises(*_: object, **__: object) -> None:
        raise error

    return raises


def test_what_cannot_be_looked_at_keeps_nobody_from_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "kernels", raising(RuntimeError("broken")))
    found = {each.name: each for each in doctor.examine("127.0.0.1", free_port())}
    assert found["kernels"].state == "bad" and "RuntimeError: broken" in found["kernels"].words
    assert list(found) == NAMES and found["port"].state == "ok"


def test_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    assert of(computing.python()) == ("Python", "bad") and "3.11" in computing.python().advice
    monkeypatch.undo()
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    assert computing.python().state == "bad" and "64 bit" in computing.python().advice


def test_kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import engine
    from engine import warmup
    from engine.kernels import jit

    monkeypatch.setattr(warmup, "on_disk", lambda: (3, 40))
    cold = computing.kernels(compile_now=False)
    assert cold.state == "warn" and cold.words.startswith("3 of 40") and "--compile" in cold.advice
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setattr(jit, "CACHE", file / "kernels-1")
    assert computing.kernels(compile_now=False).state == "warn"
    assert "NUMBA_CACHE_DIR" in computing.kernels(compile_now=False).advice
    monkeypatch.setattr(engine, "warm_up", raising(ValueError("no LLVM")))
    assert computing.kernels(compile_now=True).words == "no run can be built: no LLVM"
    monkeypatch.setitem(sys.modules, "engine", None)
    assert computing.kernels(compile_now=True).state == "bad"


def test_kernels_on_disk_are_those_of_this_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine import warm_up
    from engine.kernels.cache import CheckedFiles
    from engine.warmup import on_disk

    warm_up()
    there, of_all = on_disk()
    assert there == of_all > 10
    monkeypatch.setattr(CheckedFiles, "_names", lambda self: {"('0.50', ('another processor', ''))": "1.nbc"})
    assert on_disk() == (0, of_all)


def test_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert computing.blas(Settings()).state == "ok"
    assert computing.blas(Settings(threads=999)).state == "warn"
    monkeypatch.setattr("engine.kernels.threads.blas_threads", lambda: [1, 8])
    assert computing.blas(Settings()).state == "bad" and "OPENBLAS" in computing.blas(Settings()).advice


def test_a_port_that_is_another_programs_or_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.listen()
        found = reaching.port("127.0.0.1", taken.getsockname()[1])
    # What has it says nothing at all, and is waited for no longer than a moment.
    assert of(found) == ("port", "bad") and "--port" in found.advice

    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status":"ok"}')

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Healthy) as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        found = reaching.port("127.0.0.1", running.server_address[1])
        running.shutdown()
    assert of(found) == ("port", "warn") and "a chainrule is at" in found.words
    assert reaching.port("203.0.113.9", 8000).state == "bad" and "0.0.0.0" in reaching.port("203.0.113.9", 8000).advice
    assert reaching.port("no such host.example", 8000).state == "bad"


def test_who_can_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--host 0.0.0.0" in reaching.network("127.0.0.1", 8000).advice
    found = reaching.network("0.0.0.0", 8001)
    assert "http://192.0.2.7:8001" in found.words and "8001" in found.advice
    for platform, words in ("win32", "netsh"), ("darwin", "System Settings"):
        monkeypatch.setattr(sys, "platform", platform)
        assert words in reaching.firewall(8000)
    monkeypatch.setattr(sys, "platform", "linux")
    for program, words in ("ufw", "ufw allow 8000/tcp"), ("firewall-cmd", "--add-port=8000/tcp"), ("none", "TCP port 8000"):
        monkeypatch.setattr(reaching.shutil, "which", lambda name, program=program: name if name == program else None)
        assert words in reaching.firewall(8000)
    monkeypatch.setattr(hosts, "own_addresses", list)
    assert reaching.network("0.0.0.0", 8000).state == "warn"


def test_the_database(a_machine: Path) -> None:
    folder = a_machine / "data" / "chainrule"
    assert keeping.database(Settings()).words.endswith("made at the first start")
    assert keeping.database(Settings(database_url="no url")).state == "bad"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "chainrule.sqlite3") as connection:
        connection.execute("CREATE TABLE chainrule_schema (id INTEGER, version INTEGER)")
    assert keeping.database(Settings()).state == "bad", "another program's"
    connection.close()
    (folder / "chainrule.sqlite3").unlink()
    folder.rmdir()
    folder.touch()  # a file where the folder should be
    found = keeping.database(Settings())
    assert of(found) == ("database", "warn") and "CHAINRULE_DATABASE_URL" in found.advice
    assert keeping.database(Settings(database_url="sqlite://", workers=2)).state == "bad"


def test_the_bus() -> None:
    assert keeping.bus(Settings(workers=2)).state == "warn"
    assert keeping.bus(Settings(bus_url="http://127.0.0.1")).state == "bad"
    silent = keeping.bus(Settings(bus_url=f"redis://127.0.0.1:{free_port()}"))
    assert of(silent) == ("bus", "warn") and "does not answer" in silent.words


def test_a_bus_that_answers() -> None:
    with RedisServer() as redis:
        assert keeping.bus(Settings(bus_url=redis.url)).state == "ok"
