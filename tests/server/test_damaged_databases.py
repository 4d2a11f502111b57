"""A version that makes no sense, files that are no database, none at all: refused in words, or no matter of versions."""

from __future__ import annotations

from pathlib import Path

import pytest
from kept_databases import NEWER, WORDS, in_a_folder, made, refused, set_to, state
from sqlalchemy.exc import DatabaseError

from server.keeping import database as module
from server.keeping import schema
from server.keeping.database import Database, refusal
from server.keeping.schema import SCHEMA
from server.settings import Settings

pytestmark = pytest.mark.sqlite_first(seconds=6)


@pytest.fixture
def file(tmp_path: Path) -> str:
    return in_a_folder(tmp_path)


def anew(columns: str, value: str | None = None) -> tuple[str, ...]:
    insert = () if value is None else (f"INSERT INTO chainrule_schema VALUES (1, {value})",)
    return ("DROP TABLE chainrule_schema", f"CREATE TABLE chainrule_schema (id integer, {columns})", *insert)


DAMAGED: dict[str, tuple[str, ...]] = {
    "text": anew("version text", "'one'"),
    "a number as text": anew("version text", "'1'"),
    "a fraction": anew("version double precision", "1.5"),
    "nothing": anew("version integer", "NULL"),
    "no such column": anew("number integer"),
    "negative": (set_to(-1),),
    "zero": (set_to(0),),
    "two rows": (f"INSERT INTO chainrule_schema VALUES (2, {SCHEMA})",),
    "no row": ("DELETE FROM chainrule_schema",),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_version_that_makes_no_sense_is_refused_and_not_touched(url: str, damage: str) -> None:
    made(url, *DAMAGED[damage])
    refused(url, "says no schema version that makes sense")


def test_a_file_that_is_no_database_is_left_as_it_is(file: str) -> None:
    """What else is wrong is no matter of versions, and no memory stands in for a file that is named."""
    path = Path(file.removeprefix("sqlite:///"))
    path.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    before = state(file)
    assert refusal(Settings(database_url=file)) is None
    database = Database(Settings(database_url=file))
    with pytest.raises(DatabaseError):
        database.open()
    assert state(file) == before
    database.close()


def test_looking_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "user_data_path", lambda *_, **__: tmp_path / "data" / "chainrule")
    assert refusal(Settings()) is None and not (tmp_path / "data").exists()


@pytest.mark.parametrize("url_in_memory", ["sqlite://", "sqlite:///:memory:"])
def test_memory_is_of_the_present_schema(url_in_memory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(Settings(database_url=url_in_memory)) is None
    database = Database(Settings(database_url=url_in_memory))
    with database.reading() as connection:
        assert schema.check(connection) == SCHEMA
    database.close()
    assert not list(tmp_path.iterdir())


def test_a_file_named_by_a_uri_is_looked_at_too(file: str) -> None:
    made(file, set_to(NEWER))
    before = state(file)
    uri = Path(file.removeprefix("sqlite:///")).as_uri()
    assert WORDS in (refusal(Settings(database_url=f"sqlite:///{uri}?uri=true")) or "")
    assert state(file) == before
