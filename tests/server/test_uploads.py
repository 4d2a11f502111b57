"""Tables on their way: whoever trickles or fills every place is in nobody's way."""

from __future__ import annotations

import http.client
import json
import signal
import time
from pathlib import Path

import pytest
from live_server import Live
from processes import ServerProcess, kill, runs
from test_limits import Serve
from test_reading import children

from server.settings import Settings
from server.tables import uploads
from server.tables.uploads import NoPlaceError, Uploads

TABLE = b"a,b\n1,2\n3,4\n5,6\n"


def begun(live: Live, first: bytes = b"a,b\n") -> http.client.HTTPConnection:
    """An upload that does not come whole."""
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.putrequest("POST", "/api/table")
    connection.putheader("Content-Type", "text/csv")
    connection.putheader("Content-Length", "1000")
    connection.endheaders(first)
    return connection


def answer(connection: http.client.HTTPConnection) -> tuple[int, str]:
    response = connection.getresponse()
    told = json.loads(response.read())
    connection.close()
    return response.status, told.get("detail", "")


def post(port: int, body: bytes = TABLE) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/api/table", body, {"Content-Type": "text/csv"})
    return answer(connection)


def test_places_are_shared_among_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    places = Uploads(4)
    greedy = [places.enter("greedy") for _ in range(4)]
    modest = [places.enter("modest"), places.enter("modest")]
    assert [upload.gave_way for upload in greedy] == [False, False, True, True]  # those that came last
    with pytest.raises(NoPlaceError):
        places.enter("modest")
    with pytest.raises(NoPlaceError):
        places.enter("greedy")
    assert not any(upload.gave_way for upload in modest)
    # One that still comes after a while has its place only as long as nobody wants it, though they be of one address.
    greedy[0].came()
    monkeypatch.setattr(uploads, "GRACE", -1.0)
    places.enter("greedy")
    assert greedy[1].gave_way and not greedy[0].gave_way


def test_files_that_trickle_make_way_and_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    live = serve(Settings(database_url="sqlite://", max_uploads=2))
    slow = [begun(live), begun(live)]
    live.until(lambda: post(live.port)[0] == 503)
    monkeypatch.setattr(uploads, "GRACE", -1.0)
    assert post(live.port)[0] == 200
    status, words = answer(slow[0])
    assert status == 503 and "try again" in words
    monkeypatch.setattr(uploads, "SILENCE", 0.02)
    silent = begun(live)
    status, words = answer(silent)
    assert status == 408 and "did not come" in words
    slow[1].close()
    assert post(live.port)[0] == 200


@pytest.mark.slow(seconds=30)
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_is_left_behind(workers: int, end: signal.Signals, tmp_path: Path) -> None:
    with ServerProcess(f"sqlite:///{tmp_path / 'kept.sqlite3'}", workers=workers) as server:
        serving = server.workers if workers > 1 else [server.process.pid]
        readers: list[int] = []
        deadline = time.monotonic() + 30
        while len(readers) < workers and time.monotonic() < deadline:
            assert post(server.port)[0] == 200
            readers = [reader for pid in serving for reader in children(pid)]
        assert len(readers) == workers
        if end == signal.SIGKILL:
            for pid in serving:
                kill(pid)
        else:
            server.send(end)
        while any(runs(pid) for pid in readers):
            assert time.monotonic() < deadline
            time.sleep(0.01)
