"""Every output activation with every loss it allows, from margins of 1 to 1e15, against mpmath: the loss of a sample and δ_L,
which keep their digits however sure the network is, and whose components sum to 0 after softmax."""

import mpmath
import numpy as np
import pytest
from witnesses.activations import LEAK

from engine import RunSpec, Trainer
from engine.evaluation.curves import curve, output_delta
from engine.microscope import next_update
from engine.microscope.expressions.graph import Graph
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES

mp = mpmath.mp.clone()
mp.dps = 60
MARGINS = (1.0, 5.0, 17.0, 37.0, 100.0, 700.0, 800.0, 1e6, 1e15)
PAIRS = [pytest.param(name, output, id=f"{name}-{output}") for name, row in LOSSES.items() for output in row.outputs]
SMALLEST = 1e-290
"""Below it doubles lose digits, and e^-708 and less counts as 0."""

PHI = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": mp.tanh,
    "relu": lambda z: max(z, mp.mpf(0)),
    "leaky_relu": lambda z: z if z > 0 else mp.mpf(LEAK) * z,
    "elu": lambda z: z if z > 0 else mp.expm1(z),
    "gelu": lambda z: z * mp.ncdf(z),
    "softplus": lambda z: mp.log1p(mp.exp(z)) if z < 0 else z + mp.log1p(mp.exp(-z)),
    "silu": lambda z: z / (1 + mp.exp(-z)),
}
SLOPE = {
    "identity": lambda z: mp.mpf(1),
    "sigmoid": lambda z: mp.exp(-abs(z)) / (1 + mp.exp(-abs(z))) ** 2,
    "tanh": lambda z: mp.sech(z) ** 2,
    "relu": lambda z: mp.mpf(z > 0),
    "leaky_relu": lambda z: mp.mpf(1 if z > 0 else LEAK),
    "elu": lambda z: mp.mpf(1) if z > 0 else mp.exp(z),
    "gelu": lambda z: mp.ncdf(z) + z * mp.npdf(z),
    "softplus": PHI["sigmoid"],
    "silu": lambda z: PHI["sigmoid"](z) * (1 + z * PHI["sigmoid"](-z)),
}
ENDS = {"tanh": (-1.0, 1.0), "elu": (-1.0, 0.0)}


def exact(loss, output, z, y):
    """ŷ, ℓ and δ of one sample (units,), as printed, in as many digits as 1 + e^-z needs; and what δ is a sum of, in size."""
    reach = max(abs(value) for value in z)
    with mp.workdps(60 + (int(reach) if reach < 2000 else 0)):
        z, y = [mp.mpf(value) for value in z], [mp.mpf(value) for value in y]
        units = range(len(z))
        if output == "softmax":
            logs = [value - logsum(z) for value in z]
            missing = [logsum([z[k] for k in units if k != j]) - logsum(z) for j in units]
            h = [mp.exp(value) for value in logs]
        else:
            h = [PHI[output](value) for value in z]
            logs, missing = ([-softplus(way * value) for value in z] for way in (-1, 1))
        if loss == "mse":
            ell = sum((a - b) ** 2 for a, b in zip(h, y, strict=True)) / 2
        else:
            ell = -sum(y[j] * logs[j] for j in units if y[j])
            ell -= sum((1 - y[j]) * missing[j] for j in units if y[j] != 1 and loss == "bce")
        terms = [terms_of_delta(loss, output, z, h, y, j, logs, missing) for j in units]
        return h, ell, [sum(each) for each in terms], [sum(abs(term) for term in each) for each in terms]


def terms_of_delta(loss, output, z, h, y, j, logs, missing):
    """Of Σ_k u_k ∂h_k/∂z_j: of softmax the quotients h_k u_k cancelled by hand."""
    units = range(len(z))
    if output != "softmax":
        if loss == "mse":
            return [(h[j] - y[j]) * SLOPE[output](z[j])]
        return [-y[j] * PHI["sigmoid"](-z[j]), (1 - y[j]) * h[j] if loss == "bce" else 0]
    if loss == "mse":
        return [h[j] * h[k] * ((h[j] - y[j]) - (h[k] - y[k])) for k in units]
    terms = [-y[k] * (mp.exp(missing[j]) if j == k else -h[j]) for k in units]
    if loss == "bce":
        terms += [(1 - y[k]) * (h[j] if j == k else -h[k] * mp.exp(logs[j] - missing[k])) for k in units]
    return terms


def logsum(values):
    top = max(values)
    return top + mp.log(sum(mp.exp(value - top) for value in values))


def softplus(z):
    return mp.log1p(mp.exp(z)) if z < 0 else z + mp.log1p(mp.exp(-z))


def near(found, expected, scale=None, rel=1e-12):
    """To `rel` of `scale` (the value's own size), where doubles have the digits for it."""
    room = mp.mpf(rel) * abs(expected if scale is None else scale)
    return abs(mp.mpf(found) - expected) <= max(room, mp.mpf(SMALLEST))


def columns(output, margin):
    """Logits that stand `margin` apart, and one of targets near each end of the output's range."""
    patterns = ([margin, 0.0], [0.0, margin], [-margin, 0.0, margin], [margin, margin, 0.0], [0.0, -margin, -0.5 * margin])
    if not ACTIVATIONS[output].elementwise:
        return [(z, list(np.eye(len(z))[k])) for z in patterns for k in range(len(z))]
    low, high = ENDS.get(output, (0.0, 1.0))
    targets = [low, high], [high, low], [high, high]
    return [(z, y) for z in ([margin, -margin], [0.25 * margin, -0.5 * margin]) for y in targets]


