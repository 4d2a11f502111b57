"""The socket: who may open it, attaching, bad messages, limits."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from live_server import Live
from pages import Page
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.protocol import CLOSE_OVERFLOW, CLOSE_POLICY, CLOSE_SUPERSEDED
from server.settings import Settings

Serve = Callable[[Settings], Live]


def closed_with(page: Page) -> int:
    """Receive until the server closes; the code."""
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            page.receive()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


@pytest.mark.parametrize(
    "origin", ["http://elsewhere.example", "null", "http://127.0.0.1:1", "https://127.0.0.1.elsewhere.example"]
)
def test_pages_of_other_sites_are_refused(live: Live, origin: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        Page(live.socket, additional_headers={"Origin": origin})
    assert caught.value.response.status_code == 403


def test_the_own_origin_those_allowed_and_programs_may_connect(live: Live, serve: Serve) -> None:
    Page(live.socket, additional_headers={"Origin": f"http://127.0.0.1:{live.port}"}).close()
    Page(live.socket).close()
    other = serve(Settings(origins=("https://class.example",)))
    Page(other.socket, additional_headers={"Origin": "https://class.example"}).close()


def test_attach_tells_everything_and_a_session_outlives_its_socket(live: Live) -> None:
    with Page(live.socket) as page:
        assert page.attached["generation"] == 1 and page.attached["resumed"] is False
        assert len(page.attached["session"]) >= 30 and page.attached["fingerprint"]
        assert page.run_info()["run"] == 1
        page.do("step", count=12)
    with Page(live.socket, page.attached["session"]) as again:
        assert again.attached["generation"] == 2 and again.attached["resumed"] is True
        assert again.until_state(lambda state: True)["step"] == 12
        kinds = [event["type"] for event in again.events]
        assert kinds[:4] == ["attached", "run", "script", "state"]
        again.until(lambda event: event["type"] == "warmup")


def test_a_ping_is_answered_however_busy_the_session_is(live: Live) -> None:
    with Page(live.socket) as page:
        page.do("configure", spec={"network": {"layers": [{"units": 256}] * 3}, "batch_size": "full"})
        page.send("step", count=100_000, id="long")
        page.do("ping")
        assert not any(event.get("id") == "long" for event in page.events)
        page.do("pause")


def test_a_newer_attach_wins(live: Live) -> None:
    with Page(live.socket) as old:
        old.run_info()
        with Page(live.socket, old.attached["session"]) as new:
            assert closed_with(old) == CLOSE_SUPERSEDED
            new.do("step")
            assert new.until_state(lambda state: state["step"] == 1)


def test_an_unknown_session_is_refused_and_a_new_one_may_be_had(live: Live) -> None:
    with Page(live.socket, attach=False) as page:
        answer = page.ask("attach", session="there-is-no-such-session")
        assert (answer["type"], answer["code"]) == ("error", "unknown_session")
        assert page.ask("attach")["type"] == "attached"
        answer = page.ask("attach")
        assert (answer["type"], answer["code"]) == ("error", "invalid")
        page.do("pause")


def test_the_first_command_has_to_be_attach(live: Live) -> None:
    with Page(live.socket, attach=False) as page:
        assert page.ask("play")["code"] == "not_attached"
        assert closed_with(page) == CLOSE_POLICY


BAD = [
    ("", "malformed", None),
    ("{", "malformed", None),
    ("[]", "malformed", None),
    ("[" * 5000, "malformed", None),
    ('{"type": NaN}', "malformed", None),
    ('"\\ud800"', "malformed", None),
    (b"\x00\x01", "malformed", None),
    ("{}", "invalid", "type"),
    ('{"type": "dance"}', "invalid", "type"),
    ('{"type": ["step"]}', "invalid", "type"),
    ('{"type": "step", "count": 0}', "invalid", "count"),
    ('{"type": "step", "count": 1e99}', "invalid", "count"),
    ('{"type": "step", "count": "many"}', "invalid", "count"),
    ('{"type": "step", "times": 3}', "invalid", "times"),
    ('{"type": "seek"}', "invalid", "step"),
    ('{"type": "seek", "step": -1}', "invalid", "step"),
    ('{"type": "seek", "step": 999999999}', "invalid", "step"),
    ('{"type": "play", "speed": {"unit": "lightyears"}}', "invalid", "speed.unit"),
    ('{"type": "speed", "speed": {"rate": -1}}', "invalid", "speed.rate"),
    ('{"type": "subscribe", "channels": ["secrets"]}', "invalid", "channels.0"),
    ('{"type": "subscribe", "channels": [], "grid": 5000}', "invalid", "grid"),
    ('{"type": "configure", "spec": 3}', "invalid", "spec"),
    ('{"type": "configure", "spec": {"optimizer": {"lr": -1}}}', "invalid", "spec.optimizer.lr"),
    ('{"type": "configure", "spec": {"optimizer": {"name": "dance"}}}', "invalid", "spec.optimizer.name"),
    ('{"type": "configure", "spec": {"data": {"name": "dance"}}}', "invalid", "spec.data.name"),
    ('{"type": "configure", "spec": {"data": {"samples": 1}}}', "invalid", "spec.data.samples"),
    ('{"type": "configure", "spec": {"network": {"layers": [{"units": 0}]}}}', "invalid", "spec.network.layers.0.units"),
    ('{"type": "configure", "spec": {"batch_size": 0}}', "invalid", "spec.batch_size"),
    ('{"type": "configure", "spec": {"nothing": 0}}', "invalid", "spec.nothing"),
    ('{"type": "edit", "edit": {}}', "invalid", None),
    ('{"type": "edit", "edit": {"kind": "set", "path": "optimizer.lr", "value": -5}}', "invalid", None),
    ('{"type": "edit", "edit": {"kind": "set", "path": "data.name", "value": "xor"}}', "invalid", None),
    ('{"type": "edit", "edit": {"kind": "weight", "name": "W9", "index": [0, 0], "value": 1}}', "invalid", None),
    ('{"type": "undo"}', "invalid", None),
    ('{"type": "redo"}', "invalid", None),
    (json.dumps({"type": "pause", "id": "x" * 1_100_000}), "too_large", None),
    ("x" * 9_000_000, "too_large", None),
    (json.dumps([0] * 600_000), "malformed", None),
]


def test_every_bad_message_is_answered_and_the_session_goes_on(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("step", count=3)
        for text, code, field in BAD:
            shown = str(text)[:60]
            page.socket.send(text)
            answer = page.until(lambda event: event["type"] == "error")
            assert answer["code"] == code, (shown, answer)
            if field is not None:
                assert answer["field"] == field, (shown, answer)
            assert answer["message"] and "Traceback" not in answer["message"], shown
        page.do("step")
        assert page.until_state(lambda state: state["step"] >= 4)["step"] == 4
        assert page.state["run"] == 1


def test_errors_tell_the_allowed_range(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        assert page.ask("step", count=0)["allowed"] == "at least 1 and at most 100000"
        assert "maps" in page.ask("subscribe", channels=["secrets"])["allowed"]
        assert page.ask("configure", spec={"optimizer": {"lr": -1}})["allowed"]
        assert "spiral" in page.ask("configure", spec={"data": {"name": "dance"}})["allowed"]


def test_sizes_are_limited(serve: Serve) -> None:
    live = serve(Settings(max_parameters=200, max_batch=50))
    with Page(live.socket) as page:
        page.run_info()
        for spec, field in (
            ({"network": {"layers": [{"units": 64}, {"units": 64}]}}, "spec.network.layers"),
            ({"network": {"layers": [{"units": 199}]}}, "spec.network.layers"),
            ({"batch_size": 51}, "spec.batch_size"),
        ):
            answer = page.ask("configure", spec=spec)
            assert (answer["code"], answer["field"]) == ("limit", field)
            assert answer["allowed"].startswith("at most")
        page.do("step")


def test_the_number_of_sessions_is_limited(serve: Serve) -> None:
    live = serve(Settings(max_sessions=2))
    with Page(live.socket) as first, Page(live.socket), Page(live.socket, attach=False) as third:
        answer = third.ask("attach")
        assert (answer["type"], answer["code"], answer["allowed"]) == ("error", "limit", "at most 2")
        assert third.ask("attach", session=first.attached["session"])["type"] == "attached"


def test_sessions_without_a_viewer_expire_where_nothing_is_kept(serve: Serve) -> None:
    live = serve(Settings(session_expiry=0.2, database_url="sqlite://"))
    with Page(live.socket) as page:
        live.until(lambda: len(live.app.state.sessions) == 1)
    live.until(lambda: len(live.app.state.sessions) == 0)
    with Page(live.socket, attach=False) as again:
        assert again.ask("attach", session=page.attached["session"])["code"] == "unknown_session"


def test_a_page_that_leaves_its_events_unread_is_detached(serve: Serve) -> None:
    live = serve(Settings(max_pending_events=32))
    page = Page(live.socket, max_queue=1)
    page.run_info()
    session = page.attached["session"]
    page.do("configure", spec={"network": {"layers": [{"units": 64}, {"units": 64}]}})
    # Nothing is received from here on. Long answers: the system's own buffers fill first.
    try:
        for _ in range(2000):
            page.send("export", format="model")
            if live.app.state.sessions.find(session).viewer is None:
                break
    except (ConnectionClosed, TimeoutError):
        pass
    live.until(lambda: live.app.state.sessions.find(session).viewer is None)
    with Page(live.socket, session) as again:
        assert again.attached["resumed"] is True
        again.do("step")
    assert CLOSE_OVERFLOW == 4002
    page.socket.socket.close()
