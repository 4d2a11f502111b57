"""Operations of a tape, counted on its ops: the multiplications of matrix products, for each sample.

They are what costs in a network that is not tiny: a product with W (d_l, d_{l-1}) takes d_l d_{l-1} of them for each sample,
all that is done unit by unit (a bias, φ, φ′, the loss) a few for each of d_l. Where an op has no matrix product it
counts nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.kernels import codes
from engine.machine.tape import Tape

Ops = NDArray[np.int64]
ALWAYS = (codes.AFFINE, codes.BACK_PRODUCT, codes.GRADIENT)
"""W h, Wᵀ δ and δ hᵀ: rows × columns each."""
WHERE_LEARNED = (codes.SKIP, codes.BACK_SKIP, codes.SKIP_GRADIENT)
"""The same with the projection of a skip, where it has one."""


def multiplications(ops: Ops) -> int:
    """Of the matrix products in `ops`, for each sample."""
    code = ops[:, codes.CODE]
    counted = np.isin(code, ALWAYS) | (np.isin(code, WHERE_LEARNED) & (ops[:, codes.KIND] == 1))
    return int(np.sum(ops[counted, codes.ROWS] * ops[counted, codes.COLS]))


def weights_of(tape: Tape) -> tuple[int, int]:
    """Entries of all weight matrices, P, and of those that are multiplied by the inputs, P₁."""
    inputs = tape.layout.offsets["h0"]
    total = first = 0
    for op in tape.activation_ops:
        learned = op[codes.CODE] == codes.SKIP and op[codes.KIND] == 1
        if op[codes.CODE] == codes.AFFINE or learned:
            size = int(op[codes.ROWS] * op[codes.COLS])
            source = op[codes.OTHER] if learned else op[codes.INPUT]
            total, first = total + size, first + (size if source == inputs else 0)
    return total, first
