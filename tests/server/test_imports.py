"""The import graph of engine and server: no circle among the imports that run, and no new one through those for annotations."""

import os
import subprocess
import sys
from pathlib import Path

import grimp
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

THROUGH_SESSION = {
    "server.run.building",
    "server.run.commands",
    "server.session.recorder",
    "server.session.restoring",
    "server.microscope.handlers",
    "server.session.frame_scheduler",
    "server.race.surface.channels",
    "server.race.surface.commands",
    "server.race.surface.controller",
    "server.race.surface.figures",
    "server.race.surface.files",
    "server.race.kept",
    "server.race.network.controller",
    "server.race.network.channels",
    "server.race.network.commands",
    "server.race.network.figures",
    "server.race.network.files",
    "server.session.session",
    "server.run.sharing",
    "server.run.run_state",
}
"""Through `Session`, until it hosts activities that it cannot name. This list only becomes shorter."""


def circles(*packages: str, annotations: bool) -> list[set[str]]:
    """Modules that import each other, directly or around several; `annotations`: imports under TYPE_CHECKING count, too."""
    graph = grimp.build_graph(*packages, exclude_type_checking_imports=not annotations, cache_dir=None)
    modules = sorted(graph.modules)
    number = {name: index for index, name in enumerate(modules)}
    imports = [(number[name], number[other]) for name in modules for other in graph.find_modules_directly_imported_by(name)]
    importers, imported = np.array(imports).T
    matrix = coo_array((np.ones(len(imports)), (importers, imported)), shape=(len(modules), len(modules)))
    count, labels = connected_components(matrix, connection="strong")
    components = [{modules[index] for index in np.flatnonzero(labels == label)} for label in range(count)]
    return [component for component in components if len(component) > 1]


def test_no_circle_among_the_imports_that_run() -> None:
    assert circles("engine", "server", annotations=False) == []


def test_circles_through_annotations_are_those_listed() -> None:
    """A module that joins one fails; one that has left it is to be struck off the list."""
    assert circles("engine", "server", annotations=True) == [THROUGH_SESSION]


def test_a_circle_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "roundabout"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "first.py").write_text("from roundabout import second\n")
    (package / "second.py").write_text("def later():\n    from roundabout import third\n")
    (package / "third.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from roundabout import first\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert circles("roundabout", annotations=False) == []
    assert circles("roundabout", annotations=True) == [{"roundabout.first", "roundabout.second", "roundabout.third"}]


def test_the_server_is_imported_without_the_engine() -> None:
    """Numba and the kernels take a moment to import: the server answers first, and a thread of its own imports them."""
    code = "import sys, server.app; print([name for name in ('engine', 'numba', 'plotly') if name in sys.modules])"
    where = os.pathsep.join(path for path in sys.path if path)
    found = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": where}, capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr
