"""What keeps the code easy to find one's way in: small files, small folders, a session that names no activity."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_MODULES, MOST_LINES = 15, 400
GENERATED = {"protocol.d.ts", "room-protocol.d.ts"}
NAMES = re.compile(r"race|microscope|trainer|network|desk", re.IGNORECASE)


def modules(*folders: Path) -> list[Path]:
    return [
        path
        for folder in folders
        for ending in ("*.py", "*.js", "*.ts")
        for path in sorted(folder.rglob(ending))
        if path.name not in GENERATED and "node_modules" not in path.parts
    ]


def crowded(*folders: Path) -> list[str]:
    """Folders with too many modules."""
    counts: dict[Path, int] = {}
    for path in modules(*folders):
        counts[path.parent] = counts.get(path.parent, 0) + 1
    return [f"{folder.name}: {count} modules" for folder, count in counts.items() if count > MOST_MODULES]


def long(*folders: Path) -> list[str]:
    """Files with too many lines."""
    counts = ((path.name, len(path.read_text(encoding="utf-8").splitlines())) for path in modules(*folders))
    return [f"{name}: {count} lines" for name, count in counts if count > MOST_LINES]


def naming(folder: Path) -> list[str]:
    """Lines of a folder's modules that name an activity."""
    return [
        f"{path.name}:{number}: {line.strip()}"
        for path in modules(folder)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NAMES.search(line)
    ]


@pytest.mark.parametrize("name", ["engine", "server", "web/src"])
def test_folders_and_files_are_small(name: str) -> None:
    assert len(modules(ROOT / name)) > 50, "they are found"
    assert crowded(ROOT / name) == [] and long(ROOT / name) == []


def test_what_is_too_large_is_found(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("pass\n" * (MOST_LINES + 1))
    for number in range(MOST_MODULES):
        (tmp_path / f"module_{number}.js").touch()
    (tmp_path / "protocol.d.ts").write_text("\n" * 1000)
    assert crowded(tmp_path) == [f"{tmp_path.name}: {MOST_MODULES + 1} modules"]
    assert long(tmp_path) == [f"long.py: {MOST_LINES + 1} lines"]


def test_a_session_names_no_activity(tmp_path: Path) -> None:
    assert naming(ROOT / "server" / "session") == []
    (tmp_path / "session.py").write_text("work = None\nself.desk = Desk()\n")
    assert naming(tmp_path) == ["session.py:2: self.desk = Desk()"]


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest takes a file for the other one, and collects neither rightly."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) > 100 and sorted(name for name in set(names) if names.count(name) > 1) == []
