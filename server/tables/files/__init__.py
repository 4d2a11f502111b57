"""A file -> rows of cells: bytes to text, text to cells by what separates them, workbooks, the row that names the columns."""
