"""What is kept while testing is not kept in the data folder of whoever tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ("slow",)


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    os.environ["XDG_DATA_HOME"] = str(folder)
    return folder
