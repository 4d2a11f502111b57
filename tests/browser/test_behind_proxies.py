"""Behind nginx and Caddy as `deploy/` has them, https below a path: all that has an address is there, nothing else is asked."""

from __future__ import annotations

import contextlib
import re
import signal
import ssl
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from complaints import VIOLATIONS, Complaints
from mortal_server import Mortal
from pixels import pixels
from playwright.sync_api import BrowserContext, Locator, Page, expect
from proxies import PATH, Proxy
from redis_server import RedisServer
from train_page import Train

from engine import warm_up

TABLE = "a,b,kind\n" + "".join(f"{i},{i * i % 17},{'odd' if i % 2 else 'even'}\n" for i in range(60))
EXAMPLES = ("nginx.conf", "nginx-takes-it-off.conf", "Caddyfile", "Caddyfile.takes-it-off")
LEFT_ON = ("--root-path", PATH)
Opened = Callable[[], BrowserContext]


@pytest.fixture
def visitor(kept: BrowserContext, complaints: Complaints) -> Iterator[Opened]:
    """Somebody's browser, who takes the self-made certificate for what it is."""
    with contextlib.ExitStack() as opened:

        def of_somebody() -> BrowserContext:
            assert kept.browser
            context = kept.browser.new_context(
                ignore_https_errors=True, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
            )
            opened.callback(context.close)
            context.add_init_script(VIOLATIONS)
            context.set_default_timeout(60_000)
            context.set_default_navigation_timeout(300_000)
            complaints.listen(context)
            return context

        yield of_somebody


