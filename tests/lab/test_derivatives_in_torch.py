"""What the lab says of derivatives and their cost, held against PyTorch: its own counter of operations, its gradients, and the
forward and reverse modes of torch.func, pass by pass."""

from __future__ import annotations

import numpy as np
import pytest
from lab_networks import flat, logits, parameters_of, squared, torch

from engine.lab import EXPERIMENTS, carried_out
from engine.lab.modes.jacobian import Jacobian
from engine.lab.passes.counts import multiplications
from engine.lab.passes.network import in_words, network_machine
from engine.lab.passes.runner import Runner, backward_ops, forward_ops
from engine.lab.price.dual import DualRunner

SIZES = ((64, 16, 10), (3, 5, 4, 2), (1, 1, 1), (7, 2, 9, 2, 9, 3))
MODES = EXPERIMENTS["modes"]
TORCH = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "gelu": torch.nn.functional.gelu,
    "silu": torch.nn.functional.silu,
}


def network_of(machine, activation):
    parameters = [each.detach() for each in parameters_of(machine)]
    return lambda x: logits(parameters, x, TORCH[activation])


@pytest.mark.parametrize("sizes", SIZES, ids=in_words)
def test_multiplications_are_those_that_torch_counts(sizes):
    from torch.utils.flop_counter import FlopCounterMode

    machine, samples = network_machine(sizes, "tanh", 4, 0), 4
    parameters, (x, y) = parameters_of(machine), (torch.tensor(each) for each in (machine.x, machine.y))
    with FlopCounterMode(display=False) as forward:
        loss = squared(logits(parameters, x, torch.tanh), y)
    with FlopCounterMode(display=False) as backward:
        loss.backward()
    runner = Runner(machine, 1)
    own = multiplications(forward_ops(runner)), multiplications(backward_ops(runner))
    assert [2 * samples * each for each in own] == [forward.get_total_flops(), backward.get_total_flops()]


@pytest.mark.parametrize("activation", TORCH)
def test_forward_mode_gives_the_gradient_of_torch(activation):
    machine = network_machine((3, 5, 4, 2), activation, 6, 1)
    parameters = parameters_of(machine)
    squared(logits(parameters, torch.tensor(machine.x), TORCH[activation]), torch.tensor(machine.y)).backward()
    wanted = flat([each.grad for each in parameters])
    dual, found = DualRunner(machine, 6), []
    for index in range(wanted.size):
        dual.point(index)
        dual(dual.ops)
        found.append(dual.derivative)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("n", "m", "activation"), [(8, 3, "tanh"), (2, 7, "sigmoid"), (4, 4, "silu"), (5, 1, "relu"), (1, 1, "tanh")]
)
def test_both_modes_are_torchs_jacobian(n, m, activation):
    found = carried_out(MODES, inputs=n, outputs=m, hidden=5, activation=activation, seed=3)
    machine = network_machine((n, 5, 5, m), activation, 1, 3)
    network, x = network_of(machine, activation), torch.tensor(machine.x[0])
    forward, reverse = (figure.values for figure in found.figures)
    np.testing.assert_allclose(forward, torch.func.jacfwd(network)(x).numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(reverse, torch.func.jacrev(network)(x).numpy(), rtol=0, atol=1e-12)
    assert np.abs(forward - reverse).max() <= 1e-12 and found.values["off"] <= 1e-12
    assert found.values["passes"] == {"forward": n, "reverse": m}
    assert [row[2] for row in found.table.rows] == [n, m]


def test_a_pass_is_torchs_jvp_or_vjp_station_by_station():
    machine = network_machine((4, 6, 5, 3), "tanh", 1, 7)
    jacobian, x = Jacobian(machine), torch.tensor(machine.x[0])
    weights = [each.detach() for each in parameters_of(machine)]

    def stations(x):
        h1 = torch.tanh(weights[0] @ x + weights[1])
        h2 = torch.tanh(weights[2] @ h1 + weights[3])
        return x, h1, h2, weights[4] @ h2 + weights[5]

    for j in range(4):
        _, wanted = torch.func.jvp(stations, (x,), (torch.eye(4, dtype=torch.float64)[j],))
        np.testing.assert_allclose(jacobian.column(j), np.concatenate([each.numpy() for each in wanted]), rtol=0, atol=1e-14)
    for i in range(3):
        z1 = (weights[0] @ x + weights[1]).requires_grad_()
        z2 = (weights[2] @ torch.tanh(z1) + weights[3]).requires_grad_()
        z3 = weights[4] @ torch.tanh(z2) + weights[5]
        wanted = torch.autograd.grad(z3[i], (z2, z1))
        own = jacobian.row(i)
        np.testing.assert_array_equal(own[:3], np.eye(3)[i])
        np.testing.assert_allclose(own[3:14], torch.cat(wanted).numpy(), rtol=0, atol=1e-14)
        _, back = torch.func.vjp(lambda x: stations(x)[-1], x)
        np.testing.assert_allclose(own[14:], back(torch.eye(3, dtype=torch.float64)[i])[0].numpy(), rtol=0, atol=1e-14)
    np.testing.assert_allclose(np.concatenate(jacobian.values), torch.cat(stations(x)).numpy(), rtol=0, atol=1e-14)
