"""The one number that says whether runs still have the bits they had."""

from __future__ import annotations

NUMBERS_VERSION = 2
"""Part of every fingerprint. Raise it by one with any change, outside `engine/kernels`, after which the same spec, seed and
edits give other bits: another draw, another order of operations, another default that specs leave out. A change of a kernel
needs no raise: the fingerprint holds a hash of their sources. The package's version plays no part: most releases change no bit.

Then record anew what `tests/engine/test_numbers_version.py` holds: ``python tests/engine/record_numbers.py``. That test
compares whole numbers exactly and others to some ten digits, for processors differ in the last ones: who changes only those has
to know it.
"""