class Asked:
    """Every address that browsers ask for."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def by(self, page: Page) -> Page:
        page.on("request", lambda request: self.all.append(request.url))
        page.on("websocket", lambda line: self.all.append(line.url))
        return page

    def elsewhere(self) -> list[str]:
        """Those that are not below the path, or not encrypted."""
        apart = ("data:", "blob:")
        paths = [url for url in self.all if not url.startswith(apart)]
        return [url for url in paths if urlsplit(url).scheme not in ("https", "wss") or not urlsplit(url).path.startswith(PATH)]


def hook(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


class Echo(BaseHTTPRequestHandler):
    """Answers with the path that it was asked for, and with what a proxy says."""

    def do_GET(self) -> None:
        said = [self.headers.get(name, "-") for name in ("X-Forwarded-Prefix", "X-Forwarded-For", "X-Forwarded-Proto", "Host")]
        body = " ".join([self.path, *said]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that only says what reaches it; its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize("example", EXAMPLES)
def test_what_a_proxy_passes_on(example: str, echo: int, tmp_path: Path) -> None:
    off = "off" in example
    with Proxy(example, echo, tmp_path) as proxy:
        host, secure = urlsplit(proxy.url).netloc, ssl._create_unverified_context()

        def asked(path: str) -> tuple[int, str, str]:
            """Its status, what the server was asked, where it leads."""
            with contextlib.closing(HTTPSConnection(host, context=secure, timeout=60)) as line:
                # What a visitor says of a proxy is not the proxy's word.
                said = {"X-Forwarded-Prefix": "/evil", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
                line.request("GET", path, headers=said)
                answer = line.getresponse()
                return answer.status, answer.read().decode(), answer.getheader("Location", "")

        for path in ("/", "/api/catalog?y=1", "/%C3%A9"):
            status, body, _ = asked(PATH + path)
            there = [path, PATH] if off else [PATH + path, "-"]
            assert (status, body.split(" ")) == (200, [*there, "127.0.0.1", "https", host])
        # The slash at the end is put there by the proxy, or by the server, which then is asked for the very path.
        status, body, location = asked(f"{PATH}?embed=train")
        assert location.endswith(f"{PATH}/?embed=train") or body.startswith(f"{PATH}?embed=train ")
        for path in ("/metrics", "//metrics", "/%6detrics"):
            assert asked(PATH + path)[0] == 403, path
        for path in (f"{PATH}s/", "/", "/tools/", "/metrics", f"{PATH}/../../metrics"):
            assert PATH not in asked(path)[1] and "metrics" not in asked(path)[1], path


@pytest.mark.slow(seconds=50)
@pytest.mark.parametrize(
    ("example", "arguments"),
    [
        ("nginx.conf", LEFT_ON),
        ("nginx-takes-it-off.conf", ()),
        ("Caddyfile", (*LEFT_ON, "--workers", "2")),
        ("Caddyfile.takes-it-off", ()),
    ],
    ids=["nginx", "nginx takes it off", "Caddy, two workers", "Caddy takes it off"],
)
def test_everything_is_there_behind_a_proxy(
    example: str,
    arguments: tuple[str, ...],
    visitor: Opened,
    complaints: Complaints,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warm_up()
    asked = Asked()
    with contextlib.ExitStack() as running:
        if "--workers" in arguments:
            monkeypatch.setenv("CHAINRULE_BUS_URL", running.enter_context(RedisServer()).url)
        server = Mortal(tmp_path, *arguments)
        running.callback(server.process.wait)
        running.callback(lambda: server.process.kill())
        url = running.enter_context(Proxy(example, server.port, tmp_path)).url
        page, train = a_run_its_link_and_its_data(asked, visitor, url)
        phone = a_class_joins(page, asked, visitor, url)
        # The proxy goes on without a server for a while, and says so.
        complaints.expect("WebSocket connection")
        complaints.expect("ERR_")
        complaints.expect("502")
        server.end(signal.SIGTERM)
        expect(hook(phone, "line")).to_be_visible()
        server.start()
        expect(hook(phone, "line")).to_be_hidden()
        expect(phone.locator("main[data-screen=follow]")).to_be_visible()
        train.hook("forward").click()
        assert train.settle(2) == 2
        assert len(asked.all) > 200 and asked.elsewhere() == []


def a_run_its_link_and_its_data(asked: Asked, visitor: Opened, url: str) -> tuple[Page, Train]:
    """Somebody trains, and gives the link to somebody else, who trains on data of their own, takes some along and prints a
    handout; the first one's page."""
    one, other = visitor(), visitor()
    one.grant_permissions(["clipboard-read", "clipboard-write"])
    page = asked.by(one.new_page())
    train = Train(page).open(f"{url}?theme=dark")
    expect(page).to_have_url(re.compile(rf"{PATH}/\?theme=dark$"))
    train.hook("forward").click()
    train.settle(1)
    train.hook("share").click()
    expect(train.hook("notice")).to_contain_text("The link is copied")
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert link.startswith(f"{url}/#")

    theirs = Train(asked.by(other.new_page())).open(link)
    assert theirs.settle(1) == 1 and theirs.numbers() == train.numbers()
    theirs.hook("table-file").set_input_files({"name": "odd.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    expect(theirs.hook("table-facts")).to_contain_text("60 rows · 3 columns")
    theirs.hook("table-train").click()
    expect(theirs.hook("table-dialog")).to_be_hidden()
    expect(theirs.hook("subject")).to_contain_text("odd · ")
    theirs.settle(0)
    theirs.hook("forward").click()
    theirs.settle(1)
    theirs.hook("export").click()
    with theirs.page.expect_download() as download:
        theirs.page.get_by_role("menuitem", name="Curves").click()
    assert Path(download.value.path()).read_text().startswith("step,")

    theirs.page.goto(f"{url}/#view=lessons")
    handout = theirs.page.locator(".lessons-row a", has_text="handout").first
    with theirs.page.expect_popup() as printed:
        handout.click()
    asked.by(printed.value)
    expect(printed.value.locator("h1").first).to_be_visible()
    expect(printed.value).to_have_url(re.compile(rf"{PATH}/lessons/[a-z0-9/-]+/handout$"))
    other.close()
    return page, train


def a_class_joins(page: Page, asked: Asked, visitor: Opened, url: str) -> Page:
    """A phone reads the code off the teacher's screen, and follows; the phone's page."""
    page.keyboard.press("i")
    expect(hook(page, "teach-dialog")).to_be_visible()
    page.keyboard.press("Enter")
    expect(hook(page, "class-corner-code")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.class-stage [data-testid=class-qr]').naturalWidth > 0")
    box = page.locator(".class-corner").bounding_box()
    assert box
    [read] = zxingcpp.read_barcodes(pixels(page.screenshot(clip=box)))
    code = hook(page, "class-corner-code").inner_text()
    assert read.text.startswith("https://") and urlsplit(read.text).path == f"{PATH}/join" and read.text.endswith(f"#{code}")
    # The address is this machine's in its network; the proxy of this test goes by its name here.
    phone = asked.by(visitor().new_page())
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto(f"{url}/join#{code}")
    hook(phone, "join").click()
    expect(phone.locator("main[data-screen=follow]")).to_be_visible()
    expect(hook(page, "class-stage-here")).to_have_text("1 here")
    page.keyboard.press("PageDown")
    expect(hook(page, "class-stage")).to_be_hidden()
    return phone
