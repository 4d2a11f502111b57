"""A session that a newer chainrule kept is left alone: not restored, not written over, not deleted before its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, get_args

import pytest
from live_server import serving
from pages import Page
from sqlalchemy import create_engine, text
from test_kept_sessions import Serve, check, learn
from test_socket import closed_with

from engine.script.keeping import Timeline
from server.keeping import versions
from server.keeping.database import Database
from server.keeping.keeper import Keeper
from server.keeping.packing import pack, unpack
from server.protocol import CLOSE_MOVED
from server.settings import Settings
from server.wire.errors import CommandError

pytestmark = pytest.mark.sqlite_first(seconds=6)

Script = dict[str, Any]
DAY = 24 * 3600.0


def run(script: Script, place: Script) -> None:
    script["timeline"]["version"] = versions.TIMELINE_VERSION + 1


def run_of_unknown_version(script: Script, place: Script) -> None:
    script["timeline"]["version"] = "1b"


def race(script: Script, place: Script) -> None:
    script["race"]["version"] = 2


def network(script: Script, place: Script) -> None:
    script["network"]["version"] = 2


def place(script: Script, place: Script) -> None:
    place["version"] = 2


NEWER = [run, run_of_unknown_version, race, network, place]


class Shelf:
    """The tables, as somebody else sees them."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))

    def rows(self, id: str, *tables: str) -> list[Any]:
        """All that is kept of a session."""
        found = []
        with self._engine.connect() as connection:
            for table in tables or ("kept_sessions", "kept_parts", "kept_pieces"):
                of = "id" if table == "kept_sessions" else "session"
                rows = connection.execute(text(f"SELECT * FROM {table} WHERE {of} = :id ORDER BY 1, 2, 3"), {"id": id})
                found.append([tuple(bytes(x) if isinstance(x, memoryview) else x for x in row) for row in rows])
        return found

    def change(self, id: str, change: Callable[[Script, Script], None]) -> None:
        """As if another program had kept its parts."""
        with self._engine.begin() as connection:
            parts = {
                row.name: bytes(row.content)
                for row in connection.execute(text("SELECT name, content FROM kept_parts WHERE session = :id"), {"id": id})
            }
            length = int.from_bytes(parts["script"][:8], "little")
            spec, script, place = parts["script"][: 8 + length], unpack(parts["script"][8 + length :]), unpack(parts["place"])
            change(script, place)
            for name, content in (("script", spec + pack(script)), ("place", pack(place))):
                self._put(connection, id, name, content)

    def put(self, id: str, name: str, content: bytes) -> None:
        with self._engine.begin() as connection:
            self._put(connection, id, name, content)

    def _put(self, connection: Any, id: str, name: str, content: bytes) -> None:
        done = text("UPDATE kept_parts SET content = :content WHERE session = :id AND name = :name")
        assert connection.execute(done, {"id": id, "name": name, "content": content}).rowcount == 1

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture
def shelf(url: str) -> Any:
    shelf = Shelf(url)
    yield shelf
    shelf.close()


def kept_session(url: str) -> str:
    """With a run and both races."""
    with serving(Settings(database_url=url)) as live, Page(live.socket) as page:
        learn(page)
        page.do("race")
        page.do("network")
    return str(page.attached["session"])


def everything(page: Page) -> None:
    """What would be written, were it of that session."""
    page.run_info()
    page.do("configure", spec={"data": {"name": "moons"}})
    page.do("step", count=30)


@pytest.mark.sqlite_first(seconds=4)
@pytest.mark.parametrize(
    "newer", [each if each in (run, race) else pytest.param(each, marks=pytest.mark.slow(seconds=4)) for each in NEWER]
)
def test_a_newer_session_stays_as_it_is_and_its_learner_gets_another(url: str, shelf: Shelf, newer: Any) -> None:
    id = kept_session(url)
    shelf.change(id, newer)
    before = shelf.rows(id)
    with serving(Settings(database_url=url)) as live, Page(live.socket, attach=False) as page:
        for _ in range(2):
            refusal = page.ask("attach", session=id)
            assert (refusal["code"], refusal["field"]) == ("unreadable_session", "session")
            assert "kept by a newer chainrule" in refusal["message"] and "left as it is" in refusal["message"]
            assert shelf.rows(id) == before, "not even its lease is taken"
        page.attached = page.ask("attach", session=None)
        assert page.attached["type"] == "attached" and page.attached["session"] != id and not page.attached["resumed"]
        everything(page)
    assert shelf.rows(id) == before
    assert shelf.rows(page.attached["session"])[0], "the new one is kept"


