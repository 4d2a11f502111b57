"""The integer codes that tapes are written in, and the places of things in the flat arrays a kernel gets."""

# Ops ----------------------------------------------------------------------------------------------------------------
GATHER = 0  # columns of the next mini-batch, and its targets
RATE = 1  # this update's learning rate and bias corrections
LOOK_AHEAD = 2  # Nesterov, textbook: parameters move to theta - eta beta v
AFFINE = 3  # z_l = W_l h_{l-1} + b_l
ACTIVATION = 4  # h_l = phi(z_l)
LOSS = 5  # per-sample losses
OUTPUT_DELTA = 6  # delta_L
BACK_PRODUCT = 7  # W_{l+1}^T delta_{l+1}
BACK_ACTIVATION = 8  # (.) phi'(z_l)
GRADIENT = 9  # delta_l h_{l-1}^T / B and the mean of delta_l
PENALTY = 10  # + lambda W + lambda_1 sign W
CLIP = 11  # by the global norm, then each value
CHECK = 12  # stop before the update where anything is not finite
UPDATE = 13  # one optimizer on a block of parameters
AUGMENT = 14  # jitter or shift of the mini-batch
NORM = 15  # u_l = norm(z_l)
DROPOUT = 16  # mask (.) phi(u_l)
SKIP = 17  # + P h_{l-k}
KEEP = 18  # dJ/dh_l, kept for what leads back along the skip
BACK_SKIP = 19  # + P_t^T dJ/dh_t
SKIP_GRADIENT = 20  # dJ/dh_l h_{l-k}^T / B
BACK_DROPOUT = 21  # (.) mask
SLOPE_GRADIENT = 22  # PReLU: the mean of dJ/da min(0, u)
BACK_NORM = 23  # back through scale, variance and mean; gradients of scale and shift
RUNNING_STATISTICS = 24  # batch norm's running mean and variance
HOLD = 30  # parameters that are not trained: their gradient counts as 0

# Fields of an op: ops[i, FIELD] --------------------------------------------------------------------------------------
CODE = 0
LAYER = 1  # l, 1-based
ROWS = 2  # d_l
COLS = 3  # d_{l-1}
WEIGHTS = 4  # offset of W_l in theta and grad (row-major); b_l follows it
INPUT = 5  # offset in work of what the op reads
COUNT = 5  # UPDATE: how many parameters, from WEIGHTS on; its OTHER is the scratch's offset in work
OUTPUT = 6  # offset in work of what the op writes
PART = 6  # UPDATE: which part of Muon's, from 1; 0: all of it
OTHER = 7  # offset in work of a second operand
KIND = 8  # activation code, loss code or optimizer code
EXTRA = (
    9  # output activation (LOSS, OUTPUT_DELTA), number of parameters (CLIP, CHECK), of state slots (UPDATE), a norm's `STATE`
)
MORE = 10  # a fourth operand
VARIANCE = 11  # norms: offset in work of the variances
STATE = 12  # batch norm: offset in state of the running statistics
DECAY_1 = (
    10  # RATE, UPDATE: which of the optimizer's own parameters, from 1, is a decay whose mean's start is corrected; 0: none
)
DECAY_2 = 11  # RATE, UPDATE: and which other one
CORRECTION = 12  # RATE, UPDATE: which of them says whether it is; 0: it always is
FROZEN = 13  # LOOK_AHEAD, HOLD, UPDATE: offset in work of its frozen entries: pairs (place in theta, value)
FROZEN_COUNT = 14  # and how many
N_FIELDS = 15

LAYOUT = 1
"""Kept with the numbers of a run, which are gone on with only under the same one; else the run is replayed from its beginning.
Raise it by one whenever a number of kept buffers comes to mean something else although their shapes stay: a place of
`int_state`, `float_state`, the optimizer's clock or `engine.recording.rules` that moves, is new or goes; a code kept in one of
them (SOURCE, MODE, STATUS, units, schedules); the order of a row's parameters or state, of parameters or statistics. Then
record the new table for `tests/engine/test_layout_number.py`: ``python tests/engine/record_layout.py``."""

