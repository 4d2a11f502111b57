"""Every card of every lesson, as the engine finds it: what is claimed is measured, one choice is right, and the same for all
seeds, and tasks are met by their solutions and not before. So no lesson tells what this engine does not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from glossary import unfit
from replayed import draws, problems, situations

from engine.lessons.building import build
from engine.lessons.card import Choose
from engine.microscope import next_update
from server.lessons.library import FOLDER, Library

WEB = Path(__file__).parents[2] / "web" / "src"
FILES = sorted(FOLDER.glob("*/*.md"))
IDS = [f"{file.parent.name}/{file.stem[3:]}" for file in FILES]
LONG = {"exercises/relu-units"}
"""Whose runs take longer than all the others' together."""
MOST_WORDS = 60
"""Beside a card's question and task, its reason included."""
CARDS = range(4, 8)
COURSES = {"backpropagation": 8, "downhill": 10, "deep": 11, "exercises": 6}
FORMULA = re.compile(r"\$[^$]+\$")


@cache
def library() -> Library:
    return Library()


def test_all_courses_are_there():
    assert {course.name: len(course.lessons) for course in library().courses} == COURSES


def test_nothing_is_wrong_with_any_file():
    """Unreadable ones, unknown measurements, links and twins that lead nowhere, circles."""
    assert library().check() == []


@pytest.mark.sampled(3, seconds=4)
@pytest.mark.parametrize("id", [pytest.param(id, marks=pytest.mark.slow(seconds=9)) if id in LONG else id for id in IDS])
def test_it_holds(id):
    lesson = library().read(id).lesson
    cards = zip(lesson.cards, situations(lesson), strict=True)
    assert all(card.seeds == 5 for card in lesson.cards)
    assert [problem for card, situation in cards for problem in problems(card, situation)] == []


@pytest.mark.parametrize("id", IDS)
def test_its_words(id):
    """Few, in the field's terms; each card lets the learner commit to an answer, or change something."""
    lesson = library().read(id).lesson
    assert len(lesson.cards) in CARDS
    for card in lesson.cards:
        count = len(FORMULA.sub("formula", f"{card.words} {card.why}").split())
        assert count <= MOST_WORDS, f"{card.title}: {count} words"
        assert card.question or card.task, f"{card.title} asks nothing"
        assert not (card.why and card.question is None), f"{card.title}: why, but nothing is asked"
    assert unfit(texts(id)) == []


def texts(id: str) -> Iterator[str]:
    lesson = library().read(id).lesson
    yield from (lesson.title, lesson.can)
    for card in lesson.cards:
        yield from (card.title, card.words, card.why)
        if card.question is not None:
            yield card.question.ask
        if isinstance(card.question, Choose):
            yield from (part for choice in card.question.choices for part in (choice.text, choice.reply))
        if card.task is not None:
            yield card.task.ask


@cache
def page_names() -> frozenset[str]:
    """All words of the page's texts in quotes: parts, fields and what can be lit are among them."""
    sources = "\n".join(file.read_text(encoding="utf-8") for file in WEB.rglob("*.js"))
    quoted = re.findall(r"\"([^\"\n]*)\"|`([^`\n]*)`|'([^'\n]*)'|\b([a-z]+): ", sources)
    return frozenset(name for found in quoted for text in found for name in text.split())


def known(name: str) -> bool:
    """A field may be named behind a root: `lane.schedule` is the schedule of a lane."""
    return name in page_names() or name.partition(".")[2] in page_names()


@pytest.mark.parametrize("id", IDS)
def test_what_it_points_at_is_there(id):
    """Parts of the page that are lit, settings left to change, micro-steps at which Step opens."""
    lesson = library().read(id).lesson
    for card, situation in zip(lesson.cards, situations(lesson), strict=True):
        assert [name for name in (*card.lit, *card.controls) if not known(name)] == [], card.title
        if card.place is not None and card.place.micro and situation.run is not None:
            kind, _, layer = card.place.micro.rpartition(" ")
            next_update(build(situation).trainer).find(kind, int(layer))


# Broken lessons are refused where they are broken ----------------------------------------------------------------------

WELL = """---
title: One
course: mine
can: say it
know: []
---

## A card

```card
situation: {run: {data: {name: xor, samples: 40}}}
view: train
minutes: {alone: 1, class: 2}
measures:
  start: loss(train)
question:
  kind: sign
  ask: Its sign?
  measure: start
claims: ["start > 0"]
```

Words.

### Why
It is {start}.
"""
BROKEN = [
    ("start: loss(train)", "start: lost(train)", 15, "lost"),
    ("start: loss(train)", "start: start + 1", 15, "start"),
    ("kind: sign", "kind: guess", 16, "guess"),
    ("view: train", "view: moon", 12, "train"),
    ("title: One\n", "", 2, "title"),
    ("can: say it", "can: [say, it", 5, "YAML"),
    ("minutes: {alone: 1, class: 2}", "minutes: {alone: 1}", 13, "class"),
    ("samples: 40", "samples: 4000000", 11, "20000"),
    ("{start}", "{begin}", 26, "begin"),
    ('claims: ["start > 0"]', 'claims: ["start"]', 20, "comparison"),
    ("data: {name: xor", "data: !!python/object {name: xor", 11, ""),
]


