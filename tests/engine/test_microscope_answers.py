"""What the microscope answers when asked, held against the same independent witness: a sample's share of a gradient, a chain's
factors, slopes by differences, the change of J, the wrong way, the graph of an expression."""

import itertools
import math
import re

import numpy as np
import pytest
import reference_network
from network_problems import HIDDEN, network_problem
from reference_network import Layer, Network
from witness_cases import CASES, PAIRS, SCHEDULES, Case
from witnessed import near, told_gradients, witnesses
from witnesses.activations import KINKED, sigmoid

from engine.microscope import GRAPHS, Graph, change, check, factors, in_place, next_update, sample_chain


def second(case):
    """(witness, update, the run) before a case's second update."""
    trainer = case.trainer()
    going = witnesses(case, trainer)
    next(going)
    made, update = next(going)
    return made, update, trainer


def indices(value):
    return list(np.ndindex(value.shape))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_samples_share(case):
    """Every entry of every parameter: the samples' own gradients, their mean, penalty, clip, and who contributes most."""
    made, update, _ = second(case)
    if any(row.norm == "batch" for row in case.made.network.layers):
        with pytest.raises(ValueError, match="no sample has a gradient of its own"):
            sample_chain(update, "W1", (0, 0))
        return
    for name, value in made.parameters.items():
        scale = max(float(np.max(np.abs(made.alone(sample)[name]))) for sample in range(made.count))
        for index in indices(value):
            chain = sample_chain(update, name, index)
            own = np.array([made.alone(sample)[name][index] for sample in range(made.count)])
            assert np.all(near(chain.gradients, own, scale)), (name, index)
            assert list(chain.samples) == made.rows
            pulled, followed, clipped = (float(each[name][index]) for each in (made.pulled, made.followed, made.clipped))
            assert near(chain.mean, made.mean[name][index], scale)
            assert near(chain.penalty, pulled - made.mean[name][index], scale)
            assert near(chain.with_penalty, pulled, scale)
            assert near(chain.clipped, clipped, scale)
            assert near(chain.scale, clipped / followed if followed else 1.0, 1e3), (name, index)
            sizes = np.abs(own)
            assert near(np.array(chain.shares), np.sort(sizes)[::-1] / (sizes.sum() or 1.0), 1.0).all()
            assert near(sizes[list(chain.largest)], np.sort(sizes)[::-1], scale).all()
            assert sorted(chain.largest) == list(range(made.count))


ONE_OUTPUT = [(loss, output) for loss, output in PAIRS if loss != "cross_entropy" and output != "softmax"]


@pytest.mark.parametrize(("loss", "output"), ONE_OUTPUT)
@pytest.mark.parametrize("rule", ["adam", "nesterov"])
def test_the_factors_of_a_chain(loss, output, rule):
    """One unit a layer, every activation and every pair with one output: each factor by the reference, and their product."""
    number = PAIRS.index((loss, output))
    hidden = [HIDDEN[(number + 4 * index) % len(HIDDEN)] for index in range(3)]
    network = Network(1, tuple(Layer(1, name) for name in hidden), 1, output, loss)
    made = network_problem(network, task="regression" if loss == "mse" else "classification", samples=7, seed=number)
    case = Case(rule, "textbook", {}, made, SCHEDULES[0], {"l2": 0.1}, number % 2 == 1)
    w, update, _ = second(case)
    last = w.last
    for sample in range(w.count):
        for name in [f"{kind}{layer}" for kind in "Wb" for layer in range(1, last + 1)]:
            found, layer = factors(update, name, sample), int(name[1:])
            expected = [w.blame[f"delta{last}"][0, sample]]
            for above in range(last, layer, -1):
                expected += [w.point[f"W{above}"][0, 0], w.slope(above - 1)[0, sample]]
            expected += [w.values[f"h{layer - 1}"][0, sample]] if name[0] == "W" else []
            assert len(found.factors) == len(expected)
            for (_, _, value), own in zip(found.factors, expected, strict=True):
                assert near(value, own, 1e-3), name
            own = float(w.alone(sample)[name].ravel()[0])
            assert near(found.value, own, 1e-3) and near(found.run, own, 1e-3), name


