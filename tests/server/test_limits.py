"""Every limit: reported, and refused by an error that names the field and what is allowed; the session goes on."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from live_server import Live
from pages import Page

from engine.race.spec import MOST_LANES, MOST_STEPS
from engine.spec import MAX_LAYERS, MAX_UNITS, DataSpec
from engine.spec.inline import MAX_ROWS
from server.settings import Settings
from server.tables import limits as tables
from server.wire.limits import Bucket, address_of

Serve = Callable[[Settings], Live]
WIDE = {"network": {"layers": [{"units": 64}, {"units": 64}]}}
OWN = {"name": "inline", "task": "regression", "train_x": [[0.1]] * 500, "train_y": [0.5] * 500, "test_x": [[1]], "test_y": [1]}
RULE = {"optimizer": {"name": "sgd", "lr": 0.01}}
LANES = [RULE, RULE, RULE]
RETUNED = RULE | {"retunes": [{"step": step, "optimizer": RULE["optimizer"]} for step in (1, 2, 3)]}
EDIT = {"kind": "set", "path": "optimizer.lr", "value": 0.02}

Message = tuple[str, dict[str, Any]]
RACE: Message = ("race", {"spec": {"lanes": LANES[:2]}})
NETWORK: Message = ("network", {"lanes": LANES[:2]})
STEP: Message = ("step", {"count": 1})
MANY: list[Message] = [("edit", {"edit": EDIT | {"value": 0.1}}), STEP, ("edit", {"edit": EDIT | {"value": 0.2}}), STEP]
BATCH = EDIT | {"path": "batch_size"}
FULL = WIDE | {"batch_size": "full"}
TOO_WIDE = {"network": {"layers": [{"units": 5000}]}}
ENTRY = {"name": "W1", "index": [0, 0]}
MORE = {"data": {"samples": 501}}

REFUSED: list[tuple[dict[str, float], list[Message], Message, str, str | None, str]] = [
    # settings, what comes before, the message, code, field, allowed
    ({"max_parameters": 200}, [], ("configure", {"spec": WIDE}), "limit", "spec.network.layers", "at most 200"),
    ({"max_parameters": 60}, [], ("network", {"lanes": LANES}), "limit", "lanes", "up to 1"),
    ({"max_units": 32}, [], ("configure", {"spec": WIDE}), "limit", "spec.network.layers.0.units", "at most 32"),
    (
        {},
        [],
        ("configure", {"spec": TOO_WIDE}),
        "limit",
        "spec.network.layers.0.units",
        "1024",
    ),
    ({"max_layers": 1}, [], ("configure", {"spec": WIDE}), "limit", "spec.network.layers", "at most 1"),
    ({"max_layers": 1}, [], ("load", {"script": {"spec": WIDE}}), "limit", "script.spec.network.layers", "at most 1"),
    (
        {"max_samples": 500},
        [],
        ("configure", {"spec": MORE}),
        "limit",
        "spec.data.samples",
        "at most 500",
    ),
    ({"max_samples": 500}, [], ("configure", {"spec": {"data": OWN}}), "limit", "spec.data.train_x", "at most 500"),
    ({"max_batch": 50}, [], ("configure", {"spec": {"batch_size": 51}}), "limit", "spec.batch_size", "at most 50"),
    (
        {"max_batch": 50},
        [],
        ("edit", {"edit": BATCH | {"value": 51}}),
        "limit",
        "edit.value",
        "at most 50",
    ),
    ({"max_work": 1_000_000}, [], ("configure", {"spec": WIDE}), "limit", "spec.network.layers", "at most 2000 parameters"),
    (
        {"max_workspace_bytes": 100_000},
        [],
        ("configure", {"spec": FULL}),
        "limit",
        "spec.batch_size",
        "at",
    ),
    (
        {"max_workspace_bytes": 50_000},
        [],
        ("edit", {"edit": BATCH | {"value": "full"}}),
        "limit",
        "edit.value",
        "at most",
    ),
    ({"max_workspace_bytes": 6000}, [], ("network", {"lanes": LANES}), "limit", "lane.batch_size", "at most"),
    ({"max_history": 2}, MANY, ("edit", {"edit": EDIT | {"value": 0.3}}), "limit", "edit", "at most 2 edits"),
    (
        {"max_history": 2},
        [],
        ("load", {"script": {"spec": {}, "edits": [EDIT | {"step": step} for step in range(3)], "step": 3}}),
        "limit",
        "script.edits",
        "at most 2",
    ),
    ({"max_history": 2}, [], ("race", {"spec": {"lanes": [RETUNED]}}), "limit", "spec.lanes", "at most 2"),
    ({"max_history": 2}, [], ("network", {"lanes": [RETUNED]}), "limit", "lanes", "at most 2"),
    ({"max_history": 2}, [RACE], ("race_lane_replace", {"lane": 1, "spec": RETUNED}), "limit", "spec.retunes", "at most 2"),
    (
        {"max_history": 2},
        [NETWORK],
        ("network_lane_replace", {"lane": 1, "spec": RETUNED}),
        "limit",
        "spec.retunes",
        "at most 2",
    ),
    ({"max_lanes": 2}, [], ("race", {"spec": {"lanes": LANES}}), "limit", "spec.lanes", "up to 2"),
    ({"max_lanes": 2}, [RACE], ("race_lane_add", {"lane": RULE}), "limit", "lanes", "up to 2"),
    ({"max_lanes": 2}, [RACE], ("race_lane_duplicate", {"lane": 1}), "limit", "lanes", "up to 2"),
    ({"max_lanes": 2}, [], ("race_load", {"script": {"spec": {"lanes": LANES}}}), "limit", "script.spec.lanes", "up to 2"),
    ({"max_lanes": 2}, [], ("network", {"lanes": LANES}), "limit", "lanes", "up to 2"),
    ({"max_lanes": 2}, [NETWORK], ("network_lane_add", {"lane": RULE}), "limit", "lanes", "up to 2"),
    ({"max_lanes": 2}, [NETWORK], ("network_lane_duplicate", {"lane": 1}), "limit", "lanes", "up to 2"),
    ({"max_race_steps": 1000}, [RACE], ("race_change", {"max_steps": 1001}), "limit", "max_steps", "at most 1000"),
    ({"max_race_steps": 1000}, [], ("race", {"spec": {"max_steps": 1001}}), "limit", "spec.max_steps", "at most 1000"),
    ({"max_grid": 20}, [], ("subscribe", {"channels": ["maps"], "grid": 21}), "limit", "grid", "at most 20"),
    ({"max_study_steps": 5000}, [NETWORK], ("study_seeds", {"seeds": 32, "steps": 100}), "limit", "steps", "1 to 78"),
    (
        {"max_export_rows": 10},
        [RACE, ("race_step", {"count": 10})],
        ("race_export", {"format": "csv"}),
        "limit",
        "format",
        "at most 10 points",
    ),
    ({"max_work": 20_000}, [], ("verify", {"entries": [ENTRY] * 256}), "limit", "entries", "at most 30"),
    ({"max_experiments": 1}, [("keep", {}), STEP], ("keep", {}), "limit", None, "at most 1"),
    ({"max_experiment_bytes": 20}, [], ("keep", {}), "too_large", None, "at most 20"),
    ({"max_message_bytes": 2000}, [], ("pause", {"id": "x" * 3000}), "too_large", "id", "at most 2000"),
    (
        {"max_inline_bytes": 2000},
        [],
        ("configure", {"spec": {"seed": 0, "x": "x" * 3000}}),
        "too_large",
        "spec.x",
        "at most 2000",
    ),
]


@pytest.mark.sampled(3, seconds=1)
@pytest.mark.parametrize(("given", "before", "message", "code", "field", "allowed"), REFUSED)
def test_what_is_beyond_a_limit_is_refused_by_name(
    serve: Serve,
    given: dict[str, float],
    before: list[Message],
    message: Message,
    code: str,
    field: str | None,
    allowed: str,
) -> None:
    live = serve(Settings(database_url="sqlite://", **given))  # type: ignore[arg-type]
    with Page(live.socket) as page:
        page.run_info()
        for kind, values in before:
            page.do(kind, **values)
        step = page.state["step"] if page.state else 0
        kind, values = message
        page.send(kind, **{"id": "it"} | values)
        answer = page.until(lambda event: event["type"] == "error")
        assert (answer["code"], answer["field"]) == (code, field), answer
        assert allowed in answer["allowed"] and answer["message"], answer
        page.do("step")
        assert page.until_state(lambda state: state["step"] > step)["run"] == 1


def get(live: Live, path: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, json.loads(body)


def test_all_limits_are_reported(serve: Serve) -> None:
    settings = Settings(database_url="sqlite://", max_units=77, max_message_rate=12.5)
    status, told = get(serve(settings), "/api/limits")
    rows = {row["name"]: row for row in told["limits"]}
    assert status == 200 and len(rows) == len(told["limits"])
    # A field that bounds something is named max_…, and whatever is named so is in the table.
    assert set(rows) == {entry.name for entry in fields(Settings) if entry.name.startswith("max_")}
    for name, row in rows.items():
        assert row["value"] == getattr(settings, name) and row["bounds"] and row["unit"]
        assert row["setting"] == f"CHAINRULE_{name.upper()}"
    assert (rows["max_units"]["value"], rows["max_message_rate"]["value"]) == (77, 12.5)


def test_the_table_knows_what_the_engine_allows() -> None:
    """A setting above the engine's own bound would promise what is refused."""
    limits = [entry for entry in fields(Settings) if "bounds" in entry.metadata]
    most = {entry.name: entry.metadata["most"] for entry in limits if entry.metadata["most"] is not None}
    samples = DataSpec(samples=20_000).samples
    assert most == {
        "max_units": MAX_UNITS,
        "max_layers": MAX_LAYERS,
        "max_samples": samples,
        "max_lanes": MOST_LANES,
        "max_race_steps": MOST_STEPS,
        "max_grid": 100,
        "max_table_rows": tables.MAX_ROWS,
        "max_table_columns": tables.MAX_COLUMNS,
    }
    assert samples == MAX_ROWS and all(getattr(Settings(), name) <= value for name, value in most.items())
    for name, value in most.items():
        with pytest.raises(ValueError, match=f"CHAINRULE_{name.upper()} should be at most {value}"):
            Settings.from_environment({f"CHAINRULE_{name.upper()}": str(value + 1)})
    assert Settings().max_sessions >= 256 and Settings().max_sessions_per_address >= 200


