"""How the page is laid out: small files in small folders, rooms that know nothing of each other, and a page that knows no room
but by its line in `rooms.js`."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from test_page_imports import COMMENT, imports

from server.http import comments
from server.http.assets import web_folder

WEB = web_folder()
SOURCE = (WEB / "src").resolve()
ROOMS = ("train", "step", "race", "graph", "lessons", "lab")
ASIDES = ("class", "follow")
"""On the page in every room, and no room themselves."""
EMBED = "embed"
"""One of the rooms in a frame: `frame/embed`."""
GENERATED = {"protocol.d.ts", "room-protocol.d.ts"}
FOR_ALL = {"toolkit", "wire", "reconnect", "run", "shared", "frame", *ASIDES}
"""Folders whose parts every room may take."""


def modules() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*")) if path.name.endswith((".js", ".d.ts"))]


def sheets() -> list[Path]:
    return sorted((WEB / "styles").resolve().rglob("*.css"))


def room_of(path: Path) -> str:
    """The room that a module belongs to; empty for those of all."""
    first = path.relative_to(SOURCE).parts[0]
    return first if first in ROOMS else ""


def test_files_and_folders_are_small() -> None:
    files = [*modules(), *sheets()]
    assert len(files) > 200
    lines = {path.name: len(path.read_text().splitlines()) for path in files if path.name not in GENERATED}
    assert not {name: count for name, count in lines.items() if count > 400}
    folders = Counter(path.parent for path in files)
    assert not {folder.name: count for folder, count in folders.items() if count > 15}


def test_rooms_know_nothing_of_each_other_and_the_page_knows_none() -> None:
    loaded = {(module, each) for module, found in imports(WEB / "src").items() for each in found}
    assert any(room_of(module) for module, _ in loaded)
    crossing = {(a.name, b.name) for a, b in loaded if room_of(b) and room_of(a) != room_of(b)}
    assert crossing == {("rooms.js", "room.js")}
    assert {path.name for path in SOURCE.iterdir() if path.is_dir()} == {*FOR_ALL, *ROOMS}
    tools = {a.name for a, b in loaded if a.parent.name == "toolkit" and b.parent != a.parent}
    assert not tools, "what the rooms are made of knows nothing of them"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_a_folder_and_a_line(room: str) -> None:
    lines = [line for line in (SOURCE / "rooms.js").read_text().splitlines() if line.startswith("import")]
    assert lines.count(f'import "./{room}/room.js";') == 1 and len(lines) == len(ROOMS)
    assert (SOURCE / room / "slice.d.ts").is_file()
    # Whoever asks which room one is in, or goes into one, is in a room: "train" and "step" are words of the run, too.
    name = re.compile(rf"""\b(?:room|enter|view|door)\b\W{{1,6}}{room}\b""")
    assert name.search('room === "' + room) and name.search('enter("' + room) and name.search('view: "' + room)
    others = [path for path in modules() if path.suffix == ".js" and not room_of(path)]
    assert len(others) > 40
    assert not [path.name for path in others if name.search(COMMENT.sub("", path.read_text()))]


def test_an_aside_is_a_line() -> None:
    """The rooms' page knows what is beside every room by its line alone."""
    lines = [line for line in (SOURCE / "asides.js").read_text().splitlines() if line.startswith("import")]
    assert len(lines) == len(set(lines)) >= len(ASIDES)
    assert all(re.fullmatch(r'import "\./[a-z]+(/[a-z]+)*\.js";', line) for line in lines)
    loaded = {(module, each) for module, found in imports(WEB / "src").items() for each in found}
    taking = {
        a.name for a, b in loaded if b.relative_to(SOURCE).parts[0] in ASIDES and a.relative_to(SOURCE).parts[0] not in ASIDES
    }
    assert taking == {"asides.js"}


def test_the_page_keeps_no_state_of_a_room() -> None:
    """Neither the page's own fields nor those of the run are any room's; each room's are declared beside it."""
    own = (SOURCE / "types.d.ts").read_text()
    declared = own[own.index("export interface AppState {") :]
    fields = set(re.findall(r"^  (\w+): ", declared[: declared.index("\n}\n")], re.MULTILINE))
    assert {"frames", "room", "run", "clock"} <= fields
    for room in ROOMS:
        kept = (SOURCE / room / "room.js").read_text()
        state = re.search(r"const STATE = \{(.*?)\n?\};", kept, re.DOTALL)
        assert state is not None
        mine = set(re.findall(r"(?:^  |[{,] )(\w+):", state[1], re.MULTILINE))
        assert mine and not mine & fields


def test_every_stylesheet_is_linked_and_lies_with_what_it_styles() -> None:
    linked = re.findall(r'href="styles/([^"]+)"', (WEB / "index.html").read_text())
    there = {path.relative_to((WEB / "styles").resolve()).as_posix() for path in sheets()}
    assert set(linked) == there and len(linked) == len(there)
    assert {name.split("/")[0] for name in there if "/" in name} == {*ROOMS, *ASIDES, EMBED}


def test_the_browser_keeps_things_in_one_place() -> None:
    """Storage may be blocked, full or absent: one module knows, and all others ask it."""
    storage = re.compile(r"\b(?:local|session)Storage\b|\bindexedDB\b|\bdocument\.cookie\b|\bcaches\.|\bnavigator\.storage\b")
    users = {path.name for path in modules() if storage.search(COMMENT.sub("", path.read_text()))}
    assert users == {"storage.js"}


ROUND_ADDRESS = re.compile(r"""fetch\(["'`]|["'`]/[A-Za-z#$]|location\.host\b|new WebSocket\((?!socketAt|address)""")
"""What finds something of the server's without `toolkit/address.js`, which alone knows below which path it is."""


def test_addresses_go_by_the_path_below_which_the_page_is() -> None:
    found = [
        f"{path.relative_to(WEB)}:{number}"
        for folder in ("src", "join")
        for path in sorted((WEB / folder).rglob("*.js"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if ROUND_ADDRESS.search(line) and not line.lstrip().startswith(("*", "/*", "//"))
    ]
    assert found == []
    html = [*WEB.glob("*.html"), *WEB.glob("join/*.html")]
    assert html and not [path.name for path in html if re.search(r'(?:href|src)="/', path.read_text())]


def test_what_is_left_out_of_a_module_is_comments_alone() -> None:
    saved = 0
    for path in [*modules(), *sorted((WEB / "join").rglob("*.js"))]:
        source = path.read_text()
        sent = comments.without(source)
        assert sent.count("\n") == source.count("\n"), path
        left = [line for line, was in zip(sent.splitlines(), source.splitlines(), strict=True) if line != was]
        assert not any(line.strip() for line in left), path  # a line goes whole or stays
        assert sent.count("`") % 2 == 0, path  # no template lost its end
        saved += len(source) - len(sent)
    assert saved > 200_000
    kept = "const text = `\n// of a shader\n`;\n"
    assert comments.without("/** A word. */\n" + kept + "  // Another.\nrun();\n") == "\n" + kept + "\nrun();\n"
