"""What is drawn and said of the two ways: bands or maps, coverage at every level, and the spread beyond the samples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.lab.charts import Axis, Chart, Figure, Heat, Mark, Series
from engine.lab.experiment import Choices, Column, Result, Table
from engine.lab.uncertainty.predictions import Answers, half_width
from engine.rows.datasets import HALF_WIDTH
from engine.trainer import Trainer

Found = Mapping[str, tuple[Answers, Answers]]
"""By method: where it is drawn, and for the held-out samples."""
LEVELS = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
TITLES = {"dropout": "Dropout", "ensemble": "Ensemble"}
COLOURS = {"dropout": 0, "ensemble": 1}


def told(choices: Choices, flat: bool, asked: Array, run: Trainer, found: Found) -> Result:
    """`asked` (n, 1 or 2) are the raw inputs of the drawn answers, `run` has the data."""
    noise, targets = choices["noise"], run.dataset.splits["test"].y[:, 0]
    beyond = np.abs(asked).max(axis=1) > HALF_WIDTH
    rows = []
    for name, (drawn, held_out) in found.items():
        error = float(np.sqrt(np.mean((held_out.mean - targets) ** 2)))
        rows.append(
            (
                TITLES[name],
                held_out.coverage(targets),
                held_out.widened(noise).coverage(targets),
                error,
                float(held_out.spread.mean()),
                float(drawn.spread[beyond].mean()),
            )
        )
    table = Table(
        (
            Column("method", "Method"),
            Column("coverage", "95 % band covers"),
            Column("with_noise", "with the noise's variance"),
            Column("error", "Root mean square error"),
            Column("spread", "Mean spread, held-out"),
            Column("beyond", "Mean spread, beyond the data"),
        ),
        tuple(rows),
    )
    bands = _maps(asked, found) if flat else _bands(choices, asked[:, 0], run, found)
    figures: tuple[Figure, ...] = (*bands, _coverages(noise, targets, found))
    if flat:
        figures = (*figures, _samples(run))
    else:
        figures = (*figures, _spreads(asked[:, 0], found))
    said = _said(choices, flat, asked, targets, found, run.steps_done)
    pairs = ("standard deviation", "mean", "coverage, samples") if flat else ("answers", "coverage, spread")
    values = {"pairs": list(pairs), "flat": flat, "held_out": len(targets), "updates": run.steps_done, "noise": noise}
    return Result(said, table, figures, values)


# Pictures ------------------------------------------------------------------------------------------------------------


def _ends() -> tuple[Mark, Mark]:
    return Mark("x", -HALF_WIDTH, "samples begin"), Mark("x", HALF_WIDTH, "samples end")


def _bands(choices: Choices, x: Array, run: Trainer, found: Found) -> tuple[Chart, ...]:
    """A method's answer along the line: the band of the function, and the wider one of measurements."""
    train = run.dataset.splits["train"]
    wide = half_width(0.95)
    charts = []
    for name, (drawn, _) in found.items():
        measured = drawn.widened(choices["noise"])
        colour = COLOURS[name]
        series = (
            Series("training samples", train.raw[:, 0], train.y[:, 0], "points"),
            Series(
                "mean ± 1.96 sd",
                x,
                drawn.mean,
                low=drawn.mean - wide * drawn.spread,
                high=drawn.mean + wide * drawn.spread,
                colour=colour,
            ),
            Series(
                "with the noise",
                x,
                drawn.mean,
                low=measured.mean - wide * measured.spread,
                high=measured.mean + wide * measured.spread,
                colour=colour,
                dashed=True,
            ),
            Series("true function", x, np.sin(x), dashed=True),
        )
        charts.append(Chart(name, _title(choices, name), Axis("x"), Axis("y", range=(-2.6, 2.6)), series, _ends()))
    return tuple(charts)


def _title(choices: Choices, name: str) -> str:
    if name == "dropout":
        return f"Dropout p = {choices['rate']:g}: {choices['masks']} masks of one network"
    return f"Ensemble: {choices['members']} networks, other seeds"


