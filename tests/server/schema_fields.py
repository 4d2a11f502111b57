"""Every field of a JSON Schema, by its path: what it may hold, and an object in which it alone is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
Schema = dict[str, Any]


def fields(schema: Schema, root: Schema, path: Path = (), seen: tuple[str, ...] = ()) -> Iterator[tuple[Path, frozenset[str]]]:
    """Paths below one, each with the JSON types that it may have; an entry of a list has the index 0."""
    found: dict[Path, set[str]] = {}
    for below, kind in _kinds(schema, root, path, seen):
        found.setdefault(below, set()).add(kind)
    for below, kinds in found.items():
        yield below, frozenset(kinds)


def _kinds(schema: Schema, root: Schema, path: Path, seen: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from _kinds(root["$defs"][name], root, path, (*seen, name))
        return
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _kinds(choice, root, path, seen)
    if "type" in schema:
        yield path, schema["type"]
    for name, inner in schema.get("properties", {}).items():
        yield from _kinds(inner, root, (*path, name), seen)
    items = schema.get("items", (schema.get("prefixItems") or [None])[0])
    if isinstance(items, dict):
        yield from _kinds(items, root, (*path, 0), seen)


def holding(path: Path, value: Any) -> Any:
    """The least that has a value at a path."""
    for part in reversed(path):
        value = [value] if isinstance(part, int) else {part: value}
    return value
