"""The guide: chapters in Markdown, which the page at ``/guide`` shows."""
