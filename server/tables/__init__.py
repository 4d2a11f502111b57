"""Own data: a file that was dropped → text → rows → columns that hold something → the data of a run; and its upload."""