def objective_of(case, made):
    """J of the mini-batch of a witness at any parameters, same noise, same masks; and its gradient."""
    s, network, x = made.s, case.made.network, made.x.T

    def objective(parameters):
        return reference_network.objective(network, parameters, x, made.y, s["l1"], s["l2"], masks=made.masks)

    def gradient(parameters):
        found = reference_network.gradient(network, parameters, x, made.y, s["l1"], s["l2"], masks=made.masks)
        return {name: found[name] for name in parameters}

    return objective, gradient


def sides(made, parameters):
    """Which units stand above the corner of their activation."""
    values = reference_network.forward(made.network, parameters, made.x.T, masks=made.masks)
    layers = [layer for layer in range(1, made.last + 1) if made.row(layer).activation in KINKED]
    return [(values[made.bend(layer)] > 0).tolist() for layer in layers]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_slopes_by_differences(case):
    """Every entry of every parameter, where the update takes its gradient. A difference of two J is right to 1e-16 J / step."""
    made, _, trainer = second(case)
    objective, _ = objective_of(case, made)
    entries = [(name, index) for name, value in made.point.items() for index in indices(value)]
    for found in check(trainer, entries):
        theta = made.point[found.name][found.index]
        expected = made.mean if found.name in made.held else made.pulled
        scale = max(float(np.max(np.abs(expected[found.name]))), made.floor(f"d{found.name}"))
        assert near(found.analytic, expected[found.name][found.index], scale), found
        around = []
        for way in (1.0, -1.0):
            moved = {name: value.copy() for name, value in made.point.items()}
            moved[found.name][found.index] += way * found.step
            around.append((objective(moved), sides(made, moved)))
        numeric = (around[0][0] - around[1][0]) / (2.0 * found.step)
        assert abs(found.numeric - numeric) <= 1e-9 * max(1.0, abs(around[0][0])), found
        assert near(found.error, abs(found.analytic - found.numeric) / max(abs(found.analytic) + abs(found.numeric), 1e-8))
        corner = made.s["l1"] > 0.0 and found.name[0] in "WP" and abs(theta) <= found.step
        assert found.kink == (around[0][1] != around[1][1] or corner)
        assert 1e-8 < found.step < 1e-1  # by the size of what the entry multiplies
        # Where the reference's slope is 0 but for rounding, it is said; where it is none, it is not.
        exact = abs(expected[found.name][found.index])
        assert found.zero if exact < 1e-15 and not found.kink else exact < 1e-8 or not found.zero, found


@pytest.mark.sampled(3, seconds=1)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_change_of_j(case):
    """J before and after, g·Δ, and ½ΔᵀHΔ against the whole Hessian by differences of the reference's gradient."""
    made, update, trainer = second(case)
    objective, gradient = objective_of(case, made)
    found = change(trainer)
    told = told_gradients(update, made.parameters)
    after = {name: made.after(name, told[name]) for name in made.parameters}
    assert near(found.before, objective(made.parameters)) and near(found.after, objective(after))
    names = list(made.parameters)
    theta = np.concatenate([made.parameters[name].ravel() for name in names])
    delta = np.concatenate([(after[name] - made.parameters[name]).ravel() for name in names])

    def flat(point):
        parts = np.split(point, np.cumsum([made.parameters[name].size for name in names])[:-1])
        shaped = {name: part.reshape(made.parameters[name].shape) for name, part in zip(names, parts, strict=True)}
        slope = gradient(shaped)
        return np.concatenate([slope[name].ravel() * (name not in made.held) for name in names])

    slope = flat(theta)
    assert near(found.linear, slope @ delta, np.abs(slope) @ np.abs(delta))
    step = 1e-5
    rows = [(flat(theta + step * e) - flat(theta - step * e)) / (2 * step) for e in np.eye(theta.size)]
    hessian = np.array(rows)
    size = float(delta @ delta) * float(np.linalg.norm(hessian))
    # both by differences of gradients, 1e-5 apart: a third derivative of a layer norm over like values leaves a millionth
    assert abs(found.quadratic - 0.5 * delta @ hessian @ delta) <= 1e-6 * size
    assert (found.predicted, found.actual) == (found.linear + found.quadratic, found.after - found.before)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_wrong_way(case):
    """Layer by layer from the last: each changes at once, and blame goes on through the W and P that have changed."""
    made, _, trainer = second(case)
    if case.extras.get("clip") or case.extras.get("clip_value"):
        field = "norm" if case.extras.get("clip") else "value"
        with pytest.raises(ValueError, match=rf"clip\.{field}: clipping needs the whole gradient"):
            in_place(trainer)
        return
    found = in_place(trainer)
    s, through, wrong = made.s, dict(made.point), {}
    for layer in range(made.last, 0, -1):
        slope = reference_network.gradient(
            made.network, made.point, made.x.T, made.y, s["l1"], s["l2"], masks=made.masks, through=through
        )
        for name in [name for name in made.parameters if int(re.sub(r"\D", "", name)) == layer]:
            wrong[name] = made.after(name, slope[name])
            through[name] = wrong[name]
    assert set(found.wrong) == set(found.right) == set(wrong)
    told = told_gradients(next_update(trainer), made.parameters)
    for name, value in made.parameters.items():
        noise = made.floor(f"d{name}") > 0.0  # a bias under batch norm: rules divide rounding by its own size
        right = made.after(name, told[name])
        assert np.all(near(found.right[name], right, np.max(np.abs(right)))), name
        if not noise:
            assert np.all(near(found.wrong[name], wrong[name], np.max(np.abs(wrong[name])))), name
        assert (name in found.differ) == (found.wrong[name].tobytes() != found.right[name].tobytes())
        assert value.shape == found.wrong[name].shape


