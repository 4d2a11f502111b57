"""Which host a request may name, and which page may open the socket: what is strange is refused, and is no fault of ours."""

from __future__ import annotations

import ipaddress
import logging
import random
import socket
from collections.abc import Callable

import pytest
from live_server import Live
from pages import Page

from server import hosts
from server.commands.serve import greeting, listen
from server.hosts import host_of, origin_of
from server.http.security import host_allowed
from server.settings import Settings

Serve = Callable[[Settings], Live]
UPGRADE = (
    b"Connection: Upgrade",
    b"Upgrade: websocket",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)
STRANGE = [
    "null",
    "",
    " ",
    "http://",
    "http://[::1",
    "http://[::1]]:80",
    "http://[zz]",
    "http://[1.2.3.4]",
    "http://[::1%25eth0]",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:-1",
    "http://127.0.0.1:80:80",
    "http://127.0.0.1:x",
    "http://user@127.0.0.1",
    "http://127.0.0.1/path",
    "http://127.0.0.1\\@elsewhere.example",
    "http://1.2.3",
    "http://a..b",
    "http://ℂ.example",
    "//127.0.0.1",
    "file://",
    "data:text/html,x",
    "chrome-extension://abc",
    "http://" + "a" * 5000,
    "http://\xff\xfe",
    "http://%zz",
    "http://elsewhere.example http://127.0.0.1",
]


def ask(live: Live, host: str | bytes | None, *more: bytes, path: str = "/metrics") -> int:
    """The status of a request whose headers are sent as they are; 0 where there is no answer."""
    named = [] if host is None else [b"Host: " + (host.encode() if isinstance(host, str) else host)]
    version = "1.0" if host is None else "1.1"
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as connection:
        connection.sendall(b"\r\n".join([f"GET {path} HTTP/{version}".encode(), *named, *more, b"", b""]))
        first = connection.makefile("rb").readline().split()
    return int(first[1]) if len(first) > 1 else 0


def opens(live: Live, origin: bytes, host: str = "") -> int:
    return ask(live, host or f"127.0.0.1:{live.port}", b"Origin: " + origin, *UPGRADE, path="/ws")


def test_a_site_whose_name_leads_here_reads_nothing(live: Live) -> None:
    for path in ("/metrics", "/", "/api/limits", "/nothing"):
        assert ask(live, "rebound.example", path=path) == 421
        assert ask(live, f"127.0.0.1:{live.port}.rebound.example", path=path) == 421
    assert ask(live, "127.0.0.1", b"Host: rebound.example") in (400, 421)
    assert opens(live, b"http://rebound.example", host="rebound.example") == 421
    assert ask(live, f"localhost:{live.port}") == ask(live, f"LOCALHOST.:{live.port}") == ask(live, "[::1]:80") == 200
    assert ask(live, "127.0.0.1:1") == ask(live, "127.1.2.3") == 200, "a port may be forwarded"
    assert ask(live, None) == 200, "a program may name no host, as it could before there were names"
    assert opens(live, b"", host=f"127.0.0.1:{live.port}") == 403
    assert opens(live, f"http://127.0.0.1:{live.port}".encode()) == 101


def test_who_runs_it_adds_names(serve: Serve) -> None:
    live = serve(Settings(database_url="sqlite://", allowed_hosts=("learn.example", "*.school.example", "[fd00::1]")))
    for host in ("learn.example", "Learn.Example:443", "a.school.example", "a.b.school.example", "[fd00:0::1]:8000"):
        assert ask(live, host) == 200, host
    for host in ("school.example", "learn.example.org", "xlearn.example", "xschool.example", "[fd00::99]"):
        assert ask(live, host) == 421, host
    assert opens(live, b"https://learn.example", host="learn.example:443") == 101, "the port that goes without saying"
    assert opens(live, b"https://learn.example:444", host="learn.example:443") == 403
    everything = serve(Settings(database_url="sqlite://", allowed_hosts=("*",)))
    assert ask(everything, "anything.example") == 200 and ask(everything, "two words") == 421