@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_losses_and_deltas_at_wide_margins(loss, output):
    for margin in MARGINS:
        for z, y in columns(output, margin):
            found = output_delta(loss, output, np.array(z)[:, None], np.array(y)[:, None])
            h, ell, delta, size = exact(loss, output, z, y)
            where = f"{loss} of {output}, z = {z}, y = {y}"
            assert all(near(*pair) for pair in zip(found.prediction[:, 0], h, strict=True)), where
            assert near(found.loss[0], ell), f"{where}: loss {found.loss[0]}, right {mp.nstr(ell, 17)}"
            for j in range(len(z)):
                assert near(found.delta[j, 0], delta[j], size[j]), (
                    f"{where}: delta {found.delta[:, 0]}, right {[mp.nstr(value, 17) for value in delta]}"
                )
            if output == "softmax":
                assert abs(found.delta.sum()) <= 3e-16 * max(1.0, float(sum(size))), where


@pytest.mark.parametrize(("loss", "output"), [pair for pair in PAIRS if pair.values[1] != "softmax"])
def test_the_script_has_them_too(loss, output):
    """PyTorch's autograd of the forms that are exported."""
    torch = pytest.importorskip("torch")
    for margin in MARGINS:
        for z, y in columns(output, margin):
            u = torch.tensor([z], dtype=torch.float64, requires_grad=True)
            names = {"torch": torch, "u": u, "y": torch.tensor([y], dtype=torch.float64)}
            names["h1"] = eval(ACTIVATIONS[output].torch_in("stable", "u", 1), names)
            found = eval(LOSSES[loss].torch_in("stable", output, "h1"), names)
            found.backward()
            _, ell, delta, size = exact(loss, output, z, y)
            where = f"{loss} of {output}, z = {z}, y = {y}"
            assert near(found.item(), ell), f"{where}: loss {found.item()}, right {mp.nstr(ell, 17)}"
            for told, right, of in zip(u.grad[0].tolist(), delta, size, strict=True):
                assert near(told, right, of), f"{where}: delta {told}, right {mp.nstr(right, 17)}"


def test_what_the_issue_measured():
    bce = output_delta("bce", "softmax", [[37.0, 800.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 1.0]])
    assert bce.delta.tolist() == [[pytest.approx(2.0), 2.0], [pytest.approx(-2.0), -2.0]]
    sure = output_delta("cross_entropy", "softmax", [[1e6, 1e15], [0.0, 1e15 - 1.0]], [[1.0, 0.0], [0.0, 1.0]])
    assert sure.loss.tolist() == [0.0, pytest.approx(float(mp.log1p(mp.e)), rel=1e-15)]


@pytest.mark.parametrize("name", [name for name, row in ACTIVATIONS.items() if row.hidden and name != "prelu"])
def test_slopes_keep_their_digits_far_out(name):
    """φ′ relative to its own size, until it leaves the doubles: a unit learns as long as it is not 0."""
    away = np.array([1.0, 2.0, 5.0, 10.0, 17.0, 19.1, 25.0, 36.0, 37.0, 40.0, 100.0, 350.0, 690.0])
    z = np.concatenate([away, -away])
    found = curve(name, z)
    for at, value, slope in zip(z, found.value, found.slope, strict=True):
        assert near(value, PHI[name](mp.mpf(at))), (name, at)
        exact_slope = SLOPE[name](mp.mpf(at))
        assert curve(name, [at]).slope[0] == slope, f"{name}: φ′({at}) depends on what stands beside it"
        assert near(slope, exact_slope), (name, at, slope, mp.nstr(exact_slope, 17))


@pytest.mark.parametrize(
    ("loss", "output"), [("bce", "sigmoid"), *(pair.values for pair in PAIRS if pair.values[1] == "softmax")]
)
@pytest.mark.parametrize("margin", [1.0, 37.0, 100.0, 800.0])
def test_step_writes_what_is_computed(loss, output, margin):
    """Every equation of losses and δ_L comes to the run's own number, however sure the network is."""
    x = margin * np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])
    softmax = output == "softmax"
    data = {"name": "inline", "task": "classification", "train_x": x.tolist(), "train_y": [1, 0, 1], "classes": ["no", "yes"]}
    network = {"layers": [], "output_activation": output}
    made = Trainer(RunSpec.model_validate({"data": data, "network": network, "loss": loss, "batch_size": "full"}))
    made.machine.theta[...] = 0.0
    made.machine.tape.slots[0].view(made.machine.theta)[...] = np.eye(2) if softmax else [[1.0, 0.5]]
    for step in next_update(made).steps:
        if step.kind in ("losses", "output delta"):
            for row, column in np.ndindex(step.results[0].array.shape):
                equation = step.equation(row, column)
                assert equation.computed == pytest.approx(equation.result.value, rel=2e-12, abs=SMALLEST), (row, column)


@pytest.mark.parametrize("x", [-700.0, -40.0, -36.5, -2.0, 2.0, 36.5, 40.0, 700.0])
def test_the_graph_of_an_expression_keeps_them_too(x):
    graph = Graph.read("sigmoid(x)", {"x": x})
    assert near(graph.value, PHI["sigmoid"](mp.mpf(x))) and near(graph.gradient["x"], SLOPE["sigmoid"](mp.mpf(x)))
