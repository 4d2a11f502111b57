"""The exercises' receipts, as a marker has them checked: each in another process, genuine and with one thing changed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from replayed import situations

from engine.lessons.building import build
from engine.lessons.receipts import Receipt
from server.lessons.library import Library


def receipts() -> dict[str, Receipt]:
    """Of each exercise, met by the solution that its file records."""
    library, found = Library(), {}
    for id in next(course.lessons for course in library.courses if course.name == "exercises"):
        lesson = library.read(id).lesson
        for number, (card, situation) in enumerate(zip(lesson.cards, situations(lesson), strict=True), 1):
            if card.task is not None and card.task.receipt:
                solved = build(situation, card.variants).solved(card.task.solution)
                found[id] = Receipt.of(solved, card.task.wanted, card.measures, lesson=id, card=number, title=lesson.title)
    return found


def digit(raw: dict[str, Any]) -> None:
    raw["values"][0]["value"] *= 1.0 + 1e-9


def spec(raw: dict[str, Any]) -> None:
    raw["situation"]["run"]["optimizer"]["lr"] *= 1.01


def step(raw: dict[str, Any]) -> None:
    raw["situation"]["step"] += 1


CHANGES: tuple[Callable[[dict[str, Any]], None], ...] = (digit, spec, step)


@pytest.mark.slow(seconds=30)
def test_the_six_are_checked_and_what_was_changed_is_found(tmp_path: Path) -> None:
    made = receipts()
    assert len(made) == 6 and all(receipt.met for receipt in made.values())
    genuine, forged = [], []
    for id, receipt in made.items():
        name = id.rpartition("/")[2]
        genuine.append(tmp_path / f"{name}.json")
        genuine[-1].write_text(receipt.as_json(), encoding="utf-8")
        for change in CHANGES:
            raw = json.loads(receipt.as_json())
            change(raw)
            forged.append(tmp_path / f"{name}-{change.__name__}.json")
            forged[-1].write_text(json.dumps(raw), encoding="utf-8")
    found = checked(genuine)
    assert found.returncode == 0 and found.stdout.count("replayed bit for bit") == 6, found.stdout + found.stderr
    found = checked(forged)
    assert found.returncode == 1 and found.stdout.count("FAILED") == 18, found.stdout + found.stderr


def checked(files: list[Path]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server", "check", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True)
