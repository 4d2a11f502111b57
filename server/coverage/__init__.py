"""What the documents say that this was made after, row by row, with the places of the page that show it."""
