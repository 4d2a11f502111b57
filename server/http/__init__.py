"""Over HTTP: the page and its files, the documents it reads, tables of own data."""
