"""The update rules outside a network, on a point and gradients given by the caller (`engine.optimizers.standalone`)."""

from engine.kernels.codes import ETA, KIND, LR, N_CLOCK, OTHER
from engine.kernels.jit import entry
from engine.kernels.ops.penalties import all_finite
from engine.kernels.rules.optimizers import NESTEROV_LOOK_AHEAD, move_ahead, rate, tick, update_block


@entry("void(i8[:,::1], f8[::1], f8[::1], f8[::1])")
def prepare_update(blocks, theta, state, hyper):
    """Outside a network: the rate of the next update, and theta moved to where its gradient is to be taken.

    `blocks` are UPDATE ops (n, N_FIELDS) over theta; `state` is the rule's slots and clock, as a machine has them.
    """
    kind = blocks[0, KIND]
    hyper[ETA] = hyper[LR]
    rate(kind, hyper, state[state.size - N_CLOCK :])
    if kind == NESTEROV_LOOK_AHEAD:
        move_ahead(theta, state, hyper)


@entry("b1(i8[:,::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1])")
def apply_update(blocks, theta, grad, state, hyper, scratch):
    """Outside a network, after `prepare_update`: one update from a given gradient; false where it leaves the finite numbers."""
    for i in range(blocks.shape[0]):
        update_block(blocks[i], theta, grad, state, scratch[blocks[i, OTHER] :], hyper)
    tick(blocks[0, KIND], hyper, state[state.size - N_CLOCK :])
    return all_finite(theta) and all_finite(state)
