"""The model that *Take along* writes as JSON (`engine.export.files.model`), read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.array import Array
from engine.importing.chain import Activation, Affine, Network, Norm, Part, Skip, network_of
from engine.importing.imported import UnsupportedError
from engine.kernels.ops.norms import EPS
from engine.spec import MAX_LAYERS, MAX_UNITS

Vector = list[float]
Matrix = list[Vector]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToldNorm(_Told):
    kind: str
    eps: float
    scale: Vector
    shift: Vector
    mean: Vector | None = None
    variance: Vector | None = None


class ToldSkip(_Told):
    source: int = Field(alias="from", ge=0, le=MAX_LAYERS)
    projection: Matrix | None


class ToldLayer(_Told):
    units: int = Field(ge=1, le=MAX_UNITS)
    activation: str
    weights: Matrix = Field(max_length=MAX_UNITS)
    bias: Vector = Field(max_length=MAX_UNITS)
    norm: ToldNorm | None = None
    slopes: Vector | None = None
    skip: ToldSkip | None = None


class ToldScaling(_Told):
    mean: Vector
    scale: Vector


class ToldModel(BaseModel):
    """What is read of the file; the rest is there to be looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    version: int = Field(ge=1, le=1)
    task: str
    columns: list[str]
    features: list[str]
    scaling: ToldScaling | None
    layers: list[ToldLayer] = Field(min_length=1, max_length=MAX_LAYERS + 1)
    classes: list[str]
    loss: str


def read(text: Mapping[str, Any]) -> ToldModel:
    try:
        return ToldModel.model_validate(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(each) for each in first["loc"])
        raise UnsupportedError(where, first["msg"], "a model as this version of chainrule writes it") from error


def network_in(model: ToldModel) -> Network:
    parts: list[Part] = []
    for at, own in enumerate(model.layers):
        path = f"layers.{at}"
        parts.append(Affine(path, "the layer", _matrix(path, own.weights), np.array(own.bias)))
        if own.norm is not None:
            if own.norm.eps != EPS:
                raise UnsupportedError(f"{path}.norm.eps", f"{own.norm.eps:g}", f"{EPS:g}")
            running = [None if each is None else np.array(each) for each in (own.norm.mean, own.norm.variance)]
            scales = np.array(own.norm.scale), np.array(own.norm.shift)
            parts.append(Norm(f"{path}.norm", "the norm", own.norm.kind, *scales, *running))
        slopes = None if own.slopes is None else np.array(own.slopes)
        if own.activation != "identity":
            parts.append(Activation(path, own.activation, own.activation, slopes))
        if own.skip is not None:
            projection = None if own.skip.projection is None else _matrix(f"{path}.skip", own.skip.projection)
            parts.append(Skip(f"{path}.skip", "the skip connection", min(own.skip.source, at), projection))
    return network_of(parts)


def _matrix(path: str, rows: Matrix) -> Array:
    if not rows or len({len(row) for row in rows}) != 1 or not rows[0]:
        raise UnsupportedError(path, "weights whose rows are of different lengths", "a matrix, a row for each unit")
    return np.array(rows)
