"""The files of the joining page: served under its own address, small, whole, and with types that say what a thing is."""

from __future__ import annotations

import re
from collections import Counter

from live_server import Live
from test_http import get
from test_page_imports import COMMENT, circle, imports
from test_page_types import loose

from server.http.assets import web_folder

JOIN = web_folder() / "join"
FIRST = (JOIN / "index.html").read_text()


def test_the_page_is_served_and_names_its_files_by_their_version(live: Live) -> None:
    response, body = get(live, "/join")
    assert response.status == 200 and response.getheader("content-type", "").startswith("text/html")
    assert "script-src 'self'" in response.getheader("content-security-policy", "")
    links = re.findall(r'(?:href|src)="([^"]+)"', body.decode())
    assert len(links) > 5 and all(re.match(r"page-[0-9a-f]{16}/", link) for link in links)
    assert get(live, "/join/")[0].getheader("location") == "../join"
    assert [get(live, f"/{link}")[0].status for link in links] == [200] * len(links)


def test_modules_import_what_is_there_and_not_each_other() -> None:
    graph = imports(JOIN)
    assert len(graph) > 25
    assert not {f"{module.name} imports {path}" for module, loaded in graph.items() for path in loaded if not path.is_file()}
    assert not circle(graph | imports(web_folder() / "src"))


def test_files_and_folders_are_small_and_types_say_what_a_thing_is() -> None:
    files = [path for path in JOIN.rglob("*") if path.suffix in (".js", ".ts", ".css")]
    assert not {path.name: count for path in files if (count := len(path.read_text().splitlines())) > 400}
    assert not {folder.name: count for folder, count in Counter(path.parent for path in files).items() if count > 15}
    assert not {path.name: found for path in files if path.suffix != ".css" and (found := loose(path))}


def test_every_stylesheet_is_linked_and_storage_is_asked_in_one_place() -> None:
    linked = set(re.findall(r'href="join/styles/([^"]+)"', FIRST))
    assert linked == {path.name for path in (JOIN / "styles").glob("*.css")}
    storage = re.compile(r"\b(?:local|session)Storage\b|\bindexedDB\b|\bdocument\.cookie\b|\binnerHTML\b")
    assert not [path.name for path in JOIN.rglob("*.js") if storage.search(COMMENT.sub("", path.read_text()))]


def test_what_the_page_takes_of_chainrules_own_is_little() -> None:
    """No plotting library and none of the rooms: the joining page is a page of its own."""
    source = (web_folder() / "src").resolve()
    taken: set[str] = set()
    own = {module: loaded for module, loaded in imports(JOIN).items() if module.parent.name != "remote"}
    waiting = [path for loaded in own.values() for path in loaded]
    every = imports(web_folder() / "src") | imports(JOIN)
    while waiting:
        path = waiting.pop()
        if path.parent.name == "remote":
            continue  # the teacher's phone loads that alone
        if path.is_relative_to(source) and path.relative_to(source).as_posix() not in taken:
            taken.add(path.relative_to(source).as_posix())
            waiting += every[path]
    assert {name.split("/")[0] for name in taken} <= {"toolkit", "shared", "wire", "reconnect", "class"}
    assert "toolkit/plot.js" not in taken and len(taken) < 12
