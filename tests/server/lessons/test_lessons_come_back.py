"""A card outlives the line, the server and the process: its question stays open, or answered, wherever it comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lessons_of_tests import DEEP
from live_server import Live, serving
from pages import Page
from processes import ServerProcess, kill, owners
from test_lesson_activity import opened, told

from server.keeping import versions
from server.keeping.packing import pack
from server.settings import Settings
from server.wire.errors import CommandError


def at(path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{path.as_posix()}")


def locked(page: Page) -> bool:
    answer = page.ask("step")
    assert answer["type"] == "done" or answer["code"] == "locked"
    return bool(answer["type"] == "error")


def test_a_line_that_breaks_opens_no_question(live: Live) -> None:
    with Page(live.socket) as page:
        opened(page)
        session = page.attached["session"]
    with Page(live.socket, session) as again:
        again.until(lambda event: event["type"] == "lesson")
        assert told(again)["locked"] is True and told(again)["heading"] == "How much of it arrives?" and locked(again)


def test_a_card_comes_back_with_the_server(tmp_path: Path) -> None:
    settings = at(tmp_path / "kept.sqlite3")
    with serving(settings) as first, Page(first.socket) as page:
        page.run_info()
        kept = page.do("lesson_keep", text=DEEP)["result"]["lesson"]
        page.do("lesson", lesson=kept)
        open_question = page.attached["session"]
    with serving(settings) as second, Page(second.socket, open_question) as page:
        page.until(lambda event: event["type"] == "lesson")
        assert (told(page)["lesson"], told(page)["locked"], told(page)["own"]) == (kept, True, True)
        assert page.run_info()["spec"]["network"]["layers"][9]["units"] == 4 and locked(page)
        verdict = page.do("lesson_answer", answer=1)["result"]
        assert verdict["right"] is False
    with serving(settings) as third, Page(third.socket, open_question) as page:
        page.until(lambda event: event["type"] == "lesson")
        assert told(page)["verdict"] == verdict and not locked(page)
        assert f"{verdict['value']!r}" in told(page)["why"]
        page.do("lesson_leave")
    with serving(settings) as fourth, Page(fourth.socket, open_question) as page:
        page.run_info()
        page.do("step")
        assert not [event for event in page.events if event["type"] == "lesson" and event["card"] is not None]


@pytest.mark.slow(seconds=60)
def test_another_worker_takes_a_card_over(tmp_path: Path) -> None:
    file = f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"
    with ServerProcess(file, workers=2) as server:
        with Page(server.socket) as page:
            page.run_info()
            opened(page)
            session = page.attached["session"]
            kill(owners(file)[session])
        with Page(server.socket, session) as again:
            again.until(lambda event: event["type"] == "lesson")
            assert told(again)["locked"] is True and locked(again)
            assert again.do("lesson_answer", answer=2)["result"]["right"] is True


def test_one_that_a_newer_chainrule_kept_is_left_alone() -> None:
    script: dict[str, Any] = {"timeline": {}, "lesson": {"version": versions.LESSON_VERSION + 1}}
    packed = (0).to_bytes(8, "little") + pack(script)
    with pytest.raises(CommandError, match="its lesson"):
        versions.check(packed, pack({"version": 1, "generation": 1}))
    script["lesson"] = None
    versions.check((0).to_bytes(8, "little") + pack(script), pack({"version": 1, "generation": 1}))
