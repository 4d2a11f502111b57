"""The page's types of commands and events, `web/src/protocol.d.ts` and, of a class, `web/src/room-protocol.d.ts`, from the
schemas that `/api/protocol` and `/api/room-protocol` serve.

.venv/bin/python .ci/protocol_types.py                    writes the files; needs npm
.venv/bin/python .ci/protocol_types.py --tools FOLDER     with the page's tools of that folder (`.ci/package.json`)
.venv/bin/python .ci/protocol_types.py --check            fails where a file is not what its schema gives
"""

from __future__ import annotations

import argparse
import copy
import difflib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from server.activities import vocabulary  # noqa: E402  of this checkout, whatever is installed
from server.protocol import room  # noqa: E402

Schema = dict[str, Any]
SOURCE = ROOT / "web" / "src"
COMMAND = ".venv/bin/python .ci/protocol_types.py"
BANNER = f"""/**
 * What `{{path}}` says of commands and events, as types. Generated: `{COMMAND}` writes it anew.
 * A float that is not finite travels as a string, "NaN", "Infinity" or "-Infinity".
 */"""
DEFINITIONS = "#/$defs/"
NOISE = re.compile(
    r"(?: \*[ ]*\n)? \* This interface was referenced by `\w+`'s JSON-Schema\n \* via the `definition` \"\w+\"\.\n"
)
BARE = re.compile(r"/\*\*\n \*/\n")


@dataclass(frozen=True)
class Target:
    """A file of types, and what it is made of."""

    name: str
    path: str
    schema: Callable[[], Schema]

    @property
    def file(self) -> Path:
        return SOURCE / self.name


TARGETS = (
    Target("protocol.d.ts", "/api/protocol", lambda: vocabulary().schema()),
    Target("room-protocol.d.ts", "/api/room-protocol", room.schema),
)


def one_schema(served: Schema) -> Schema:
    """Both unions over one set of definitions. Where a definition differs between them, as absent fields may be only in what a
    page sends, that of the commands is called `…Input`."""
    commands, events = copy.deepcopy(served["commands"]), copy.deepcopy(served["events"])
    differing = {name for name, part in commands["$defs"].items() if events["$defs"].get(name, part) != part}
    # What refers to one that differs, differs as well.
    while more := {
        name
        for name, part in commands["$defs"].items()
        if name in events["$defs"] and name not in differing and differing & references(part)
    }:
        differing |= more
    commands = renamed(commands, {name: f"{name}Input" for name in differing})
    for side in (commands, events):
        require_discriminators(side, side["$defs"])
    definitions = commands.pop("$defs") | events.pop("$defs")
    for name, part in definitions.items():
        definitions[name] = {**untitled(part), "title": name}
    return {
        "title": "Protocol",
        "type": "object",
        "additionalProperties": False,
        "required": ["command", "event"],
        "properties": {"command": {"$ref": f"{DEFINITIONS}Command"}, "event": {"$ref": f"{DEFINITIONS}Event"}},
        "$defs": {
            "Command": {"title": "Command", "description": "What a page asks for.", **without_discriminator(commands)},
            "Event": {"title": "Event", "description": "What a page is told.", **without_discriminator(events)},
            **definitions,
        },
    }


def without_discriminator(union: Schema) -> Schema:
    return {key: value for key, value in union.items() if key != "discriminator"}


def references(schema: Any) -> set[str]:
    """Names of the definitions that a schema refers to."""
    if isinstance(schema, dict):
        own = {schema["$ref"].removeprefix(DEFINITIONS)} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(references(part) for part in schema.values()))
    return set().union(*(references(part) for part in schema)) if isinstance(schema, list) else set()


def renamed(schema: Schema, names: dict[str, str]) -> Schema:
    def walk(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: walk(value) for key, value in part.items()}
        if isinstance(part, list):
            return [walk(value) for value in part]
        if isinstance(part, str) and part.startswith(DEFINITIONS):
            name = part.removeprefix(DEFINITIONS)
            return DEFINITIONS + names.get(name, name)
        return part

    return walk(schema) | {"$defs": {names.get(name, name): walk(part) for name, part in schema["$defs"].items()}}


def require_discriminators(schema: Any, definitions: dict[str, Schema]) -> None:
    """What tells the members of a union apart must be there, though each member has a default for its own."""
    if isinstance(schema, dict):
        if isinstance(union := schema.get("discriminator"), dict) and "mapping" in union:
            for reference in union["mapping"].values():
                member = definitions[reference.removeprefix(DEFINITIONS)]
                member["required"] = sorted({*member.get("required", ()), union["propertyName"]})
        for part in schema.values():
            require_discriminators(part, definitions)
    elif isinstance(schema, list):
        for part in schema:
            require_discriminators(part, definitions)


def untitled(schema: Any, *, names: bool = False) -> Any:
    """Without what would give each field a type of its own: titles; and tuples and unions as the generator knows them."""
    if isinstance(schema, list):
        return [untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if names:  # the keys are names of fields
        return {name: untitled(part) for name, part in schema.items()}
    left_out = {"title", "discriminator"} if "prefixItems" in schema else {"title", "discriminator", "minItems", "maxItems"}
    found = {key: untitled(part, names=key == "properties") for key, part in schema.items() if key not in left_out}
    if "prefixItems" in found:
        found["items"], found["additionalItems"] = found.pop("prefixItems"), False
    if "patternProperties" in found:
        (found["additionalProperties"],) = found.pop("patternProperties").values()
    if "$ref" in found and len(found) > 1:  # with words beside it; read as it stands, it would be another type of the same name
        found["allOf"] = [{"$ref": found.pop("$ref")}]
    return found


def generated(target: Target, tools: Path) -> str:
    """The file as it should be."""
    programs = tools / "node_modules" / ".bin"
    with tempfile.TemporaryDirectory() as folder:
        schema = Path(folder) / "protocol.json"
        schema.write_text(json.dumps(one_schema(target.schema())))
        banner = BANNER.format(path=target.path)
        options = ["--unreachableDefinitions", "--unknownAny", "--no-format", f"--bannerComment={banner}"]
        typed = BARE.sub("", NOISE.sub("", run([str(programs / "json2ts"), str(schema), *options])))
    return run([str(programs / "prettier"), "--stdin-filepath", str(target.file)], typed)


def run(command: list[str], text: str | None = None) -> str:
    done = subprocess.run(command, input=text, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def check(target: Target, wanted: str) -> int:
    present = target.file.read_text() if target.file.exists() else ""
    if present == wanted:
        return 0
    name = target.file.relative_to(ROOT).as_posix()
    lines = [text.splitlines(keepends=True) for text in (present, wanted)]
    sys.stdout.writelines(difflib.unified_diff(*lines, fromfile=name, tofile=f"what {target.path} says"))
    print(f"{name} is not what {target.path} says. Write it anew, and commit it: {COMMAND}", file=sys.stderr)
    return 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, help="a folder in which the page's tools are installed")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file differs")
    given = parser.parse_args()
    if given.tools:
        wanted = {target: generated(target, given.tools) for target in TARGETS}
    else:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(ROOT / ".ci" / "package.json", folder)
            run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", folder])
            wanted = {target: generated(target, Path(folder)) for target in TARGETS}
    if given.check:
        return max(check(target, text) for target, text in wanted.items())
    for target, text in wanted.items():
        target.file.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
