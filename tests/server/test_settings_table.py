"""Settings and a database that make no sense end the command before it serves: one sentence that says why, and no traceback."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from engine.lab.search.cluster import NAME
from server.__main__ import main
from server.settings import Settings, described, variable

README = Path(__file__).resolve().parents[2] / "README.md"


def database(folder: Path, *statements: str) -> str:
    file = folder / "other.sqlite3"
    with sqlite3.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return f"sqlite:///{file.as_posix()}"


def damaged(folder: Path) -> str:
    (folder / "noise").write_bytes(bytes(range(256)) * 40)
    return f"sqlite:///{(folder / 'noise').as_posix()}"


UNUSABLE: dict[str, tuple[Callable[[Path], str], str]] = {
    "garbage": (lambda folder: "no url:secret at all", "no URL of a database"),
    "path": (lambda folder: str(folder / "kept.sqlite3"), "sqlite:////path"),
    "dialect": (lambda folder: "mysql://root:secret@host/name", "SQLite or PostgreSQL, not in 'mysql'"),
    "driver": (lambda folder: "postgresql+psycopg2://root:secret@host/name", "psycopg2 is not installed"),
    "no such driver": (lambda folder: "postgresql+nothing://root:secret@host/name", "no driver"),
    "port": (lambda folder: "postgresql://root:secret@host:many/name", "makes no sense"),
    "option": (lambda folder: "postgresql://root:secret@127.0.0.1:1/name?colour=blue", "colour"),
    "number": (lambda folder: f"sqlite:///{folder}/kept.sqlite3?timeout=long", "long"),
    "refused": (lambda folder: "postgresql://root:secret@127.0.0.1:1/name", "refused"),
    "host of SQLite": (lambda folder: "sqlite://host/kept.sqlite3", "SQLite has no host"),
    "folder": (lambda folder: f"sqlite:///{folder}", "a folder"),
    "no folder": (lambda folder: f"sqlite:///{folder}/none/kept.sqlite3", "there is no folder"),
    "long": (lambda folder: f"sqlite:///{folder}/{'x' * 5000}", "too long"),
    "unwritable": (lambda folder: "sqlite:////proc/kept.sqlite3", "unable to open"),
    "no database": (damaged, "not a database"),
    "another's": (lambda folder: database(folder, "CREATE TABLE moz_places (id INTEGER)"), "another program's"),
    "another's table": (lambda folder: database(folder, "CREATE TABLE experiments (name TEXT)"), "table experiments"),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_database_that_cannot_be_used_is_not_done_without(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, words = UNUSABLE[what]
    url = make(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setenv("CHAINRULE_DATABASE_URL", url)
    assert main(["--port", "0", "--no-browser"]) == 2
    said = capsys.readouterr().err
    assert words in said and "CHAINRULE_DATABASE_URL" in said and "secret" not in said, said
    assert said.startswith("chainrule: ") and said.count("\n") == 1 and len(said) < 900, said
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CHAINRULE_MAX_SESION", "3", "is CHAINRULE_MAX_SESSIONS meant?"),
        ("CHAINRULE_TRUSTED_PROXY", "10.0.0.5", "is CHAINRULE_TRUSTED_PROXIES meant?"),
        ("CHAINRULE_DATABASE", "sqlite://", "is CHAINRULE_DATABASE_URL meant?"),
        ("chainrule_workers", "2", "is CHAINRULE_WORKERS meant?"),
        ("CHAINRULES_WORKERS", "2", "is CHAINRULE_WORKERS meant?"),
        ("CHAIN_RULE_LOG_LEVEL", "info", "is CHAINRULE_LOG_LEVEL meant?"),
        ("CHAINRULE_QQQQ", "2", "chainrule --help"),
        ("CHAINRULE_PORT", "9000", "--port"),
        ("CHAINRULE_HOST", "0.0.0.0", "--host"),
        ("CHAINRULE_TRUSTED_PROXIES", "10.0.0.5, proxy", "'proxy'"),
        ("CHAINRULE_TRUSTED_PROXIES", "10.0.0.5/8", "host bits"),
        ("CHAINRULE_TRUSTED_PROXIES", "10.0.0.256", "10.0.0.256"),
        ("CHAINRULE_TRUSTED_PROXIES", "10.0.0.0/33", "10.0.0.0/33"),
        ("CHAINRULE_ORIGINS", "https://class.example, null", "'null'"),
        ("CHAINRULE_ORIGINS", "class.example", "https://"),
        ("CHAINRULE_ALLOWED_HOSTS", "class.example:80", "without a port"),
        ("CHAINRULE_DASK", "10.0.0.7", "a host and a port"),
        ("CHAINRULE_DASK", "10.0.0.7:0", "a host and a port"),
        ("CHAINRULE_LOG_LEVEL", "loud", "one of info"),
        ("CHAINRULE_METRICS", "perhaps", "one of"),
    ],
)
def test_a_setting_that_makes_no_sense_ends_the_command_in_words(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["--port", "0", "--no-browser"]) == 2
    said = capsys.readouterr().err
    assert name in said and words in said and said.count("\n") == 1, said


@pytest.mark.parametrize("name", [entry.name for entry in fields(Settings) if entry.type in ("int", "float")])
def test_every_number_has_a_range_that_its_refusal_names(name: str) -> None:
    for value in ("", "0", "-1", "nan", "inf", "many", "1e400", "9" * 30, "0x10"):
        with pytest.raises(ValueError, match=rf"{variable(name)} should be (at most|a (whole )?number above 0)"):
            Settings.from_environment({variable(name): value})


def test_the_scheduler_of_a_cluster_is_a_setting_that_the_engine_reads() -> None:
    assert Settings.from_environment({NAME: "10.0.0.7:8786"}).dask == "10.0.0.7:8786" and Settings().dask == ""


def test_what_others_tell_of_a_service_of_this_name_is_not_a_mistake() -> None:
    told = {
        "CHAINRULE_SERVICE_HOST": "10.0.0.1",
        "CHAINRULE_SERVICE_PORT_HTTP": "8000",
        "CHAINRULE_PORT": "tcp://10.0.0.1:8000",
        "CHAINRULE_PORT_8000_TCP_ADDR": "10.0.0.1",
        "CHAINRULE_IMAGE_KERNELS": "/opt/chainrule/kernels",
        "CHAIN": "1",
    }
    assert Settings.from_environment(told) == Settings()


def test_help_lists_every_setting_and_the_readme_names_none_that_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    names = {variable(entry.name) for entry in fields(Settings)}
    assert all(name in said for name in names) and len(list(described())) == len(names)
    assert set(re.findall(r"CHAINRULE_[A-Z_]*[A-Z]", README.read_text(encoding="utf-8"))) <= names
