"""What is installed from a wheel: the page travels inside the server package."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_wheel_holds_the_page(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="building a wheel needs hatchling")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    page = {path.relative_to(ROOT / "web").as_posix() for path in (ROOT / "web").rglob("*") if path.is_file()}
    assert {f"server/web/{name}" for name in page if not name.startswith("node_modules/")} <= names
    assert not {name for name in names if name.startswith(("tests/", "web/"))}
    # The installed server finds its own copy, not a checkout's.
    found = subprocess.run(
        [sys.executable, "-c", "from server.http.assets import web_folder; print(web_folder())"],
        cwd=tmp_path / "installed",
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(found.stdout.strip()) == (tmp_path / "installed" / "server" / "web").resolve()
