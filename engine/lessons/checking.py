"""``chainrule check FILE…``: receipts checked, a line for each, and a table for who marks them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.export.csv_table import csv_text
from engine.lessons.receipts import MOST_BYTES, Checked, check

COLUMNS = ("file", "passed", "genuine", "exact", "met", "lesson", "card", "title", "wanted", "values", "problem", "same as")


def main(arguments: Sequence[str]) -> int:
    """Check each file; 1 where any does not pass, 2 where the table cannot be written."""
    parser = argparse.ArgumentParser(
        prog="chainrule check",
        description="Run the scripts of receipts again, and say whether their numbers come out and what was wanted is met.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a receipt that a lesson gave")
    parser.add_argument("--csv", metavar="OUT", help="write a table, one row a file")
    options = parser.parse_args(arguments)
    rows: list[dict[str, str]] = []
    seen: dict[str, str] = {}
    for name in options.files:
        checked = _checked(name)
        digest = "" if checked.receipt is None else checked.receipt.digest
        rows.append(_row(name, checked) | {"same as": seen.get(digest, "")})
        if digest:
            seen.setdefault(digest, name)
        print(f"{name}: {_words(checked)}", flush=True)
    if options.csv is not None:
        try:
            table = csv_text(COLUMNS, [[row.get(column, "") for column in COLUMNS] for row in rows])
            Path(options.csv).write_text(table, encoding="utf-8")
        except OSError as problem:
            print(f"chainrule check: {options.csv}: {problem.strerror}", file=sys.stderr)
            return 2
    return 0 if all(row["passed"] == "yes" for row in rows) else 1


def _checked(name: str) -> Checked:
    try:
        with Path(name).open("rb") as file:
            return check(file.read(MOST_BYTES + 1))
    except OSError as problem:
        return Checked(genuine=False, problem=f"cannot be read: {problem.strerror}")


def _words(checked: Checked) -> str:
    receipt = checked.receipt
    if receipt is None or not checked.genuine:
        return f"FAILED, {checked.problem}"
    about = f"{receipt.lesson} card {receipt.card}: " if receipt.lesson else ""
    how = "replayed bit for bit" if checked.exact else "replayed on another machine, last digits may differ"
    return f"{'met' if receipt.met else 'NOT MET'}, {about}{receipt.wanted} ({_values(checked)}), {how}"


def _values(checked: Checked) -> str:
    return (
        "" if checked.receipt is None else "; ".join(f"{each.measurement} = {each.value!r}" for each in checked.receipt.values)
    )


def _row(name: str, checked: Checked) -> dict[str, str]:
    receipt = checked.receipt
    told = {
        "file": name,
        "passed": _yes(checked.passed),
        "genuine": _yes(checked.genuine),
        "exact": _yes(checked.exact),
        "problem": checked.problem,
    }
    if receipt is not None:
        about = {"lesson": receipt.lesson, "card": str(receipt.card), "title": receipt.title, "wanted": receipt.wanted}
        told |= about | {"met": _yes(receipt.met), "values": _values(checked)}
    return told


def _yes(value: bool) -> str:
    return "yes" if value else "no"
