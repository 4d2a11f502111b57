"""What is kept while testing is not kept in the data folder of whoever tests."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ("slow",)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto` one process more than there are cores: much of the suite waits, for a server, a page or a clock."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    os.environ["XDG_DATA_HOME"] = str(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def loops_apart() -> Iterator[None]:
    """A process in which a browser was opened has Playwright's loop running in its main thread: there a test's own loop runs in
    a thread beside it, so that it does not matter which tests share a process."""
    run = asyncio.run

    def apart(main: Coroutine[Any, Any, Any], **options: Any) -> Any:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return run(main, **options)
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(run, main, **options).result()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "run", apart)
        yield
