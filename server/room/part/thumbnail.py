"""What a learner's session says of its run, in small: a picture, one number, whether the task is met, how it stands on the
board."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from server.room.session.piece import Piece

if TYPE_CHECKING:
    from engine import Trainer

GRID, POINTS = 16, 32


def piece_of(
    member: int, trainer: Trainer, task: Mapping[str, Any] | None, board: Mapping[str, Any] | None, before: Piece | None
) -> Piece:
    """In a worker. A task that was met once was met; on the board counts the best so far. `before` is the piece before this."""
    arrays, classes = picture(trainer)
    number, value = one_number(trainer)
    stop = trainer.stopped
    met = None
    if task is not None:
        met = (before is not None and before.met is True) or holds(trainer, task["wanted"], task.get("measures") or {})
    best = None
    if board is not None:
        best = measured(trainer, board["of"], board.get("limit"))
        if before is not None and before.board is not None and before.board_of == board["of"]:
            least = board["best"] == "least"
            best = before.board if best is None else (min if least else max)(best, before.board)
    return Piece(
        member=member,
        number=number,
        value=value,
        met=met,
        seed=trainer.spec.seed,
        step=trainer.steps_done,
        over=stop is not None,
        board=best,
        board_of="" if board is None else board["of"],
        classes=classes,
        arrays=arrays,
    )


def picture(trainer: Trainer) -> tuple[dict[str, NDArray[Any]], int]:
    """Its output over the plane, or its curve; and how many classes a map has."""
    from engine.race.answers import answer_map

    found = answer_map(trainer, GRID)
    if found is None:
        return {"curve": curve(trainer)}, 0
    outputs = trainer.tape.sizes[-1]
    return {"classes" if outputs > 1 else "map": found}, outputs if outputs > 1 else 0


def curve(trainer: Trainer) -> NDArray[np.float32]:
    """(32,): log₁₀ of the train loss, evenly along the recorded points; NaN where there is none."""
    values = trainer.series.until(trainer.steps_done).columns()["train_loss"]
    found = np.full(POINTS, np.nan, dtype=np.float32)
    if len(values):
        kept = values[np.linspace(0, len(values) - 1, POINTS).round().astype(np.int64)]
        with np.errstate(all="ignore"):
            found[:] = np.log10(kept)
    return found


def one_number(trainer: Trainer) -> tuple[dict[str, Any], float | None]:
    """Of classes the accuracy, else the loss; on test samples where there are any."""
    split = "test" if len(trainer.dataset.splits["test"].x) else "train"
    found = trainer.evaluate(split)
    if found.accuracy is not None:
        return {"title": f"{split} accuracy", "form": "share", "best": "most"}, float(found.accuracy)
    loss = float(found.loss)
    return {"title": f"{split} loss", "form": "number", "best": "least"}, loss if math.isfinite(loss) else None


def holds(trainer: Trainer, wanted: str, measures: Mapping[str, str]) -> bool:
    """Whether a task's condition holds; what cannot be measured of this run, or takes long, does not."""
    from engine.lessons.building import Built
    from engine.lessons.measuring import Condition, MeasureError

    try:
        condition = Condition.read(wanted, measures)
        return all(side.live for side in condition.measurements) and condition.holds(Built.of(trainer))
    except MeasureError:
        return False


def measured(trainer: Trainer, of: str, limit: str | None) -> float | None:
    """A number for the board; None where the run does not keep to the limit, or it cannot be measured beside a playing run."""
    from engine.lessons.building import Built
    from engine.lessons.measuring import MeasureError, Measurement

    try:
        measurement = Measurement.read(of)
        if not measurement.live or (limit and not holds(trainer, limit, {})):
            return None
        value = measurement.value(Built.of(trainer))
    except MeasureError:
        return None
    return value if math.isfinite(value) else None
