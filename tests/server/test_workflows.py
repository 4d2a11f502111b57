"""The workflows of a hosted runner, which is not here: what they name exists, and they ask for no more rights than they need.
`.ci/run` holds them against the schema of such files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from server import VERSION
from server.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github" / "workflows"
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))


def read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return loaded


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in read(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_workflow(name: str) -> None:
    workflow, text = read(name), (FOLDER / name).read_text(encoding="utf-8")
    assert text.startswith("# Unproven"), "it is said that no runner has run it"
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60 and set(job.get("needs", "").split()) <= workflow["jobs"].keys()
    for step in steps(name):
        assert ("uses" in step) != ("run" in step)
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@(v\d+|release/v1)", step["uses"]), step
        for command, subcommand in re.findall(r"\b(chainrule) (\w+)", step.get("run", "")):
            assert command and subcommand in COMMANDS
        for path in re.findall(r"^\.[\w/]+", step.get("run", "")):
            assert (ROOT / path).is_file()


def test_the_supported_pythons_are_tested_and_told() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    prefix = "Programming Language :: Python :: "
    told = [line.removeprefix(prefix) for line in project["classifiers"] if re.fullmatch(prefix + r"3\.\d+", line)]
    assert project["requires-python"] == f">={told[0]}"
    assert read("tests.yml")["jobs"]["tests"]["strategy"]["matrix"]["python"] == told
    assert read("release.yml")["jobs"]["installed"]["strategy"]["matrix"]["python"] == told


def test_a_release_keeps_no_secret_and_is_attested() -> None:
    jobs = read("release.yml")["jobs"]
    assert re.findall(r"secrets\.(\w+)", (FOLDER / "release.yml").read_text(encoding="utf-8")) == ["GITHUB_TOKEN"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"} and jobs["publish"]["environment"]["name"] == "release"
    (publish,) = [step for step in jobs["publish"]["steps"] if "pypi-publish" in step["uses"]]
    assert publish["with"] == {"attestations": True}
    assert any("attest-build-provenance" in step.get("uses", "") for step in jobs["image"]["steps"])


def test_the_changelog_begins_with_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.findall(r"^## (\S+) \((not yet released|20\d\d-\d\d-\d\d)\)$", text, re.MULTILINE)
    assert found[0][0] == VERSION and len(found) == len(re.findall(r"^## ", text, re.MULTILINE))
