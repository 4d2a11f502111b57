"""Optimizers by their codes: what an update's number decides, the update of a block of parameters, the clock.

`p` holds the optimizer's own parameters in the order of its row in `engine.optimizers`: a pair as two numbers, yes as 1, what
its dialect has not as 0. To add an optimizer: a code, a function in one of the files beside this, a branch of `update_newer`
here, a row there; a branch of `rate` where the update's number decides more than the rate and the bias corrections, which its
row asks for (`decays`, `correction`).
"""

import numpy as np

from engine.kernels.codes import (
    COLS,
    CORRECTION,
    CORRECTION_1,
    CORRECTION_2,
    COUNT,
    DECAY_1,
    DECAY_2,
    ETA,
    EXTRA,
    FACTOR_1,
    FACTOR_2,
    FACTOR_3,
    KIND,
    LR,
    N_CLOCK,
    N_OWN,
    OPTIMIZER,
    PART,
    POWER_1,
    POWER_2,
    PRODUCT,
    ROWS,
    UPDATES,
    WEIGHTS,
)
from engine.kernels.jit import inner
from engine.kernels.optimizers.adam import adam, adamax, adamw, amsgrad, nadam, radam
from engine.kernels.optimizers.muon import muon
from engine.kernels.optimizers.plain import lion, look_ahead, momentum, nesterov_look_ahead, nesterov_torch, plain, rprop
from engine.kernels.optimizers.scaled import adadelta, rmsprop_wide, scaled_inside, scaled_outside

SGD = 0
MOMENTUM = 1  # v = beta v + g; theta -= eta v
NESTEROV_LOOK_AHEAD = 2  # as momentum, g taken at theta - eta beta v (textbook)
NESTEROV_TORCH = 3  # v = beta v + g; theta -= eta (g + beta v)
ADAGRAD_INSIDE = 4  # eps inside the root (textbook)
ADAGRAD_OUTSIDE = 5
RMSPROP_INSIDE = 6
RMSPROP_OUTSIDE = 7
ADAM = 8
LAST_CLASSIC = ADAM  # up to here they are part of `run_core`, which is ready first; a new code comes last
RMSPROP_INSIDE_WIDE = 9  # with a centred square or a velocity
RMSPROP_OUTSIDE_WIDE = 10
ADADELTA = 11
AMSGRAD = 12
ADAMW = 13  # theta shrinks by 1 - eta lambda
ADAMW_PAPER = 14  # by 1 - lambda, and the schedule's factor on both
NADAM = 15  # momentum on its way up to beta1
NADAM_CONSTANT = 16
RADAM = 17
RADAM_PAPER = 18
ADAMAX = 19
RPROP = 20
LION = 21
MUON = 22  # matrices
MUON_REST = 23  # all else: AdamW


@inner
def corrections(op, float_state, clock, p):
    """1 - beta^t of this update for the decays that the op names, or 1 where no correction is wanted."""
    wanted = op[CORRECTION] == 0 or p[op[CORRECTION] - 1] != 0.0
    if op[DECAY_1] > 0:
        float_state[CORRECTION_1] = 1.0 - clock[POWER_1] * p[op[DECAY_1] - 1] if wanted else 1.0
    if op[DECAY_2] > 0:
        float_state[CORRECTION_2] = 1.0 - clock[POWER_2] * p[op[DECAY_2] - 1] if wanted else 1.0


@inner
def rectify(float_state, clock, beta2, bound):
    """RAdam: the rate of this update, and whether it is divided by the root of v."""
    t = clock[UPDATES] + 1.0
    power = clock[POWER_2] * beta2
    longest = 2.0 / (1.0 - beta2) - 1.0
    length = longest - 2.0 * t * power / (1.0 - power)
    float_state[FACTOR_1] = float_state[ETA] / float_state[CORRECTION_1]
    float_state[FACTOR_2] = 0.0
    if length > bound:
        ratio = (length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length)
        float_state[FACTOR_1] *= np.sqrt(float_state[CORRECTION_2]) * np.sqrt(ratio)
        float_state[FACTOR_2] = 1.0


