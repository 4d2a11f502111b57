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

    @property
    def unpacked(self) -> int:
        """Bytes of a workbook's parts: every cell of one is a dozen words of XML around a number."""
        return 12 * self.bytes

    @property
    def cells(self) -> int:
        """Of a workbook's sheet, empty ones between filled ones among them: as many as text of that many bytes holds."""
        return self.bytes // 2

    def check_bytes(self, count: int, state: str = "") -> None:
        if count > self.bytes:
            size = f"{self.bytes / 1_000_000:g} MB" if self.bytes >= 100_000 else f"{self.bytes:,} bytes"
            words = f"The file is larger than {size}{f' {state}' if state else ''}; fewer rows or fewer columns would do."
            raise TableLimitError("max_table_bytes", words, f"at most {self.bytes} bytes")

    def check_unpacked(self, count: int) -> None:
        if count > self.unpacked:
            words = f"The workbook is {_mega(count)} unpacked; at most {_mega(self.unpacked)} can be read."
            words += " Fewer rows, columns or sheets would do, or the sheet saved as CSV."
            raise TableLimitError("max_table_bytes", words, f"at most {self.unpacked} bytes unpacked")

    def check_rows(self, count: int, columns: int) -> None:
        """A table of that many rows below its names, and columns."""
        if count > self.rows:
            size = f"{count:,} rows × {columns:,} columns = {count * columns:,} cells"
            words = f"The table is too long: {size}; at most {self.rows:,} rows can be read. Fewer rows would do."
            raise TableLimitError("max_table_rows", words, f"at most {self.rows} rows")

    def check_columns(self, count: int) -> None:
        if count > self.columns:
            words = f"The table has {count:,} columns; at most {self.columns:,} can be read. Fewer columns would do."
            raise TableLimitError("max_table_columns", words, f"at most {self.columns} columns")


def _mega(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"


BOUNDS = Bounds()
