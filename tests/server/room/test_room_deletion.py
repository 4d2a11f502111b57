"""A room that is deleted is gone from the disk: the file, its log and what else lies beside it are searched."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from kept_databases import ROOMS, sql
from live_server import Live
from room_pages import Class

from server.settings import Settings

WORDS = "Whatever remains of these words"


def found(folder: Path, secrets: Iterable[str]) -> list[tuple[str, str]]:
    """Which of them lie in which file, in any case and as SQLite or Python would write them."""
    files = {path.name: path.read_bytes().lower() for path in folder.iterdir()}
    return [(name, secret) for name, body in files.items() for secret in secrets if secret.lower().encode() in body]


def taught(live: Live, learners: int) -> tuple[Class, list[str]]:
    """A room in which there was much to write over: the secrets that it left."""
    group = Class(live, learners=learners, title="Secret title")
    names = [page.me["name"] for page in group.learners]
    for round in range(3):
        for place, page in enumerate(group.learners):
            page.do("rename", name=f"Zebediah Q{round}{place}xyz")
    asked = group.ask(f"{WORDS} 7", "other words entirely", ask="Secret question 7")
    for page in group.learners:
        page.do("vote", question=asked, round=1, answer=0)
        page.do("vote", question=asked, round=1, answer=1)
    group.screen.do("close_vote")
    group.screen.do("show", view={"room": "train", "words": "Secret view"})
    group.learners[0].do("leave")
    keys = [group.key, *(each["key"] for each in group.entered)]
    digests = [hashlib.sha256(key.encode()).hexdigest() for key in keys]
    secrets = [*names, WORDS, "Zebediah", "Secret title", "Secret question", "Secret view", "other words entirely", group.room]
    return group, [*secrets, *keys, *digests]


@pytest.mark.parametrize("how", ["delete", "end"])
def test_nothing_is_left_in_the_file_or_its_log(how: str, serve: Callable[[Settings], Live], tmp_path: Path) -> None:
    live = serve(Settings(database_url=f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"))
    group, secrets = taught(live, learners=12)
    with group, Class(live, learners=1, title="Another class") as other:
        assert {"Zebediah", WORDS, "Secret question", "Secret view"} <= {secret for _, secret in found(tmp_path, secrets)}
        fields = {"keep": False} if how == "end" else {}
        group.screen.do(how, **fields)
        assert found(tmp_path, secrets) == []
        assert b"Another class" in b"".join(path.read_bytes() for path in tmp_path.iterdir()), "the other room is left alone"
        assert not any(group.code.encode() in path.read_bytes() for path in tmp_path.iterdir())
        other.learners[0].do("rename", name="Still here")


@pytest.mark.parametrize("used", ["ended", "left"])
def test_a_room_goes_by_itself(used: str, serve: Callable[[Settings], Live], url: str) -> None:
    """24 hours after its end; and one that nobody ended, so long after anybody did anything in it."""
    live = serve(Settings(database_url=url))
    with Class(live, learners=1) as group, Class(live, learners=1) as other:
        group.ask()
        if used == "ended":
            group.screen.do("end")
        assert sweep(live) == 0
        column = "expires" if used == "ended" else "used"
        day = 0 if used == "ended" else 86_400
        ago = f"UPDATE rooms SET {column} = {column} - 86000 - {day} WHERE id = '{group.room}'"
        sql(url, ago)
        assert sweep(live) == (1 if used == "left" else 0)
        if used == "ended":
            sql(url, f"UPDATE rooms SET expires = expires - 500 WHERE id = '{group.room}'")
            assert sweep(live) == 1
        for table in ROOMS:
            column = "id" if table == "rooms" else "room"
            assert {row[0] for row in sql(url, f"SELECT {column} FROM {table}")} <= {other.room}
        assert sql(url, "SELECT count(*) FROM rooms") == [(1,)]


def sweep(live: Live) -> int:
    rooms = live.app.state.rooms
    return int(asyncio.run_coroutine_threadsafe(rooms.sweep(), rooms.loop).result(30))
