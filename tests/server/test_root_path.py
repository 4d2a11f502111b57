"""A server below a path of its host: with proxies that take the path off and with those that leave it on."""

from __future__ import annotations

import re

import httpx
import pytest
from fastapi.testclient import TestClient
from live_server import serving
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from server.app import create_app
from server.hosts import path_of
from server.settings import Settings

ROOT = "/tools/chainrule"


def client(address: str = "127.0.0.1", **settings: object) -> TestClient:
    app = create_app(Settings(database_url="sqlite://", allowed_hosts=("*",), **settings))  # type: ignore[arg-type]
    return TestClient(app, client=(address, 50000), follow_redirects=False)


@pytest.mark.parametrize("before", ["", ROOT], ids=["taken off", "left on"])
def test_all_is_there_whatever_the_proxy_does_with_the_path(before: str) -> None:
    with client(root_path=ROOT) as web:
        page = web.get(f"{before}/")
        assert page.status_code == 200
        files = re.findall(r'(?:href|src)="([^":]+)"', page.text)
        assert len(files) > 50 and not [file for file in files if file.startswith("/")]
        assert web.get(f"{before}/{files[0]}").status_code == 200
        for path in ("healthz", "api/catalog", "api/limits", "join", "src/toolkit/address.js"):
            assert web.get(f"{before}/{path}").status_code == 200, path
        assert web.get(f"{before}/src/toolkit/none.js").status_code == 404


def test_the_slash_at_its_end_is_part_of_the_pages_address() -> None:
    with client(root_path=ROOT) as web:
        for asked, there in (("", "/"), ("?embed=train", "/?embed=train"), ("/join/", "/join")):
            answer = web.get(ROOT + asked)
            assert answer.status_code == 308 and answer.next_request is not None
            assert str(answer.next_request.url).removeprefix(f"http://testserver{ROOT}") == there
        # A path that only begins alike is none of it.
        assert web.get(f"{ROOT}s/").status_code == 404


def test_a_trusted_proxy_may_say_the_path() -> None:
    said = {"X-Forwarded-Prefix": f"{ROOT}/"}
    with client() as web:
        for path in (ROOT + "/api/catalog", "/api/catalog"):
            assert web.get(path, headers=said).status_code == 200
        assert web.get(ROOT, headers=said).status_code == 308
        assert web.get(f"{ROOT}/api/catalog").status_code == 404
    # It is believed whoever it says that it asks for …
    with client(trusted_proxies=("10.0.0.1",), address="10.0.0.1") as web:
        assert web.get(f"{ROOT}/healthz", headers={**said, "X-Forwarded-For": "203.0.113.9"}).status_code == 200
    # … and nobody else is.
    with client(trusted_proxies=("10.0.0.1",), address="10.0.0.2") as web:
        assert web.get(f"{ROOT}/healthz", headers=said).status_code == 404


@pytest.mark.parametrize(
    "text", ["//evil.example", "/a/../b", "/a b", '/"x', "/a//b", "tools", "/a\\b", f"/{'a' * 200}", "/%2e%2e/a", "/é"]
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a root path is like /tools/chainrule"):
        path_of(text)
    with pytest.raises(ValueError, match="CHAINRULE_ROOT_PATH: a root path"):
        Settings.from_environment({"CHAINRULE_ROOT_PATH": text})


def test_an_ill_formed_prefix_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    with client() as web:
        for text in ("//evil.example", "/a/../b"):
            assert web.get("/healthz", headers={"X-Forwarded-Prefix": text}).status_code == 200
            answer = web.get("//evil.example", headers={"X-Forwarded-Prefix": text})
            assert "location" not in answer.headers
    assert sum("X-Forwarded-Prefix is ignored" in record.message for record in caplog.records) == 1


def test_where_the_path_is_a_secret_nothing_else_is_answered() -> None:
    with client(root_path="/k3y", only_root_path=True) as web:
        assert web.get("/k3y/").status_code == 200 and web.get("/k3y/api/catalog").status_code == 200
        assert web.get("/healthz").json() == {"status": "ok"}
        for path in ("/", "/api/catalog", "/k3/", "/k3yy/", "/metrics", "/src/main.js", "/K3Y/"):
            answer = web.get(path)
            assert answer.status_code == 403 and "frame-ancestors" in answer.headers["content-security-policy"], path


def test_a_trusted_proxy_may_name_the_secret_in_a_header() -> None:
    named = {"X-Forwarded-Prefix": "/k3y"}
    wrong: tuple[dict[str, str], ...] = ({}, {"X-Forwarded-Prefix": "/k3"}, {"X-Forwarded-Prefix": "/"})
    with serving(Settings(database_url="sqlite://", root_path="/k3y", only_root_path=True)) as live:
        address = f"127.0.0.1:{live.port}"
        assert httpx.get(f"http://{address}/api/catalog", headers=named).status_code == 200
        assert [httpx.get(f"http://{address}/api/catalog", headers=each).status_code for each in wrong] == [403] * len(wrong)
        with connect(f"ws://{address}/ws", additional_headers=named) as socket:
            socket.send('{"type": "none"}')
            assert '"error"' in socket.recv(timeout=60)
        for each in wrong:
            with pytest.raises(InvalidStatus), connect(f"ws://{address}/ws", additional_headers=each):
                pass
    with serving(
        Settings(database_url="sqlite://", root_path="/k3y", only_root_path=True, trusted_proxies=("10.0.0.1",))
    ) as live:
        assert httpx.get(f"http://127.0.0.1:{live.port}/api/catalog", headers=named).status_code == 403, "nobody trusts it"


def test_sockets_are_below_the_path_too() -> None:
    with serving(Settings(database_url="sqlite://", root_path="/k3y", only_root_path=True)) as live:
        address = f"ws://127.0.0.1:{live.port}"
        for path in ("ws", "room", "mirror"):
            with connect(f"{address}/k3y/{path}") as socket:
                socket.send('{"type": "none"}')
                assert '"error"' in socket.recv(timeout=60), path
            for wrong in (path, f"k3/{path}", f"k3yy/{path}"):
                with pytest.raises(InvalidStatus) as refused, connect(f"{address}/{wrong}"):
                    pass
                assert refused.value.response.status_code == 403, wrong
    with serving(Settings(database_url="sqlite://", root_path=ROOT)) as live:
        for before in ("", ROOT):
            with connect(f"ws://127.0.0.1:{live.port}{before}/ws") as socket:
                socket.send('{"type": "none"}')
                assert '"error"' in socket.recv(timeout=60)
