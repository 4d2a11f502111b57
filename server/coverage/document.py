"""``/api/coverage``: what the documents say, with where the page shows it, and what is right where one of them errs."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import yaml

from server.coverage.places import NoPlaceError, place_of
from server.mathml import prose

log = logging.getLogger("chainrule")

FILE = Path(__file__).parent / "rows.yaml"


def rows() -> list[dict[str, Any]]:
    """As they are written down."""
    found: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def document() -> dict[str, Any]:
    """In a worker. `words`, `says` and `right` are HTML. A place that is not there is left out, and the log says which."""
    return {"rows": [_row(row) for row in rows()]}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    places = []
    for told in row["at"]:
        try:
            places.append(place_of(told).as_json())
        except NoPlaceError as error:
            log.warning("the row %s leads nowhere: %s", row["row"], error)
    but = [{"of": each["of"], "says": prose(each["says"]), "right": prose(each["right"])} for each in row.get("but", ())]
    return {"row": row["row"], "words": prose(row["words"]), "sources": row["in"], "places": places, "but": but}
