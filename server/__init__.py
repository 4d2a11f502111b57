"""The server of chainrule: sessions around `engine` trainers, streamed to a page over one WebSocket."""
