"""The page's types say what a thing is: none of them is `any`, or something as good as that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.http.assets import web_folder

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
LINE_COMMENT = re.compile(r"//.*")
TEXT = re.compile(r'"[^"\n]*"')
LOOSE = re.compile(r"\bany\b|\bFunction\b|\bObject\b|\*(?=\s*$)|^\s*\*|\bobject\b")
"""Types that let everything through."""


def expressions(comment: str) -> Iterator[str]:
    """What stands in braces behind the tags of a JSDoc comment; `@typedef {object}` only begins a list of properties."""
    lines = re.sub(r"\n\s*\* ?", "\n", comment)
    for tag in re.finditer(r"@(type|param|returns|property|typedef|template|satisfies)\s*\{", lines):
        depth, start = 1, tag.end()
        end = start
        while depth and end < len(lines):
            depth += {"{": 1, "}": -1}.get(lines[end], 0)
            end += 1
        found = lines[start : end - 1]
        if (tag[1], found) != ("typedef", "object"):
            yield found


def loose(path: Path) -> list[str]:
    """Expressions of a module's types, or lines of a declaration, that say nothing."""
    text = path.read_text()
    if path.name.endswith(".d.ts"):
        found: list[str] = LINE_COMMENT.sub("", COMMENT.sub("", text)).splitlines()
    else:
        found = [each for comment in COMMENT.findall(text) for each in expressions(comment)]
    return [each.strip() for each in found if LOOSE.search(TEXT.sub('""', each))]


def test_no_type_of_the_page_lets_everything_through() -> None:
    files = [path for path in sorted((web_folder() / "src").rglob("*")) if path.name.endswith((".js", ".d.ts"))]
    assert len(files) > 150
    assert not {path.name: found for path in files if (found := loose(path))}


@pytest.mark.parametrize(
    "text",
    [
        "/** @param {any} x */",
        "/** @type {Record<string, any>} */",
        "/**\n * @property {{a: number,\n *   b: any[]}} x\n */",
        "/** @returns {Promise<any>} */",
        "/** @param {Function} f */",
        "/** @param {object} x */",
        "f((/** @type {any} */ x) => x);",
        "/** @template {any} T */",
        "/** @type {*} */",
    ],
)
def test_what_lets_everything_through_would_be_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.js").write_text(text)
    assert loose(tmp_path / "a.js")


def test_what_is_said_of_a_thing_is_no_type(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('/** Of any kind. @typedef {object} A  any\n * @property {"any" | number} b  any\n */\n')
    (tmp_path / "b.d.ts").write_text("/** any */\nexport interface B { /* any */ c: unknown } // any\n")
    assert not loose(tmp_path / "a.js") and not loose(tmp_path / "b.d.ts")
    (tmp_path / "b.d.ts").write_text("export interface B { c: any }\n")
    assert loose(tmp_path / "b.d.ts") == ["export interface B { c: any }"]
