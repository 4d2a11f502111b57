"""The optimizers outside a network, on a point and gradients given by the caller (`engine.optimizers.standalone`)."""

from engine.kernels.codes import ETA, KIND, LR, N_CLOCK, OTHER
from engine.kernels.jit import entry
from engine.kernels.ops.penalties import all_finite
from engine.kernels.optimizers.dispatch import NESTEROV_LOOK_AHEAD, move_ahead, rate, tick, update_block


@entry("void(i8[:,::1], f8[::1], f8[::1], f8[::1])")
def prepare_update(blocks, theta, state, float_state):
    """Outside a network: the rate of the next update, and theta moved to where its gradient is to be taken.

    `blocks` are UPDATE ops (n, N_FIELDS) over theta; `state` is the optimizer's slots and clock, as a machine has them.
    """
    float_state[ETA] = float_state[LR]
    rate(blocks[0], float_state, state[state.size - N_CLOCK :])
    if blocks[0, KIND] == NESTEROV_LOOK_AHEAD:
        move_ahead(theta, state, float_state)


@entry("b1(i8[:,::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1])")
def apply_update(blocks, theta, grad, state, float_state, scratch):
    """Outside a network, after `prepare_update`: one update from a given gradient; false where it leaves the finite numbers."""
    for i in range(blocks.shape[0]):
        update_block(blocks[i], theta, grad, state, scratch[blocks[i, OTHER] :], float_state)
    tick(blocks[0], float_state, state[state.size - N_CLOCK :])
    return all_finite(theta) and all_finite(state)
