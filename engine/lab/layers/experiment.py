"""What each layer does to the present run's inputs, beside what the same network did before it was trained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.evaluation.evaluator import Evaluator
from engine.lab.charts import Axis, Chart, Mark, Series
from engine.lab.experiment import ChoiceError, Choices, Column, Experiment, Making, Progress, Result, Table
from engine.lab.layers.positions import Placed, Stop, carried, grid_of, placed, stops_of
from engine.lab.layers.probe import Probe, classifier, regressor
from engine.lab.subject import Subject
from engine.machine.machine import Machine
from engine.rows.activations import ACTIVATIONS
from engine.rows.row import Parameter

MOST_ROWS = 3000
"""Samples of a split that components and probes are fitted to, and scored on, at most: the first of them."""
WITH_Z = "layers and pre-activations"
QUARTERS = ("lowest quarter of y", "second quarter", "third quarter", "highest quarter")


@dataclass
class Look:
    """What of the run is looked at: rows of inputs, and their labels or targets, to fit to and to score on."""

    subject: Subject
    split: str
    activations: tuple[str, ...]
    probes: dict[tuple[str, int], tuple[Probe, float]] = field(default_factory=dict)
    """By network, "trained" or "untrained", and layer: the probe and its score."""

    @classmethod
    def of(cls, subject: Subject, activations: tuple[str, ...]) -> Look:
        held_out = [name for name in ("test", "validation") if len(subject.dataset.splits[name])]
        return cls(subject, held_out[0] if held_out else "train", activations)

    @property
    def classes(self) -> bool:
        return self.subject.dataset.task == "classification"

    def rows(self, split: str) -> Array:
        return np.ascontiguousarray(self.subject.dataset.splits[split].x[:MOST_ROWS])

    def labels(self, split: str) -> NDArray[np.int64]:
        labels = self.subject.dataset.splits[split].labels
        return np.zeros(0, dtype=np.int64) if labels is None else labels[:MOST_ROWS]

    def targets(self, split: str) -> Array:
        return self.subject.dataset.splits[split].y[:MOST_ROWS]

    def groups(self, points: int) -> list[tuple[str, NDArray[np.bool_]]]:
        """The drawn training points that share a colour: a class, or of a regression a quarter of the targets."""
        dataset = self.subject.dataset
        if self.classes:
            labels = self.labels("train")[:points]
            return [(name, labels == place) for place, name in enumerate(dataset.classes)]
        y = self.targets("train")[:, 0]
        quarter = np.searchsorted(np.quantile(y, [0.25, 0.5, 0.75]), y[:points])
        return [(name, quarter == place) for place, name in enumerate(QUARTERS)]


def untrained(subject: Subject) -> Evaluator:
    """The same network with the parameters that its spec draws, before the first update; what is frozen is as it is."""
    machine = Machine(subject.spec, subject.dataset)
    frozen = subject.snapshot.frozen
    machine.theta[frozen] = subject.snapshot.theta[frozen]
    return Evaluator(machine)


def make(subject: Subject | None, choices: Choices) -> Making:
    assert subject is not None
    trained = Evaluator(subject.machine())
    look = Look.of(subject, trained.tape.activations)
    if look.classes and len(np.unique(look.labels("train"))) < 2:
        raise ChoiceError("run", "its training samples are all of one class", "a run with samples of two classes at least")
    sizes = trained.tape.sizes
    stops = stops_of(len(sizes) - 1, choices["stops"] == WITH_Z)
    yield Progress(0.0)
    fitted = carried(trained, look.rows("train"), stops)
    yield Progress(0.05)
    lines = carried(trained, grid_of(subject.dataset), stops)
    drawn: list[Placed] = []
    count = int(choices["points"])
    for stop, values, grid in zip(stops, fitted, lines, strict=True):
        drawn.append(placed(stop, values, values[:count], grid, drawn[-1] if drawn else None))
        yield Progress(0.05 + 0.15 * len(drawn) / len(stops))
    yield Progress(0.2, _result(look, choices, drawn))
    last = len(sizes)
    for layer, network in [(layer, network) for layer in range(last) for network in ("trained", "untrained")]:
        yield from _probed(look, network, layer, choices["strength"])
        done = (layer + (network == "untrained") / 2 + 0.5) / last
        yield Progress(0.2 + 0.8 * done, _result(look, choices, drawn))
    return _result(look, choices, drawn)


def _probed(look: Look, network: str, layer: int, strength: float) -> Iterator[Progress]:
    """The probe of one layer of one network; the inputs are the same for both."""
    if layer == 0 and network == "untrained":
        look.probes[network, 0] = look.probes["trained", 0]
        return
    evaluator = Evaluator(look.subject.machine()) if network == "trained" else untrained(look.subject)
    here = [Stop(layer, "h")]
    fit = carried(evaluator, look.rows("train"), here)[0]
    held_out = carried(evaluator, look.rows(look.split), here)[0]
    yield Progress(0.2)
    probe = classifier(fit, look.labels("train"), strength) if look.classes else regressor(fit, look.targets("train"), strength)
    score = probe.score(held_out, look.labels(look.split), look.targets(look.split))
    look.probes[network, layer] = (probe, score)


# What is told --------------------------------------------------------------------------------------------------------


def _result(look: Look, choices: Choices, drawn: list[Placed]) -> Result:
    layers = [each for each in drawn if each.stop.kind == "h"]
    groups = look.groups(int(choices["points"]))
    figures = (_accuracies(look, len(layers)), *(_picture(look, each, groups) for each in drawn))
    table = Table(
        (
            Column("layer", "Layer"),
            Column("units", "Units"),
            Column("variance", "Variance drawn", "%"),
            Column("trained", f"{_measure(look)}: trained"),
            Column("untrained", "untrained"),
        ),
        tuple(
            (
                _name(look, each.stop),
                each.units,
                100.0 if each.shares is None else 100.0 * float(each.shares.sum()),
                *(look.probes[network, layer][1] if (network, layer) in look.probes else None for network in NETWORKS),
            )
            for layer, each in enumerate(layers)
        ),
    )
    values = {
        "stops": [
            {
                "name": _name(look, each.stop),
                "layer": each.stop.layer,
                "kind": each.stop.kind,
                "units": each.units,
                "shares": None if each.shares is None else [float(share) for share in each.shares],
            }
            for each in drawn
        ],
        "groups": [name for name, _ in groups],
        "classes": look.classes,
        "grid": bool(len(drawn[0].grid)),
        "measure": _measure(look),
        "split": look.split,
        "step": look.subject.step,
        "samples": {"fitted": len(look.rows("train")), "scored": len(look.rows(look.split))},
    }
    return Result(_said(look, layers), table, figures, values)


NETWORKS = ("trained", "untrained")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _measure(look: Look) -> str:
    return f"{'Accuracy' if look.classes else 'R²'} on the {look.split} split"


def _name(look: Look, stop: Stop) -> str:
    """As people call it: Input, Layer 1, Output."""
    last = len(look.subject.spec.network.layers) + 1
    where = {0: "Input", last: "Output"}.get(stop.layer, f"Layer {stop.layer}")
    return where if stop.kind == "h" else f"{where}, before the activation"


def _accuracies(look: Look, layers: int) -> Chart:
    x = np.arange(layers, dtype=np.float64)
    curves = []
    for number, network in enumerate(NETWORKS):
        y = np.array([look.probes[network, layer][1] if (network, layer) in look.probes else np.nan for layer in range(layers)])
        curves.append(Series(network, x, y, "line+points", colour=number, dashed=network == "untrained"))
    names = tuple(_name(look, Stop(layer, "h")) for layer in range(layers))
    title = f"Linear probe of each layer, update {look.subject.step:,}"
    return Chart("probes", title, Axis("layer", labels=names), Axis(_measure(look)), tuple(curves))


def _picture(look: Look, each: Placed, groups: list[tuple[str, NDArray[np.bool_]]]) -> Chart:
    """The points of a stop over the grid that the layers have bent. All stops have the same series of the same lengths."""
    series = [Series("grid", each.grid[:, 0], each.grid[:, 1])] if len(each.grid) else []
    series += [
        Series(name, each.points[own, 0], each.points[own, 1], "points", colour=number)
        for number, (name, own) in enumerate(groups)
    ]
    titles = _axis_titles(look, each)
    x, y = (
        Axis(title, range=(middle - each.half, middle + each.half)) for title, middle in zip(titles, each.centre, strict=True)
    )
    border, marks = _border(look, each)
    return Chart(f"stop{each.stop.kind}{each.stop.layer}", _told(look, each), x, y, (*series, *border), marks)


def _axis_titles(look: Look, each: Placed) -> tuple[str, str]:
    if each.units > 2:
        return "1st component", "2nd component"
    if each.stop.layer == 0:
        names = look.subject.dataset.inputs
    else:
        names = tuple(f"{each.stop.kind}{unit + 1}".translate(SUBSCRIPTS) for unit in range(each.units))
    return names[0], names[1] if each.units == 2 else ""


def _told(look: Look, each: Placed) -> str:
    layer = each.stop.layer
    activation = ACTIVATIONS[look.activations[layer - 1]].title if layer and each.stop.kind == "h" else ""
    units = " ".join(filter(None, (str(each.units), activation, "unit" if each.units == 1 else "units")))
    shown = "" if each.shares is None else f", 2 components, {100.0 * each.shares.sum():.0f} % of the variance"
    return f"{_name(look, each.stop)}: {units}{shown}"


def _border(look: Look, each: Placed) -> tuple[tuple[Series, ...], tuple[Mark, ...]]:
    """Where the probe's two classes are equally likely, where all of the layer is drawn."""
    probe, _ = look.probes.get(("trained", each.stop.layer), (None, 0.0))
    if probe is None or each.units > 2 or each.stop.kind != "h" or probe.classes is None or len(probe.classes) != 2:
        return (), ()
    words, bias, normal = "the probe's border", float(probe.bias[0]), probe.weights[0]
    if each.units == 1:
        at = -bias / normal[0] if normal[0] else np.inf
        return (), ((Mark("x", at, words),) if abs(at - each.centre[0]) < each.half else ())
    size = float(normal @ normal)
    if size == 0.0:
        return (), ()
    centre = np.array(each.centre)
    foot = centre - (bias + normal @ centre) / size * normal
    if float(np.abs(foot - centre).max()) > 2.0 * each.half:
        return (), ()
    ends = foot + np.array([[-4.0], [4.0]]) * each.half * np.array([-normal[1], normal[0]]) / np.sqrt(size)
    return (Series(words, ends[:, 0], ends[:, 1], dashed=True),), ()


