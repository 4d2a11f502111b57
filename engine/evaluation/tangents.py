"""Exact Hessian-vector products: the tape differentiated once more, forward over reverse (the R-operator; Pearlmutter 1994).

Each op of the pass to the gradient is done by the compiled run that trains, and followed by its own derivative along
directions in θ: what it did to the workspace, done to a second one that holds the values' tangents at the same places. At the
end that of the gradient is H v. No step is taken, so inputs of any size, norms and saturated units cost no digits; samples are
coupled, and masks held, as in the pass itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.evaluation.loss_curvature import output_tangent, second_derivative, softmax_tangent
from engine.kernels import codes
from engine.kernels.ops.norms import EPS, LAYER_NORM
from engine.machine.tape import Tape, slope_op
from engine.rows.activations import ACTIVATIONS

Execute = Callable[[NDArray[np.int64]], None]
"""Runs ops (n, N_FIELDS) on the workspace."""
AT_A_CORNER = 1e-13
"""Of the largest |z| of its layer: a z so near to a corner of φ is within rounding of it."""


class TangentPass:
    """One pass over the columns that stand in the workspace `work`, along `directions` (k, P) at `theta` (P,). `execute` runs
    ops there and writes to `grad` (P,), in the mode `mode`; the tangents of the gradient, H v of the objective as far as the
    ops go, become `products` (k, P). `corners`: pairs of unit and sample that stand at a corner of φ where an error signal
    arrives, so that no second derivative exists. Penalties are not among the ops."""

    def __init__(self, tape: Tape, execute: Execute, theta: Array, work: Array, columns: int, mode: int) -> None:
        self.tape, self.execute, self.theta, self.work = tape, execute, theta, work
        self.columns, self.mode = columns, mode
        self.directions = self.products = self.tangents = np.zeros((0, 0))
        self.corners = 0

    def along(self, directions: Array, ops: NDArray[np.int64], inputs: Array | None = None) -> Array:
        """Run `ops`, from the samples to the gradient; H v of each direction, (k, P). The samples move too, along
        `inputs` (k, d_0, columns); they lie in the workspace already, or `ops` gather them."""
        self.directions = directions
        self.products = np.zeros_like(directions)
        self.tangents = np.zeros((len(directions), self.tape.layout.size))
        self.corners = 0
        if inputs is not None:
            self.at(self.tape.layout.offsets["h0"], self.tape.sizes[0])[1][...] = inputs
        with np.errstate(all="ignore"):  # what is not finite is the caller's to see
            for op in ops:
                OPS.get(int(op[codes.CODE]), _value_alone)(self, op)
        return self.products

    def at(self, offset: int, rows: int, columns: int | None = None) -> tuple[Array, Array]:
        """Values (rows, columns) in the workspace, and their tangents (k, rows, columns): views."""
        wide = self.columns if columns is None else columns
        part = slice(int(offset), int(offset) + int(rows) * wide)
        return self.work[part].reshape(rows, wide), self.tangents[:, part].reshape(-1, rows, wide)

    def parameters(self, offset: int, *shape: int) -> tuple[Array, Array]:
        """Parameters and the directions' entries for them, (k, …)."""
        part = slice(int(offset), int(offset) + int(np.prod(shape)))
        return self.theta[part].reshape(shape), self.directions[:, part].reshape(-1, *shape)

    def gradients(self, offset: int, *shape: int) -> Array:
        """Where the tangents of a gradient go, (k, …)."""
        return self.products[:, int(offset) : int(offset) + int(np.prod(shape))].reshape(-1, *shape)

    def activation(self, op: NDArray[np.int64]) -> str:
        return self.tape.activations[int(op[codes.LAYER]) - 1]

    def slope(self, op: NDArray[np.int64]) -> Array:
        """φ′ as the backward pass has it (units, b), by its own op on ones."""
        delta, _ = self.at(op[codes.OUTPUT], op[codes.ROWS])
        with _kept(delta):
            delta[...] = 1.0
            self.execute(op[None])
            return delta.copy()


@contextmanager
def _kept(values: Array) -> Iterator[None]:
    before = values.copy()
    yield
    values[...] = before


def _value_alone(p: TangentPass, op: NDArray[np.int64]) -> None:
    """Samples, masks and losses: what does not move with θ, or is not asked for."""
    p.execute(op[None])


# Forward --------------------------------------------------------------------------------------------------------------