def test_what_reads_it_goes_on_with_it_all_the_same(url: str, shelf: Shelf) -> None:
    id = kept_session(url)

    def older(script: Script, place: Script) -> None:
        """As it was kept before places and races had versions."""
        assert place.pop("version") == versions.PLACE_VERSION
        assert script["race"].pop("version") == script["network"].pop("version") == versions.RACE_VERSION

    shelf.change(id, run)
    with serving(Settings(database_url=url)) as live, Page(live.socket, attach=False) as page:
        assert page.ask("attach", session=id)["code"] == "unreadable_session"
        shelf.change(id, lambda script, place: script["timeline"].pop("version"))
        shelf.change(id, older)
        with Page(live.socket, id) as again:
            check(again)
            session = live.app.state.sessions.find(id)
            live.until(lambda: all(activity.script_key() != (0, 0) for activity in session.activities))


def test_one_that_a_newer_process_runs_is_not_asked_for(serve: Serve, url: str, shelf: Shelf) -> None:
    one, other = serve(Settings(database_url=url)), serve(Settings(database_url=url))
    with Page(one.socket) as page:
        learn(page)
        id = page.attached["session"]
        one.until(lambda: len(shelf.rows(id, "kept_parts")[0]) == 3 and not one.app.state.sessions._keeper._waiting)
        time.sleep(1.0)  # what is at rest is not written again
        shelf.change(id, place)
        held = one.app.state.sessions._leases[id].fence
        with Page(other.socket, attach=False) as new:
            assert new.ask("attach", session=id)["code"] == "unreadable_session"
        (row,) = shelf.rows(id, "kept_sessions")[0]
        assert row[-1] is None and row[3] == held, "nobody asked for it"
        page.do("step", count=1)  # it goes on where it is


def test_a_session_of_rows_that_are_not_here_stays_too(url: str, shelf: Shelf) -> None:
    """Its versions are known, but no run can be made of it: a newer program's optimizer, say."""
    id = kept_session(url)

    def stranger(script: Script, place: Script) -> None:
        script["timeline"]["branches"][0]["edits"] = [
            {"kind": "set", "step": 0, "path": "optimizer.name", "value": "of another day"},
        ]
        script["timeline"]["branches"][0]["something"] = 1

    shelf.change(id, stranger)
    before = shelf.rows(id, "kept_parts", "kept_pieces")
    with serving(Settings(database_url=url)) as live:
        with Page(live.socket, id) as page:
            assert closed_with(page) == CLOSE_MOVED  # come back, and hear why
        with Page(live.socket, attach=False) as page:
            refusal = page.ask("attach", session=id)
            assert refusal["code"] == "unreadable_session" and "cannot be read" in refusal["message"]
            assert page.ask("attach", session=None)["type"] == "attached"
            everything(page)
        live.until(lambda: shelf.rows(id, "kept_sessions")[0][0][1] is None)  # its lease was let go of
    assert shelf.rows(id, "kept_parts", "kept_pieces") == before


@pytest.mark.sampled(3, seconds=4)
@pytest.mark.sqlite_first(seconds=4)
@pytest.mark.parametrize(
    ("part", "content"),
    [("script", bytes(40)), ("place", bytes(40)), ("place", b""), ("place", pack([])), ("place", pack({"version": 1}))],
)
def test_damaged_parts_are_left_too(url: str, shelf: Shelf, part: str, content: bytes) -> None:
    id = kept_session(url)
    shelf.put(id, part, content)
    before = shelf.rows(id)
    with serving(Settings(database_url=url)) as live, Page(live.socket, attach=False) as page:
        refusal = page.ask("attach", session=id)
        assert refusal["code"] == "unreadable_session" and "cannot be read" in refusal["message"]
        assert page.ask("attach", session=None)["type"] == "attached"
        everything(page)
    assert shelf.rows(id) == before


def test_it_is_deleted_after_the_ordinary_time_alone(url: str, shelf: Shelf) -> None:
    id = kept_session(url)
    shelf.change(id, place)
    before = shelf.rows(id)

    def sweep(expiry: float) -> None:
        async def play() -> None:
            database = Database(Settings(database_url=url))
            keeper = Keeper(database, expiry, 10_000, check=versions.check)
            with pytest.raises(CommandError):
                await keeper.claim(id)
            await keeper.sweep()
            await keeper.close()
            database.close()

        asyncio.run(play())

    sweep(30 * DAY)
    assert shelf.rows(id) == before
    time.sleep(0.05)
    sweep(0.01)
    assert shelf.rows(id) == [[], [], []], "looking at it did not make it younger"


def test_the_versions_are_those_that_are_written() -> None:
    known = get_args(Timeline.model_fields["version"].annotation)
    assert known == tuple(range(1, versions.TIMELINE_VERSION + 1)) and Timeline.model_fields["version"].default == known[-1]
    assert [version for version in (1, 0, 2, -1, True, None, "1", 1.5) if versions._reads(version, 1)] == [1]
    assert not versions._reads(True, 1) and not versions._reads(1.0, 1)
    assert versions._reads(1, 2) and versions._reads(2, 2)