def test_sessions_of_one_address_are_limited_and_those_of_others_are_not(serve: Serve) -> None:
    live = serve(Settings(database_url="sqlite://", max_sessions=3, max_sessions_per_address=2))

    def behind(address: str) -> Page:  # as a proxy on this machine tells it
        return Page(live.socket, attach=False, additional_headers={"X-Forwarded-For": address})

    with behind("10.0.0.1") as first, behind("10.0.0.1") as second, behind("10.0.0.1") as third, behind("10.0.0.2") as other:
        assert first.ask("attach")["type"] == second.ask("attach")["type"] == "attached"
        answer = third.ask("attach")
        assert (answer["code"], answer["field"], answer["allowed"]) == ("limit", "session", "at most 2")
        assert "address" in answer["message"]
        session = other.ask("attach")["session"]
        with behind("10.0.0.3") as late:
            answer = late.ask("attach")
            assert (answer["code"], answer["allowed"]) == ("limit", "at most 3") and "server" in answer["message"]
        assert third.ask("attach", session=session)["type"] == "attached"  # to join one is not to begin one


def test_nobody_is_believed_who_is_no_trusted_proxy(serve: Serve) -> None:
    live = serve(Settings(database_url="sqlite://", max_sessions_per_address=1, trusted_proxies=("192.0.2.1",)))
    one, two = ({"X-Forwarded-For": f"10.0.0.{number}"} for number in (1, 2))
    with Page(live.socket, additional_headers=one), Page(live.socket, attach=False, additional_headers=two) as other:
        assert other.ask("attach")["code"] == "limit"


