"""Witnesses of measurements of races and expressions."""

from __future__ import annotations

import math

import numpy as np
from stated import RATES, H, on_the_ravine, ravine, stays_below

from engine import RunSpec, Trainer

FINISH = 5.05e-5
TURNED = {"name": "ravine", "kappa": 100, "angle": 30}


def sgd(rate):
    return {"optimizer": {"name": "sgd", "lr": rate}}


def race(*lanes, step=0, **fields):
    spec = {"surface": "ravine", "start": [1.0, 1.0], "lanes": list(lanes), "max_steps": 1000} | fields
    return {"race": spec, "step": step, "finish": FINISH}


DESCENT = race(*map(sgd, RATES))
DIVERGES = race(sgd(0.01), sgd(0.0201), max_steps=3000, bound=10)
MOMENTUM = race({"optimizer": {"name": "momentum", "lr": 0.018, "beta": 0.9}}, step=40)
NETWORK_RUN = {"data": {"name": "xor", "samples": 40}, "network": {"layers": [{"units": 3}]}, "stop": {"max_steps": 60}}
NETWORK_RUN |= {"eval_every": 1}
NETWORK = {"network": {"run": NETWORK_RUN, "lanes": [sgd(0.1), sgd(1.0), sgd(1e6)]}, "finish": 0.6}
JACOBIAN = {"lab": {"experiment": "modes", "choices": {"inputs": 8, "hidden": 6, "outputs": 2}}}
GRAPH = {"graph": {"text": "(x + y) * x + sin(x)", "inputs": {"x": 1.25, "y": -0.5}}}


def lane_curve(rate):
    trainer = Trainer(RunSpec.model_validate(NETWORK_RUN | sgd(rate)))
    found = [trainer.loss("train")]
    for _ in range(60):
        trainer.step()
        found.append(trainer.loss("train"))
    return np.array(found)


def network_arrival(rate, finish=0.6):
    below = lane_curve(rate) <= finish
    return math.inf if not below[-1] else float(np.flatnonzero(~below)[-1] + 1)


def arrivals():
    return [stays_below(on_the_ravine(rate, 1000), FINISH) for rate in RATES]


def leaves(rate=0.0201, bound=10.0):
    path = on_the_ravine(rate, 3000)
    return float(np.flatnonzero(np.abs(path).max(axis=1) > bound)[0])


def moved(updates=40):
    return np.diff(on_the_ravine(0.018, updates, momentum=0.9), axis=0)


def slope_of(point):
    return np.array([ravine(point + 1j * H * np.eye(2)[i]).imag / H for i in (0, 1)])


def fan(side=4, updates=300):
    """Starts in the middles of side × side cells of the bowl's domain, f = ½(x² + 2y²), by descent at 0.1."""
    ends = (np.arange(side) + 0.5) / side * 3.0 - 1.5
    height = 0.5 * (1.25**2 + 2.0 * 0.75**2)
    count = 0
    for x in ends:
        for y in ends:
            path = on_the_ravine(0.1, updates, start=(x, y), kappa=2.0)
            count += 0.5 * (path[-1][0] ** 2 + 2.0 * path[-1][1] ** 2) <= 0.01 * min(1.0, height)
    return count


def expression(x, y):
    return (x + y) * x + np.sin(x)


def degrees_between(a, b):
    return math.degrees(math.acos(float(a @ b) / float(np.linalg.norm(a) * np.linalg.norm(b))))


