"""chainrule as somebody installs it: the wheel in an environment that has no checkout.

`.ci/run` installs it with what it depends on, and names the environment by `INSTALLED`. Without that, where there may be
no package index, the wheel alone is installed and its dependencies are those of the environment that tests.
"""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

from numba.core.caching import _CacheLocator
from real_server import ROOT

INSTALLED = "WHEEL_ENVIRONMENT"
WHERE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def clean() -> dict[str, str]:
    """This process's environment without what leads to the checkout."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME")}


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, env=clean(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def build(folder: Path, source: Path = ROOT, target: str = "wheel") -> Path:
    """The wheel, or the source distribution, of a folder's sources."""
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder, cwd=source)
    (built,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


def installed(folder: Path) -> Path:
    """The Python of an environment in which it is."""
    if INSTALLED in os.environ:
        return Path(os.environ[INSTALLED]) / "bin" / "python"
    run(sys.executable, "-m", "venv", "--without-pip", folder / "empty", cwd=folder)
    python = folder / "empty" / "bin" / "python"
    wheel = build(folder)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--no-compile", "-q"]
    run(*pip, "--disable-pip-version-check", wheel, cwd=folder)
    # Folders named so are looked into, while what links there (an editable install's checkout) is not followed.
    others = [path for path in (*site.getsitepackages(), site.getusersitepackages()) if Path(path).is_dir()]
    (Path(run(python, "-c", WHERE, cwd=folder)) / "others.pth").write_text("\n".join(others) + "\n", encoding="utf-8")
    return python


def bring_kernels(engine: Path, cache: Path) -> None:
    """The kernels that this environment has compiled, where the installed ones look for theirs: of the same sources, which lie
    elsewhere. They take minutes to compile."""
    from engine.kernels import jit

    theirs = engine / "kernels"
    ours = Path(jit.__file__).parent
    assert jit.CACHE is not None and jit.source_hash(theirs) == jit.CACHE.name.removeprefix("kernels-")
    for source in ours.rglob("__init__.py"):
        found = jit.CACHE / _CacheLocator.get_suitable_cache_subpath(str(source))
        target = theirs / source.relative_to(ours)
        if found.is_dir():
            shutil.copytree(found, cache / jit.CACHE.name / _CacheLocator.get_suitable_cache_subpath(str(target)))
