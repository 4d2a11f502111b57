"""Random modules of PyTorch that this engine has, with a loss, an optimizer and a batch: for `test_from_torch.py`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

ACTIVATIONS = (nn.Tanh, nn.ReLU, nn.Sigmoid, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Softplus, nn.Identity)


class Residual(nn.Module):
    """x + block(x), or P x + block(x) where the widths differ."""

    def __init__(self, inputs: int, units: int, activation: nn.Module) -> None:
        super().__init__()
        self.block = nn.Sequential(nn.Linear(inputs, units), activation)
        self.short = nn.Linear(inputs, units, bias=False) if inputs != units else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.block(x) + (x if self.short is None else self.short(x))


class Functional(nn.Module):
    """Activations as functions and as methods."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.first, self.second, self.third = nn.Linear(inputs, units), nn.Linear(units, units), nn.Linear(units, units)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = torch.tanh(self.first(x))
        h = nn.functional.leaky_relu(self.second(h), 0.01) + h
        return self.third(h).sigmoid()


@dataclass
class Case:
    module: nn.Module
    x: torch.Tensor
    y: torch.Tensor
    loss: nn.Module
    optimizer: torch.optim.Optimizer
    scale: float
    """How many times PyTorch's gradient the engine's is: it sums over outputs, and halves squared errors."""
    decay: float


def hidden(random: np.random.Generator, inputs: int) -> tuple[list[nn.Module], int]:
    """One layer, or a block of several."""
    units = int(random.integers(2, 7))
    activation = ACTIVATIONS[random.integers(len(ACTIVATIONS))]()
    kind = random.integers(8)
    if kind == 0:
        return [Residual(inputs, units, activation)], units
    if kind == 1:
        return [Functional(inputs, units)], units
    parts: list[nn.Module] = [nn.Linear(inputs, units, bias=bool(random.integers(3)))]
    norm = random.integers(4)
    if norm == 0:
        parts.append(nn.BatchNorm1d(units, affine=bool(random.integers(2))))
    elif norm == 1:
        parts.append(nn.LayerNorm(units, elementwise_affine=bool(random.integers(2))))
    parts.append(nn.PReLU(units) if random.integers(6) == 0 else activation)
    if random.integers(3) == 0:
        parts.append(nn.Dropout(float(random.uniform(0.1, 0.6))))
    return [nn.Sequential(*parts)] if random.integers(2) else parts, units


def optimizer_of(random: np.random.Generator, module: nn.Module, scaled: bool) -> tuple[torch.optim.Optimizer, float]:
    """Any of torch.optim that the engine has; one in three decays its matrices alone."""
    rate = float(10 ** random.uniform(-3, -1.5))
    made = (
        (torch.optim.SGD, {}),
        (torch.optim.SGD, {"momentum": 0.8}),
        (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
        (torch.optim.Adam, {"betas": (0.8, 0.99), "eps": 1e-6}),
        (torch.optim.Adam, {"amsgrad": True}),
        (torch.optim.AdamW, {"weight_decay": 0.05}),
        (torch.optim.NAdam, {}),
        (torch.optim.Adamax, {}),
        (torch.optim.RMSprop, {"alpha": 0.95, "eps": 1e-5}),
        (torch.optim.RMSprop, {"centered": True, "momentum": 0.5, "eps": 1e-4}),
        (torch.optim.Adagrad, {"lr_decay": 0.01, "initial_accumulator_value": 0.1}),
        (torch.optim.RAdam, {}),
        (torch.optim.Adadelta, {}),
    )
    kind, options = made[random.integers(len(made) - 2 * scaled)]
    if kind is torch.optim.AdamW or random.integers(3):
        return kind(module.parameters(), lr=rate, **options), 0.0
    decay = 0.02
    matrices = [each for each in module.parameters() if each.ndim == 2]
    others = [each for each in module.parameters() if each.ndim != 2]
    groups = [{"params": matrices, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
    return kind([group for group in groups if group["params"]], lr=rate, **options), decay


def case(seed: int) -> Case:
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    rows, inputs, outputs = int(random.integers(5, 30)), int(random.integers(1, 5)), int(random.integers(1, 4))
    parts: list[nn.Module] = []
    width = inputs
    if random.integers(4) == 0:
        parts.append(nn.Flatten())
    for _ in range(random.integers(1, 4)):
        own, width = hidden(random, width)
        parts += own
    parts.append(nn.Linear(width, outputs))
    x, y = torch.randn(rows, inputs, dtype=torch.float64), torch.randn(rows, outputs, dtype=torch.float64)
    loss: nn.Module = nn.MSELoss()
    scale = outputs / 2
    kind = random.integers(5)
    if kind == 1:
        parts.append(nn.Sigmoid())
        loss, y, scale = nn.BCELoss(), torch.rand(rows, outputs, dtype=torch.float64), outputs
    elif kind == 2:
        loss, y, scale = nn.BCEWithLogitsLoss(), torch.randint(0, 2, (rows, outputs)).double(), outputs
    elif kind >= 3 and outputs > 1:
        loss, y, scale = nn.CrossEntropyLoss(), torch.randint(0, outputs, (rows,)), 1.0
        if kind == 4:
            parts.append(nn.LogSoftmax(dim=1))
            loss = nn.NLLLoss()
    module = nn.Sequential(*parts).double()
    with torch.no_grad():  # statistics and scales that are not those of the start
        for each in module.modules():
            if isinstance(each, nn.BatchNorm1d):
                each.running_mean.normal_()
                each.running_var.uniform_(0.5, 2.0)
            if isinstance(each, nn.BatchNorm1d | nn.LayerNorm) and each.weight is not None:
                each.weight.uniform_(0.5, 1.5)
                each.bias.normal_()
    optimizer, decay = optimizer_of(random, module, scale != 1.0)
    found = Case(module, x, y, loss, optimizer, float(scale), decay)
    for _ in range(random.integers(0, 4)):
        update(found)
    return found


def update(case: Case) -> dict[str, torch.Tensor]:
    """One of PyTorch's; the gradients that it used, by name."""
    case.optimizer.zero_grad()
    case.loss(case.module(case.x), case.y).backward()
    gradients = {name: each.grad.clone() for name, each in case.module.named_parameters()}
    case.optimizer.step()
    return gradients
