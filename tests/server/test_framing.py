"""Who may show the page in a frame: nobody, or those that a setting names; and a frame's page drives no more than its own."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable

import pytest
from live_server import Live
from pages import Page
from websockets.exceptions import InvalidStatus

from server.http.security import HEADERS, headers_for
from server.settings import Settings

Serve = Callable[..., Live]
MOODLE = "https://moodle.school.example"


def answered(live: Live, path: str, **more: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request(
        "POST" if more else "GET", path, b"a,b\n" + b"1,2\n3,5\n" * 20 if more else None, {"Content-Type": "text/csv", **more}
    )
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def test_those_that_are_named_may_frame_every_page_and_nobody_else(live: Live, serve: Serve) -> None:
    framed = serve(Settings(database_url="sqlite://", frame_ancestors=("'self'", MOODLE)))
    for path in ("/", "/join", "/api/catalog", "/api/nothing", "/healthz"):
        for server, named in ((live, "'none'"), (framed, f"'self' {MOODLE}")):
            response = answered(server, path)
            policy = response.headers["Content-Security-Policy"]
            assert policy.rpartition("frame-ancestors ")[2] == named
            assert response.headers["X-Frame-Options"] is None, "it would contradict the policy"
            # Nothing else of it is let go.
            before = HEADERS["Content-Security-Policy"]
            assert policy.replace(f"frame-ancestors {named}", "frame-ancestors 'none'") == before
    assert headers_for() == HEADERS


def test_a_frame_brings_no_further_origin(serve: Serve) -> None:
    """What frames the page is not the page: a socket or a file comes from the server's own origin, and never from nowhere."""
    live = serve(Settings(database_url="sqlite://", frame_ancestors=(MOODLE, "https:")))
    own = f"http://127.0.0.1:{live.port}"
    Page(live.socket, additional_headers={"Origin": own}).close()
    assert answered(live, "/api/table", Origin=own).status == 200
    for origin in ("null", MOODLE, "https://elsewhere.example"):
        assert answered(live, "/api/table", Origin=origin).status == 403
        for path in ("ws", "room", "mirror"):
            with pytest.raises(InvalidStatus) as caught:
                Page(live.socket.replace("/ws", f"/{path}"), additional_headers={"Origin": origin})
            assert caught.value.response.status_code == 403


def test_what_tells_a_sandbox_why_it_is_empty_is_read_from_everywhere_and_nothing_else(live: Live) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request("GET", "/")
    links = re.findall(r'(?:href|src)="(page-[^"]+)"', connection.getresponse().read().decode())
    connection.close()
    read_by = {link.rpartition("/")[2]: answered(live, f"/{link}").headers["Cross-Origin-Resource-Policy"] for link in links}
    assert read_by.pop("sandboxed.js") == "cross-origin"
    assert len(read_by) > 20 and set(read_by.values()) == {"same-origin"}


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("", ()),
        ("self", ("'self'",)),
        ("'self', HTTPS://Moodle.School.example/", ("'self'", MOODLE)),
        ("https://*.school.example:8443,http://localhost:*", ("https://*.school.example:8443", "http://localhost:*")),
        ("http://127.0.0.1:8888, vscode-webview:, https:", ("http://127.0.0.1:8888", "vscode-webview:", "https:")),
    ],
)
def test_what_may_be_named(text: str, sources: tuple[str, ...]) -> None:
    assert Settings.from_environment({"CHAINRULE_FRAME_ANCESTORS": text}).frame_ancestors == sources


@pytest.mark.parametrize(
    "text",
    [
        *("null", "*", "'none'", "moodle.school.example", "ftp://school.example", "http:", "data:", "https://"),
        *("https://a.example; script-src *", "https://a.example https://b.example", "https://a.example/course", "https://*"),
        *("https://*.1.2.3.4", "https://a.example:99999", "https://a.example:1:*", "https://[::1]", "https://a.*.example"),
        "https://a.example\r\nX: y",
    ],
)
def test_what_may_not_is_refused_by_name_with_what_may(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        Settings.from_environment({"CHAINRULE_FRAME_ANCESTORS": text})
    said = str(caught.value)
    assert (
        said.startswith("CHAINRULE_FRAME_ANCESTORS: ")
        and "https://*.school.example" in said
        and repr(text.removesuffix("/")) in said
    )
