"""Ready runs, the wrong way, chains and graphs: published values, and what a class is to see (TEACHING.md, moments 1 and 2)."""

import json
import math

import numpy as np
import problems
import pytest

from engine import RunSpec, Trainer
from engine.kernels.optimizers.dispatch import SGD
from engine.microscope import GRAPHS, PRESETS, Graph, change, check, factors, in_place, next_update

WEIGHTS = {f"w{k + 1}": (f"W{k // 4 + 1}", (k % 4 // 2, k % 2)) for k in range(8)}


def preset(name) -> Trainer:
    """By its link, as anyone would get it."""
    return Trainer.from_script(json.dumps(PRESETS[name].script))


def digits(value: float) -> float:
    """Half a unit of the last digit that is printed."""
    return 0.5 * 10.0 ** -len(repr(value).partition(".")[2])


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_run_that_can_be_linked(name):
    trainer = preset(name)
    assert trainer.steps_done == 0
    for parameter, values in PRESETS[name].weights.items():
        assert np.array_equal(trainer.named_parameters[parameter], values)
    trainer.step(3)
    again = Trainer.from_script(trainer.as_script())
    assert problems.bits(again) == problems.bits(trainer)
    kind, layer = PRESETS[name].look
    assert next_update(preset(name)).find(kind, layer).layer == layer
    json.dumps(PRESETS[name].as_json(), allow_nan=False)


def test_the_published_values():
    """Each to the last digit that is printed; the wrong way's among them."""
    trainer = preset("two_two_two")
    update, wrong = next_update(trainer), in_place(trainer)
    published = {what: value for what, _, value in PRESETS["two_two_two"].published}
    assert update.mean_loss == pytest.approx(published.pop("loss"), abs=digits(0.298371109))
    assert wrong.wrong["W1"][0, 0] == pytest.approx(published.pop("w1, the wrong way"), abs=digits(0.14981764))
    assert set(published) == set(WEIGHTS)
    for what, value in published.items():
        name, index = WEIGHTS[what]
        step = update.find("update", name=name)
        assert step.results[0].array[index] == pytest.approx(value, abs=2 * digits(value)), what
    assert wrong.differ == ("W1",)
    forward = {value.name: value.array[:, 0] for step in update.steps for value in step.results}
    assert forward["z1"] == pytest.approx([0.3775, 0.3925], abs=1e-12)
    assert forward["h1"] == pytest.approx([0.593269992, 0.596884378], abs=5e-10)
    assert forward["h2"] == pytest.approx([0.75136507, 0.772928465], abs=5e-9)
    trainer.step(1)
    assert np.array_equal(trainer.named_parameters["b1"], [0.35, 0.35])
    assert np.array_equal(trainer.named_parameters["b2"], [0.60, 0.60])


def by_hand(theta, held):
    """Ten updates of the 2-2-2 example in plain NumPy, biases held or not."""
    w1, b1, w2, b2 = (np.array(value, dtype=float) for value in theta)
    x, y = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    for _ in range(10):
        h = 1 / (1 + np.exp(-(w1 @ x + b1)))
        out = 1 / (1 + np.exp(-(w2 @ h + b2)))
        d2 = (out - y) * out * (1 - out)
        d1 = (w2.T @ d2) * h * (1 - h)
        w2, w1 = w2 - 0.5 * np.outer(d2, h), w1 - 0.5 * np.outer(d1, x)
        if not held:
            b2, b1 = b2 - 0.5 * d2, b1 - 0.5 * d1
    return w1, w2


@pytest.mark.parametrize("held", [True, False])
def test_biases_are_held_for_as_long_as_the_run_goes_on(held):
    trainer = preset("two_two_two")
    if not held:
        spec = trainer.spec.model_dump()
        trainer = Trainer(
            RunSpec.model_validate(spec | {"network": spec["network"] | {"train_bias": True}}), trainer.parameters
        )
    theta = [values for pair in trainer.parameters for values in pair]
    expected = by_hand(theta, held)
    trainer.step(10)
    (w1, b1), (w2, _) = trainer.parameters
    assert w1 == pytest.approx(expected[0], rel=1e-13)
    assert w2 == pytest.approx(expected[1], rel=1e-13)
    assert np.array_equal(b1, [0.35, 0.35]) == held


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_held_biases_stay_under_every_rule(rule):
    """Their gradient exists, but it is not followed, and the length that is clipped is without it."""
    made = problems.golden_problem("classes")
    spec = made.spec(optimizer={"name": rule} | problems.TEXTBOOK[rule], clip={"norm": 1e-3}, batch_size=5)
    spec = spec.model_copy(update={"network": spec.network.model_copy(update={"train_bias": False})})
    trainer = Trainer(spec, parameters=made.parameters)
    assert any(np.abs(db).max() > 1e-6 for _, db in trainer.gradient("train"))
    trainer.step(20)
    for (w, b), (start, bias) in zip(trainer.parameters, made.parameters, strict=True):
        assert np.array_equal(b, bias) and not np.array_equal(w, start)
    length = np.sqrt(sum(float(np.sum(g**2)) for name, g in trainer.last_gradient.items() if name.startswith("W")))
    assert length == pytest.approx(1e-3, rel=1e-12)
    found = check(trainer, [("b1", (0,))])[0]
    assert found.error < 1e-6 and found.numeric != 0.0
    assert change(trainer).actual != 0.0
    kinds = [step.kind for step in next_update(trainer).steps]
    assert kinds.count("hold") == len(trainer.parameters)


def test_the_wrong_way_is_the_right_way_for_one_layer():
    made = problems.problem((3, 2), (), "mse", "identity", task="regression", seed=3)
    found = in_place(made.trainer())
    assert found.differ == ()
    assert all(np.array_equal(found.right[name], found.wrong[name]) for name in found.right)


def test_the_wrong_way_changes_nothing_of_the_run():
    made = problems.golden_problem("classes")
    trainer, plain = (made.trainer(optimizer={"name": "adam", "lr": 0.1}, batch_size=5) for _ in range(2))
    trainer.step(3)
    plain.step(3)
    found = in_place(trainer)
    assert "W1" in found.differ and "W3" not in found.differ
    trainer.step(4)
    plain.step(1)
    assert all(np.array_equal(found.right[name], value) for name, value in plain.named_parameters.items())
    plain.step(3)
    assert problems.bits(trainer) == problems.bits(plain)
    with pytest.raises(ValueError, match=r"clip\.norm: clipping needs the whole gradient"):
        in_place(made.trainer(clip={"norm": 1.0}))


def test_the_wrong_way_with_penalties_by_hand():
    """Layer by layer: W2 first, then blame through the new W2."""
    made = problems.problem((2, 3, 2), "tanh", "mse", "identity", task="regression", samples=4, seed=9)
    found = in_place(made.trainer(optimizer={"name": "sgd", "lr": 0.3}, regularization={"l1": 0.0, "l2": 0.1}))
    (w1, b1), (w2, b2) = made.parameters
    h = np.tanh(w1 @ made.x.T + b1[:, None])
    d2 = w2 @ h + b2[:, None] - made.targets.T
    w2_new = w2 - 0.3 * (d2 @ h.T / 4 + 0.1 * w2)
    d1 = (w2_new.T @ d2) * (1 - h**2)
    assert found.wrong["W2"] == pytest.approx(w2_new, rel=1e-13)
    assert found.wrong["W1"] == pytest.approx(w1 - 0.3 * (d1 @ made.x / 4 + 0.1 * w1), rel=1e-12)
    assert SGD == 0


def test_xor_by_hand_has_an_empty_column():
    """Source × blame: x = (1, 0) gives the weights from the second input exactly 0."""
    trainer = preset("xor_by_hand")
    update = next_update(trainer)
    assert update.samples == (0,) and list(update.steps[0].results[0].array[:, 0]) == [1.0, 0.0]
    table = update.find("sample gradients", 1).result(sample=0)
    assert np.array_equal(table.array[:, 1], [0.0, 0.0]) and np.all(table.array[:, 0] != 0.0)
    assert not np.signbit(table.array[:, 1]).any()
    assert table.columns.names == ("x", "y")


def test_the_chain_is_one_product():
    """Weight, slope, weight, slope, …, source: the product is the gradient of the run, and of finite differences."""
    trainer = preset("chain")
    update = next_update(trainer)
    slopes = check(trainer, [(name, (0, 0) if name[0] == "W" else (0,)) for name in trainer.named_parameters])
    for found in slopes:
        product = factors(update, found.name)
        assert product.value == pytest.approx(product.run, rel=1e-14)
        assert product.value == pytest.approx(found.numeric, rel=1e-7)
        assert math.prod(value for _, _, value in product.factors) == pytest.approx(product.value, rel=1e-15)
    first = factors(update, "W1")
    assert len(first.factors) == 1 + 2 * 3 + 1
    assert [symbol for symbol, _, _ in first.factors[1:3]] == ["w_{4,11}", r"\varphi'(z_{3,1})"]
    assert all(0 < value <= 0.25 for symbol, _, value in first.factors if "varphi" in symbol)


@pytest.mark.parametrize(
    ("name", "parameter", "problem"),
    [
        ("two_two_two", "W1", "network: a product of factors has one path back only"),
        ("chain", "W9", "name: no parameter 'W9' of the chain"),
    ],
)
def test_what_is_no_chain_is_refused(name, parameter, problem):
    with pytest.raises(ValueError, match=problem):
        factors(next_update(preset(name)), parameter)


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        *((example.text, example.inputs) for example in GRAPHS.values()),
        ("(x + y) * z", {"x": -2.0, "y": 5.0, "z": -4.0}),
        ("x * x * x - 2 / x + sqrt(y)", {"x": 1.7, "y": 2.0}),
        ("tanh(a * b) + exp(-a) * ln(b) + cos(a) * sin(b) + relu(a - b)", {"a": 0.6, "b": 1.4}),
        ("-(x - y) ** 3 / (x + 1)", {"x": 0.4, "y": 1.2}),
        ("x ** (1 + 1) + y ** -(4 / 2) + (1 + 1) * x ** sqrt(4) - x ** -2", {"x": -1.5, "y": -0.7}),
    ],
)
def test_adjoints_are_the_derivatives(text, inputs):
    """Against central differences of the expression itself, evaluated by Python's own functions."""
    own = {"sin": math.sin, "cos": math.cos, "exp": math.exp, "ln": math.log, "sqrt": math.sqrt, "tanh": math.tanh}
    own |= {"sigmoid": lambda x: 1 / (1 + math.exp(-x)), "relu": lambda x: max(0.0, x)}

    def value(**at):
        return eval(text, {"__builtins__": {}}, own | at)  # the test's own text

    graph = Graph.read(text, inputs)
    assert graph.value == pytest.approx(value(**inputs), rel=1e-14)
    for name, at in inputs.items():
        h = 1e-6
        slope = (value(**inputs | {name: at + h}) - value(**inputs | {name: at - h})) / (2 * h)
        assert graph.gradient[name] == pytest.approx(slope, rel=1e-7, abs=1e-8)
        assert sum(product for _, product in graph.paths(name)) == pytest.approx(graph.gradient[name], rel=1e-12, abs=1e-15)
    json.dumps(graph.as_json(), allow_nan=False)


def test_a_published_graph():
    """f = (x + y) z at (−2, 5, −4): f = −12, df/dx = df/dy = −4, df/dz = 3."""
    graph = Graph.read("(x + y) * z", {"x": -2, "y": 5, "z": -4})
    assert (graph.value, graph.gradient) == (-12.0, {"x": -4.0, "y": -4.0, "z": 3.0})
    assert [(node.op, node.value, node.adjoint) for node in graph.nodes][-1] == ("·", -12.0, 1.0)
    assert Graph.read("x", {"x": 3.0}).gradient == {"x": 1.0}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x +", "is no expression at character 3; allowed"),
        ("x + q", "'q' at character 5 has no value; allowed: x"),
        ("open(x)", "at character 1 is not understood; allowed"),
        ("x.real + 1", "is not understood; allowed"),
        ("1 / (x - x)", "at character 1 has no value here"),
        ("x + ln(-x)", "'ln\\(-x\\)' at character 5 has no value here"),
        ("x^2 + ln(-x)", "at character 7 has no value here"),
        ("2x", "write \\* between factors; allowed"),
        ("exp(1000 * x)", "has no value here|not finite"),
        ("2 ** x", "the exponent of"),
        ("2 ** (x - x + 2)", "the exponent of"),
        ("x ** (1 / 0)", "the exponent of"),
        ("(-x) ** 0.5", "has no value here"),
        ("x + " * 80 + "x", "characters given; allowed"),
    ],
)
def test_what_is_no_graph_is_refused(text, problem):
    with pytest.raises(ValueError, match=problem):
        Graph.read(text, {"x": 1.0})
