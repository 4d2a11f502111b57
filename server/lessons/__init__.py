"""Lessons as an activity: read from Markdown, opened card by card, answered, met, kept, printed."""
