"""How much of a table is read, and what is said of one that is not."""

from __future__ import annotations

from dataclasses import dataclass

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 1024


class TableError(Exception):
    """A file, or a choice made about it, that cannot be trained on; says why in words for the person who dropped it."""


class TableLimitError(TableError):
    """A file that is larger than this server reads: `limit` names the setting, `allowed` the range."""

    def __init__(self, limit: str, words: str, allowed: str) -> None:
        super().__init__(words)
        self.limit, self.allowed = limit, allowed

    def __reduce__(self) -> tuple[type[TableLimitError], tuple[str, str, str]]:
        """It comes from another process."""
        return TableLimitError, (self.limit, str(self), self.allowed)


@dataclass(frozen=True)
class Bounds:
    """How much of a table is read."""

    bytes: int = MAX_BYTES
    rows: int = MAX_ROWS
    columns: int = MAX_COLUMNS

    def check_bytes(self, count: int) -> None:
        if count > self.bytes:
            size = f"{self.bytes / 1_000_000:g} MB" if self.bytes >= 100_000 else f"{self.bytes:,} bytes"
            raise TableLimitError("max_table_bytes", f"The file is larger than {size}.", f"at most {self.bytes} bytes")

    def check_rows(self, count: int) -> None:
        if count > self.rows:
            words = f"The file has more than {self.rows:,} rows, as many as can be read."
            raise TableLimitError("max_table_rows", words, f"at most {self.rows} rows")

    def check_columns(self, count: int) -> None:
        if count > self.columns:
            words = f"The table has {count:,} columns; at most {self.columns:,} can be read."
            raise TableLimitError("max_table_columns", words, f"at most {self.columns} columns")


BOUNDS = Bounds()
