"""Normalizations: rows and their maths in words. The kernels are in `engine.kernels.ops.norms`."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernels import codes
from engine.rows.row import Row, by_name


@dataclass(frozen=True)
class Norm(Row):
    """What stands between z and phi, with a learned scale and shift for each unit."""

    over: str = ""
    """What mean and variance are taken over, in words."""
    derivative: str = ""


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
            code=codes.BATCH_NORM,
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
            code=codes.LAYER_NORM,
        ),
    )
)
