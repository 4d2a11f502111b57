"""What the page's modules import: files that are there, and no circle among them."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from server.http.assets import web_folder

COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
"""Types are imported in comments, and may go round: nothing of them runs."""
IMPORT = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](?P<path>\.{1,2}/[^"']+)["']""")


def imports(folder: Path) -> dict[Path, set[Path]]:
    """Of each module those that it loads, at once or later."""
    found = {}
    for module in folder.rglob("*.js"):
        code = COMMENT.sub("", module.read_text())
        found[module.resolve()] = {(module.parent / match["path"]).resolve() for match in IMPORT.finditer(code)}
    return found


def circle(graph: dict[Path, set[Path]]) -> list[str]:
    """The names of one circle's modules; none where there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return [path.name for path in found.args[1]]
    return []


def test_modules_of_the_page_import_what_is_there() -> None:
    graph = imports(web_folder() / "src")
    assert sum(map(len, graph.values())) > 500
    missing = {f"{module.name} imports {path}" for module, loaded in graph.items() for path in loaded if not path.is_file()}
    assert not missing


def test_no_modules_of_the_page_import_each_other() -> None:
    assert not circle(imports(web_folder() / "src"))


@pytest.mark.parametrize(
    "statement",
    [
        'import { a } from "./b.js";',
        'import "./b.js";',
        'export { a } from "./b.js";',
        'const b = await import("./b.js");',
        "import {\n  a,\n  c,\n} from './b.js';",
    ],
)
def test_a_circle_would_be_found(tmp_path: Path, statement: str) -> None:
    (tmp_path / "a.js").write_text(statement)
    (tmp_path / "b.js").write_text('/** @import { A } from "./a.js" */\n// import "./a.js"\n')
    assert not circle(imports(tmp_path))
    (tmp_path / "b.js").write_text('import "./a.js";')
    assert sorted(set(circle(imports(tmp_path)))) == ["a.js", "b.js"]
