"""Rows of gradient descent, momentum and Nesterov's momentum."""

from __future__ import annotations

from engine.kernels.optimizers import dispatch as kernels
from engine.optimizers.equations import VELOCITY as NEW_VELOCITY
from engine.optimizers.equations import Alias, Quantity, equations, new, step
from engine.optimizers.row import COMMON, MOMENTUM, RATE, SAVED, VELOCITY, Form, Optimizer, both, by_dialect, same
from engine.optimizers.torch_form import InTorch, Options, in_torch, picked, written_out

LOOK_AHEAD = """
    def look_ahead(self):
        \"\"\"Keep the parameters, and go where the velocity will carry them: the gradient is taken there.\"\"\"
        with torch.no_grad():
            self.saved = [p.clone() for p in self.parameters]
            for p, v in zip(self.parameters, self.v):
                p -= self.lr * (self.beta * v)
"""


def _descent(o: Options) -> InTorch:
    return in_torch("SGD", picked(o, lr="lr"), {}, clock=False)


def _heavy_ball(o: Options) -> InTorch:
    """Without momentum torch keeps no buffer."""
    return (
        in_torch("SGD", picked(o, lr="lr", momentum="beta"), {"momentum_buffer": "v"}, clock=False)
        if o["beta"]
        else _descent(o)
    )


def _nesterov(o: Options) -> InTorch:
    """Without momentum torch refuses it."""
    arguments = picked(o, lr="lr", momentum="beta") | {"nesterov": True}
    return in_torch("SGD", arguments, {"momentum_buffer": "v"}, clock=False) if o["beta"] else _descent(o)


CLASSIC = (
    Optimizer(
        "sgd",
        "gradient descent",
        "A step against the gradient.",
        "Robbins and Monro 1951",
        r"\theta \leftarrow \theta - \eta\, g",
        (RATE,),
        forms=same(Form(kernels.SGD, equations(step("eta * g"), new()), _descent)),
        formulas=both(r"\theta \leftarrow \theta - \eta\, g"),
        torch_defaults={"lr": 1e-3},
        symbols=COMMON,
        difference="none",
        link="https://doi.org/10.1214/aoms/1177729586",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="sgd", lr=0.1), [1.0, 1.0])
        >>> lane.step([2.0, -4.0])  # 1 − 0.1 · 2 and 1 + 0.1 · 4
        True
        >>> lane.point
        array([0.8, 1.4])
        """,
    ),
    Optimizer(
        "momentum",
        "momentum",
        "A heavy ball: velocity gathers past gradients.",
        "Polyak 1964",
        r"v \leftarrow \beta v + g,\; \theta \leftarrow \theta - \eta v",
        (RATE, MOMENTUM),
        forms=same(Form(kernels.MOMENTUM, equations(NEW_VELOCITY, step("eta * v_new"), new()), _heavy_ball, ("v",))),
        formulas=both(r"v \leftarrow \beta v + g,\quad \theta \leftarrow \theta - \eta v"),
        torch_defaults={"lr": 1e-3},
        symbols=(*COMMON, VELOCITY),
        difference="none",
        link="https://doi.org/10.1016/0041-5553(64)90137-5",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="momentum", lr=0.1, beta=0.5), [1.0])
        >>> lane.step([1.0]), lane.step([1.0])  # v is 1, then 0.5 · 1 + 1
        (True, True)
        >>> lane.tensors["v"], lane.point  # 1 − 0.1 · 1 − 0.1 · 1.5
        (array([1.5]), array([0.75]))
        """,
    ),
    Optimizer(
        "nesterov",
        "Nesterov",
        "Momentum that takes its gradient where the velocity will carry it.",
        "Nesterov 1983; Sutskever et al. 2013",
        r"v \leftarrow \beta v + \nabla(\theta - \eta\beta v)",
        (RATE, MOMENTUM),
        forms=by_dialect(
            textbook=Form(
                kernels.NESTEROV_LOOK_AHEAD,
                equations(
                    Quantity("ahead", r"\theta^{\mathrm{ahead}}", "where the gradient was taken", "theta - eta * (beta * v)"),
                    NEW_VELOCITY,
                    step("eta * v_new"),
                    new(),
                    aliases=(Alias("theta", SAVED, r"\theta"),),
                ),
                written_out(
                    ("v",),
                    "self.v[i] = self.beta * self.v[i] + g",
                    "p.copy_(self.saved[i] - self.lr * self.v[i])",
                    methods=LOOK_AHEAD,
                    looks_ahead=True,
                ),
                ("v", SAVED),
            ),
            pytorch=Form(
                kernels.NESTEROV_TORCH,
                equations(NEW_VELOCITY, step("eta * (g + beta * v_new)", "the step, along gradient and new velocity"), new()),
                _nesterov,
                ("v",),
            ),
        ),
        formulas={
            "textbook": r"v \leftarrow \beta v + g(\theta - \eta\beta v),\quad \theta \leftarrow \theta - \eta v",
            "pytorch": r"v \leftarrow \beta v + g,\quad \theta \leftarrow \theta - \eta\,(g + \beta v)",
        },
        torch_defaults={"lr": 1e-3},
        symbols=(*COMMON, VELOCITY),
        difference="PyTorch keeps the look-ahead point itself as its parameters: the same path, seen from one step ahead",
        link="https://proceedings.mlr.press/v28/sutskever13.html",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="nesterov", lr=0.1, beta=0.5), [1.0])
        >>> lane.step([1.0])
        True
        >>> lane.point, lane.ahead()  # the next gradient is taken at 0.9 − 0.1 · 0.5 · 1
        (array([0.9]), array([0.85]))
        """,
    ),
)
