"""The server as the container runs it: a user to whom nothing belongs but a data folder, a tree that cannot be written."""

from __future__ import annotations

import os
import pwd
import queue
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import PATIENCE, Page

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("engine", "server", "web")
READ_ONLY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are made read-only as Unix does")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that another user can get into, too."""
    folder = Path(tempfile.mkdtemp(prefix="chainrule-image-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


def image(place: Path) -> tuple[Path, Path]:
    """A tree as an image has it, and the kernels compiled for it: those of this checkout, in the folder that Numba looks for
    where the sources lie elsewhere. Nobody may write any of it."""
    from numba.core.caching import _CacheLocator

    from engine import warm_up
    from engine.kernels import jit

    warm_up()
    assert jit.CACHE is not None
    tree, kernels = place / "tree", place / "kernels"
    for part in PARTS:
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for folder in {path.parent.relative_to(ROOT) for path in (ROOT / "engine" / "kernels").rglob("*.py")}:
        compiled, wanted = (_CacheLocator.get_suitable_cache_subpath(str(root / folder / "kernel.py")) for root in (ROOT, tree))
        if (jit.CACHE / compiled).exists():  # a folder may hold none that is called from outside
            shutil.copytree(jit.CACHE / compiled, kernels / jit.CACHE.name / wanted)
    for root in (tree, kernels):
        for path in (root, *root.rglob("*")):
            path.chmod(READ_ONLY | 0o111 if path.is_dir() else READ_ONLY)
    return tree, kernels


def as_user(user: pwd.struct_passwd) -> list[str]:
    """What starts a command as that user. Where this interpreter lies in a folder that is closed to others, the user may read
    everything, and still write nothing."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("only setpriv starts a server as another user here")
    found = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    interpreter = Path(sys.executable).resolve()
    if all(folder.stat().st_mode & stat.S_IXOTH for folder in interpreter.parents):
        return [*found, "--inh-caps=-all", "--bounding-set=-all"]
    return [
        *found,
        "--inh-caps=-all,+dac_read_search",
        "--ambient-caps=+dac_read_search",
        "--bounding-set=-all,+dac_read_search",
    ]


def listing(*roots: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for root in roots for path in root.rglob("*")}


@pytest.mark.slow(seconds=12)
def test_another_user_serves_from_a_tree_that_cannot_be_written(place: Path) -> None:
    from engine.kernels.jit import KERNELS

    tree, kernels = image(place)
    before = listing(tree, kernels)
    data = place / "data"
    data.mkdir()
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    os.chown(data, user.pw_uid, user.pw_gid)
    environment = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LD_LIBRARY_PATH")},
        "HOME": "/nonexistent",
        "PYTHONPATH": str(tree),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        "XDG_DATA_HOME": str(data),
        "NUMBA_CACHE_DIR": str(data / "kernels"),
        "CHAINRULE_IMAGE_KERNELS": str(kernels),
        "NUMBA_DEBUG_CACHE": "1",
    }
    command = [sys.executable, "-m", "server.container", "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(
        [*as_user(user), *command], cwd=data, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said: list[str] = []
    address: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            for word in line.split():
                if line.startswith("chainrule is at") and word.startswith("http://"):
                    address.put(word)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        try:
            url = address.get(timeout=PATIENCE)
        except queue.Empty:
            pytest.fail("it did not start:\n" + "".join(said))
        with Page(f"{url.replace('http', 'ws', 1)}/ws") as page:
            page.until(lambda event: event["type"] == "warmup" and event["done"] == event["total"])
            page.run_info()
            page.do("play", speed={"unit": "flat", "rate": 1})
            page.until_state(lambda state: state["step"] > 100)
            page.do("pause")
    finally:
        process.terminate()
        process.wait(PATIENCE)
        reader.join(PATIENCE)
    told = "".join(said)
    assert told.count("[cache] data loaded from") >= len(KERNELS), told
    assert "[cache] data saved to" not in told and "[cache] index saved to" not in told, "a kernel was compiled"
    assert "Traceback" not in told and "not copied" not in told and "compiled anew" not in told, told
    kept = data / "chainrule" / "chainrule.sqlite3"
    assert kept.stat().st_size > 0 and kept.stat().st_uid == user.pw_uid
    assert listing(tree, kernels) == before