@pytest.mark.parametrize(("old", "new", "line", "says"), BROKEN, ids=[new or old.strip() for old, new, _, _ in BROKEN])
def test_a_broken_one_is_refused_with_its_line(tmp_path, old, new, line, says):
    assert old in WELL
    (told,) = wrong_with(tmp_path, {"one": WELL.replace(old, new)})
    assert told.startswith(f"mine/01-one.md:{line}: ") and says in told and "; allowed: " in told


def test_a_well_made_one_is_not(tmp_path):
    assert wrong_with(tmp_path, {"one": WELL}) == []


def test_a_circle_and_links_that_lead_nowhere(tmp_path):
    one = WELL.replace("know: []", "know: [mine/two]")
    two = WELL.replace("know: []", "know: [mine/one, mine/three]").replace("kind: sign", "kind: sign\n  twin: mine/one#2")
    told = wrong_with(tmp_path, {"one": one, "two": two})
    for says in (
        "mine/01-one.md:2: know: a circle",
        "know: there is no lesson mine/three",
        "there is no other card mine/one#2",
    ):
        assert any(says in each for each in told), (says, told)


def test_a_wrong_claim_is_found(tmp_path):
    """And a task that is met at the start, or not by its solution, and two right choices."""
    found = {}
    for name, old, new in (
        ("claim", "start > 0", "start < 0"),
        ("met", "claims:", "task: {ask: Do it., wanted: start > 0, solution: {steps: 1}}\nclaims:"),
        ("unsolved", "claims:", "task: {ask: Do it., wanted: start < 0, solution: {steps: 3}}\nclaims:"),
        (
            "choices",
            "  kind: sign",
            '  kind: choose\n  choices: [{text: a, when: "start > 0"}, {text: b, when: "start > 0 and step() == 0"}]',
        ),
    ):
        folder = tmp_path / name
        made(folder, {"one": WELL.replace(old, new)})
        lesson = Library(folder).read("mine/one").lesson
        found[name] = list(problems(lesson.cards[0], situations(lesson)[0]))
    assert all("start < 0" in each for each in found["claim"]) and len(found["claim"]) == 5  # a draw of the weights each
    assert "met at the start" in found["met"][0]
    assert "not met by its solution" in found["unsolved"][0]
    assert "2 choices are right" in found["choices"][0]


def test_a_card_about_one_sort_of_start_is_replayed_for_five_of_them(tmp_path):
    """And seeds are tried where chance plays in a variant or a solution alone."""

    def shifts(name: str, old: str, new: str) -> list[int]:
        made(tmp_path / name, {"one": WELL.replace(old, new)})
        lesson = Library(tmp_path / name).read("mine/one").lesson
        return [built.shift for built in draws(lesson.cards[0], situations(lesson)[0])]

    found = shifts("given", "claims:", "given: start > 0.75\nclaims:")
    assert found[0] == 0 and len(found) == 5 and found != list(range(5))
    still = "situation: {run: {data: {name: xor, samples: 40}, network: {initializer: {name: zeros}}, batch_size: full}}"
    begins = "situation: {run: {data: {name: xor, samples: 40}}}"
    assert shifts("still", begins, still) == [0]
    drawn = f"{still}\nvariants: {{other: {{network.initializer: {{name: he_normal}}}}}}"
    assert shifts("variant", begins, drawn) == [0, 1, 2, 3, 4]
    solution = f"{still}\ntask: {{ask: Do it., wanted: start < 0, solution: {{change: {{batch_size: 3}}}}}}"
    assert shifts("solution", begins, solution) == [0, 1, 2, 3, 4]


def made(folder: Path, lessons: dict[str, str]) -> None:
    (folder / "mine").mkdir(parents=True)
    (folder / "courses.yaml").write_text("- {name: mine, title: Mine, about: of a test}\n", encoding="utf-8")
    for number, (name, text) in enumerate(lessons.items(), 1):
        (folder / "mine" / f"{number:02}-{name}.md").write_text(text, encoding="utf-8")


def wrong_with(folder: Path, lessons: dict[str, str]) -> list[str]:
    made(folder, lessons)
    return Library(folder).check()
