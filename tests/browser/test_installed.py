"""The wheel, installed in an environment without the checkout: the command serves, and a room opens in Chromium."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from installed_wheel import ROOT, bring_kernels, clean, installed, run
from playwright.sync_api import Page, expect
from real_server import end_process, wait_for_health
from train_page import Train

from engine import warm_up
from server import VERSION

ABOUT = """
from importlib import metadata, util
for name in ("engine", "server"):
    print(util.find_spec(name).submodule_search_locations[0])
print(metadata.version("chainrule"))
"""
"""Where an environment has the packages, and which version it says."""


def test_a_room_opens_from_the_wheel(page: Page, tmp_path: Path) -> None:
    warm_up()
    python, empty = installed(tmp_path), tmp_path / "nothing"
    empty.mkdir()
    engine, server, version = run(python, "-c", ABOUT, cwd=empty).splitlines()
    assert not {engine, server} & {str(ROOT / "engine"), str(ROOT / "server")} and version == VERSION
    command = python.with_name("chainrule")
    bring_kernels(Path(engine), tmp_path / "kernels")
    environment = clean() | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels"), "XDG_DATA_HOME": str(tmp_path / "data")}
    process = subprocess.Popen(
        [command, "--port", "0", "--no-browser"], cwd=empty, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        wait_for_health(found[0], process)
        train = Train(page).open(found[0])
        train.settle(0)
        train.hook("forward").click()
        train.settle(1)
        expect(train.hook("train-loss")).to_have_attribute("data-value", re.compile(r"\d"))
        page.close()  # before its server
    finally:
        end_process(process)
