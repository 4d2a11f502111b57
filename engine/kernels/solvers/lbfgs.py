"""L-BFGS: Newton's step with an inverse Hessian made from the last steps and what the gradient changed along them, by the
two-loop recursion (Nocedal 1980), as `torch.optim.LBFGS` keeps and uses them.
"""

import numpy as np

from engine.kernels.jit import inner
from engine.kernels.solvers.codes import (
    COEFFICIENTS,
    FIRST_PAIR,
    GRADIENT_X,
    GRADIENT_Y,
    PAIR,
    PAIRS,
    SCALE,
    STEP_X,
    STEP_Y,
)

LEAST_CURVATURE = 1e-10


@inner
def remember(memory, gx, gy, history):
    """The pair of the last step, the oldest one out where there are as many as wanted."""
    sx = memory[STEP_X]
    sy = memory[STEP_Y]
    yx = gx - memory[GRADIENT_X]
    yy = gy - memory[GRADIENT_Y]
    ys = yx * sx + yy * sy
    if not ys > LEAST_CURVATURE:
        return
    count = np.int64(memory[PAIRS])
    if count == history:
        for i in range(FIRST_PAIR, FIRST_PAIR + PAIR * (count - 1)):
            memory[i] = memory[i + PAIR]
        count -= 1
    at = FIRST_PAIR + PAIR * count
    memory[at] = sx
    memory[at + 1] = sy
    memory[at + 2] = yx
    memory[at + 3] = yy
    memory[at + 4] = 1.0 / ys
    memory[PAIRS] = count + 1.0
    memory[SCALE] = ys / (yx * yx + yy * yy)


@inner
def lbfgs_direction(memory, gx, gy):
    """-H g by the kept pairs."""
    count = np.int64(memory[PAIRS])
    coefficients = memory[COEFFICIENTS:]
    qx = -gx
    qy = -gy
    for i in range(count - 1, -1, -1):
        pair = memory[FIRST_PAIR + PAIR * i : FIRST_PAIR + PAIR * (i + 1)]
        coefficients[i] = (pair[0] * qx + pair[1] * qy) * pair[4]
        qx -= coefficients[i] * pair[2]
        qy -= coefficients[i] * pair[3]
    qx *= memory[SCALE]
    qy *= memory[SCALE]
    for i in range(count):
        pair = memory[FIRST_PAIR + PAIR * i : FIRST_PAIR + PAIR * (i + 1)]
        share = coefficients[i] - (pair[2] * qx + pair[3] * qy) * pair[4]
        qx += share * pair[0]
        qy += share * pair[1]
    return qx, qy
