"""The experiments of the lab, in the order of the gallery: a line each."""

from __future__ import annotations

from engine.lab.batch import EXPERIMENT as BATCH
from engine.lab.evolution import EXPERIMENT as EVOLUTION
from engine.lab.experiment import Experiment
from engine.lab.half.row import EXPERIMENT as HALF
from engine.lab.layers import EXPERIMENT as LAYERS
from engine.lab.machines.row import EXPERIMENT as MACHINES
from engine.lab.memory.row import EXPERIMENT as MEMORY
from engine.lab.modes import EXPERIMENT as MODES
from engine.lab.price import EXPERIMENT as PRICE
from engine.lab.search import EXPERIMENT as SEARCH
from engine.lab.shattered import EXPERIMENT as SHATTERED
from engine.lab.uncertainty import EXPERIMENT as UNCERTAINTY
from engine.rows.row import by_name

EXPERIMENTS: dict[str, Experiment] = by_name(
    (
        PRICE,
        MODES,
        EVOLUTION,
        MEMORY,
        HALF,
        MACHINES,
        SHATTERED,
        SEARCH,
        LAYERS,
        UNCERTAINTY,
        BATCH,
    )
)
