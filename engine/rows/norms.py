"""Normalizations: rows and their maths in words. The kernels are in `engine.kernels.ops.norms`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.kernels.ops import norms as kernels
from engine.rows.row import Row, by_name


@dataclass(frozen=True)
class Norm(Row):
    """What stands between z and φ, with a learned scale and shift for each unit. `torch` is the same in PyTorch, of a
    tensor {u} (samples, units), with gamma{layer} and beta{layer}, by the mini-batch's own statistics."""

    over: str = ""
    """What mean and variance are taken over, in words."""
    derivative: str = ""
    torch: str = ""

    internal: ClassVar[tuple[str, ...]] = ("torch",)


NORMS = by_name(
    (
        Norm(
            "batch",
            "batch norm",
            "Each unit is centred and scaled over the mini-batch; at inference running statistics take its place.",
            "Ioffe and Szegedy 2015, algorithm 1",
            r"u = \gamma^{\mathrm{BN}}\, \hat z + \beta^{\mathrm{BN}},\quad "
            r"\hat z = \frac{z - \mu}{\sqrt{\sigma^2 + \varepsilon}}",
            over="the samples of the mini-batch, unit by unit",
            derivative=r"\frac{\partial J}{\partial z} = \frac{\gamma^{\mathrm{BN}}}{\sqrt{\sigma^2 + \varepsilon}}"
            r"\left( \delta - \overline{\delta} - \hat z\, \overline{\delta \hat z} \right)",
            torch="torch.nn.functional.batch_norm"
            f"({{u}}, None, None, gamma{{layer}}, beta{{layer}}, training=True, eps={kernels.EPS})",
            link="https://arxiv.org/abs/1502.03167",
            example="""
>>> spec = {"data": {"name": "inline", "task": "regression", "train_x": [[1.0], [2.0], [3.0]], "train_y": [0.0, 0.0, 0.0]}}
>>> spec |= {"network": {"layers": [{"units": 1, "norm": "batch"}]}, "batch_size": "full", "shuffle": False}
>>> trainer = Trainer(RunSpec.model_validate(spec), parameters={"W1": [[1.0]], "b1": [5.0]})
>>> norm = next(step for step in trainer.trace() if step.op == "batch norm 1")
>>> np.round(norm.results["u1"], 3).tolist()  # z = 6, 7, 8
[[-1.225, 0.0, 1.225]]
""",
            code=kernels.BATCH_NORM,
        ),
        Norm(
            "layer",
            "layer norm",
            "Each sample is centred and scaled over the units of the layer: nothing depends on the rest of the batch.",
            "Ba, Kiros and Hinton 2016",
            r"u = \gamma\, \hat z + \beta,\quad \hat z = \frac{z - \mu}{\sqrt{\sigma^2 + \varepsilon}}",
            over="the units of the layer, sample by sample",
            derivative=r"\frac{\partial J}{\partial z} = \frac{1}{\sqrt{\sigma^2 + \varepsilon}}"
            r"\left( v - \overline{v} - \hat z\, \overline{v \hat z} \right),\quad v = \gamma \delta",
            torch=f"torch.nn.functional.layer_norm({{u}}, {{u}}.shape[1:], gamma{{layer}}, beta{{layer}}, eps={kernels.EPS})",
            link="https://arxiv.org/abs/1607.06450",
            example="""
>>> spec = {"data": {"name": "inline", "task": "regression", "train_x": [[1.0]], "train_y": [0.0]}}
>>> spec |= {"network": {"layers": [{"units": 3, "norm": "layer"}]}, "batch_size": "full"}
>>> trainer = Trainer(RunSpec.model_validate(spec), parameters={"W1": [[1.0], [2.0], [3.0]], "b1": [5.0, 5.0, 5.0]})
>>> norm = next(step for step in trainer.trace() if step.op == "layer norm 1")
>>> np.round(norm.results["u1"].ravel(), 3).tolist()  # z = 6, 7, 8
[-1.225, 0.0, 1.225]
""",
            code=kernels.LAYER_NORM,
        ),
    )
)