def _said(look: Look, layers: list[Placed]) -> str:
    known = {key: score for key, (_, score) in look.probes.items()}
    if len(known) < 2 * len(layers):
        return ""
    measure = "accuracy" if look.classes else "R²"
    trained = [known["trained", layer] for layer in range(len(layers))]
    control = [known["untrained", layer] for layer in range(len(layers))]
    best = int(np.nanargmax(trained))
    names = [_name(look, each.stop).lower() for each in layers]
    first = f"On the {look.split} split a linear probe of the raw inputs has {measure} {trained[0]:.3f}"
    if best == 0:
        hidden = int(np.nanargmax(trained[1:])) + 1
        first += (
            f", and no layer of the trained network does better: {names[hidden]}, the best of them, has {trained[hidden]:.3f}."
            " What the layers leave out, a linear model could have used."
        )
    else:
        first += f", one of {names[best]} has {trained[best]:.3f}."
        if trained[-1] < trained[0]:
            first += f" Of the output it has {trained[-1]:.3f}: less than of what came in."
    top = int(np.nanargmax(control[1:])) + 1
    second = f"Before training, the best layer ({names[top]}) had {control[top]:.3f}"
    if control[top] > trained[0]:
        second += ": random layers alone make the classes easier to separate" if look.classes else ": random layers alone help"
    spread = min((float(each.shares.sum()) for each in layers if each.shares is not None), default=1.0)
    third = f" The picture of the layer told worst shows {100.0 * spread:.0f} % of its variance." if spread < 0.995 else ""
    return f"{first} {second}.{third}"


