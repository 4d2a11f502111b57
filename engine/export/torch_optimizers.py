"""An optimizer in the PyTorch script: torch.optim's where it is ours, else a class written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.kernels.optimizers import dispatch as kernels

if TYPE_CHECKING:
    from engine.spec import OptimizerSpec

OWN_STEP = """

class Optimizer:
    \"\"\"{words}.\"\"\"

    def __init__(self, parameters, {arguments}):
        self.parameters, self.updates = parameters, updates
        {keep} = {arguments}
        {states} = {initial}
{ahead}
    def step(self):
        self.updates += 1
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

MEAN = "self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g"
SQUARES = "self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * (g * g)"
CORRECTED_MEAN = "m = self.m[i] / (1 - self.beta1**self.updates)"
CORRECTED_SQUARES = "v = self.v[i] / (1 - self.beta2**self.updates)"
ADAM_STEP = "p -= self.lr * m / (torch.sqrt(v) + self.eps)"

MUON_AHEAD = '''
    def orthogonal(self, x):
        """Five Newton-Schulz iterations, as torch.optim.Muon makes them, but in float64: its bfloat16 moves the step."""
        x = x / max(x.norm().item(), 1e-7)
        turned = x.shape[0] > x.shape[1]
        x = x.T if turned else x
        for _ in range(5):
            s = x @ x.T
            x = 3.4445 * x + (-4.775 * s + 2.0315 * s @ s) @ x
        return x.T if turned else x
'''
MUON_LINES = (
    "p *= 1 - self.lr * self.weight_decay",
    "if p.ndim == 2:",
    "    self.m[i] = self.beta * self.m[i] + (1 - self.beta) * g",
    "    o = self.orthogonal(self.beta * self.m[i] + (1 - self.beta) * g)",
    "    p -= self.lr * max(1, p.shape[0] / p.shape[1]) ** 0.5 * o",
    "    continue",
    MEAN,
    SQUARES,
    CORRECTED_MEAN,
    CORRECTED_SQUARES,
    ADAM_STEP,
)

Lines = tuple[str, ...]


def in_torch(name: str, options: dict[str, Any], state: dict[str, str], *, clock: bool = True, **more: str) -> str:
    """An optimizer of torch.optim that has been running: `state` maps its names to ours, `more` to expressions."""
    arguments = "".join(f", {key}={value!r}" for key, value in options.items())
    fields = [f'"{theirs}": state["{ours}"][i].clone()' for theirs, ours in state.items()]
    if clock:
        fields.append('"step": torch.tensor(float(updates))')
    fields += [f'"{key}": {value}' for key, value in more.items()]
    text = f"optimizer = torch.optim.{name}(parameters{arguments})\n"
    if fields:
        text += "for i, p in enumerate(parameters):\n    optimizer.state[p] = {" + ", ".join(fields) + "}\n"
    return text


def written_out(words: str, options: dict[str, Any], states: Lines, lines: Lines, ahead: str = "") -> str:
    body = OWN_STEP.format(
        words=words,
        arguments=", ".join(options),
        keep=", ".join(f"self.{name}" for name in options),
        states=", ".join(f"self.{name}" for name in states),
        initial=", ".join(f'[s.clone() for s in state["{name}"]]' for name in states),
        ahead=ahead,
        lines="\n".join(" " * 16 + line for line in lines),
    )
    return f"{body}\n\noptimizer = Optimizer(parameters, {', '.join(f'{key}={value!r}' for key, value in options.items())})\n"


def optimizer_lines(optimizer: OptimizerSpec) -> str:
    """The lines that define `optimizer`. KeyError: there is no such form."""
    code, o = optimizer.kind, {"lr": optimizer.lr, **optimizer.parameters}
    found = _torchs(code, o)
    return found if found is not None else _own(code, o, f"{optimizer.row.title}, the {optimizer.dialect} dialect's")


def _torchs(code: int, o: dict[str, Any]) -> str | None:
    """torch.optim's form of the optimizer, where it has it."""
    lr, eps = {"lr": o["lr"]}, {"eps": o.get("eps")}
    if code == kernels.SGD:
        return in_torch("SGD", lr, {}, clock=False)
    if code in (kernels.MOMENTUM, kernels.NESTEROV_TORCH):
        if not o["beta"]:  # torch refuses nesterov without it, and keeps no buffer
            return in_torch("SGD", lr, {}, clock=False)
        nesterov = {"nesterov": True} if code == kernels.NESTEROV_TORCH else {}
        return in_torch("SGD", lr | {"momentum": o["beta"]} | nesterov, {"momentum_buffer": "v"}, clock=False)
    if code == kernels.ADAGRAD_OUTSIDE:
        return in_torch("Adagrad", lr | eps | {"lr_decay": o["lr_decay"]}, {"sum": "G"})
    if code == kernels.RMSPROP_OUTSIDE:
        return in_torch("RMSprop", lr | eps | {"alpha": o["gamma"]}, {"square_avg": "s"})
    if code == kernels.RMSPROP_OUTSIDE_WIDE:
        options = lr | eps | {"alpha": o["gamma"], "centered": o["centered"], "momentum": o["momentum"]}
        return in_torch("RMSprop", options, {"square_avg": "s", "grad_avg": "ḡ", "momentum_buffer": "v"})
    if code == kernels.ADADELTA:
        return in_torch("Adadelta", lr | eps | {"rho": o["rho"]}, {"square_avg": "E", "acc_delta": "X"})
    if code == kernels.RPROP:
        options = lr | {"etas": o["etas"], "step_sizes": o["step_sizes"]}
        return in_torch("Rprop", options, {"prev": "g′", "step_size": "Δ"})
    return _torchs_adam(code, o, lr | eps)


