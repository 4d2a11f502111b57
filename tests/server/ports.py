"""Ports for servers that are stopped and begun anew where they were."""

from __future__ import annotations

import random
import socket

LASTING = range(20_000, 32_000)
"""Below those that a system gives away by itself: one of those may be another's as soon as its server is gone."""


def lasting_port() -> int:
    """One that is free, and stays so while nobody listens on it."""
    while True:
        port = random.SystemRandom().choice(LASTING)
        with socket.socket() as asked:
            try:
                asked.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
