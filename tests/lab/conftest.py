"""The kernels are compiled before anything else."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def compiled():
    from engine import warm_up

    warm_up()
