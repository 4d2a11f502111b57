"""Makes `reference` and `problems` importable in any import mode of pytest, and compiles the kernels before anything else."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session", autouse=True)
def compiled():
    from engine import warm_up

    warm_up()
