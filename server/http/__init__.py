"""Over HTTP: the page and its files, and the documents it reads."""
