"""The solvers' codes, what is counted of them, and the places of what a lane keeps."""

NONE, NEWTON, LINE_SEARCH, LBFGS = 0, 1001, 1002, 1003
"""Apart from the optimizers' codes: a lane may change from one to the other."""
N_OPTIONS = 3
"""A solver's own parameters, at most."""

FUNCTIONS, GRADIENTS, HESSIANS = range(3)
"""Evaluations are counted of each."""
N_COUNTS = 3

# memory[PLACE] of a lane ---------------------------------------------------------------------------------------------
MADE = 0  # steps made
AT_REST = 1  # 1: the last step led nowhere, and so would all others
PREVIOUS = 2  # line search: f before the last step
PAIRS = 3  # L-BFGS: pairs kept
SCALE = 4  # of its initial inverse Hessian
STEP_X = 5  # its last step
STEP_Y = 6
GRADIENT_X = 7  # the gradient where that began
GRADIENT_Y = 8
FIRST_PAIR = 9  # its pairs, the oldest first, five numbers each: s (2), y (2), 1 / sᵀy
PAIR = 5
MOST_PAIRS = 50
COEFFICIENTS = FIRST_PAIR + PAIR * MOST_PAIRS  # of its recursion, one for each pair
N_MEMORY = COEFFICIENTS + MOST_PAIRS
