"""Modules of the page as one script, for a file that loads nothing: each becomes a function that returns what it exports."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from server.http import comments

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*|\bimport\(.*", re.MULTILINE)


class ModuleError(ValueError):
    """A module that cannot be joined with others."""


@lru_cache(maxsize=4)
def joined(entry: Path) -> str:
    """The script of a module and of all that it imports. Only named imports and exports of declarations are understood: a
    ModuleError names what is not."""
    order: list[Path] = []
    bodies: dict[Path, str] = {}
    _load(entry.resolve(), order, bodies, ())
    return "\n".join(f"const m{number} = (() => {{\n{bodies[path]}}})();" for number, path in enumerate(order)) + "\n"


def _load(path: Path, order: list[Path], bodies: dict[Path, str], above: tuple[Path, ...]) -> None:
    """After what it imports; `above` are those that import it."""
    if path in above:
        raise ModuleError(f"{path.name} imports itself, by {', '.join(each.name for each in above)}")
    if path in bodies:
        return
    source = re.sub(r"\n{2,}", "\n", comments.without(path.read_text(encoding="utf-8")))

    def taken(found: re.Match[str]) -> str:
        other = (path.parent / found[2]).resolve()
        _load(other, order, bodies, (*above, path))
        names = (name.strip() for name in found[1].split(","))
        return f"const {{ {', '.join(name.replace(' as ', ': ') for name in names if name)} }} = m{order.index(other)};\n"

    body = IMPORT.sub(taken, source)
    exported = EXPORT.findall(body)
    body = EXPORT.sub("", body)
    left = OTHER.search(body)
    if left is not None or "</script" in body:
        raise ModuleError(f"{path.name}: {left[0] if left else '</script'} cannot stand in a file of its own")
    bodies[path] = f"{body.rstrip()}\nreturn {{ {', '.join(exported)} }};\n"
    order.append(path)
