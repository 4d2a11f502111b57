"""The guide: it reads, and whatever it names is there: places, lessons, rooms, controls, keys, commands, variables."""

from __future__ import annotations

import re
import shlex
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from glossary import unfit

from server import VERSION
from server.__main__ import main
from server.app import create_app
from server.commands import COMMANDS
from server.guide import document
from server.lessons.library import Library
from server.lessons.reading import html
from server.lessons.reading.lesson import read
from server.settings import Settings, described

ROOT = Path(__file__).resolve().parents[2]
PAGE = document.filled("<!-- contents --><!-- guide -->")
CODE = [unescape(code) for code in re.findall(r"<code>(.*?)</code>", re.sub(r"<pre>.*?</pre>", "", PAGE, flags=re.DOTALL))]
SCRIPTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "web" / "src").rglob("*.js")))
CRITERIA = [
    "1.1.1",
    "1.2.1",
    "1.2.2",
    "1.2.3",
    "1.2.4",
    "1.2.5",
    "1.3.1",
    "1.3.2",
    "1.3.3",
    "1.3.4",
    "1.3.5",
    "1.4.1",
    "1.4.2",
    "1.4.3",
    "1.4.4",
    "1.4.5",
    "1.4.10",
    "1.4.11",
    "1.4.12",
    "1.4.13",
    "2.1.1",
    "2.1.2",
    "2.1.4",
    "2.2.1",
    "2.2.2",
    "2.3.1",
    "2.4.1",
    "2.4.2",
    "2.4.3",
    "2.4.4",
    "2.4.5",
    "2.4.6",
    "2.4.7",
    "2.4.11",
    "2.5.1",
    "2.5.2",
    "2.5.3",
    "2.5.4",
    "2.5.7",
    "2.5.8",
    "3.1.1",
    "3.1.2",
    "3.2.1",
    "3.2.2",
    "3.2.3",
    "3.2.4",
    "3.2.6",
    "3.3.1",
    "3.3.2",
    "3.3.3",
    "3.3.4",
    "3.3.7",
    "3.3.8",
    "4.1.2",
    "4.1.3",
]
"""Of WCAG 2.2, levels A and AA."""


def test_every_file_is_a_chapter() -> None:
    assert {path.stem for path in document.FOLDER.glob("*.md")} == set(document.CHAPTERS)
    assert VERSION in PAGE and unfit([unescape(re.sub(r"<[^>]*>", "", PAGE))]) == []


def test_every_link_leads_somewhere() -> None:
    places = re.findall(r'\bid="([^"]*)"', PAGE)
    assert len(places) == len(set(places)) > 30
    rooms = set(re.findall(r'register\(\{ name: "(\w+)"', SCRIPTS)) | set(
        re.findall(r'^const NAME = "(\w+)"', SCRIPTS, re.MULTILINE)
    )
    rooms |= set(re.findall(r'^(?:export )?const ROOM = "(\w+)"', SCRIPTS, re.MULTILINE))
    lessons = {lesson for course in Library().courses for lesson in course.lessons}
    found = {"place": 0, "view": 0, "l": 0}
    for link in re.findall(r'href="([^"]*)"', PAGE):
        if link.startswith("#"):
            found["place"] += 1
            assert link[1:] in places, link
        elif link != "./":
            name, _, value = link.removeprefix("./#").partition("=")
            found[name] += 1
            assert value in (rooms if name == "view" else lessons), link
    assert min(found.values()) >= 5


def test_every_control_that_it_names_is_on_the_page() -> None:
    """By its whole label; that it is there when one looks the browser's test finds out."""
    named = {unescape(label) for label in re.findall(r"<em>(.*?)</em>", PAGE)}
    missing = {label for label in named if f'"{label}"' not in SCRIPTS}
    assert len(named) > 25 and missing == set()


def test_every_command_variable_and_key_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    commands = [shlex.split(code)[1:] for code in CODE if code.startswith("chainrule ")]
    assert len(commands) >= 5
    for words in commands:
        with pytest.raises(SystemExit):
            main([*(words[:1] if words[0] in COMMANDS else []), "--help"])
        said = capsys.readouterr().out
        assert [word for word in words if word.startswith("--") and word not in said] == []
    variables = {code for code in CODE if code.startswith("CHAINRULE_")}
    assert variables and variables <= {line.split()[0] for line in described()}
    keys = {code for code in CODE if len(code) == 1}
    assert len(keys) >= 8 and {key for key in keys if f'["{key}"' not in SCRIPTS and f'"{key}"]' not in SCRIPTS} == set()


def test_the_lesson_that_it_gives_can_be_read() -> None:
    (text,) = re.findall(r"<pre><code>(---.*?)</code></pre>", PAGE, re.DOTALL)
    assert read(unescape(text)).lesson.title == "How fast can it go?"


def test_the_statement_goes_through_every_criterion() -> None:
    text = (document.FOLDER / "accessibility.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(\d\.\d\.\d+) [A-Z]", text)) | {"1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5"}
    assert "1.2.1–1.2.5" in text and named == set(CRITERIA)


def test_what_leads_elsewhere_or_nowhere_is_refused() -> None:
    for text in ("# A\n\n[x](javascript:alert(1))", "# A\n\n![x](./#view=step)", "no title"):
        with pytest.raises(ValueError, match=r"x\.md"):
            document.chapter("x", text)
    # A heading within a listing is none.
    assert [part.title for part in document.chapter("x", "# A\n\n## B\n\n```\n## C\n```\n\n## D\n").sections] == ["B", "D"]
    # A lesson of a stranger's leads to lessons and the web, and not about the page.
    assert "href" not in html.paragraphs("[x](./#view=step) [y](#privacy)", html.Found(1, ()))


@pytest.mark.parametrize("root", ["", "/tools/chainrule"])
def test_it_is_served_below_any_path(root: str) -> None:
    with TestClient(create_app(Settings(root_path=root)), follow_redirects=False) as client:
        answer, folder = client.get(f"{root}/guide"), client.get(f"{root}/guide/")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    assert "<!-- " not in answer.text and "How each number is checked" in answer.text
    assert [link for link in re.findall(r'\b(?:href|src)="([^"]*)"', answer.text) if link.startswith("/")] == []
    assert (folder.status_code, folder.headers["location"]) == (308, "../guide")