@inner
def nadam_rates(kind, float_state, clock, beta1, psi):
    """NAdam: the rates along g and along m, and this update's momentum."""
    t = clock[UPDATES] + 1.0
    mu = beta1
    following = beta1
    if kind == NADAM:
        mu = beta1 * (1.0 - 0.5 * 0.96 ** (t * psi))
        following = beta1 * (1.0 - 0.5 * 0.96 ** ((t + 1.0) * psi))
    product = clock[PRODUCT] * mu
    float_state[FACTOR_1] = float_state[ETA] * (1.0 - mu) / (1.0 - product)
    float_state[FACTOR_2] = float_state[ETA] * following / (1.0 - product * following)
    float_state[FACTOR_3] = mu


@inner
def rate(op, float_state, clock):
    """What else this update's number decides besides the schedule's rate, which float_state[ETA] holds; the clock itself moves
    only when the update is done. `op`: a RATE, or an UPDATE."""
    kind = op[KIND]
    p = float_state[OPTIMIZER : OPTIMIZER + N_OWN]
    corrections(op, float_state, clock, p)
    if kind in (ADAGRAD_INSIDE, ADAGRAD_OUTSIDE):
        float_state[ETA] /= 1.0 + clock[UPDATES] * p[1]
    elif kind in (ADAMW, ADAMW_PAPER):
        scale = float_state[ETA]
        if kind == ADAMW_PAPER:
            scale = float_state[ETA] / float_state[LR] if float_state[LR] > 0.0 else 1.0
        float_state[FACTOR_1] = 1.0 - scale * p[3]
    elif kind in (NADAM, NADAM_CONSTANT):
        nadam_rates(kind, float_state, clock, p[0], p[3])
    elif kind in (RADAM, RADAM_PAPER):
        rectify(float_state, clock, p[1], 5.0 if kind == RADAM else 4.0)
    elif kind == ADAMAX:
        float_state[FACTOR_1] = float_state[ETA] / float_state[CORRECTION_1]
    elif kind == RPROP:
        float_state[FACTOR_1] = np.float64(clock[UPDATES] == 0.0)
    elif kind == LION:
        float_state[FACTOR_1] = 1.0 - float_state[ETA] * p[2]
    elif kind in (MUON, MUON_REST):
        float_state[FACTOR_1] = 1.0 - float_state[ETA] * p[1]


@inner
def tick(op, float_state, clock):
    """An update is made; `op`: its UPDATE."""
    clock[UPDATES] += 1.0
    if op[DECAY_1] > 0:
        clock[POWER_1] *= float_state[OPTIMIZER + op[DECAY_1] - 1]
    if op[DECAY_2] > 0:
        clock[POWER_2] *= float_state[OPTIMIZER + op[DECAY_2] - 1]
    if op[KIND] in (NADAM, NADAM_CONSTANT):
        clock[PRODUCT] *= float_state[FACTOR_3]


@inner
def update_classic(kind, theta, g, s0, s1, eta, p, c1, c2):
    """The textbooks' optimizers on one block of parameters; s0, s1 are the state there (unused ones are never touched)."""
    if kind == ADAM:
        adam(theta, g, s0, s1, eta, p[0], p[1], p[2], c1, c2)
    elif kind == SGD:
        plain(theta, g, eta)
    elif kind == MOMENTUM:
        momentum(theta, g, s0, eta, p[0])
    elif kind == NESTEROV_LOOK_AHEAD:
        nesterov_look_ahead(theta, g, s0, s1, eta, p[0])
    elif kind == NESTEROV_TORCH:
        nesterov_torch(theta, g, s0, eta, p[0])
    elif kind == ADAGRAD_INSIDE:
        scaled_inside(theta, g, s0, 1.0, 1.0, eta, p[0])
    elif kind == ADAGRAD_OUTSIDE:
        scaled_outside(theta, g, s0, 1.0, 1.0, eta, p[0])
    elif kind == RMSPROP_INSIDE:
        scaled_inside(theta, g, s0, p[0], 1.0 - p[0], eta, p[1])
    elif kind == RMSPROP_OUTSIDE:
        scaled_outside(theta, g, s0, p[0], 1.0 - p[0], eta, p[1])


