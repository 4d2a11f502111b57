"""The reference itself, held against published and known numbers (autograd holds it in tests/golden/test_live.py)."""

import numpy as np
import pytest
import reference
from witnesses.optimizers_adam import adam


def worked_example():
    """The published 2-2-2 example: sigmoids, ½ squared error."""
    return (
        [
            (np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35])),
            (np.array([[0.40, 0.45], [0.50, 0.55]]), np.array([0.60, 0.60])),
        ],
        ("sigmoid", "sigmoid"),
        np.array([[0.05, 0.10]]),
        np.array([[0.01, 0.99]]),
    )


def test_worked_example():
    parameters, activations, x, y = worked_example()
    run = reference.Run(parameters, activations, "mse", x, y, "sgd", {"lr": 0.5}, 1)
    assert run.step() == pytest.approx(0.298371109, abs=1e-9)
    (w1, _), (w2, _) = run.parameters
    assert w1.ravel() == pytest.approx([0.149780716, 0.19956143, 0.24975114, 0.29950229], abs=1e-8)
    assert w2.ravel() == pytest.approx([0.35891648, 0.408666186, 0.511301270, 0.561370121], abs=1e-8)


def test_blame_uses_the_weights_before_the_update():
    """Updated in place on the way back, w1 would become 0.14981764 (MATHS.md)."""
    parameters, activations, x, y = worked_example()
    late = reference.gradient(parameters, activations, "mse", x, y)[1][0]
    spoiled = [parameters[0], (parameters[1][0] - 0.5 * late, parameters[1][1])]
    zs, hs = reference.forward(parameters, activations, x[0])
    delta = reference.jacobian("sigmoid", zs[-1]) @ (hs[-1] - y[0])
    blame = reference.jacobian("sigmoid", zs[0]) @ (spoiled[1][0].T @ delta)
    assert parameters[0][0][0, 0] - 0.5 * blame[0] * x[0, 0] == pytest.approx(0.14981764, abs=5e-9)


@pytest.mark.parametrize(("loss", "output"), [("mse", "identity"), ("bce", "sigmoid"), ("cross_entropy", "softmax")])
def test_matched_pairs_reduce_to_the_difference(loss, output):
    """δ = ŷ − y comes out of u and the full Jacobian, which know nothing of it."""
    random = np.random.default_rng(1)
    z, y = random.normal(size=4), np.eye(4)[2]
    delta = reference.jacobian(output, z).T @ reference.output_slope(loss, output, z, y)
    assert delta == pytest.approx(reference.activate(output, z) - y, abs=1e-14)


def test_confidently_wrong():
    z, y = np.array([-5.0]), np.array([1.0])
    squared, entropy = (
        reference.jacobian("sigmoid", z) @ reference.output_slope(loss, "sigmoid", z, y) for loss in ("mse", "bce")
    )
    assert squared[0] == pytest.approx(-0.0066, abs=5e-5)
    assert entropy[0] == pytest.approx(-0.9933, abs=5e-5)
    assert entropy[0] / squared[0] == pytest.approx(150.4, abs=0.05)


def test_adams_second_step_by_hand():
    """g = 1 then 3 with β₁ = .5, β₂ = .75, ε = 0: m = .5, 1.75; v = .25, 2.4375; corrected by .5, .75 and .25, .4375."""
    state, theta = {}, [np.array([0.0])]
    hyper = {"lr": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 0.0}
    theta = adam(theta, state, lambda _: [np.array([1.0])], **hyper)
    assert theta[0][0] == pytest.approx(-0.1)
    theta = adam(theta, state, lambda _: [np.array([3.0])], **hyper)
    assert theta[0][0] == pytest.approx(-0.1 - 0.1 * (1.75 / 0.75) / np.sqrt(2.4375 / 0.4375))
