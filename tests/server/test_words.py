"""Each text of engine, server and page, and what is taken along, says what the field says, though no test may have shown it."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from glossary import unfit
from live_server import Live
from pages import Page

from engine.arithmetic import syntax_tree

ROOT = Path(__file__).parents[2]
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`', re.DOTALL)
"""In JavaScript as it is formatted here: a comment or a text."""


def texts_of_python(code: str) -> Iterator[str]:
    """All texts but docstrings; what stands between braces is left out of them."""
    tree = syntax_tree(code)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def texts_of_script(code: str) -> Iterator[str]:
    for found in TOKEN.finditer(code):
        if not found.group().startswith("/"):
            yield found.group()[1:-1]


@pytest.mark.parametrize("folder", ["engine", "server"])
def test_every_finding_remedy_and_refusal(folder: str) -> None:
    found = {
        str(path.relative_to(ROOT)): unfit(texts_of_python(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    assert len(found) > 90 and {path: words for path, words in found.items() if words} == {}


def test_every_dialog_line_and_error_of_the_page() -> None:
    found = {
        str(path.relative_to(ROOT)): unfit(texts_of_script(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / "web" / "src").rglob("*.js"))
    }
    assert len(found) > 200 and {path: words for path, words in found.items() if words} == {}


def test_such_a_text_would_be_found() -> None:
    python = '"""The blame in a docstring."""\nraise ValueError(f"{name}: the blame of {unit}, as it came")\n'
    assert len(unfit(texts_of_python(python))) >= 2
    script = '/** The blame. */ // blame\nconst words = "no blame, https://x"; const more = `${x} as it came`;'
    assert len(unfit(texts_of_script(script))) == 2


PLOTLY = 1_000_000
"""Characters that only its own code has."""


def shown(page: str) -> list[str]:
    """The texts of an HTML page, and those that its script draws a figure from."""
    scripts = [code for code in re.findall(r"<script\b[^>]*>(.*?)</script>", page, re.DOTALL) if len(code) < PLOTLY]
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    texts = [html.unescape(text).strip() for text in re.split(r"<[^>]*>", body) if text.strip()]
    return texts + [text for code in scripts for text in texts_of_script(code)]


def test_what_is_taken_along(live: Live) -> None:
    """Pages, scripts and formulas; names of columns and keys are for programs, and stay."""
    with Page(live.socket) as page:
        page.run_info()
        page.do("step", count=3)
        page.do("race", spec={"lanes": [{"optimizer": {"name": "adam"}}, {"optimizer": {"name": "momentum"}}]})
        page.do("race_step", count=5)
        page.do("network", lanes=[{"optimizer": {"name": "adam"}}, {"optimizer": {"name": "sgd"}}])
        page.do("network_step", count=5)
        pages = [
            page.do("race_export", format="html", theme="light"),
            page.do("network_export", format="html", theme="light"),
            page.do("take_away", format="sheet"),
        ]
        for answer in pages:
            texts = shown(answer["result"]["text"])
            assert len(texts) > 5 and unfit(texts) == [], answer["result"]["name"]
        latex = page.do("take_away", format="latex", micro=1)["result"]["text"]
        torch = page.do("export", format="torch")["result"]["text"]
        code = page.do("code")["result"]
        assert unfit([*latex.splitlines(), *torch.splitlines(), *map(str, texts_in(code))]) == []


def texts_in(data: object) -> Iterator[str]:
    """All the texts of plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from texts_in(each)