@inner
def update_newer(kind, theta, g, s0, s1, s2, scratch, rows, cols, part, float_state):
    """The other optimizers; `scratch` and `part` are Muon's."""
    eta = float_state[ETA]
    p = float_state[OPTIMIZER : OPTIMIZER + N_OWN]
    c1 = float_state[CORRECTION_1]
    c2 = float_state[CORRECTION_2]
    f1 = float_state[FACTOR_1]
    if kind in (RMSPROP_INSIDE_WIDE, RMSPROP_OUTSIDE_WIDE):
        inside = p[1] if kind == RMSPROP_INSIDE_WIDE else 0.0
        rmsprop_wide(theta, g, s0, s1, s2, p[2] != 0.0, p[0], p[3], eta, inside, p[1] - inside)
    elif kind == ADADELTA:
        adadelta(theta, g, s0, s1, p[0], eta, p[1])
    elif kind == AMSGRAD:
        amsgrad(theta, g, s0, s1, s2, eta, p[0], p[1], p[2], c1, c2)
    elif kind in (ADAMW, ADAMW_PAPER):
        adamw(theta, g, s0, s1, f1, eta, p[0], p[1], p[2], c1, c2)
    elif kind in (NADAM, NADAM_CONSTANT):
        nadam(theta, g, s0, s1, f1, float_state[FACTOR_2], p[0], p[1], p[2], c2)
    elif kind in (RADAM, RADAM_PAPER):
        radam(theta, g, s0, s1, float_state[FACTOR_2] != 0.0, f1, p[0], p[1], p[2])
    elif kind == ADAMAX:
        adamax(theta, g, s0, s1, f1, p[0], p[1], p[2])
    elif kind == RPROP:
        rprop(theta, g, s0, s1, f1 != 0.0, eta, p[0], p[1], p[2], p[3])
    elif kind == LION:
        lion(theta, g, s0, f1, eta, p[0], p[1])
    elif kind == MUON:
        muon(theta, g, s0, scratch, rows, cols, f1, eta, p[0], part)
    elif kind == MUON_REST:
        adamw(theta, g, s0, s1, f1, eta, p[2], p[3], p[4], c1, c2)


@inner
def update_classic_block(op, theta, grad, state, float_state):
    """An UPDATE op of a classic optimizer, on COUNT parameters from WEIGHTS on. The state ends with its slots and the clock."""
    size = theta.size
    slots = op[EXTRA]
    first = op[WEIGHTS]
    last = first + op[COUNT]
    base = state.size - N_CLOCK - slots * size
    s0 = state[base + first : base + last] if slots > 0 else state[:0]
    base += size
    s1 = state[base + first : base + last] if slots > 1 else state[:0]
    p = float_state[OPTIMIZER : OPTIMIZER + N_OWN]
    c1 = float_state[CORRECTION_1]
    c2 = float_state[CORRECTION_2]
    update_classic(op[KIND], theta[first:last], grad[first:last], s0, s1, float_state[ETA], p, c1, c2)


@inner
def update_newer_block(op, theta, grad, state, scratch, float_state):
    """An UPDATE op of any other optimizer."""
    size = theta.size
    slots = op[EXTRA]
    first = op[WEIGHTS]
    last = first + op[COUNT]
    base = state.size - N_CLOCK - slots * size
    s0 = state[base + first : base + last] if slots > 0 else state[:0]
    base += size
    s1 = state[base + first : base + last] if slots > 1 else state[:0]
    base += size
    s2 = state[base + first : base + last] if slots > 2 else state[:0]
    own_theta = theta[first:last]
    update_newer(op[KIND], own_theta, grad[first:last], s0, s1, s2, scratch, op[ROWS], op[COLS], op[PART], float_state)


@inner
def update_block(op, theta, grad, state, scratch, float_state):
    """An UPDATE op of any optimizer."""
    if op[KIND] <= LAST_CLASSIC:
        update_classic_block(op, theta, grad, state, float_state)
    else:
        update_newer_block(op, theta, grad, state, scratch, float_state)


@inner
def move_ahead(theta, state, float_state):
    """The LOOK_AHEAD op, on all parameters; its optimizer keeps v and the parameters left."""
    size = theta.size
    base = state.size - N_CLOCK - 2 * size
    look_ahead(theta, state[base : base + size], state[base + size : base + 2 * size], float_state[ETA], float_state[OPTIMIZER])
