"""Files that play by themselves what was recorded: `engine.export.replay` records, `web/replay` plays; a page is both."""