def _affine(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows, cols, at = op[codes.ROWS], op[codes.COLS], op[codes.WEIGHTS]
    h, dh = p.at(op[codes.INPUT], cols)
    W, dW = p.parameters(at, rows, cols)
    _, db = p.parameters(at + rows * cols, rows, 1)
    p.at(op[codes.OUTPUT], rows)[1][...] = dW @ h + W @ dh + db


def _norm(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows, at = op[codes.ROWS], op[codes.WEIGHTS]
    z, dz = p.at(op[codes.INPUT], rows)
    hat, dhat = p.at(op[codes.OTHER], rows)
    var, dvar, along = _variance(p, op)
    spread = 1.0 / np.sqrt(var + EPS)
    if p.mode == codes.INFERENCE and op[codes.KIND] != LAYER_NORM:
        dhat[...] = dz * spread
    else:
        mean = z.mean(axis=along, keepdims=True)
        moved = dz - dz.mean(axis=along + 1, keepdims=True)
        dvar[...] = 2.0 * ((z - mean) * moved).mean(axis=along + 1, keepdims=True)
        dhat[...] = spread * moved - 0.5 * hat * spread * spread * dvar
    gamma, dgamma = p.parameters(at, rows, 1)
    _, dbeta = p.parameters(at + rows, rows, 1)
    p.at(op[codes.OUTPUT], rows)[1][...] = dgamma * hat + gamma * dhat + dbeta


def _variance(p: TangentPass, op: NDArray[np.int64]) -> tuple[Array, Array, int]:
    """A norm's variances and their tangents, shaped to go with (units, b), and the axis they are over."""
    if op[codes.KIND] == LAYER_NORM:
        return (*p.at(op[codes.VARIANCE], 1), 0)
    return (*p.at(op[codes.VARIANCE], op[codes.ROWS], 1), 1)


def _activation(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows, name = op[codes.ROWS], p.activation(op)
    z, dz = p.at(op[codes.INPUT], rows)
    h, dh = p.at(op[codes.OUTPUT], rows)
    back = op.copy()
    back[codes.CODE] = codes.BACK_ACTIVATION
    back[codes.OTHER], back[codes.OUTPUT] = op[codes.OUTPUT], p.tape.layout.offsets[f"delta{op[codes.LAYER]}"]
    if not ACTIVATIONS[name].elementwise:
        dh[...] = softmax_tangent(h, dz)
        return
    dh[...] = p.slope(back) * dz
    if ACTIVATIONS[name].learned_slopes:
        dh += np.minimum(z, 0.0) * p.parameters(op[codes.MORE], rows, 1)[1]


def _dropout(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows = op[codes.ROWS]
    mask, _ = p.at(op[codes.OTHER], rows)
    p.at(op[codes.OUTPUT], rows)[1][...] = mask * p.at(op[codes.INPUT], rows)[1]


def _skip(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows, cols = op[codes.ROWS], op[codes.COLS]
    source, dsource = p.at(op[codes.OTHER], cols)
    moved = p.at(op[codes.INPUT], rows)[1] + dsource if op[codes.KIND] != 1 else p.at(op[codes.INPUT], rows)[1].copy()
    if op[codes.KIND] == 1:
        P, dP = p.parameters(op[codes.WEIGHTS], rows, cols)
        moved += dP @ source + P @ dsource
    p.at(op[codes.OUTPUT], rows)[1][...] = moved


# Backward -------------------------------------------------------------------------------------------------------------


def _output_delta(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows, name = op[codes.ROWS], p.activation(op)
    z, dz = p.at(op[codes.INPUT], rows)
    h, _ = p.at(op[codes.INPUT] + op[codes.COLS], rows)
    y, _ = p.at(op[codes.OTHER], rows)
    slope = p.slope(slope_op(op)) if ACTIVATIONS[name].elementwise else np.zeros((0, 0))
    p.at(op[codes.OUTPUT], rows)[1][...] = output_tangent(p.tape.loss, name, z, h, y, dz, slope)
    if p.tape.loss == "mse":
        _count_corners(p, name, z, h - y, np.zeros((0, 0)))


def _count_corners(p: TangentPass, activation: str, z: Array, signal: Array, moved: Array) -> None:
    """A corner matters where an error signal arrives, or one does along some direction."""
    near = AT_A_CORNER * np.max(np.abs(z), initial=0.0)
    for kink in ACTIVATIONS[activation].kinks:
        at = np.abs(z - kink) <= near
        if at.any():
            p.corners += int(np.sum(at & ((signal != 0.0) | (moved != 0.0).any(axis=0) if moved.size else signal != 0.0)))


def _gradient(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows, cols, at = op[codes.ROWS], op[codes.COLS], op[codes.WEIGHTS]
    _weight_gradient(p, op)
    p.gradients(at + rows * cols, rows)[...] = p.at(op[codes.INPUT], rows)[1].mean(axis=2)


def _skip_gradient(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    _weight_gradient(p, op)


def _weight_gradient(p: TangentPass, op: NDArray[np.int64]) -> None:
    rows, cols = op[codes.ROWS], op[codes.COLS]
    delta, ddelta = p.at(op[codes.INPUT], rows)
    h, dh = p.at(op[codes.OTHER], cols)
    found = ddelta @ h.T + delta @ dh.transpose(0, 2, 1)
    p.gradients(op[codes.WEIGHTS], rows, cols)[...] = found / p.columns


def _back_product(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows, cols = op[codes.ROWS], op[codes.COLS]
    delta, ddelta = p.at(op[codes.INPUT], rows)
    W, dW = p.parameters(op[codes.WEIGHTS], rows, cols)
    p.at(op[codes.OUTPUT], cols)[1][...] = dW.transpose(0, 2, 1) @ delta + W.T @ ddelta


def _back_activation(p: TangentPass, op: NDArray[np.int64]) -> None:
    rows, name = op[codes.ROWS], p.activation(op)
    z, dz = p.at(op[codes.INPUT], rows)
    delta, ddelta = p.at(op[codes.OUTPUT], rows)
    _count_corners(p, name, z, delta, ddelta)
    moved = p.slope(op) * ddelta + delta * second_derivative(name, z) * dz
    if ACTIVATIONS[name].learned_slopes:
        moved += delta * (z <= 0.0) * p.parameters(op[codes.MORE], rows, 1)[1]
    p.execute(op[None])
    ddelta[...] = moved


def _slope_gradient(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows = op[codes.ROWS]
    z, dz = p.at(op[codes.INPUT], rows)
    g, dg = p.at(op[codes.OTHER], rows)
    p.gradients(op[codes.WEIGHTS], rows)[...] = (dg * np.minimum(z, 0.0) + g * (z < 0.0) * dz).mean(axis=2)


def _back_norm(p: TangentPass, op: NDArray[np.int64]) -> None:
    rows, at = op[codes.ROWS], op[codes.WEIGHTS]
    delta, ddelta = p.at(op[codes.OUTPUT], rows)
    hat, dhat = p.at(op[codes.OTHER], rows)
    var, dvar, along = _variance(p, op)
    gamma, dgamma = p.parameters(at, rows, 1)
    p.gradients(at, rows)[...] = (ddelta * hat + delta * dhat).mean(axis=2)
    p.gradients(at + rows, rows)[...] = ddelta.mean(axis=2)
    spread = 1.0 / np.sqrt(var + EPS)
    dspread = -0.5 * spread**3 * dvar
    v, dv = gamma * delta, dgamma * delta + gamma * ddelta
    if p.mode == codes.INFERENCE and op[codes.KIND] != LAYER_NORM:
        moved = spread * dv
    else:
        by_scale = (v * hat).mean(axis=along, keepdims=True)
        dby_scale = (dv * hat + v * dhat).mean(axis=along + 1, keepdims=True)
        inner = v - v.mean(axis=along, keepdims=True) - hat * by_scale
        dinner = dv - dv.mean(axis=along + 1, keepdims=True) - dhat * by_scale - hat * dby_scale
        moved = dspread * inner + spread * dinner
    p.execute(op[None])
    ddelta[...] = moved


def _keep(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    p.at(op[codes.OUTPUT], op[codes.ROWS])[1][...] = p.at(op[codes.INPUT], op[codes.ROWS])[1]


def _back_skip(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    rows, cols = op[codes.ROWS], op[codes.COLS]
    g, dg = p.at(op[codes.INPUT], rows)
    into = p.at(op[codes.OUTPUT], cols)[1]
    if op[codes.KIND] != 1:
        into += dg
        return
    P, dP = p.parameters(op[codes.WEIGHTS], rows, cols)
    into += dP.transpose(0, 2, 1) @ g + P.T @ dg


def _back_dropout(p: TangentPass, op: NDArray[np.int64]) -> None:
    p.execute(op[None])
    p.at(op[codes.OUTPUT], op[codes.ROWS])[1][...] *= p.at(op[codes.OTHER], op[codes.ROWS])[0]


OPS: dict[int, Callable[[TangentPass, NDArray[np.int64]], None]] = {
    codes.AFFINE: _affine,
    codes.NORM: _norm,
    codes.ACTIVATION: _activation,
    codes.DROPOUT: _dropout,
    codes.SKIP: _skip,
    codes.OUTPUT_DELTA: _output_delta,
    codes.GRADIENT: _gradient,
    codes.SKIP_GRADIENT: _skip_gradient,
    codes.BACK_PRODUCT: _back_product,
    codes.BACK_ACTIVATION: _back_activation,
    codes.SLOPE_GRADIENT: _slope_gradient,
    codes.BACK_NORM: _back_norm,
    codes.KEEP: _keep,
    codes.BACK_SKIP: _back_skip,
    codes.BACK_DROPOUT: _back_dropout,
}
"""What each op's own derivative is. One that is not here moves nothing that leads on to the gradient of the data term."""