def _maps(asked: Array, found: Found) -> tuple[Heat, ...]:
    """Spread, then mean, of both methods over the plane, on common scales."""
    side = np.unique(asked[:, 0])
    shape = (len(side), len(side))
    maps = [
        Heat(
            f"{name}_{what}", f"{TITLES[name]}: {words}", Axis("x"), Axis("y"), values.reshape(shape), side, side, words, signed
        )
        for what, words, signed in (("spread", "standard deviation", False), ("mean", "mean", True))
        for name, values in ((name, getattr(drawn, what)) for name, (drawn, _) in found.items())
    ]
    return tuple(maps)


def _samples(run: Trainer) -> Chart:
    train = run.dataset.splits["train"]
    up: NDArray[np.bool_] = train.y[:, 0] >= 0.0
    series = tuple(
        Series(words, train.raw[own, 0], train.raw[own, 1], "points", colour=colour)
        for words, own, colour in (("y ≥ 0", up, 0), ("y < 0", ~up, 1))
    )
    ends = (*_ends(), Mark("y", -HALF_WIDTH, ""), Mark("y", HALF_WIDTH, ""))
    return Chart("samples", "Where the training samples are", Axis("x", range=(-9, 9)), Axis("y", range=(-9, 9)), series, ends)


def _coverages(noise: float, targets: Array, found: Found) -> Chart:
    """What the bands hold against what they promise."""
    series = [Series("as promised", np.array([0.0, 1.0]), np.array([0.0, 1.0]), dashed=True)]
    for name, (_, held_out) in found.items():
        for words, answers, dashed in (
            (f"{name} alone", held_out, True),
            (f"{name}, noise added", held_out.widened(noise), False),
        ):
            covered = np.array([answers.coverage(targets, float(level)) for level in LEVELS])
            series.append(Series(words, LEVELS, covered, "line+points", colour=COLOURS[name], dashed=dashed))
    x, y = Axis("nominal coverage", range=(0.0, 1.0)), Axis("held-out points within", range=(0.0, 1.0))
    return Chart("coverage", f"Coverage of {len(targets)} held-out points", x, y, tuple(series), (Mark("x", 0.95, "95 %"),))


def _spreads(x: Array, found: Found) -> Chart:
    series = tuple(Series(name, x, drawn.spread, colour=COLOURS[name]) for name, (drawn, _) in found.items())
    return Chart("spread", "Standard deviation of the answers", Axis("x"), Axis("standard deviation"), series, _ends())


# Words ---------------------------------------------------------------------------------------------------------------


def _said(choices: Choices, flat: bool, asked: Array, targets: Array, found: Found, updates: int) -> str:
    noise = choices["noise"]
    alone = {name: held_out.coverage(targets) for name, (_, held_out) in found.items()}
    added = {name: held_out.widened(noise).coverage(targets) for name, (_, held_out) in found.items()}
    said = (
        f"Of {len(targets)} held-out points the 95 % band of the answers alone covers {alone['dropout']:.2f} by dropout"
        f" and {alone['ensemble']:.2f} by the ensemble; with the noise's variance {added['dropout']:.2f} and"
        f" {added['ensemble']:.2f}."
    )
    if noise == 0.0:
        said += " There is no noise to add."
    return f"{said} {_beyond(choices, flat, asked, found)}"


def _beyond(choices: Choices, flat: bool, asked: Array, found: Found) -> str:
    """How sure the answers are where no samples are, against where they are."""
    far = np.abs(asked).max(axis=1)
    among, end = far <= HALF_WIDTH, np.isclose(far, far.max())
    parts, narrows = [], []
    for name, (drawn, _) in found.items():
        inner, outer = float(drawn.spread[among].mean()), float(drawn.spread[end].mean())
        parts.append(f"{name} {inner:.2f} → {outer:.2f}")
        narrows += [name] if outer < inner else []
    where = "at the picture's edge" if flat else f"at x = ±{far.max():g}"
    said = f"Standard deviation among the samples → {where}, where there are none: {', '.join(parts)}."
    if narrows:
        why = ": tanh units are saturated there, and the answers stop differing" if choices["activation"] == "tanh" else ""
        return f"{said} By {' and '.join(narrows)} the band is narrower where nothing is known{why}."
    return f"{said} Here the band widens where nothing is known; that is no law, it depends on the activation."
