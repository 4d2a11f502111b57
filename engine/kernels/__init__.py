"""Numba and NumPy only: plain arrays and integer codes in, results written in place.

Nothing here knows a spec, a row or a name; `engine.machine.tape` turns those into the codes of `engine.kernels.codes`.
"""
