"""A lesson's text is read, or refused with the line of each thing that is wrong and what is allowed; what is hostile does
nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lessons_of_tests import DEEP

from engine.lessons.building import build
from engine.lessons.measuring import Condition
from server.lessons.reading import html
from server.lessons.reading.lesson import Read, read
from server.lessons.reading.plain_yaml import read as read_yaml
from server.lessons.reading.problems import LessonError

FRONT = "---\ntitle: T\ncourse: c\ncan: do\n---\n"
CARD = "## One\n\n```card\nminutes: {alone: 1, class: 1}\n```\n"


def refused(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(LessonError) as error:
        read(text, "deep/03-x.md")
    assert str(error.value).startswith("deep/03-x.md:")
    return [tuple(problem) for problem in error.value.problems]


def card(block: str, words: str = "", before: str = "") -> str:
    """A lesson of one card; its block begins on line 9."""
    return f"{FRONT}{before}## One\n\n```card\nminutes: {{alone: 1, class: 1}}\n{block}\n```\n{words}"


def words_of(text: str) -> Read:
    return read(card("measures: {ratio: loss(train)}", f"\n{text}\n"))


def test_all_of_a_lesson_is_read() -> None:
    found = read(DEEP)
    lesson = found.lesson
    assert (lesson.title, lesson.course, [each.title for each in lesson.cards]) == (
        "Ten *sigmoids*",
        "deep",
        ["How much of it arrives?", "And now?", "Where does the ball go?"],
    )
    first = lesson.cards[0]
    assert first.situation is not None and first.situation.run is not None
    assert len(first.situation.run.network.layers) == 10 and first.line == 8
    assert first.words.startswith("Ten layers") and first.why.startswith("Each layer multiplies")
    told = found.html[0]
    assert "<math" in told.ask and "<strong>one</strong>" in told.task and told.names() == ["ratio"]
    assert html.filled(told.why, {}).count('<data value="">…</data>') == 1
    assert '<data value="1.8e-06">1.80·10⁻⁶</data>' in html.filled(told.why, {"ratio": 1.8e-6})


LINES = {
    "no front matter": (CARD, 1, "begins with its front matter"),
    "front matter without an end": ("---\ntitle: T\n" + CARD, 1, "does not end"),
    "a field of the front matter is missing": ("---\ntitle: T\ncourse: c\n---\n" + CARD, 2, "can: Field required"),
    "no cards": (FRONT, 6, "no cards"),
    "words before the first card": (FRONT + "Hello\n" + CARD, 6, "before the first card"),
    "a card without its block": (FRONT + "## One\n\nwords\n", 6, "begins with its block"),
    "a block without an end": (FRONT + "## One\n```card\nminutes: 1\n", 7, "does not end"),
    "two blocks": (FRONT + CARD + "\n```card\n```\n", 12, "has one block"),
    "an unknown field": (card("colour: red"), 10, "colour: Extra inputs"),
    "a number out of range": (card("seeds: 9"), 10, "seeds"),
    "words that are no YAML": (card("lit: [a"), 11, "no YAML"),
    "a name twice": (card("lit: [a]\nlit: [b]"), 11, "a second time"),
    "a tag": (card("lit: !!python/object/apply:os.system [ls]"), 10, "tags are not read"),
    "an anchor": (card("lit: &a [x]\ncontrols: *a"), 10, "anchors and aliases"),
    "a bomb of aliases": (card("measures:\n  a: &a [x, x]\n  b: [*a, *a]"), 11, "anchors and aliases"),
    "a deep nest": (card("situation: " + "{a: " * 20 + "1" + "}" * 20), 10, "nested too deeply"),
    "an unknown measurement": (card("measures:\n  a: loss(train)\n  b: nonsense(1)"), 12, "nonsense"),
    "a measurement of another kind": (card("measures: {a: arrival(1)}"), 10, "arrival"),
    "an unknown variant": (card("measures: {a: 'on(l2, loss(train))'}"), 10, "no variant l2"),
    "a name that is no measure": (card("lit: [a]", "\nIt is {ratio}.\n"), 13, "{ratio} is none"),
    "a wrong condition": (card("claims:\n- loss(train)"), 11, "no comparison"),
    "an unknown setting": (card("situation:\n  run:\n    data: {name: spiral}\n    optimizer: {name: sdg}"), 13, "sdg"),
    "an edit that is refused": (
        card("situation:\n  run: {}\n  edits:\n  - {kind: set, path: optimizer.lr, value: -1, step: 0}"),
        13,
        "situation.edits.0",
    ),
    "a view of another situation": (card("situation: {run: {}}\nview: race"), 11, "not seen in race"),
    "two situations": (card("situation: {run: {}, graph: {text: x}}"), 10, "begins from one thing"),
    "a formula that is none": (card("lit: []", "\nFirst.\n\nSecond $\\frac$.\n"), 15, "cannot be read"),
    "a link to a script": (card("lit: []", "\n[x](javascript:alert(1))\n"), 13, "does not lead to javascript"),
    "a picture": (card("lit: []", "\n![x](http://a.b/c.png)\n"), 13, "pictures"),
    "too many times": (card("situation: {run: {network: {layers: [{units: 2, times: 900}]}}}"), 10, "times"),
}


@pytest.mark.parametrize("name", LINES)
def test_what_is_wrong_is_told_with_its_line(name: str) -> None:
    text, line, words = LINES[name]
    problems = refused(text)
    assert any(found == line and words in message for found, message, _ in problems), problems
    assert all(allowed for _, _, allowed in problems), problems


def test_choices_that_overlap_are_found() -> None:
    ask = "question:\n  kind: choose\n  ask: How much?\n  measure: loss(train)\n  choices:\n"
    (problem,) = refused(card(ask + '  - {text: a, when: "> 0.3"}\n  - {text: b, when: "0.1 .. 0.5"}'))
    assert problem[0] == 16 and "choice 2 is right where choice 1 may be" in problem[1]
    apart = card(ask + '  - {text: 1, when: "> 0.3"}\n  - {text: b, when: "0.1 .. 0.3"}\n  - {text: c, when: "< 0.1"}')
    question = read(apart).lesson.cards[0].question
    assert question is not None and question.kind == "choose" and question.choices[0].text == "1", "words stay as written"


def test_all_problems_are_told_at_once() -> None:
    text = FRONT + "## One\n```card\ncolour: red\n```\n## Two\n```card\nminutes: {alone: 99, class: 1}\n```\n"
    assert [line for line, _, _ in refused(text)] == [8, 12]


def test_a_heading_in_a_block_of_code_begins_no_card() -> None:
    found = read(FRONT + CARD + "\n```\n## no card\n```\n\n## Two\n```card\nminutes: {alone: 1, class: 1}\n```\n")
    assert [each.title for each in found.lesson.cards] == ["One", "Two"]


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <b onclick=alert(1)>b</b>",
    "[x](<data:text/html,<script>alert(1)</script>>)",
    "<javascript:alert(1)>",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<script>alert(1)</script>}$",
    '$\\class{x" onclick="alert(1)}{y}$',
    "```\n<script>\n```",
    '[x](https://a.b/"onclick="alert(1))',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_write_does_nothing(text: str) -> None:
    """It is refused, or comes out as the letters that it is made of."""
    try:
        told = words_of(text).html[0].words
    except LessonError as error:
        assert error.problems
        return
    from html.parser import HTMLParser

    found: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(tag)
            for name, value in attrs:
                assert (
                    not name.startswith("on") and name in {"href", "target", "rel", "value", "display"} | html.ATTRIBUTES["mo"]
                )
                assert name != "href" or str(value).startswith(("http://", "https://", "#l="))

    Parser().feed(told)
    assert not {"script", "img", "b", "iframe", "style"} & set(found)


def test_links_lead_to_lessons_and_to_the_web() -> None:
    told = words_of("[a](deep/ten-sigmoids#2) [b](https://a.b/c) [c](#l=deep/x.3)").html[0].words
    assert '<a href="#l=deep/ten-sigmoids.2">a</a>' in told and '<a href="#l=deep/x.3">c</a>' in told
    assert '<a href="https://a.b/c" target="_blank" rel="noopener noreferrer nofollow">b</a>' in told


BOMBS = ("[" * 3900, "*a " * 1300, "**a _b " * 557, "`" * 3900, "> " * 1950, "- " * 1950, "<" * 3900, "$a" * 1950, "{" * 3900)


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:4])
def test_bombs_cost_little(bomb: str) -> None:
    """Processor time of this thread: what others do meanwhile says nothing of it."""
    begun = time.thread_time()
    try:
        words_of(bomb)
    except LessonError as error:
        assert error.problems
    assert time.thread_time() - begun < 1.0


def test_long_texts_are_refused_before_they_are_read() -> None:
    begun = time.thread_time()
    assert "are too many" in refused("x" * 10_000_000)[0][1]
    assert "are too many" in refused(card("lit: []", "\n" + "word " * 2000))[0][1]
    with pytest.raises(LessonError, match="too long"):
        read_yaml("a: " + "x" * 60_001)
    assert time.thread_time() - begun < 1.0


def test_yaml_is_plain_values() -> None:
    tree = read_yaml("a: yes\nb: 1e-4\nc: 012\nd: 1_000\ne: 2026-01-01\nf: '1'\ng: ~\nh: .5")
    assert tree.value == {"a": "yes", "b": 1e-4, "c": 12, "d": "1_000", "e": "2026-01-01", "f": "1", "g": None, "h": 0.5}
    assert tree.line_of(("b", "no", "such")) == 2


def test_the_lesson_in_the_readme_is_one_and_its_claim_holds() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    text = readme.split("````markdown\n")[1].split("````")[0]
    lesson = read(text).lesson.cards[0]
    assert lesson.situation is not None
    built = build(lesson.situation)
    assert all(Condition.read(claim, lesson.measures).holds(built) for claim in lesson.claims) and lesson.claims


def test_how_a_place_is_rounded_is_not_read_out():
    asked = "question: {kind: place, ask: Where?, x: x, y: 'y(1)', tolerance: 1}"
    for text, reads in (("at(9, x(1))", True), ("round(1000 * x(1)) / 1000", False)):
        made = f"situation: {{race: {{lanes: [{{}}]}}}}\nview: race\nmeasures: {{x: '{text}'}}\n{asked}"
        (told,) = read(card(made)).html
        assert ("<math" in told.reading) is reads, told.reading
