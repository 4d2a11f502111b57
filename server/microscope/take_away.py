"""A micro-step or a whole update as a file, without what is withheld."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from server.microscope.prediction.hidden import Withheld
from server.microscope.refused import refusals
from server.replay.page import replay_file
from server.wire.errors import CommandError
from server.wire.frames import finite

if TYPE_CHECKING:
    from engine import Trainer
    from engine.microscope import Update
    from server.protocol.microscope_queries import TakeAway

MEDIA = {"latex": ("tex", "application/x-tex"), "sheet": ("html", "text/html"), "json": ("json", "application/json")}
MOST_NUMBERS = 250_000
"""Of an update as JSON: some 5 MB of text."""


def taken(update: Update, trainer: Trainer, command: TakeAway, withheld: Withheld) -> dict[str, Any]:
    """A file's name, media type and text."""
    from engine.export.replay.words import run_in_words
    from engine.microscope import sheet, step_latex

    if command.format == "replay":
        return _replay(update, trainer, command, withheld)
    title = trainer.spec.data.name
    ending, media = MEDIA[command.format]
    part = f"-micro-step-{command.micro + 1}" if command.format == "latex" else ""
    with refusals(index="micro"):
        if command.format == "latex":
            text = withheld.text(
                step_latex(update, command.micro, command.row, command.column, command.sample, withheld.number)
            )
        elif command.format == "sheet":
            page = sheet(update, command.sample, run_in_words(trainer), withheld.number)
            head, begin, body = page.partition("<body>")  # the style holds no answers, and its hash stands there
            text = head + begin + withheld.text(body)
        else:
            text = _json(update, withheld)
    return {
        "name": f"chainrule-{title}-update-{update.step + 1}{part}.{ending}",
        "type": media,
        "text": text,
    }


def _replay(update: Update, trainer: Trainer, command: TakeAway, withheld: Withheld) -> dict[str, Any]:
    from engine.export.replay.update import update_recording
    from engine.export.replay.words import run_in_words

    title = f"{run_in_words(trainer)}: update {update.step + 1}"
    with refusals(index="micro"):
        recording = update_recording(update, command.sample, title, withheld.number, withheld.text)
    return replay_file(
        f"chainrule-{trainer.spec.data.name}-update-{update.step + 1}-replay", recording, command.theme, command.link
    )


def _json(update: Update, withheld: Withheld) -> str:
    count = sum(value.array.size for step in update.steps for value in (*step.operands, *step.results))
    if count > MOST_NUMBERS:
        raise CommandError(
            "limit",
            f"format: this update has {count} numbers, too many for JSON; the sheet tells large matrices by their shape",
            "format",
            f"latex, sheet; json up to {MOST_NUMBERS} numbers",
        )
    return json.dumps(finite(withheld.json(update.as_json())), ensure_ascii=False, allow_nan=False, indent=1)