def test_sockets_of_one_address_are_limited(serve: Serve) -> None:
    from websockets.exceptions import InvalidStatus

    live = serve(Settings(database_url="sqlite://", max_sockets_per_address=2))
    with Page(live.socket), Page(live.socket) as second:
        with pytest.raises(InvalidStatus) as refused, Page(live.socket, attach=False):
            pass
        response = refused.value.response
        assert response.status_code == 429 and "2 sockets" in json.loads(response.body)["detail"]
        assert response.headers["Content-Security-Policy"]
        second.do("pause")
    live.until(lambda: not live.app.state.sessions.sockets)
    with Page(live.socket) as again:
        again.do("pause")


def test_a_socket_that_does_not_attach_is_let_go(serve: Serve) -> None:
    live = serve(Settings(database_url="sqlite://", attach_within=1.0))
    with Page(live.socket) as attached, Page(live.socket, attach=False) as idle:
        while True:
            try:
                idle.receive()
            except Exception as ended:
                assert getattr(ended, "rcvd", None) is not None and ended.rcvd.code == 4003
                break
        attached.do("pause")


def test_messages_that_come_too_fast_are_each_answered_and_the_session_goes_on(serve: Serve) -> None:
    live = serve(Settings(database_url="sqlite://", max_message_rate=0.001, max_message_burst=20, max_pending_events=1000))
    with Page(live.socket, attach=False) as page:
        page.ask("attach")
        for number in range(100):
            page.send("pause", id=f"pause {number}")
        answers: dict[Any, list[dict[str, Any]]] = {}
        while sum(str(id).startswith("pause") for id in answers) < 100:
            event = page.receive()
            if event is not None:
                answers.setdefault(event.get("id"), []).append(event)
        page.send("pause", id="last")
        page.until(lambda event: event.get("id") == "last")
        refused = [answers[f"pause {number}"] for number in range(100)]
        assert all(len(found) == 1 for found in refused)
        codes = [found[0].get("code", "done") for found in refused]
        assert codes == ["done"] * 19 + ["limit"] * 81
        assert "0.001" in refused[99][0]["allowed"] and "20" in refused[99][0]["allowed"]
        for bad in ('{"type": "pause", "id": 7, "x": 1}', "{", b"\x00", "x" * 100_000):  # nor is it answered twice
            page.socket.send(bad)
            assert page.until(lambda event: event["type"] == "error")["code"] == "limit"
        session = page.events[0]["session"]
    with Page(live.socket, session) as again:
        again.do("step")


