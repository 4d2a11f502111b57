"""Requests drawn from the OpenAPI description of the routes (which is not served), and hostile paths: no fault of ours, no file
that is not the page's, no path or trace in any answer, and the security headers on every one."""

from __future__ import annotations

import asyncio
import http.client
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_server import Live
from schemathesis.checks import not_a_server_error
from starlette.applications import Starlette
from starlette.routing import Mount

from server.app import create_app
from server.http.assets import PageFiles, web_folder
from server.http.security import HEADERS
from server.settings import Settings

app = create_app(Settings(database_url="sqlite://"))
description = schemathesis.openapi.from_dict(app.openapi())
bounded = settings(
    max_examples=6,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TOLD = (str(web_folder().parent).encode(), b"Traceback", b"site-packages", b'.py"', b"create_app", b"root:")
"""What no answer to a hostile request holds."""


def request(
    live: Live, method: str, path: str | bytes, body: bytes | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """A request whose path is sent as it is written."""
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection._encode_request = lambda text: text.encode("latin-1")  # type: ignore[attr-defined]
    connection._validate_path = lambda url: None  # type: ignore[attr-defined]
    connection.request(method, path.decode("latin-1") if isinstance(path, bytes) else path, body, headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


@pytest.fixture
def base(live: Live) -> str:
    return f"http://127.0.0.1:{live.port}"


@description.parametrize()
@bounded
def test_routes_take_whatever_their_description_allows_and_more(case: schemathesis.Case, base: str) -> None:
    response = case.call(base_url=base)
    case.validate_response(response, checks=[not_a_server_error])
    assert all(response.headers[name.lower()] == [value] for name, value in HEADERS.items())
    if response.status_code >= 400:
        assert not any(told in response.content for told in TOLD)


def test_the_description_has_every_route(live: Live) -> None:
    paths = set(app.openapi()["paths"])
    assert {"/healthz", "/metrics", "/api/limits", "/api/table", "/api/table/data", "/api/catalog"} <= paths
    for path in ("/openapi.json", "/docs", "/redoc"):
        assert request(live, "GET", path)[0].status == 404


HOSTILE = r".. . %2e%2e %2E. ..%2f ..%5c \ // / %00 %0a %c0%ae%c0%ae %252e%252e C: file: ~ * ?x=.. server app.py src index.html"
PIECES = st.sampled_from([*HOSTILE.split(), "etc", "passwd", "pyproject.toml", ".git", "config", "a" * 300])


@given(pieces=st.lists(PIECES, max_size=8), slashes=st.booleans())
@bounded
def test_paths_lead_nowhere_else(live: Live, pieces: list[str], slashes: bool) -> None:
    path = "/" + ("/" if slashes else "").join(pieces)
    response, body = request(live, "GET", path)
    assert response.status in (200, 304, 307, 400, 404, 405), (path, response.status)
    if response.status == 200:
        assert body in PAGE or body == request(live, "GET", "/")[1] or path.startswith(("/api", "/healthz", "/metrics")), path
    assert not any(told in body for told in TOLD if body not in PAGE), path
    location = response.headers.get("Location")
    assert location is None or location.startswith(f"http://127.0.0.1:{live.port}/"), (path, location)


PAGE = {file.read_bytes() for file in web_folder().rglob("*") if file.is_file()}


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_link_out_of_the_pages_folder_is_not_followed(tmp_path: Path, kind: str) -> None:
    inside, outside = tmp_path / "web", tmp_path / "secrets"
    inside.mkdir()
    outside.mkdir()
    (inside / "index.html").write_text("the page")
    (outside / "key").write_text("a secret")
    (inside / "link").symlink_to(outside / "key" if kind == "file" else outside)

    async def statuses() -> list[int]:
        served = Starlette(routes=[Mount("/", PageFiles(directory=inside, html=True))])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(served), base_url="http://x") as client:
            return [(await client.get(path)).status_code for path in ("/", "/link", "/link/key", "/link/", "/a/../link/key")]

    assert asyncio.run(statuses()) == [200, 404, 404, 404, 404]


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/limits", "/api/catalog", "/metrics", "/api/table", "/nothing"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "DANCE"])
def test_methods(live: Live, method: str, path: str) -> None:
    response, body = request(live, method, path)
    assert response.status < 500
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    if method in ("PUT", "DELETE", "PATCH", "TRACE", "DANCE"):
        assert response.status in (404, 405), (method, path, response.status)
    assert not any(told in body for told in TOLD) or (method == "GET" and response.status == 200)


@pytest.mark.parametrize("path", ["/", "/api/limits", "/api/table", "/healthz"])
def test_a_body_without_end_is_answered_before_it_is_read(live: Live, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "text/csv")
    connection.putheader("Content-Length", str(10**10))
    connection.endheaders()
    for _ in range(60):
        connection.send(b"1,2\n" * 25_000)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == (413 if path == "/api/table" else 405), body
    assert request(live, "GET", "/healthz")[0].status == 200
