"""Readers that do not keep up: what is held for one is bounded, it is told or let go of, and the others are not disturbed."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterator

import pytest
from live_server import Live
from pages import Page
from websockets.exceptions import ConnectionClosed

from server.protocol import CLOSE_OVERFLOW
from server.session.viewer import Viewer
from server.settings import Settings

Serve = Callable[[Settings], Live]
CHANNELS = ["series", "parameters", "maps"]
SPEC = {"network": {"layers": [{"units": 8}, {"units": 8}]}}


@contextlib.contextmanager
def narrow(live: Live) -> Iterator[Page]:
    """A page whose side of the line takes little before it is read."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    line.connect(("127.0.0.1", live.port))
    page = Page(live.socket, sock=line, max_queue=1)
    try:
        yield page
    finally:
        line.close()


def viewer_of(live: Live, page: Page) -> Viewer:
    found: Viewer | None = live.app.state.sessions.find(page.attached["session"]).viewer
    assert found is not None
    return found


def test_a_page_that_reads_no_more_is_let_go_and_little_is_held_for_it(serve: Serve) -> None:
    """It goes on acknowledging, blindly, and so asks for ever more of what it does not read."""
    live = serve(Settings(database_url="sqlite://", stalled_seconds=0.5))
    with narrow(live) as page, Page(live.socket) as other:
        for reader in (page, other):
            reader.run_info()
            reader.do("configure", spec=SPEC)
            reader.do("subscribe", channels=CHANNELS, grid=100, ahead=1)
        page.do("play", speed={"unit": "flat"})
        viewer = viewer_of(live, page)
        most, last = 0, 0

        def gone() -> bool:
            nonlocal most, last
            most = max(most, viewer.held)
            newest = max((number for slot in viewer.slots.values() for number in slot.outstanding), default=last)
            with contextlib.suppress(ConnectionClosed, OSError):
                for number in range(last + 1, newest + 1):
                    for channel in CHANNELS:
                        page.socket.send(json.dumps({"type": "acknowledge", "channel": channel, "frame": number}))
            last = newest
            return viewer.closing.done()

        live.until(gone)
        assert viewer.closing.result() == CLOSE_OVERFLOW
        frame = max(len(data["maps"].tobytes()) for _, data in [other.frame("maps")])
        assert frame > 100_000 and most < 2 * len(CHANNELS) * 2 * frame
        live.until(lambda: live.app.state.sessions.find(page.attached["session"]).viewer is None)
        other.do("step", count=5)
        assert viewer_of(live, other).closing.done() is False
    with Page(live.socket, page.attached["session"]) as again:
        assert again.attached["resumed"] is True and again.until_state(lambda state: state["status"] == "playing")
        again.do("pause")


def test_a_page_that_takes_what_comes_is_not_let_go_however_little_comes(serve: Serve) -> None:
    live = serve(Settings(database_url="sqlite://", stalled_seconds=0.05))
    with Page(live.socket) as page:
        page.run_info()
        viewer = viewer_of(live, page)
        page.do("play", speed={"unit": "steps", "rate": 10})
        page.until_state(lambda state: state["step"] > 8)
        page.do("pause")
        live.until(lambda: viewer.sending_since is None)
        assert not viewer.closing.done()


def test_a_page_that_paints_slowly_is_told_and_told_when_it_no_longer_does(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its acknowledgements are made late by moving the times of sending, not by waiting."""
    with Page(live.socket) as page:
        page.run_info()
        page.do("subscribe", channels=["parameters"], ahead=1)
        viewer, late = viewer_of(live, page), [1.2]
        took = viewer.reading.took
        monkeypatch.setattr(viewer.reading, "took", lambda seconds: took(seconds + late[0]))
        page.do("play", speed={"unit": "flat"})
        told = page.until(lambda event: event["type"] == "pace")
        assert told["slow"] is True and 0.5 < told["frames_per_second"] < 2.5
        count = len(page.frames["parameters"])
        while len(page.frames["parameters"]) < count + 3:
            assert len(viewer.slots["parameters"].outstanding) <= 2
            page.receive()
        late[0] = 0.0
        told = page.until(lambda event: event["type"] == "pace")
        assert told["slow"] is False and told["frames_per_second"] > 3.9
        page.do("pause")
