"""The socket: frames as the server encodes them, a line that breaks, a session opened twice."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import numpy as np
import pytest
from cuttable_line import Line
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect
from train_page import Train

from server.wire.frames import encode


@pytest.fixture
def line(server_url: str) -> Iterator[Line]:
    """A line to the server that can be cut."""
    parts = urlsplit(server_url)
    with Line(parts.hostname or "127.0.0.1", parts.port or 80) as line:
        yield line


def test_frames_are_decoded_without_a_copy(page: Page, server_url: str) -> None:
    arrays = {
        "f64": np.array([[1.5, -2.25, 1e-300], [np.pi, np.inf, -0.0]]),
        "u8": np.arange(7, dtype=np.uint8),
        "i32": np.array([-(2**31), 2**31 - 1], dtype=np.int32),
        "f32": np.array([0.1], dtype=np.float32),
        "none": np.zeros((0, 3)),
    }
    header = {"type": "frame", "channel": "maps", "frame": 3, "run": 2, "branch": 1, "step": 40, "meta": {"word": "héllo 𝓛"}}
    page.goto(server_url)
    found = page.evaluate(
        """async (text) => {
          const { decodeFrame } = await import("/src/wire/frames.js");
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const frame = decodeFrame(bytes.buffer);
          const arrays = {};
          for (const [name, { data, shape }] of Object.entries(frame.arrays)) {
            const shared = data.buffer === bytes.buffer;
            arrays[name] = { values: Array.from(data, String), shape, type: data.constructor.name, shared };
          }
          return { ...frame, arrays };
        }""",
        base64.b64encode(encode(header, arrays)).decode(),
    )
    assert {key: found[key] for key in ("channel", "frame", "run", "branch", "step", "meta")} == {
        key: value for key, value in header.items() if key != "type"
    }
    types = {"f64": "Float64Array", "u8": "Uint8Array", "i32": "Int32Array", "f32": "Float32Array", "none": "Float64Array"}
    for name, array in arrays.items():
        decoded = found["arrays"][name]
        assert decoded["shared"], f"{name} was copied"
        assert (decoded["type"], decoded["shape"]) == (types[name], list(array.shape))
        values = [float(value.replace("Infinity", "inf")) for value in decoded["values"]]
        assert np.array_equal(np.array(values, dtype=array.dtype), array.ravel())


def test_a_broken_line_is_mended_and_the_session_goes_on(page: Page, line: Line, complaints) -> None:  # type: ignore[no-untyped-def]
    complaints.expect("WebSocket connection")
    complaints.expect("ERR_")
    train = Train(page).open(line.url)
    for step in (1, 2, 3):
        train.hook("forward").click()
        train.settle(step)
    before = train.numbers()
    session = page.evaluate("sessionStorage.getItem('chainrule.session')")
    line.cut()
    expect(train.hook("notice")).to_contain_text("connection is lost")
    expect(train.hook("forward")).to_be_disabled()
    line.mend()
    expect(train.hook("forward")).to_be_enabled()
    expect(train.hook("notice")).not_to_contain_text("connection is lost")
    train.settle(3)
    assert train.numbers() == before
    assert page.evaluate("sessionStorage.getItem('chainrule.session')") == session
    train.hook("forward").click()
    train.settle(4)
    train.hook("back").click()
    train.settle(3)
    assert train.numbers() == before


def test_a_reload_finds_the_session_again(train: Train) -> None:
    train.choose("moons")
    train.hook("forward").click()
    train.settle(1)
    before = train.numbers()
    train.page.reload()
    expect(train.page.locator("main[data-ready=true]")).to_be_visible()
    train.settle(1)
    assert train.numbers() == before
    expect(train.hook("subject")).to_contain_text("moons")


def test_the_newer_page_has_control_and_gives_it_back(train: Train, context: BrowserContext, server_url: str) -> None:
    session = train.page.evaluate("sessionStorage.getItem('chainrule.session')")
    other = context.new_page()
    other.add_init_script(f"sessionStorage.setItem('chainrule.session', '{session}')")
    second = Train(other).open(server_url)
    expect(train.hook("notice")).to_contain_text("opened elsewhere")
    expect(train.hook("play")).to_be_disabled()
    second.hook("forward").click()
    second.settle(1)
    train.page.bring_to_front()
    train.hook("notice").get_by_role("button", name="take control back").click()
    train.settle(1)
    expect(train.hook("play")).to_be_enabled()
    other.bring_to_front()
    expect(second.hook("notice")).to_contain_text("opened elsewhere")


@pytest.mark.slow(seconds=4)
def test_a_session_that_is_forgotten_is_begun_anew(page: Page, server_url: str) -> None:
    page.add_init_script(
        "sessionStorage.getItem('chainrule.session') ?? sessionStorage.setItem('chainrule.session', 'long-gone')"
    )
    train = Train(page).open(server_url)
    train.settle(0)
    assert page.evaluate("sessionStorage.getItem('chainrule.session')") != "long-gone"
    train.hook("forward").click()
    train.settle(1)


@pytest.mark.slow(seconds=4)
def test_a_session_that_a_newer_server_kept_is_told_of_and_another_begins(page: Page, server_url: str) -> None:
    """In the server's words: it answers so where it was put back to an older version."""
    page.add_init_script("sessionStorage.getItem('chainrule.session') ?? sessionStorage.setItem('chainrule.session', 'newer')")
    asked: list[str | None] = []

    def handle(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def said(message: str | bytes) -> None:
            command = json.loads(message)
            if command["type"] == "attach":
                asked.append(command["session"])
            if asked[-1] == "newer":
                words = "This session was kept by a newer chainrule (its run). It is left as it is, and a new one begins"
                socket.send(json.dumps({"type": "error", "code": "unreadable_session", "field": "session", "message": words}))
            else:
                server.send(message)

        socket.on_message(said)

    page.route_web_socket("**/ws", handle)
    train = Train(page).open(server_url)
    expect(train.hook("notice")).to_contain_text("kept by a newer chainrule (its run)")
    expect(train.hook("notice")).to_contain_text("a new one begins. What you named is still under Experiments")
    train.settle(0)
    assert asked == ["newer", None] and page.evaluate("sessionStorage.getItem('chainrule.session')") != "newer"
    train.hook("forward").click()
    train.settle(1)
