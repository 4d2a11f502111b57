"""Modules of PyTorch as runs: gradients and next updates against autograd and torch.optim, and what is refused by its name."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn

import torch_networks as networks  # noqa: E402

from engine import Trainer  # noqa: E402
from engine.importing.imported import UnsupportedError  # noqa: E402

TOLERANCE = 1e-9
NOISE = 1e-12
"""A bias before batch norm has no gradient but rounding, which Adam makes as large as it likes: its updates are left out."""


def names_in_order(trainer: Trainer) -> list[str]:
    """Of what a module has: not of what stands here as a constant."""
    constant = set(trainer.frozen)
    return [name for name in trainer.named_parameters if name not in constant]


def distance(ours: np.ndarray, theirs: torch.Tensor) -> float:
    wanted = theirs.detach().numpy().reshape(ours.shape)
    return float((np.abs(ours - wanted) / (1.0 + np.abs(wanted))).max())


def masks_of(trainer: Trainer) -> list[np.ndarray]:
    """Of the next update, a row a sample."""
    found = {}
    for step in trainer.trace():
        found |= {name: values.T for name, values in step.results.items() if name.startswith("mask")}
    return [found[name] for name in sorted(found, key=lambda name: int(name[4:]))]


def follows(seed: int, updates: int = 3) -> None:
    """The run of a module, beside the module, for some updates."""
    case = networks.case(seed)
    trainer = Trainer.from_torch(case.module, case.x, case.y, loss=case.loss, optimizer=case.optimizer)
    order = names_in_order(trainer)
    assert len(order) == len(list(case.module.parameters()))
    module = case.module
    handles = []
    dropouts = [each for each in module.modules() if isinstance(each, nn.Dropout)]
    for step in range(updates):
        masks = masks_of(trainer)
        assert len(masks) == len(dropouts)
        for each, mask in zip(dropouts, masks, strict=True):
            factor = torch.from_numpy(np.ascontiguousarray(mask))
            handles.append(each.register_forward_hook(lambda _m, inputs, _o, factor=factor: inputs[0] * factor))
        before = {name: each.detach().clone() for name, each in module.named_parameters()}
        gradients = networks.update(case)
        for handle in handles:
            handle.remove()
        trainer.step(1)
        assert trainer.last_gradient is not None
        for ours, theirs in zip(order, gradients, strict=True):
            decay = case.decay if before[theirs].ndim == 2 else 0.0
            wanted = case.scale * (gradients[theirs] + decay * before[theirs])
            found = distance(trainer.last_gradient[ours], wanted)
            assert found <= TOLERANCE, f"seed {seed}, step {step}: gradient of {ours} ({theirs}) is {found:.3g} away"
        for ours, (theirs, values) in zip(order, module.named_parameters(), strict=True):
            found = distance(trainer.named_parameters[ours], values)
            noise = float(gradients[theirs].abs().max()) < NOISE
            assert noise or found <= TOLERANCE, f"seed {seed}, step {step}: {ours} ({theirs}) is {found:.3g} away"
    statistics = [each for each in module.modules() if isinstance(each, nn.BatchNorm1d)]
    running = [each for norm in statistics for each in (norm.running_mean, norm.running_var)]
    for ours_running, each in zip(trainer.running_statistics.values(), running, strict=True):
        assert distance(ours_running, each) <= TOLERANCE


@pytest.mark.parametrize("seed", range(4))
def test_gradients_and_updates_are_torchs(seed: int) -> None:
    follows(seed)


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("seed", range(100, 140))
def test_gradients_and_updates_are_torchs_over_forty_modules(seed: int) -> None:
    follows(seed)


# What else comes along ---------------------------------------------------------------------------------------------------


def small() -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2)), torch.randn(6, 2), torch.randint(0, 2, (6,))


def test_what_is_single_precision_is_taken_up_exactly() -> None:
    module, x, y = small()
    trainer = Trainer.from_torch(module, x, y)
    assert [len(each) for each in trainer.named_parameters.values()] == [3, 3, 2, 2]
    for ours, theirs in zip(trainer.named_parameters.values(), module.parameters(), strict=True):
        assert theirs.dtype == torch.float32 and np.array_equal(ours, theirs.detach().numpy().astype(np.float64))
    assert trainer.dataset.task == "classification" and trainer.tape.loss == "cross_entropy"
    assert "softmax" in trainer.notes[0]
    assert np.allclose(trainer.predict(x.numpy()), torch.softmax(module(x), 1).detach().numpy(), atol=1e-6)


def test_it_is_a_script_that_leads_to_the_same_bits() -> None:
    module, x, y = small()
    module[2].bias.requires_grad_(False)
    optimizer = torch.optim.Adam(module.parameters(), lr=0.05)
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.cross_entropy(module(x), y).backward()
        optimizer.step()
    trainer = Trainer.from_torch(module, x, y, loss=nn.functional.cross_entropy, optimizer=optimizer, batch_size=2, seed=5)
    assert list(trainer.frozen) == ["b2"] and trainer.machine.clock[0] == 3
    start = trainer.series.points[0].copy()
    trainer.step(25)
    ahead = trainer.machine.theta.copy()
    other = Trainer.from_script(trainer.as_script())
    assert np.array_equal(other.machine.theta, ahead) and np.array_equal(other.series.points[0], start, equal_nan=True)
    other.seek(0)
    assert np.array_equal(other.named_parameters["b2"], module[2].bias.detach().numpy())
    other.seek(25)
    assert np.array_equal(other.machine.theta, ahead)
    assert np.array_equal(other.named_parameters["b2"], module[2].bias.detach().numpy()), "frozen"
    assert "weights taken from PyTorch: Sequential" in [edit.label for edit in other.edits]


def test_the_first_step_shown_has_its_own_weights() -> None:
    module, x, y = small()
    trainer = Trainer.from_torch(module.double(), x.double(), y)
    z = next(step for step in trainer.trace() if step.op == "affine 1").results["z1"]
    assert np.abs(z - module[0](x.double()).detach().numpy().T).max() < 1e-14


def test_the_engine_alone_does_not_import_torch() -> None:
    code = "import sys, engine; assert 'torch' not in sys.modules and hasattr(engine.Trainer, 'from_torch')"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


# Refusals ------------------------------------------------------------------------------------------------------------------


class Decides(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x) if x.sum() > 0 else -self.layer(x)


class Twice(Decides):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(torch.tanh(self.layer(x)))


class Multiplies(Decides):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x) * 2


class Applies(Decides):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(x, self.layer.weight)


def tied() -> nn.Module:
    module = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2))
    module[2].weight = module[0].weight
    return module


def hooked() -> nn.Module:
    module = nn.Sequential(nn.Linear(2, 2))
    module[0].register_forward_hook(lambda *_: None)
    return module


def after(*parts: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(2, 4), *parts, nn.Linear(4, 2))


UNSUPPORTED = {
    "a convolution": (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.Linear(2, 2)), r"0: Conv2d; allowed: Linear, "),
    "an embedding": (lambda: nn.Sequential(nn.Embedding(5, 2), nn.Linear(2, 2)), "0: Embedding; allowed: Linear"),
    "an LSTM": (lambda: nn.LSTM(2, 2), "LSTM"),
    "an approximated GELU": (lambda: after(nn.GELU("tanh")), r"1: GELU\(approximate='tanh'\); allowed: approximate='none'"),
    "a deep place": (lambda: after(nn.Sequential(nn.Sequential(nn.Mish()))), "1.0.0: Mish; allowed: "),
    "another slope": (lambda: after(nn.LeakyReLU(0.2)), r"1: LeakyReLU\(negative_slope=0.2\); allowed: negative_slope=0.01"),
    "another eps": (lambda: after(nn.BatchNorm1d(4, eps=1e-3)), r"1: BatchNorm1d\(eps=0.001\); allowed: eps=1e-05"),
    "no running statistics": (lambda: after(nn.BatchNorm1d(4, track_running_stats=False)), "track_running_stats"),
    "one slope of all": (lambda: after(nn.PReLU()), r"1: PReLU is of shape \(1,\); allowed: \(4,\)"),
    "a norm after the activation": (lambda: after(nn.ReLU(), nn.BatchNorm1d(4)), "2: BatchNorm1d after ReLU; allowed: Linear"),
    "a softmax inside": (lambda: after(nn.Softmax(1)), "1: Softmax in a hidden layer; allowed: tanh"),
    "a norm at the input": (lambda: nn.Sequential(nn.LayerNorm(2), nn.Linear(2, 2)), "0: LayerNorm before the first Linear"),
    "a norm at the output": (lambda: nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)), "1: BatchNorm1d at the output"),
    "a forward that decides": (Decides, "forward: torch.fx cannot trace Decides.forward"),
    "a layer used twice": (Twice, "layer: Linear is used twice, so its weights are shared; allowed: once"),
    "shared weights": (tied, "2.weight: shares its values with 0.weight; allowed: each layer"),
    "an operation": (Multiplies, "forward, mul: the function mul"),
    "a function with tensors": (Applies, "forward, linear: the function linear.*; allowed: a torch.nn module"),
    "a hook": (hooked, "0: Linear with a hook, which may change what it computes; allowed: no hooks"),
    "weight norm": (lambda: nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))), "0: ParametrizedLinear"),
    "no layer": (lambda: nn.Sequential(nn.Tanh()), "0: Tanh before the first Linear"),
    "what is none": (lambda: "net", "module: a str; allowed: a torch.nn.Module"),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_module_that_the_engine_has_not_is_refused_by_name(name: str) -> None:
    make, words = UNSUPPORTED[name]
    with pytest.raises(UnsupportedError, match=words):
        Trainer.from_torch(make(), torch.randn(5, 2), torch.randint(0, 2, (5,)))


LOSSES = {
    "cosine": (nn.CosineSimilarity(), "loss: CosineSimilarity; allowed: MSELoss"),
    "huber": (nn.HuberLoss(), "loss: HuberLoss; allowed: MSELoss"),
    "sum": (nn.CrossEntropyLoss(reduction="sum"), r"loss: CrossEntropyLoss\(reduction='sum'\); allowed: reduction='mean'"),
    "smoothed": (nn.CrossEntropyLoss(label_smoothing=0.1), "label_smoothing=0.1"),
    "weighted": (nn.CrossEntropyLoss(weight=torch.ones(2)), r"CrossEntropyLoss\(weight=a tensor\)"),
    "of probabilities": (nn.BCELoss(), "BCELoss after nothing .*; allowed: at the end sigmoid, softmax"),
    "unknown": ("hinge", "loss: 'hinge' is no loss; allowed: mse, bce, cross_entropy"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_that_the_engine_has_not_is_refused_by_name(name: str) -> None:
    loss, words = LOSSES[name]
    with pytest.raises(UnsupportedError, match=words):
        Trainer.from_torch(*small(), loss=loss)


def test_a_softmax_before_a_loss_that_takes_it_itself_is_named() -> None:
    module, x, y = small()
    with pytest.raises(UnsupportedError, match=r"CrossEntropyLoss after softmax .it takes the softmax itself"):
        Trainer.from_torch(nn.Sequential(*module, nn.Softmax(1)), x, y, loss=nn.CrossEntropyLoss())


OPTIMIZERS = {
    "LBFGS": (torch.optim.LBFGS, {}, "optimizer: LBFGS; allowed: torch.optim.SGD, "),
    "decay of biases": (torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.1}, r"SGD\(weight_decay=0.1\) decays biases too"),
    "maximize": (torch.optim.Adam, {"maximize": True}, r"optimizer: Adam\(maximize=True\); allowed: maximize=False"),
    "dampening": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}, r"SGD\(dampening=0.5\)"),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_that_the_engine_has_not_is_refused_by_name(name: str) -> None:
    module, x, y = small()
    kind, options, words = OPTIMIZERS[name]
    with pytest.raises(UnsupportedError, match=words):
        Trainer.from_torch(module, x, y, optimizer=kind(module.parameters(), **options))


def test_groups_of_two_rates_and_data_that_do_not_fit_are_refused() -> None:
    module, x, y = small()
    groups = [{"params": module[0].parameters(), "lr": 0.1}, {"params": module[2].parameters(), "lr": 0.2}]
    with pytest.raises(UnsupportedError, match=r"group 1 has lr=0.2, group 0 0.1"):
        Trainer.from_torch(module, x, y, optimizer=torch.optim.Adam(groups))
    with pytest.raises(UnsupportedError, match=r"x: shape \(6, 3\); allowed: \(n, 2\)"):
        Trainer.from_torch(module, torch.randn(6, 3), y)
    with pytest.raises(UnsupportedError, match=r"y: targets from 0 to 7; allowed: class indices 0 to 1"):
        Trainer.from_torch(module, x, torch.tensor([0, 1, 7, 0, 1, 0]))
    with pytest.raises(UnsupportedError, match=r"x: it holds a value that is not finite"):
        Trainer.from_torch(module, x * float("nan"), y)
    with torch.no_grad():
        module[0].weight[0, 0] = float("inf")
    with pytest.raises(UnsupportedError, match=r"0: Linear holds a value that is not finite"):
        Trainer.from_torch(module, x, y)