START = np.array([1.0, 1.0])
RACE_WITNESSES = {
    "value": [("at(30, value(2))", DESCENT, lambda: ravine(on_the_ravine(0.0195, 30)[-1]))],
    "x": [
        ("x(1)", race(sgd(0.01), step=17), lambda: on_the_ravine(0.01, 17)[-1][0]),
        ("at(3000, x(2))", DIVERGES, lambda: math.nan),
    ],
    "y": [("y(2)", race(*map(sgd, RATES), step=17), lambda: on_the_ravine(0.0195, 17)[-1][1])],
    "slope_x": [("slope_x(1)", DESCENT, lambda: slope_of(START)[0])],
    "slope_y": [("at(5, slope_y(1))", DESCENT, lambda: slope_of(on_the_ravine(0.01, 5)[-1])[1])],
    "slope_length": [("slope_length(1)", DESCENT, lambda: np.linalg.norm(slope_of(START)))],
    "step_x": [("step_x(1)", DESCENT, lambda: -0.01 * slope_of(START)[0])],
    "step_y": [("step_y(3)", DESCENT, lambda: -0.0199 * slope_of(START)[1])],
    "step_length": [("step_length(1)", MOMENTUM, lambda: np.linalg.norm(moved(41)[-1]))],
    "promised": [("promised(1)", DESCENT, lambda: -0.01 * slope_of(START) @ slope_of(START))],
    "actual": [("actual(1)", DESCENT, lambda: ravine(on_the_ravine(0.01, 1)[-1]) - ravine(START))],
    "angle": [("angle(1)", DESCENT, lambda: degrees_between(-slope_of(START), -START))],
    "minimum_x": [("minimum_x()", race(surface="rosenbrock", start=[0.0, 0.0]), lambda: 1.0)],
    "minimum_y": [("minimum_y()", race(surface="rosenbrock", start=[0.0, 0.0]), lambda: 1.0)],
    "arrival": [
        *((f"arrival({i + 1})", DESCENT, lambda i=i: arrivals()[i]) for i in range(3)),
        ("arrival(2)", DIVERGES, lambda: math.inf),
        ("arrival(2)", NETWORK, lambda: network_arrival(1.0)),
    ],
    "reached": [
        ("reached(1)", MOMENTUM | {"step": 0}, lambda: first_touch()),
        ("reached(2)", NETWORK, lambda: float(np.flatnonzero(lane_curve(1.0) <= 0.6)[0])),
    ],
    "first": [
        ("first()", DESCENT, lambda: 1 + int(np.argmin(arrivals()))),
        ("first()", race(sgd(1e-6)), lambda: 0.0),
        ("first()", NETWORK, lambda: 2.0 if network_arrival(1.0) < network_arrival(0.1) else 1.0),
    ],
    "rank": [("rank(3)", DESCENT, lambda: 1 + sum(at < arrivals()[2] for at in arrivals()))],
    "arrived": [("arrived()", DIVERGES, lambda: 1.0)],
    "left": [("left(2)", DIVERGES, lambda: leaves()), ("left(1)", DIVERGES, lambda: math.inf)],
    "diverges": [
        ("diverges(2)", DIVERGES, lambda: 1.0),
        ("diverges(1)", DIVERGES, lambda: 0.0),
        ("diverges(1)", NETWORK, lambda: 0.0),
    ],
    "evaluations": [("evaluations(1)", MOMENTUM, lambda: 40.0)],
    "lane": [
        ("lane(2, loss(train))", NETWORK, lambda: lane_curve(1.0)[0]),
        ("lane(2, at(33, loss(train)))", NETWORK, lambda: lane_curve(1.0)[33]),
        ("at(33, lane(1, loss(train)))", NETWORK, lambda: lane_curve(0.1)[33]),
        ("lane(2, rises(60))", NETWORK, lambda: np.sum(np.diff(lane_curve(1.0)) > 0.0)),
    ],
    "travelled": [("travelled(1)", MOMENTUM, lambda: np.sqrt((moved() ** 2).sum(axis=1)).sum())],
    "across": [
        ("across(1)", MOMENTUM, lambda: np.abs(moved()[:, 1]).sum()),
        ("across(1) ^ 2 + along(1) ^ 2", race(sgd(0.01), surface=TURNED, step=1), lambda: (0.01 * turned_slope()) ** 2),
    ],
    "along": [("along(1)", MOMENTUM, lambda: np.abs(moved()[:, 0]).sum())],
    "starts_arrived": [
        ("starts_arrived(1, 4)", {"race": {"surface": "bowl", "lanes": [sgd(0.1)], "max_steps": 40}}, lambda: fan(4, 40))
    ],
    "curvature": [("curvature(1)", race(sgd(0.01), surface=TURNED), lambda: 100.0)],
    "least_curvature": [("least_curvature(1)", race(sgd(0.01), surface=TURNED), lambda: 1.0)],
    "bound": [
        ("bound(1)", DESCENT, lambda: 2.0 / 100.0),
        ("bound(1)", MOMENTUM, lambda: 2.0 * 1.9 / 100.0),
    ],
    "node": [
        ("node(f)", GRAPH, lambda: expression(1.25, -0.5)),
        ("node(v1)", GRAPH, lambda: 0.75),
        ("node(x)", GRAPH, lambda: 1.25),
    ],
    "slope": [
        ("slope(x)", GRAPH, lambda: expression(1.25 + 1j * H, -0.5).imag / H),
        ("slope(v1)", GRAPH, lambda: 1.25),
    ],
    "paths": [("paths(x)", GRAPH, lambda: 3.0), ("paths(y)", GRAPH, lambda: 1.0)],
    "lab": [("lab(off)", JACOBIAN, lambda: 0.0)],
    "lab_cell": [
        ("lab_cell(passes, 1)", JACOBIAN, lambda: 2.0),
        ("lab_cell(multiplications, 0)", JACOBIAN, lambda: 8 * 6 + 6 * 6 + 6 * 2),
        ("lab_cell(together, 0) / lab_cell(passes, 0)", JACOBIAN, lambda: 8 * 6 + 6 * 6 + 6 * 2),
    ],
    "path": [
        ("path(x, 1) + path(x, 2) + path(x, 3)", GRAPH, lambda: expression(1.25 + 1j * H, -0.5).imag / H),
        ("path(y, 1)", GRAPH, lambda: 1.25),
    ],
}


def first_touch():
    path = on_the_ravine(0.018, 1000, momentum=0.9)
    return float(np.flatnonzero([ravine(point) <= FINISH for point in path])[0])


def turned_slope():
    """‖∇f‖ at (1, 1) of the ravine turned by 30°: of the point turned back."""
    c, s = math.cos(math.radians(30.0)), math.sin(math.radians(30.0))
    return float(np.linalg.norm(slope_of(np.array([c + s, c - s]))))
