"""What is served over HTTP, and with which headers."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import re
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import plotly
import pytest
from live_server import Live
from pages import PATIENCE
from plotly.offline import get_plotlyjs_version
from starlette.datastructures import Headers
from starlette.responses import Response

from server.http import comments
from server.http.assets import accepts_gzip, web_folder
from server.http.page import Page
from server.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def get(live: Live, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """A request whose path is sent as it is written."""
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_healthz(live: Live) -> None:
    response, body = get(live, "/healthz")
    assert response.status == 200 and json.loads(body) == {"status": "ok"}


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/api/catalog", "/api/protocol", "/api/figures", "/api/nothing", "/nothing.js", "/docs", "/ws"]
)
def test_security_headers_are_on_every_answer(live: Live, path: str) -> None:
    response, _ = get(live, path)
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_a_fault_of_ours_shows_no_trace(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(live.hosting.vocabulary, "schema", broken)
    response, body = get(live, "/api/protocol")
    assert response.status == 500
    assert b"secret" not in body and b"Traceback" not in body
    assert response.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/../server/app.py",
        "/%2e%2e/server/app.py",
        "/..%2fserver/app.py",
        "/src/../../server/app.py",
        "/src/%2e%2e/%2e%2e/server/app.py",
        "/src/..%5c..%5cserver/app.py",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/.gitignore",
        "/src/%00",
    ],
)
def test_nothing_outside_the_page_is_served(live: Live, path: str) -> None:
    response, body = get(live, path)
    assert response.status in (400, 404)
    assert b"create_app" not in body and b"root:" not in body


def test_page_files_are_revalidated(live: Live) -> None:
    for path in ("/", "/src/main.js", "/api/catalog"):
        response, body = get(live, path)
        assert response.status == 200 and body
        assert response.headers["Cache-Control"] == "no-cache"
        again, nothing = get(live, path, **{"If-None-Match": response.headers["ETag"]})
        assert again.status == 304 and nothing == b""
        assert again.headers["Cache-Control"] == "no-cache"


def test_a_page_that_was_opened_before_asks_for_its_first_file_only(live: Live) -> None:
    """A class that opens its pages at once takes each of some two hundred files once, compressed."""
    _, first = get(live, "/")
    links = re.findall(r'(?:href|src)="([^"]+)"', first.decode())
    assert len(links) > 20 and all(link.startswith("page-") for link in links)
    base = re.match(r"page-\w+/", links[0])
    assert base is not None
    files = [
        path for path in web_folder().rglob("*") if path.suffix in (".js", ".css", ".svg") and "node_modules" not in path.parts
    ]
    assert {link.removeprefix(base[0]) for link in links} <= {path.relative_to(web_folder()).as_posix() for path in files}
    for path in files:
        name = path.relative_to(web_folder()).as_posix()
        response, body = get(live, f"/{base[0]}{name}", **{"Accept-Encoding": "gzip"})
        packed = response.headers["Content-Encoding"] == "gzip"
        sent, whole = gzip.decompress(body) if packed else body, path.read_bytes()
        assert sent == (comments.without(whole.decode()).encode() if path.suffix == ".js" else whole)
        assert packed or len(body) < 500
        assert "immutable" in response.headers["Cache-Control"] and response.headers["Content-Security-Policy"] == POLICY
        assert path.suffix != ".js" or response.headers["Content-Type"].startswith("text/javascript")
    # Of another version, such as another machine's, nothing is kept for good; what is not there is not.
    assert get(live, "/page-0123/src/main.js")[0].headers["Cache-Control"] == "no-cache"
    assert get(live, f"/{base[0]}../app.py")[0].status == 404 and get(live, f"/{base[0]}.gitignore")[0].status == 404
    assert (web_folder() / "src" / "protocol.d.ts").exists()  # for whoever works on the page, not for the page
    assert get(live, f"/{base[0]}src/protocol.d.ts")[0].status == 404 and get(live, "/src/protocol.d.ts")[0].status == 404


def answered(page: Page, version: str) -> Response:
    with ThreadPoolExecutor(1) as own:  # this one may have a loop of the browser's tests
        return own.submit(asyncio.run, page.file(version, "src/main.js", Headers())).result()


def test_a_file_that_is_worked_on_is_another_version(tmp_path: Path) -> None:
    shutil.copytree(web_folder(), tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    page = Page(tmp_path / "web", {})
    before = page.first(Headers()).body
    assert page.first(Headers()).body == before
    (tmp_path / "web" / "src" / "main.js").write_text("changed")
    after = bytes(page.first(Headers()).body)
    found = re.search(rb"\"page-(\w+)/src/main.js", after)
    assert after != before and found is not None
    other = Page(tmp_path / "web", {})  # another worker's, which was not asked for the first file
    assert "immutable" in answered(other, found[1].decode()).headers["Cache-Control"]
    response = answered(page, found[1].decode())
    assert response.body == b"changed" and "immutable" in response.headers["Cache-Control"]


def test_plotly_is_the_installed_one_compressed_and_cached_for_good(live: Live) -> None:
    _, body = get(live, "/api/figures")
    path = json.loads(body)["plotly"]
    assert path == f"/plotly-{get_plotlyjs_version()}.min.js"
    assert plotly.__file__ is not None
    original = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()
    response, compressed = get(live, path, **{"Accept-Encoding": "br, gzip"})
    assert response.headers["Content-Encoding"] == "gzip" and gzip.decompress(compressed) == original
    assert "immutable" in response.headers["Cache-Control"] and response.headers["Vary"] == "Accept-Encoding"
    plain, whole = get(live, path, **{"Accept-Encoding": "identity"})
    assert plain.headers["Content-Encoding"] is None and whole == original
    assert plain.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("header", "accepted"),
    [("", False), ("gzip", True), ("br;q=1, GZIP;q=0.5", True), ("gzip;q=0, *", False), ("*", True), ("deflate", False)],
)
def test_accept_encoding(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def references(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"]} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(references(value) for value in schema.values()))
    return set().union(*(references(value) for value in schema)) if isinstance(schema, list) else set()


def test_protocol_is_json_schema_of_every_command_and_event(live: Live) -> None:
    _, body = get(live, "/api/protocol")
    schema = json.loads(body)
    for side, some in (("commands", {"attach", "configure", "acknowledge"}), ("events", {"attached", "run", "state", "error"})):
        definitions = schema[side]["$defs"]
        types = {part["properties"]["type"]["const"] for part in definitions.values() if "type" in part.get("properties", {})}
        assert some <= types
        assert {reference.removeprefix("#/$defs/") for reference in references(schema[side])} <= set(definitions)
        assert set(schema[side]["discriminator"]["mapping"]) == types
    assert schema["frames"]["dtypes"] == {"f64": 8, "f32": 4, "i32": 4, "u8": 1}


def test_catalog_has_rows_with_mathml_for_each_formula(live: Live) -> None:
    _, body = get(live, "/api/catalog")
    catalog = json.loads(body)
    for name in ("datasets", "activations", "losses", "initializers", "optimizers", "schedules", "features"):
        assert catalog[name]

    def walk(value: Any, visit: Callable[[dict[str, Any]], None]) -> None:
        if isinstance(value, dict):
            visit(value)
            value = [item for name, item in value.items() if name != "script"]  # it is the engine's own
        for item in value if isinstance(value, list) else ():
            walk(item, visit)

    def check(row: dict[str, Any]) -> None:
        if row.get("formula"):
            assert row["mathml"].startswith("<math")
        if "formulas" in row:
            assert all(row["mathmls"][name].startswith("<math") for name in row["formulas"])

    walk(catalog, check)
    adam = next(row for row in catalog["optimizers"] if row["name"] == "adam")
    assert {"mathml", "mathmls"} & set(adam)


def test_figures_have_both_themes_and_named_traces(live: Live) -> None:
    _, body = get(live, "/api/figures")
    figures = json.loads(body)["figures"]
    for name in ("loss", "accuracy"):
        assert figures[name]["config"] == {"displayModeBar": False, "responsive": True}
        for theme, ink in (("light", "#1c2330"), ("dark", "#e9ebef")):
            figure = figures[name][theme]
            traces = {trace["uid"]: trace for trace in figure["data"]}
            batches = {"batch_loss"} if name == "loss" else set()
            assert set(traces) == {f"train_{name}", f"validation_{name}", f"test_{name}"} | batches
            assert traces[f"train_{name}"]["line"]["color"] == ink
            assert figure["layout"]["uirevision"] == "keep"
            assert figure["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"
    assert figures["loss"]["light"]["layout"]["yaxis"]["type"] == "log"


def test_a_server_that_can_build_no_run_says_so_to_whoever_supervises_it(
    serve: Callable[[Settings], Live], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, told = threading.Event(), threading.Event()

    def fails(progress: Any) -> None:
        begun.set()
        assert told.wait(PATIENCE)
        raise RuntimeError("the kernels are of another world")

    monkeypatch.setattr("engine.warm_up", fails)
    live = serve(Settings(database_url="sqlite://"))
    assert begun.wait(PATIENCE)
    assert (get(live, "/healthz")[0].status, get(live, "/readyz")[0].status) == (200, 503), "it is still starting"
    told.set()
    live.until(lambda: live.app.state.kernels.health == "failing")
    response, body = get(live, "/healthz")
    assert response.status == 503 and json.loads(body)["status"] == "failing" and b"world" not in body
    assert get(live, "/readyz")[0].status == 503


def test_readyz(live: Live) -> None:
    live.until(lambda: get(live, "/readyz")[0].status == 200)
    assert json.loads(get(live, "/readyz")[1]) == {"status": "ok"}
