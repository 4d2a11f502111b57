"""A receipt of each of the exercises that everyone gives: checked by the command line in another process; changed ones are
found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.lessons.building import build
from engine.lessons.receipts import Receipt, check
from server.lessons.library import Library

EXERCISES = sorted((Path(__file__).parents[2] / "server" / "lessons" / "courses" / "exercises").glob("*.md"))


def receipts() -> dict[str, Receipt]:
    """Of every task that ends in one, solved as its lesson says."""
    found = {}
    for path in EXERCISES:
        name = f"exercises/{path.stem.partition('-')[2]}"
        for number, card in enumerate(Library().read(name).lesson.cards, 1):
            if card.task is not None and card.task.receipt and card.situation is not None:
                solved = build(card.situation, card.variants).solved(card.task.solution)
                made = Receipt.of(solved, card.task.wanted, card.measures, lesson=name, card=number, title=card.title)
                found[f"{path.stem}.{number}"] = made
    return found


def changed(text: str, what: str) -> str:
    """By somebody with an editor."""
    raw = json.loads(text)
    if what == "digit":
        value = raw["values"][0]
        value["value"] = value["value"] * (1.0 + 1e-12) + 1e-12
        value["exact"] = value["value"].hex()
    elif what == "spec":
        raw["situation"]["run"]["optimizer"]["lr"] *= 0.5
    else:
        raw["situation"]["step"] += 1
    return json.dumps(raw)


@pytest.mark.slow(seconds=20)
def test_receipts_of_all_exercises(tmp_path: Path) -> None:
    made = receipts()
    assert {name.split(".")[0] for name in made} == {path.stem for path in EXERCISES} and len(EXERCISES) == 6
    files = []
    for name, each in made.items():
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(each.as_json(), encoding="utf-8")
    table = tmp_path / "marks.csv"
    command = [sys.executable, "-m", "server", "check", *map(str, files), "--csv", str(table)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": met, ") == done.stdout.count("bit for bit") == len(files)
    assert len(table.read_text(encoding="utf-8").splitlines()) == 1 + len(files)
    for name, each in made.items():
        for what in ("digit", "spec", "step"):
            text = changed(each.as_json(), what)
            assert check(text).problem == "it was changed after it was written", f"{name}: a changed {what}"
            if what == "digit":  # also where the digest is made anew
                made_anew = Receipt.model_validate_json(text)
                assert not check(made_anew.model_copy(update={"digest": made_anew.own_digest}).as_json()).genuine, name
