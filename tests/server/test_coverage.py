"""What the documents say, row by row: each leads to places that are there, each correction is one of a document."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from live_server import Live
from pages import Page

from server.coverage.document import document, rows
from server.coverage.places import NoPlaceError, place_of

ROWS = [f"A{number}" for number in range(1, 15)] + [*"BCDEFGHIJK"] + [f"L{number}" for number in range(1, 9)]
ROWS += ["M", "N1", "N2", "N3", *"OPQRST"]
DOCUMENTS = ("lecture", "study sheet", "notes", "review", "theory")
WORDS = re.compile(r"[.?] *$")
MARKUP = re.compile(r"<math.*?</math>", re.DOTALL)


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document()["rows"]
    return found


def test_every_row_is_there_in_its_order(told: list[dict[str, Any]]) -> None:
    assert [row["row"] for row in told] == ROWS
    for row in told:
        assert row["sources"] and all(source.startswith(DOCUMENTS) for source in row["sources"])
        assert WORDS.search(MARKUP.sub("x", row["words"])) and "$" not in row["words"], row["words"]
        for each in row["but"]:
            assert all(part in DOCUMENTS for part in each["of"].split(" and ")) and each["says"] and each["right"]
    assert sum(len(row["but"]) for row in told) >= 20


def test_every_place_is_there() -> None:
    """Without one that is left out of the page."""
    for row in rows():
        assert row["at"], row["row"]
        for each in row["at"]:
            place_of(each)


@pytest.mark.parametrize(
    "told",
    [
        {"lesson": "deep/nothing#1"},
        {"lesson": "deep/twins#9"},
        {"example": "nothing"},
        {"race": "batches"},
        {"network": "ravine"},
        {"lab": "nothing"},
        {"room": "train"},
    ],
)
def test_one_that_is_not_there_is_found(told: dict[str, Any]) -> None:
    with pytest.raises(NoPlaceError, match=r"allowed|no lesson"):
        place_of(told)


def script_of(href: str, field: str) -> dict[str, Any]:
    packed = parse_qs(href[1:])[field][0]
    script: dict[str, Any] = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15))
    return script


def test_scripts_in_addresses_are_taken(live: Live, told: list[dict[str, Any]]) -> None:
    """Runs and races load as a page loads them; no address is longer than one may be."""
    hrefs = [place["href"] for row in told for place in row["places"]]
    assert max(map(len, hrefs)) < 8192
    loads = {"s": "load", "r": "race_load", "n": "network_load"}
    taken = set()
    with Page(live.socket) as page:
        page.run_info()
        for href in hrefs:
            for field, command in loads.items():
                if field in parse_qs(href[1:]):
                    page.do(command, script=script_of(href, field))
                    taken.add(field)
    assert taken == set(loads)


def test_it_is_served(live: Live, told: list[dict[str, Any]]) -> None:
    served = httpx.get(f"http://127.0.0.1:{live.port}/api/coverage")
    assert served.json()["rows"] == told
    titles = {place["title"] for row in told for place in row["places"]}
    assert {"Softmax: The matched pair", "memory in a ravine", "Adam’s first step: Without the correction"} <= titles