def test_what_a_page_has_painted_is_noted_even_when_it_comes_too_fast(serve: Serve) -> None:
    live = serve(Settings(database_url="sqlite://", max_message_rate=0.001, max_message_burst=3))
    with Page(live.socket) as page:
        page.send("subscribe", channels=["parameters"])
        page.send("play", speed={"unit": "flat", "rate": 1})
        page.frame("parameters")
        page.frame("parameters", lambda header: header["frame"] > 3)  # acknowledged, each beyond the rate


def test_a_page_that_paints_sixty_times_a_second_is_far_from_the_rate() -> None:
    settings = Settings()
    bucket = Bucket(settings.max_message_rate, settings.max_message_burst)
    assert all(bucket.take() for _ in range(5 * 60 * 8))  # five seconds' worth, all at once
    assert settings.max_message_rate >= 4 * 60 * 8


def test_tokens_come_back_at_their_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("server.wire.limits.time.monotonic", lambda: now)
    bucket = Bucket(8.0, 5.0)
    assert [bucket.take() for _ in range(6)] == [True] * 5 + [False]
    now += 0.375
    assert [bucket.take() for _ in range(4)] == [True] * 3 + [False]
    now += 60.0
    assert [bucket.take() for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        (None, "unknown"),
    ],
)
def test_who_is_counted_as_one_address(host: str | None, counted: str) -> None:
    assert address_of(host) == counted


@pytest.mark.parametrize(
    ("given", "body", "status", "code", "allowed"),
    [
        ({"max_table_bytes": 100}, b"a,b\n" + b"1,2\n" * 50, 413, "too_large", "at most 100 bytes"),
        ({"max_table_rows": 10}, b"a,b\n" + b"1,2\n3,4\n" * 51, 422, "limit", "at most 100 rows"),
        ({"max_table_columns": 3}, b"a,b,c,d\n1,2,3,4\n", 422, "limit", "at most 3 columns"),
    ],
)
def test_tables_are_limited(serve: Serve, given: dict[str, int], body: bytes, status: int, code: str, allowed: str) -> None:
    live = serve(Settings(database_url="sqlite://", **given))  # type: ignore[arg-type]
    for path in ("/api/table", "/api/table/data?target=1&task=regression&inputs=0"):
        connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
        connection.request("POST", path, body, {"Content-Type": "text/csv"})
        response = connection.getresponse()
        told = json.loads(response.read())
        connection.close()
        assert (response.status, told["code"], told["allowed"]) == (status, code, allowed)


def test_tables_that_wait_are_limited(serve: Serve) -> None:
    live = serve(Settings(database_url="sqlite://", max_uploads=1))
    slow = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    slow.putrequest("POST", "/api/table")
    slow.putheader("Content-Type", "text/csv")
    slow.putheader("Content-Length", "8")
    slow.endheaders(b"a,b\n")  # and the rest does not come yet

    def post() -> int:
        other = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
        other.request("POST", "/api/table", b"a,b\n1,2\n3,4\n", {"Content-Type": "text/csv"})
        response = other.getresponse()
        told = json.loads(response.read())
        other.close()
        assert response.status == 200 or (told["code"], told["allowed"]) == ("limit", "1")
        return response.status

    live.until(lambda: post() == 503)
    slow.send(b"1,2\n")
    assert slow.getresponse().status == 422  # one row is no table
    slow.close()
    assert post() == 200
