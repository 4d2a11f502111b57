"""The followers' picture: what the teacher's page looks at, in small, for a telephone. One for all who follow, so that it is
made and encoded once; `meta` and arrays as `follow` says."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from server.room.lead.racing import race_picture
from server.room.lead.scene import Scene
from server.session.channel_types import Arrays, Picture

if TYPE_CHECKING:
    from engine import Trainer

GRID = 50
"""Cells along a side of the output map."""
MOST_POINTS = 250
"""Data points in it, and points of a curve."""
STATUS = {"finished": "done", "non_finite": "stopped"}
BARE: dict[str, Any] = {
    "kind": "none",
    "step": 0,
    "epoch": None,
    "status": "paused",
    "train_loss": None,
    "test_loss": None,
    "accuracy": None,
    "caption": "",
    "words": "",
}


def follow(scene: Scene) -> Picture:
    """In a worker. `meta.kind`: `map`: `map` (g, g) or of several outputs `classes` (g, g), row 0 the lowest y, and thinned
    data, `points` (n, 2) and `labels` (n,); `curve`: the recorded `train` and `test` losses (n, 2), step and loss; `race`: as
    `race_picture`; `step`: the micro-step as `words`; `lesson`, `lab`, `none`: words alone. A card that is open is told in
    `words`, whatever the picture. What its open question withholds is left out."""
    meta, arrays = _seen(scene)
    meta = BARE | meta
    card = scene.lessons.card()
    if card is not None:
        meta["words"] = f"<p><strong>{card.heading}</strong></p>{card.words}{meta['words']}"
        if scene.view.get("room") == "lessons" and not arrays:
            meta["kind"] = "lesson"
    meta["caption"] = scene.view.get("title") or meta["caption"]
    return Picture(meta, arrays)


def _seen(scene: Scene) -> tuple[dict[str, Any], Arrays]:
    room, trainer = scene.room, scene.trainer
    if room in ("race", "network"):
        return race_picture(scene)
    if room == "lab":
        return _lab(scene), {}
    if room == "graph":
        return {"words": f"<p>{escape(str(scene.view.get('words', '')))}</p>"}, {}
    if room == "lessons" or trainer is None:
        return {}, {}
    if room == "step":
        return numbers(scene, trainer, exact=False) | _step(scene), {}
    meta, arrays = run_picture(scene, trainer)
    return numbers(scene, trainer) | meta, arrays


# The run ------------------------------------------------------------------------------------------------------------


def run_picture(scene: Scene, trainer: Trainer) -> tuple[dict[str, Any], Arrays]:
    """Its output over the plane, or where the data are no plane its curve."""
    found = None if "maps" in scene.withheld else trainer.unit_maps(GRID, slice(-1, None))
    if found is None:
        return curve(scene, trainer)
    unit = found.units[0]
    (x_low, x_high), (y_low, y_high) = trainer.dataset.domain or ((0.0, 1.0), (0.0, 1.0))
    meta: dict[str, Any] = {"kind": "map", "xs": [x_low, x_high], "ys": [y_low, y_high], "names": list(trainer.dataset.classes)}
    arrays: Arrays = {}
    if found.classes is None:
        low, high = unit["low"], unit["high"]
        meta |= {"classes": 1, "low": low, "high": high, "middle": 0.5 if low == 0.0 else 0.0}
        arrays["map"] = found.maps[0]
    else:
        meta |= {"classes": trainer.tape.sizes[-1]}
        arrays["classes"] = found.classes
    train = trainer.dataset.splits["train"]
    kept = thinned(len(train.raw), MOST_POINTS)
    arrays["points"] = train.raw[kept].astype(np.float32)
    if train.labels is not None:
        arrays["labels"] = train.labels[kept].astype(np.uint8)
    return meta, arrays


def curve(scene: Scene, trainer: Trainer) -> tuple[dict[str, Any], Arrays]:
    """Its recorded losses so far."""
    if "series" in scene.withheld or len(trainer.series.until(trainer.steps_done)) < 2:
        return {"kind": "none"}, {}
    return {"kind": "curve", "log": True}, losses(trainer, MOST_POINTS)


def losses(trainer: Trainer, most: int) -> Arrays:
    """Steps and losses, thinned: the first point and the last stay."""
    columns = trainer.series.until(trainer.steps_done).columns()
    kept = thinned(len(columns["step"]), most)
    lines = {"train": columns["train_loss"], "test": columns["test_loss"]}
    return {
        name: np.column_stack([columns["step"][kept], values[kept]]).astype(np.float32)
        for name, values in lines.items()
        if len(trainer.dataset.splits[name].x)
    }


def thinned(count: int, most: int) -> Any:
    """Indices of so many of them, evenly."""
    return np.unique(np.linspace(0, max(0, count - 1), min(count, most)).round().astype(np.int64))


def numbers(scene: Scene, trainer: Trainer, *, exact: bool = True) -> dict[str, Any]:
    """The run's numbers where it stands, over whole splits; without `exact` those that were recorded last."""
    stop = trainer.stopped
    moves = "playing" if scene.run.moving else "paused"
    told: dict[str, Any] = {
        "step": trainer.steps_done,
        "epoch": trainer.steps_done / max(1, trainer.steps_per_epoch),
        "status": moves if stop is None else STATUS.get(stop.kind, "stopped"),
    }
    if scene.withheld & {"evaluation", "series"}:
        return told
    return told | (scores(trainer) if exact else recorded_last(trainer))


def scores(trainer: Trainer) -> dict[str, Any]:
    """Loss of both splits, and of classes the accuracy on test samples, or on those trained on where there are no others."""
    train = trainer.evaluate("train")
    test = trainer.evaluate("test") if len(trainer.dataset.splits["test"].x) else None
    return {
        "train_loss": train.loss,
        "test_loss": None if test is None else test.loss,
        "accuracy": train.accuracy if test is None else test.accuracy,
    }


def recorded_last(trainer: Trainer) -> dict[str, Any]:
    line = trainer.series.until(trainer.steps_done).columns()
    if not len(line["step"]):
        return {}
    tested = len(trainer.dataset.splits["test"].x) > 0
    classes = trainer.dataset.task == "classification"
    accuracy = line["test_accuracy" if tested else "train_accuracy"][-1]
    return {
        "train_loss": float(line["train_loss"][-1]),
        "test_loss": float(line["test_loss"][-1]) if tested else None,
        "accuracy": float(accuracy) if classes else None,
    }


# Words --------------------------------------------------------------------------------------------------------------


def _step(scene: Scene) -> dict[str, Any]:
    if "microstep" in scene.withheld:
        return {"kind": "step"}
    told = scene.microscope.caption()
    lines = f"<strong>{escape(told['title'])}</strong>", told["rule"], told["why"], told["formula"], told["numbers"]
    place = f"micro-step {told['micro'] + 1} of {told['steps']}"
    return {"kind": "step", "caption": place, "words": "".join(f"<p>{line}</p>" for line in lines if line), "told": told}


def _lab(scene: Scene) -> dict[str, Any]:
    told = scene.lab.told()
    if told is None:
        return {"kind": "lab", "caption": "Lab", "step": None}
    status = "playing" if told["status"] == "running" else "done" if told["status"] == "done" else "stopped"
    said = "" if "lab" in scene.withheld or not told["said"] else f"<p>{told['said']}</p>"
    return {"kind": "lab", "caption": told["title"], "status": status, "step": None, "share": told["share"], "words": said}