EXPERIMENT = Experiment(
    "layers",
    "What each layer does",
    "The inputs as each layer bends them, played as one motion, and what a linear probe reads at each.",
    "Alain and Bengio 2017, Understanding intermediate layers using linear classifier probes",
    r"h_\ell = \varphi(W_\ell h_{\ell-1} + b_\ell), \quad \min_{V, c} \tfrac{1}{2} \lVert V \rVert^2"
    r" + C \sum \operatorname{CE}(V h_\ell + c, y)",
    (
        Parameter(
            "stops",
            "stops",
            "",
            "layers",
            "choice",
            choices=("layers", WITH_Z),
            summary="with pre-activations, the linear map and the activation are two motions",
        ),
        Parameter(
            "points", "points drawn", "", 400, "int", minimum=20, maximum=2000, summary="training points, the first ones"
        ),
        Parameter(
            "strength",
            "probe's C",
            "C",
            1.0,
            minimum=1e-4,
            maximum=1e4,
            scale="log",
            summary="as in scikit-learn: the smaller, the stronger the L2 penalty on the probe's weights",
        ),
    ),
    link="https://arxiv.org/abs/1610.01644",
    make=make,
    why="The output is linear in the last hidden layer, so by then straight lines must separate the classes: each layer maps"
    " linearly, then bends what was straight. A probe with weights $V$ is trained on the activations $h_\\ell$, with an"
    " L2 penalty and a free bias; its score says how far layer $\\ell$ has got, and the untrained network how much of that is"
    " no learning.",
    coverage="O",
    on_run=True,
    size=lambda subject, choices: _size(subject),
)


def _size(subject: Subject | None) -> int:
    """Bytes: the activations of both splits, of all layers, and a machine of either network."""
    if subject is None:
        return 0
    rows = min(MOST_ROWS, max(subject.dataset.rows)) + 2000
    units = subject.dataset.splits["train"].x.shape[1] + sum(layer.units for layer in subject.spec.network.layers)
    return int(8 * (4 * rows * units + 12 * subject.snapshot.theta.size) + 1_000_000)
