"""A race's script: what is sent, shared and kept of it. The engine's own part is its spec and the step where it stands; beside
them stand the threshold and the fingerprint of the machine that made it."""

from __future__ import annotations

from typing import Any

from server.protocol import long_json
from server.wire.errors import CommandError


def read(given: dict[str, Any] | str, longest: int, source: str) -> dict[str, Any]:
    """In a worker: a script as it was sent, JSON text or its object; `source` is the command that gives one."""
    if isinstance(given, str):
        if len(given) > longest:
            raise CommandError("too_large", "script: it is too long", "script", f"at most {longest} characters")
        try:
            given = long_json.read(given)
        except ValueError as error:
            raise CommandError("invalid", f"script: not JSON: {error}", "script", f"what {source} gave") from error
    if not isinstance(given, dict) or not isinstance(given.get("spec"), dict):
        raise CommandError("invalid", "script: a race's script has a spec", "script", f"what {source} gave")
    return given


def step_of(script: dict[str, Any], last: int) -> int:
    """The step at which the race stood."""
    step = script.get("step", 0)
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= last:
        raise CommandError("invalid", "script.step: the race does not go there", "script.step", f"0 to {last}")
    return step


def threshold_of(script: dict[str, Any], default: float) -> float:
    """The loss that counts as reached."""
    threshold = script.get("threshold", default)
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 < threshold <= 1e12:
        raise CommandError("invalid", "script.threshold: out of range", "script.threshold", "above 0 and at most 1e12")
    return float(threshold)


def same_bits(script: dict[str, Any]) -> bool:
    """In a worker: whether this machine makes the bits of the one that made the script."""
    from engine import fingerprint

    return script.get("fingerprint") in (None, fingerprint())


def written(engine: dict[str, Any], threshold: float, more: dict[str, Any] | None = None) -> dict[str, Any]:
    """In a worker: the engine's script with what stands beside it."""
    from engine import fingerprint

    return engine | {"fingerprint": fingerprint(), "threshold": threshold} | (more or {})


def text_of(script: dict[str, Any]) -> str:
    return long_json.written(script)