# Integers a run carries: int_state[PLACE] ----------------------------------------------------------------------------
STEP = 0  # updates done
EPOCH = 1  # epochs completed
CURSOR = 2  # samples of this epoch already used
BATCH = 3  # columns of the mini-batch in work
BATCH_SIZE = 4  # columns asked for
TRAIN_ROWS = 5
VALIDATION_ROWS = 6  # the splits lie one behind the other in X and Y
TEST_ROWS = 7
SHUFFLE = 18
SEED = 19
SPLIT = 20  # while measuring: which split
SPLIT_END = 21  # and the row behind its last
KEPT_BATCH = 22  # and the mini-batch's width, to go back to
ORDER_EPOCH = 8  # the epoch `order` belongs to, -1 for none
SOURCE = 9  # where GATHER takes its samples
FIRST_ROW = 10  # SOURCE == ROWS_AS_THEY_LIE: from this row
ROW_COUNT = 11
STATUS = 12
RECORD_UNIT = 13  # EPOCHS or STEPS
RECORD_EVERY = 14
RECORDED = 15  # points in the series buffer
RECORD_AFTER = 16  # only steps beyond this one are recorded
CLASSIFY = 17  # 1: accuracies are counted
MODE = 23  # what batch norm and dropout do
SCHEDULE = 40  # which schedule
SCHEDULE_UNIT = 41  # its clock: EPOCHS or STEPS
WARMUP = 42  # of that unit, before the schedule's clock starts
SERIES_ROOM = 43  # points the run may record before it returns: 1 where a rule acts on each
N_COUNTERS = 44


MINI_BATCHES, ROWS_AS_THEY_LIE = range(2)  # SOURCE
TRAINING, INFERENCE, STATISTICS = range(3)  # MODE; STATISTICS: of the columns in work, without dropout
RUNNING, NON_FINITE, UPDATE_NON_FINITE, SERIES_FULL = range(4)  # STATUS
EPOCHS, STEPS = range(2)  # RECORD_UNIT, SCHEDULE_UNIT

# Floats a run is governed by: float_state[PLACE] ---------------------------------------------------------------------
LR = 0
OPTIMIZER = 1  # the optimizer's own parameters, in the order of its row
N_OWN = 9  # at most so many of them
L1 = 10
L2 = 11
CLIP_NORM = 12
CLIP_EPS = 13
ETA = 14  # this update's rate, written by RATE
CORRECTION_1 = 15  # 1 - beta1^t
CORRECTION_2 = 16  # 1 - beta2^t
GRADIENT_NORM = 17  # written by CLIP
KEPT_LOSS = 19  # LAST_LOSS while the series are measured
LAST_LOSS = 18  # mean data loss of the mini-batch in work, written by LOSS
JITTER = 22  # standard deviation of the noise on the inputs
CLIP_VALUE = 30
FACTOR_1 = 31  # what RATE works out for the optimizer besides: see `optimizers.dispatch.rate`
FACTOR_2 = 32
FACTOR_3 = 33
SCHEDULE_PARAMETERS = 40  # the schedule's own parameters, in the order of its row
N_SCHEDULE_PARAMETERS = 8
RATE_FACTOR = 48  # what the plateau schedule has made of the rate so far
N_HYPER = 49

# The optimizer's clock, at the end of its state: state[slots * P + PLACE] --------------------------------------------
UPDATES = 0  # since the state was reset
POWER_1 = 1  # beta1^t
POWER_2 = 2  # beta2^t
PRODUCT = 3  # NAdam's mu_1 ... mu_t
N_CLOCK = 4

# Columns of the series buffer -----------------------------------------------------------------------------------------
SERIES_COLUMNS = (
    "step",
    "epoch",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "test_loss",
    "test_accuracy",
    "gradient_norm",
    "weight_norm",
)
