"""An activity that the server does not know of is added by one line: reached, streamed, kept, restored, taken over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import counter
import pytest
from live_server import Live, serving
from pages import PATIENCE, Page
from processes import ServerProcess, kill, owners
from sqlalchemy import create_engine

from server import activities
from server.keeping import shelf
from server.keeping.packing import unpack
from server.session.hosting import Hosting
from server.settings import Settings

PROGRAM = (counter.__file__,)


@pytest.fixture(scope="module")
def counting() -> Iterator[Live]:
    kinds = [*activities.registered(), counter.COUNTER]
    with serving(Settings(database_url="sqlite://"), kinds) as live:
        yield live


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def kept(database: str, session: str) -> int:
    """The number that is kept; -1 where none is."""
    engine = create_engine(database)
    with engine.connect() as connection:
        found = shelf.find(connection, session)
    engine.dispose()
    return -1 if found is None else int(unpack(found.place).get("counter", -1))


def test_it_is_reached_and_streamed_and_the_others_go_on(counting: Live) -> None:
    with Page(counting.socket) as page:
        page.run_info()
        page.do("subscribe", channels=["counter", "parameters"])
        assert page.frame("counter")[0]["meta"]["count"] == 0
        assert page.do("count")["result"] == {"count": 1}
        page.do("count", by=4)
        header, arrays = page.frame("counter", lambda header: header["meta"]["count"] == 5)
        assert header["step"] == 5 and arrays["counts"].tolist() == [0, 1, 2, 3, 4]
        page.do("step", count=3)
        assert page.frame("parameters", lambda header: header["step"] == 3)
        refused = page.ask("count", by=0)
        assert (refused["code"], refused["field"], refused["allowed"]) == ("invalid", "by", "at least 1 and at most 1000")


def test_its_command_and_its_channel_are_in_the_schema_and_nothing_else_changes(live: Live, counting: Live) -> None:
    before, after = live.hosting.vocabulary.schema(), counting.hosting.vocabulary.schema()
    mapping = after["commands"]["discriminator"]["mapping"]
    assert set(mapping) - set(before["commands"]["discriminator"]["mapping"]) == {"count"}
    channels = after["commands"]["$defs"]["Subscribe"]["properties"]["channels"]["items"]["enum"]
    assert channels == [*before["commands"]["$defs"]["Subscribe"]["properties"]["channels"]["items"]["enum"], "counter"]
    assert after["events"] == before["events"]
    with Page(live.socket) as page:  # a server that does not host it refuses it
        assert page.ask("count")["field"] == "type"
        assert page.ask("subscribe", channels=["counter"])["code"] == "invalid"


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        Hosting([counter.COUNTER, counter.COUNTER])
    with pytest.raises(ValueError, match="same name"):
        Hosting([counter.COUNTER, counter.COUNTER._replace(name="another")])


@pytest.mark.slow(seconds=12)
def test_it_is_kept_and_comes_back_after_the_server_was_killed(file: str) -> None:
    with ServerProcess(file, program=PROGRAM) as first, Page(first.socket) as page:
        page.run_info()
        page.do("count", by=7)
        session = page.attached["session"]
        until(lambda: kept(file, session) == 7)
        first.kill()
    with ServerProcess(file, program=PROGRAM) as second, Page(second.socket, session) as again:
        assert again.attached["resumed"] is True
        again.do("subscribe", channels=["counter"])
        assert again.frame("counter")[0]["meta"]["count"] == 7
        assert again.do("count")["result"] == {"count": 8}


@pytest.mark.slow(seconds=20)
def test_another_worker_takes_it_over(file: str) -> None:
    with ServerProcess(file, workers=2, program=PROGRAM) as server:
        with Page(server.socket) as page:
            page.run_info()
            page.do("count", by=3)
            session = page.attached["session"]
            until(lambda: kept(file, session) == 3)
            first = owners(file)[session]
            kill(first)
        with Page(server.socket, session) as again:
            again.do("subscribe", channels=["counter"])
            assert again.frame("counter")[0]["meta"]["count"] == 3
            assert again.do("count")["result"] == {"count": 4}
            until(lambda: owners(file).get(session, first) != first)
