"""The text of the PyTorch script: tensors and autograd; torch.optim where its rule is ours, written out where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.kernels import optimizers as kernels
from engine.torch_network import loss_of

if TYPE_CHECKING:
    from engine.spec import RunSpec
    from engine.trainer import Trainer


@dataclass(frozen=True)
class Ahead:
    """The mini-batches to come: `batches` are rows of x (n, d_0) and y (n, d_L), `masks` dropout's by layer, (batch, d_l),
    `rates` of their updates, and `losses` what the engine had on them."""

    x: NDArray[Any]
    y: NDArray[Any]
    batches: list[list[int]]
    masks: list[dict[int, NDArray[Any]]]
    rates: list[float]
    losses: list[float]


OWN_STEP = """

class Optimizer:
    \"\"\"{words}, the textbook's: torch.optim has another form of it.\"\"\"

    def __init__(self, parameters, {arguments}):
        self.parameters = parameters
        {keep} = {arguments}
        {states} = {initial}
{ahead}
    def step(self):
        with torch.no_grad():
            for i, p in enumerate(self.parameters):
                g = p.grad
{lines}
"""

LOOK_AHEAD = """
    def look_ahead(self):
        \"\"\"Keep the parameters, and go where the velocity will carry them: the gradient is taken there.\"\"\"
        with torch.no_grad():
            self.saved = [p.clone() for p in self.parameters]
            for p, v in zip(self.parameters, self.v):
                p -= self.lr * (self.beta * v)
"""


def _in_torch(class_and_options: str, state: dict[str, str], *, clock: bool = False) -> str:
    """An optimizer of torch.optim that has been running: `state` maps its names to ours."""
    fields = [f'"{theirs}": state["{ours}"][i].clone()' for theirs, ours in state.items()]
    if clock:
        fields.append('"step": torch.tensor(float(updates))')
    text = f"optimizer = torch.optim.{class_and_options}\n"
    if fields:
        text += "for i, p in enumerate(parameters):\n    optimizer.state[p] = {" + ", ".join(fields) + "}\n"
    return text


def _written_out(
    words: str, options: dict[str, float], states: tuple[str, ...], lines: tuple[str, ...], ahead: str = ""
) -> str:
    names = list(options)
    body = OWN_STEP.format(
        words=words,
        arguments=", ".join(names),
        keep=", ".join(f"self.{name}" for name in names),
        states=", ".join(f"self.{name}" for name in states),
        initial=", ".join(f'[s.clone() for s in state["{name}"]]' for name in states),
        ahead=ahead,
        lines="\n".join(" " * 16 + line for line in lines),
    )
    return f"{body}\n\noptimizer = Optimizer(parameters, {', '.join(f'{key}={value!r}' for key, value in options.items())})\n"


def _optimizer(spec: RunSpec) -> str:
    """The lines that define `optimizer`."""
    rule, o = spec.optimizer.code, {"lr": spec.optimizer.lr, **spec.optimizer.parameters}
    lr, beta, gamma, eps = o["lr"], o.get("beta"), o.get("gamma"), o.get("eps")
    if rule == kernels.SGD:
        return _in_torch(f"SGD(parameters, lr={lr!r})", {})
    if rule == kernels.MOMENTUM:
        return _in_torch(f"SGD(parameters, lr={lr!r}, momentum={beta!r})", {"momentum_buffer": "v"} if beta else {})
    if rule == kernels.NESTEROV_TORCH:
        nesterov = f", momentum={beta!r}, nesterov=True" if beta else ""  # which torch refuses without momentum
        return _in_torch(f"SGD(parameters, lr={lr!r}{nesterov})", {"momentum_buffer": "v"} if beta else {})
    if rule == kernels.ADAGRAD_OUTSIDE:
        return _in_torch(f"Adagrad(parameters, lr={lr!r}, eps={eps!r})", {"sum": "G"}, clock=True)
    if rule == kernels.RMSPROP_OUTSIDE:
        return _in_torch(f"RMSprop(parameters, lr={lr!r}, alpha={gamma!r}, eps={eps!r})", {"square_avg": "s"}, clock=True)
    if rule == kernels.ADAM:
        text = f"Adam(parameters, lr={lr!r}, betas=({o['beta1']!r}, {o['beta2']!r}), eps={eps!r})"
        return _in_torch(text, {"exp_avg": "m", "exp_avg_sq": "v"}, clock=True)
    options = {name: float(value) for name, value in o.items()}
    if rule == kernels.NESTEROV_LOOK_AHEAD:
        lines = ("self.v[i] = self.beta * self.v[i] + g", "p.copy_(self.saved[i] - self.lr * self.v[i])")
        return _written_out("Nesterov's momentum", options, ("v",), lines, LOOK_AHEAD)
    if rule == kernels.ADAGRAD_INSIDE:
        lines = ("self.G[i] += g * g", "p -= self.lr * g / torch.sqrt(self.G[i] + self.eps)")
        return _written_out("AdaGrad", options, ("G",), lines)
    if rule == kernels.RMSPROP_INSIDE:
        mean = "self.s[i] = self.gamma * self.s[i] + (1 - self.gamma) * (g * g)"
        return _written_out("RMSProp", options, ("s",), (mean, "p -= self.lr * g / torch.sqrt(self.s[i] + self.eps)"))
    raise KeyError(f"{spec.optimizer.name}, {spec.optimizer.dialect}")


def _set_rate(optimizer: str) -> list[str]:
    """The schedule's rates, worked out by chainrule."""
    if "class Optimizer" in optimizer:
        return ["    optimizer.lr = rates[k]"]
    return ["    for group in optimizer.param_groups:", '        group["lr"] = rates[k]']


