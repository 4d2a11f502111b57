"""What a release is made of: a wheel in which the page, lessons and guide travel, and the sources it can be built from anew."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from server import VERSION

pytest.importorskip("hatchling", reason="building a wheel needs hatchling")

ROOT = Path(__file__).resolve().parents[2]


def build(target: str, source: Path, folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def files(folder: Path, name: str) -> set[str]:
    """What belongs into a package, whatever its ending: lessons, tables of words, the guide."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}"
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", "node_modules"} & set(path.parts)
    }


def test_the_wheel_holds_everything(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    wanted = files(ROOT / "engine", "engine") | files(ROOT / "server", "server") | files(ROOT / "web", "server/web")
    assert {name for name in names if not name.startswith("chainrule-")} == wanted
    assert wheel.name.startswith(f"chainrule-{VERSION}-")
    # The installed server finds its own copy, not a checkout's.
    found = subprocess.run(
        [sys.executable, "-c", "from server.http.assets import web_folder; print(web_folder())"],
        cwd=tmp_path / "installed",
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(found.stdout.strip()) == (tmp_path / "installed" / "server" / "web").resolve()


def test_the_sources_build_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(build("sdist", ROOT, tmp_path)) as archive:
        archive.extractall(tmp_path / "sources", filter="data")
    (sources,) = (tmp_path / "sources").iterdir()
    assert build("wheel", sources, tmp_path / "again").read_bytes() == wheel.read_bytes()
    # With what tests, builds and runs it elsewhere.
    wanted = [
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "Dockerfile",
        "deploy/nginx.conf",
        "tests/conftest.py",
        ".ci/run",
        ".github/workflows/tests.yml",
    ]
    assert [name for name in wanted if not (sources / name).is_file()] == []
