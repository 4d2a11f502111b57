"""Networks of PyTorch and scikit-learn brought in, with their weights, their optimizer and its state.

PyTorch is never imported here, unless a file is to be read: who gives a module has it.
"""