def _after_backward(spec: RunSpec, biases: list[int]) -> list[str]:
    """Penalties, then held biases, then clipping, on the gradients. `biases`: their places among the parameters."""
    lines = []
    l1, l2 = spec.regularization.l1, spec.regularization.l2
    if l1 or l2:
        lines += [
            "with torch.no_grad():  # penalties on weights, never on biases",
            "    for W in parameters:",
            "        if W.dim() == 2:",
            f"            W.grad += {l2!r} * W + {l1!r} * torch.sign(W)",
        ]
    if not spec.network.train_bias:
        lines += [f"for i in {biases!r}:  # biases are held", "    parameters[i].grad.zero_()"]
    if spec.clip.norm is not None and spec.optimizer.dialect == "pytorch":
        lines.append(f"torch.nn.utils.clip_grad_norm_(parameters, {spec.clip.norm!r})")
    elif spec.clip.norm is not None:
        lines += [
            "norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))",
            f"if norm > {spec.clip.norm!r}:  # without PyTorch's 1e-6",
            "    for p in parameters:",
            f"        p.grad *= {spec.clip.norm!r} / norm",
        ]
    return lines


def _tensor(values: NDArray[Any]) -> str:
    """A tensor's literal: the shortest decimals that are the same doubles."""
    rows = ",\n    ".join(str(row) for row in values.tolist())
    return f"tensor([\n    {rows},\n])" if values.size else f"torch.zeros({values.shape}, dtype=torch.float64)"


def _tensors(named: dict[str, NDArray[Any]]) -> str:
    return "[\n" + "".join(f"    # {name}\n    {_tensor(values)},\n" for name, values in named.items()) + "]"


def _indented(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)


def script(trainer: Trainer, ahead: Ahead) -> str:
    """The whole file, for the mini-batches that come next. KeyError: no such form."""
    spec, tape, rule = trainer.effective_spec, trainer.tape, trainer.effective_spec.optimizer
    biases = [i for i, place in enumerate(tape.places) if place.kind == "bias"]
    state = "".join(
        f'state["{name}"] = {_tensors(tensors)}\n' for name, tensors in trainer.optimizer_state.items() if name != "saved"
    )
    optimizer, moving = _optimizer(spec), set(ahead.rates) != {rule.lr}
    looks_ahead = rule.code == kernels.NESTEROV_LOOK_AHEAD
    shape = "-".join(str(size) for size in tape.sizes)
    return "\n".join(
        (
            f'"""A network of chainrule, {shape}, taken along after update {trainer.steps_done}.',
            "",
            f"Makes the next {len(ahead.batches)} updates in PyTorch, with {rule.name} ({rule.dialect}), and prints the data",
            "loss of each mini-batch before its update, beside chainrule's. Needs torch and nothing else.",
            '"""',
            "",
            "import torch",
            "",
            "",
            "def tensor(values):",
            "    return torch.tensor(values, dtype=torch.float64)",
            "",
            "",
            f"start = {trainer.steps_done}",
            f"updates = {int(trainer.machine.clock[0])}  # since the optimizer's state was last reset",
            "",
            "# The samples of the mini-batches to come, as the network sees them, and which of them make up each.",
            f"X = {_tensor(ahead.x)}",
            f"Y = {_tensor(ahead.y)}",
            "batches = [",
            *(f"    {batch}," for batch in ahead.batches),
            "]",
            *(("rates = [", *(f"    {rate!r}," for rate in ahead.rates), "]") if moving else ()),
            "expected = [",
            *(f"    {_number(loss)}," for loss in ahead.losses),
            "]",
            "# Dropout's masks of each mini-batch, by layer.",
            "masks = [",
            *(f"    {{{', '.join(f'{layer}: {_tensor(mask)}' for layer, mask in masks.items())}}}," for masks in ahead.masks),
            "]",
            "",
            "# W1, b1, …, layer by layer; W of shape (units, units below).",
            f"parameters = {_tensors(dict(trainer.named_parameters))}",
            "for p in parameters:",
            "    p.requires_grad_(True)",
            "",
            "state = {}",
            state,
            "",
            "def loss_of(x, y, masks):",
            '    """Mean over the mini-batch of the loss summed over the outputs."""',
            _indented(loss_of(spec, tape)),
            optimizer,
            "largest = 0.0",
            "for k, rows in enumerate(batches):",
            *(_set_rate(optimizer) if moving else ()),
            *(("    optimizer.look_ahead()",) if looks_ahead else ()),
            "    loss = loss_of(X[rows], Y[rows], masks[k])",
            "    for p in parameters:",
            "        p.grad = None",
            "    loss.backward()",
            _indented([*_after_backward(spec, biases), "optimizer.step()"])
            + "    largest = max(largest, abs(loss.item() - expected[k]))\n"
            + '    print(f"update {start + k + 1}: loss {loss.item()!r}, chainrule {expected[k]!r}")',
            'print(f"largest difference {largest:.1e}")',
            "",
        )
    )


def _number(value: float) -> str:
    return repr(value) if np.isfinite(value) else f'float("{value}")'
