"""Fixtures of earlier versions, as `tests/golden/record_fixtures.py` recorded them: where they lie, whether this machine makes
their bits, and how what is told today is held against what was told then."""

from __future__ import annotations

import gzip
import json
import math
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
from llvmlite.binding import get_host_cpu_name

from engine import fingerprint
from engine.kernels.threads import blas_cores, one_blas_thread

FIXTURES = Path(__file__).resolve().parents[1] / "golden" / "fixtures"
VERSIONS = sorted(folder.name for folder in FIXTURES.glob("v*"))

OTHER_BITS: tuple[str, ...] = ("v1",)
"""Versions whose numbers differ today on purpose: something that computes was changed. Their fixtures are held to `NEAR`."""
REPLAYED: tuple[str, ...] = ()
"""Versions whose snapshots have another layout than today's: their sessions follow the script to where they stood."""
NEAR = 1e-9
"""Relative difference that another machine is allowed after some hundred tame updates."""
FOR_EVER = 1e12
"""Seconds: a fixture's sessions were let go of long ago, and no setting of days may sweep them away (`kept_session_expiry`)."""


def machine() -> dict[str, str]:
    """What the bits of one version's numbers depend on."""
    one_blas_thread()
    return {
        "numba": numba.__version__,
        "blas": "+".join(blas_cores()),
        "machine": platform.machine(),
        "cpu": get_host_cpu_name(),
    }


@dataclass(frozen=True)
class Recorded:
    """One version's fixtures."""

    version: str

    @property
    def folder(self) -> Path:
        return FIXTURES / self.version

    def json(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text())

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json("manifest.json")
        return found

    @property
    def told(self) -> dict[str, Any]:
        """By name, what was told of runs, races and exports."""
        found: dict[str, Any] = self.json("told.json")
        return found

    @property
    def exact(self) -> bool:
        """Whether the same bits are promised here, however a fingerprint is spelled by now."""
        return self.version not in OTHER_BITS and self.manifest["machine"] == machine()

    @property
    def same_fingerprint(self) -> bool:
        return bool(self.manifest["fingerprint"] == fingerprint())

    def unfold(self, name: str, target: Path) -> Path:
        """A copy of a compressed file: what is recorded is never written to."""
        with gzip.open(self.folder / f"{name}.gz") as packed, target.open("wb") as copy:
            shutil.copyfileobj(packed, copy)
        return target

    def agrees(self, told: Any, wanted: Any, where: str = "") -> None:
        """Today's numbers are those of then: to the bit where that is promised, else nearly."""
        found = differences(told, wanted, exact=self.exact, where=where)
        assert not found, "\n".join([f"{len(found)} differ:", *found[:20]])

    def check(self, told: Any, name: str) -> None:
        """The same, of what was recorded under a name."""
        self.agrees(told, self.told[name], name)


def differences(told: Any, recorded: Any, *, exact: bool, where: str = "") -> list[str]:
    """Where what is told lacks something recorded, or says something else. What is told besides is newer, and allowed."""
    if isinstance(recorded, dict):
        if not isinstance(told, dict):
            return [f"{where}: {told!r} is no object"]
        found = [f"{where}.{key} is missing" for key in recorded if key not in told]
        kept = [key for key in recorded if key in told and (exact or key != "sha256")]
        return found + [each for key in kept for each in _at(f"{where}.{key}", told[key], recorded[key], exact)]
    if isinstance(recorded, list):
        if not isinstance(told, list) or len(told) != len(recorded):
            return [f"{where}: {str(told)[:80]} is no list of {len(recorded)}"]
        return [each for i, pair in enumerate(zip(told, recorded, strict=True)) for each in _at(f"{where}.{i}", *pair, exact)]
    if _number(told) and _number(recorded) and not exact:
        near = math.isclose(told, recorded, rel_tol=NEAR, abs_tol=NEAR * 1e-3)
        return [] if near else [f"{where}: {told!r}, recorded {recorded!r}"]
    return [] if told == recorded else [f"{where}: {told!r}, recorded {recorded!r}"]


def _at(where: str, told: Any, recorded: Any, exact: bool) -> list[str]:
    return differences(told, recorded, exact=exact, where=where)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