def test_on_an_address_of_its_network_a_server_goes_by_any_address_and_its_own_names() -> None:
    own = {"localhost", "pc", "pc.local"}
    for host in ("192.168.1.5:8000", "10.1.1.1", "[fd00::7]:8000", "pc:8000", "pc.local", "PC"):
        assert host_allowed([host], "192.168.1.5", (), own), host
    for host in ("rebound.example", "pc.example", "1.2.3", "[::1", "", "pc:99999"):
        assert not host_allowed([host], "192.168.1.5", (), own), host
    assert host_allowed(["192.168.1.5"], None, (), own), "a socket in the file system: no browser gets there"


def test_strange_origins_and_hosts_are_refused_and_no_fault(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    draw = random.Random(16)
    letters = "http://[]:.@/\\%0123456789abcdefxyz-_~ \t\x00\x7fäℂ💥"
    noise = ["".join(draw.choices(letters, k=draw.randrange(1, 40))) for _ in range(60)]
    noise += [f"http://{text}" for text in noise]
    own = f"http://127.0.0.1:{live.port}"
    with caplog.at_level(logging.WARNING):
        for text in [*STRANGE, *noise]:
            raw = text.encode("utf-8").replace(b"\r", b"").replace(b"\n", b"")
            assert opens(live, raw) in (400, 403), text
            assert ask(live, raw.removeprefix(b"http://") or b" ") in (400, 421, 200), text
        assert opens(live, own.encode(), host=f"127.0.0.1:{live.port}") == 101
        with Page(live.socket, additional_headers={"Origin": own}) as page:
            page.run_info()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], caplog.text


def test_reading_hosts_and_origins() -> None:
    for text in [text for text in STRANGE if text != "http://[::1%25eth0]"]:
        assert origin_of(text) is None, text
    assert origin_of("HTTPS://[2001:DB8::1]") == ("https", "2001:db8::1", 443)
    assert origin_of("http://a.example.:8000") == ("http", "a.example", 8000)
    for text in (
        "0x7f.1",
        "2130706433",
        "1.2.3.4.5",
        "256.1.1.1",
        "-a",
        "a-",
        "a" * 64,
        ".",
        "..",
        "a:",
        "a:0",
        "a:65536",
        "a:+1",
    ):
        assert host_of(text) is None, text
    draw = random.Random(1)
    for _ in range(3000):  # nothing raises
        text = "".join(draw.choices("[]:.0123456789abcf%@xyz-_ é\x00", k=draw.randrange(0, 24)))
        found = host_of(text)
        assert found is None or (found.name and found.name == found.name.lower())


def test_addresses_that_learners_can_type_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [ipaddress.ip_address(text) for text in ("192.168.1.5", "fd00::2")]
    monkeypatch.setattr(hosts, "own_addresses", lambda: found)
    with listen("0.0.0.0", 0) as listener:
        port = listener.getsockname()[1]
        first, second = greeting("0.0.0.0", listener).splitlines()
        assert f"http://127.0.0.1:{port}" in first
        assert f"http://192.168.1.5:{port}" in second and "fd00" not in second
    if socket.has_dualstack_ipv6():
        with listen("::", 0) as listener:
            told = greeting("::", listener)
            assert f"http://192.168.1.5:{port}".rpartition(":")[0] in told and "http://[fd00::2]:" in told
    with listen("127.0.0.1", 0) as listener:
        assert len(greeting("127.0.0.1", listener).splitlines()) == 1
    monkeypatch.setattr(hosts, "own_addresses", list)
    with listen("0.0.0.0", 0) as listener:
        assert "no network" in greeting("0.0.0.0", listener)


def test_what_this_machine_knows_of_itself() -> None:
    assert {socket.gethostname().lower(), "localhost"} <= hosts.own_names()
    assert not any(address.is_loopback or address.is_unspecified for address in hosts.own_addresses())