# The chain rule on a graph ---------------------------------------------------------------------------------------------

TEXTS = [(example.text, example.inputs) for example in GRAPHS.values()]
TEXTS += [("tanh(a * b) + exp(-a) * ln(b) / cos(a) - relu(a - b) ** 3 + sqrt(b) * sin(a)", {"a": 0.6, "b": 1.4})]
DOES = {
    "+": lambda a, b: a + b,
    "−": lambda a, b=None: -a if b is None else a - b,
    "·": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "sin": math.sin,
    "cos": math.cos,
    "exp": math.exp,
    "ln": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "sigmoid": lambda a: float(sigmoid(np.array(a))),
    "relu": lambda a: max(a, 0.0),
}


def does(node, values, exponent):
    if node.op == "^":
        return values[0] ** exponent
    return DOES[node.op](*values)


@pytest.mark.parametrize(("text", "inputs"), TEXTS)
def test_every_node_of_a_graph(text, inputs):
    """Each value anew, each local derivative and each adjoint by a central difference, each share and each path."""
    graph = Graph.read(text, inputs)
    nodes = graph.nodes
    h = 1e-6

    def exponent(node):
        return next(other.value for other in nodes if other.op == "number" and node.text.endswith(f"** {other.text}"))

    def made(node, values):
        return does(node, values, exponent(node) if node.op == "^" else None)

    def forward(moved, by):
        """The result with one node's value shifted, whatever made it."""
        values = []
        for node in nodes:
            sources = [values[edge.source] for edge in node.edges]
            sources = sources * 2 if node.op in ("·", "+", "/") and len(sources) == 1 else sources
            own = made(node, sources) if node.edges else node.value
            values.append(own + (by if node.id == moved else 0.0))
        return values[-1]

    arrived = dict.fromkeys(range(len(nodes)), 0.0)
    for node in nodes:
        assert (forward(node.id, h) - forward(node.id, -h)) / (2 * h) == pytest.approx(node.adjoint, rel=1e-7, abs=1e-8)
        sources = [nodes[edge.source].value for edge in node.edges]
        if node.edges:
            assert node.value == pytest.approx(made(node, sources), rel=1e-14)
        for place, edge in enumerate(node.edges):
            around = [made(node, [v + way * (k == place) for k, v in enumerate(sources)]) for way in (h, -h)]
            assert (around[0] - around[1]) / (2 * h) == pytest.approx(edge.local, rel=1e-7, abs=1e-8)
            assert edge.share == pytest.approx(edge.local * node.adjoint, rel=1e-14)
            arrived[edge.source] += edge.share
    assert nodes[-1].adjoint == 1.0
    for node in nodes[:-1]:
        assert node.adjoint == pytest.approx(arrived[node.id], rel=1e-14)
    local = {(node.id, edge.source): edge.local for node in nodes for edge in node.edges}
    for name in inputs:
        for way, product in graph.paths(name):
            assert product == pytest.approx(math.prod(local[step] for step in itertools.pairwise(way)), rel=1e-12)
