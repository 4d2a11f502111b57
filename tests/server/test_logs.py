"""What is said on stderr: one JSON object a line, with a session's beginning and never all of its id."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from live_server import Live
from pages import Page

from server import logs
from server.settings import Settings
from server.wire import limits


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What the standard logging is configured to write to, until the test is over."""
    root, own = logging.getLogger(), logging.getLogger("chainrule")
    before = root.handlers[:], root.level, own.level
    yield io.StringIO()
    root.handlers[:], root.level, own.level = before
    logging.captureWarnings(False)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_object_with_its_exception_in_one_field(stream: io.StringIO) -> None:
    logs.configure(Settings(), stream)
    log = logging.getLogger("chainrule")
    log.info("two\nlines, %s", "größer")
    try:
        raise RuntimeError("what\nwent wrong")
    except RuntimeError:
        log.exception("failed")
    logging.getLogger("uvicorn.error").warning("of the server below")
    log.debug("not asked for")
    first, second, third = lines(stream)
    assert (first["level"], first["logger"], first["message"]) == ("info", "chainrule", "two\nlines, größer")
    assert first["time"].endswith("+00:00") and "session" not in first and "exception" not in first
    assert "RuntimeError: what\nwent wrong" in second["exception"] and second["level"] == "error"
    assert third["logger"] == "uvicorn.error"


def test_only_the_beginning_of_a_sessions_id_is_told(stream: io.StringIO) -> None:
    logs.configure(Settings(log_format="text"), stream)
    log = logging.getLogger("chainrule")
    token = logs.of_session.set("0123456789abcdef")
    log.info("by its task")
    logs.of_session.reset(token)
    log.info("by name", extra={"session": "fedcba9876543210"})
    log.info("of none")
    by_task, by_name, of_none = stream.getvalue().splitlines()
    assert by_task.endswith("INFO by its task [012345]") and by_name.endswith("by name [fedcba]")
    assert of_none.endswith("INFO of none")


@pytest.mark.parametrize(("level", "told"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_is_a_setting(stream: io.StringIO, level: str, told: int) -> None:
    logs.configure(Settings.from_environment({"CHAINRULE_LOG_LEVEL": level.upper()}), stream)
    for each in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.getLogger("chainrule").log(each, "x")
    assert len(lines(stream)) == told


@pytest.mark.parametrize("name", ["LOG_LEVEL", "LOG_FORMAT", "METRICS"])
def test_a_word_that_is_none_of_a_settings_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"CHAINRULE_{name} should be one of"):
        Settings.from_environment({f"CHAINRULE_{name}": "loud"})
    assert Settings.from_environment({"CHAINRULE_METRICS": "off"}).metrics is False


def test_a_limit_is_logged_once_a_minute(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("server.wire.limits.time.monotonic", lambda: now)
    monkeypatch.setattr("server.wire.limits._logged", {})
    logs.configure(Settings(), stream)
    for _ in range(50):
        limits.met("max_units")
        limits.met("max_batch")
    assert [line["message"].split()[2] for line in lines(stream)] == ["max_units", "max_batch"]
    now += 61.0
    limits.met("max_units")
    assert len(lines(stream)) == 3


def test_what_happens_to_a_session_is_said_and_its_id_is_not(stream: io.StringIO, serve: Callable[[Settings], Live]) -> None:
    live = serve(Settings(database_url="sqlite://", session_expiry=0.2))
    logs.configure(Settings(), stream)
    with Page(live.socket) as page:
        page.run_info()
        session = page.attached["session"]
        with Page(live.socket, session) as newer:
            newer.do("pause")
    live.until(lambda: len(live.app.state.sessions) == 0)
    live.until(lambda: "session put away, unwatched for long" in stream.getvalue())
    said = {line["message"]: line for line in lines(stream)}
    assert "session created: there are 1" in said
    assert (
        said["viewer detached with code 4001"]["session"]
        == session[:6]
        == said["session put away, unwatched for long"]["session"]
    )
    assert session not in stream.getvalue()


def test_a_fault_of_ours_is_in_the_log_with_its_session_and_not_in_the_answer(
    stream: io.StringIO, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a secret detail of /some/path")

    with Page(live.socket) as page:
        page.run_info()
        logs.configure(Settings(), stream)
        monkeypatch.setitem(live.hosting.handlers, "undo", (0, broken))
        answer = page.ask("undo")
        assert (answer["code"], answer["message"]) == ("internal", "undo failed on the server")
        (line,) = [line for line in lines(stream) if line["level"] == "error"]
        assert line["message"] == "undo failed" and "a secret detail" in line["exception"]
        assert line["session"] == page.attached["session"][:6]
        page.do("step")