def _torchs_adam(code: int, o: dict[str, Any], lr_eps: dict[str, Any]) -> str | None:
    if "beta1" not in o or "beta2" not in o or o.get("bias_correction") is False:  # torch always corrects
        return None
    options, means = lr_eps | {"betas": (o["beta1"], o["beta2"])}, {"exp_avg": "m", "exp_avg_sq": "v"}
    if code == kernels.ADAM:
        return in_torch("Adam", options, means)
    if code == kernels.AMSGRAD:
        return in_torch("Adam", options | {"amsgrad": True}, means | {"max_exp_avg_sq": "vₘₐₓ"})
    if code == kernels.ADAMW:
        return in_torch("AdamW", options | {"weight_decay": o["weight_decay"]}, means)
    if code == kernels.NADAM:
        return in_torch("NAdam", options | {"momentum_decay": o["psi"]}, means, mu_product="tensor(product)")
    if code == kernels.RADAM:
        return in_torch("RAdam", options, means)
    if code == kernels.ADAMAX and "eps" in o:
        return in_torch("Adamax", options, {"exp_avg": "m", "exp_inf": "u"})
    return None


def _own(code: int, o: dict[str, Any], words: str) -> str:
    corrected = o.pop("bias_correction", True)
    states, lines = _formulas(code, o, corrected)
    ahead = {kernels.NESTEROV_LOOK_AHEAD: LOOK_AHEAD, kernels.MUON: MUON_AHEAD}.get(code, "")
    return written_out(words, o, states, lines, ahead)


def _formulas(code: int, o: dict[str, Any], corrected: bool) -> tuple[Lines, Lines]:
    """The names of the state and the lines of a step, with p, g, i in reach."""
    m = CORRECTED_MEAN if corrected else "m = self.m[i]"
    v = CORRECTED_SQUARES if corrected else "v = self.v[i]"
    if code == kernels.NESTEROV_LOOK_AHEAD:
        return ("v",), ("self.v[i] = self.beta * self.v[i] + g", "p.copy_(self.saved[i] - self.lr * self.v[i])")
    if code == kernels.ADAGRAD_INSIDE:
        decayed = "lr = self.lr / (1 + (self.updates - 1) * self.lr_decay)"
        return ("G",), ("self.G[i] += g * g", decayed, "p -= lr * g / torch.sqrt(self.G[i] + self.eps)")
    squares = "self.s[i] = self.gamma * self.s[i] + (1 - self.gamma) * (g * g)"
    if code == kernels.RMSPROP_INSIDE:
        return ("s",), (squares, "p -= self.lr * g / torch.sqrt(self.s[i] + self.eps)")
    if code == kernels.RMSPROP_INSIDE_WIDE:
        mean: Lines = ("self.ḡ[i] = self.gamma * self.ḡ[i] + (1 - self.gamma) * g",) if o["centered"] else ()
        size = "(self.s[i] - self.ḡ[i] ** 2).clamp(min=0)" if o["centered"] else "self.s[i]"
        velocity = f"self.v[i] = self.momentum * self.v[i] + g / torch.sqrt({size} + self.eps)"
        return ("s", "ḡ", "v"), (squares, *mean, velocity, "p -= self.lr * self.v[i]")
    if code == kernels.ADAM:
        return ("m", "v"), (MEAN, SQUARES, m, v, ADAM_STEP)
    if code == kernels.AMSGRAD:
        top = "self.vₘₐₓ[i] = torch.maximum(self.vₘₐₓ[i], self.v[i])"
        return ("m", "v", "vₘₐₓ"), (MEAN, SQUARES, top, m, "v = self.vₘₐₓ[i]", ADAM_STEP)
    if code in (kernels.ADAMW, kernels.ADAMW_PAPER):
        decay = "self.weight_decay" if code == kernels.ADAMW_PAPER else "self.lr * self.weight_decay"
        return ("m", "v"), (MEAN, SQUARES, m, v, f"p *= 1 - {decay}", ADAM_STEP)
    if code == kernels.NADAM_CONSTANT:
        ahead = (
            "t, b = self.updates, self.beta1",
            "m = b * self.m[i] / (1 - b ** (t + 1)) + (1 - b) * g / (1 - b**t)",
        )
        return ("m", "v"), (MEAN, SQUARES, CORRECTED_SQUARES, *ahead, ADAM_STEP)
    if code == kernels.RADAM_PAPER:
        rectified = (
            "t, longest = self.updates, 2 / (1 - self.beta2) - 1",
            "rho = longest - 2 * t * self.beta2**t / (1 - self.beta2**t)",
            "if rho > 4:",
            "    r = (rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho)",
            "    m = (r * (1 - self.beta2**t)) ** 0.5 * m / torch.sqrt(self.v[i])",
            "    m = torch.where(self.v[i] > 0, m, 0)",
            "p -= self.lr * m",
        )
        return ("m", "v"), (MEAN, SQUARES, CORRECTED_MEAN, *rectified)
    if code == kernels.ADAMAX:
        size = "g.abs() + self.eps" if "eps" in o else "g.abs()"
        top = f"self.u[i] = torch.maximum(self.beta2 * self.u[i], {size})"
        return ("m", "u"), (MEAN, top, m, "p -= torch.where(self.u[i] > 0, self.lr * m / self.u[i], 0)")
    if code == kernels.LION:
        kept = "self.m[i] = self.beta2 * self.m[i] + (1 - self.beta2) * g"
        c = "c = self.beta1 * self.m[i] + (1 - self.beta1) * g"
        return ("m",), (c, "p *= 1 - self.lr * self.weight_decay", "p -= self.lr * torch.sign(c)", kept)
    if code == kernels.MUON:
        return ("m", "v"), MUON_LINES
    raise KeyError(f"rule {code}")
