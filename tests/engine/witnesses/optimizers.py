"""The witness of each optimizer, by families: one entry a row. Imports nothing from `engine`."""

from __future__ import annotations

from witnesses.optimizers_adam import ADAM_FAMILY
from witnesses.optimizers_classic import CLASSIC
from witnesses.optimizers_signs import SIGNS

OPTIMIZERS = {**CLASSIC, **ADAM_FAMILY, **SIGNS}
