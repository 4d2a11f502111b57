"""The command: its answers to what may go wrong, and settings from the environment."""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import VERSION
from server.__main__ import main
from server.commands import COMMANDS
from server.commands.serve import address, listen
from server.container import copy_kernels
from server.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """The command sets up the logging of its process, which here is that of all tests."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def test_one_version_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0 and capsys.readouterr().out == f"chainrule {VERSION}\n"
    written = re.findall(r"^version = .*|^dynamic = .*", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert written == ['dynamic = ["version"]'], "it is written in server/__init__.py alone"


def test_the_help_names_every_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    said = capsys.readouterr().out
    assert caught.value.code == 0 and COMMANDS and all(f"  chainrule {name}" in said for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_subcommand_has_its_own_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([name, "--help"])
    assert caught.value.code == 0 and capsys.readouterr().out.startswith(f"usage: chainrule {name}")


def test_a_port_in_use_is_one_clear_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--no-browser"]) == 1
    said = capsys.readouterr().err
    assert str(port) in said and "--port" in said and said.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--port", "70000"], ["--port", "x"], ["--what"], ["--workers", "0"], ["--workers", "x"]]
)
def test_wrong_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2 and "Traceback" not in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_command_serves_on_a_free_port_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "server", "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said
        with urllib.request.urlopen(f"{found[0]}/healthz") as response:
            assert response.read() == b'{"status":"ok"}'
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0 and "Traceback" not in errors, errors
    finally:
        process.kill()
        process.wait()


def test_addresses_are_ones_a_browser_can_open() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert address("127.0.0.1", listener) == f"http://127.0.0.1:{port}"
        assert address("0.0.0.0", listener) == f"http://127.0.0.1:{port}"
        assert address("::1", listener) == f"http://[::1]:{port}"


def test_settings_come_from_the_environment() -> None:
    found = Settings.from_environment(
        {
            "CHAINRULE_ORIGINS": "https://a.example/, https://b.example",
            "CHAINRULE_MAX_SESSIONS": "3",
            "CHAINRULE_SESSION_EXPIRY": "0.5",
        }
    )
    assert found.origins == ("https://a.example", "https://b.example")
    assert (found.max_sessions, found.session_expiry) == (3, 0.5)
    assert Settings.from_environment({}) == Settings()


def test_workers_share_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert [Settings(workers=workers).threads for workers in (1, 2, 3, 9)] == [8, 4, 2, 1]
    assert Settings(workers=4, threads=3).threads == 3


@pytest.mark.parametrize("url", ["sqlite://", "no url at all", "nosuchdatabase://somewhere/else"])
def test_workers_without_a_database_to_share_are_refused(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHAINRULE_DATABASE_URL", url)
    monkeypatch.setenv("CHAINRULE_WORKERS", "1")  # what the command sets is put back
    assert main(["--workers", "2", "--port", "0", "--no-browser"]) == 2
    said = capsys.readouterr().err
    assert "CHAINRULE_DATABASE_URL" in said and said.count("\n") == 1, said


@pytest.mark.parametrize("value", ["many", "-1", "0", "nan", "inf", "2.5"])
def test_settings_that_make_no_sense_are_named(value: str) -> None:
    with pytest.raises(ValueError, match="CHAINRULE_MAX_SESSIONS"):
        Settings.from_environment({"CHAINRULE_MAX_SESSIONS": value})


def test_the_container_copies_kernels_with_their_times(tmp_path: os.PathLike[str]) -> None:
    from pathlib import Path

    image, cache = Path(tmp_path) / "image", Path(tmp_path) / "cache"
    (image / "deep").mkdir(parents=True)
    (image / "deep" / "kernel.nbi").write_bytes(b"index")
    os.utime(image / "deep" / "kernel.nbi", (1000, 1000))
    copy_kernels(image, cache)
    copied = cache / "deep" / "kernel.nbi"
    assert copied.read_bytes() == b"index" and copied.stat().st_mtime == 1000
    copied.write_bytes(b"newer")
    copy_kernels(image, cache)
    assert copied.read_bytes() == b"newer"
    copy_kernels(Path(tmp_path) / "nothing", cache)
