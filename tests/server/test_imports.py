"""The import graph of engine and server: no circle, neither among the imports that run nor through those for annotations."""

import os
import subprocess
import sys
from pathlib import Path

import grimp
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


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


@pytest.mark.parametrize("annotations", [False, True])
def test_no_circle(annotations: bool) -> None:
    assert circles("engine", "server", annotations=annotations) == []


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
